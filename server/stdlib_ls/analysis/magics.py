"""IPython's magics and shell lines, put out of the way of a Python parser without moving a byte.

A magic begins a logical line, stands to the right of its first `=`, or is the `?` at its end; a `%` within
brackets, in a string, or after a backslash at the end of the line above is Python. So this follows
strings, comments, brackets and continued lines, and nothing else of the language.

What takes a magic's place is an expression as long as it, made of the names that the magic may evaluate:
an import that only a magic uses is still in use. What runs in another program leaves blanks.
On the way it also learns what a cell leaves open, so that the cells below need not suffer from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from keyword import iskeyword
from typing import NamedTuple

# Line magics that run the Python behind their options, and cell magics that run the cell below their own line.
_RUN_THE_LINE = frozenset((b"time", b"timeit"))
_RUN_THE_CELL = frozenset((b"time", b"timeit", b"capture", b"prun"))
# What is said to these is no Python, but for `{...}` and `$name`; the names of packages in it are no uses.
_EVALUATE_NOTHING = frozenset(
    b"pip conda mamba micromamba uv load_ext reload_ext unload_ext autoreload matplotlib config env set_env "
    b"cd ls ll pwd cat mkdir sx system run load capture prun".split()
)
# What stands in such a cell never meets the names of the notebook.
_OTHER_LANGUAGES = frozenset(
    b"bash sh zsh cmd powershell script system sx html javascript js latex markdown svg perl ruby r sql bigquery "
    b"writefile file cython python python2 python3 pypy".split()
)

_CLOSING = {b"(": b")", b"[": b"]", b"{": b"}"}
_INDENT = re.compile(rb"[ \t\f]*")
_CELL_MAGIC = re.compile(rb"\s*%%(\w+)(?![\w?])")
_CONTINUED_LINE = re.compile(rb"(?:[^\\\r\n]|\\(?:\r\n|\n|\r)?)*")
_RUNNING = re.compile(rb"%%?(\w+)[ \t]+(?:--?[A-Za-z][\w-]*[ \t]*\d*[ \t]+)*(?=[^\s%!?-])")
_LINE = re.compile(rb"[^\r\n]+")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_MAGIC_NAME = re.compile(rb"%{1,2}(\w*)")
_NAME = re.compile(rb"(?<![\w.\x80-\xff])[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*)*")
_EVALUATED = re.compile(rb"\{[^{}\r\n]*\}|\$\{?[A-Za-z_]\w*")
_TOKEN = re.compile(
    rb"""(?P<blank>[ \t\f]+|\\(?:\r\n|\n|\r))
    |(?P<word>[\w\x80-\xff.,;][\w\x80-\xff.,;\ \t\f]*)
    |(?P<comment>\#[^\r\n]*)
    |(?P<string>\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?''')
    |(?P<open_string>(?:\"\"\"|''').*)
    |(?P<line_string>"(?:\\(?:\r\n|.)|[^"\\\r\n])*"?|'(?:\\(?:\r\n|.)|[^'\\\r\n])*'?)
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<end>\r\n|\n|\r)
    |(?P<operator>[-+*/%@&|^:!<>=]=)
    |(?P<assign>=)
    |(?P<help>\?)
    |(?P<any>.)""",
    re.VERBOSE | re.DOTALL,
)
_ASSIGNED = re.compile(rb"[ \t]*(?=%[A-Za-z_]|!(?!=))")


class Blank(NamedTuple):
    """The bytes `start:end` of a cell, and what the parser sees in their place: as many bytes, the same line ends."""

    start: int
    end: int
    shown: bytes


class Reading(NamedTuple):
    """The magics of a cell, in order, and what has to follow the cell to end its last line: often nothing."""

    magics: tuple[Blank, ...] = ()
    closing: bytes = b""

    def shown(self, source: bytes) -> bytes:
        """The cell as the parser is to see it."""
        pieces, position = [], 0
        for blank in self.magics:
            pieces += [source[position : blank.start], blank.shown]
            position = blank.end
        return b"".join([*pieces, source[position:], self.closing])


def read_cell(source: bytes) -> Reading:
    """Find the magics of one cell, and the brackets and strings that it leaves open."""
    whole = _CELL_MAGIC.match(source)
    if whole and whole[1].lower() not in _RUN_THE_CELL:
        return Reading(tuple(_blank_cell(source, whole)))
    blanks: list[Blank] = []
    closing = b""
    position = 0
    while position < len(source):
        position, closing = _logical_line(source, position, blanks)
    in_magic = bool(blanks) and blanks[-1].end == len(source)
    return Reading(tuple(blanks), b"\n" * (source.endswith(b"\\") and not in_magic) + closing)


def _blank_cell(source: bytes, magic: re.Match[bytes]) -> list[Blank]:
    """A cell that a magic takes as a whole; unless its language is known to be another one, names may be used."""
    if magic[1].lower() in _OTHER_LANGUAGES:
        return [Blank(0, len(source), _spaces(source))]
    lines = [found.span() for found in _LINE.finditer(source, magic.end())]
    shown = [Blank(start, end, _names_only(source[start:end], b" ", [(0, end - start)])) for start, end in lines]
    return [Blank(0, magic.end(), _spaces(source[: magic.end()])), *shown]


def _logical_line(source: bytes, position: int, blanks: list[Blank]) -> tuple[int, bytes]:
    """Note the magic of the logical line that begins at a position, if it has one.

    Gives where the next line begins, and what this one leaves open at the end of the cell.
    """
    indent = _INDENT.match(source, position)
    start = position = indent.end() if indent else position
    if source[start : start + 1] in (b"%", b"!", b"?"):
        running = _RUNNING.match(source, start)
        if not running or running[1] not in _RUN_THE_LINE:
            return _note(source, start, blanks), b""
        position = running.end()
        blanks.append(Blank(start, position, b"0".ljust(position - start - 1) + b";"))
    brackets, seen_assignment, last = b"", False, ""
    while found := _TOKEN.match(source, position):
        kind, position = found.lastgroup or "", found.end()
        if kind == "end" and not brackets:
            break
        if kind == "open_string":
            return position, found[0][:3] + brackets
        if kind == "assign" and not brackets and not seen_assignment:
            seen_assignment = True
            assigned = _ASSIGNED.match(source, position)
            if assigned:
                return _note(source, assigned.end(), blanks), b""
        if kind == "open":
            brackets = _CLOSING[found[0]] + brackets
        elif kind == "close":
            brackets = brackets[1:]
        last = last if kind in ("blank", "end") else kind
    if last == "help" and not brackets:
        return _note(source, start, blanks), b""
    return position, brackets


def _note(source: bytes, start: int, blanks: list[Blank]) -> int:
    """Note a magic that goes on to the end of its line; gives where the next line begins."""
    found = _CONTINUED_LINE.match(source, start)
    end = found.end() if found else len(source)
    text = source[start:end]
    name = _MAGIC_NAME.match(text)
    if text.startswith(b"!") or (name and name[1] in _EVALUATE_NOTHING):
        spans = [one.span() for one in _EVALUATED.finditer(text)]
    else:
        spans = [(name.end() if name else 0, len(text))]
    blanks.append(Blank(start, end, _names_only(text, b"0", spans)))
    line_end = _LINE_END.match(source, end)
    return line_end.end() if line_end else end


def _names_only(text: bytes, empty: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    """A sum of the names in some spans of a text, as long as the text; where there are none, `empty` and blanks."""
    pieces: list[bytes] = []
    position = 0
    for name in (one for span in spans for one in _NAME.finditer(text, *span)):
        gap = _plus(text[position : name.start()])
        # Where a line is continued in the middle of a word there is no room for a sign.
        if _is_name(name[0]) and (b"+" in gap or not name.start()):
            pieces += [gap, name[0]]
            position = name.end()
    if not pieces:
        return empty + _spaces(text)[1:]
    return b"".join([*pieces, _spaces(text[position:])])


def _is_name(dotted: bytes) -> bool:
    parts = dotted.decode("utf-8", "replace").split(".")
    return all(part.isidentifier() and not iskeyword(part) for part in parts)


def _plus(gap: bytes) -> bytes:
    """What stands between two names: a plus, blanks, and the backslashes that continue the line."""
    return re.sub(rb"\\(?![\r\n])|[^\\\r\n]", b" ", gap).replace(b" ", b"+", 1)


def _spaces(text: bytes) -> bytes:
    return re.sub(rb"[^\r\n]", b" ", text)
