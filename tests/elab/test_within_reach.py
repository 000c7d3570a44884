"""Lengths beyond a reach (HW3108): wherever the length is stated, and only for the links that it is stated for."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwdsl.api import Session

POD = """
link Lane { lanes = 1; raw = 106.25 Gb/s; net = 100 Gb/s; }
cable Dac(long: any = unknown) { reach = 2 m; length = long; }
cable Aec { reach = 4 m to 7 m; }
fibre Duplex { fibres = 2; }
fibre Run { fibres = 2; length = 60 m; }
module Sr { lanes = 1; fibres = 2; reach = 50 m; length = 70 m; }  // a length of its own is that of its body
chip Gpu { port x: Lane[2]; }
tray Tray { part gpu: Gpu; part optic: Sr; carry gpu.x[1] on optic; }
system Pod {
    const offsets = [0, 1, 2];
    part tray: Tray[8];
    %s
}
design = Pod;
"""
LOW = "connect tray[t].gpu.x[0] <-> tray[t + 4].gpu.x[0] via %s for t in 0..4%s"
HIGH = "connect tray[t].gpu.x[1] <-> tray[t + 4].gpu.x[1] via Duplex for t in 0..4"


def reports(body: str) -> list[str]:
    session = Session()
    session.open_text(POD % body, "pod.hw")
    return [d.message for d in session.diagnostics.items if d.code == "HW3108"]


@pytest.mark.parametrize(("body", "found"), [
    (LOW % ("Dac", " { length = 2 m; }"), []),                        # as far as it reaches
    (LOW % ("Dac", " { length = 2.01 m; }"), ["2.01 m is beyond the reach of `Dac`, 2 m"]),
    (LOW % ("Dac", ";"), []),                                         # no length stated
    (LOW % ("Dac(long = 3 m)", ";"), ["3 m is beyond the reach of `Dac`, 2 m"]),
    (LOW % ("Dac(long = 3 m)", " { length = 1 m; }"), []),            # the connection's counts
    (LOW % ("Aec", " { length = 7 m; }"), []),                        # it may reach as far
    (LOW % ("Aec", " { length = 8 m; }"), ["8 m is beyond the reach of `Aec`, 4 m to 7 m"]),
    (LOW % ("Aec", " { length = 6 m to 9 m; }"), []),                 # it may be short enough
    (LOW % ("Dac", ";") + " override link tray[1].gpu.x[0] { length = 3 m; }", ["3 m is beyond the reach of `Dac`, 2 m"]),
    (LOW % ("Dac", ";") + " override link tray[6].gpu.x[0] { length = 3 m; }", ["3 m is beyond the reach of `Dac`, 2 m"]),
    (HIGH + "; override link tray[1].gpu.x[1] { length = 3 m; }", []),  # another medium
    (LOW % ("Dac", ";") + HIGH + "; override link tray[1].gpu.x[1] { length = 3 m; }", []),
    (HIGH + " { length = 60 m; }", ["60 m is beyond the reach of `Sr`, 50 m"]),  # the modules that the ports are carried on
    (HIGH + " { length = 50 m; }", []),
    (HIGH.replace("Duplex", "Run") + ";", ["60 m is beyond the reach of `Sr`, 50 m"]),  # the length that the fibre states
    (HIGH.replace("Duplex", "Run") + " { length = 40 m; }", []),
    ("connect tray[offsets[k]].gpu.x[0] <-> tray[4 + offsets[k]].gpu.x[0] via Dac for k in 0..3 { length = 3 m; }",
     ["3 m is beyond the reach of `Dac`, 2 m"]),                      # once, although the rule is unrolled
])
def test_length_against_reach(body: str, found: list[str]) -> None:
    assert reports(body) == found


def test_rules_refuse_the_design_of_a_test_block(tmp_path: Path) -> None:
    path = tmp_path / "pod.hw"
    block = 'test "too far" { design = Pod; assert fails(HW3108); }\ntest "same" { design = Pod; assert count(Gpu) == 8; }\n'
    path.write_text(POD % (LOW % ("Dac", " { length = 3 m; }")) + block, encoding="utf-8")
    session = Session()
    assert {r.name: r.outcome for r in session.test(str(path)) if r.name in ("too far", "same")} == {
        "too far": "passed", "same": "failed"}


@pytest.mark.parametrize(("fibre", "length", "reach"), [
    ("Om3Mpo", 70, None), ("Om3Mpo", 80, 70), ("Om4Mpo", 100, None), ("Om4Mpo", 110, 100),
    ("Om5Mpo", 150, None), ("Om5Mpo", 160, 150),
    ("MpoTrunk", 100, None), ("MpoTrunk", 110, 100),                  # it does not say what it is: the reach without a medium
    ("Om3Mpo(fibres = 12), Om5Mpo", 80, 70),                          # the least of several
])
def test_the_fibre_of_a_connection_decides_which_reach(fibre: str, length: int, reach: int | None) -> None:
    session = Session()
    session.open_text(f"""use std.ethernet.Ethernet50; use std.optics_multimode.Qdd400Sr42;
        use std.fibre.{{Om3Mpo, Om4Mpo, Om5Mpo, MpoTrunk}};
        switch Leaf {{ port p: Ethernet50(lanes = 8); part optic: Qdd400Sr42; carry p on optic; }}
        system Pair {{ part leaf: Leaf[2]; connect leaf[0].p <-> leaf[1].p via {fibre} {{ length = {length} m; }} }}
        design = Pair;""")
    errors = [d.message for d in session.diagnostics.items if d.severity == "error"]
    assert errors == ([] if reach is None else [f"{length} m is beyond the reach of `Qdd400Sr42`, {reach} m"])
