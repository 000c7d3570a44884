"""The answers of a study for a terminal: one aligned table a scenario, and below it what the columns leave out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hwdsl.perf.study.result import Prediction, Scenario, StudyResult

HEAD = ("operation", "algorithm", "routing", "size", "ranks", "time", "latency", "transfer", "bus rate", "bound", "gap",
        "busiest links", "level")
RIGHT = {3, 4, 5, 6, 7, 8, 9, 10}


def seconds(x: float) -> str:
    """A time for people, four digits."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)):
        if x >= scale or unit == "ns":
            return f"{digits(x / scale)} {unit}"
    raise AssertionError(x)


def rate(bits: float) -> str:
    """A rate in bytes for people."""
    if not bits:
        return "0"
    for unit, scale in (("TB/s", 8e12), ("GB/s", 8e9), ("MB/s", 8e6)):
        if bits >= scale:
            return f"{digits(bits / scale)} {unit}"
    return f"{digits(bits / 8e3)} kB/s"


def digits(x: float) -> str:
    """Five significant digits."""
    if x == 0:
        return "0"
    text = f"{x:#.5g}"
    return text.rstrip(".") if "e" not in text else f"{x:.0f}"


def table(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Rows aligned in columns, the first of them the heading; columns that are empty throughout are left out."""
    kept = [k for k in range(len(rows[0])) if any(r[k] for r in rows[1:])]
    widths = {k: max(len(r[k]) for r in rows) for k in kept}
    flush = set(right)
    return ["  ".join(r[k].rjust(widths[k]) if k in flush else r[k].ljust(widths[k]) for k in kept).rstrip() for r in rows]


def study_lines(result: StudyResult) -> list[str]:
    """Everything a terminal shows of a study."""
    out = [f"study {result.name}"]
    for key in dict.fromkeys((p.plane, p.mode, p.failed, p.over) for p in result.predictions):
        own = [p for p in result.predictions if (p.plane, p.mode, p.failed, p.over) == key]
        several = len({p.routing for p in own}) > 1
        out += ["", _heading(own[0]), *_indented(table([HEAD, *(_row(p, several) for p in own)], RIGHT)), *_notes(own)]
    for s in result.scenarios:
        out += ["", *scenario_lines(s)]
    if result.stopped:
        out += ["", f"stopped early: {result.stopped}"]
    return out


def _indented(lines: Iterable[str]) -> list[str]:
    return ["  " + line for line in lines]


def _heading(p: Prediction) -> str:
    words = [f"plane {p.plane}"]
    words += [f"mode {p.mode}"] * bool(p.mode)
    words += ["failed: " + ", ".join(p.failed)] * bool(p.failed)
    return ", ".join(words) + f", over {p.over} (endpoints {p.question.endpoints})"


def _row(p: Prediction, several: bool) -> tuple[str, ...]:
    routing = p.routing if several else ""
    busiest = p.tiers[0].label if p.tiers else ""
    if p.outcome != "time" or p.time is None:
        ranks = str(p.ranks) if p.ranks else ""
        return (p.collective, p.algorithm, routing, p.size_text, ranks, p.outcome, "", "", "", "", "", busiest, p.level)
    low = ">= " if p.missing and p.exact else "~ " if p.missing else "" if p.exact else "<= "
    tightest = next((f"{b.name} {seconds(b.seconds)}" for b in p.bounds if b.name == p.tightest), "")
    return (p.collective, p.algorithm, routing, p.size_text, str(p.ranks), low + seconds(p.time),
            seconds(p.latency) if p.latency or not p.missing else "not published", seconds(p.transfer),
            rate(p.bus) if p.bus is not None else rate(p.rate) if p.rate is not None else "", tightest,
            "" if p.gap is None else f"{p.gap:.1%}" if p.gap < 1 else f"{p.gap + 1:.1f} x", busiest, p.level)


def _notes(own: Sequence[Prediction]) -> list[str]:
    """What holds for several rows, said once."""
    out = [f"{name}: {'; '.join(words)}" for name, words in _grouped((_algorithm(p), p.question.schedule) for p in own)]
    for name, words in _grouped((p.routing, p.question.routing) for p in own):
        longest = [w for w in words if not any(x != w and x.startswith(w) for x in words)]
        out.append(f"routing {name}: {'; '.join(longest)}")
    out.append("flows " + "; ".join(dict.fromkeys(p.question.flows for p in own)))
    done = [p for p in own if p.outcome == "time"]
    several = len({p.routing for p in own}) > 1
    names = {id(p): " ".join(x for x in (p.collective, p.algorithm, p.routing if several else "") if x) for p in own}
    out += [f"{how}: {', '.join(who)}" for how, who in _grouped((_how(p), names[id(p)]) for p in done)]
    if any(not p.exact for p in done):
        out.append("<= (~ where latency is left out as well): an upper bound; the time lies between the bound and it")
    if any(p.missing for p in own):
        out.append(">= : latency of links or switches on the way is not published and left out; "
                   "a study may assume it (link_latency = 250 ns, switch_latency = ...)")
    out += dict.fromkeys(f"latency assumed: {p.assumed}" for p in own if p.assumed)
    out += dict.fromkeys(f"{names[id(p)]}: {p.outcome}: {p.reason}" for p in own if p.outcome != "time")
    return [*_flow_lines(done), *("    " + line for line in out)]


def _flow_lines(done: Sequence[Prediction]) -> list[str]:
    """Completion times of flows that come and go: a line a simulation, in the order of the table."""
    head = ("flows", "", "routing", "count", "mean", "p50", "p95", "p99", "max", "slowdown: mean", "p50", "p95", "p99", "max",
            "offered", "throughput an endpoint")
    several = len({p.routing for p in done}) > 1
    rows = []
    for p in done:
        s = p.flows
        if s is None:
            continue
        times = [seconds(x) for x in (s.completion.mean, s.completion.p50, s.completion.p95, s.completion.p99, s.completion.max)]
        slow = [f"{x:.3f}" for x in (s.slowdown.mean, s.slowdown.p50, s.slowdown.p95, s.slowdown.p99, s.slowdown.max)]
        rows.append((p.collective, p.algorithm or p.size_text, p.routing if several else "", f"{s.flows:,}", *times, *slow,
                     "" if s.offered is None else rate(s.offered), "" if s.throughput is None else rate(s.throughput)))
    return ["", *_indented(table([head, *rows], set(range(3, 16))))] if rows else []


def _algorithm(p: Prediction) -> str:
    return p.algorithm or p.collective


def _how(p: Prediction) -> str:
    """Level and method of the loads, and why they are flat."""
    return f"loads at {p.level}, {p.method}" + (f" (not symbolic: {p.reason})" if p.reason else "")


def _grouped(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Distinct second words of each first word, both in the order they come."""
    found: dict[str, dict[str, None]] = {}
    for first, second in pairs:
        found.setdefault(first, {})[second] = None
    return [(first, list(words)) for first, words in found.items()]


def scenario_lines(s: Scenario) -> list[str]:
    """What the endpoints have left, and what one more failure takes."""
    words = [f"plane {s.plane}"] + [f"mode {s.mode}"] * bool(s.mode) + ["failed: " + ", ".join(s.failed)] * bool(s.failed)
    out = [f"failures, {', '.join(words)}"]
    if s.injection is not None and s.failed:
        i = s.injection
        left = f"{i.mean / i.before:.2%} of " if i.before else ""
        out.append(f"  bandwidth left: mean {rate(i.mean)} per endpoint ({left}{rate(i.before)}), least {rate(i.least)}; "
                   f"{s.endpoints} endpoints in service, {s.gone} gone")
        if i.worst_pair is not None and i.pair is not None:
            out.append(f"  worst pair: {i.pair[0]} to {i.pair[1]}, {rate(i.worst_pair)} when nobody else talks")
    if s.losses:
        head = ("if one fails of", "component", "count", "inside", "cut off", "pairs lost", "others lose", "worst keeps",
                "all-to-all left")
        rows = [(x.part, x.component, str(x.count), str(x.inside), str(x.cut), "?" if x.split is None else f"{x.split:,}",
                 "unknown" if x.lost is None else rate(x.lost),
                 "" if x.worst is None else f"{x.worst:.1%}", "" if x.left is None else f"{x.left:.1%}") for x in s.losses]
        out += _indented(table([head, *rows], {2, 3, 4, 5, 6, 7, 8}))
    if s.note:
        out.append(f"  {s.note}")
    return out
