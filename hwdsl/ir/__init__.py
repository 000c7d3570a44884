"""Intermediate representations: index maps and spaces, L0 symbolic, L1 implicit, L2 flat."""
