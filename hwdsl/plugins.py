"""Plug-ins of other distributions, found through entry points and loaded one by one, only when asked for.

Contract: a plug-in that is broken (name taken, wrong API version, crash on load) is a diagnostic HW0025 to HW0027 that names its
distribution; it never takes the compiler down. Listing names imports nothing of the plug-ins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from hwdsl.diag import Diagnostics
from hwdsl.node import Record

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Plugin(Record):
    """One registered name: the distribution it comes from ("acme-hwdsl 1.2"), what it refers to, and how to load that."""

    name: str
    distribution: str
    target: str
    load: Callable[[], object]


def discover(group: str) -> tuple[Plugin, ...]:
    """All registered plug-ins of an entry-point group ("hwdsl.backends"), by name, then distribution."""
    from importlib.metadata import entry_points  # costs milliseconds: only where plug-ins are asked for
    found = [Plugin(e.name, _distribution(e), e.value, e.load) for e in entry_points(group=group)]
    return tuple(sorted(found, key=lambda p: (p.name, p.distribution, p.target)))


def _distribution(entry: EntryPoint) -> str:
    dist = entry.dist
    return f"{dist.name} {dist.version}" if dist is not None else "an unnamed distribution"


def usable(group: str, plugins: Iterable[Plugin], builtin: Mapping[str, str], diagnostics: Diagnostics) -> dict[str, Plugin]:
    """The plug-ins whose names are free, by name. A name that is built in, or registered by two distributions, is a warning
    (HW0025): the built-in keeps it, and of two others the first in the order of distribution names.
    """
    table: dict[str, Plugin] = {}
    for plugin in plugins:
        if plugin.name in builtin:
            owner = "a backend of hwdsl itself"
        elif plugin.name in table:
            first = table[plugin.name]
            if (first.distribution, first.target) == (plugin.distribution, plugin.target):
                continue  # one distribution seen on two entries of the search path
            owner = f"`{first.distribution}`"
        else:
            table[plugin.name] = plugin
            continue
        diagnostics.warning("HW0025", f"`{plugin.distribution}` registers `{plugin.name}` in `{group}`, a name {owner} holds",
                            notes=(f"`{plugin.target}` is left out",),
                            help=f"tell the authors of `{plugin.distribution}`, or uninstall it")
    return table


def load(plugin: Plugin, group: str, api: int, diagnostics: Diagnostics) -> object | None:
    """The object a plug-in refers to; None, with a diagnostic, when it cannot be loaded or speaks another API version."""
    try:
        loaded = plugin.load()
        if isinstance(loaded, type):
            loaded = loaded()
    except Exception as e:  # whatever the code of others does while it is imported
        diagnostics.error("HW0027", f"`{plugin.name}` of `{plugin.distribution}` cannot be loaded: {type(e).__name__}: {e}",
                          notes=(f"registered in `{group}` as `{plugin.target}`",),
                          help=f"reinstall or update `{plugin.distribution}`; its authors will want this message")
        return None
    version = getattr(loaded, "api", None)
    if version != api:
        said = "no API version" if version is None else f"API version {version}"
        diagnostics.error("HW0026", f"`{plugin.name}` of `{plugin.distribution}` has {said}, hwdsl needs {api}",
                          notes=(f"registered in `{group}` as `{plugin.target}`",),
                          help=f"install a version of `{plugin.distribution.split(' ')[0]}` made for this hwdsl")
        return None
    return loaded
