"""Lines of a source text, and columns in whatever unit a client counts them.

A line ends at LF, CRLF or CR only, as the protocol says; `str.splitlines` also splits at form feeds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = re.compile(rb"\r\n|\n|\r")


def encode(text: str) -> bytes:
    """UTF-8 that also takes the lone surrogates a client may send."""
    return text.encode("utf-8", "surrogatepass")


def decode(source: bytes) -> str:
    return source.decode("utf-8", "surrogatepass")


class LineIndex:
    """Where the lines of a source start: `starts[n]` is the byte offset of line n, both 0-based."""

    def __init__(self, source: bytes) -> None:
        self.starts = [0, *(found.end() for found in _LINE_END.finditer(source))]

    def line_of(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def replace(self, source: bytes, start: int, old_end: int, new_end: int) -> None:
        """Follow an edit: bytes `start:old_end` became `start:new_end` of `source`, the text after the edit."""
        # A CR before the edit and an LF after it may join or part, so one line more on each side is read again.
        first = max(self.line_of(start) - 1, 0)
        last = bisect_right(self.starts, old_end) + 1
        tail_begin = self.starts[last] + new_end - old_end if last < len(self.starts) else len(source)
        begin = self.starts[first]
        # An end-of-line that reaches up to the tail starts the tail's first line.
        inner = [
            found.end() for found in _LINE_END.finditer(source, begin, tail_begin) if found.end() < tail_begin
        ]  # fmt: skip
        tail = [offset + new_end - old_end for offset in self.starts[last:]]
        if last >= len(self.starts) and _LINE_END.search(source, max(begin, tail_begin - 1), tail_begin):
            inner.append(tail_begin)
        self.starts[first:] = [begin, *inner, *tail]

    def offset(self, source: bytes, line: int, column: int, encoding: Encoding) -> int:
        """The byte offset of a position; one beyond the text or beyond its line is brought back to the end."""
        if line >= len(self.starts):
            return len(source)
        text = self._line(source, line)
        if encoding == "utf-8" or text.isascii():
            return self.starts[line] + min(column, len(text))
        return self.starts[line] + len(encode(_take(decode(text), column, encoding)))

    def position(self, source: bytes, offset: int, encoding: Encoding) -> tuple[int, int]:
        """The (line, column) of a byte offset."""
        line = self.line_of(offset)
        before = source[self.starts[line] : offset]
        if encoding == "utf-8" or before.isascii():
            return line, len(before)
        return line, _width(decode(before), encoding)

    def _line(self, source: bytes, line: int) -> bytes:
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(source)
        return source[self.starts[line] : end].rstrip(b"\r\n")


def _width(text: str, encoding: Encoding) -> int:
    if encoding == "utf-32":
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def _take(text: str, units: int, encoding: Encoding) -> str:
    """The part of a text that is so many units long; a unit inside a pair takes the whole pair."""
    if encoding == "utf-32":
        return text[:units]
    for index, character in enumerate(text):
        if units <= 0:
            return text[:index]
        units -= 2 if character > "\uffff" else 1
    return text
