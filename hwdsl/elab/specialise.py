"""Specialise: a component and its arguments become a Template.

Phases of a body, whatever the order of its statements: names (constants, functions, nested components), attributes, parts and
ports, planes, then the statements over them (carry, bridge, connect, place, override, modes, checks).
"""

from __future__ import annotations

from typing import Any

from hwdsl.diag import Label
from hwdsl.elab.attributes import add_attributes, canonical, check_dimension, evaluate_attributes
from hwdsl.elab.connector_links import expand_connectors
from hwdsl.elab.context import DEPTH_LIMIT, Elaborator
from hwdsl.elab.members import declare_members, declare_names
from hwdsl.elab.refinement import bind, parameters_of
from hwdsl.elab.statements import add_statements
from hwdsl.ir.l0 import Attribute, Template
from hwdsl.sema.env import Env
from hwdsl.sema.mistake import already_reported, mistake
from hwdsl.sema.project import Module, component_of
from hwdsl.sema.show import show
from hwdsl.sema.values import ComponentValue, Value
from hwdsl.sema.words import ATTRIBUTES, COMPONENT_KINDS, CONNECTOR_KINDS, MEDIUM_KINDS, WORDS
from hwdsl.source.span import Span
from hwdsl.syntax import ast


def specialise(el: Elaborator, component: ComponentValue, span: Span, changes: dict[str, Attribute] | None = None) -> Template:
    """The template of a component with its arguments; `changes` are attributes set where it is used. Raises Mistake."""
    item = component.definition.item
    assert isinstance(item, ast.Component)
    args = dict(component.args or ())
    changes = dict(changes or {})
    for p in parameters_of(el, component.definition):  # `part x: T { ports = 4; }` may also set a parameter
        if p.name in changes and p.name not in args:
            args[p.name] = changes.pop(p.name).value
    key = (component.definition, tuple(sorted((k, canonical(v)) for k, v in args.items())),
           tuple(sorted((k, canonical(a.value)) for k, a in changes.items())))
    done = el.memo.get(key)
    if done is not None:
        return done
    _check_cycle(el, key, item, span)
    el.stack.append((key, item.name))
    try:
        template = _build(el, component, item, args, span, changes, key)
    finally:
        el.stack.pop()
    el.memo[key] = template
    return template


def _check_cycle(el: Elaborator, key: Any, item: ast.Component, span: Span) -> None:
    names = [name for _, name in el.stack]
    if any(k == key for k, _ in el.stack):
        start = next(n for n, (k, _) in enumerate(el.stack) if k == key)
        circle = " > ".join([*names[start:], item.name])
        raise mistake("HW2005", f"`{item.name}` contains itself", span, label="closes the circle",
                      notes=(f"the circle is {circle}",),
                      related=(Label(item.name_span, f"`{item.name}` is declared here"),))
    if len(el.stack) >= DEPTH_LIMIT:
        raise mistake("HW2009", f"components are nested more than {DEPTH_LIMIT} deep", span,
                      notes=("innermost: " + " > ".join(names[-4:]),),
                      help="does a component contain itself with other arguments?")


def _build(el: Elaborator, component: ComponentValue, item: ast.Component, args: dict[str, Value], span: Span,
           changes: dict[str, Attribute], key: Any) -> Template:
    module = component.definition.module
    env = el.module_env(module)
    given, base = bind(el, component, args, env, component.span or span)
    uid = item.name
    if given:
        uid += "(" + ", ".join(f"{n} = {show(v)}" for n, v in given) + ")"
    if changes:
        uid += " {" + ", ".join(f"{n} = {show(a.value)}" for n, a in sorted(changes.items())) + "}"
    t = Template(el.fresh_uid(uid, key), item.kind, item.name)
    t.parameters = {p.name: env.values.get(p.name) for p in item.params}
    t.doc, t.span, t.item = item.doc, item.name_span, item
    env.context = t
    if item.base is not None and base is not None:
        _inherit(el, t, item.base, base, env)
    _fill(el, t, item.body, env)
    if changes:
        add_attributes(el, t, changes)
    t.env = env
    add_statements(el, t, item.body, env)
    expand_connectors(el, t)
    t.sealed = True
    return t


