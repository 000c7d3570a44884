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


def _alike(g: Any, colour: Any, seen: Any) -> Any:
    """Whether g takes every vertex to another one of its colour, no two to the same; `seen` is room, all false."""
    n = len(g)
    for u in range(n):
        v = g[u]
        if v < 0 or v >= n or seen[v] or colour[v] != colour[u]:
            return False
        seen[v] = True
    return True


alike = compiled(_alike)


def _check_rows(start: Any, head: Any, mirrored: Any, width: Any, rate: Any, g: Any, moved: Any, fixed_tails: Any,
                image: Any) -> Any:
    """Images of the bundles that leave moved vertices; the number of bundles seen, or its negative (less 1) where one has none.

    The image of a bundle is expected right after that of the one before it, and searched for in its row where it is not.
    mirrored     every bundle has one of the other direction, as wide and as fast: of two between moved vertices only the one from
                 the lower number is looked at
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
            if v != far and (fixed_tails or (mirrored and far < u)):
                continue
            if k >= last:
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
        if parent[x[m]] != parent[y[m]]:
            join(parent, x[m], y[m])


join_pairs = compiled(_join_pairs)


def _join_rows(start: Any, head: Any, back: Any, g: Any, moved: Any, image: Any, parent: Any) -> Any:
    """Join each bundle that was looked at with its image, from the lower number to the higher (mirrored fabrics); tells whether
    some image runs the other way."""
    turned = False
    for m in range(len(moved)):
        u = moved[m]
        for i in range(start[u], start[u + 1]):
            far = head[i]
            k = image[i]
            if far > u:
                turned |= g[far] < g[u]
                if parent[i] != parent[k]:
                    join(parent, i, k)
            elif g[far] == far:
                turned |= far > g[u]
                j, k = back[i], back[k]
                if parent[j] != parent[k]:
                    join(parent, j, k)
    return turned


join_rows = compiled(_join_rows)


def _join_mirrored(parent: Any, back: Any) -> None:
    """Join the bundles of the other direction wherever two are joined."""
    before = parent.copy()
    for i in range(len(parent)):
        if before[i] != i:
            j, k = back[i], back[before[i]]
            if parent[j] != parent[k]:
                join(parent, j, k)


join_mirrored = compiled(_join_mirrored)


def _orbit_means(tail: Any, head: Any, back: Any, parent: Any, flow: Any, label: Any, total: Any, other: Any,
                 count: Any) -> None:
    """Settle `parent` (no root is above its members), and replace `flow` by the mean over each orbit.

    back  if not empty: only bundles from the lower number to the higher are joined; orbits of the others are their mirror images
    label, total, other, count  room, the last three zero (given, so that what is not touched is never made)
    """
    n, mirrored = len(parent), len(back) > 0
    orbits = 0  # numbered as they come: there are few, and their totals lie close together
    for i in range(n):
        if mirrored and head[i] < tail[i]:
            continue
        root = parent[i]
        if root == i:
            label[i] = orbits
            orbits += 1
        else:
            label[i] = label[root]
            parent[i] = parent[root]
        total[label[i]] += flow[i]
        count[label[i]] += 1
    for i in range(n):
        if mirrored and head[i] < tail[i]:
            label[i] = label[back[i]]
            other[label[i]] += flow[i]
    for k in range(orbits):
        total[k] /= count[k]
        other[k] /= count[k]
    for i in range(n):
        flow[i] = other[label[i]] if mirrored and head[i] < tail[i] else total[label[i]]


orbit_means = compiled(_orbit_means)
