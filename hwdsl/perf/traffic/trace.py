"""Flows that begin at times of their own: a list from a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hwdsl.node import Record
from hwdsl.perf.traffic.csv_rows import BadCell, Cell, amount, rows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

COLUMNS = ("src", "dst", "size", "begin")


class TimedFlows(Record):
    """F flows: `src`, `dst` int64[F] (ranks), `size` float64[F] bit, `begin` float64[F] s.

    offered   bit/s that an endpoint is asked to send on average, None where nothing says so
    """

    src: npt.NDArray[np.int64]
    dst: npt.NDArray[np.int64]
    size: npt.NDArray[np.float64]
    begin: npt.NDArray[np.float64]
    offered: float | None = None


def read_trace(path: str, rank: Callable[[Cell], int], most: int) -> TimedFlows:
    """The flows of a CSV file with the columns src, dst (ranks, or what `rank` makes of a cell), size and begin, in any order.

    At most `most` flows. Raises BadCell; OSError where the file cannot be read.
    """
    import numpy as np

    ends: list[tuple[int, int]] = []
    values: list[tuple[float, float]] = []
    for row in rows(path, COLUMNS, ("size", "begin")):
        if len(ends) == most:
            raise BadCell(f"more than {most:,} flows are not simulated", row["src"].line)
        s, t = rank(row["src"]), rank(row["dst"])
        if s == t:
            raise row["dst"].bad(f"the flow ends where it begins, at `{row['dst'].text[:40]}`")
        size, begin = amount(row["size"], "information", "1 MiB"), amount(row["begin"], "time", "10 us")
        if size <= 0:
            raise row["size"].bad(f"a flow has a size above zero, not `{row['size'].text[:40]}`")
        if begin < 0:
            raise row["begin"].bad(f"`{row['begin'].text[:40]}` is before the beginning of time, 0 s")
        ends.append((s, t))
        values.append((float(size), float(begin)))
    if not ends:
        raise BadCell("the file lists no flow")
    pairs, figures = np.array(ends, dtype=np.int64), np.array(values, dtype=np.float64)
    return TimedFlows(pairs[:, 0].copy(), pairs[:, 1].copy(), figures[:, 0].copy(), figures[:, 1].copy())
