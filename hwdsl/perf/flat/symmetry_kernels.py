"""Compiled checks of symmetries and unions along them."""

from __future__ import annotations

from typing import Any

from hwdsl.perf.flat.kernels import compiled


def _find(key: Any, first: Any, last: Any, v: Any) -> Any:
    """Where v stands first in the sorted row `first .. last`, `last` if nowhere."""
    stop = last
    while first < last:
        middle = (first + last) // 2
        if key[middle] < v:
            first = middle + 1
        else:
            last = middle
    return first if first < stop and key[first] == v else stop


find = compiled(_find)


def _check_rows(start: Any, head: Any, back: Any, width: Any, rate: Any, g: Any, moved: Any, fixed_tails: Any, image: Any) -> Any:
    """Images of the bundles that leave moved vertices; the number of bundles seen, or its negative (less 1) where one has none.

    The image of a bundle is expected right after that of the one before it, and searched for in its row where it is not.
    back         the bundle of the other direction, if there is one for every bundle: then images of the bundles that come back
                 from vertices that stay are noted too (they are as wide and as fast)
    fixed_tails  only bundles whose other end stays (for the check of rows by head)
    """
    seen = 0
    for m in range(len(moved)):
        u = moved[m]
        to = g[u]
        first, last = start[to], start[to + 1]
        if last - first != start[u + 1] - start[u]:
            return -seen - 1
        k = first
        for i in range(start[u], start[u + 1]):
            far = head[i]
            v = g[far]
            if fixed_tails and v != far:
                continue
            if k == last:
                k = first
            if head[k] != v or rate[k] != rate[i] or (k > first and head[k - 1] == v):
                k = find(head, first, last, v)
                while k < last and head[k] == v and rate[k] != rate[i]:
                    k += 1
                if k == last or head[k] != v:
                    return -seen - 1
            if width[k] != width[i]:
                return -seen - 1
            image[i] = k
            if v == far and len(back) > 0:
                image[back[i]] = back[k]
            k += 1
        seen += last - first
    return seen


check_rows = compiled(_check_rows)


def _join(parent: Any, x: Any, y: Any) -> None:
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    while parent[y] != y:
        parent[y] = parent[parent[y]]
        y = parent[y]
    if x < y:
        parent[y] = x
    else:
        parent[x] = y


join = compiled(_join)


def _join_pairs(x: Any, y: Any, parent: Any) -> None:
    """Join each x with its y."""
    for m in range(len(x)):
        join(parent, x[m], y[m])


join_pairs = compiled(_join_pairs)


def _join_rows(start: Any, head: Any, back: Any, g: Any, moved: Any, image: Any, parent: Any) -> None:
    """Join each bundle that leaves a moved vertex with its image, and each that comes back to it from one that stays."""
    for m in range(len(moved)):
        u = moved[m]
        for i in range(start[u], start[u + 1]):
            k = image[i]
            if parent[i] != parent[k]:
                join(parent, i, k)
            if len(back) > 0 and g[head[i]] == head[i]:
                join(parent, back[i], back[k])


join_rows = compiled(_join_rows)
