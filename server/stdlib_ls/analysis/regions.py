"""Regions of a file that only some Pythons run: arms of version branches, and what follows an early exit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from stdlib_ls.analysis.conditions import ANY, EVERY, Names, operands, outcome_of
from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.syntax import Step, text_of
from stdlib_ls.analysis.table import Site
from stdlib_ls.analysis.version_names import names_of
from stdlib_ls.versions import Version

# What may speak of the version of Python besides the names that are known to.
_VERSION_WORDS = (
    rb"(?i:version_info|hexversion|py(?:thon)?_?version|__version__|\bPY_?[23])"
    rb"|version\s*\(|\bVERSION\b|\bsys\.version\b"
)
_VERSION_WORD = re.compile(r"(?i:version_info|hexversion|py(?:thon)?_?version|^__version__$|^PY_?[23])|^VERSION$")
# A literal beginning makes each search fast.
_CONSTANT_CONDITIONS = (re.compile(rb"if[ \t]+(?:False|True|[01])\b"), re.compile(rb"while[ \t]+(?:False|0)\b"))
_LEAVING_CALLS = re.compile(r"(?i)(?:^|[._])(?:_?exit|quit|abort|die|bye|skip|skiptest|fail|error|usage)$")
_LEAVING = frozenset(("return_statement", "raise_statement", "continue_statement", "break_statement"))


def _words(names: Names) -> bytes:
    """A regular expression for what speaks of versions; such a condition that is not understood is in doubt."""
    known = sorted({*names.conditions, *names.asked, *names.doubtful})
    return b"|".join([_VERSION_WORDS, *(rb"\b" + re.escape(name.encode()) + rb"\b" for name in known)])


class Region(NamedTuple):
    """The bytes `start:end` run on some versions only; which ones is in doubt where `versions` is None."""

    start: int
    end: int
    versions: frozenset[Version] | None


def regions_of(document: Document, imports: Iterable[Site]) -> list[Region]:
    """Every region of a document, in no order; they may nest and overlap."""
    names = names_of(document, imports)
    found: dict[tuple[int, int, str], list[Region]] = {}
    for place in _places(document, names):
        steps = document.path_to(place)
        for index in range(len(steps) - 1, 0, -1):
            outer = steps[index - 1].node
            key = (outer.start_byte, outer.end_byte, outer.type)
            if key not in found:
                found[key] = list(_regions(outer, steps, index, names))
            if outer.type.endswith("_statement") and outer.type != "expression_statement":
                break
    return [region for regions in found.values() for region in regions]


def _places(document: Document, names: Names) -> Iterator[int]:
    """Where a document may speak of versions, or has a condition that is settled anyway."""
    for word in document.words():
        if _VERSION_WORD.search(word) or word in names.conditions or word in names.asked or word in names.doubtful:
            yield from document.places_of(word)
        elif word == "version":
            yield from (at for at in document.places_of(word) if document.source[at - 4 : at] == b"sys.")
        elif word.endswith("version"):
            # A function may tell: `if is_version(3, 11):`.
            ends = (place + len(word.encode()) for place in document.places_of(word))
            yield from (end - 1 for end in ends if document.source[end : end + 2].lstrip()[:1] == b"(")
    for pattern in _CONSTANT_CONDITIONS:
        yield from (found.end() - 1 for found in pattern.finditer(document.source))


def _regions(outer: Node, steps: list[Step], index: int, names: Names) -> Iterator[Region]:
    """The regions that a node around a version word makes, if it is something with a condition."""
    kind = outer.type
    if kind == "if_statement":
        above = steps[index - 2].node if index > 1 else None
        yield from _of_branches(outer, above, names)
        yield from _of_set_up(outer, steps[:index], names)
    elif kind == "assert_statement" and index > 1:
        yield from _from(outer.named_children[0], outer.end_byte, steps[index - 2].node.end_byte, True, names)
    elif kind == "while_statement":
        condition, body = outer.child_by_field_name("condition"), outer.child_by_field_name("body")
        if condition and body:
            yield from _from(condition, body.start_byte, body.end_byte, True, names)
    elif kind == "conditional_expression" and outer.named_child_count == 3:
        body, condition, alternative = outer.named_children
        yield from _from(condition, body.start_byte, body.end_byte, True, names)
        yield from _from(condition, alternative.start_byte, alternative.end_byte, False, names)
    elif kind == "boolean_operator":
        left, right = outer.child_by_field_name("left"), outer.child_by_field_name("right")
        if left and right:
            both = any(child.type == "and" for child in outer.children)
            yield from _from(left, right.start_byte, right.end_byte, both, names)
    elif kind == "decorator":
        decorated = steps[index - 2].node
        yield from _of_skip(outer.named_children[0], decorated.start_byte, decorated.end_byte, names)
    elif kind == "assignment" and text_of(outer.children[0]) == "pytestmark" and outer.named_child_count > 1:
        yield from _of_skip(outer.named_children[-1], 0, steps[0].node.end_byte, names)
    elif kind == "match_statement" and _asks(outer, names):
        yield Region(outer.start_byte, outer.end_byte, None)
    elif kind == "if_clause" and _asks(outer, names) and steps[index - 2].node.type != "case_clause":
        comprehension = steps[index - 2].node
        yield Region(comprehension.start_byte, comprehension.end_byte, None)


def _from(condition: Node, start: int, end: int, holds: bool, names: Names) -> Iterator[Region]:
    outcome = outcome_of(condition, names)
    versions = outcome.true if holds else outcome.false
    if _is_doubtful(condition, names):
        yield Region(start, end, None)
    elif versions != EVERY:
        yield Region(start, end, versions)


def _is_doubtful(condition: Node, names: Names) -> bool:
    """Whether a condition asks for a version in a way that is not understood."""
    words = re.compile(_words(names))
    return any(words.search(one.text or b"") and outcome_of(one, names) == ANY for one in operands(condition))


def _of_branches(statement: Node, above: Node | None, names: Names) -> Iterator[Region]:
    """The arms of an `if`, and what follows it where some arms never get there."""
    remaining, doubtful = EVERY, False
    passing: frozenset[Version] = frozenset()
    for arm in [statement, *statement.children_by_field_name("alternative")]:
        condition = arm.child_by_field_name("condition")
        body = arm.child_by_field_name("consequence") or arm.child_by_field_name("body")
        outcome = outcome_of(condition, names) if condition else ANY
        doubtful = doubtful or (condition is not None and _is_doubtful(condition, names))
        versions = remaining & outcome.true
        if condition is not None and arm is not statement and remaining != EVERY:
            yield Region(condition.start_byte, condition.end_byte, None if doubtful else remaining)
        if body is not None and (doubtful or versions != EVERY):
            yield Region(body.start_byte, body.end_byte, None if doubtful else versions)
        if body is None or not _leaves(body):
            passing |= versions
        remaining = remaining & outcome.false if condition else frozenset()
    passing |= remaining
    if above is not None and passing != EVERY and not doubtful:
        yield Region(statement.end_byte, above.end_byte, passing)


def _of_set_up(statement: Node, around: list[Step], names: Names) -> Iterator[Region]:
    """What an early exit from `setUp` means for the tests of its class."""
    kinds = {step.node.type: step.node for step in around}
    function, home = kinds.get("function_definition"), kinds.get("class_definition")
    name = function.child_by_field_name("name") if function is not None else None
    if home is not None and name is not None and text_of(name) in ("setUp", "setUpClass", "asyncSetUp"):
        for region in _of_branches(statement, home, names):
            if region.end == home.end_byte:
                yield region._replace(start=home.start_byte)


def _of_skip(mark: Node, start: int, end: int, names: Names) -> Iterator[Region]:
    """`unittest.skipIf(sys.version_info < (3, 12), ...)` and its like say on what something never runs."""
    kind = text_of(mark.child_by_field_name("function") or mark).rpartition(".")[2].lower()
    arguments = mark.child_by_field_name("arguments")
    given = [child for child in arguments.named_children if child.type != "comment"] if arguments is not None else []
    named = {text_of(one.children[0]): one.children[-1] for one in given if one.type == "keyword_argument"}
    condition = named.get("condition") or next((one for one in given if one.type != "keyword_argument"), None)
    if kind in ("skipif", "skipunless") and condition is not None:
        yield from _from(condition, start, end, kind == "skipunless", names)
    elif _asks(mark, names):
        yield Region(start, end, None)


def _asks(node: Node, names: Names) -> bool:
    """Whether what decides in a statement, its first line, speaks of versions."""
    return re.search(_words(names), (node.text or b"").partition(b"\n")[0]) is not None


def _leaves(body: Node) -> bool:
    """Whether what follows a block is never reached through it."""
    statements = [child for child in body.named_children if child.type != "comment"]
    if not statements:
        return False
    last = statements[-1]
    if last.type == "expression_statement" and last.named_child_count:
        call = last.named_children[0]
        function = call.child_by_field_name("function") if call.type == "call" else None
        return function is not None and _LEAVING_CALLS.search(text_of(function)) is not None
    return last.type in _LEAVING
