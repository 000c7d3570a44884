"""Every construct of the language, and the tree it must give (`show` in conftest renders trees without places)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hwdsl.source.text import SourceText
from hwdsl.syntax import ast
from hwdsl.syntax.parser import parse

# ruff: noqa: RUF001, ISC001 (units; long trees are cut by width)
EXPRESSIONS = (
    ('a', 'a'),
    ('1', '1'),
    ('1_000', '1000'),
    ('0.5', '1/2.'),
    ('1e-6', '1/1000000.'),
    ('1e3', '1000.'),
    ('400 Gb/s', '400 Gb/s'),
    ('190 Gb/s/mm', '190 Gb/s/mm'),
    ('1 U', '1 U'),
    ('3 µs', '3 µs'),
    ('$199_000', '199000 USD'),
    ('$0.5', '1/2. USD'),
    ('"a\\"b\\\\ \\n"', 'String(value=a"b\\ \n)'),
    ('true', 'Bool(value=True)'),
    ('false', 'Bool()'),
    ('self', 'SelfRef()'),
    ('.rate', 'SubjectAttr(name=rate)'),
    ('**.gpu', 'AnyDepth(name=gpu)'),
    ('a.b.c', 'Member(base=Member(base=a, name=b), name=c)'),
    ('a.port.link', 'Member(base=Member(base=a, name=port), name=link)'),
    ('a[0]', 'Index(base=a, index=0)'),
    ('a[*]', 'Index(base=a, index=Star())'),
    ('a[* where .kind == chip]', 'Index(base=a, index=Star(guard=Compare(op===, left=SubjectAttr(name=kind), right=chip)))'),
    ('a[2..]', 'Index(base=a, index=Range(lo=2))'),
    ('a[..4]', 'Index(base=a, index=Range(hi=4))'),
    ('a[2..5][1]', 'Index(base=Index(base=a, index=Range(lo=2, hi=5)), index=1)'),
    ('a[4 * p .. 4 * p + 4]',
     'Index(base=a, index=Range(lo=Binary(op=*, left=4, right=p), hi=Binary(op=+, left=Binary(op=*, left=4, right=p)'
     ', right=4)))'),
    ('0..4', 'Range(lo=0, hi=4)'),
    ('0.5..1.5', 'Range(lo=1/2., hi=3/2.)'),
    ('f()', 'Call(fn=f)'),
    ('f(a, 1,)', 'Call(fn=f, args=[Arg(value=a), Arg(value=1)])'),
    ('f(x = 1, y = each [1, 2])',
     'Call(fn=f, args=[Arg(name=x, value=1), Arg(name=y, value=Sweep(values=ListExpr(items=[1, 2])))])'),
    ('f(a where .b == c)', 'Call(fn=f, args=[Arg(value=a, guard=Compare(op===, left=SubjectAttr(name=b), right=c))])'),
    ('f(a -> b)', 'Call(fn=f, args=[Arg(value=FromTo(left=a, right=b))])'),
    ('f(x = 1 @source("s"), 2 @note)',
     'Call(fn=f, args=[Arg(name=x, value=Annotated(value=1, annots=[Annot(name=source, args=[Arg(value=String(value='
     's))])])), Arg(value=Annotated(value=2, annots=[Annot(name=note)]))])'),
    ('[]', 'ListExpr()'),
    ('[1, 2,]', 'ListExpr(items=[1, 2])'),
    ('[1 dB @source("s"), 2 dB]',
     'ListExpr(items=[Annotated(value=1 dB, annots=[Annot(name=source, args=[Arg(value=String(value=s))])]), 2 dB])'),
    ('[i * i for i in 0..n, j in 0..i where i != j]',
     'Comprehension(body=Binary(op=*, left=i, right=i), binders=[Binder(name=i, domain=Range(lo=0, hi=n)), Binder(na'
     'me=j, domain=Range(lo=0, hi=i))], guard=Compare(op=!=, left=i, right=j))'),
    ('-5 degC', '-5 degC'),
    ('-2.9 dBm', '-29/10. dBm'),
    ('-(5 degC)', 'Neg(operand=5 degC)'),
    ('--5', 'Neg(operand=-5)'),
    ('-x', 'Neg(operand=x)'),
    ('- 5', '-5'),
    ('not a and b or c', 'Logic(op=or, left=Logic(op=and, left=Not(operand=a), right=b), right=c)'),
    ('not not a', 'Not(operand=Not(operand=a))'),
    ('a - b - c', 'Binary(op=-, left=Binary(op=-, left=a, right=b), right=c)'),
    ('a + b * c % d / e',
     'Binary(op=+, left=a, right=Binary(op=/, left=Binary(op=%, left=Binary(op=*, left=b, right=c), right=d), right='
     'e))'),
    ('(a + b) * c', 'Binary(op=*, left=Binary(op=+, left=a, right=b), right=c)'),
    ('a < b', 'Compare(op=<, left=a, right=b)'),
    ('a == b + 1', 'Compare(op===, left=a, right=Binary(op=+, left=b, right=1))'),
    ('a <= b and b != c', 'Logic(op=and, left=Compare(op=<=, left=a, right=b), right=Compare(op=!=, left=b, right=c))'),
    ('if a then b else if c then d else e', 'Cond(test=a, yes=b, no=Cond(test=c, yes=d, no=e))'),
    ('8 W to 9 W', 'Interval(lo=8 W, hi=9 W)'),
    ('8 W to 9 W typ 8.5 W', 'Interval(lo=8 W, hi=9 W, typ=17/2. W)'),
    ('20 dBm +- 0.5 dB', 'Tolerance(mid=20 dBm, tol=1/2. dB)'),
    ('a +-b', 'Tolerance(mid=a, tol=b)'),
    ('10 GB / s', 'Binary(op=/, left=10 GB, right=s)'),
    ('10 GB/s', '10 GB/s'),
    ('7 % n', 'Binary(op=%, left=7, right=n)'),
    ('p / 2', 'Binary(op=/, left=p, right=2)'),
)

MEMBERS = (
    ('height = 1 U;', 'Attr(name=height, value=1 U)'),
    ('power = 6.3 kW @source("x", date = "2024-07-17", status = unverified) @note;',
     'Attr(name=power, value=Annotated(value=63/10. kW, annots=[Annot(name=source, args=[Arg(value=String(value=x)),'
     ' Arg(name=date, value=String(value=2024-07-17)), Arg(name=status, value=unverified)]), Annot(name=note)]))'),
    ('rate = each [1, 2];', 'Attr(name=rate, value=Sweep(values=ListExpr(items=[1, 2])))'),
    ('part gpu: std.nvidia.B200(n = 1)[4][2];',
     'Part(name=gpu, type=TypeRef(path=[std, nvidia, B200], args=[Arg(name=n, value=1)], dims=[4, 2]))'),
    ('part gpu: B200;', 'Part(name=gpu, type=TypeRef(path=[B200]))'),
    ('part gpu: B200 @note { power = 1 W; }',
     'Part(annots=[Annot(name=note)], name=gpu, type=TypeRef(path=[B200]), body=[Attr(name=power, value=1 W)])'),
    ('port io: Hop[8];', 'Port(name=io, type=TypeRef(path=[Hop], dims=[8]))'),
    ('input port io: Hop;', 'Port(modifier=input, name=io, type=TypeRef(path=[Hop]))'),
    ('output port io: Hop { power = 1 W; }',
     'Port(modifier=output, name=io, type=TypeRef(path=[Hop]), body=[Attr(name=power, value=1 W)])'),
    ('spare port io: Hop @note;', 'Port(annots=[Annot(name=note)], modifier=spare, name=io, type=TypeRef(path=[Hop]))'),
    ('bus b: Busbar(n = 2) joins a[*].dc, c.dc;',
     'Bus(name=b, type=TypeRef(path=[Busbar], args=[Arg(name=n, value=2)]), joins=[Member(base=Index(base=a, index=S'
     'tar()), name=dc), Member(base=c, name=dc)])'),
    ('carry gpu[g].io on plug[g].lane[0 .. 4] for g in 0..4 where g > 1;',
     'Carry(binders=[Binder(name=g, domain=Range(lo=0, hi=4))], guard=Compare(op=>, left=g, right=1), port=Member(ba'
     'se=Index(base=gpu, index=g), name=io), on=Index(base=Member(base=Index(base=plug, index=g), name=lane), index='
     'Range(lo=0, hi=4)))'),
    ('connect a <-> b;', 'Connect(left=a, arrow=<->, right=b)'),
    ('connect a -> b via M, N(length = 3 m), auto for i in 0..4, j in 0..i where i != j @note { length = 3 m; }',
     'Connect(annots=[Annot(name=note)], binders=[Binder(name=i, domain=Range(lo=0, hi=4)), Binder(name=j, domain=Ra'
     'nge(lo=0, hi=i))], guard=Compare(op=!=, left=i, right=j), body=[Attr(name=length, value=3 m)], left=a, arrow=-'
     '>, right=b, via=[M, Call(fn=N, args=[Arg(name=length, value=3 m)]), auto])'),
    ('connect full_mesh(p[*], q) via M for s in 0..8;',
     'Connect(binders=[Binder(name=s, domain=Range(lo=0, hi=8))], left=Call(fn=full_mesh, args=[Arg(value=Index(base'
     '=p, index=Star())), Arg(value=q)]), via=[M])'),
    ('bridge a[l] <-> b[l] for l in 0..4 { loss = 1 dB; }',
     'Bridge(binders=[Binder(name=l, domain=Range(lo=0, hi=4))], body=[Attr(name=loss, value=1 dB)], left=Index(base'
     '=a, index=l), arrow=<->, right=Index(base=b, index=l))'),
    ('state through { bridge a <-> b; }', 'State(name=through, body=[Bridge(left=a, arrow=<->, right=b)])'),
    ('default state dark { }', 'State(name=dark, default=True)'),
    ('plane x { }', 'Plane(name=x)'),
    ('plane rail for r in 0..8 { connect a[r] <-> b[r]; }',
     'Plane(name=rail, binders=[Binder(name=r, domain=Range(lo=0, hi=8))], body=[Connect(left=Index(base=a, index=r)'
     ', arrow=<->, right=Index(base=b, index=r))])'),
    ('mode ring { set a = through; }', 'Mode(name=ring, body=[Set(target=a, value=through)])'),
    ('default mode groups(size: int = 2 where size > 0) where n % size == 0 { default set a[*] = dark for i in 0..2; }',
     'Mode(name=groups, default=True, params=[Param(name=size, type=TypeRef(path=[int]), default=2, guard=Compare(op'
     '=>, left=size, right=0))], guard=Compare(op===, left=Binary(op=%, left=n, right=size), right=0), body=[Set(bin'
     'ders=[Binder(name=i, domain=Range(lo=0, hi=2))], default=True, target=Index(base=a, index=Star()), value=dark)'
     '])'),
    ('circuit ocs[d].port[i] <-> ocs[d].port[j] for d in 0..2 where i < j;',
     'Circuit(binders=[Binder(name=d, domain=Range(lo=0, hi=2))], guard=Compare(op=<, left=i, right=j), left=Index(b'
     'ase=Member(base=Index(base=ocs, index=d), name=port), index=i), arrow=<->, right=Index(base=Member(base=Index('
     'base=ocs, index=d), name=port), index=j))'),
    ('place a;', 'Place(what=a)'),
    ('place a[i] in row[0] at U(3 + i) for i in 0..2;',
     'Place(binders=[Binder(name=i, domain=Range(lo=0, hi=2))], what=Index(base=a, index=i), container=Index(base=ro'
     'w, index=0), how=at, position=Call(fn=U, args=[Arg(value=Binary(op=+, left=3, right=i))]))'),
    ('place a from U(40) down;', 'Place(what=a, how=from, position=Call(fn=U, args=[Arg(value=40)]), down=True)'),
    ('place a at edge(east, offset = 7.5 mm);',
     'Place(what=a, how=at, position=Call(fn=edge, args=[Arg(value=east), Arg(name=offset, value=15/2. mm)]))'),
    ('place a in b;', 'Place(what=a, container=b)'),
    ('route cables(x) along tray.a, riser[2] for z in 0..2 { slack = 1 m; }',
     'Route(binders=[Binder(name=z, domain=Range(lo=0, hi=2))], body=[Attr(name=slack, value=1 m)], what=Call(fn=cab'
     'les, args=[Arg(value=x)]), along=[Member(base=tray, name=a), Index(base=riser, index=2)])'),
    ('override link a.b[3] { status = failed; }',
     'Override(body=[Attr(name=status, value=failed)], target=link, selection=Index(base=Member(base=a, name=b), ind'
     'ex=3))'),
    ('override cable a { length = 3 m; }', 'Override(body=[Attr(name=length, value=3 m)], target=cable, selection=a)'),
    ('override part a[3..5] { role = spare; }',
     'Override(body=[Attr(name=role, value=spare)], target=part, selection=Index(base=a, index=Range(lo=3, hi=5)))'),
    ('override port a;', 'Override(target=port, selection=a)'),
    ('assert a == b;', 'Check(kind=assert, cond=Compare(op===, left=a, right=b))'),
    ('assert a == 1 TB/s "text" for s in 0..4 where s > 1 @source("x");',
     'Check(annots=[Annot(name=source, args=[Arg(value=String(value=x))])], kind=assert, cond=Compare(op===, left=a,'
     ' right=1 TB/s), message=text, binders=[Binder(name=s, domain=Range(lo=0, hi=4))], guard=Compare(op=>, left=s, '
     'right=1))'),
    ('require power(self) <= 132 kW "m";',
     'Check(kind=require, cond=Compare(op=<=, left=Call(fn=power, args=[Arg(value=SelfRef())]), right=132 kW), messa'
     'ge=m)'),
    ('under mode slice(i = 4) { assert a; }',
     'Under(what=mode, subject=Call(fn=slice, args=[Arg(name=i, value=4)]), body=[Check(kind=assert, cond=a)])'),
    ('under failed pdu[f] for f in 0..2 { require b; }',
     'Under(what=failed, subject=Index(base=pdu, index=f), binders=[Binder(name=f, domain=Range(lo=0, hi=2))], body='
     '[Check(kind=require, cond=b)])'),
    ('const n: int = 3;', 'Const(name=n, type=TypeRef(path=[int]), value=3)'),
    ('enum E { a, b }', 'Enum(name=E, members=[a, b])'),
    ('fn f(x: int, y: list(int)) -> int = x;',
     'Fn(name=f, params=[Param(name=x, type=TypeRef(path=[int])), Param(name=y, type=TypeRef(path=[list], args=[Arg('
     'value=int)]))], result=TypeRef(path=[int]), body=x)'),
    ('board Inner(n: int): Base(m = 2) where n > 2 { height = 1 U; }',
     'Component(kind=board, name=Inner, params=[Param(name=n, type=TypeRef(path=[int]))], base=TypeRef(path=[Base], '
     'args=[Arg(name=m, value=2)]), guard=Compare(op=>, left=n, right=2), body=[Attr(name=height, value=1 U)])'),
    ('@source("a") @note part x: B @late;',
     'Part(annots=[Annot(name=source, args=[Arg(value=String(value=a))]), Annot(name=note), Annot(name=late)], name='
     'x, type=TypeRef(path=[B]))'),
)

ITEMS = (
    ('use std.a;', 'Use(path=[std, a])'),
    ('use std.a.{b, c,};', 'Use(path=[std, a], names=[b, c])'),
    ('use std.a.b as c;', 'Use(path=[std, a, b], alias=c)'),
    ('pub use std.a;', 'Use(path=[std, a], pub=True)'),
    ('pub const n = 1 @source("x");',
     'Const(name=n, value=Annotated(value=1, annots=[Annot(name=source, args=[Arg(value=String(value=x))])]), pub=Tr'
     'ue)'),
    ('pub enum E { a }', 'Enum(name=E, members=[a], pub=True)'),
    ('pub fn f() -> int = 1;', 'Fn(name=f, result=TypeRef(path=[int]), body=1, pub=True)'),
    ('design = A(n = 2);', 'Design(value=Call(fn=A, args=[Arg(name=n, value=2)]))'),
    ('design small = A;', 'Design(name=small, value=A)'),
    ('pattern p(a: port[n][n - 1], g: list(int)) where n > 1 { connect a[i] <-> a[j] for i in 0..n, j in 0..n; }',
     'Pattern(name=p, params=[Param(name=a, type=TypeRef(path=[port], dims=[n, Binary(op=-, left=n, right=1)])), Par'
     'am(name=g, type=TypeRef(path=[list], args=[Arg(value=int)]))], guard=Compare(op=>, left=n, right=1), body=[Con'
     'nect(binders=[Binder(name=i, domain=Range(lo=0, hi=n)), Binder(name=j, domain=Range(lo=0, hi=n))], left=Index('
     'base=a, index=i), arrow=<->, right=Index(base=a, index=j))])'),
    ('pub pattern p() { }', 'Pattern(name=p, pub=True)'),
    ('study s { }', 'Study(name=s)'),
    ('study s(n: int = 3) { model = Moe; all_to_all(over = **.npu) @note; under mode ring { assert x == 1; } }',
     'Study(name=s, params=[Param(name=n, type=TypeRef(path=[int]), default=3)], items=[Attr(name=model, value=Moe),'
     ' CallItem(annots=[Annot(name=note)], call=Call(fn=all_to_all, args=[Arg(name=over, value=AnyDepth(name=npu))])'
     '), Under(what=mode, subject=ring, body=[Check(kind=assert, cond=Compare(op===, left=x, right=1))])])'),
    ('test "a name" { design = A; assert fails(HW2031); }',
     'Test(name=a name, body=[Design(value=A), Check(kind=assert, cond=Call(fn=fails, args=[Arg(value=HW2031)]))])'),
    ('@source("v") pub chip Npu { }',
     'Component(annots=[Annot(name=source, args=[Arg(value=String(value=v))])], kind=chip, name=Npu, pub=True)'),
    ('workload Moe { layers = 61; }', 'Component(kind=workload, name=Moe, body=[Attr(name=layers, value=61)])'),
)

@pytest.mark.parametrize(("text", "tree"), EXPRESSIONS, ids=[t for t, _ in EXPRESSIONS])
def test_expression(text: str, tree: str, expr: Callable[[str], ast.Expr], show: Callable[[Any], str]) -> None:
    assert show(expr(text)) == tree


@pytest.mark.parametrize(("text", "tree"), MEMBERS, ids=[t for t, _ in MEMBERS])
def test_member(text: str, tree: str, member: Callable[[str], ast.Item], show: Callable[[Any], str]) -> None:
    assert show(member(text)) == tree


@pytest.mark.parametrize(("text", "tree"), ITEMS, ids=[t for t, _ in ITEMS])
def test_item(text: str, tree: str, items: Callable[[str], tuple[ast.Item, ...]], show: Callable[[Any], str]) -> None:
    (item,) = items(text)
    assert show(item) == tree


@pytest.mark.parametrize("kind", ["chip", "memory", "switch", "engine", "ocs", "panel", "module", "board", "tray", "node", "rack", "row",
                                  "room", "power", "cooling", "system", "link", "cable", "fibre", "backplane", "trace", "connector",
                                  "pathway", "workload"])
def test_kind(kind: str, items: Callable[[str], tuple[ast.Item, ...]]) -> None:
    (item,) = items(f"{kind} X {{ {kind} = 1; }}")
    assert isinstance(item, ast.Component)
    assert item.kind == kind
    assert [m.name for m in item.body if isinstance(m, ast.Attr)] == [kind]


def test_numbers_are_exact(expr: Callable[[str], ast.Expr]) -> None:
    value = expr("0.1 dB")
    assert isinstance(value, ast.Number)
    assert value.value == Fraction(1, 10)
    assert not value.is_int


def test_spans_cover_the_text_of_a_node(member: Callable[[str], ast.Item]) -> None:
    text = "power = (6 + 1) * 2 kW @source(\"x\");"
    source = f"tray T {{ {text} }}"
    item = member(text)
    assert isinstance(item, ast.Attr)
    assert isinstance(item.value, ast.Annotated)

    def cut(node: ast.Node) -> str:
        return source[node.span.start:node.span.end]

    assert cut(item) == text
    assert cut(item.value.value) == "(6 + 1) * 2 kW"
    assert cut(item.value.annots[0]) == '@source("x")'
    assert item.span.file == "t.hw"


def test_every_node_has_its_place_inside_its_parent(design: str, walk: Callable[[Any], Any]) -> None:
    file, found = parse(SourceText("d.hw", design))
    assert found == ()
    for node in walk(file):
        assert node.span.file == "d.hw"
        assert 0 <= node.span.start <= node.span.end <= len(design)
        for child in node._values():
            if isinstance(child, ast.Node):
                assert node.span.start <= child.span.start <= child.span.end <= node.span.end


def test_name_of_a_component_has_its_own_place(items: Callable[[str], tuple[ast.Item, ...]]) -> None:
    (item,) = items("pub tray Compute { }")
    assert isinstance(item, ast.Component)
    assert (item.name_span.start, item.name_span.end) == (9, 16)
    assert item.span.start == 0


def test_doc_comments_belong_to_the_next_item(items: Callable[[str], tuple[ast.Item, ...]]) -> None:
    (item,) = items("// plain\n/// First.\n/// Second.\n@source(\"x\")\npub tray T {\n  /// Of the part.\n  part a: B;\n  x = 1; /// late\n"
                    "  y = 2;\n  @note\n  /// Between.\n  z = 3;\n  /// Dangling.\n}\n/// At the end.\n")
    assert isinstance(item, ast.Component)
    assert item.doc == "First.\nSecond."
    assert [m.doc for m in item.body] == ["Of the part.", "", "", "Between."]


def test_doc_of_a_file() -> None:
    file, found = parse(SourceText("t.hw", "//! One.\n//!\n//!  Two.\n\n//// no doc\ntray T { }\n//! late\n"))
    assert found == ()
    assert file.doc == "One.\n\n Two."
    assert file.items[0].doc == ""


def test_empty_texts() -> None:
    for text in ("", "\n", "  \t\r\n", "// x", "\ufeff", "//! x"):
        file, found = parse(SourceText("t.hw", text))
        assert (file.items, found) == ((), ())


def test_designs_parse_without_reports(design: str) -> None:
    file, found = parse(SourceText("d.hw", design))
    assert found == ()
    assert file.items
