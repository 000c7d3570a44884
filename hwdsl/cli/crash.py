"""What a user sees when the compiler itself is at fault.

Passes mark an exception on its way up with notes (PEP 678): `e.add_note("pass: connect")`, `e.add_note("instance: pod[0].rack")`.
The innermost of each is printed; without a mark, the deepest module of the project on the stack stands for the pass.
"""

from __future__ import annotations

import os
import platform
import shlex
import sys
import traceback

from hwdsl import __version__


def report(e: Exception, arguments: list[str]) -> None:
    """Print the internal error `e` of the command line `arguments` to stderr."""
    out = sys.stderr
    out.flush()
    said = str(e).splitlines()
    print(f"hwc: internal error: {type(e).__name__}{': ' + said[0] if said else ''}", file=out)
    print(f"  pass: {_note(e, 'pass') or _deepest_module(e)}", file=out)
    instance = _note(e, "instance")
    if instance:
        print(f"  instance: {instance}", file=out)
    if os.environ.get("HWC_TRACEBACK", "") not in ("", "0"):
        traceback.print_exception(e, file=out)
    command = shlex.join(["hwc", *arguments])
    print("This is a fault of hwc, not of your design. Please report it (README.md says where), with the design and:", file=out)
    print(f"  hwc {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}", file=out)
    if os.environ.get("HWC_TRACEBACK", "") in ("", "0"):
        print(f"  what this prints: HWC_TRACEBACK=1 {command}", file=out)
    else:
        print(f"  the trace above, of: {command}", file=out)


def _note(e: BaseException, key: str) -> str:
    """The first note `key: ...` of `e` or of what caused it."""
    for note in getattr(e, "__notes__", ()):
        if note.startswith(key + ": "):
            return str(note[len(key) + 2:])
    inner = e.__cause__ or e.__context__
    return _note(inner, key) if inner is not None else ""


def _deepest_module(e: BaseException) -> str:
    found = "unknown"
    for frame, line in traceback.walk_tb(e.__traceback__):
        name = frame.f_globals.get("__name__", "")
        if name.split(".")[0] == "hwdsl" and name != "hwdsl.node":
            found = f"{name}.{frame.f_code.co_name}, line {line}"
    return found
