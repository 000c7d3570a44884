"""Guessing the unit behind an unknown word; loaded only when somebody mistyped one."""

from __future__ import annotations

from hwdsl.types.unit import IEC, PLAIN, PREFIXED, SI, simple, unit

_ALIASES = {
    "in": "inch", "inches": "inch", "foot": "ft", "feet": "ft", "metre": "m", "metres": "m", "meter": "m", "meters": "m",
    "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "minute": "min", "minutes": "min", "mins": "min", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "days": "d", "years": "yr", "watt": "W", "watts": "W", "joule": "J", "volt": "V", "volts": "V",
    "amp": "A", "amps": "A", "hertz": "Hz", "kelvin": "K", "C": "degC", "celsius": "degC", "degc": "degC", "deg": "degC",
    "ru": "U", "RU": "U", "u": "U", "ou": "OU", "lbs": "lb", "kilo": "kg", "tonne": "t", "ton": "t", "litre": "L", "liter": "L",
    "l": "L", "lpm": "L/min", "LPM": "L/min", "rmb": "CNY", "RMB": "CNY", "yuan": "CNY", "usd": "USD", "dollar": "USD",
    "dollars": "USD", "euro": "EUR", "pct": "percent", "per_cent": "percent", "Ohm": "ohm", "micron": "um", "microns": "um",
    "baud": "Bd", "Baud": "Bd", "GBaud": "GBd", "Kbps": "kbps", "btu": "BTU",
}


def nearest(word: str) -> str | None:
    """The known unit closest to `word`, None when nothing is close."""
    if word in _ALIASES:
        return _ALIASES[word]
    if "/" not in word:
        return _per_second(word) or _closest(word)
    parts = [part if simple(part) or part == "degC" else _ALIASES.get(part) or _closest(part) for part in word.split("/")]
    if any(part is None for part in parts):
        return None
    joined = "/".join(part for part in parts if part)
    return joined if unit(joined) else None


def _per_second(word: str) -> str | None:
    """`GBps`, `Gbs`, `GTps`: a rate with the slash left out."""
    for ending in ("ps", "s"):
        head = word[: -len(ending)]
        if word.endswith(ending) and head[-1:] in ("b", "B", "T", "t"):
            for candidate in (f"{head}/s", f"{head[:1].upper()}{head[1:]}/s"):
                found = unit(candidate)
                if found and found.dim.name == "information/time":
                    return candidate
    return None


def _words() -> list[str]:
    words = [*PLAIN, "degC", *PREFIXED]
    for base, row in PREFIXED.items():
        allowed = row[2].split()
        words += [p + base for p in SI if p in allowed and p.isascii()]
        words += [p + base for p in IEC if "IEC" in allowed]
    return words


def _closest(word: str) -> str | None:
    best: tuple[int, int, str] | None = None
    limit = 1 if len(word) < 5 else 2
    for i, known in enumerate(_words()):
        if abs(len(known) - len(word)) > limit:
            continue
        if known.lower() == word.lower():
            # A wrong case costs less than a wrong letter; among case variants the one with most letters as typed wins.
            cost = sum(x != y for x, y in zip(known, word))
            rank = (cost, i, known)
        elif len(word) < 3:
            continue
        else:
            distance = _distance(known.lower(), word.lower(), limit)
            if distance > limit:
                continue
            rank = (100 * distance + sum(x not in word for x in known), i, known)
        if best is None or rank < best:
            best = rank
    return best[2] if best else None


def _distance(a: str, b: str, limit: int) -> int:
    """Edit distance (insert, delete, replace, swap neighbours); anything above `limit` may come back as `limit + 1`."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
            if older and j > 1 and x == b[j - 2] and y == a[i - 2]:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) > limit:
            return limit + 1
    return row[-1]
