"""The grammar of `.hw` files, in five pieces of Lark's notation; joined in the order of `PIECES` they are one grammar."""

PIECES = ("tokens.lark", "expr.lark", "decl.lark", "stmt.lark", "hw.lark")
