"""Links of one connector that end in several connectors need a breakout cable, not several plain ones (HW3107)."""

from __future__ import annotations

from hwdsl.diag import Diagnostics
from hwdsl.ir.l0 import Template
from hwdsl.ir.space import TooLarge
from hwdsl.query.attach import attachments
from hwdsl.query.lifted import lifted_rules
from hwdsl.query.media import images


def breakout_needed(root: Template, diagnostics: Diagnostics) -> None:
    """Report rules over a two-plug cable or fibre whose links leave one plug for several others."""
    for r in lifted_rules(root):
        media = [s.template for s in r.rule.via if s.template is not None and s.template.kind in ("cable", "fibre")]
        plain = [m for m in media if not isinstance(m.figure("plugs"), int) or m.figure("plugs") <= 2]
        if not plain:
            continue
        left, right = attachments(root, r)
        if left.connector is None and right.connector is None:
            continue
        try:
            pairs = images(r.space, left.coords + right.coords, [])[0]
            ends = [images(r.space, e.coords, [])[0] for e in (left, right)]
        except TooLarge:
            continue  # counted exactly when it is asked for; the rule itself stays silent
        for end, n, side in zip((left, right), ends, ("left", "right")):
            if end.connector is not None and n and pairs > n:
                ratio = f"a 1:{pairs // n}" if pairs % n == 0 else "a"
                diagnostics.error(
                    "HW3107", f"the links of one `{'.'.join(end.connector)}` ({side}) end in several connectors: "
                    f"this needs {ratio} breakout", r.rule.span,
                    notes=(f"on the {side} {n:,} connector{'s' if n > 1 else ''}, joined in {pairs:,} pairs",
                           f"`{plain[0].name}` has two plugs"),
                    help="name a breakout medium (`plugs = 3;` for 1:2), or carry the ports so that both ends share "
                         "their connectors")
