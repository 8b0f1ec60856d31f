"""Edits of import statements that keep everything else as it is: other names, comments, line endings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stdlib_ls.analysis.table import Site
from stdlib_ls.features.edits import Edit
from stdlib_ls.features.source_file import SourceFile


def replace_import(file: SourceFile, site: Site, statements: list[str]) -> list[Edit]:
    """Put statements in place of the clause, or of the whole `from` statement, that a site belongs to."""
    start, end = site.span(site.imported.statement)
    if site.imported.member or site.imported.clause == site.imported.statement or not _siblings(file, site):
        return [_replace_statement(file, start, end, statements)]
    return [_drop_clause(file, site), *insert_before(file, site, statements)]


def replace_members(file: SourceFile, moves: list[tuple[Site, str, str]]) -> list[Edit] | None:
    """Import each name of one `from` statement from a new module: (site, module, member); local names stay.

    None where names go to different modules around a comment that would be lost.
    """
    sites = [site for site, _, _ in moves]
    if {module for _, module, _ in moves} == {moves[0][1]}:
        parts = sites[0].imported.module_parts
        base = sites[0].base
        edits = [Edit(base + parts[0].start, base + parts[-1].end, moves[0][1])]
        for site, _, member in moves:
            part = site.imported.member_part
            if part and part.text != member:
                keeps_name = (
                    "" if site.imported.alias_part or member == site.imported.local else f" as {site.imported.local}"
                )
                edits.append(Edit(*site.span(part), member + keeps_name))
        return edits
    start, end = sites[0].span(sites[0].imported.statement)
    if b"#" in file.source[start:end]:
        return None
    names: dict[str, list[str]] = {}
    for site, module, member in moves:
        local = site.imported.local
        names.setdefault(module, []).append(member if member == local else f"{member} as {local}")
    statements = [f"from {module} import {', '.join(members)}" for module, members in sorted(names.items())]
    return [Edit(start, end, _joined(file, start, statements))]


def move_members(file: SourceFile, moves: list[tuple[Site, str, str]], stay: list[Site]) -> list[Edit] | None:
    """Import some names of a `from` statement from new modules, (site, module, member), while others stay.

    None where a comment might be lost.
    """
    names: dict[str, list[str]] = {}
    for site, module, member in moves:
        local = site.imported.local
        names.setdefault(module, []).append(member if member == local else f"{member} as {local}")
    statements = [f"from {module} import {', '.join(members)}" for module, members in sorted(names.items())]
    return drop_members(file, [site for site, _, _ in moves], stay, statements)


def drop_members(file: SourceFile, gone: Sequence[Site], stay: list[Site], statements: list[str]) -> list[Edit] | None:
    """Take names out of a `from` statement in which others stay, and put statements before it.

    None where a comment stands among the names: nobody can tell whose it is.
    """
    start, end = stay[0].span(stay[0].imported.statement)
    if b"#" in file.source[start:end]:
        return None
    members = sorted((_member_span(site), site in stay) for site in (*gone, *stay))
    pieces: list[bytes] = []
    for number, ((begin, stop), stays) in enumerate(members):
        following = members[number + 1][0][0] if number + 1 < len(members) else stop
        # What parts two names goes with the first of them, as both do not matter to the last one that stays.
        pieces += [file.source[begin:stop], file.source[stop:following]] if stays else []
    kept = b"".join(pieces[:-1]).decode("utf-8", "replace")
    return [*insert_before(file, stay[0], statements), Edit(members[0][0][0], members[-1][0][1], kept)]


def insert_before(file: SourceFile, site: Site, statements: list[str]) -> list[Edit]:
    """Put statements before the one that a site belongs to."""
    start, _ = site.span(site.imported.statement)
    return [Edit(start, start, _joined(file, start, statements) + _separator(file, start))] if statements else []


def _member_span(site: Site) -> tuple[int, int]:
    imported = site.imported
    assert imported.member_part
    return site.span(imported.member_part)[0], site.span(imported.alias_part or imported.member_part)[1]


def _siblings(file: SourceFile, site: Site) -> list[Site]:
    """The other clauses of the same `import` statement."""
    return [
        other
        for other in file.sightings.imports()
        if other.base == site.base
        and other.imported.statement == site.imported.statement
        and other.imported.clause != site.imported.clause
    ]


def _drop_clause(file: SourceFile, site: Site) -> Edit:
    start, end = site.span(site.imported.clause)
    after = re.compile(rb"[\s\\]*,[\s\\]*").match(file.source, end)
    if after:
        return Edit(start, after.end(), "")
    comma = file.source.rindex(b",", 0, start)
    return Edit(len(file.source[:comma].rstrip(b" \t")), end, "")


def _replace_statement(file: SourceFile, start: int, end: int, statements: list[str]) -> Edit:
    if statements:
        return Edit(start, end, _joined(file, start, statements))
    source = file.source
    line_start, line_end = _line(file, start, end)
    before = source[line_start:start]
    # The line may go on with other statements, a last semicolon, a comment.
    following = re.compile(rb"[ \t]*(;?)[ \t]*(#[^\r\n]*)?").match(source, end)
    assert following is not None
    ends = not source[following.end() : line_end].strip()
    if following[1] and not ends:
        return Edit(start, following.end(), "")
    if before.rstrip(b" \t").endswith(b";"):
        return Edit(line_start + before.rindex(b";"), following.end(1), "")
    if ends and not before.strip() and not file.document.is_only_statement(start, end):
        return Edit(line_start, line_end, "")
    return Edit(start, end, "pass")


def _joined(file: SourceFile, start: int, statements: list[str]) -> str:
    return _separator(file, start).join(statements)


def _separator(file: SourceFile, start: int) -> str:
    """What stands between statements at a place: a line end with the place's indent, or a semicolon."""
    line_start, _ = _line(file, start, start)
    indent = file.source[line_start:start]
    if indent.strip():
        return "; "
    ending = re.compile(rb"\r\n|\n|\r").search(file.source)
    return (ending[0] if ending else b"\n").decode() + indent.decode()


def _line(file: SourceFile, start: int, end: int) -> tuple[int, int]:
    """The span of the lines from `start` to `end`, the last line end included."""
    lines = file.document.lines
    last = lines.line_of(end) + 1
    return lines.starts[lines.line_of(start)], lines.starts[last] if last < len(lines.starts) else len(file.source)
