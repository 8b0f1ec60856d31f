"""The edit that imports one more name: into a statement that is there, or as a new one where isort would put it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from stdlib_ls.analysis.table import Site
from stdlib_ls.features.edits import Edit
from stdlib_ls.features.source_file import SourceFile

_IMPORTS = ("import_statement", "import_from_statement", "future_import_statement")
_DEFINITIONS = ("function_definition", "class_definition", "decorated_definition")
_FIRST_OF_ALL = re.compile(rb"#!|#.*?coding[:=]|# /// ")


class _Statement(NamedTuple):
    """A plain import statement of the file's own level; `sites` are the names that it brings."""

    start: int
    end: int
    sites: tuple[Site, ...]

    @property
    def module(self) -> str:
        return self.sites[0].imported.module

    @property
    def is_from(self) -> bool:
        return bool(self.sites[0].imported.member) or self.sites[0].imported.is_star


def import_edit(file: SourceFile, name: str, offset: int, cell: int | None = None) -> Edit | None:
    """Import a module, or a member of one, for the name that ends at an offset; None where there is no place for it.

    `cell` is where the cell of a notebook begins that holds the offset: nothing above it can be touched.
    """
    module, _, member = name.rpartition(".")
    word = re.search(rb"[\w\x80-\xff]*\Z", file.source[max(0, offset - 200) : offset])
    end = offset - len(word[0]) if word else offset
    runs = _runs(file, cell or 0, end)
    for statement in (one for run in runs for one in run):
        imported = statement.sites[0].imported
        if member and statement.module == module and imported.member and not imported.level:
            return _joined(file, statement, member)
    text = f"from {module} import {member}" if module else f"import {name}"
    own = [[one for one in run if _is_standard(file, one)] for run in runs]
    standard = next(filter(None, own), None)
    if standard:
        return _sorted_in(file, standard, text, bool(module), module or name)
    if runs:
        return _before_others(file, runs[0], text)
    return _at_top(file, text, end) if cell is None else _above_statement(file, text, end, cell)


def _runs(file: SourceFile, begin: int, end: int) -> list[list[_Statement]]:
    """The plain import statements between two offsets, those together that no other code parts."""
    sites: dict[int, list[Site]] = {}
    for site in file.sightings.imports():
        place = site.imported.place
        if not (place.scopes or place.arms or place.guards):
            sites.setdefault(site.span(site.imported.statement)[0], []).append(site)
    runs: list[list[_Statement]] = [[]]
    for node in file.document.nodes:
        if node.start_byte < begin or node.end_byte > end or node.type == "comment":
            continue
        if node.type in _IMPORTS and node.start_byte in sites:
            runs[-1].append(_Statement(node.start_byte, node.end_byte, tuple(sites[node.start_byte])))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _is_standard(file: SourceFile, one: _Statement) -> bool:
    root = one.module.partition(".")[0]
    is_ours = file.context.catalog.is_stdlib(root) and not file.context.is_shadowed(root)
    return is_ours and root != "__future__" and not one.sites[0].imported.level


def _sorted_in(file: SourceFile, standard: list[_Statement], text: str, is_from: bool, module: str) -> Edit | None:
    """Among statements of the standard library: behind the last that comes before the new one."""
    forms = [one.is_from for one in standard]
    # Plain imports come before the others, unless the file sorts by modules alone.
    by_module = forms != sorted(forms)

    def key(form: bool, name: str) -> tuple[bool, str]:
        return (form and not by_module, name.lower())

    before = [one for one in standard if key(one.is_from, one.module) <= key(is_from, module)]
    behind = _behind(file, before[-1].end, text) if before else None
    return behind or _above(file, (before or standard)[-1 if before else 0].start, text)


def _before_others(file: SourceFile, run: list[_Statement], text: str) -> Edit | None:
    """Into imports of which none is of the standard library: a section of its own behind `__future__`."""
    others = [one for one in run if one.module != "__future__"]
    if others:
        return _above(file, others[0].start, text, blanks=1)
    return _behind(file, run[-1].end, _line_end(file) + text, parted=True)


def _at_top(file: SourceFile, text: str, end: int) -> Edit | None:
    """Into a file without imports: below its docstring, or the comments that it begins with."""
    header = _header_end(file, end)
    if header is not None:
        return _behind(file, header, _line_end(file) + text, parted=True)
    start = 3 if file.source.startswith(b"\xef\xbb\xbf") else 0
    first = next((node for node in file.document.nodes if node.type != "comment"), None)
    blanks = 2 if first is not None and first.type in _DEFINITIONS else 1
    follows = re.compile(rb"(?:[ \t]*(?:\r\n|\r|\n))*").match(file.source, start)
    there = len(re.findall(rb"\r\n|\r|\n", follows[0])) if follows else 0
    return Edit(start, start, text + _line_end(file) * (1 + max(0, blanks - there)))


