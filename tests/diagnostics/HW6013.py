"""A routing table whose next hop is no neighbour."""

from pathlib import Path

TEXT = "`routes.csv`, line 3, column 3: no link leads from `gpu[1]` to `gpu[0]`"
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
study s { all_to_all(size = 1 MiB, routing = static, table = "routes.csv"); }
"""


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "pod.hw").write_text(DESIGN)
    (folder / "routes.csv").write_text("at,destination,next\ngpu[0],*,sw\ngpu[1],*,gpu[0]\n")
    return ["perf", "pod.hw"]
