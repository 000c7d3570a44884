"""The flat tables as an .npz file: written, read back, compared.

A file holds the tables of hwdsl.ir.l2 under their names, the columns of the link classes (`class_name`, `class_plane`,
`class_link`, `class_lanes`, `class_rate`, `class_length`), and `version`. The same tables give the same bytes: members in a
fixed order, fixed times. `numpy.load(file, allow_pickle=False)` reads it without this package.
"""

from __future__ import annotations

import io
import zipfile
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from hwdsl.ir.l2 import Flat
from hwdsl.node import Record

VERSION = 1
TABLES = ("peer", "owner", "rule_of_port", "branch_port", "branch_lane", "branch_width", "class_name", "class_plane",
          "class_link", "class_lanes", "class_rate", "class_length")
_WHEN = (1980, 1, 1, 0, 0, 0)


class NotFlat(Exception):
    """A file that does not hold flat tables of a known version."""


class Stored(Record):
    """Tables by name, as a file holds them."""

    tables: dict[str, npt.NDArray[Any]]


def stored(flat: Flat) -> Stored:
    """The tables of a design as a file would hold them (no copies of the large ones)."""
    words = {
        "class_name": [c.name for c in flat.classes],
        "class_plane": [c.plane for c in flat.classes],
        "class_link": [c.rule.link.name for c in flat.classes],
    }
    tables = {"peer": flat.peer, "owner": flat.owner, "rule_of_port": flat.rule_of_port, "branch_port": flat.branch.port,
              "branch_lane": flat.branch.lane, "branch_width": flat.branch.width,
              **{k: np.array(v, dtype=f"<U{max(map(len, v), default=1) or 1}") for k, v in words.items()},
              "class_lanes": flat.lanes, "class_rate": flat.rate, "class_length": flat.length}
    return Stored({name: tables[name] for name in TABLES})


def write(tables: Stored, file: IO[bytes]) -> None:
    """Write tables to an open binary file that can seek."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, table in (("version", np.array(VERSION, dtype="<i8")), *tables.tables.items()):
            info = zipfile.ZipInfo(f"{name}.npy", _WHEN)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            with archive.open(info, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(_little(table), order="C"), version=(1, 0), allow_pickle=False)


def to_bytes(tables: Stored) -> bytes:
    """The file as bytes."""
    out = io.BytesIO()
    write(tables, out)
    return out.getvalue()


def _little(table: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return table.astype(table.dtype.newbyteorder("<"), copy=False)


def read(file: IO[bytes]) -> Stored:
    """Read tables back. Raises NotFlat for a file that is something else, damaged, or of another version."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            found = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise NotFlat(f"not an .npz file: {error}") from None
    except AttributeError:  # numpy.load of a lone array
        raise NotFlat("not an .npz file: a single array") from None
    version = found.pop("version", None)
    if version is None or version.shape != () or version.dtype.kind != "i":
        raise NotFlat("no `version`: these are not flat tables")
    if int(version) != VERSION:
        raise NotFlat(f"version {int(version)}; this compiler reads version {VERSION}")
    missing = [name for name in TABLES if name not in found]
    if missing:
        raise NotFlat(f"no {', '.join(f'`{name}`' for name in missing)}")
    return Stored({name: found[name] for name in TABLES})


def differences(a: Stored, b: Stored) -> list[str]:
    """What differs between two sets of tables, one line a table; empty if they are equal."""
    out = []
    for name in TABLES:
        x, y = a.tables[name], b.tables[name]
        if x.shape != y.shape:
            out.append(f"{name}: {len(x):,} entries, {len(y):,} on the other side")
            continue
        unequal = x != y
        if x.dtype.kind == "f":
            unequal &= ~(np.isnan(x) & np.isnan(y))
        if unequal.any():
            k, n = int(np.argmax(unequal)), int(np.count_nonzero(unequal))
            out.append(f"{name}: {n:,} of {len(x):,} entries differ, the first is [{k}]: {x[k]} and {y[k]}")
    return out
