"""What a study answers: plain records, for tables, JSON and pictures. Times in s, sizes in bit, rates in bit/s one direction."""

from __future__ import annotations

from hwdsl.node import Record


class Bound(Record):
    """No prediction of this question lies below `seconds`; `formula` says why."""

    name: str
    seconds: float
    formula: str


class TierUse(Record):
    """Directed links that go the same way between the same kinds of parts.

    label        "gpu -> leaf"
    links        directed links of the tier
    capacity     bit/s of one; None if not published or not all alike
    busiest      seconds that the busiest of them is busy during the whole operation
    mean         the same, mean over all
    utilisation  busiest / time of the operation (0 to 1), None where there is no time
    at_most      `busiest` is an upper bound (the tier does not limit; its loads were not computed one by one)
    """

    label: str
    links: int
    capacity: float | None
    busiest: float
    mean: float
    utilisation: float | None
    at_most: bool = False


class Step(Record):
    """One kind of step of an operation: `repeat` times, each `latency` + `transfer` seconds, limited by `bottleneck`."""

    pattern: str
    repeat: int
    bits: float
    latency: float
    transfer: float
    bottleneck: str


class Question(Record):
    """Which question is answered.

    schedule   "all at once", "rounds", "steps" ...: what happens at the same time
    flows      "fluid" (a flow is split at will) or "hashed" (one path a flow)
    routing    "equal split over minimal paths", "dimension order", ...
    endpoints  "do not relay" or "relay"
    """

    schedule: str
    flows: str
    routing: str
    endpoints: str


class Spread(Record):
    """A distribution: mean, percentiles (interpolated between neighbours) and maximum."""

    mean: float
    p50: float
    p95: float
    p99: float
    max: float


class FlowStats(Record):
    """What becomes of flows that come and go.

    flows       how many
    completion  s from the beginning of a flow to its last bit
    alone       the same on an empty network: start-up latency + size / rate of its own way; no completion is below it
    slowdown    completion / alone, flow by flow
    throughput  bit/s an endpoint: bits of the flows that end between the beginning of the flow a quarter down the list (by
                beginning) and that of the last one, over that time; None where all begin at once
    offered     bit/s an endpoint that `load` asks for, None for a list of flows. A throughput well below it says that the
                network does not keep up
    events      beginnings and ends at which rates were solved anew
    """

    flows: int
    completion: Spread
    alone: Spread
    slowdown: Spread
    throughput: float | None
    offered: float | None
    events: int


class Prediction(Record):
    """The answer to one call of a study.

    outcome       "time"; "unreachable" (some pair of ranks has no path: `unreachable` pairs); "unknown" (a rate is not
                  published); "refused" (too large, or the algorithm does not fit the network): `reason` says which and why
    time          seconds, None unless the outcome is "time"; latency + transfer over all steps
    missing       figures of latency that nobody published: the time is then a lower bound and leaves them out
    assumed       latencies that the study states for links or switches without a figure, as text
    bounds        all lower bounds; `tightest` is the greatest, `gap` is time / tightest - 1
    rate          size / time; `bus` the same times what the collective must move, as benchmarks print it
    exact         the loads are those of the model; otherwise they are an upper bound and the gap says how far
    level         "L0" (symbolic) or "L2" (flat); `method` and `cost` (states or arcs visited) of the loads; `reason` why flat
    hops          flows of the first step by hops; empty for sums in the network
    over          the endpoints as paths
    flows         of flows that come and go: their completion times; `time` is then from the first beginning to the last end
    """

    call: str
    collective: str
    algorithm: str
    routing: str
    size: float
    size_text: str
    ranks: int
    plane: str
    mode: str
    failed: tuple[str, ...]
    question: Question
    outcome: str
    time: float | None
    latency: float
    transfer: float
    missing: int
    assumed: str
    bounds: tuple[Bound, ...]
    tightest: str
    gap: float | None
    rate: float | None
    bus: float | None
    exact: bool
    level: str
    method: str
    cost: int
    reason: str
    unreachable: int
    steps: tuple[Step, ...]
    tiers: tuple[TierUse, ...]
    hops: dict[int, int]
    over: str = ""
    flows: FlowStats | None = None


class Loss(Record):
    """What is lost when one part (or link) of a kind fails.

    part     declared path, `compute.gpu`; `kind` and `component` of it
    count    how many there are; `classes` how many of them were told apart, each tried once
    inside   endpoints within the failed part: gone with it
    cut      other endpoints that lose every link
    split    ordered pairs of the remaining endpoints that no longer reach each other, None where not computed
    lost     endpoint bandwidth lost by the others, bit/s one direction, None where a rate is not published
    worst    share of its bandwidth that the worst-hit remaining endpoint keeps (0 to 1)
    left     rate of a uniform all-to-all of the remaining ones over that before, None where some lost each other or not computed
    Of instances that are told apart, the row shows the one that takes most; of parts that light passes through, the first.
    """

    part: str
    kind: str
    component: str
    count: int
    classes: int
    inside: int
    cut: int
    split: int | None
    lost: float | None
    worst: float | None
    left: float | None


class Injection(Record):
    """Bandwidth of the endpoints: `least`, `mean` and `total` bit/s one direction; `before` the same means without failures.

    worst_pair  the rate two endpoints can exchange over minimal paths when nobody else talks, of the worst pair; its names
    """

    least: float
    mean: float
    total: float
    before: float
    worst_pair: float | None
    pair: tuple[str, str] | None


class Scenario(Record):
    """A plane in a mode with failures: what its endpoints have left, and what each further failure would take."""

    plane: str
    mode: str
    failed: tuple[str, ...]
    endpoints: int
    gone: int
    injection: Injection | None
    losses: tuple[Loss, ...]
    note: str


class StudyResult(Record):
    """A study: its name, the predictions in order, and the scenarios they were made in; `stopped` says why it ended early."""

    name: str
    predictions: tuple[Prediction, ...]
    scenarios: tuple[Scenario, ...]
    stopped: str = ""
