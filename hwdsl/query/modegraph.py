"""Where each port of a pass-through part continues in a mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hwdsl.ir.l0 import Path, Template
from hwdsl.query.flat import Ints, Numbering, expand
from hwdsl.query.lifted import declared_paths
from hwdsl.query.network import is_pass_through
from hwdsl.query.trace import bridge_pairs

if TYPE_CHECKING:
    from hwdsl.query.modes import ModeInstance


def through(mode: ModeInstance, root: Template, ports: Numbering) -> Ints:
    """`out[port]` is the port it is joined to inside its part, -1 if it ends there."""
    out = np.full(ports.total, -1, dtype=np.int64)
    for path in declared_paths(root):
        t = root.at(path)
        if not is_pass_through(t):
            continue
        shape = root.shape(path)
        axes = [np.arange(n, dtype=np.int64) for n in shape]
        coords = [a.reshape(-1) for a in np.meshgrid(*axes, indexing="ij")] if shape else []
        for bridge in t.bridges:
            _join(out, *bridge_pairs(ports, path, bridge, coords))
        if t.states:
            names, chosen = states_of(mode, root, path)
            for k, name in enumerate(names):
                state = t.states.get(name)
                if state is None:
                    continue
                pick = np.flatnonzero(chosen == k)
                for bridge in state.bridges:
                    _join(out, *bridge_pairs(ports, path, bridge, [c[pick] for c in coords]))
    for c in mode.circuits:
        if c.path_a in ports.base and c.path_b in ports.base:
            values = expand(c.space, [], [*c.a, *c.b])
            n = len(c.a)
            _join(out, np.atleast_1d(ports.ids(c.path_a, values[:n])), np.atleast_1d(ports.ids(c.path_b, values[n:])))
    return out


def _join(out: Ints, left: Ints, right: Ints) -> None:
    out[left] = right
    out[right] = left


def states_of(mode: ModeInstance, root: Template, path: Path) -> tuple[list[str], Ints]:
    """(state names, index of the state of each instance at a path): set in the mode, else the part's default."""
    t = root.at(path)
    default = next((s.name for s in t.states.values() if s.default), "")
    names = [default, *sorted(set(t.states) - {default})]
    extra = sorted({w for s in mode.sets for w in s.words} - set(names))
    names += extra
    shape = root.shape(path)
    size = 1
    for n in shape:
        size *= n
    out = np.zeros(size, dtype=np.int64)
    for base in (True, False):
        for s in mode.sets:
            if s.path != path or s.default != base:
                continue
            values = expand(s.space, [], list(s.coords))
            at: Any = np.zeros(1, dtype=np.int64)
            for v, n in zip(values, shape):
                at = at * n + v
            if len(s.words) == 1:
                out[at] = names.index(s.words[0])
            else:
                codes = np.array([names.index(w) for w in s.words], dtype=np.int64)
                from hwdsl.ir.space import guard_mask

                mask = np.broadcast_to(guard_mask(s.space), tuple(n for _, n in s.space.vars)).reshape(-1)
                out[at] = codes[mask]
    return names, out


def excluded_parts(mode: ModeInstance, root: Template) -> list[tuple[Path, Ints, tuple[int, ...]]]:
    """(path, instance numbers, shape) of parts that the mode leaves out (`off`, `idle`, `failed`) and that have no such state."""
    from hwdsl.query.modes import EXCLUDED_STATES

    out = []
    for path in sorted({s.path for s in mode.sets}):
        t = root.at(path)
        names, chosen = states_of(mode, root, path)
        gone = [k for k, n in enumerate(names) if n in EXCLUDED_STATES and n not in t.states]
        ids = np.flatnonzero(np.isin(chosen, gone)) if gone else np.zeros(0, dtype=np.int64)
        if len(ids):
            out.append((path, ids, root.shape(path)))
    return out
