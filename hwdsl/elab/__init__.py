"""Elaboration: from declarations and arguments to the symbolic IR (L0). One step per file; `elaborate.py` lists them in order."""
