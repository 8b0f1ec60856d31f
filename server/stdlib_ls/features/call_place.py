"""Which call a place is in, and what of its arguments is there, read from the text: the call is being typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stdlib_ls.catalog.store import Entry
from stdlib_ls.features.source_file import SourceFile

_LOOK_BACK, _LOOK_AHEAD = 10_000, 2_000
_CALLABLE = ("function", "method", "classmethod", "staticmethod", "class", "exception")
_TOKEN = re.compile(
    rb"""(?P<comment>\#[^\r\n]*)
    |(?P<string>[a-zA-Z]{0,2}(?:'''(?:[^\\]|\\.)*?(?:'''|\Z)|\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)
        |'(?:[^\\'\r\n]|\\.)*(?:'|(?=[\r\n])|\Z)|"(?:[^\\"\r\n]|\\.)*(?:"|(?=[\r\n])|\Z)))
    |(?P<name>[\w\x80-\xff]+)
    |(?P<opening>[(\[{])|(?P<closing>[)\]}])|(?P<comma>,)
    |(?P<equals>=(?!=))|(?P<star>\*\*?)|(?P<other>[-<>!=:+/%&|^@]=|[^\s])""",
    re.VERBOSE | re.DOTALL,
)
# Lines that cannot stand within brackets: whatever is open above them was never closed.
_STATEMENT = re.compile(
    rb"(?:^|[\r\n])[ \t\f]*(?=(?:async[ \t]+)?(?:def|class|return|raise|assert|while|try|with|import|pass|break"
    rb"|continue|global|nonlocal|del)\b|@\w)"
)
_CALLEE = re.compile(rb"(?P<before>[\w\x80-\xff]+[ \t]+)?(?P<chain>[\w.\x80-\xff]*[\w\x80-\xff])[ \t]*\Z")


@dataclass
class Call:
    """An open bracket and what stands between it and a place; offsets are absolute.

    `opening` is the bracket's own offset, `argument` where the argument at the place begins; before it are so many
    `positional` ones and these `keywords`, which hold those after the place as well. `is_starred` says that some
    positional ones cannot be counted, `current` is the keyword that the argument at the place has, and `words` how
    many tokens of it are there. `through_value` is set when the callee is a method of a value.
    """

    opening: int
    bracket: bytes
    argument: int
    positional: int = 0
    keywords: list[str] = field(default_factory=list)
    current: str = ""
    is_starred: bool = False
    words: int = 0
    first: bytes = b""
    through_value: bool = False

    @property
    def takes_keyword(self) -> bool:
        """Whether the argument at the place is no more than a name that is being typed."""
        return (
            self.bracket == b"(" and not self.current and (self.words == 0 or (self.words == 1 and self.first != b""))
        )

    def take(self, token: re.Match[bytes]) -> None:
        """Follow one token that stands in this bracket and in no other."""
        kind = token.lastgroup
        if kind == "comma":
            self.finish(token.end())
        elif kind == "equals" and self.words == 1 and self.first:
            self.current = self.first.decode("utf-8", "replace")
        else:
            self.is_starred = self.is_starred or (kind == "star" and self.words == 0)
            self.first = token[0] if kind == "name" and self.words == 0 else self.first
            self.words += 1

    def finish(self, end: int) -> None:
        """The argument ends here, and another one begins."""
        if self.current:
            self.keywords.append(self.current)
        elif self.words:
            self.positional += 1
        self.argument, self.current, self.words, self.first = end, "", 0, b""


def call_at(file: SourceFile, offset: int) -> Call | None:
    """The innermost bracket that is open at a byte offset, a call's or not; None where there is none."""
    begin = _beginning(file, offset)
    stack: list[Call] = []
    source = file.source[begin:offset]
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind == "comment":
            continue
        if kind == "string" and token.end() == len(source) and _is_open_and_formatted(token[0]):
            return None  # What is called in there is not looked for.
        if kind == "opening":
            if stack:
                stack[-1].take(token)
            stack.append(Call(begin + token.start(), token[0], token.end()))
        elif kind == "closing":
            stack = stack[:-1]
        elif stack:
            stack[-1].take(token)
    if not stack:
        return None
    call = stack[-1]
    call.argument += begin
    if not source.endswith(call.first):
        call.first = b""  # It is complete, as `not` in `f(not `.
    _look_ahead(call, file.source[offset : offset + _LOOK_AHEAD])
    return call


def callee_of(file: SourceFile, call: Call) -> Entry | None:
    """What is called, where that is surely a callable of the standard library."""
    found = _CALLEE.search(file.source, max(0, call.opening - 1_000), call.opening)
    if call.bracket != b"(" or not found or (found["before"] or b"").strip() in (b"def", b"class"):
        return None
    sighting = file.sightings.at(found.end("chain"))
    if sighting is None or not sighting.certain or sighting.is_import or sighting.start != found.start("chain"):
        return None
    entry = file.context.catalog.find(sighting.name)
    if entry is None or entry.kind not in _CALLABLE or file.context.is_shadowed(sighting.name.partition(".")[0]):
        return None
    if sighting.is_value and len(sighting.parts) != 2:
        return None
    call.through_value = sighting.is_value
    return entry


def is_definition(file: SourceFile, call: Call) -> bool:
    """Whether a bracket holds the parameters of a function."""
    found = _CALLEE.search(file.source, max(0, call.opening - 1_000), call.opening)
    return found is not None and (found["before"] or b"").strip() == b"def"


def _is_open_and_formatted(text: bytes) -> bool:
    body = text.lstrip(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    quote = body[:3] if body[:3] in (b'"""', b"'''") else body[:1]
    is_closed = len(body) >= 2 * len(quote) and body.endswith(quote)
    return not is_closed and b"f" in text[: -len(body)].lower()


def _beginning(file: SourceFile, offset: int) -> int:
    """The last place before an offset where a statement begins for sure, else as far back as is looked."""
    first = max(0, offset - _LOOK_BACK)
    starts = [found.end() for found in _STATEMENT.finditer(file.source, first, offset)]
    for start in reversed(starts[-8:]):
        if not file.document.in_text(start):
            return start
    lines = file.document.lines
    while first and file.document.in_text(first):
        first = lines.starts[lines.line_of(first) - 1] if lines.line_of(first) else 0
    return lines.starts[lines.line_of(first)]


def _look_ahead(call: Call, after: bytes) -> None:
    """Take in the keywords that a call has behind the place."""
    broken = _STATEMENT.search(after)
    after = after[: broken.start()] if broken else after
    rest, depth = Call(0, b"(", 0), 0
    for token in _TOKEN.finditer(after):
        kind = token.lastgroup
        if kind == "closing" and depth == 0:
            rest.finish(0)
            call.keywords += rest.keywords
            return
        depth += (kind == "opening") - (kind == "closing")
        if depth == 0 and kind != "comment":
            rest.take(token)
