"""All diagnostic codes with their titles, and the pages `hwc explain` prints.

Each layer declares its codes in a table `CODES` (code -> title) of a module called `codes`. Layers import downward only, so the
tables are found by name, when somebody asks. Pages are Markdown files `pages/HWxxxx.md` with four sections: what it means, why it
matters, an example, how to mend it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

_HOMES = ("hwdsl", "hwdsl.backends")


def titles() -> dict[str, str]:
    """Every code with its title, sorted by code."""
    found: dict[str, str] = {}
    for module in _tables():
        found.update(getattr(import_module(module), "CODES", {}))
    return dict(sorted(found.items()))


def title(code: str) -> str | None:
    """The title of a code, None for one that nobody declares."""
    return titles().get(code)


def page(code: str) -> str | None:
    """The page of a code in Markdown, None when it has none."""
    from importlib.resources import files

    if not (len(code) == 6 and code.startswith("HW") and code[2:].isdecimal()):
        return None
    place = files("hwdsl.diag").joinpath("pages", f"{code}.md")
    return place.read_text(encoding="utf-8") if place.is_file() else None


def _tables() -> list[str]:
    """Import names of all modules that may hold a table."""
    from pkgutil import iter_modules

    found = []
    for home in _HOMES:
        if find_spec(home) is None:
            continue
        for package in iter_modules(import_module(home).__path__, home + "."):
            name = f"{package.name}.codes"
            if package.ispkg and name != __name__ and package.name not in _HOMES and find_spec(name) is not None:
                found.append(name)
    return sorted(found)
