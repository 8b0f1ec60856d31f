"""Reads and rewrites case files: `tests/cases/<feature>/*.md`.

A case is a heading, options of the form `name: value`, a fenced source with `<|>` where the cursor is, and
the expectation in a second fence. Options above the first case hold for all. Prose is for readers.
In sources, `␌` stands for a form feed; `newlines: crlf` or `cr` says how their lines end, and
`last-line: open` that the last one does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

CURSOR = "<|>"
FOLDER = Path(__file__).resolve().parents[1] / "cases"

_HEADING = re.compile(r"^#{2,3} (.+)$")
_OPTION = re.compile(r"^([a-z][a-z-]*): (.*)$")
_FENCE = re.compile(r"^(`{3,})(\w*)$")
_NEWLINES = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
_KNOWN_OPTIONS = frozenset("versions source first-party settings path quiet newlines last-line show".split())


@dataclass
class Case:
    """One case; `lines` says which lines of the file hold its expectation, fences included."""

    path: Path
    title: str
    line: int
    options: dict[str, str] = field(default_factory=dict)
    source: str | None = None
    expected: str | None = None
    lines: tuple[int, int] = (0, 0)

    @property
    def feature(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        """What pytest calls it: `hover/scopes: a parameter hides the module`."""
        words = re.sub(r"[^\w.*#@=<>,'()-]+", "-", self.title).strip("-")
        return f"{self.feature}/{self.path.stem}:{words}"

    @property
    def text(self) -> str:
        """The source as a file would hold it, cursors left out."""
        return self._laid_out().replace(CURSOR, "")

    @property
    def cursors(self) -> list[int]:
        """Where the cursors stand: byte offsets of the UTF-8 text."""
        pieces = self._laid_out().split(CURSOR)
        return [len("".join(pieces[:count]).encode()) for count in range(1, len(pieces))]

    def _laid_out(self) -> str:
        assert self.source is not None, f"{self.path}:{self.line}: a case needs a source"
        whole = self.source + ("" if self.options.get("last-line") == "open" else "\n")
        return whole.replace("␌", "\f").replace("\n", _NEWLINES[self.options.get("newlines", "lf")])


def read_cases(path: Path) -> list[Case]:
    """The cases of one file, in order."""
    cases: list[Case] = []
    common: dict[str, str] = {}
    lines = path.read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines):
        heading, option, fence = (form.match(lines[number]) for form in (_HEADING, _OPTION, _FENCE))
        if heading:
            cases.append(Case(path, heading[1], number + 1, options=dict(common), lines=(number + 1, number + 1)))
        elif fence:
            end = lines.index(fence[1], number + 1)
            _add_block(cases[-1], "\n".join(lines[number + 1 : end]), (number, end + 1))
            number = end
        elif option and (not cases or cases[-1].source is None):
            assert option[1] in _KNOWN_OPTIONS, f"{path}:{number + 1}: unknown option {option[1]}"
            (cases[-1].options if cases else common)[option[1]] = option[2]
        number += 1
    return cases


def _add_block(case: Case, text: str, lines: tuple[int, int]) -> None:
    if case.source is None:
        case.source = text
    else:
        assert case.expected is None, f"{case.path}:{lines[0] + 1}: a third fence in {case.title!r}"
        case.expected = text
    case.lines = lines


def write_expectation(case: Case, actual: str) -> None:
    """Put what came out into the file, in place of the case's expectation or after its source."""
    # The case may have moved since it was read, as those above it grew.
    case = next(one for one in read_cases(case.path) if one.title == case.title)
    lines = case.path.read_text(encoding="utf-8").split("\n")
    ticks = "````" if "```" in actual else "```"
    block = [ticks + ("python" if case.feature == "fixes" else "text"), *actual.split("\n"), ticks]
    start, end = case.lines
    if case.expected is None:
        start, block = end, ["", *block]
    lines[start:end] = block
    case.path.write_text("\n".join(lines), encoding="utf-8")
