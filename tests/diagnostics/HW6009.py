"""Switches that are not there cannot add up."""

from pathlib import Path

TEXT = 'all_reduce in_network has no answer'
SEVERITY = "warning"
DESIGN = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: Lane[2]; relay = true; }
system Ring {
    part gpu: Gpu[8];
    connect gpu[i].x[1] <-> gpu[(i + 1) % 8].x[0]  for i in 0..8;
}
design = Ring;
study s { all_reduce(size = 1 MiB, algorithm = in_network); }
"""


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "pod.hw").write_text(DESIGN)
    return ["perf", "pod.hw"]
