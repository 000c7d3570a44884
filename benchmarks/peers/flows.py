"""Flow-level completion times against SimGrid's CM02 model: agreement on the same flows and paths, and the time each took."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from hwdsl.perf.rates import completion_times, simulation

WORKER = Path(__file__).with_name("simgrid_worker.py")


class Case:
    """Flows over links: capacities in bytes/s, paths as lists of links, sizes in whole bytes, beginnings in seconds.

    latency is that of every link; SimGrid lets flows of shorter round trips have more, so it is 0 where paths differ in length.
    ends are the hosts of each flow, no two flows between the same two in the same direction; without them each has its own.
    """

    def __init__(self, name: str, capacity: Any, paths: list[list[int]], size: Any, begin: Any, latency: float = 0.0,
                 ends: list[tuple[int, int]] | None = None) -> None:
        self.ends = ends or [(2 * f, 2 * f + 1) for f in range(len(paths))]
        self.name = name
        self.capacity = np.asarray(capacity, dtype=np.float64)
        self.paths = paths
        self.size = np.asarray(size, dtype=np.float64)
        self.begin = np.asarray(begin, dtype=np.float64)
        self.latency = latency


def python_with_simgrid() -> str | None:
    """A Python that can import SimGrid: this one, else the system's; None if neither can."""
    for python in (sys.executable, "/usr/bin/python3", shutil.which("python3") or ""):
        if python and subprocess.run([python, "-c", "import simgrid"], capture_output=True).returncode == 0:
            return python
    return None


def theirs(python: str, case: Case, seconds: float) -> tuple[Any, float] | str:
    """(completion times, CPU seconds of the run without building the platform), or why there is no answer: it took longer than
    `seconds`, or SimGrid ended with an error."""
    problem = {"capacity": case.capacity.tolist(), "latency": case.latency, "paths": case.paths, "size": case.size.tolist(),
               "begin": case.begin.tolist(), "ends": case.ends}
    try:
        run = subprocess.run([python, str(WORKER)], input=json.dumps(problem), capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"no answer in {seconds:.0f} s"
    if run.returncode < 0 or run.returncode > 128:
        return f"ended by signal {-run.returncode if run.returncode < 0 else run.returncode - 128}"
    if run.returncode:
        raise RuntimeError(f"SimGrid failed on {case.name}:\n{run.stderr[-2000:]}")
    found = json.loads(run.stdout.splitlines()[-1])
    return np.array(found["finish"]), found["seconds"]


def ours(case: Case) -> tuple[Any, float]:
    """(completion times, CPU seconds)."""
    simulation.SMALL = 0  # compiled loops, however few the flows
    start = np.cumsum([0, *(len(p) for p in case.paths)])
    arc = np.array([a for p in case.paths for a in p], dtype=np.int64)
    lag = case.latency * np.diff(start)
    before = process_time()
    found = completion_times(case.capacity, start, arc, case.size, begin=case.begin, latency=lag)
    return found.finish, process_time() - before


def compare(cases: list[Case], seconds: float = 120.0) -> list[dict[str, Any]]:
    """One row a case: flows, greatest relative difference of the times, both CPU times. Raises RuntimeError without SimGrid."""
    python = python_with_simgrid()
    if python is None:
        raise RuntimeError("SimGrid is not installed (Debian: apt install python3-simgrid)")
    rows = []
    for case in cases:
        ours(case)  # loops compiled and loaded
        mine, cost = ours(case)
        found = theirs(python, case, seconds)
        row: dict[str, Any] = {"case": case.name, "flows": len(case.paths), "last": float(mine.max()), "ours": cost}
        if isinstance(found, str):
            row["why"] = found
        else:
            row |= {"difference": float(np.max(np.abs(found[0] - mine) / mine)), "simgrid": found[1]}
        rows.append(row)
    return rows
