"""Walking syntax trees."""

from __future__ import annotations

from collections.abc import Iterator

from hwdsl.syntax import ast


def children(node: ast.Node) -> Iterator[ast.Node]:
    """Direct child nodes, in field order."""
    for field in type(node)._fields:
        if field == "span":
            continue
        value = getattr(node, field)
        if isinstance(value, ast.Node):
            yield value
        elif isinstance(value, tuple):
            for v in value:
                if isinstance(v, ast.Node):
                    yield v


def walk(node: ast.Node) -> Iterator[ast.Node]:
    """The node and everything below it, depth first, without recursion."""
    todo = [node]
    while todo:
        n = todo.pop()
        yield n
        todo.extend(reversed(list(children(n))))


def names_of(expr: ast.Node) -> frozenset[str]:
    """All bare names below a node."""
    if isinstance(expr, ast.Name):
        return frozenset((expr.name,))
    return frozenset(n.name for n in walk(expr) if isinstance(n, ast.Name))
