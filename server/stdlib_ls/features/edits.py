"""Edits of a file, and fixes made of them: values only."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import NamedTuple


class Edit(NamedTuple):
    """The bytes `start:end` of a file become `text`."""

    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """Edits of one file, in order and without overlap, or a file or folder to rename: its path and the new one.

    `safe` says that the program does the same afterwards and that nobody has to choose: fix-all may apply it.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool
    rename: tuple[Path, Path] | None = None


def apply_edits(source: bytes, edits: tuple[Edit, ...] | list[Edit]) -> bytes:
    """The source after edits, which must be in order and apart."""
    pieces, position = [], 0
    for edit in edits:
        pieces += [source[position : edit.start], edit.text.encode("utf-8", "surrogatepass")]
        position = edit.end
    return b"".join([*pieces, source[position:]])


def keeps_form(before: bytes, after: bytes) -> bool:
    """Whether an edited source still parses if it did before, and has the docstrings and the encoding that it had.

    Where the running Python does not understand the source, nobody knows, and False is the answer.
    """
    try:
        old, new = (
            ast.parse(source.decode("utf-8", "surrogatepass").removeprefix("\ufeff")) for source in (before, after)
        )
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    was, now = _docstrings(old), _docstrings(new)
    # With dead code its docstrings go; none may come, and what stays keeps its own.
    kept = was == now if len(was) == len(now) else not Counter(filter(None, now)) - Counter(filter(None, was))
    return kept and _cookie(before) == _cookie(after) and not _is_normalised(before)


def _docstrings(tree: ast.Module) -> list[str | None]:
    return [ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED)]


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _cookie(source: bytes) -> list[bytes]:
    """What the first two lines say of the encoding."""
    return re.findall(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", b"\n".join(source.splitlines()[:2]), re.MULTILINE)


def _is_normalised(source: bytes) -> bool:
    """Whether a name may be spelt otherwise than Python reads it: `ſix` is `six`."""
    words = () if source.isascii() else re.findall(r"[^\W\d]\w*", source.decode("utf-8", "replace"))
    return any(unicodedata.normalize("NFKC", word) != word for word in words if not word.isascii())
