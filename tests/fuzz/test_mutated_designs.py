"""Any text is answered with diagnostics: designs with tokens dropped, swapped, doubled or with absurd numbers never raise."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from hwdsl.api import Session
from hwdsl.diag.render_json import render_json
from hwdsl.diag.render_text import render_text

ROOT = Path(__file__).resolve().parents[2]
DESIGNS = sorted((ROOT / "examples").glob("*.hw")) + sorted(Path(__file__).with_name("data").glob("*.hw"))
TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|[A-Za-z_]\w*|\d[\d_.]*|\S|\s+')
NUMBERS = ("0", "1", "2", "3", "7", "100", "1000000", "1" + "0" * 12, "1" + "0" * 30)


def mutated(text: str, pool: list[str], rnd: random.Random) -> str:
    """The text with one to three tokens spoiled."""
    tokens = TOKEN.findall(text)
    for _ in range(rnd.randint(1, 3)):
        at = rnd.randrange(len(tokens))
        what = rnd.random()
        if what < 0.3:
            tokens[at] = rnd.choice(pool)
        elif what < 0.5:
            tokens[at] = ""
        elif what < 0.6:
            tokens.insert(at, rnd.choice(pool))
        elif what < 0.8:
            numbers = [k for k, t in enumerate(tokens) if t.isdigit()]
            tokens[rnd.choice(numbers)] = rnd.choice(NUMBERS)
        else:
            names = [k for k, t in enumerate(tokens) if t.isidentifier()]
            tokens[rnd.choice(names)] = tokens[rnd.choice(names)]
    return "".join(tokens)


@pytest.mark.parametrize("seed", range(12))
def test_spoilt_designs_are_answered_with_diagnostics(seed: int, tmp_path: Path) -> None:
    rnd = random.Random(seed)
    texts = {path: path.read_text(encoding="utf-8") for path in DESIGNS}
    pool = [t for text in texts.values() for t in TOKEN.findall(text) if t.strip()]
    told = 0
    for n in range(25):
        path = rnd.choice(DESIGNS)
        spoilt = path.with_name(f"spoilt_{seed}_{n}.hw")  # beside the original, for its `use`; never written
        session = Session()
        session.check_text(mutated(texts[path], pool, rnd), str(spoilt))
        render_text(session.diagnostics.items, session.sources, False, 120)
        render_json(session.diagnostics.items, session.sources)
        told += session.diagnostics.has_errors
    assert told > 5, "mutations that break nothing test nothing"
