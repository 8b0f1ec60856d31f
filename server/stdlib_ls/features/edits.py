"""Edits of a file, and fixes made of them: values only."""

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """The bytes `start:end` of a file become `text`."""

    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """Edits of one file, in order and without overlap.

    `safe` says that the program does the same afterwards and that nobody has to choose: fix-all may apply it.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool


def apply_edits(source: bytes, edits: tuple[Edit, ...] | list[Edit]) -> bytes:
    """The source after edits, which must be in order and apart."""
    pieces, position = [], 0
    for edit in edits:
        pieces += [source[position : edit.start], edit.text.encode("utf-8", "surrogatepass")]
        position = edit.end
    return b"".join([*pieces, source[position:]])
