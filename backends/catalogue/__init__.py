"""The catalogue of a library on one page that needs nothing else: every component, link, medium and pattern, every figure with
its source, a search box; for screen and paper. It shares style and filter with the report.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hwdsl.node import Record

if TYPE_CHECKING:
    from hwdsl.api import Session
    from hwdsl.backends.catalogue.entries import Package


class Totals(Record):
    """How much there is: declarations, figures, those with a source, those marked unverified, those nobody published."""

    packages: int
    entries: int
    figures: int
    sourced: int
    unverified: int
    unknown: int


def library_files(folder: str, prefix: str) -> dict[str, str]:
    """The `.hw` files below a folder by package name, `prefix` in front."""
    found = {}
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".hw"):
                path = os.path.join(base, name)
                inner = os.path.relpath(path, folder).removesuffix(".hw").split(os.sep)
                found[".".join((prefix, *inner))] = path
    return found


def page(session: Session, files: dict[str, str], title: str) -> tuple[str, Totals]:
    """(the HTML of the page, how much is on it); mistakes in the files are reported to the session."""
    from hwdsl import __version__
    from hwdsl.backends.catalogue.entries import packages
    from hwdsl.backends.report import environment

    found = packages(session, files)
    total = totals(found)
    html: str = environment("hwdsl.backends.catalogue").get_template("catalogue.html.j2").render(
        title=title, packages=found, totals=total, version=__version__,
        kinds=sorted({e.kind for p in found for e in p.entries}))
    return html, total


def totals(found: list[Package]) -> Totals:
    """Sums over a catalogue; figures are the attributes that an entry itself states."""
    entries = [e for p in found for e in p.entries]
    rows = [r for e in entries for r in e.rows if not r.base]
    unpublished = sum(len(e.unpublished) for e in entries)
    return Totals(len(found), len(entries), len(rows) + unpublished, sum(bool(r.sources) for r in rows),
                  sum(r.unverified for r in rows), sum(r.is_unknown for r in rows) + unpublished)
