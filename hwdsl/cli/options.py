"""Options that several commands share, and the checks on their values (a wrong one is a usage error, exit code 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=str)
"""A file argument: completed as a path; that it can be read is the Session's to say."""


def _parameters(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`-P name=value` as a mapping; values are expression texts."""
    found: dict[str, str] = {}
    for text in values:
        name, equals, value = text.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not name or not value:
            raise click.BadParameter(f"`{text}` is not of the form name=value, as in `-P supernodes=2605`.", ctx, option)
        if not name.isidentifier():
            raise click.BadParameter(f"`{name}` is not the name of a parameter.", ctx, option)
        if name in found:
            raise click.BadParameter(f"`{name}` is given twice: `{found[name]}` and `{value}`.", ctx, option)
        found[name] = value
    return found


_UNITS = {"": 1, "B": 1, "K": 1024, "KB": 1000, "KIB": 1024, "M": 1024**2, "MB": 1000**2, "MIB": 1024**2,
          "G": 1024**3, "GB": 1000**3, "GIB": 1024**3, "T": 1024**4, "TB": 1000**4, "TIB": 1024**4}


def _memory(ctx: click.Context, option: click.Parameter, text: str) -> int:
    """`2GiB` as a number of bytes."""
    digits = text.strip().rstrip("bBkKmMgGtTiI").strip()
    unit = text.strip()[len(digits):].strip().upper()
    try:
        value = int(float(digits) * _UNITS[unit])
    except (ValueError, KeyError, OverflowError):
        raise click.BadParameter(f"`{text}` is not an amount of memory such as 512MiB or 8GB.", ctx, option) from None
    if value <= 0:
        raise click.BadParameter(f"`{text}` leaves no memory at all.", ctx, option)
    return value


def design_options(command: F) -> F:
    """`-P`, `--mode` and `--memory`: which variant of a design is meant, and what it may cost."""
    command = click.option("--memory", "memory", metavar="SIZE", default="2GiB", show_default=True, callback=_memory,
                           help="Refuse what would need more memory than this.")(command)
    command = click.option("--mode", metavar="MODE",
                           help="Evaluate the design in this mode, e.g. `ring` or `groups(size = 4)`.")(command)
    return parameter_option(command)


def parameter_option(command: F) -> F:
    """`-P`: parameters of the design."""
    return click.option("-P", "parameters", metavar="NAME=VALUE", multiple=True, callback=_parameters,
                        help="Set a parameter of the design; the value is an expression (`-P n=16`). Repeatable.")(command)


def memory_option(command: F) -> F:
    """`--memory` alone."""
    return click.option("--memory", "memory", metavar="SIZE", default="2GiB", show_default=True, callback=_memory,
                        help="Refuse what would need more memory than this.")(command)


def output_options(command: F) -> F:
    """`--format` and `--color`: how answers and diagnostics are printed."""
    command = click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
                           help="Colours: on a terminal (unless NO_COLOR is set), always, or never.")(command)
    return click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
                        help="Text for people, or one JSON document on stdout.")(command)
