"""Code for older Pythons: `try` statements around imports, and branches on the version of Python.

What is dead is not judged here: an arm knows on which versions it can run, and others know which are supported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from stdlib_ls.analysis.conditions import ANY, EVERY, Names, operands, outcome_of
from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.syntax import text_of
from stdlib_ls.analysis.table import Site
from stdlib_ls.analysis.version_names import names_of
from stdlib_ls.versions import Version

Span = tuple[int, int]

_CAUGHT = re.compile(rb"\bexcept\b[^:\n]*\b(?:ImportError|ModuleNotFoundError)\b")
_ONLY_IMPORT_ERRORS = re.compile(
    r"except\s*\(?[\s,]*(?:(?:ImportError|ModuleNotFoundError)[\s,]*)+\)?\s*(?:as\s+\w+\s*)?"
)
_OF_VERSIONS = rb"version_info|hexversion|\bPY[23]\b"
_WORDS = (b"version_info", b"hexversion", b"PY2", b"PY3")
_ABOUT_PYTHON_2 = re.compile(r"(?:(\w+)(?:\.\w+)*\.)?PY[23]")
# Calls after which nothing in the same arm is reached, and those that only tell.
_GIVING_UP = re.compile(r"(?i)(?:^|[._])(?:exit|_exit|quit|abort|die|fail|error|usage|skip|skiptest|importorskip)$")
_IMPORTS = frozenset(("import_statement", "import_from_statement"))


class TriedImport(NamedTuple):
    """A `try` whose handlers catch nothing but failing imports.

    `tried` are the import statements of its body, `instead` those of its only handler; `only_tried` and
    `only_instead` say whether there is nothing else in them, `gives_up` that a handler raises or leaves.
    """

    start: int
    body: Span
    handlers: Span
    tried: tuple[Span, ...]
    instead: tuple[Span, ...]
    only_tried: bool
    only_instead: bool
    gives_up: bool


class VersionArm(NamedTuple):
    """One arm of a branch: its span, that of its body, and the versions on which it can run.

    `keyword_end` is where its header ends; on the versions in `fails` its condition may not hold, an `else` has none.
    An `exact` condition asks for versions and nothing else, in ways that are sure to be understood.
    `gives_up` says that the arm does nothing but end in an error, an exit or a skipped test.
    """

    start: int
    keyword_end: int
    body: Span
    versions: frozenset[Version]
    fails: frozenset[Version]
    is_else: bool
    exact: bool
    gives_up: bool


class VersionBranch(NamedTuple):
    """An `if` statement, or a conditional expression, that asks for the version of Python."""

    start: int
    end: int
    is_expression: bool
    arms: tuple[VersionArm, ...]


def tried_imports(document: Document) -> Iterator[TriedImport]:
    """The `try` statements of a document that catch failing imports and nothing else."""
    seen = set()
    for match in _CAUGHT.finditer(document.source):
        for outer, inner in _pairs(document, match.start()):
            if outer.type == "try_statement" and inner.type == "except_clause" and outer.start_byte not in seen:
                seen.add(outer.start_byte)
                found = None if outer.has_error else _tried_import(outer)
                if found:
                    yield found


def _tried_import(statement: Node) -> TriedImport | None:
    body = statement.child_by_field_name("body")
    clauses = [child for child in statement.children if child.type == "except_clause"]
    blocks = [_block(clause) for clause in clauses]
    others = {"try", ":", "comment", "block", "except_clause", "else_clause"}
    if body is None or None in blocks or any(child.type not in others for child in statement.children):
        return None
    handlers = [block for block in blocks if block is not None]
    if not all(_ONLY_IMPORT_ERRORS.fullmatch(_header(*pair)) for pair in zip(clauses, handlers, strict=True)):
        return None
    tried, instead = _statements(body), _statements(handlers[0])
    return TriedImport(
        start=statement.start_byte,
        body=(body.start_byte, _end(body)),
        handlers=(clauses[0].start_byte, _end(handlers[-1])),
        tried=_spans_of_imports(tried),
        instead=_spans_of_imports(instead),
        only_tried=all(child.type in _IMPORTS or _is_plain_assignment(child) for child in tried),
        only_instead=len(clauses) == 1 and all(child.type in _IMPORTS for child in instead),
        gives_up=any(_gives_up(handler) or b"raise" in (handler.text or b"") for handler in handlers),
    )


def _header(clause: Node, block: Node) -> str:
    """What stands between the start of a clause and its colon."""
    head = (clause.text or b"")[: block.start_byte - clause.start_byte].decode("utf-8", "replace")
    return re.sub(r"#.*", "", head).strip().removesuffix(":")


def _spans_of_imports(statements: list[Node]) -> tuple[Span, ...]:
    return tuple((child.start_byte, child.end_byte) for child in statements if child.type in _IMPORTS)


def _is_plain_assignment(statement: Node) -> bool:
    """Whether a statement gives a name a value that is there already, which imports nothing."""
    if statement.type != "expression_statement" or statement.named_child_count != 1:
        return False
    assignment = statement.named_children[0]
    value = assignment.child_by_field_name("right") if assignment.type == "assignment" else None
    if value is None or assignment.children[0].type != "identifier":
        return False
    return re.fullmatch(r"[\w.]+|'[^'\\\n]*'|\"[^\"\\\n]*\"", text_of(value)) is not None


def version_branches(document: Document, imports: Iterable[Site]) -> Iterator[VersionBranch]:
    """The branches of a document whose conditions ask for versions."""
    source = document.source
    if not any(word in source for word in _WORDS):
        return
    sites = list(imports)
    names = names_of(document, sites)
    known = sorted(name for name in {*names.conditions, *names.asked} if "." not in name)
    words = b"|".join([_OF_VERSIONS, *(rb"\b" + re.escape(name.encode()) + rb"\b" for name in known)])
    seen: set[tuple[int, int, str]] = set()
    for match in re.finditer(words, source):
        for outer, inner in _pairs(document, match.end() - 1):
            if not _is_condition(outer, inner):
                continue
            statement = _statement_of(outer, document)
            key = (statement.start_byte, statement.end_byte, statement.type)
            if not seen and _is_played_with(source):
                return
            if key not in seen and not statement.has_error:
                seen.add(key)
                found = _expression if statement.type == "conditional_expression" else _statement
                yield found(statement, names, sites)


def _is_condition(outer: Node, inner: Node) -> bool:
    """Whether a node of a path is what its parent, a branch, asks."""
    if outer.type == "conditional_expression":
        return outer.named_child_count == 3 and inner == outer.named_children[1]
    return outer.type in ("if_statement", "elif_clause") and inner == outer.child_by_field_name("condition")


def _statement_of(node: Node, document: Document) -> Node:
    """The whole `if` statement that an `elif` belongs to."""
    if node.type != "elif_clause":
        return node
    return next(outer for outer, inner in _pairs(document, node.start_byte) if inner == node)


def _statement(statement: Node, names: Names, sites: list[Site]) -> VersionBranch:
    arms, remaining = [], EVERY
    for arm in [statement, *statement.children_by_field_name("alternative")]:
        condition = arm.child_by_field_name("condition")
        body = arm.child_by_field_name("consequence") or arm.child_by_field_name("body")
        outcome = outcome_of(condition, names) if condition else ANY
        if condition is not None and not _is_known(condition, names, sites):
            outcome = ANY
        versions = remaining & outcome.true
        remaining = remaining & outcome.false if condition else frozenset()
        if body is None:
            continue
        colon = next(child for child in arm.children if child.type == ":")
        arms.append(
            VersionArm(
                arm.start_byte,
                colon.end_byte,
                (body.start_byte, _end(body)),
                versions,
                outcome.false,
                condition is None,
                condition is None or _is_exact(condition, names, sites),
                _gives_up(body),
            )
        )
    return VersionBranch(statement.start_byte, statement.end_byte, False, tuple(arms))


def _expression(node: Node, names: Names, sites: list[Site]) -> VersionBranch:
    first, condition, second = node.named_children
    outcome = outcome_of(condition, names) if _is_known(condition, names, sites) else ANY
    exact = _is_exact(condition, names, sites)
    both = (first.start_byte, first.end_byte), (second.start_byte, second.end_byte)
    arms = (
        VersionArm(both[0][0], condition.end_byte, both[0], outcome.true, outcome.false, False, exact, False),
        VersionArm(both[1][0], both[1][0], both[1], outcome.false, EVERY, True, exact, False),
    )
    return VersionBranch(node.start_byte, node.end_byte, True, arms)


def _is_known(condition: Node, names: Names, sites: list[Site]) -> bool:
    """Whether nothing in a condition is judged by its name alone, as a PY2 would be that is bound to who knows what."""
    for one in operands(condition):
        found = _ABOUT_PYTHON_2.fullmatch(text_of(one))
        if found and text_of(one) not in names.conditions:
            head = found[1] or text_of(one)
            if not any(site.imported.local == head for site in sites):
                return False
    return True


def _is_exact(condition: Node, names: Names, sites: list[Site]) -> bool:
    for one in operands(condition):
        if outcome_of(one, names) == ANY:
            return False
        found = _ABOUT_PYTHON_2.fullmatch(text_of(one))
        if found and text_of(one) not in names.conditions:
            head = found[1] or text_of(one)
            if not any(site.imported.local == head and site.imported.target.split(".")[0] == "six" for site in sites):
                return False
    return True


def _is_played_with(source: bytes) -> bool:
    """Whether a text makes `sys.version_info` another one, as tests do."""
    changed = rb"(?:patch|setattr|replace)\w*\([^\n]*version_info|version_info\s*=[^=]"
    return re.search(changed, source) is not None


def is_type_checked(document: Document, offset: int) -> bool:
    """Whether a place is in the first arm of an `if TYPE_CHECKING:`, and in no other arm within it."""
    for outer, inner in reversed(_pairs(document, offset)):
        if outer.type in ("try_statement", "elif_clause", "else_clause"):
            return False
        if outer.type == "if_statement":
            condition = outer.child_by_field_name("condition")
            asked = text_of(condition) if condition is not None else ""
            return inner.type == "block" and re.fullmatch(r"(?:\w+\.)?TYPE_CHECKING", asked) is not None
    return False


def _pairs(document: Document, offset: int) -> list[tuple[Node, Node]]:
    """The nodes down to a place, each with the next one."""
    nodes = [step.node for step in document.path_to(offset)]
    return list(zip(nodes, nodes[1:], strict=False))


def _block(clause: Node) -> Node | None:
    return next((child for child in clause.children if child.type == "block"), None)


def _statements(block: Node) -> list[Node]:
    return [child for child in block.named_children if child.type != "comment"]


def _end(block: Node) -> int:
    """Where the last statement of a block ends."""
    statements = _statements(block)
    return statements[-1].end_byte if statements else block.end_byte


def _gives_up(block: Node) -> bool:
    statements = _statements(block)
    last = statements[-1] if statements else None
    if last is None or last.type == "raise_statement":
        return True
    call = last.named_children[0] if last.type == "expression_statement" and last.named_child_count else None
    function = call.child_by_field_name("function") if call is not None and call.type == "call" else None
    return function is not None and _GIVING_UP.search(text_of(function)) is not None
