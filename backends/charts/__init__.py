"""Pictures of numbers: what networks deliver (`loads`, `times`, `tiers`, `hops`) and designs side by side (`radar`, `bars`).

SVG written directly, like the drawings of topology and racks: the same bytes on every machine, text in the reader's own fonts,
light and dark ground. (A plotting library would bring its own fonts and versions into the bytes.) Colours are those of
`drawing.palette`; no line or bar is told by its colour alone: it carries its name, and lines differ in their marks.
"""
