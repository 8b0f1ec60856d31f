"""Where in an import statement a place is, read from the text before it: the statement may be half typed.

Statements go over lines in brackets, where comments may stand, and behind backslashes.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BLANK = rb"(?:[ \t\f]|\\(?:\r\n|\r|\n))"
_NAME = rb"[\w\x80-\xff]*"
_WORD = rb"[\w\x80-\xff]+"
_DOTTED = rb"[\w.\x80-\xff]*"
_CLAUSE = _DOTTED + rb"(?:" + _BLANK + rb"+as" + _BLANK + rb"+" + _WORD + rb")?"
_PLAIN = re.compile(
    rb"import" + _BLANK + rb"+(?P<before>(?:" + _CLAUSE + _BLANK + rb"*," + _BLANK + rb"*)*)"
    rb"(?P<typed>[^\r\n;#]*)\Z"
)
_SOURCE = re.compile(rb"from" + _BLANK + rb"+(?P<typed>" + _DOTTED + rb")\Z")
_KEYWORD = re.compile(rb"from" + _BLANK + rb"+(?P<module>" + _DOTTED + rb")" + _BLANK + rb"+[a-z]*\Z")
_MEMBERS = re.compile(
    rb"from" + _BLANK + rb"+(?P<module>" + _DOTTED + rb")" + _BLANK + rb"+import(?![\w\x80-\xff])"
    rb"(?P<names>" + _BLANK + rb"*\((?:[^()#;]|#[^\r\n]*[\r\n])*|(?:[^()#;\r\n\\]|\\(?:\r\n|\r|\n))*)\Z"
)
_WHOLE_WORD = re.compile(rb"(?:import|from)(?![\w\x80-\xff])")
_COMMENT = re.compile(rb"#[^\r\n]*")
_MEMBER = re.compile(rb"\s*(" + _WORD + rb")(?:\s+as\s+" + _WORD + rb")?\s*")
_LISTED = re.compile(rb"\s*" + _DOTTED + rb"(?:\s+as\s+" + _WORD + rb")?\s*")
_ALIAS = re.compile(rb"\s*" + _WORD + rb"\s+(?:as\b.*)?", re.DOTALL)
_LAST = re.compile(rb"\s*" + _NAME)
# What a name goes on with behind the cursor.
_TAIL = re.compile(_DOTTED + rb"(?:[ \t]+as[ \t]+" + _WORD + rb")?")
_LINE = re.compile(rb"(?:[^\r\n\\#;]|\\(?:\r\n|\r|\n))*")


class ImportPlace(NamedTuple):
    """A place in an import statement and what fits there.

    `wants` says what: the modules in the package `module` ("" for those of the top level), the members of `module`,
    the keyword after it, or nothing. `taken` are the names that the statement imports already.
    """

    wants: str
    module: str = ""
    taken: frozenset[str] = frozenset()


_NOTHING = ImportPlace("nothing")


def import_place(before: bytes, after: bytes) -> ImportPlace | None:
    """The place between two texts; None outside of import statements."""
    start = _last_statement(before)
    if start is None:
        return None
    found = _MEMBERS.match(before, start)
    if found:
        return _member_place(found, after)
    found = _PLAIN.match(before, start)
    if found:
        return _module_place(found, after)
    found = _SOURCE.match(before, start)
    if found:
        return _modules_of(found["typed"])
    found = _KEYWORD.match(before, start)
    if found and not _text(found["module"]).startswith("."):
        follows = re.match(_NAME + _BLANK + rb"*(?:import\b|$|[\r\n#;])", after)
        is_open = follows is not None and b"import" not in follows[0]
        return ImportPlace("keyword", _text(found["module"])) if is_open else _NOTHING
    return _NOTHING if found else None


def _last_statement(before: bytes) -> int | None:
    """Where the last import statement begins, whether or not it goes on to the end of the text."""
    end = len(before)
    while True:
        end = max(before.rfind(b"import", 0, end), before.rfind(b"from", 0, end))
        if end < 0:
            return None
        line = max(before.rfind(b"\n", 0, end), before.rfind(b"\r", 0, end)) + 1
        prefix = before[line:end].strip(b" \t\f")
        # A line that goes on with the one before it begins no statement.
        goes_on = not prefix and before[:line].removesuffix(b"\n").removesuffix(b"\r").endswith(b"\\")
        if not goes_on and (not prefix or prefix.endswith((b";", b":"))) and _WHOLE_WORD.match(before, end):
            return end


def _member_place(found: re.Match[bytes], after: bytes) -> ImportPlace | None:
    bracket, listed = b"(" in found["names"], found["names"]
    if not bracket and listed[:1].strip(b"\\ \t\f"):
        return None
    *names, last = _COMMENT.sub(b"", listed.lstrip(b" \t\f\\\r\n").removeprefix(b"(")).replace(b"\\", b"").split(b",")
    members = [_MEMBER.fullmatch(name) for name in names]
    module = _text(found["module"])
    if not listed or module.startswith(".") or not all(members) or not _LAST.fullmatch(last):
        # What looks like an open bracket with other code in it says nothing about this place.
        return None if bracket and not (all(members) and _ALIAS.fullmatch(last)) else _NOTHING
    taken = {_text(member[1]) for member in members if member} | _listed(after, bracket)
    return ImportPlace("members", module, frozenset(taken))


def _module_place(found: re.Match[bytes], after: bytes) -> ImportPlace:
    typed = found["typed"].replace(b"\\", b"").strip()
    if not re.fullmatch(_DOTTED, typed) or (typed and found["typed"][-1:].isspace()):
        return _NOTHING
    place = _modules_of(typed)
    names = {_text(clause.split()[0]) for clause in found["before"].replace(b"\\", b"").split(b",") if clause.strip()}
    names |= _listed(after, in_bracket=False)
    start = f"{place.module}." if place.module else ""
    return place._replace(taken=frozenset(name.removeprefix(start) for name in names if name.startswith(start)))


def _modules_of(typed: bytes) -> ImportPlace:
    package = _text(typed).rpartition(".")[0]
    return _NOTHING if typed.startswith(b".") or ".." in _text(typed) else ImportPlace("modules", package)


def _listed(after: bytes, in_bracket: bool) -> set[str]:
    """The names with which a statement goes on behind the one at the cursor."""
    tail = _TAIL.match(after)
    after = after[tail.end() :] if tail else after
    line = _LINE.match(after)
    rest = _COMMENT.sub(b"", after.partition(b")")[0]) if in_bracket else line[0] if line else b""
    found = set()
    for clause in re.split(rb"[,\r\n]", rest.replace(b"\\", b"")):
        if not clause.strip():
            continue
        if not _LISTED.fullmatch(clause):
            break  # Here begins other code: the bracket is still to be closed.
        found.add(_text(clause.split()[0]))
    return found


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")
