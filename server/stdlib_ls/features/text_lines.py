"""The lines of a source, with what Python's own tokens and syntax tree say of them."""

from __future__ import annotations

import ast
import io
import tokenize
from functools import lru_cache
from typing import NamedTuple

_TEXTS = frozenset(("STRING", "FSTRING_MIDDLE", "TSTRING_MIDDLE"))


class _Tokens(NamedTuple):
    """The lines in which a text goes on, those in which a statement begins, and where the header of one ends."""

    within_text: frozenset[int]
    logical: frozenset[int]
    colons: dict[int, int]


class TextLines:
    """A source in lines, counted from 1. What Python cannot parse raises what `ast` and `tokenize` raise."""

    def __init__(self, source: bytes, starts: list[int]) -> None:
        self.source, self.starts = source, [*starts, len(source)]
        self.tree = ast.parse(source.decode("utf-8", "surrogatepass"))
        self.within_text, self.logical, self.colons = _read_tokens(source)

    def line(self, number: int) -> bytes:
        return self.source[self.starts[number - 1] : self.starts[number]]

    def indent(self, number: int) -> bytes:
        line = self.line(number)
        return line[: len(line) - len(line.lstrip(b" \t\f"))]

    def is_blank(self, number: int) -> bool:
        return not self.line(number).strip()

    def is_comment(self, number: int) -> bool:
        return self.line(number).lstrip().startswith(b"#") and number not in self.within_text

    @property
    def count(self) -> int:
        """How many lines there are; nothing after the last line end is none."""
        return len(self.starts) - 1 - (self.starts[-1] == self.starts[-2])


@lru_cache(1)
def _read_tokens(source: bytes) -> _Tokens:
    normal = source.decode("utf-8", "surrogatepass").replace("\r\n", "\n").replace("\r", "\n")
    within_text: set[int] = set()
    logical: set[int] = set()
    colons: dict[int, int] = {}
    depth, begin = 0, 0
    for token in tokenize.generate_tokens(io.StringIO(normal).readline):
        kind = tokenize.tok_name[token.type]
        if kind in _TEXTS:
            within_text.update(range(token.start[0] + 1, token.end[0] + 1))
        if kind in ("NL", "COMMENT", "INDENT", "DEDENT"):
            continue
        if kind == "NEWLINE":
            begin = 0
            continue
        if not begin:
            begin = token.start[0]
            logical.add(begin)
        depth += (token.string in "([{") - (token.string in ")]}") if kind == "OP" else 0
        if kind == "OP" and token.string == ":" and not depth:
            colons.setdefault(begin, token.start[0])
    return _Tokens(frozenset(within_text), frozenset(logical), colons)
