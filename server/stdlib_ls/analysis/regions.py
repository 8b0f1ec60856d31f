"""Regions of a file that only some Pythons run: arms of version branches, and what follows an early exit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tree_sitter import Node

from stdlib_ls.analysis.conditions import ANY, EVERY, Outcome, operands, outcome_of
from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.syntax import Step, text_of
from stdlib_ls.versions import Version

# What speaks of versions; such a condition that is not understood is in doubt.
_VERSION_WORDS = rb"version|hexversion|PY_?[23]"
_CONSTANT_CONDITION = rb"\b(?:if|elif|while|and|or|not|assert)\s+(?:False|True|0|1)\b"
_LEAVING_CALLS = frozenset(("sys.exit", "exit", "quit", "os._exit", "pytest.skip", "self.skipTest"))
_LEAVING = frozenset(("return_statement", "raise_statement", "continue_statement", "break_statement"))


class Region(NamedTuple):
    """The bytes `start:end` run on some versions only; which ones is in doubt where `versions` is None."""

    start: int
    end: int
    versions: frozenset[Version] | None


def regions_of(document: Document) -> list[Region]:
    """Every region of a document, in no order; they may nest and overlap."""
    constants = _constants(document)
    words = b"|".join([_VERSION_WORDS, *(rb"\b" + name.encode() + rb"\b" for name in constants)])
    found: dict[tuple[int, int, str], list[Region]] = {}
    for match in re.finditer(rb"(?i:" + words + rb")|" + _CONSTANT_CONDITION, document.source):
        steps = document.path_to(match.end() - 1)
        for index in range(len(steps) - 1, 0, -1):
            outer = steps[index - 1].node
            key = (outer.start_byte, outer.end_byte, outer.type)
            if key not in found:
                found[key] = list(_regions(outer, steps, index, constants))
            if outer.type.endswith("_statement") and outer.type != "expression_statement":
                break
    return [region for regions in found.values() for region in regions]


def _constants(document: Document) -> dict[str, Outcome]:
    """Names like `PY311 = sys.version_info >= (3, 11)`, where the module binds them only so."""
    found: dict[str, Outcome] = {}
    for match in re.finditer(
        rb"^([A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=[^=\n]*(?:version_info|hexversion)", document.source, re.M
    ):
        steps = document.path_to(match.start())
        assignment = next((step.node for step in steps if step.node.type == "assignment"), None)
        value = assignment.child_by_field_name("right") if assignment else None
        name = match[1]
        bound = re.findall(
            rb"(?<![\w.])" + name + rb"[ \t]*(?::[^=\n]*)?=(?!=)|(?:import|as|def|class|global|for)\s+" + name + rb"\b",
            document.source,
        )
        outcome = outcome_of(value, found) if value else ANY
        if outcome != ANY and len(bound) == 1:
            found[name.decode()] = outcome
    return found


def _regions(outer: Node, steps: list[Step], index: int, constants: Mapping[str, Outcome]) -> Iterator[Region]:
    """The regions that a node around a version word makes, if it is something with a condition."""
    kind = outer.type
    if kind == "if_statement":
        above = steps[index - 2].node if index > 1 else None
        yield from _of_branches(outer, above, constants)
    elif kind == "assert_statement" and index > 1:
        yield from _from(outer.named_children[0], outer.end_byte, steps[index - 2].node.end_byte, True, constants)
    elif kind == "while_statement":
        condition, body = outer.child_by_field_name("condition"), outer.child_by_field_name("body")
        if condition and body:
            yield from _from(condition, body.start_byte, body.end_byte, True, constants)
    elif kind == "conditional_expression" and outer.named_child_count == 3:
        body, condition, alternative = outer.named_children
        yield from _from(condition, body.start_byte, body.end_byte, True, constants)
        yield from _from(condition, alternative.start_byte, alternative.end_byte, False, constants)
    elif kind == "boolean_operator":
        left, right = outer.child_by_field_name("left"), outer.child_by_field_name("right")
        if left and right:
            both = any(child.type == "and" for child in outer.children)
            yield from _from(left, right.start_byte, right.end_byte, both, constants)
    elif kind == "decorator":
        yield from _of_decorator(outer, steps[index - 2].node, constants)


def _from(condition: Node, start: int, end: int, holds: bool, constants: Mapping[str, Outcome]) -> Iterator[Region]:
    outcome = outcome_of(condition, constants)
    versions = outcome.true if holds else outcome.false
    if _is_doubtful(condition, constants):
        yield Region(start, end, None)
    elif versions != EVERY:
        yield Region(start, end, versions)


def _is_doubtful(condition: Node, constants: Mapping[str, Outcome]) -> bool:
    """Whether a condition asks for a version in a way that is not understood."""
    words = re.compile(_VERSION_WORDS, re.IGNORECASE)
    return any(words.search(one.text or b"") and outcome_of(one, constants) == ANY for one in operands(condition))


def _of_branches(statement: Node, above: Node | None, constants: Mapping[str, Outcome]) -> Iterator[Region]:
    """The arms of an `if`, and what follows it where some arms never get there."""
    remaining, doubtful = EVERY, False
    passing: frozenset[Version] = frozenset()
    for arm in [statement, *statement.children_by_field_name("alternative")]:
        condition = arm.child_by_field_name("condition")
        body = arm.child_by_field_name("consequence") or arm.child_by_field_name("body")
        outcome = outcome_of(condition, constants) if condition else ANY
        doubtful = doubtful or (condition is not None and _is_doubtful(condition, constants))
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


def _of_decorator(decorator: Node, decorated: Node, constants: Mapping[str, Outcome]) -> Iterator[Region]:
    """`@unittest.skipIf(sys.version_info < (3, 11), ...)` and its like say on what the body never runs."""
    call = decorator.named_children[0] if decorator.named_child_count else decorator
    name = text_of(call.child_by_field_name("function") or call).rpartition(".")[2].lower()
    arguments = call.child_by_field_name("arguments")
    if name in ("skipif", "skipunless") and arguments is not None and arguments.named_child_count:
        runs_if = name == "skipunless"
        yield from _from(arguments.named_children[0], decorated.start_byte, decorated.end_byte, runs_if, constants)


def _leaves(body: Node) -> bool:
    """Whether what follows a block is never reached through it."""
    statements = [child for child in body.named_children if child.type != "comment"]
    if not statements:
        return False
    last = statements[-1]
    if last.type == "expression_statement" and last.named_child_count:
        call = last.named_children[0]
        function = call.child_by_field_name("function") if call.type == "call" else None
        return function is not None and text_of(function) in _LEAVING_CALLS
    return last.type in _LEAVING