def _inherit(el: Elaborator, t: Template, ref: ast.TypeRef, refined: ComponentValue, env: Env) -> None:
    """Start from the members of the component that is refined."""
    base = specialise(el, refined, ref.span)
    compatible = base.kind == t.kind
    if not compatible:
        raise mistake("HW2010", f"a {t.kind} cannot refine `{base.name}`, which is a {base.kind}", ref.span,
                      related=(Label(base.span, f"`{base.name}` is declared here"),))
    t.bases = (base.name, *base.bases)
    t.attributes.update(base.attributes)
    t.unusable |= base.unusable
    t.parts.update(base.parts)
    t.ports.update(base.ports)
    t.planes.update(base.planes)
    t.states.update(base.states)
    t.modes.update(base.modes)
    for name in ("rules", "carries", "bridges", "buses", "placements", "overrides", "routes", "checks", "unders"):
        getattr(t, name).extend(getattr(base, name))
    if base.env is not None:
        env.parent = base.env
    for p, v in base.parameters.items():
        t.parameters.setdefault(p, v)


def _fill(el: Elaborator, t: Template, body: tuple[ast.Item, ...], env: Env) -> None:
    declare_names(el, body, env)
    add_attributes(el, t, evaluate_attributes(el, body, env))
    if t.kind in _FIGURED:
        _parameters_as_attributes(t)
    declare_members(el, t, body, env)


def _components(module: Module | None) -> set[str]:
    """Names of the components that a file can name."""
    return {n for n in module.names() if component_of(module.lookup(n)) is not None} if module is not None else set()


_FIGURED = MEDIUM_KINDS | CONNECTOR_KINDS | {"link"}
"""Kinds whose parameters are their figures: `link Ub(lanes: int = 1)` has that many lanes without saying so again."""


def _parameters_as_attributes(t: Template) -> None:
    for name, value in t.parameters.items():
        if name in ATTRIBUTES and name not in t.attributes and value is not None:
            check_dimension(name, ATTRIBUTES[name], value, t.span)
            t.attributes[name] = Attribute(value, (), t.span)


def component_type(el: Elaborator, ref: ast.TypeRef, env: Env) -> ComponentValue:
    """The component a type names, with its arguments. Raises Mistake."""
    from hwdsl.sema.evaluate import evaluate, lookup, of_definition
    from hwdsl.sema.mistake import did_you_mean
    from hwdsl.sema.values import Namespace, kind_name

    value: Value = None
    found, bound = env.find(ref.path[0])
    if len(ref.path) > 1 and not found and (env.module is None or env.module.lookup(ref.path[0]) is None):
        file = el.project.find_package(ref.path[:-1], env.module.folder if env.module else "")
        module = el.project.load(file, ref.span) if file else None
        if module is None:
            raise mistake("HW1003", f"there is no module `{'.'.join(ref.path[:-1])}`", ref.span)
        value, _ = module.exported(ref.path[-1])
    else:
        foreign = env.module is not None and env.module.lookup(ref.path[0]) is None
        if not found and env.module is not None and ref.path[0] in env.module.missing:
            raise already_reported()
        if not found and foreign and ref.path[0] not in WORDS | COMPONENT_KINDS:
            raise mistake("HW1001", f"unknown name `{ref.path[0]}`", ref.span,
                          help=did_you_mean(ref.path[0], _components(env.module)))
        value = bound if found else lookup(ref.path[0], env, ref.span)
        for name in ref.path[1:]:
            if not isinstance(value, Namespace):
                raise mistake("HW1008", f"`{ref.path[0]}` is not a module", ref.span)
            value, _ = value.module.exported(name)
    value = of_definition(value, env) if value is not None else None
    component = component_of(value)
    if component is None:
        declared = env.module.items.get(ref.path[0]) if env.module else None
        item = getattr(value, "item", None) or (declared.item if declared is not None else None)
        what = "nothing" if value is None else "an enum" if isinstance(item, ast.Enum) else kind_name(value)
        raise mistake("HW1008", f"`{'.'.join(ref.path)}` is {what}, not a component", ref.span,
                      help=did_you_mean(ref.path[-1], _components(env.module)))
    if ref.args is None:
        return component
    given = list(component.args or ())
    item = component.definition.item
    assert isinstance(item, ast.Component)
    order = [p.name for p in parameters_of(el, component.definition)]
    for k, a in enumerate(ref.args):
        given_name = a.name or (order[k] if k < len(order) else None)
        if given_name is None:
            raise mistake("HW2001", f"`{item.name}` takes {len(order)} parameters", a.span)
        given.append((given_name, evaluate(a.value, env)))
    return ComponentValue(component.definition, tuple(given), ref.span)
