"""The same design gives the same answer at every level: symbolic, implicit, flat, and written out by plain Python.

Random designs of nested parts, arrays and rules of many families (digits, rings, guards, ragged ranges, tables, families of
planes, breakouts, patterns, overrides) come as text in three forms - arrays, arrays with everything shuffled, and every array
unrolled to scalars - and as a plain list of link ends that no part of the compiler has seen.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import Any, NamedTuple

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hwdsl
from hwdsl.ir.l1 import Implicit, bfs, hop_histogram
from hwdsl.ir.l2 import Flat, flatten
from hwdsl.ir.npz_io import stored
from hwdsl.ir.traverse import hops
from hwdsl.query.views import to_networkx, to_rustworkx

End = tuple[str, str, str]
"""(device, port, lanes) by name; lanes is "" for a whole port."""
BUDGET = 1 << 28
SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
PATTERN = "pattern full_mesh(p: port[n][n - 1]) {\n    connect p[i][j - 1] <-> p[j][i]  for i in 0..n, j in 0..n where i < j;\n}"


class Place:
    """`size` parts of one kind that rules join: a text for the element of a (flat) index, and its name."""

    def __init__(self, dims: tuple[tuple[str, int], ...]) -> None:
        self.dims = dims
        self.size = 1
        for _, n in dims:
            self.size *= n

    def text(self, index: str) -> str:
        if len(self.dims) == 1:
            return f"{self.dims[0][0]}[{index}]"
        (outer, _), (inner, n) = self.dims
        return f"{outer}[({index}) / {n}].{inner}[({index}) % {n}]"

    def name(self, index: int) -> str:
        out = []
        for word, n in reversed(self.dims):
            out.append(f"{word}[{index % n}]")
            index //= n
        return ".".join(reversed(out))


class Joined(NamedTuple):
    """What one rule says: its statement, the ports it needs on either side ("name:size"), and the ends of its links.

    An end is (index of the left part, port, index of the right part, port); with `right` "" both parts are of the left place.
    """

    text: str
    left: str
    right: str
    ends: list[tuple[int, str, int, str]]
    plane: str = ""
    thin: bool = False


Draw = Any
"""`draw` of a hypothesis strategy."""


def regular(k: int, a: Place, b: Place, draw: Draw) -> dict[str, Joined | None]:
    """Rules that stay affine, with ports of their own (`p{k}`, `q{k}`); None where a family does not apply."""
    n, m, p, q, left, right = a.size, b.size, f"p{k}", f"q{k}", a.text, b.text
    both, w = min(n, m), draw(st.integers(1, 3))
    flat = len(a.dims) == len(b.dims) == 1 and n == m
    grid = [(i, j) for i in range(n) for j in range(m)]
    return {
        "grid": Joined(
            f"connect {left('i')}.{p}[j] <-> {right('j')}.{q}[i]  for i in 0..{n}, j in 0..{m};",
            f"{p}:{m}", f"{q}:{n}", [(i, f"{p}[{j}]", j, f"{q}[{i}]") for i, j in grid]),
        "digits": Joined(
            f"connect {left('i')}.{p}[x] <-> {right(f'x / {w}')}.{q}[{w} * i + x % {w}]  for i in 0..{n}, x in 0..{m * w};",
            f"{p}:{m * w}", f"{q}:{n * w}",
            [(i, f"{p}[{x}]", x // w, f"{q}[{w * i + x % w}]") for i in range(n) for x in range(m * w)]),
        "reverse": Joined(
            f"connect {left('i')}.{p}[0] <-> {right(f'{both - 1} - i')}.{q}[0]  for i in 0..{both};",
            f"{p}:1", f"{q}:1", [(i, f"{p}[0]", both - 1 - i, f"{q}[0]") for i in range(both)]),
        "rails": Joined(
            f"connect {left('i')}.{p}[r] <-> {right('i')}.{q}[r]  for i in 0..{both};",
            f"{p}:{w}", f"{q}:{w}", [(i, f"{p}[{r}]", i, f"{q}[{r}]") for i in range(both) for r in range(w)],
            plane=f"rail{k} for r in 0..{w}"),
        "breakout": Joined(
            f"connect {left('i')}.{p}[0].lane[2 * x .. 2 * x + 2] <-> {right('x')}.{q}[i]  for i in 0..{n}, x in 0..{min(m, 2)};",
            f"{p}:1", f"{q}:{n}",
            [(i, f"{p}[0].lane[{2 * x}..{2 * x + 2}]", x, f"{q}[{i}]") for i in range(n) for x in range(min(m, 2))], thin=True),
        "slices": Joined(
            f"connect {a.dims[0][0]}[*].{p}[0] <-> {b.dims[0][0]}[*].{q}[0];",
            f"{p}:1", f"{q}:1", [(i, f"{p}[0]", i, f"{q}[0]") for i in range(n)]) if flat else None,
    }


def irregular(k: int, a: Place, b: Place, draw: Draw) -> dict[str, Joined | None]:
    """Rules with guards, moduli, ragged ranges and tables; the rest as in `regular`."""
    n, m, p, q, left, right = a.size, b.size, f"p{k}", f"q{k}", a.text, b.text
    h = draw(st.integers(1, 2))
    ways = draw(st.lists(st.integers(0, m), min_size=n, max_size=n))
    perm = draw(st.permutations(range(m)))[: min(n, m)]
    table = f"[{', '.join(map(str, perm))}]"
    meshed = [(i, f"{p}[{j - 1}]", j, f"{p}[{i}]") for i in range(n) for j in range(i + 1, n)]
    return {
        "ring": Joined(
            f"connect {left('i')}.{p}[h] <-> {left(f'(i + h + 1) % {n}')}.{q}[h]  for i in 0..{n}, h in 0..{h};",
            f"{p}:{h} {q}:{h}", "",
            [(i, f"{p}[{x}]", (i + x + 1) % n, f"{q}[{x}]") for i in range(n) for x in range(h)]) if h < n else None,
        "mesh": Joined(
            f"connect {left('i')}.{p}[j - 1] <-> {left('j')}.{p}[i]  for i in 0..{n}, j in 0..{n} where i < j;",
            f"{p}:{n - 1}", "", meshed) if n > 1 else None,
        "pattern": Joined(
            f"connect full_mesh({a.dims[0][0]}[*].{p}[*]);", f"{p}:{n - 1}", "", meshed) if n > 1 and len(a.dims) == 1 else None,
        "ragged": Joined(
            f"connect {left('i')}.{p}[x] <-> {right('x')}.{q}[i]  for i in 0..{n}, x in 0..[{', '.join(map(str, ways))}][i];",
            f"{p}:{max(ways)}", f"{q}:{n}",
            [(i, f"{p}[{x}]", x, f"{q}[{i}]") for i in range(n) for x in range(ways[i])]) if any(ways) else None,
        "table": Joined(
            f"connect {left('i')}.{p}[0] <-> {right(f'{table}[i]')}.{q}[0]  for i in 0..{len(perm)};",
            f"{p}:1", f"{q}:1", [(i, f"{p}[0]", perm[i], f"{q}[0]") for i in range(len(perm))]),
        "parity": Joined(
            f"connect {left('i')}.{p}[j] <-> {right('j')}.{q}[i]  for i in 0..{n}, j in 0..{m} where (i + j) % 2 == 0;",
            f"{p}:{m}", f"{q}:{n}", [(i, f"{p}[{j}]", j, f"{q}[{i}]") for i in range(n) for j in range(m) if (i + j) % 2 == 0]),
    }


def families(k: int, a: Place, b: Place, draw: Draw) -> dict[str, Joined | None]:
    """One rule of each family between two places."""
    return {**regular(k, a, b, draw), **irregular(k, a, b, draw)}


FAMILIES = ("breakout", "digits", "grid", "mesh", "parity", "pattern", "ragged", "rails", "reverse", "ring", "slices", "table")


class Written:
    """A design in its forms."""

    def __init__(self, draw: Any) -> None:
        size = st.sampled_from((3, 2, 4, 1))
        self.boxes, self.chips, self.auxes, self.switches = (draw(size) for _ in range(4))
        chip, aux = Place((("chip", self.chips),)), Place((("aux", self.auxes),))
        deep, sw = Place((("box", self.boxes), ("chip", self.chips))), Place((("sw", self.switches),))
        self.inner: list[tuple[Joined, Place, Place, str, str]] = []
        self.outer: list[tuple[Joined, Place, Place, str, str]] = []
        for k in range(draw(st.sampled_from((4, 3, 5, 2, 1)))):
            inside = draw(st.booleans())
            a, b, kinds = (chip, aux, ("Chip", "Aux")) if inside else (deep, sw, ("Chip", "Sw"))
            rule = families(k, a, b, draw)[draw(st.sampled_from(FAMILIES))]
            if rule is not None:
                (self.inner if inside else self.outer).append((rule, a, b, *kinds))
        self.gone = self._overrides(draw)

    def _overrides(self, draw: Any) -> list[tuple[bool, str, str]]:
        """(inside a box, what, status) of each override."""
        status = st.sampled_from(("failed", "planned", "absent", "spare"))
        out = []
        if draw(st.booleans()):
            box, chip = (draw(st.integers(0, n - 1)) for n in (self.boxes, self.chips))
            out.append((False, f"part box[{box}].chip[{chip}]", draw(status)))
        if draw(st.booleans()):
            out.append((True, f"part aux[{draw(st.integers(0, self.auxes - 1))}]", draw(status)))
        whole = [(a, r) for r, a, _, _, _ in self.outer if r.ends and not r.thin]
        if whole and draw(st.booleans()):
            place, rule = whole[0]
            i, port, _, _ = rule.ends[draw(st.integers(0, len(rule.ends) - 1))]
            out.append((False, f"link {place.name(i)}.{port}", draw(status)))
        return out

    def ends(self) -> list[tuple[End, End]]:
        """Every link by the names of its ends, as the plain reading of the rules."""
        out = []
        for rules, heads in ((self.inner, [f"box[{b}]." for b in range(self.boxes)]), (self.outer, [""])):
            for rule, a, b, _, _ in rules:
                for i, p, j, q in rule.ends:
                    for head in heads:
                        there = (b if rule.right else a).name(j)
                        port, _, lane = p.partition(".lane")
                        out.append(((head + a.name(i), port, lane), (head + there, q, "")))
        return out

    def kept(self, statuses: tuple[str, ...]) -> list[tuple[End, End]]:
        """Links left by the overrides with these statuses."""
        gone = []
        for inside, what, status in self.gone:
            if status in statuses:
                heads = [f"box[{b}]." for b in range(self.boxes)] if inside else [""]
                gone += [head + what.split()[1] for head in heads]
        return [link for link in self.ends() if not any(d == g or f"{d}.{p}" == g for d, p, _ in link for g in gone)]

    def ports(self, kind: str) -> list[tuple[str, int, int]]:
        """(name, size, lanes) of the ports of a component."""
        out = []
        for rule, _, _, a, b in self.inner + self.outer:
            for own, texts, lanes in ((a, rule.left, 4), (b, rule.right, 2 if rule.thin else 4)):
                out += [(p.split(":")[0], int(p.split(":")[1]), lanes) for p in texts.split() if own == kind]
        return [*out, ("z", 1, 4)]

    def render(self, unrolled: bool, shuffle: random.Random | None = None) -> str:
        """The design as text."""
        spell = scalar if unrolled else str

        def part(name: str, kind: str, n: int) -> list[str]:
            return [f"part {name}_{x}: {kind};" for x in range(n)] if unrolled else [f"part {name}: {kind}[{n}];"]

        def port(name: str, n: int, lanes: int) -> list[str]:
            link = f"Wire(lanes = {lanes})"
            return [f"port {name}_{x}: {link};" for x in range(n)] if unrolled else [f"port {name}: {link}[{n}];"]

        def body(head: str, lines: list[str]) -> str:
            if shuffle:
                shuffle.shuffle(lines)
            return head + " {\n" + "".join(f"    {x}\n" for x in lines) + "}"

        def overrides(inside: bool) -> list[str]:
            return [f"override {spell(what)} {{ status = {s}; }}" for here, what, s in self.gone if here == inside]

        def plane(rules: list[tuple[Joined, Place, Place, str, str]]) -> list[str]:
            lines = []
            for rule, a, b, _, _ in rules:
                if unrolled:
                    there = b if rule.right else a
                    lines += [f"connect {scalar(a.name(i))}.{_port(p)} <-> {scalar(there.name(j))}.{_port(q)};"
                              for i, p, j, q in rule.ends]
                else:
                    lines.append(f"plane {rule.plane} {{ {rule.text} }}" if rule.plane else rule.text)
            return [body("plane net", lines)] if lines else ["plane net { }"]

        items = ["link Wire(lanes: int) { lanes = lanes; raw = 53.125 Gb/s; net = 50 Gb/s; }", PATTERN,
                 *(body(f"{kind} {name}", [x for p in self.ports(name) for x in port(*p)])
                   for kind, name in (("chip", "Chip"), ("switch", "Aux"), ("switch", "Sw"))),
                 body("tray Box", [*part("chip", "Chip", self.chips), *part("aux", "Aux", self.auxes), *plane(self.inner),
                                   *overrides(True)]),
                 body("system Top", [*part("box", "Box", self.boxes), *part("sw", "Sw", self.switches), *plane(self.outer),
                                     *overrides(False)]),
                 "design = Top;"]
        if shuffle:
            shuffle.shuffle(items)
        return "\n".join(items) + "\n"


def scalar(name: str) -> str:
    """`box[1].chip[0]` as `box_1.chip_0`."""
    return re.sub(r"\[(\d+)\]", r"_\1", name)


def kind_of(device: str) -> str:
    """`box[1].chip[0]` is a `chip`."""
    return device.split(".")[-1].split("[")[0]


def _port(text: str) -> str:
    port, dot, lane = text.partition(".lane")
    return scalar(port) + dot + lane


@st.composite
def designs(draw: Any) -> Written:
    return Written(draw)


def opened(text: str) -> Any:
    session = hwdsl.Session(cache_dir=None)
    design = session.open_text(text)
    assert design is not None, session.report() + text
    assert not session.diagnostics.has_errors, session.report() + text
    return design


def flat_of(text: str, exclude: tuple[str, ...] = ("failed", "planned", "absent")) -> Flat:
    return flatten(opened(text).root, BUDGET, exclude)


def named(flat: Flat) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in flat.link_names()}


def expected(links: list[tuple[End, End]]) -> set[frozenset[str]]:
    return {frozenset(f"{d}.{p}" + (f".lane{lane}" if lane else "") for d, p, lane in link) for link in links}


@SETTINGS
@given(designs())
def test_links_are_those_of_the_plain_reading(w: Written) -> None:
    flat = flat_of(w.render(False))
    assert named(flat) == expected(w.kept(("failed", "planned", "absent")))
    assert named(flat_of(w.render(False), ())) == expected(w.ends())


@SETTINGS
@given(designs())
def test_implicit_and_flat_agree(w: Written) -> None:
    design = opened(w.render(False))
    flat, implicit = flatten(design.root, BUDGET), Implicit(design.root)
    everything = range(len(flat.peer))
    assert [implicit.link(p) for p in everything] == list(zip(flat.peer.tolist(), flat.rule_of_port.tolist()))
    used = [p for p in everything if flat.peer[p] >= 0]
    assert all(flat.peer[flat.peer[p]] == p and flat.peer[p] != p for p in used)
    assert list(implicit.link_names()) == list(flat.link_names())
    for start in (0, flat.layout.devices - 1):
        near = list(bfs(design.root, start))
        assert near == hops(design.root, start, (), ("failed", "planned", "absent")).tolist()
        graph = to_networkx(flat)
        assert hop_histogram(near) == dict(sorted(Counter(nx.single_source_shortest_path_length(graph, start).values()).items()))


@SETTINGS
@given(designs())
def test_symbolic_counts_are_those_of_the_plain_reading(w: Written) -> None:
    design = opened(w.render(False))
    bought = w.kept(("absent",))
    assert design.query("count(links(self))").value == len(bought)
    between = [1 for a, b in bought if {kind_of(a[0]), kind_of(b[0])} == {"chip", "sw"}]
    assert design.query("count(links(**.chip, sw))").value == len(between)
    for kind, where in (("Chip", "box[*].chip[*]"), ("Aux", "box[*].aux[*]"), ("Sw", "sw[*]")):
        word = where.split(".")[-1].split("[")[0]
        for port, _, _ in w.ports(kind):
            used = {(d, p) for link in bought for d, p, _ in link if kind_of(d) == word and p.split("[")[0] == port}
            assert design.query(f"count({where}.{port}[*] where .used)").value == len(used), port


@SETTINGS
@given(designs())
def test_symbolic_hops_are_those_of_the_plain_graph(w: Written) -> None:
    if not any(rule.ends for rule, *_ in w.inner + w.outer):
        return
    session = hwdsl.Session(cache_dir=None)
    design = session.open_text(w.render(False).replace("port z:", "relay = true;\n    port z:"))
    assert design is not None, session.report()
    planes = [n for n, rules in (("net", w.outer), ("box[*].net", w.inner)) if any(r.ends for r, *_ in rules)]
    answer = design.query(f"hop_histogram(**.chip, plane = [{', '.join(planes)}])")
    live = w.kept(("failed", "planned", "absent"))
    out = {h + what.split()[1] for inside, what, s in w.gone if s in ("failed", "planned", "absent") and what.startswith("part")
           for h in ([f"box[{b}]." for b in range(w.boxes)] if inside else [""])}
    chips = [n for n in (f"box[{b}].chip[{c}]" for b in range(w.boxes) for c in range(w.chips)) if n not in out]
    graph = nx.MultiGraph((a[0], b[0]) for a, b in live)
    graph.add_nodes_from(chips)
    pairs = Counter(d for s in chips for t, d in nx.single_source_shortest_path_length(graph, s).items() if t in chips and t != s)
    assert answer is not None, session.report()
    assert {k: n for k, n in enumerate(answer.value) if n and k} == dict(pairs)


@SETTINGS
@given(designs())
def test_arrays_equal_their_written_out_form(w: Written) -> None:
    short, long = opened(w.render(False)), opened(w.render(True))
    mine = {frozenset(scalar(e.split(".lane")[0]) for e in pair) for pair in named(flatten(short.root, BUDGET))}
    assert mine == {frozenset(e.split(".lane")[0] for e in pair) for pair in named(flatten(long.root, BUDGET))}
    for query in ("count(links(self))", "count(Chip)", "count(lanes(self))", "count(pairs(self))"):
        assert short.query(query).value == long.query(query).value, query


@SETTINGS
@given(designs(), st.integers(0, 2**32))
def test_order_of_declarations_does_not_matter(w: Written, seed: int) -> None:
    first, second = flat_of(w.render(False)), flat_of(w.render(False, random.Random(seed)))
    assert list(first.layout.port_names()) == list(second.layout.port_names())
    assert list(first.link_names()) == list(second.link_names())
    assert differing(first, second) == []


def differing(a: Flat, b: Flat) -> list[str]:
    """Tables that differ; the number of a rule is its place in the text, so names of rules may."""
    x, y = stored(a).tables, stored(b).tables
    return [n for n in x if n != "class_name" and (x[n].shape != y[n].shape or x[n].tobytes() != y[n].tobytes())]


@SETTINGS
@given(designs())
def test_views_hold_every_link(w: Written) -> None:
    flat = flat_of(w.render(False))
    graph, other = to_networkx(flat), to_rustworkx(flat)
    names = nx.get_node_attributes(graph, "name")
    mine = Counter(frozenset((names[a], names[b])) for a, b in graph.edges())
    plain = Counter(frozenset((a[0], b[0])) for a, b in w.kept(("failed", "planned", "absent")))
    assert mine == plain
    assert sorted(map(sorted, other.edge_list())) == sorted(sorted(e) for e in graph.edges())
    assert all(facts["rate"] == 50e9 * facts["lanes"] for _, _, facts in graph.edges(data=True))
    indptr, indices = flat.csr()
    assert [sorted(indices[indptr[d]: indptr[d + 1]].tolist()) for d in range(flat.layout.devices)] == [
        sorted(n for a, b in graph.edges(d) for n in ([b] if a != b else [a, a])) for d in range(flat.layout.devices)]


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_occurs_and_connects(family: str) -> None:
    """The generator itself: every family makes links where it applies."""
    values = iter([2, 1, [1, 2, 0], [1, 0, 2]])
    place, other = Place((("chip", 3),)), Place((("aux", 3),))
    rules = families(0, place, other, lambda _: next(values))
    rule = rules[family]
    assert sorted(rules) == list(FAMILIES)
    assert rule is not None
    assert len(rule.ends) >= 3
