"""Designs side by side: `hwdsl.perf.compare.sides.side` takes the figures of one, `rows.compare` lines them up."""
