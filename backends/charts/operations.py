"""Which of many predictions a picture is of, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hwdsl.node import Record
from hwdsl.perf.study.result import Prediction, StudyResult
from hwdsl.perf.study.table import rate


class Scene(Record):
    """Predictions of one study over the same planes, in the same mode with the same failures: one set of pictures.

    name   for files: "collectives-nvlink"; `words` for people
    """

    name: str
    words: str
    predictions: tuple[Prediction, ...]


def scenes(results: Iterable[StudyResult]) -> list[Scene]:
    """The sets of pictures of some studies: those with an answer, in the order they were asked."""
    out: list[Scene] = []
    for r in results:
        groups: dict[tuple[str, str, tuple[str, ...]], list[Prediction]] = {}
        for p in r.predictions:
            if p.outcome in ("time", "unknown"):  # where rates are not published, hops still are known
                groups.setdefault((p.plane, p.mode, p.failed), []).append(p)
        for (plane, mode, failed), own in groups.items():
            words = [f"study {r.name}", f"plane {plane}", *([f"mode {mode}"] if mode else [])]
            words += ["failed: " + ", ".join(failed)] if failed else []
            name = _file_name("-".join((r.name, plane, *([mode] if mode else []), *(["failed"] if failed else []))))
            out.append(Scene(_unused(name, {s.name for s in out}), ", ".join(words), tuple(own)))
    return out


def _unused(name: str, taken: set[str]) -> str:
    """The name, with the least number that makes it new where it is taken."""
    number = 1
    while (f"{name}-{number}" if number > 1 else name) in taken:
        number += 1
    return f"{name}-{number}" if number > 1 else name


def _file_name(text: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in text)
    while "--" in kept:
        kept = kept.replace("--", "-")
    return kept.strip("-")[:80]


def heaviest(predictions: Sequence[Prediction]) -> Prediction:
    """The operation that a map of the links shows: an all-to-all if there is one, of the largest size."""
    return max(predictions, key=lambda p: (p.collective == "all_to_all" and p.algorithm == "direct", p.size, bool(p.tiers)))


def largest(predictions: Sequence[Prediction]) -> list[Prediction]:
    """Each operation once: the prediction for its largest size."""
    out: dict[tuple[str, str, str], Prediction] = {}
    for p in predictions:
        key = (p.collective, p.algorithm, p.routing)
        if key not in out or p.size > out[key].size:
            out[key] = p
    return list(out.values())


def named(p: Prediction, routing: bool = False) -> str:
    """ "all-reduce, ring"."""
    words = [p.collective.replace("_", "-"), p.algorithm.replace("_", " ")]
    return ", ".join(w for w in (*words, p.routing if routing else "") if w)


def rate_words(bits: float) -> str:
    """A rate without idle zeros: "25 GB/s"."""
    value, unit = rate(bits).split(" ")
    return f"{value.rstrip('0').rstrip('.') if '.' in value else value} {unit}"


def percent(share: float) -> str:
    """ "98.2 %"."""
    return f"{100 * share:.1f} %"


def several_routings(predictions: Sequence[Prediction]) -> bool:
    """Whether the routing has to be named to tell operations apart."""
    return len({p.routing for p in predictions}) > 1
