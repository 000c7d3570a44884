"""A cable schedule of more lines than the memory budget allows."""

from pathlib import Path

TEXT = "cables.csv would have 4,000,000 lines; the memory budget allows 1,0"


def arguments(folder: Path) -> list[str]:
    """Make the files in `folder`; the command line to run there."""
    (folder / "big.hw").write_text("""link Lane { lanes = 1; }
chip Gpu { port x: Lane[2000]; }
switch Sw { port p: Lane[2000]; }
system Big {
    part gpu: Gpu[2000];
    part sw: Sw[2000];
    connect gpu[g].x[s] <-> sw[s].p[g]  for g in 0..2000, s in 0..2000;
}
design = Big;
""")
    return ["compile", "big.hw", "-o", "out", "--only", "cables", "--memory", "100MiB"]
