"""A list of flows with an amount that has no unit."""

from pathlib import Path

TEXT = "`flows.csv`, line 2, column 3: `5` has no unit"
DESIGN = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: Lane; }
switch Sw { port p: Lane[2]; }
system Pod {
    part gpu: Gpu[2];
    part sw: Sw;
    connect gpu[i].x <-> sw.p[i]  for i in 0..2;
}
design = Pod;
study s { flows(trace = "flows.csv"); }
"""


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "pod.hw").write_text(DESIGN)
    (folder / "flows.csv").write_text("src,dst,size,begin\ngpu[0],gpu[1],5,0 s\n")
    return ["perf", "pod.hw"]
