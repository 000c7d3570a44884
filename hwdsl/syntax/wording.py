"""Words for what the machine sees: terminals, statements and places in the user's terms."""

from __future__ import annotations

from hwdsl.syntax.lexer import END

_OPERATORS = frozenset(("COMPARE", "PLUSMINUS", "PLUS", "MINUS", "STAR", "DIVIDE", "DOT", "LSQB", "LPAR", "AND", "OR", "TO",
                        "TYP", "RANGE", "ANNOTATE"))
_STATEMENTS = {
    "PART": "the part", "PORT": "the port", "SPARE": "the port", "INPUT": "the port", "OUTPUT": "the port", "BUS": "the bus",
    "CONST": "the constant", "ENUM": "the enumeration", "FN": "the function", "USE": "`use`", "DESIGN": "the design",
    "PATTERN": "the pattern", "STUDY": "the study", "TEST": "the test", "KIND": "the component", "LINK": "the link",
    "CABLE": "the cable", "CHECK": "the check", "CARRY": "`carry`", "CONNECT": "`connect`", "BRIDGE": "`bridge`",
    "STATE": "the state", "PLANE": "the plane", "MODE": "the mode", "SET": "`set`", "CIRCUIT": "the circuit", "PLACE": "`place`",
    "ROUTE": "the route", "OVERRIDE": "the override", "UNDER": "`under`", "DEFAULT": "the default", "PUB": "the declaration",
    "ANNOTATE": "the statement",
}
_ORDER = ("SEMI", "LBRACE", "ASSIGN", "COLON", "COMMA", "RPAR", "RSQB", "BOTHWAYS", "ONEWAY")


def found(kind: str, text: str) -> str:
    """The token that stands there."""
    if kind == END:
        return "the end of the text"
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"


def statement(kind: str, after: str = "") -> str:
    """The statement that begins with a token of `kind`, `after` being the kind of the next one."""
    if kind != "DESIGN" and (after == "ASSIGN" or kind == "NAME"):
        return "the attribute" if after == "ASSIGN" else "the statement"
    return _STATEMENTS.get(kind, "the statement")


def expected(legal: set[str], spelled: dict[str, str]) -> str:
    """What may stand here, `legal` being the terminals that fit: "a name", "`;` or a body"."""
    if "NUMBER" in legal:
        return "an expression"
    words: list[str] = []
    signs = legal - _OPERATORS
    if "CONNECT" in legal and "CHECK" in legal:
        return "a statement"
    if "USE" in legal:
        return "a declaration"
    if "NAME" in legal:
        words.append("a name")
        signs = signs & set(_ORDER)
    if "STRING" in signs:
        words.append("a text in quotes")
    by_kind: dict[str, list[str]] = {}
    for spelling, kind in spelled.items():
        by_kind.setdefault(kind, []).append(spelling)
    order = {kind: i for i, kind in enumerate(_ORDER)}
    for kind in sorted(signs, key=lambda k: (order.get(k, len(order)), k)):
        if kind in by_kind:
            words += [f"`{s}`" for s in sorted(by_kind[kind])[:2]]
    if not words and legal & _OPERATORS:
        words = ["an operator"]
    if END in legal:
        words = [*words[:3], "the end of the text"]
    words = words[:4] or ["nothing"]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def nearest(word: str, choices: list[str]) -> str:
    """The one of `choices` that `word` probably means, "" if none comes close."""
    from difflib import get_close_matches  # only where there is a mistake to explain

    near = get_close_matches(word, choices, 1, 0.7)
    return near[0] if near else ""
