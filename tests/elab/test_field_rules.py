"""Rules over finite fields and tables: sums stay symbolic and are proven, and a pattern call speaks with its own scope."""

from __future__ import annotations

from itertools import product

import pytest

from hwdsl.api import Design, Session
from hwdsl.ir.index import Ix, Table, evaluate
from hwdsl.ir.space import determined
from hwdsl.sema.finite_field import field, prime_power

FIELD = """
use std.pattern.{field_circulant, field_pairs, points_lines};
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
switch Router(q: int) { port x: Lane[q]; }
system Plane(q: int) {
    part point: Router(q = q)[q][q];
    part line: Router(q = q)[q][q];
    plane fabric { connect points_lines(point[*][*].x[*], line[*][*].x[*]); }
}
"""


def opened(text: str) -> Design:
    session = Session(cache_dir=None)
    made = session.open_text(text, "asked.hw")
    assert made is not None, session.report()
    assert not session.diagnostics.has_errors, session.report()
    return made


def tables(ix: Ix) -> list[Table]:
    """All tables inside a map."""
    out: list[Table] = []
    for _, atom in ix.terms:
        if isinstance(atom, Table):
            out.append(atom)
        elif not isinstance(atom, str):
            out += tables(atom.ix)
    return out


@pytest.mark.parametrize("q", [2, 3, 4, 5, 8, 9, 16, 25, 27])
def test_points_and_lines_are_one_rule_that_is_proven(q: int) -> None:
    """A line's intercept y - m x is summed digit by digit: the only table is that of m x, and both ends are proven injective."""
    (rule,) = opened(f"{FIELD}design = Plane(q = {q});").root.rules
    for end in (rule.a, rule.b):
        assert determined(end.coords, rule.space) == {n for n, _ in rule.space.vars}
    assert all(len(t.data) <= q * q for c in rule.b.coords for t in tables(c))


@pytest.mark.parametrize("q", [4, 5, 9])
def test_every_point_of_the_rule_satisfies_y_is_m_x_plus_c(q: int) -> None:
    (rule,) = opened(f"{FIELD}design = Plane(q = {q});").root.rules
    found = prime_power(q)
    assert found is not None
    f = field(*found)
    names = [n for n, _ in rule.space.vars]
    seen = set()
    for values in product(*[range(s) for _, s in rule.space.vars]):
        env = dict(zip(names, values))
        x, y, m = (evaluate(c, env) for c in rule.a.coords)
        slope, intercept, port = (evaluate(c, env) for c in rule.b.coords)
        assert (slope, port) == (m, x)
        assert f.add(f.mul(m, x), intercept) == y
        seen.add((x, y, m))
    assert len(seen) == q**3


CALLS = """
use std.pattern.{ring, twisted_ring};
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
cable Dac(m: length) { plugs = 2; length = m; }
switch Router { port x: Lane[2]; }
system Pod(n: int = 4, far: length = 3 m) {
    const words = "row";
    part router: Router[n][2];
    plane rows { connect ring(router[*][j].x[*])  via Dac(m = far) for j in 0..2 { note = words; } }
}
design = Pod;
"""


def test_media_and_attributes_of_a_pattern_call_are_read_where_it_stands() -> None:
    """`far` and `words` are the caller's; the library file of the pattern knows neither."""
    (rule,) = opened(CALLS).root.rules
    assert rule.attributes["note"].value == "row"
    assert [s.template.name for s in rule.via if s.template is not None] == ["Dac"]


NESTED = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
cable Dac(m: length) { plugs = 2; length = m; }
switch Router { port x: Lane[2]; }
pattern inner(p: port[n][2]) { connect p[i][0] <-> p[(i + 1) % n][1] for i in 0..n { note = "inner"; part_number = "i"; } }
pattern outer(p: port[n][2]) {
    const said = "outer";
    connect inner(p[*][*]) { note = said; }
}
system Pod(far: length = 3 m) {
    part router: Router[4];
    plane ring { connect outer(router[*].x[*]) via Dac(m = far); }
}
design = Pod;
"""


def test_a_call_inside_a_pattern_keeps_what_both_calls_say() -> None:
    (rule,) = opened(NESTED).root.rules
    assert rule.attributes["note"].value == "outer"
    assert rule.attributes["part_number"].value == "i"
    assert [s.template.name for s in rule.via if s.template is not None] == ["Dac"]


def test_a_mistake_in_a_library_pattern_names_the_call() -> None:
    session = Session(cache_dir=None)
    session.open_text("""
use std.pattern.{jellyfish};
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
switch Router { port x: Lane[3]; }
system Pod { part router: Router[5]; plane net { connect jellyfish(router[*].x[*], 1); } }
design = Pod;
""", "asked.hw")
    (report,) = session.diagnostics.items
    assert report.code == "HW1214"
    assert [(label.text, label.span.file) for label in report.related] == [("in this call of `jellyfish`", "asked.hw")]
