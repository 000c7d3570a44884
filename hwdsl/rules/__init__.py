"""Rules on an elaborated design, one per file; each is a function `(root, diagnostics) -> None`. `RULES` is the order they
run in."""

from __future__ import annotations

from collections.abc import Callable

from hwdsl.diag import Diagnostics
from hwdsl.ir.l0 import Template
from hwdsl.rules.breakout_needed import breakout_needed
from hwdsl.rules.figures_within import figures_within
from hwdsl.rules.net_within_raw import net_within_raw
from hwdsl.rules.one_module_an_end import one_module_an_end
from hwdsl.rules.ports_make_capacity import ports_make_capacity
from hwdsl.rules.within_reach import within_reach

RULES: tuple[Callable[[Template, Diagnostics], None], ...] = (
    net_within_raw, ports_make_capacity, one_module_an_end, breakout_needed, figures_within, within_reach)


def run_rules(root: Template, diagnostics: Diagnostics) -> None:
    """Run every rule on a design."""
    for rule in RULES:
        rule(root, diagnostics)
