"""Everything users take from a design: one module or folder per backend (imported as `hwdsl.backends`).

A backend is found by its name in `hwdsl.backend_api.BUILTIN`; nothing is imported before it is asked for.
"""
