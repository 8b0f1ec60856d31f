"""stdlib-ls: the language server that knows the Python standard library."""

__version__ = "0.1.0"
