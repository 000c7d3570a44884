"""A study whose size is a rate."""

from pathlib import Path

TEXT = '`size` is an amount of information'
DESIGN = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: Lane; }
switch Sw { port p: Lane[4]; }
system Pod {
    part gpu: Gpu[4];
    part sw: Sw;
    connect gpu[i].x <-> sw.p[i]  for i in 0..4;
}
design = Pod;
study s { all_to_all(size = 100 Gb/s); }
"""


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "pod.hw").write_text(DESIGN)
    return ["perf", "pod.hw"]
