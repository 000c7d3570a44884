"""One operation of a study, all arguments settled: what is done, in which steps, and what is asked."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from hwdsl.node import Record
from hwdsl.perf.study.latency import Assumed
from hwdsl.perf.traffic import Phase

if TYPE_CHECKING:
    from hwdsl.perf.traffic.trace import TimedFlows


class Operation(Record):
    """Ready to be predicted.

    call         as written, with every `each` settled
    collective   `all_reduce`, `permutation`, `moe_dispatch`, ...; `algorithm` "" where there is only one way
    size         bits, in the meaning of the collective; `size_text` as written
    phases       the steps; empty for in-network ones
    filling      extra start-ups that the first piece of a pipeline waits for
    schedule     words for what happens at the same time
    sharing      "fluid" or "max_min": see hwdsl.perf.study.sharing
    table        name of the file of static routes, "" for other routings: see hwdsl.perf.study.static_routes
    timed        makes the flows that come and go, None for collectives and other steps. It may raise Mistake and OverBudget
    """

    call: str
    collective: str
    algorithm: str
    size: Fraction
    size_text: str
    phases: tuple[Phase, ...]
    filling: int
    schedule: str
    routing: str
    seed: int
    sharing: str
    assumed: Assumed
    table: str = ""
    timed: Callable[[], TimedFlows] | None = None
