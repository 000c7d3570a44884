"""A link end gets its module from a part with `carry` or from `via`, never from both (HW3105)."""

from __future__ import annotations

from hwdsl.diag import Diagnostics, Label
from hwdsl.ir.l0 import Template
from hwdsl.query.attach import attachments
from hwdsl.query.lifted import lifted_rules


def one_module_an_end(root: Template, diagnostics: Diagnostics) -> None:
    """Report rules whose first or last via step is a module although the port is carried on a module already."""
    for r in lifted_rules(root):
        steps = [s.template for s in r.rule.via]
        if not steps:
            continue
        for end, step, side in zip(attachments(root, r), (steps[0], steps[-1]), ("left", "right")):
            if step is None or step.kind != "module" or end.connector is None:
                continue
            holder = root.at(end.connector)
            if holder.kind == "module":
                part = ".".join(end.connector)
                carries = f"`{holder.name}` is a module with ports carried on it"
                diagnostics.error(
                    "HW3105", f"the {side} end of this link has two modules: `{step.name}` of `via`, and the part `{part}`",
                    r.rule.span, related=(Label(holder.span, carries),) if holder.span.file else (),
                    help=f"leave `{step.name}` out of `via`, or carry the port on a connector (a cage) instead of a module")
