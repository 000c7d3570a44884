"""Expressions: exact arithmetic, the two meanings of `/`, builtins, limits, and rule variables that stay symbolic."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwdsl.api import Session
from hwdsl.diag import Diagnostics
from hwdsl.ir import index
from hwdsl.ir.index import Ix, variable
from hwdsl.query.ask import parse_query
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import Mistake
from hwdsl.syntax import ast

SETTINGS = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def parsed(text: str) -> ast.Expr:
    """An expression that must parse."""
    diagnostics = Diagnostics()
    expr = parse_query(text, "<text>", diagnostics, {})
    assert expr is not None, [d.message for d in diagnostics.items]
    return expr


def value(text: str, **names: Any) -> Any:
    """Value of an expression, some names given."""
    env = Env(None)
    for name, v in names.items():
        env.bind(name, v)
    return evaluate(parsed(text), env)


def code(text: str, **names: Any) -> str:
    """Code of the mistake in an expression."""
    with pytest.raises(Mistake) as error:
        value(text, **names)
    assert error.value.diagnostic is not None
    return error.value.diagnostic.code


@pytest.mark.parametrize(("text", "expected"), [
    ("7 / 2", Fraction(7, 2)), ("8 / 2", 4), ("-7 / 2", Fraction(-7, 2)), ("7 % 4", 3), ("-7 % 4", 1), ("7 % -4", 3),
    ("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("7 / 2 * 2", 7), ("1_000 * 1_000", 10**6), ("2 - 3 - 4", -5), ("-(3 - 5)", 2),
    ("1 / 3 + 1 / 6", Fraction(1, 2)), ("[1, 2] + [3]", (1, 2, 3)), ('"a" + "b"', "ab"), ("if 1 < 2 then 3 else 4", 3),
    ("1 < 2 and 2 < 3", True), ("not (1 == 1)", False), ("1 == 2 or 2 == 2", True), ("[1, 2] == [1, 2]", True),
    ("[10, 20, 30][1]", 20), ("[10, 20, 30][1..]", (20, 30)), ("[10, 20, 30][..2]", (10, 20)),
])
def test_arithmetic(text: str, expected: Any) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("text", "expected"), [
    ("[i / 2 for i in 0..5]", (0, 0, 1, 1, 2)), ("[(i - 3) / 2 for i in 0..5]", (-2, -1, -1, 0, 0)),
    ("[i % 3 for i in 0..5]", (0, 1, 2, 0, 1)), ("[(i - 2) % 3 for i in 0..4]", (1, 2, 0, 1)),
    ("[12 / i for i in [1, 5, 6]]", (12, Fraction(12, 5), 2)), ("[i for i in 0..9 where i % 4 == 1]", (1, 5)),
    ("[10 * i + j for i in 0..2, j in 0..i + 1]", (0, 10, 11)), ("[[j for j in 0..i] for i in 1..3]", ((0,), (0, 1))),
])
def test_a_for_variable_on_the_left_of_a_division_floors(text: str, expected: tuple[Any, ...]) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("len([1, 2, 3])", 3), ("prefix_sum([5, 4, 4, 5])", (0, 5, 9, 13, 18)), ("sum([1, 2, 3])", 6), ("min([3, 1, 2])", 1),
    ("max([3, 1, 2])", 3), ("gcd(12, 18)", 6), ("lcm(4, 6)", 12), ("pow_mod(3, 200, 13)", pow(3, 200, 13)),
    ("pow_mod(5, 0, 7)", 1), ("pow_mod(2, 5, 1)", 0), ("isqrt(24)", 4), ("sort([3, 1, 2])", (1, 2, 3)),
    ("reverse([1, 2])", (2, 1)),
    ("log2(8)", 3),
    ("ceil_log2(9)", 4), ("floor(7 / 2)", 3), ("ceil(7 / 2)", 4),
    ("floor(-7 / 2)", -4), ("abs(-3)", 3),
    ("unique([1, 2, 1])", (1, 2)), ("contains([1, 2], 2)", True), ("index_of([4, 5], 5)", 1),
    ("runs([3, 4, 10, 11], 16)", None),
])
def test_builtins(text: str, expected: Any) -> None:
    found = value(text)
    assert expected is None or found == expected
    assert found is not None


@pytest.mark.parametrize(("text", "expected"), [
    ("1 / 0", "HW1202"), ("5 % 0", "HW1202"), ("1 + true", "HW1201"), ('1 + "a"', "HW1201"), ("1.5 % 2", "HW1203"),
    ("[1, 2][2]", "HW1204"),
    ("[1][-1]", "HW1204"), ("[][0]", "HW1204"), ("3(4)", "HW1205"), ("nothing", "HW1001"), ("1 and true", "HW1201"),
    ("not 3", "HW1201"),
    ("1 < true", "HW1201"), ("[1] < [2]", "HW1201"), ("1 m + 1 s", "HW1101"), ("pow_mod(2, -1, 5)", "HW1205"),
    ("[1, 2][1 / 2]", "HW1203"), ("fold([1], 0, 3)", "HW1205"), ("gcd(1)", "HW1205"),
    ("if 3 then 1 else 2", "HW1201"),
])
def test_mistakes(text: str, expected: str) -> None:
    assert code(text) == expected


FUNCTIONS = """
const big   = fold([1, 2, 3, 4], 0, add);
const power = fold([i for i in 0..10], 1, double);
const later = earlier + 1;
const earlier = 41;
fn add(a: int, b: int) -> int = 10 * a + b;
fn double(a: int, b: int) -> int = 2 * a;
fn halves(n: int, by: int = 2) -> int = n / by;
tray T { }
design = T;
"""


def asked(query: str, text: str = FUNCTIONS) -> Any:
    """Answer to a query on a text."""
    session = Session(cache_dir=None)
    design = session.open_text(text)
    assert design is not None, session.report()
    answer = design.query(query)
    return answer.value if answer is not None else session.diagnostics.items[-1].code


def test_functions_and_constants() -> None:
    assert asked("[big, power, later]") == (1234, 1024, 42)
    assert asked("halves(9)") == Fraction(9, 2)
    assert asked("[halves(i) for i in 8..11]") == (4, 4, 5)
    assert asked("halves(by = 3, n = 9)") == 3
    assert asked("halves()") == "HW1205"
    assert asked("halves(1, 2, 3)") == "HW1205"


@pytest.mark.parametrize(("text", "expected"), [
    ("fn f(n: int) -> int = f(n - 1);\nconst x = f(3);", "HW1206"),
    ("fn f(n: int) -> int = g(n);\nfn g(n: int) -> int = f(n);\nconst x = f(3);", "HW1206"),
    ("const a = b;\nconst b = a;", "HW1006"),
])
def test_circles_end(text: str, expected: str) -> None:
    session = Session(cache_dir=None)
    name = "a" if expected == "HW1006" else "x"
    design = session.open_text(f"{text}\ntray T {{ assert {name} == 1; }}\ndesign = T;")
    assert expected in [d.code for d in session.diagnostics.items], (design, session.report())


def integers() -> Any:
    """(text, function of i, j and k; k is a count, i and j are rule variables)."""
    leaf = st.one_of(st.integers(0, 9).map(str), st.sampled_from(["i", "j", "i", "j"]))

    def grow(inner: Any) -> Any:
        number = st.integers(1, 5).map(str)
        return st.one_of(
            st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            st.tuples(st.sampled_from(["i", "j"]), inner, st.sampled_from("/%"), number).map(
                lambda t: f"(({t[0]} + {t[1]}) {t[2]} {t[3]})"),
            st.tuples(inner, st.sampled_from(["<", "==", "<="]), inner, inner, inner).map(
                lambda t: f"(if {t[0]} {t[1]} {t[2]} then {t[3]} else {t[4]})"),
            st.tuples(st.sampled_from(["i", "j"])).map(lambda t: f"[3, 1, 4, 1, 5][{t[0]}]"))

    return st.recursive(leaf, grow, max_leaves=6)


@SETTINGS
@given(integers())
def test_symbolic_values_are_the_values_at_every_point(text: str) -> None:
    """An expression of rule variables lowered to an index map, against the same expression with numbers for them."""
    expr = parsed(text)
    sizes = {"i": 5, "j": 3}
    env = Env(None)
    env.sizes = dict(sizes)
    for name in sizes:
        env.bind(name, variable(name), binder=True)
    symbolic = evaluate(expr, env)
    for i, j in product(range(5), range(3)):
        at = Env(None)
        at.bind("i", i, binder=True)
        at.bind("j", j, binder=True)
        plain = evaluate(expr, at)
        assert (index.evaluate(symbolic, {"i": i, "j": j}) if isinstance(symbolic, Ix) else symbolic) == plain, text


@SETTINGS
@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 12))
def test_division_of_counts_is_exact_and_of_variables_floors(a: int, b: int, d: int) -> None:
    assert value(f"({a} + {b}) / {d}") == Fraction(a + b, d)
    assert value(f"[(i + {b}) / {d} for i in [{a}]]") == ((a + b) // d,)
    assert value(f"({a} + {b}) % {d}") == (a + b) % d
    assert value(f"gcd({abs(a)}, {d})") == math.gcd(a, d)


def test_the_budget_is_that_of_the_whole_expression() -> None:
    assert value("len([i for i in 0..10_000])") == 10_000
    assert code("[[j for j in 0..10_000] for i in 0..10_000]") == "HW1207"


FIELD_ROWS = [
    ("is_prime_power(27)", True), ("is_prime_power(12)", False), ("is_prime_power(1)", False), ("is_prime_power(-8)", False),
    ("gf_add(9, 5, 7)", 0), ("gf_sub(9, 0, 5)", 7), ("gf_mul(9, 3, 3)", 2), ("gf_pow(9, 4, 8)", 1), ("gf_primitive(9)", 4),
    ("gf_mul(7, 3, 5)", 1), ("difference_set(3)", (0, 1, 3, 9)), ("random_regular(2, 1, 5)", ((0, 0, 1, 0),)),
    ("random_graph([2, 1, 1], 0)", ((0, 0, 1, 0), (0, 1, 2, 0))), ("random_graph([0, 0], 3)", ()),
    ("random_regular(0, 0, 0)", ()),
]


@pytest.mark.parametrize(("text", "expected"), FIELD_ROWS)
def test_fields_and_graphs(text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("gf_add(6, 1, 1)", "HW1213"), ("gf_primitive(15)", "HW1213"), ("difference_set(10)", "HW1213"),
    ("gf_mul(0, 0, 0)", "HW1213"),
    ("gf_mul(1_000_003, 2, 3)", "HW1213"), ("gf_add(9, 9, 1)", "HW1204"), ("gf_mul(9, 1, -1)", "HW1204"),
    ("gf_pow(9, 2, -1)", "HW1205"), ("gf_add(9, 1)", "HW1205"), ("gf_add(9, 1 / 2, 1)", "HW1203"),
    ("is_prime_power(pow(2, 64))", "HW1205"), ("difference_set(997)", "HW1207"), ("random_regular(5, 3, 1)", "HW1214"),
    ("random_regular(4, 4, 1)", "HW1214"), ("random_regular(4, 2, -1)", "HW1205"), ("random_regular(-4, 2, 1)", "HW1205"),
    ("random_regular(1_000_000_000_000, 2, 1)", "HW1207"), ("random_graph([3, 1], 0)", "HW1214"),
    ("random_graph([1], 0)", "HW1214"),
    ("random_graph([2, -2], 0)", "HW1205"), ("random_graph(3, 0)", "HW1201")])
def test_fields_and_graphs_that_do_not_exist(text: str, expected: str) -> None:
    assert code(text) == expected


@pytest.mark.parametrize("q", [2, 3, 4, 8, 9, 27])
@pytest.mark.parametrize("text", ["gf_add({q}, i, j)", "gf_sub({q}, j, gf_mul({q}, i, i))", "gf_add({q}, gf_mul({q}, i, j), 1)",
                                  "gf_sub({q}, gf_add({q}, i, 1), gf_mul({q}, j, 1))", "gf_mul({q}, gf_add({q}, i, j), j)"])
def test_field_arithmetic_of_variables(q: int, text: str) -> None:
    expr = parsed(text.format(q=q))
    env = Env(None)
    env.sizes = {"i": q, "j": q}
    for name in env.sizes:
        env.bind(name, variable(name), binder=True)
    symbolic = evaluate(expr, env)
    assert isinstance(symbolic, Ix)
    for i, j in product(range(q), repeat=2):
        at = Env(None)
        at.bind("i", i, binder=True)
        at.bind("j", j, binder=True)
        assert index.evaluate(symbolic, {"i": i, "j": j}) == evaluate(expr, at)


def test_a_variable_that_leaves_the_field_is_reported() -> None:
    env = Env(None)
    env.sizes = {"i": 10}
    env.bind("i", variable("i"), binder=True)
    with pytest.raises(Mistake) as error:
        evaluate(parsed("gf_add(9, i, 1)"), env)
    assert error.value.diagnostic is not None
    assert error.value.diagnostic.code == "HW1204"
