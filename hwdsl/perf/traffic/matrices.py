"""Traffic matrices from files: bytes from rank (row) to rank (column), as CSV without headings or as an npz with one array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.perf.traffic.pattern import Flows, Pattern, flows

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class BadMatrix(Exception):
    """What is wrong with a traffic matrix; `place` says where in the file, "" for the whole of it."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.place = place


def read(path: str, ranks: int) -> npt.NDArray[np.float64]:
    """float64[ranks, ranks] of a file. Raises BadMatrix; OSError where the file cannot be read."""
    found = _npz(path) if path.endswith((".npz", ".npy")) else _csv(path)
    return checked(found, ranks)


def checked(matrix: npt.NDArray[np.float64], ranks: int) -> npt.NDArray[np.float64]:
    """The matrix, if it is one of traffic among that many ranks. Raises BadMatrix."""
    import numpy as np

    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise BadMatrix(f"a traffic matrix is square; this one is {shape_words(matrix.shape)}")
    if len(matrix) != ranks:
        raise BadMatrix(f"the matrix is {len(matrix)} x {len(matrix)}, and {ranks} endpoints are selected")
    for bad, word in ((np.isnan(matrix), "not a number"), (np.isinf(matrix), "infinite"), (matrix < 0, "negative")):
        if bad.any():
            i, j = (int(x) for x in np.argwhere(bad)[0])
            more = int(bad.sum()) - 1
            raise BadMatrix(f"the entry from rank {i} to rank {j} is {word} ({matrix[i, j]:g})"
                            + (f", and so are {more} more" if more else ""), f"row {i + 1}, column {j + 1}")
    return matrix


def shape_words(shape: tuple[int, ...]) -> str:
    """ "2 x 3", "a single number", "a list of 4"."""
    if len(shape) < 2:
        return f"a list of {shape[0]}" if shape else "a single number"
    return " x ".join(map(str, shape))


def _npz(path: str) -> npt.NDArray[np.float64]:
    import zipfile

    import numpy as np

    try:
        found: Any = np.load(path, allow_pickle=False)
        if not hasattr(found, "files"):
            return _real(found)
        with found:
            if len(found.files) != 1:
                names = ", ".join(f"`{n}`" for n in sorted(found.files)) or "none"
                raise BadMatrix(f"the file must hold one array; it holds {names}")
            return _real(found[found.files[0]])
    except TypeError as error:
        raise BadMatrix(f"this is not a file of one array of numbers: {error}") from None
    except (ValueError, zipfile.BadZipFile, EOFError):  # numpy's advice is to load it unsafely
        raise BadMatrix("this is not a file of one array of numbers: it is damaged, holds other objects or is no npz") from None


def _real(found: Any) -> npt.NDArray[np.float64]:
    """Raises TypeError for other entries than real numbers."""
    import numpy as np

    if found.dtype.kind not in "iuf":
        raise TypeError(f"its entries are of type {found.dtype}")
    return np.asarray(found, dtype=np.float64)


def _csv(path: str) -> npt.NDArray[np.float64]:
    import csv

    import numpy as np

    rows: list[list[float]] = []
    with open(path, newline="", encoding="utf-8-sig", errors="replace") as file:
        try:
            for cells in csv.reader(file):
                if cells and any(c.strip() for c in cells):
                    rows.append([_number(c, len(rows) + 1, k + 1) for k, c in enumerate(cells)])
        except csv.Error as error:
            raise BadMatrix(f"this cannot be read as CSV: {error}") from None
    if not rows:
        raise BadMatrix("the file is empty")
    for k, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise BadMatrix(f"row {k + 1} has {len(row)} entries, the first has {len(rows[0])}", f"row {k + 1}")
    return np.array(rows, dtype=np.float64)


def _number(text: str, row: int, column: int) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadMatrix(f"`{text.strip()[:40]}` is not a number", f"row {row}, column {column}") from None


def weighted(key: str, matrix: npt.NDArray[np.float64]) -> tuple[Pattern, float]:
    """(pattern, bytes behind weight 1) of a matrix; the diagonal stays on its rank."""
    import numpy as np

    off = matrix.copy()
    np.fill_diagonal(off, 0)
    scale = float(off.max(initial=0.0))

    def build() -> Flows:
        src, dst = np.nonzero(off)
        return flows(src, dst, off[src, dst] / scale)

    return Pattern(key, build), scale


def rounds(key: str, matrix: npt.NDArray[np.float64]) -> list[tuple[Pattern, float]]:
    """Round k = 1 .. N - 1 of (rank i to i + k), each with the bytes behind weight 1; rounds without traffic are left out."""
    import numpy as np

    n = len(matrix)
    out = []
    for k in range(1, n):
        i = np.arange(n)
        part = np.zeros_like(matrix)
        part[i, (i + k) % n] = matrix[i, (i + k) % n]
        if part.any():
            out.append(weighted(f"{key}, round {k}", part))
    return out
