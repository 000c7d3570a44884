"""Sweeps over failures: what uniform all-to-all still gets when these links or parts fail, and draws of k failed links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from hwdsl.node import Record
from hwdsl.perf.flat.answer import FlatLoads
from hwdsl.perf.flat.fabric import Fabric
from hwdsl.perf.flat.failures import Impact, impact, peers, without
from hwdsl.perf.flat.hashing import keys
from hwdsl.perf.flat.loads import loads
from hwdsl.perf.flat.models import PLAIN, Options
from hwdsl.perf.flat.run import Progress
from hwdsl.perf.flat.traffic import uniform
from hwdsl.query.flat import Ints


class Case(Record):
    """Links (their numbers) and vertices that fail together."""

    links: tuple[int, ...] = ()
    vertices: tuple[int, ...] = ()


class Left(Record):
    """What a case leaves.

    impact      endpoints lost and cut off, pairs without a path
    rate        bit/s that each endpoint sends in all when every pair that has a path exchanges alike and the fullest link is
                full; nan if its rate is not published, 0 if a link of rate zero has to carry traffic
    slowest     name of that link, "" if nothing is carried
    method      how the loads were found
    """

    case: Case
    impact: Impact
    rate: float
    slowest: str
    method: str


def all_to_all_rate(f: Fabric, answer: FlatLoads) -> float:
    """bit/s that an endpoint sends on average when uniform traffic is as fast as its fullest link allows."""
    _, seconds = answer.slowest(f)
    if not seconds or not len(f.endpoints):
        return 0.0
    return answer.carried / len(f.endpoints) / seconds


def failure_sweep(f: Fabric, cases: Iterable[Case], routing: str = "ecmp", seed: int = 0, *,
                  options: Options = PLAIN, progress: Progress | None = None) -> Iterator[Left]:
    """What each case leaves, one by one: whoever stops half way keeps what has come. Raises as `loads` does."""
    before = peers(f)
    for k, case in enumerate(cases):
        left = without(f, case.links, case.vertices)
        answer = loads(left, uniform(), routing, seed, options=options)
        arc, _ = answer.slowest(left)
        yield Left(case, impact(f, case.links, case.vertices, before), all_to_all_rate(left, answer),
                   left.arc_name(arc) if arc >= 0 else "", answer.method)
        if progress is not None:
            progress(f"{k + 1:,} cases of failure")


def drawn_links(f: Fabric, k: int, seed: int, trial: int) -> Case:
    """k different links that fail together, each set as likely as any other; the same for a seed and trial on every machine.

    Raises ValueError if there are fewer than k links.
    """
    count = int(f.forward.sum())
    if not 0 <= k <= count:
        raise ValueError(f"{k} links of {count} cannot fail")
    words = keys(seed ^ (trial << 20), np.arange(count))
    chosen: Ints = np.sort(np.argsort(words, kind="stable")[:k])
    return Case(tuple(chosen.tolist()))
