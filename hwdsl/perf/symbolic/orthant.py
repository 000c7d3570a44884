"""One orthant of a torus about a vertex, by distance: what is the same in its mirror images is computed once."""

from __future__ import annotations

from typing import Any


class Orthant:
    """Vertices of a torus 0..n_i / 2 away from the origin in each dimension. A side of 2 is one link, of n > 2 a ring.

    shape       vertices in each dimension; ties: whether half a ring away both ways are alike
    coordinate  int64[count] by dimension; stride of each in vertex numbers
    levels      vertex numbers by hops from the origin
    """

    def __init__(self, sizes: tuple[int, ...]) -> None:
        import numpy as np

        self.sizes = sizes
        self.shape = tuple(n // 2 + 1 for n in sizes)
        self.ties = tuple(n % 2 == 0 and n > 2 for n in sizes)
        self.coordinate = [x.reshape(-1) for x in np.indices(self.shape)]
        self.count = len(self.coordinate[0])
        self.stride = [int(np.prod(self.shape[i + 1:])) for i in range(len(sizes))]
        hops: Any = sum(self.coordinate)
        order = np.argsort(hops, kind="stable")
        self.levels = np.split(order, np.cumsum(np.bincount(hops))[:-1])


def flow_to_origin(o: Orthant) -> Any:
    """float64[shape]: what passes through or starts at each vertex when every vertex sends 1 to the origin, all shortest ports
    alike."""
    import numpy as np

    ways = np.zeros(o.count)
    for i, at in enumerate(o.coordinate):
        ways += np.where(at == 0, 0, np.where((at == o.shape[i] - 1) & o.ties[i], 2, 1))
    flow = np.ones(o.count)
    for points in o.levels[::-1]:
        for i, n in enumerate(o.sizes):
            near = points[o.coordinate[i][points] < o.shape[i] - 1]
            sides = np.where((o.coordinate[i][near] == 0) & (n > 2), 2.0, 1.0)
            further = near + o.stride[i]
            flow[near] += sides * flow[further] / ways[further]
    return flow.reshape(o.shape)
