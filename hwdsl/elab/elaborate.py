"""Elaboration of a file, step by step. This is the order; each step is one function of one file.

1. design       which component with which arguments (`design = ...;`, `-P name=value`)
2. specialise   components and arguments become templates (elab/specialise.py): parameters, attributes, members, statements
3. uses         each port end at most once (elab/uses.py)
4. lanes        each lane of a connector at most once (elab/lanes.py)
5. places       no two things in one place (elab/places.py)
6. size         the whole design within the limits
Asserts, modes and queries are evaluated on the result by hwdsl.query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hwdsl.elab.context import INSTANCE_LIMIT, Elaborator
from hwdsl.elab.lanes import check_lanes
from hwdsl.elab.places import check_places
from hwdsl.elab.refinement import parameters_of
from hwdsl.elab.specialise import specialise
from hwdsl.elab.uses import check_uses
from hwdsl.ir.l0 import Template, multiplicities, templates
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import Mistake, did_you_mean, mistake
from hwdsl.sema.project import Module, component_of
from hwdsl.sema.show import show
from hwdsl.sema.values import ComponentValue, Value, kind_name
from hwdsl.source.span import NO_SPAN, Span
from hwdsl.syntax import ast

CHECKS: tuple[Callable[[Template], list[Mistake] | None], ...] = (check_uses, check_lanes, check_places)
"""Checks of one template, run on each distinct template once; they return mistakes, or raise the first."""


def find_design(el: Elaborator, module: Module) -> ast.Design | None:
    """The `design = ...;` of a file; reports a second one."""
    designs = [i for i in module.file.items if isinstance(i, ast.Design)]
    if len(designs) > 1 and len({d.name for d in designs}) < len(designs):
        from hwdsl.diag import Label

        el.diagnostics.error("HW2015", "this file declares its design twice", designs[1].span, label="second design",
                             related=(Label(designs[0].span, "first design"),),
                             help="name them (`design small = ...;`) or keep one")
    return designs[0] if designs else None


def design_component(el: Elaborator, module: Module, value: ast.Expr,
                     parameters: Mapping[str, Value]) -> tuple[ComponentValue, Span]:
    """The component of a design with the arguments of the command line. Raises Mistake."""
    found = evaluate(value, el.module_env(module))
    component = component_of(found)
    if component is None:
        raise mistake("HW2014", f"a design is a component; this is {kind_name(found)} ({show(found)})", value.span)
    item = component.definition.item
    assert isinstance(item, ast.Component)
    known = [p.name for p in parameters_of(el, component.definition)]
    args = dict(component.args or ())
    for name, given in parameters.items():
        if name not in known:
            takes = f"its parameters are {', '.join(f'`{n}`' for n in known)}" if known else f"`{item.name}` has no parameters"
            raise mistake("HW2001", f"`-P {name}=...`: the design `{item.name}` has no parameter `{name}`", NO_SPAN,
                          notes=(takes,),
                          help=did_you_mean(name, known))
        args[name] = given
    return ComponentValue(component.definition, tuple(args.items()), value.span), value.span


def elaborate(el: Elaborator, component: ComponentValue, span: Span) -> Template:
    """Specialise a component and check everything below it. Raises Mistake only for the component itself."""
    root = specialise(el, component, span)
    check_size(root, span)
    for t in templates(root):
        check_template(el, t)
    return root


def check_template(el: Elaborator, t: Template) -> None:
    """Run the checks of one template, once per session."""
    if t.cached("checked", lambda _: []):
        return
    t.cached("checked", lambda _: []).append(True)
    el.stack.append((t, t.name))  # where a report is from
    try:
        for check in CHECKS:
            with el.reporting():
                for found in check(t) or ():
                    el.report(found)
    finally:
        el.stack.pop()


def check_size(root: Template, span: Span) -> None:
    """Refuse designs beyond the instance limit. Raises Mistake."""
    counts = multiplicities(root)
    total = sum(counts.values())
    if total > INSTANCE_LIMIT:
        biggest = max(counts, key=lambda uid: (counts[uid], uid))
        raise mistake("HW2008", f"this design would have {total:,} instances; a design may have {INSTANCE_LIMIT:,}", span,
                      notes=(f"most are `{biggest}`: {counts[biggest]:,}",))
