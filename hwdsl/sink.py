"""Where artefacts go: every file a backend writes passes through a `Sink`.

Contract:
- Artefacts appear whole or not at all. They are written into a staging folder on the same file system; `commit` moves all of them
  into place, or, when one move fails, puts back what stood there before. Other files in the directory are never touched.
- Text is UTF-8 with `\\n` line ends on every platform.
- What the outside world can do wrong (directory not writable, a file in the way, disk full) is a diagnostic HW0020 to HW0024, and
  `Refused` unwinds to the caller that owns the sink. Nothing of the staging folder stays behind, whatever happens.
- A name is a plain file name, written once.

    with Sink("out", diagnostics) as sink:
        sink.text("bom.csv", "part,count\\n")
        with sink.stream("cables.csv") as out:
            out.write("...")
        sink.commit()
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from types import TracebackType
from typing import IO

from hwdsl.diag import Diagnostics
from hwdsl.node import Record

_BLOCK = 1 << 16


class Artefact(Record):
    """One finished file: `sha256` of its bytes (hex) and their number."""

    name: str
    sha256: str
    bytes: int


class Refused(Exception):
    """Writing cannot go on; why has been reported as a diagnostic."""


class Stream:
    """A text writer into a staged file, hashed while it is written; a context manager. `write` takes str."""

    def __init__(self, sink: Sink, name: str, path: str) -> None:
        self._sink = sink
        self._name = name
        self._hash = hashlib.sha256()
        self._size = 0
        self._pending: list[str] = []
        self._pending_size = 0
        try:
            self._file: IO[bytes] = open(path, "wb", buffering=0)  # noqa: SIM115 (closed in __exit__)
        except OSError as e:
            raise sink.failed(name, e) from e

    def write(self, text: str) -> int:
        """Append `text` (with `\\n` line ends); returns its length."""
        self._pending.append(text)
        self._pending_size += len(text)
        if self._pending_size >= _BLOCK:
            self._flush()
        return len(text)

    def _flush(self) -> None:
        data = memoryview("".join(self._pending).encode("utf-8"))
        self._pending.clear()
        self._pending_size = 0
        self._hash.update(data)
        self._size += len(data)
        try:
            while data:
                data = data[self._file.write(data):]
        except OSError as e:
            raise self._sink.failed(self._name, e) from e

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            self._close()
        if kind is None:
            self._sink.finished(Artefact(self._name, self._hash.hexdigest(), self._size))

    def _close(self) -> None:
        try:
            self._file.close()
        except OSError as e:  # network file systems report a full disk here
            raise self._sink.failed(self._name, e) from e


class Sink:
    """Collects the artefacts of one run for `directory`; see the module for the contract.

    With `check` nothing is written there: `commit` compares, and reports what differs.
    """

    def __init__(self, directory: str, diagnostics: Diagnostics, *, check: bool = False) -> None:
        self.directory = directory
        self.diagnostics = diagnostics
        self.check = check
        self.artefacts: list[Artefact] = []
        self._names: set[str] = set()
        self._stage = ""

    def __enter__(self) -> Sink:
        self._stage = self._make_stage()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self._stage, ignore_errors=True)

    # ---------------------------------------------------------------- writing
    def text(self, name: str, content: str) -> None:
        """Write the artefact `name` in one go."""
        with self.stream(name) as out:
            out.write(content)

    def stream(self, name: str) -> Stream:
        """A writer for the artefact `name`, for files too large to hold; it counts once its `with` block ends well."""
        if not name or name in (".", "..") or "/" in name or "\\" in name or "\0" in name:
            raise ValueError(f"an artefact needs a plain file name, not {name!r}")
        if name in self._names:
            raise ValueError(f"the artefact {name!r} is written twice")
        self._names.add(name)
        return Stream(self, name, os.path.join(self._stage, name))

    def finished(self, artefact: Artefact) -> None:
        """Take note of a file that is complete (called by `Stream`)."""
        self.artefacts.append(artefact)

    def failed(self, name: str, e: OSError) -> Refused:
        """Report that `name` could not be written; returns the exception to raise."""
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            free = " " + _free_space(self._stage or self.directory)
            self.diagnostics.error("HW0023", f"no space left to write `{name}` for `{self.directory}`", notes=(
                f"the file system has{free} left", "nothing was changed in the output directory"),
                help="free some space, or name another directory")
        else:
            self.diagnostics.error("HW0023", f"cannot write `{name}` for `{self.directory}`: {_reason(e)}",
                                   notes=("nothing was changed in the output directory",))
        return Refused(name)

    # ---------------------------------------------------------------- the directory
    def _make_stage(self) -> str:
        """A new folder on the file system of the target: inside it when it exists, else in the nearest folder above that does."""
        if self.check:
            return tempfile.mkdtemp(prefix="hwc-check-")
        target = os.path.abspath(self.directory)
        base = target
        while not os.path.lexists(base):
            base = os.path.dirname(base)
        if not os.path.isdir(base):
            what = "is a file, not a directory" if base == target else f"cannot be made: `{base}` is a file"
            self.diagnostics.error("HW0021", f"output directory `{self.directory}` {what}",
                                   help="name a directory; it is made when it does not exist")
            raise Refused(self.directory)
        try:
            return tempfile.mkdtemp(prefix=".hwc-", dir=base)
        except OSError as e:
            if e.errno in (errno.ENOSPC, errno.EDQUOT):
                raise self.failed("the staging folder", e) from e
            place = "it" if base == target else f"`{base}`"
            self.diagnostics.error("HW0020", f"output directory `{self.directory}` cannot be written: {_reason(e)}",
                                   notes=(f"tried to make a folder in {place}",),
                                   help="name another directory, or change its permissions")
            raise Refused(self.directory) from e

    def commit(self) -> bool:
        """Move everything into place (or compare, with `check`). False, with diagnostics, when that failed or files differ."""
        names = sorted(a.name for a in self.artefacts)
        if self.check:
            return self._compare(names)
        if not os.path.isdir(self.directory):
            return self._move_all(names)
        taken = [n for n in names if os.path.isdir(os.path.join(self.directory, n))]
        for name in taken:
            self.diagnostics.error("HW0022", f"cannot write `{name}`: a directory of that name is in `{self.directory}`",
                                   notes=("nothing was changed in the output directory",),
                                   help=f"move `{os.path.join(self.directory, name)}` away, or name another directory")
        return not taken and self._replace_each(names)

    def _move_all(self, names: list[str]) -> bool:
        """The target does not exist yet: it appears with all its files in one rename."""
        target = os.path.abspath(self.directory)
        fresh = os.path.join(self._stage, ".new")
        try:
            os.mkdir(fresh)  # not the staging folder itself: that one is private to its user (mode 0700)
            for name in names:
                os.rename(os.path.join(self._stage, name), os.path.join(fresh, name))
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.rename(fresh, target)
        except OSError as e:
            self.diagnostics.error("HW0020", f"output directory `{self.directory}` cannot be made: {_reason(e)}",
                                   notes=("nothing was written",))
            return False
        return True

    def _replace_each(self, names: list[str]) -> bool:
        """Rename file by file over what is there; on a failure put back what was replaced."""
        saved = os.path.join(self._stage, ".old")
        done: list[str] = []
        name = ""
        try:
            os.mkdir(saved)
            for name in names:
                place = os.path.join(self.directory, name)
                if os.path.lexists(place):
                    _keep(place, os.path.join(saved, name))
                os.replace(os.path.join(self._stage, name), place)
                done.append(name)
        except OSError as e:
            self.failed(name or "artefacts", e)
            for name in reversed(done):
                self._put_back(name, saved)
            return False
        return True

    def _put_back(self, name: str, saved: str) -> None:
        place, old = os.path.join(self.directory, name), os.path.join(saved, name)
        try:
            if os.path.lexists(old):
                os.replace(old, place)
            else:
                os.unlink(place)
        except OSError as e:
            self.diagnostics.error("HW0023", f"`{place}` was replaced and cannot be put back: {_reason(e)}",
                                   help="compile again once the directory can be written: its artefacts are of two runs")

    # ---------------------------------------------------------------- comparing
    def _compare(self, names: list[str]) -> bool:
        fine = True
        for name in names:
            place = os.path.join(self.directory, name)
            difference = _difference(os.path.join(self._stage, name), place)
            if difference:
                fine = False
                self.diagnostics.error("HW0024", f"`{place}` {difference}",
                                       help="compile without `--check` to bring it up to date")
        return fine


def _difference(new: str, old: str) -> str:
    """How the file `old` differs from the file `new`, in words; empty when they are equal."""
    try:
        with open(new, "rb") as a, open(old, "rb") as b:
            line = 1
            while True:
                x, y = a.readline(), b.readline()
                if x != y:
                    return f"differs from what the design gives now, first in line {line}"
                if not x:
                    return ""
                line += 1
    except FileNotFoundError:
        return "does not exist"
    except OSError as e:
        return f"cannot be compared: {_reason(e)}"


def _keep(place: str, copy: str) -> None:
    """A second name for the file at `place`, or a copy of it where the file system has no hard links."""
    try:
        os.link(place, copy, follow_symlinks=False)
    except OSError:
        shutil.copy2(place, copy, follow_symlinks=False)


def _reason(e: OSError) -> str:
    return (e.strerror or str(e)).lower()


def _free_space(path: str) -> str:
    try:
        free = shutil.disk_usage(path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path))).free
    except OSError:
        return "an unknown number of bytes"
    return f"{free / 1e6:,.1f} MB"