def _above_statement(file: SourceFile, text: str, end: int, cell: int) -> Edit:
    """Above the statement that holds the name: the first line of a cell may be no Python."""
    index = file.document.block_at(end)
    start = _line_start(file, max(cell, file.document.starts[index])) if index >= 0 else cell
    return Edit(start, start, text + _line_end(file))


def _header_end(file: SourceFile, end: int) -> int | None:
    """Where the docstring ends, or the comments on the file as a whole; None where there are neither."""
    comments: int | None = None
    row = -1
    for node in file.document.nodes:
        if node.end_byte > end:
            break
        if node.type == "comment":
            if row in (-1, node.start_point.row - 1):
                comments, row = node.end_byte, node.end_point.row
            continue
        if node.type == "expression_statement" and [child.type for child in node.children] == ["string"]:
            return node.end_byte
        break
    if comments is None:
        return None
    # A comment right above code speaks of that code, unless it has to be the first line.
    below = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)[ \t]*(?![ \t\r\n])").match(file.source, comments)
    return None if below and below.end() < len(file.source) and not _FIRST_OF_ALL.match(file.source) else comments


def _above(file: SourceFile, offset: int, text: str, blanks: int = 0) -> Edit | None:
    """On a line of its own above the line of an import; None where that line begins with other code."""
    start = _line_start(file, offset)
    is_import = re.compile(rb"(?:import|from)\b(?!\s+__future__)").match(file.source, start)
    return Edit(start, start, text + _line_end(file) * (1 + blanks)) if is_import else None


def _behind(file: SourceFile, offset: int, text: str, *, parted: bool = False) -> Edit | None:
    """On a line of its own behind the line that an offset ends; None where that goes on with other code.

    `parted` from code below by a blank line.
    """
    end = re.compile(rb"[ \t;]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)").match(file.source, offset)
    if end is None:
        return None
    ending = _line_end(file)
    below = re.compile(rb"(?:\r\n|\r|\n)[ \t]*[^\s]").match(file.source, end.end())
    return Edit(end.end(), end.end(), ending + text + (ending if parted and below else ""))


def _joined(file: SourceFile, statement: _Statement, member: str) -> Edit:
    """Into the list of a `from` statement, in the order that it keeps."""
    spans = [_member_span(site) for site in statement.sites]
    names = [site.imported.member for site in statement.sites]
    later = (index for index, name in enumerate(names) if (order := _order(names)) and order(name) > order(member))
    index = next(later, None)
    source, lines = file.source, file.document.lines
    is_vertical = b"(" in source[statement.start : spans[0][0]] and (
        lines.line_of(spans[0][0]) > lines.line_of(statement.start)
    )
    if index is not None:
        start = spans[index][0]
        indent = source[_line_start(file, start) : start]
        if is_vertical and not indent.strip():
            return Edit(start, start, f"{member},{_line_end(file)}{indent.decode()}")
        return Edit(start, start, f"{member}, ")
    end = spans[-1][1]
    indent = source[_line_start(file, spans[-1][0]) : spans[-1][0]]
    if not is_vertical or indent.strip():
        return Edit(end, end, f", {member}")
    rest = re.compile(rb"(?P<comma>[ \t]*,)?(?P<comment>[ \t]*(?:#[^\r\n]*)?)(?=[\r\n])").match(source, end)
    if rest is None:
        return Edit(end, end, f",{_line_end(file)}{indent.decode()}{member}")
    own_line = f"{_line_end(file)}{indent.decode()}{member}"
    if rest["comma"]:
        return Edit(rest.end(), rest.end(), f"{own_line},")
    return Edit(end, rest.end(), f",{rest['comment'].decode('utf-8', 'replace')}{own_line}")


def _order(names: list[str]) -> Callable[[str], tuple[int, str]] | None:
    """How a list of names is sorted: as isort does, constants and classes first, or by letters; None for neither."""

    def by_kind(name: str) -> tuple[int, str]:
        return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name.lower()

    def by_letters(name: str) -> tuple[int, str]:
        return 0, name.lower()

    for order in (by_kind, by_letters):
        if sorted(names, key=order) == names:
            return order
    return None


def _member_span(site: Site) -> tuple[int, int]:
    return site.span(site.imported.clause)


def _line_start(file: SourceFile, offset: int) -> int:
    lines = file.document.lines
    return lines.starts[lines.line_of(offset)]


def _line_end(file: SourceFile) -> str:
    ending = re.compile(rb"\r\n|\n|\r").search(file.source)
    return (ending[0] if ending else b"\n").decode()
