"""One side of a comparison: the figures of a design in a mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hwdsl.node import Record, replace
from hwdsl.perf.compare.amounts import over
from hwdsl.perf.compare.network import network_figures
from hwdsl.perf.compare.planes import plane_names, scale_out, scale_out_names, scale_up
from hwdsl.perf.compare.result import NONE, Amount, Side
from hwdsl.perf.compare.stated import accelerators, compute, in_words, kinds, rolled, things
from hwdsl.query.arguments import need_parts
from hwdsl.query.select import as_selection
from hwdsl.query.selection import Selection
from hwdsl.sema.evaluate import evaluate
from hwdsl.sema.mistake import did_you_mean, mistake
from hwdsl.source import NO_SPAN

if TYPE_CHECKING:
    from hwdsl.ir.l0 import Template
    from hwdsl.syntax import ast


class Choice(Record):
    """What the reader prescribes for one side: the parts that compute, the plane of scale-up, what scales out ("" or None: taken
    as `planes` says)."""

    accelerators: ast.Expr | None = None
    scale_up: str = ""
    scale_out: str = ""


class Opened(Record):
    """A design to compare: as opened, and what to call it."""

    label: str
    file: str
    design: str
    mode: str
    parameters: dict[str, str]
    root: Template
    hooks: Any


def side(opened: Opened, choice: Choice) -> Side:
    """All figures of one side. Raises Mistake where there is no accelerator, or a plane that does not exist is wanted."""
    root, hooks = opened.root, opened.hooks
    chips = _chips(opened, choice)
    amounts = compute(chips)
    n = amounts["accelerators"]
    remarks: list[str] = []
    domain = _scale_up(opened, chips, choice)
    if domain is None:
        up = ""
        remarks.append("no plane joins its accelerators: there is no scale-up network")
    else:
        up = domain.name
        own = opened.hooks.mode
        found, _, told = network_figures(domain, hooks)
        amounts |= found
        remarks.append(f"scale-up: plane {up}" + _others(root, up, choice.scale_up)
                       + (f", {domain.text}" if domain.text else ""))
        remarks += told
        opened.hooks.mode = own
    out, rate = _scale_out(opened, chips, up, choice)
    amounts |= {"scale_out": rate, "scale_out_each": over(rate, n)}
    remarks.append(f"scale-out: {out}" if out else "scale-out: the design has none")
    amounts |= _costs(root, amounts)
    amounts |= things(root, round(n.value or 0))
    return Side(opened.label, opened.file, opened.design, opened.mode, opened.parameters, in_words(chips), up, out, amounts,
                tuple(remarks), kinds(root))


def _chips(opened: Opened, choice: Choice) -> Selection:
    """Raises Mistake (HW6011)."""
    if choice.accelerators is None:
        chips = accelerators(opened.root)
    else:
        env = opened.root.env
        chips = need_parts(as_selection(evaluate(choice.accelerators, env), opened.root, choice.accelerators.span),
                           choice.accelerators.span)
    if not any(all(len(s) for s in g.box) for g in chips.groups):
        made = kinds(opened.root).get("chip", {})
        first = min(made, key=lambda name: (-made[name], name), default="")
        raise mistake("HW6011", f"`{opened.label}` has no accelerators to compare", NO_SPAN,
                      notes=("an accelerator is a chip with operations at a number format (`bf16`, ...), published or not",),
                      help=f"say which parts they are: `--accelerators {first}`" if first else "")
    return chips


def _scale_up(opened: Opened, chips: Selection, choice: Choice) -> Any:
    """Raises Mistake (HW6012)."""
    known = plane_names(opened.root)
    for name in choice.scale_up.split(",") if choice.scale_up else ():
        if name not in known:
            raise _no_plane(opened, name, known, "data plane")
    return scale_up(opened.root, chips, opened.hooks, choice.scale_up)


def _scale_out(opened: Opened, chips: Selection, up: str, choice: Choice) -> tuple[str, Amount]:
    """Raises Mistake (HW6012)."""
    if choice.scale_out:
        known = scale_out_names(opened.root, chips, up)
        if choice.scale_out not in known:
            raise _no_plane(opened, choice.scale_out, known, "way out of the scale-up domain")
    return scale_out(opened.root, chips, up, choice.scale_out)


def _no_plane(opened: Opened, name: str, known: list[str], what: str) -> Exception:
    have = ", ".join(f"`{n}`" for n in known)
    return mistake("HW6012", f"`{opened.label}` has no {what} `{name}`", NO_SPAN,
                   notes=(f"there are {have}" if have else "it has none",), help=did_you_mean(name, set(known)))


def _others(root: Template, taken: str, wanted: str) -> str:
    rest = [n for n in plane_names(root) if n not in taken.split(", ")]
    if wanted or not rest:
        return ""
    return f" (most bandwidth an accelerator; not {', '.join(rest)})"


def _costs(root: Template, amounts: dict[str, Amount]) -> dict[str, Amount]:
    """Power and price, and what they come to per unit of what is delivered."""
    n = amounts["accelerators"]
    (power,) = rolled(root, "power").values()
    out = {"power": power, "power_each": over(power, n)}
    for word in [w for w in amounts if w.endswith("flops") or w in _RATED]:
        out[f"power_per_{word}"] = over(power, _scaled(amounts[word], 1e12))
    for word in ("memory_bandwidth", "memory", "injection"):
        out[f"power_per_{word}"] = over(power, _scaled(amounts.get(word, NONE), 1e12))
    for currency, price in rolled(root, "price").items():
        out |= {f"price.{currency}": price, f"price_each.{currency}": over(price, n)}
    return out


_RATED = ("bf16", "fp16", "fp8", "fp4", "int8")


def _scaled(a: Amount, unit: float) -> Amount:
    return a if a.value is None else replace(a, value=a.value / unit, high=None if a.high is None else a.high / unit)
