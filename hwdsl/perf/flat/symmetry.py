"""Verified symmetries of a fabric and the orbits they make.

A generator is a permutation of the vertices. It counts only after a check of every arc it touches: the image must be an arc with
as many parallel ones of the same capacity, and both vertices of the pair must relay and talk alike. Then loads of uniform traffic
are equal along its cycles, and so along the orbits of all generators together.

The check (`verified`) is exact and costs as many steps as there are arcs at moved vertices. Nothing is taken on trust:
coordinates only say what is worth trying.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from hwdsl.perf.flat.fabric import Fabric, Floats
from hwdsl.query.flat import Ints

Labels = npt.NDArray[np.int32]

COMPILED_FROM = 200_000
"""Bundles from which compiled checks are worth loading."""


class Symmetry:
    """Orbits under the generators verified so far: `vertex_root`, `bundle_root` (the least member of each one's orbit).

    tried, held  candidates checked, and how many of them are symmetries; `visits` bundles looked at
    compiled     whether checks run in compiled kernels
    """

    def __init__(self, f: Fabric, compiled: bool | None = None) -> None:
        self.fabric = f
        self.tried = self.held = self.visits = 0
        self.talks = np.zeros(f.vertex_count, dtype=bool)
        self.talks[f.endpoints] = True
        self.rate = f.bundles.rate
        self._colour = 4 * np.diff(f.bundles.start) + 2 * f.relay + self.talks
        self._words: Any = None
        self.compiled = f.bundles.count >= COMPILED_FROM if compiled is None else compiled
        self._vertex: Labels = np.arange(f.vertex_count, dtype=np.int32)
        self._bundle: Labels = np.arange(f.bundles.count, dtype=np.int32)
        self._image: Labels = np.empty(f.bundles.count, dtype=np.int32)
        self._halved = False
        """Only bundles from a lower vertex to a higher one were joined, but for some that turned round."""
        self._turned = False

    def words(self) -> Any:
        """Two random words for each vertex."""
        if self._words is None:
            self._words = np.random.default_rng(0).integers(0, 1 << 63, (2, self.fabric.vertex_count), dtype=np.uint64)
        return self._words

    def offer(self, g: Ints) -> bool:
        """Use a permutation if it is a symmetry; tells whether it is."""
        self.tried += 1
        small: Labels = g.astype(np.int32)
        moved = np.flatnonzero(small != np.arange(len(g), dtype=np.int32))
        if not self._alike(small, moved) or not verified(self, small, moved):
            return False
        self.held += 1
        self._join(small, moved)
        return True

    def _alike(self, g: Labels, moved: Ints) -> bool:
        """Whether g is a permutation that keeps who relays, who talks and how many neighbours everyone has."""
        if self.compiled:
            from hwdsl.perf.flat.symmetry_kernels import alike

            return bool(alike(g, self._colour, np.zeros(len(g), dtype=bool)))
        to = g[moved]
        if len(to) and not (to.min() >= 0 and to.max() < len(g)):
            return False
        hit = np.zeros(len(g), dtype=bool)
        hit[to] = True
        return bool(hit[moved].all() and np.array_equal(self._colour[to], self._colour[moved]))

    def _join(self, g: Labels, moved: Ints) -> None:
        b = self.fabric.bundles
        if self.compiled and b.back is not None:
            from hwdsl.perf.flat.symmetry_kernels import join_pairs, join_rows

            join_pairs(moved, g[moved], self._vertex)
            self._turned |= bool(join_rows(b.start, b.head, b.back, g, moved, self._image, self._bundle))
            self._halved = True
            return
        touched = touched_bundles(self.fabric, g)
        if self.compiled:
            from hwdsl.perf.flat.symmetry_kernels import join_pairs

            join_pairs(moved, g[moved], self._vertex)
            join_pairs(touched, self._image[touched], self._bundle)
            return
        self._vertex = joined(self._vertex, moved, g[moved])
        self._bundle = joined(self._bundle, touched, self._image[touched])

    def vertex_root(self) -> Ints:
        """The least vertex of each vertex's orbit."""
        return settled(self._vertex).astype(np.int64)

    def bundle_root(self) -> Labels:
        """The least bundle of each bundle's orbit."""
        self._mirror()
        return settled(self._bundle)

    def _mirror(self) -> None:
        """Bundles of one direction were joined: join those of the other."""
        if self._halved:
            from hwdsl.perf.flat.symmetry_kernels import join_mirrored

            join_mirrored(self._bundle, self.fabric.bundles.back)
            self._halved = False

    def means(self, flow: Floats) -> Floats:
        """Every bundle's mean over its orbit."""
        if self.compiled:
            from hwdsl.perf.flat.symmetry_kernels import orbit_means

            if self._turned:
                self._mirror()
            b, out = self.fabric.bundles, flow.copy()
            back = b.back if self._halved else np.zeros(0, dtype=np.int32)
            n = len(out)
            orbit_means(b.tail, b.head, back, self._bundle, out, np.empty(n, dtype=np.int32), np.zeros(n), np.zeros(n),
                        np.zeros(n, dtype=np.int64))
            return out
        root = settled(self._bundle)
        n = len(root)
        mean: Floats = np.bincount(root, flow, n) / np.maximum(1, np.bincount(root, minlength=n))
        return mean[root]


def verified(s: Symmetry, g: Labels, moved: Ints) -> bool:
    """Whether every arc at a moved vertex has its image among the arcs, as wide and as fast; leaves the images in `s`."""
    return _verified_by_rows(s, g, moved) if s.compiled else _verified_by_sorting(s, g)


def _verified_by_rows(s: Symmetry, g: Labels, moved: Ints) -> bool:
    from hwdsl.perf.flat.symmetry_kernels import check_rows

    b = s.fabric.bundles
    mirrored = b.back is not None
    seen = check_rows(b.start, b.head, mirrored, b.width, s.rate, g, moved, False, s._image)
    s.visits += abs(int(seen))
    if seen < 0 or mirrored:
        return bool(seen >= 0)
    # links with no way back: bundles to moved vertices from those that stay are rows by head
    order, image = b.back_bundle, np.full(b.count, -1, dtype=np.int32)
    seen = check_rows(b.back_start, b.back_tail, False, b.width[order], s.rate[order], g, moved, True, image)
    s.visits += abs(int(seen))
    found = np.flatnonzero(image >= 0)
    s._image[order[found]] = order[image[found]]
    return bool(seen >= 0)


def _verified_by_sorting(s: Symmetry, g: Labels) -> bool:
    b = s.fabric.bundles
    touched = touched_bundles(s.fabric, g)
    s.visits += len(touched)
    tail, head = b.tail[touched], b.head[touched]
    to_tail, to_head = g[tail], g[head]
    one, other = s.words()
    if (one[to_tail] * other[to_head] - one[tail] * other[head]).sum() != 0:
        return False  # sums of random words over the arcs and over their images differ: not the same arcs
    mine = np.lexsort((s.rate[touched], to_head, to_tail))
    own = np.lexsort((s.rate[touched], b.head[touched], b.tail[touched]))
    for image, original in ((to_tail, b.tail[touched]), (to_head, b.head[touched]), (s.rate[touched], s.rate[touched]),
                            (b.width[touched], b.width[touched])):
        if not np.array_equal(image[mine], original[own]):
            return False
    s._image[touched[mine]] = touched[own]
    return True


def touched_bundles(f: Fabric, g: Labels) -> Ints:
    """Bundles with an end that moves."""
    moves = g != np.arange(len(g))
    return np.flatnonzero(moves[f.bundles.tail] | moves[f.bundles.head])


def joined(parent: Labels, x: Any, y: Any) -> Labels:
    """Orbits after each x is joined with its y: the least label spreads until nothing changes."""
    label = settled(parent)
    while True:
        low = np.minimum(label[x], label[y])
        new = label.copy()
        np.minimum.at(new, label[x], low)
        np.minimum.at(new, label[y], low)
        new = new[label]
        if np.array_equal(new, label):
            return new
        label = new


def settled(parent: Labels) -> Labels:
    """Every one's root."""
    root = parent
    while True:
        up = root[root]
        if np.array_equal(up, root):
            return root
        root = up
