"""Meaning of names and expressions: projects of files, scopes, constant evaluation. Knows nothing of instances."""
