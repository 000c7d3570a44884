"""Parsed files on disk: a text that was parsed before costs a read instead of a parse.

An entry is named by a hash of the display path, the text and the sources of grammar, parser and tree, so that nothing ever needs to
be invalidated; entries are written atomically. The cache is an economy, never a reason to fail: an unwritable directory is ignored,
a damaged entry is parsed again. The LALR tables lie in the same directory, so that Lark is imported only when the grammar changed.
"""

from __future__ import annotations

import hashlib
import os
import pickle

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.source.text import SourceText
from hwdsl.syntax import ast

Parsed = tuple[ast.File, tuple[Diagnostic, ...]]

_version_memo: list[bytes] = []


def load(source: SourceText, cache_dir: str | None) -> Parsed:
    """The tree of `source` and what is wrong with it, from `cache_dir` if it was parsed before; None does without a cache."""
    if cache_dir is None:
        return _parse(source, None)
    path = os.path.join(cache_dir, entry_name(source))
    found = _read(path)
    if found is None:
        found = _parse(source, cache_dir)
        _write(path, found)
    return found


def _parse(source: SourceText, cache_dir: str | None) -> Parsed:
    from hwdsl.syntax.parser import parse

    return parse(source)


def version() -> bytes:
    """Hash of everything that decides how a text is parsed: the grammar's pieces and the sources of this package."""
    if not _version_memo:
        digest = hashlib.blake2b(digest_size=16)
        for folder in (os.path.dirname(os.path.abspath(__file__)), _grammar_folder()):
            for name in sorted(os.listdir(folder)):
                if name.endswith((".py", ".lark")):
                    with open(os.path.join(folder, name), "rb") as f:
                        digest.update(name.encode() + b"\0" + f.read())
        _version_memo.append(digest.digest())
    return _version_memo[0]


def _grammar_folder() -> str:
    from importlib import import_module

    return str(import_module("hwdsl.grammar").__path__[0])


def entry_name(source: SourceText) -> str:
    """File name of the entry of `source`."""
    digest = hashlib.blake2b(version(), digest_size=16)
    digest.update(source.path.encode("utf-8", "surrogatepass") + b"\0" + source.text.encode("utf-8", "surrogatepass"))
    return f"{digest.hexdigest()}.ast"


def _read(path: str) -> Parsed | None:
    try:
        with open(path, "rb") as f:
            found = pickle.load(f)
        return found if isinstance(found[0], ast.File) else None
    except Exception:  # a damaged entry can fail in any way, and every one means: parse again
        return None


def _write(path: str, parsed: Parsed) -> None:
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as f:
            pickle.dump(parsed, f, pickle.HIGHEST_PROTOCOL)
        os.replace(temporary, path)
    except (OSError, RecursionError, pickle.PicklingError):
        return
