"""cables.csv: every link and every drop of a bus, one line each, with both ends: what an installer works from.

    line            number, from 1
    cable           number of the cable; links that share a cable have the same, a link of several cables has "7 to 8"; empty when
                    nothing is pulled (a board, a backplane)
    kind            cable, backplane, trace, board (both ends in one assembly that wires them), open (no medium stated yet), drop
    plane           the plane it belongs to, `ub.sub[3]`
    link, lanes     protocol, and lanes of one direction
    directed        yes when it leads from a to b only
    medium          what runs between the ends; `through` panel ports on the way
    a_rack, a_u     rack and position (`U12`, `slot 3`); b_ likewise
    a_part, a_port  the part that has the port, and the port
    a_connector     where it is plugged, with the lanes, pairs or half it uses
    a_module        pluggable module in that connector
    length_m        stated by an override, the connection or the medium; else the straight distance between racks placed by `xy`,
                    or between the rack units of one rack
    length_basis    which of them: an estimate is no length to order
    status          failed, planned or spare, from overrides; absent ones are left out
    rule            the statement that made it, `component:number file:line`

Lines are in the order of the components and their statements, then of the indices. There are `count(links(self))` lines beside
the drops, and `count(cables(self))` different cables. The file is written block by block; beyond about 100 bytes of memory budget
a line it is refused (HW9003).
"""

from __future__ import annotations

from typing import Any

from hwdsl.backend_api import API, Options
from hwdsl.backends.csv_text import row
from hwdsl.ir.space import TooLarge
from hwdsl.sink import Sink

HEADER = ("line", "cable", "kind", "plane", "link", "lanes", "directed", "medium", "through",
          "a_rack", "a_u", "a_part", "a_port", "a_connector", "a_module",
          "b_rack", "b_u", "b_part", "b_port", "b_connector", "b_module",
          "length_m", "length_basis", "status", "rule")
LINE_BYTES = 100
"""Memory budget that a line takes."""


class Cables:
    """Writes cables.csv."""

    name = "cables"
    summary = "every cable with both ends, and the rule that made it"
    api = API
    artefacts = ("cables.csv",)
    needs = "L1"

    def emit(self, design: Any, sink: Sink, options: Options) -> None:
        """Write the schedule of a `hwdsl.api.Design`."""
        from hwdsl.backends.cables.schedule import Schedule
        from hwdsl.query.checks import too_large

        try:
            schedule = Schedule(design)
            lines = schedule.line_count()
            allowed = design.session.hooks.memory_budget // LINE_BYTES
            if lines > allowed:
                sink.diagnostics.error(
                    "HW9003", f"cables.csv would have {lines:,} lines; the memory budget allows {allowed:,}", design.root.span,
                    notes=(f"`{design.name}` has {lines:,} links and drops of buses",),
                    help="leave the schedule out (`--only bom,...`), compile a part of the design, or allow more with `--memory`")
                return
            with sink.stream("cables.csv") as out:
                out.write(row(HEADER))
                for written, text in schedule.blocks():
                    out.write(text)
                    options.progress(f"writing cables.csv: {written:,} of {lines:,} lines")
        except TooLarge as error:
            found = too_large(error, design.root.span).diagnostic
            if found is not None:
                sink.diagnostics.add(found)


BACKEND = Cables
