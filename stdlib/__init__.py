"""The library of parts: `.hw` files by vendor and kind, reached from a design as `use std.<file>.{...}`.

The package holds no code. It exists so that the files travel with the compiler in every form of installation.
Every figure in them carries its source; a figure that nobody published is `unknown`, and one from memory is `unverified`.
"""
