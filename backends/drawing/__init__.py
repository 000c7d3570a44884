"""What the drawings and the report page have in common: measures of text, escaping, colours, names of sources.

Everything here is plain text work: no layout engine, no template engine, cheap to import.
"""
