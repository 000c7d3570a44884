"""Modes: states and circuits of reconfigurable parts, checked for realisability.

Each port is in at most one circuit, each circuit inside one switch, no part is set twice (`default set` gives the base). The
checks are symbolic (as for connections); the graph of a mode is traced flat (hwdsl.query.trace).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from hwdsl.diag import Diagnostics, Label
from hwdsl.elab.members import declare_names
from hwdsl.elab.parameters import bind_parameters
from hwdsl.elab.paths import Resolved, resolve
from hwdsl.elab.ranges import check_range
from hwdsl.elab.spaces import SubSpace, sub_spaces
from hwdsl.elab.statements import ModeDecl
from hwdsl.elab.uses import Use, uses_meet
from hwdsl.ir.digits import split_digits
from hwdsl.ir.index import Ix
from hwdsl.ir.index import evaluate as at_ix
from hwdsl.ir.l0 import Path, PlaneRef, PortArray, Rule, Template
from hwdsl.ir.space import Space, TooLarge, points
from hwdsl.node import Record
from hwdsl.sema.env import Env
from hwdsl.sema.evaluate import NeedsPoint, at_point, evaluate, symbolic_names
from hwdsl.sema.mistake import Mistake, did_you_mean, mistake
from hwdsl.sema.values import Value, Word, kind_name
from hwdsl.source import SourceText, Span
from hwdsl.syntax import ast

EXCLUDED_STATES = ("off", "idle", "failed")
"""States that any part may be set to: it takes no part in the mode."""
INCLUDED_STATES = ("active", "on")
SET_LIMIT = 2_000_000


class SetMap(Record):
    """`set part = state for space`: `words` is one word, or one per point of `space` (last variable fastest)."""

    path: Path
    coords: tuple[Ix, ...]
    space: Space
    words: tuple[str, ...]
    default: bool
    span: Span


class CircuitMap(Record):
    """`circuit a <-> b for space`: ports of one switch joined inside it."""

    path_a: Path
    a: tuple[Ix, ...]
    path_b: Path
    b: tuple[Ix, ...]
    space: Space
    span: Span


class ModeInstance(Record):
    """A mode with its arguments, seen from the template that declares it (`owner`)."""

    name: str
    text: str
    owner: Template
    sets: tuple[SetMap, ...]
    circuits: tuple[CircuitMap, ...]

    def through(self, root: Template, ports: Any) -> Any:
        """Where each port continues inside its part (-1: nowhere), as an int64 array over port numbers."""
        from hwdsl.query.modegraph import through

        return through(self, root, ports)


def known_modes(root: Template) -> list[str]:
    """Signatures of the modes a design has."""
    return sorted(f"{m.item.name}({', '.join(p.name for p in m.item.params)})" if m.item.params else m.item.name
                  for m in root.modes.values())


def no_mode(root: Template, name: str, span: Span) -> Mistake:
    """What to say where a design has no mode of some name."""
    have = ", ".join(f"`{m}`" for m in known_modes(root))
    return mistake("HW3201", f"`{root.name}` has no mode `{name}`", span,
                   notes=(f"its modes: {have}",) if have else ("it has no modes",), help=did_you_mean(name, set(root.modes)))


def instantiate(root: Template, name: str, args: dict[str, Value], span: Span) -> ModeInstance:
    """A mode with its arguments, checked. Raises Mistake."""
    decl: ModeDecl | None = root.modes.get(name)
    if decl is None:
        raise no_mode(root, name, span)
    env = decl.env.child()
    env.context = root
    bind_parameters(decl.item, args, env, span)
    reports = _Reports()
    declare_names(reports, decl.item.body, env)
    if reports.diagnostics.items:
        raise Mistake(reports.diagnostics.items[0])
    sets: list[SetMap] = []
    circuits: list[CircuitMap] = []
    for item in decl.item.body:
        if isinstance(item, ast.Set):
            sets += _set(root, item, env)
        elif isinstance(item, ast.Circuit):
            circuits += _circuit(root, item, env)
        elif not isinstance(item, (ast.Const, ast.Fn, ast.Attr, ast.ErrorItem)):
            raise mistake("HW2013", "a mode holds `set`, `circuit`, constants and functions", item.span)
    shown = name + (f"({', '.join(f'{k} = {v}' for k, v in args.items())})" if args else "")
    out = ModeInstance(name, shown, root, tuple(sets), tuple(circuits))
    _check_sets(root, out)
    _check_circuits(root, out)
    return out


class _Reports:
    """Takes what the declaration of names has to say; mistakes of values go through to the caller."""

    def __init__(self) -> None:
        self.diagnostics = Diagnostics()

    def reporting(self) -> AbstractContextManager[None]:
        """Let mistakes through."""
        return nullcontext()


def parse_mode(root: Template, text: str, diagnostics: Diagnostics, sources: dict[str, SourceText],
               cache_dir: str | None = None) -> ModeInstance | None:
    """The mode of a `--mode` text such as `slice(i = 4, j = 4, k = 4)`; None (reported) if there is none."""
    from hwdsl.query.ask import parse_query

    expr = parse_query(text, "--mode", diagnostics, sources, cache_dir)
    if expr is None:
        return None
    try:
        return mode_of(root, expr, root.env)
    except Mistake as error:
        if error.diagnostic is not None:
            diagnostics.add(error.diagnostic)
    except TooLarge as error:
        diagnostics.error("HW3206", f"this mode can only be checked by going through {error.points:,} cases", expr.span)
    return None


def mode_of(root: Template, expr: ast.Expr, env: Env) -> ModeInstance:
    """The mode an expression names: `ring`, `slice(i = 4, j = 4, k = 4)`. Raises Mistake."""
    call = expr if isinstance(expr, ast.Call) else None
    head = call.fn if call is not None else expr
    if not isinstance(head, ast.Name):
        raise mistake("HW3201", "expected a mode, such as `ring` or `slice(i = 4)`", expr.span)
    args: dict[str, Value] = {}
    decl = root.modes.get(head.name)
    order = [p.name for p in decl.item.params] if decl is not None else []
    for k, a in enumerate(call.args if call is not None else ()):
        name = a.name or (order[k] if k < len(order) else None)
        if name is None:
            if decl is None:
                raise no_mode(root, head.name, expr.span)
            takes = ", ".join(f"`{n}`" for n in order)
            raise mistake("HW2001", f"the mode `{head.name}` takes {f'{takes} alone' if order else 'no parameters'}", a.span)
        args[name] = evaluate(a.value, env)
    return instantiate(root, head.name, args, expr.span)


def _set(root: Template, item: ast.Set, env: Env) -> list[SetMap]:
    out = []
    for sub in sub_spaces(item.binders, item.guard, env):
        if any(s <= 0 for _, s in sub.space.vars):
            continue
        found = resolve(root, item.target, sub.env, partial=True)
        if isinstance(found.target, PortArray) or found.unit:
            raise mistake("HW3203", "a mode sets the state of parts; this is a port", item.target.span)
        variables, coords = list(sub.space.vars), []
        for k, c in enumerate(found.coords):
            if isinstance(c, range):
                variables.append((f"*{k}", len(c)))
                coords.append(Ix(c.start, ((1, f"*{k}"),)) if len(c) > 1 else Ix(c.start))
            else:
                coords.append(c)
        words = _words(item, sub)
        repeat = 1
        for _, n in variables[len(sub.space.vars):]:
            repeat *= n
        if len(words) > 1:
            words = tuple(w for w in words for _ in range(repeat))
        space = Space(tuple(variables), sub.space.guard)
        check_range(root, found.path, tuple(coords), space, item.target.span, sub.statics)
        _check_states(found, set(words), item)
        out.append(SetMap(found.path, tuple(coords), space, words, item.default, item.span))
    return out


def _words(item: ast.Set, sub: SubSpace) -> tuple[str, ...]:
    """The state, or the state at every point of the box of the sub-space."""
    try:
        return (_word(item.value, sub.env),)
    except NeedsPoint:
        pass
    box = Space(sub.space.vars)
    if box.volume > SET_LIMIT:
        raise TooLarge(box.volume)
    bound = symbolic_names(item.value, sub.env)
    return tuple(_word(item.value, at_point(bound, p, sub.env)) for p in points(box))


def _word(expr: ast.Expr, env: Env) -> str:
    if isinstance(expr, ast.Name) and not env.find(expr.name)[0]:
        return expr.name
    if isinstance(expr, ast.Cond):
        test = evaluate(expr.test, env)
        if isinstance(test, Ix):
            raise NeedsPoint(expr)
        return _word(expr.yes if test is True else expr.no, env)
    value = evaluate(expr, env)
    if not isinstance(value, Word):
        raise mistake("HW3203", f"a part is set to one of its states, not to {kind_name(value)}", expr.span)
    return value.text


def _check_states(found: Resolved, words: set[str], item: ast.Set) -> None:
    states = set(found.template.states)
    for w in sorted(words):
        if w not in states and w not in EXCLUDED_STATES + INCLUDED_STATES:
            own, any_part = ", ".join(sorted(states)) or "none", ", ".join(EXCLUDED_STATES + INCLUDED_STATES)
            raise mistake("HW3203", f"`{found.template.name}` has no state `{w}`", item.value.span,
                          notes=(f"its states: {own}; any part can be {any_part}",),
                          help=did_you_mean(w, states))


def _circuit(root: Template, item: ast.Circuit, env: Env) -> list[CircuitMap]:
    out = []
    for sub in sub_spaces(item.binders, item.guard, env):
        if any(s <= 0 for _, s in sub.space.vars):
            continue
        left, right = resolve(root, item.left, sub.env), resolve(root, item.right, sub.env)
        for side in (left, right):
            if not isinstance(side.target, PortArray) or not all(isinstance(c, Ix) for c in side.coords):
                raise mistake("HW3007", "a circuit joins single ports of a switch", side.span)
        space, maps = split_digits(sub.space, [*left.coords, *right.coords])
        a, b = tuple(maps[: len(left.coords)]), tuple(maps[len(left.coords):])
        check_range(root, left.path, a, space, item.left.span, sub.statics)
        check_range(root, right.path, b, space, item.right.span, sub.statics)
        _one_switch(root, left, right, a, b, space, item)
        out.append(CircuitMap(left.path, a, right.path, b, space, item.span))
    return out


def _one_switch(root: Template, left: Resolved, right: Resolved, a: tuple[Ix, ...], b: tuple[Ix, ...], space: Space,
                item: ast.Circuit) -> None:
    """Raise Mistake if a circuit leaves its switch (HW3205)."""
    rank = len(root.shape(left.path[:-1]))
    if left.path[:-1] == right.path[:-1] and a[:rank] == b[:rank]:
        return
    point: dict[str, int] | None = None
    if left.path[:-1] == right.path[:-1]:
        if space.volume > SET_LIMIT:
            raise TooLarge(space.volume)
        point = next((dict(p) for p in points(space) if any(at_ix(x, p) != at_ix(y, p) for x, y in zip(a[:rank], b[:rank]))),
                     None)
        if point is None:
            return
    shown = "" if point is None else " at " + ", ".join(f"{k} = {v}" for k, v in point.items())
    raise mistake("HW3205", "a circuit joins two ports of one switch; these are in different parts", item.span,
                  label=f"joins two switches{shown}",
                  help="between switches there are cables (`connect`), inside a switch circuits")


def _rule(number: int, span: Span, space: Space) -> Rule:
    from hwdsl.ir.l0 import End

    none = End((), ())
    return Rule(number, PlaneRef(), space, none, none, (), Template("", "", ""), 0, False, {}, (), span, number)


def _check_circuits(root: Template, mode: ModeInstance) -> None:
    uses = []
    for n, c in enumerate(mode.circuits):
        rule = _rule(n, c.span, c.space)
        uses += [Use(c.path_a, c.a, c.space, rule, "left", c.span), Use(c.path_b, c.b, c.space, rule, "right", c.span)]
    found = uses_meet(uses, root)
    if found is not None:
        raise mistake("HW3204", f"port {found.port} is in two circuits of the mode `{mode.name}`", found.second.span,
                      label=found.label,
                      related=(Label(found.first.span, "first circuit"),) if found.first.span != found.second.span else ())


def _check_sets(root: Template, mode: ModeInstance) -> None:
    for default in (False, True):
        uses = [Use(s.path, s.coords, s.space, _rule(n, s.span, s.space), "left", s.span)
                for n, s in enumerate(mode.sets) if s.default == default]
        found = uses_meet(uses, root)
        if found is not None:
            raise mistake("HW3202", f"{found.port} is set twice in the mode `{mode.name}`", found.second.span, label=found.label,
                          related=(Label(found.first.span, "first set"),) if found.first.span != found.second.span else (),
                          help="order must not matter: use `default set` for the base and `set` for the exceptions")


def check_modes(root: Template, diagnostics: Diagnostics) -> None:
    """Check every mode that needs no arguments; parametric ones are checked when they are asked for."""
    for name in sorted(root.modes):
        decl = root.modes[name]
        if all(p.default is not None for p in decl.item.params):
            try:
                instantiate(root, name, {}, decl.item.span)
            except Mistake as error:
                if error.diagnostic is not None:
                    diagnostics.add(error.diagnostic)
            except TooLarge as error:
                diagnostics.error("HW3206", f"this mode can only be checked by going through {error.points:,} cases",
                                  decl.item.span)


def default_mode(root: Template) -> str | None:
    """The name of the mode marked `default`."""
    return next((n for n, m in sorted(root.modes.items()) if m.item.default), None)

