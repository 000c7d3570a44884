"""The library of parts, in `*.hw` files by vendor and kind (imported as `hwdsl.stdlib`; data only; `use std....` in a design)."""
