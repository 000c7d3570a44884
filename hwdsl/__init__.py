"""A language and compiler for the hardware of AI supernodes.

Public Python API: `Session` and `Design` (see `hwdsl.api`), imported on first use so that `import hwdsl` costs nothing:

    import hwdsl
    session = hwdsl.Session()
    design = session.open("examples/nvl72.hw")
    print(design.query("count(B200)").text)
"""

import os.path as _path

TYPE_CHECKING = False  # type checkers take it for true; importing it from `typing` would cost more than all the rest
if TYPE_CHECKING:
    from hwdsl.api import Design as Design
    from hwdsl.api import Session as Session

__version__ = "0.1.0"
__all__ = ["Design", "Session", "__version__"]

# `hwdsl.backends`, `hwdsl.grammar` and `hwdsl.stdlib` are top-level folders of the repository. An installed package has them
# inside; in a bare checkout they stand next to this folder, and its parent joins the search path of sub-packages.
_here = _path.dirname(_path.abspath(__file__))
if not _path.isdir(_path.join(_here, "grammar")):
    __path__.append(_path.dirname(_here))


def __getattr__(name: str) -> object:
    if name in ("Design", "Session"):
        from hwdsl import api
        return getattr(api, name)
    raise AttributeError(f"module 'hwdsl' has no attribute {name!r}")
