"""Import statements, in all their forms, whole or being typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from stdlib_ls.analysis.places import Place, place_of
from stdlib_ls.analysis.syntax import Part, Step, parse, part, path_to

_KEYWORD = re.compile(rb"(?<![\w.\x80-\xff])import(?![\w\x80-\xff])")
_STATEMENTS = frozenset(("import_statement", "import_from_statement", "future_import_statement"))
_IMPORT_LINE = re.compile(rb"[ \t]*(?:from[ \t]+[.\w \t\x80-\xff]+[ \t]+)?import\b")


# Compared by identity: one object for one place in a block, and hashing all its parts would be slow.
@dataclass(frozen=True, slots=True, eq=False)
class Import:
    """One name brought in by an import statement. Offsets are relative to the block.

    `local` is the name bound in the file ("*" for a star import), `target` the dotted name that it stands
    for: "os" for `import os.path`, "os.path" for `import os.path as p` and for `from os import path`.
    `module` and `member` are what is written: ("os.path", "") or ("os", "path").
    A relative import has `level` dots before its module.
    """

    local: str
    target: str
    module: str
    member: str
    level: int
    module_parts: tuple[Part, ...]
    member_part: Part | None
    alias_part: Part | None
    statement: tuple[int, int]
    clause: tuple[int, int]
    place: Place

    @property
    def start(self) -> int:
        return self.clause[0]

    @property
    def is_star(self) -> bool:
        return self.local == "*"


def find_imports(source: bytes, node: Node) -> Iterator[Import]:
    """The imports of a block with this text and node."""
    base = node.start_byte
    for keyword in _KEYWORD.finditer(source):
        steps = path_to(node, base + keyword.start())
        broken = any(step.node.type == "ERROR" for step in steps)
        if steps[-1].node.type != "import" and not broken:
            continue  # In a string or a comment.
        depth = next((i for i, step in enumerate(steps) if step.node.type in _STATEMENTS), None)
        if depth is not None and not steps[depth].node.has_error:
            yield from statement_imports(steps[depth].node, base, place_of(steps[: depth + 1], base))
        else:
            yield from _from_line(source, keyword.start(), steps, base)


def _from_line(source: bytes, offset: int, steps: list[Step], base: int) -> Iterator[Import]:
    """Read a line by itself: around half-typed code the tree may have drawn it into something else."""
    begin = max(source.rfind(b"\n", 0, offset), source.rfind(b";", 0, offset)) + 1
    end = source.find(b"\n", offset)
    line = source[begin : len(source) if end < 0 else end]
    if not _IMPORT_LINE.match(line):
        return
    indent = len(line) - len(line.lstrip())
    for statement in parse(line.strip()).root_node.children:
        if statement.type in _STATEMENTS and not statement.has_error:
            yield from statement_imports(statement, -(begin + indent), place_of(steps, base))


def statement_imports(statement: Node, base: int, place: Place) -> Iterator[Import]:
    """The imports of one clean statement."""
    span = (statement.start_byte - base, statement.end_byte - base)
    if statement.type == "import_statement":
        for clause in statement.children_by_field_name("name"):
            yield _plain(clause, base, span, place)
        return
    level, parts = _source(statement, base)
    module = ".".join(part.text for part in parts)
    if any(child.type == "wildcard_import" for child in statement.children):
        yield Import("*", module, module, "*", level, parts, None, None, span, span, place)
        return
    for clause in statement.children_by_field_name("name"):
        name, alias = _name_and_alias(clause)
        member = _parts(name, base)[0]
        alias_part = _parts(alias, base)[0] if alias else None
        local = (alias_part or member).text
        target = f"{module}.{member.text}" if module else member.text
        own = (clause.start_byte - base, clause.end_byte - base)
        yield Import(local, target, module, member.text, level, parts, member, alias_part, span, own, place)


def _source(statement: Node, base: int) -> tuple[int, tuple[Part, ...]]:
    """The dots and the module that a `from` statement names."""
    source: Node | None = statement.child_by_field_name("module_name") or statement.children[1]
    level = 0
    if source is not None and source.type == "relative_import":
        level = (source.children[0].text or b"").count(b".")
        source = next((child for child in source.children if child.type == "dotted_name"), None)
    return level, _parts(source, base) if source else ()


def _plain(clause: Node, base: int, span: tuple[int, int], place: Place) -> Import:
    name, alias = _name_and_alias(clause)
    parts = _parts(name, base)
    module = ".".join(part.text for part in parts)
    alias_part = _parts(alias, base)[0] if alias else None
    local, target = (alias_part.text, module) if alias_part else (parts[0].text, parts[0].text)
    own = (clause.start_byte - base, clause.end_byte - base)
    return Import(local, target, module, "", 0, parts, None, alias_part, span, own, place)


def _name_and_alias(clause: Node) -> tuple[Node, Node | None]:
    if clause.type != "aliased_import":
        return clause, None
    name = clause.child_by_field_name("name")
    assert name is not None
    return name, clause.child_by_field_name("alias")


def _parts(node: Node, base: int) -> tuple[Part, ...]:
    # `__future__` is a keyword to the grammar.
    names = [child for child in node.children if child.type == "identifier"] or [node]
    return tuple(part(name, base) for name in names)
