"""Static routes from a file: loads counted by hand, parallel links, failures, and every mistake a table can hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from studying import CLOS, asked

from hwdsl.perf.study.result import Prediction

DESIGN = CLOS.replace("RATE", "100 Gb/s")


def table(spine: dict[tuple[int, int, int], int] | None = None, without: tuple[str, ...] = ()) -> str:
    """Routes of the Clos: leaf m sends to gpu[l][g] over spine g, or as said; two links lead from each gpu to its leaf."""
    rows = ["at,destination,next"]
    for x in range(4):
        for g in range(4):
            rows += [f"gpu[{x}][{g}],*,leaf[{x}]", f"leaf[{x}],gpu[{x}][{g}],gpu[{x}][{g}]"]
            rows += [f"leaf[{m}],gpu[{x}][{g}],spine[{(spine or {}).get((m, x, g), g)}]" for m in range(4) if m != x]
            rows += [f"spine[{s}],gpu[{x}][{g}],leaf[{x}]" for s in range(4)]
    return "\n".join(r for r in rows if r not in without) + "\n"


def busiest(p: Prediction) -> dict[str, float]:
    """Seconds that the busiest link of each tier is busy."""
    return {t.label: t.busiest for t in p.tiers}


def test_loads_of_routes_by_destination(tmp_path: Path) -> None:
    """16 ranks, 1 MiB: 4 x 12 flows leave a leaf, those for gpu[.][g] over spine g: 12 an uplink."""
    each = 2**20 * 8 / 16
    session, [p] = asked(tmp_path, DESIGN, 'all_to_all(size = 1 MiB, routing = static, table = "r.csv");', r=table())
    assert not session.diagnostics.items, session.report()
    assert p.time == pytest.approx(12 * each / 100e9 + 2700e-9, rel=1e-9)
    found = busiest(p)
    assert found["gpu -> leaf"] == pytest.approx(15 * each / 200e9)  # over both links alike
    assert found["spine -> leaf"] == pytest.approx(12 * each / 100e9)
    assert (p.level, p.question.flows) == ("L2", "one path a flow, split alike over parallel links")


def test_one_spine_for_all_takes_four_times_as_long(tmp_path: Path) -> None:
    one = {(m, x, g): 0 for m in range(4) for x in range(4) for g in range(4)}
    study = 'all_to_all(size = 1 MiB, routing = static, table = each ["r.csv", "o.csv"]);'
    _, [even, all_on_one] = asked(tmp_path, DESIGN, study, r=table(), o=table(one))
    assert all_on_one.transfer == pytest.approx(4 * even.transfer, rel=1e-12)


@pytest.mark.parametrize("call", ['flows(trace = "t.csv", {})', "send_recv(src = gpu[0][0], dst = gpu[1][2], size = 1 MiB, {})",
                                  "all_to_all(size = 1 MiB, sharing = max_min, {})", "all_reduce(size = 1 MiB, {})"])
def test_every_kind_of_traffic_takes_a_table(tmp_path: Path, call: str) -> None:
    call = call.format('routing = static, table = "r.csv"')
    session, [p] = asked(tmp_path, DESIGN, call + ";", r=table(), t="src,dst,size,begin\n0,5,1 MB,0 s\n")
    assert not session.diagnostics.items, session.report()
    assert (p.outcome, p.routing) == ("time", "static")
    assert all(p.time is not None and p.time >= b.seconds * (1 - 1e-9) for b in p.bounds)


def test_what_has_failed_is_not_routed_around(tmp_path: Path) -> None:
    study = 'under failed spine[0] { all_to_all(size = 1 MiB, routing = each [ecmp, static], table = "r.csv"); }'
    session, [ecmp, static] = asked(tmp_path, DESIGN, study, r=table())
    assert ecmp.outcome == "time"
    assert (static.outcome, static.unreachable) == ("unreachable", 16 * 3)  # to the gpu[.][0] of the three other leaves
    assert "by the routes of `r.csv`" in static.reason
    assert [d.code for d in session.diagnostics.items] == ["HW6008"]
    study = 'under failed gpu[0][0] { all_to_all(size = 1 MiB, routing = static, table = "r.csv"); }'
    session, [p] = asked(tmp_path, DESIGN, study, r=table())
    assert (p.outcome, p.ranks) == ("time", 15)


@pytest.mark.parametrize(("csv", "words"), [
    ("at,destination\n", "line 1: the column `next` is missing"),
    ("at,destination,next\n", "the file has no entry"),
    ("at,destination,next\ngpu[9][0],*,leaf[0]\n", "line 2, column 1: index 9 of `gpu[9][0]` is outside 0 to 3"),
    ("at,destination,next\nlaef[0],*,leaf[0]\n", "line 2, column 1: `laef[0]` is no part on this network; did you mean `leaf`?"),
    ("at,destination,next\nleaf[0],16,spine[0]\n", "line 2, column 2: there is no rank 16"),
    ("at,destination,next\nleaf[0],spine[1],spine[0]\n", "line 2, column 2: `spine[1]` is not among the endpoints"),
    ("at,destination,next\ngpu[0][0],*,leaf[1]\n", "line 2, column 3: no link leads from `gpu[0][0]` to `leaf[1]`"),
    ("at,destination,next\ngpu[0][0],0,leaf[0]\n", "line 2, column 1: `gpu[0][0]` is the destination itself"),
    ("at,destination,next\ngpu[0][0],1,leaf[0]\ngpu[0][0],gpu[0][1],leaf[0]\n",
     "line 3, column 1: `gpu[0][0]` has a line for `gpu[0][1]` already: line 2"),
    ("at,destination,next\ngpu[0][0],*,leaf[0]\ngpu[0][0],*,leaf[0]\n", "line 3, column 1: `gpu[0][0]` has a line for `*`"),
    ("at,destination,next\nleaf[0],1,gpu[0][0]\n", "line 2, column 3: `gpu[0][0]` does not pass traffic on"),
    ("at,destination,next\nleaf[0],*,gpu[0][1]\n", "line 2, column 3: `gpu[0][1]` does not pass traffic on"),
    ("at,destination,next\ngpu[0][0],1,leaf[0]\n", "line 2: traffic for `gpu[0][1]` is sent to `leaf[0]`, which has no entry"),
    ("at,destination,next\nleaf[0],15,spine[0]\nspine[0],15,leaf[1]\nleaf[1],15,spine[1]\nspine[1],15,leaf[0]\n",
     "traffic for `gpu[3][3]` runs in a circle: leaf[0] -> spine[0] -> leaf[1] -> spine[1] -> leaf[0]"),
    ("at,destination,next\nleaf[0],15,spine[0]\nspine[0],15,leaf[0]\n",
     "line 2: traffic for `gpu[3][3]` runs in a circle: leaf[0] -> spine[0] -> leaf[0]"),
])
def test_mistakes_in_a_table(tmp_path: Path, csv: str, words: str) -> None:
    session, found = asked(tmp_path, DESIGN, 'all_to_all(size = 1 MiB, routing = static, table = "r.csv");', r=csv)
    assert found == ()
    assert [d.code for d in session.diagnostics.items] == ["HW6013"]
    assert words in session.diagnostics.items[0].message


def test_flows_without_an_entry_are_unreachable(tmp_path: Path) -> None:
    rows = table(without=("gpu[0][0],*,leaf[0]",))
    session, [p] = asked(tmp_path, DESIGN, 'all_to_all(size = 1 MiB, routing = static, table = "r.csv");', r=rows)
    assert (p.outcome, p.unreachable, session.diagnostics.items[0].code) == ("unreachable", 15, "HW6008")


@pytest.mark.parametrize(("call", "code"), [
    ("all_to_all(size = 1 B, routing = static);", "HW6002"), ("all_to_all(size = 1 B, routing = static, table = 4);", "HW6002"),
    ('all_to_all(size = 1 B, routing = static, table = "no.csv");', "HW6013")])
def test_a_table_that_is_not_there(tmp_path: Path, call: str, code: str) -> None:
    session, found = asked(tmp_path, DESIGN, call)
    assert found == ()
    assert [d.code for d in session.diagnostics.items] == [code]


TWO_WAYS = """
link Plain { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 100 ns; PLAIN }
link Coded { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; latency = 100 ns; fec_latency = 80 ns; }
chip Gpu { port x: Plain; port y: Coded; }
switch A { port p: Plain[2]; FIRST }
switch B { port p: Coded[2]; latency = 200 ns; }
system Pod {
    part gpu: Gpu[2];
    part a: A;
    part b: B;
    plane net {
        connect gpu[i].x <-> a.p[i]  for i in 0..2;
        connect gpu[i].y <-> b.p[i]  for i in 0..2;
    }
}
design = Pod;
"""


@pytest.mark.parametrize(("first", "assume", "fastest", "ways"), [
    ("latency = 300 ns;", "", 500e-9, 1), ("latency = 360 ns;", "", 560e-9, 2), ("latency = 400 ns;", "", 560e-9, 1),
    ("", "switch_latency = 300 ns,", 500e-9, 1), ("", "switch_latency = 1 us,", 560e-9, 1)])
def test_least_latency_counts_what_start_up_counts(tmp_path: Path, first: str, assume: str, fastest: float, ways: int) -> None:
    """FEC of links and the assumed latency of switches decide which way is the fastest; two equal ones share."""
    text = TWO_WAYS.replace("FIRST", first).replace("PLAIN", "")
    for call in ("all_to_all(size = 1 MiB,", "send_recv(src = gpu[0], dst = gpu[1], size = 524288 B,",
                 'flows(trace = "t.csv",'):
        session, [p] = asked(tmp_path, text, f"{call} {assume} routing = least_latency);",
                             t="src,dst,size,begin\n0,1,524288 B,0 s\n")
        assert not session.diagnostics.items, session.report()
        assert (p.latency, p.missing) == (pytest.approx(fastest, rel=1e-9), 0)
        assert p.transfer == pytest.approx(2**19 * 8 / 100e9 / ways, rel=1e-9)


def test_least_latency_without_a_figure_is_refused(tmp_path: Path) -> None:
    session, [p] = asked(tmp_path, TWO_WAYS.replace("FIRST", "").replace("PLAIN", ""),
                         "all_to_all(size = 1 MiB, routing = least_latency);")
    assert p.outcome == "refused"
    assert "the latency of 1 vertices that pass traffic on is not stated or not published, the first is `a`" in p.reason
    assert [d.code for d in session.diagnostics.items] == ["HW6009"]
