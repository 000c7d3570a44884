"""Colours, in one place: of kinds of parts and of planes, on light and on dark ground.

All text colours keep a contrast of 4.5:1 or more on their ground; plane colours follow each other in hues that readers with a
colour deficiency tell apart, and lines carry their numbers beside them.
"""

from __future__ import annotations

from hwdsl.ir.l0 import Template
from hwdsl.node import Record

_FORMATS = ("fp4", "fp6", "fp8", "fp16", "bf16", "tf32", "fp32", "fp64", "int4", "int8")


class Tint(Record):
    """Fill and outline of a box on light and on dark ground, and what it stands for."""

    label: str
    fill: str
    line: str
    dark_fill: str
    dark_line: str


CATEGORIES: dict[str, Tint] = {
    "accelerator": Tint("accelerators", "#dbe7ff", "#2f5fc4", "#1d3157", "#7ea6ff"),
    "chip": Tint("other chips", "#e9e4fa", "#6a4fb3", "#302650", "#b49cff"),
    "switch": Tint("switches", "#d8f0e0", "#23784a", "#173a28", "#62c58f"),
    "io": Tint("adapters and boards", "#fbe3ec", "#b03a6b", "#4a1f33", "#f08db4"),
    "power": Tint("power", "#fdeecb", "#94650a", "#42310c", "#e3b34a"),
    "cooling": Tint("cooling", "#d5f1f6", "#0d7286", "#0f3941", "#56c3d6"),
    "other": Tint("other", "#eceef1", "#5b6470", "#2b3038", "#9aa5b1"),
}

PLANES: tuple[tuple[str, str], ...] = (
    ("#1c64d1", "#6ea8ff"),
    ("#c2410c", "#ff9a66"),
    ("#15803d", "#5fd08a"),
    ("#8a2db8", "#d29bf2"),
    ("#0b7180", "#52c7d8"),
    ("#be185d", "#ff8ab8"),
    ("#6b5900", "#d9c04a"),
    ("#4a4fd0", "#a3a7ff"),
    ("#7a4a2b", "#d8a27e"),
    ("#3f6212", "#a8d05c"),
)
"""Line colours of data planes (light ground, dark ground); they repeat after the tenth."""
POWER_LINE = ("#94650a", "#e3b34a")
COOLANT_LINE = ("#0d7286", "#56c3d6")

INK, MUTED, GROUND, FAINT, PANEL = "#1b1f24", "#57606a", "#ffffff", "#d0d7de", "#f6f8fa"
DARK_INK, DARK_MUTED, DARK_GROUND, DARK_FAINT, DARK_PANEL = "#e6edf3", "#9aa5b1", "#0d1117", "#3a424c", "#161b22"


def category(t: Template) -> str:
    """The key of CATEGORIES a component belongs to: by its kind, or by the most telling thing inside it."""

    def find(t: Template) -> str:
        if t.kind == "chip" or t.kind == "memory":
            return "accelerator" if any(f in t.attributes for f in _FORMATS) else "chip"
        if t.kind in ("switch", "ocs", "panel"):
            return "switch"
        if t.kind in ("power", "cooling"):
            return t.kind
        inside = {category(p.template) for p in t.parts.values() if p.template.kind not in ("connector", "module")}
        for found in ("accelerator", "switch", "chip", "power", "cooling", "io"):
            if found in inside:
                return found
        return "io" if t.kind in ("board", "engine", "module") else "other"

    found: str = t.cached("drawing_category", find)
    return found
