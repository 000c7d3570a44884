"""Parsed files on disk: a text that was parsed before costs a read instead of a parse.

An entry is named by a hash of the display path, the text and the sources that decide how it is parsed, so that nothing ever
needs to be invalidated; it begins with a hash of its content and is written atomically. The cache is an economy, never a reason
to fail: an unwritable directory is ignored, a damaged entry is parsed again. The LALR tables lie in the same directory, so that
Lark is imported only when the grammar changed. As with any pickle, the directory must belong to the user.
"""

from __future__ import annotations

import os
import sys

try:
    from _blake2 import blake2b  # `hashlib` would load OpenSSL: 4 ms
except ImportError:
    from hashlib import blake2b

from hwdsl.diag.diagnostic import Diagnostic
from hwdsl.source.text import SourceText
from hwdsl.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hwdsl.syntax.parser import Parser

Parsed = tuple[ast.File, tuple[Diagnostic, ...]]

_SEAL = 16
_version_memo: list[bytes] = []


def load(source: SourceText, cache_dir: str | None) -> Parsed:
    """The tree of `source` and what is wrong with it, from `cache_dir` if it was parsed before; None does without a cache."""
    if cache_dir is None:
        return parser(None).file(source)
    try:
        from _pickle import loads  # the C part alone: `pickle` costs 5 ms of imports
    except ImportError:
        from pickle import loads
    path = os.path.join(cache_dir, entry_name(source))
    data = _read(path)
    if data is not None:
        try:
            found: Parsed = loads(data)
            if isinstance(found[0], ast.File):
                return found
        except Exception:  # an entry that cannot be read, for whatever reason, is parsed again
            pass
    found = parser(cache_dir).file(source)
    _store(path, found)
    return found


def load_expr(source: SourceText, cache_dir: str | None) -> tuple[ast.Expr, tuple[Diagnostic, ...]]:
    """As `hwdsl.syntax.parser.parse_expr`, with the parse tables from `cache_dir`."""
    return parser(cache_dir).expression(source)


def parser(cache_dir: str | None) -> Parser:
    """The parser, its tables from `cache_dir` or built and left there."""
    from hwdsl.syntax import parser as parsing

    if not parsing.shared and cache_dir is not None:
        from marshal import dumps, loads

        from hwdsl.syntax.tables import build, from_data, to_data

        path = os.path.join(cache_dir, f"{version().hex()}.lalr")
        data = _read(path)
        if data is None:
            tables = build()
            _write(path, dumps(to_data(tables)))
        else:
            tables = from_data(loads(data))
        parsing.shared.append(parsing.Parser(tables))
    return parsing.shared_parser()


def version() -> bytes:
    """Hash of everything that decides how a text is parsed and how its tree is kept."""
    if not _version_memo:
        from importlib import import_module

        digest = blake2b(repr(sys.version_info).encode(), digest_size=_SEAL)
        here = os.path.dirname(os.path.abspath(__file__))
        package = os.path.dirname(here)
        paths = [f"{package}/node.py", f"{package}/source/span.py", f"{package}/diag/diagnostic.py"]
        for folder in (here, str(import_module("hwdsl.grammar").__path__[0])):
            paths += [f"{folder}/{name}" for name in sorted(os.listdir(folder)) if name.endswith((".py", ".lark"))]
        for path in paths:
            with open(path, "rb") as f:
                digest.update(os.path.basename(path).encode() + b"\0" + f.read())
        _version_memo.append(digest.digest())
    return _version_memo[0]


def entry_name(source: SourceText) -> str:
    """File name of the entry of `source`."""
    digest = blake2b(version(), digest_size=_SEAL)
    digest.update(source.path.encode("utf-8", "surrogatepass") + b"\0" + source.text.encode("utf-8", "surrogatepass"))
    return f"{digest.hexdigest()}.ast"


def _read(path: str) -> bytes | None:
    """Content of an entry; None if there is none or it is not what was written."""
    try:
        with open(path, "rb") as f:
            data = f.read()
    except OSError:
        return None
    content = data[_SEAL:]
    return content if blake2b(content, digest_size=_SEAL).digest() == data[:_SEAL] else None


def _store(path: str, parsed: Parsed) -> None:
    import pickle

    try:
        data = pickle.dumps(parsed, pickle.HIGHEST_PROTOCOL)
    except RecursionError:
        return
    _write(path, data)


def _write(path: str, content: bytes) -> None:
    temporary = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(temporary, "wb") as f:
            f.write(blake2b(content, digest_size=_SEAL).digest() + content)
        os.replace(temporary, path)
    except OSError:
        return
