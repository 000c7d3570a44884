"""Loads, rates and flow-level simulation against their targets and against other tools."""
