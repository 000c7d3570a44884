"""A comparison of one design with nothing."""

from pathlib import Path

TEXT = "a comparison takes two sides or more"
DESIGN = """
link Lane { lanes = 1; raw = 100 Gb/s; net = 100 Gb/s; }
chip Gpu { port x: Lane; bf16 = 1 TFLOPS; }
switch Sw { port p: Lane[4]; }
system Pod {
    part gpu: Gpu[4];
    part sw: Sw;
    connect gpu[i].x <-> sw.p[i]  for i in 0..4;
}
design = Pod;
"""


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "pod.hw").write_text(DESIGN)
    return ["compare", "pod.hw"]
