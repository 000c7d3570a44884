"""Text to tree: tokens, the LALR machine, recovery, the syntax tree, and a cache of parsed files.

    from hwdsl.syntax.cache import load           # (File, diagnostics) of a file, from disk if it was parsed before
    from hwdsl.syntax.parser import parse_expr    # one expression
    from hwdsl.syntax.trivia import comments      # for the formatter

In the order of work: `lexer` cuts the text by `tables` (made from `grammar/*.lark`), `machine` reads it and calls `lower` to make
nodes, `recovery` and `repairs` help over mistakes, `parser` puts them together.
"""
