"""What the tests of the data backends share: a small machine that uses everything, and running backends on a design."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from hwdsl.api import Design, Session
from hwdsl.backend_api import run, select

SMALL = '''
/// Serial link of two lanes.
link Lane2 { lanes = 2; raw = 53.125 Gb/s; net = 50 Gb/s; }
link Dc { voltage = 54 V; }
connector Cage { lanes = 4; }
/// Four lanes, eight fibres.
module Optic { lanes = 4; fibres = 8; power = 5 W; price = $500 @source("price list", status = unverified); mass = unknown; }
fibre Trunk { fibres = 8; price = $80; mass = 0.5 kg; }
cable Dac { lanes = 4; price = unknown; mass = 1 kg; length = 2.5 m; }
power Bar { price = $40; mass = 10 kg; }
/// =HYPERLINK("http://example.com")
chip Gpu { port x: Lane2[4]; input port dc: Dc; power = 700 W; price = $20_000; mass = unknown; }
switch Sw { port p: Lane2[16]; power = unknown; price = $5_000; mass = 3 kg; }
tray Tray {
    part gpu: Gpu[2];
    part cage: Cage[4];
    height = 2 U;
    mass = 30 kg;
    carry gpu[g].x[l] on cage[2 * g + l / 2].lane[2 * (l % 2) .. 2 * (l % 2) + 2]  for g in 0..2, l in 0..4;
}
rack Rack {
    part tray: Tray[4];
    units = 40;
    price = $200_000;
    mass = 1000 kg;
    own_power = 100 W;
    place tray[*] from U(3);
    plane feed { bus bar: Bar joins tray[*].gpu[*].dc; }
}
rack Net { units = 40; price = unknown; mass = 500 kg; }
system Pod {
    part rack: Rack[2];
    part net: Net;
    part sw: Sw[2];
    plane fabric {
        connect rack[r].tray[t].gpu[g].x[l] <-> sw[l / 2].p[8 * r + 2 * t + g + 0 * l]
            via Optic, Trunk, Optic
            for r in 0..2, t in 0..4, g in 0..2, l in 0..1;
        connect rack[r].tray[t].gpu[g].x[2] <-> sw[1].p[8 * r + 2 * t + g]  via Dac  for r in 0..2, t in 0..4, g in 0..2;
    }
    place sw[s] in net at U(10 + s)  for s in 0..2;
    place rack[r] at xy(600 mm * r, 0 m)  for r in 0..2;
    place net at xy(2.4 m, 1.2 m);
    override part rack[1].tray[3] { status = absent; }
    override part rack[1].tray[2] { role = spare; }
    override link rack[0].tray[0].gpu[0].x[0] { status = failed; length = 7 m; }
    override part sw[1] { status = planned; }
}
design = Pod;
'''


Build = Callable[..., dict[str, str]]
"""The fixture `build`."""


def rows(text: str) -> list[dict[str, str]]:
    """The lines of a CSV by column."""
    return list(csv.DictReader(io.StringIO(text)))


def opened(text: str, memory_budget: int = 2 * 1024**3) -> Design:
    """The design of a text; it must have no errors."""
    session = Session(cache_dir=None, memory_budget=memory_budget)
    design = session.open_text(text, "pod.hw")
    assert design is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return design


def built(design: Design, folder: Path, *names: str) -> dict[str, str]:
    """The artefacts of some backends by name."""
    session = design.session
    backends = select(names, session.diagnostics)
    assert backends is not None
    made = run(design, backends, str(folder), session.diagnostics, sources=session.sources, main="pod.hw")
    assert made is not None, session.report()
    return {a.name: (folder / a.name).read_text(encoding="utf-8") for a in made.artefacts}
