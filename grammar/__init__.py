"""The Lark grammar of the language, in `*.lark` files beside this one (imported as `hwdsl.grammar`; data only)."""
