"""Targets P1 to P4: elaboration to flat tables against networkx and rustworkx, against memcpy and fill, and roll-ups at L0."""
