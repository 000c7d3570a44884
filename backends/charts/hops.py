"""Cumulative distribution of path lengths: the share of ordered pairs of ranks within so many hops."""

from __future__ import annotations

from hwdsl.backends.charts.operations import Scene, named, percent, several_routings
from hwdsl.backends.charts.sheet import MARGIN, SMALL, Sheet, room, spread
from hwdsl.node import Record
from hwdsl.perf.study.result import Prediction

_W, _H = 460.0, 260.0


class Curve(Record):
    """Hops to the share of pairs within as many; `mean` and `diameter` in hops."""

    name: str
    shares: tuple[tuple[int, float], ...]
    mean: float
    diameter: int


def curves(scene: Scene) -> list[Curve]:
    """One curve for each distinct distribution: of all pairs where an operation has them, else of the pairs that talk."""
    own = [p for p in scene.predictions if p.hops]
    whole = [p for p in own if p.collective == "all_to_all" and p.algorithm == "direct"] or own
    routing = several_routings(whole)
    out: dict[tuple[tuple[int, int], ...], tuple[list[str], Prediction]] = {}
    for p in whole:
        words = ("all pairs" if p.collective == "all_to_all" else named(p)) + (f", {p.routing}" if routing else "")
        names = out.setdefault(tuple(sorted(p.hops.items())), ([], p))[0]
        if words not in names:
            names.append(words)
    return [_curve(", ".join(names), hops) for hops, (names, _) in out.items()]


def _curve(name: str, hops: tuple[tuple[int, int], ...]) -> Curve:
    total = sum(n for _, n in hops)
    shares, below = [], 0
    for h, n in hops:
        below += n
        shares.append((h, below / total))
    return Curve(name, tuple(shares), sum(h * n for h, n in hops) / total, hops[-1][0])


def hops_svg(scene: Scene, heading: bool = True, tag: str = "") -> str:
    """The picture, `tag` tells it from others on a page; "" where no operation keeps a count of hops."""
    found = curves(scene)
    if not found:
        return ""
    labels = [f"{c.name}: mean {c.mean:.3f}, at most {c.diameter}" for c in found]
    sheet = Sheet(f"hwch{tag}", "Path lengths", 2 * MARGIN + 56 + _W + room(labels, SMALL) + 18)
    sheet.series = len(found)
    top = sheet.heading(f"{scene.words}: share of ordered pairs of ranks within so many hops", heading) + 6
    left, most = MARGIN + 56, max(c.diameter for c in found)
    axis = most + 1

    def px(h: float) -> float:
        return left + _W * h / axis

    def py(share: float) -> float:
        return top + _H * (1 - share)

    for k in range(0, 11, 2):
        sheet.line([(left, py(k / 10)), (left + _W, py(k / 10))], "grid")
        sheet.text(left - 7, py(k / 10) + 4, f"{10 * k} %", SMALL, "muted", "end")
    for h in range(0, axis + 1, -(-axis // 12)):
        sheet.line([(px(h), top + _H), (px(h), top + _H + 4)], "axis")
        sheet.text(px(h), top + _H + 18, str(h), SMALL, "muted", "middle")
    sheet.line([(left, top), (left, top + _H), (left + _W, top + _H)], "axis")
    words = "hops (one logical link each; panels, OCS and retimers add none)"
    sheet.text(left + _W / 2, top + _H + 36, words, SMALL, "muted", "middle")
    for k, c in enumerate(found):
        _draw(sheet, k, c, px, py, axis)
    for k, y in enumerate(spread([py(1.0) + 4 + 18 * k for k in range(len(found))], 16, top + 8, top + _H)):
        sheet.text(left + _W + 10, y, labels[k], SMALL, f"b t{k}")
    return sheet.svg(top + _H + 36 + MARGIN)


def _draw(sheet: Sheet, k: int, c: Curve, px: object, py: object, axis: int) -> None:
    assert callable(px)
    assert callable(py)
    points, last = [(px(0), py(0.0))], 0.0
    for h, share in c.shares:
        points += [(px(h), py(last)), (px(h), py(share))]
        last = share
    sheet.line([*points, (px(axis), py(1.0))], f"s{k}", 2.4)
    few = len(c.shares) <= 12
    for h, share in c.shares:
        sheet.mark(px(h), py(share), k, f"f{k}", f"within {h} hops: {share:.2%} of the pairs")
        if k == 0 and (len(c.shares) <= 4 or (few and share > 0.05)) and share < 0.95:
            sheet.text(px(h) + 9, py(share) + (14 if share > 0.1 else -9), percent(share), SMALL, "halo")
