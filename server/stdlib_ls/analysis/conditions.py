"""Conditions on the running Python: on which versions they can hold, and on which they can fail.

A version stands for all of its releases, so a condition on a patch release may both hold and fail on it.
What `sys.version_info` and `sys.hexversion` hold is taken from their documentation in the library reference.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tree_sitter import Node

from stdlib_ls.analysis.syntax import text_of
from stdlib_ls.versions import LAST_PYTHON_2, NEWEST_KNOWN, Version

_BEYOND = 20
# Every version that matters to anybody, and some that are still to come.
EVERY: frozenset[Version] = frozenset([LAST_PYTHON_2, *((3, minor) for minor in range(NEWEST_KNOWN[1] + _BEYOND))])
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne
}  # fmt: skip
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_LATEST_PATCH = 255


# What of a release, such as (3, 11, 4, "final", 0), an expression looks at.
Asked = Callable[[tuple[Any, ...]], Any]


class Outcome(NamedTuple):
    """The versions on which a condition can hold, and those on which it can fail."""

    true: frozenset[Version] = EVERY
    false: frozenset[Version] = EVERY

    def negated(self) -> Outcome:
        return Outcome(self.false, self.true)


ANY = Outcome()


class Names(NamedTuple):
    """What the names of a file hold: conditions, parts of a release by dotted name, or something in doubt."""

    conditions: dict[str, Outcome]
    asked: dict[str, Asked]
    doubtful: set[str]


def outcome_of(node: Node, names: Names) -> Outcome:
    """What is known of a condition."""
    kind = node.type
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return outcome_of(node.named_children[0], names)
    if kind == "not_operator" and (argument := node.child_by_field_name("argument")):
        return outcome_of(argument, names).negated()
    if kind == "boolean_operator":
        return _joined(node, names)
    if kind == "comparison_operator":
        return _compared(node, names)
    if kind in ("true", "false", "integer"):
        holds = text_of(node) not in ("False", "0")
        return Outcome(EVERY, frozenset()) if holds else Outcome(frozenset(), EVERY)
    if kind == "identifier" and text_of(node) in names.conditions:
        return names.conditions[text_of(node)]
    return _ABOUT_PYTHON_2.get(text_of(node).rpartition(".")[2], ANY) if kind in ("identifier", "attribute") else ANY


_PYTHON_2 = Outcome(frozenset((LAST_PYTHON_2,)), EVERY - {LAST_PYTHON_2})
_ABOUT_PYTHON_2 = {"PY2": _PYTHON_2, "PY3": _PYTHON_2.negated()}


def _joined(node: Node, names: Names) -> Outcome:
    sides = [node.child_by_field_name(side) for side in ("left", "right")]
    left, right = (outcome_of(side, names) if side else ANY for side in sides)
    if any(child.type == "and" for child in node.children):
        return Outcome(left.true & right.true, left.false | right.false)
    return Outcome(left.true | right.true, left.false & right.false)


def _compared(node: Node, names: Names) -> Outcome:
    """A comparison, also a chained one: each pair of operands in turn."""
    operands = [child for child in node.named_children if child.type != "comment"]
    signs = [text_of(child) for child in node.children if not child.is_named]
    if len(signs) != len(operands) - 1:
        return ANY
    pairs = [_compared_pair(*pair, names) for pair in zip(operands, signs, operands[1:], strict=False)]
    none: frozenset[Version] = frozenset()
    return Outcome(EVERY.intersection(*(pair.true for pair in pairs)), none.union(*(pair.false for pair in pairs)))


def _compared_pair(left: Node, sign: str, right: Node, names: Names) -> Outcome:
    asked, value = asked_by(left, names), _constant(right)
    if asked is None:
        asked, value, sign = asked_by(right, names), _constant(left), _FLIPPED.get(sign, "")
    if asked is None or value is None:
        return ANY
    if sign in ("in", "not in") and isinstance(value, tuple):
        each = [_held_by(asked, "==", one) for one in value]
        none: frozenset[Version] = frozenset()
        found = Outcome(none.union(*(one.true for one in each)), EVERY.intersection(*(one.false for one in each)))
        return found if sign == "in" else found.negated()
    return _held_by(asked, sign, value)


def _held_by(asked: Asked, sign: str, value: Any) -> Outcome:
    compare = _COMPARE.get(sign)
    if compare is None:
        return ANY
    true, false = set(), set()
    for version in EVERY:
        first, last = asked((*version, 0, "alpha", 0)), asked((*version, _LATEST_PATCH, "final", 0))
        try:
            held = {compare(first, value), compare(last, value)}
            if first != last and sign in ("==", "!=") and first <= value <= last:
                held = {True, False}
        except TypeError:
            return ANY  # Such a comparison fails when it runs.
        if True in held:
            true.add(version)
        if False in held:
            false.add(version)
    return Outcome(frozenset(true), frozenset(false))


def asked_by(node: Node, names: Names) -> Asked | None:
    """What of a release an expression looks at: all of `sys.version_info`, its first numbers, one of them."""
    whole = names.asked.get(text_of(node))
    if whole:
        return whole
    value = node.child_by_field_name("object" if node.type == "attribute" else "value")
    inner = names.asked.get(text_of(value)) if value is not None else None
    if inner is None:
        return None
    # In a slice of them, the numbers keep their places.
    field = node.child_by_field_name("attribute" if node.type == "attribute" else "subscript")
    text = text_of(field).replace(" ", "") if field is not None else ""
    index = {"major": 0, "minor": 1, "0": 0, "1": 1}.get(text)
    if index is not None:
        return lambda release: inner(release)[index]
    count = {":1": 1, ":2": 2, ":3": 3}.get(text.removeprefix("0"))
    return (lambda release: inner(release)[:count]) if count else None


def _constant(node: Node) -> Any:
    """The number, or the tuple of numbers and texts, that a node spells out; None for anything else."""
    try:
        value = ast.literal_eval(text_of(node))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return tuple(value) if isinstance(value, (tuple, list, set)) else value if isinstance(value, int) else None


def whole_release(release: tuple[Any, ...]) -> Any:
    """What `sys.version_info` holds."""
    return release


def as_hexadecimal(release: tuple[Any, ...]) -> Any:
    """What `sys.hexversion` holds, as far as versions and patches go."""
    return release[0] << 24 | release[1] << 16 | release[2] << 8


def operands(node: Node) -> Iterator[Node]:
    """The parts of a condition that `and`, `or` and `not` put together."""
    inner = [node.child_by_field_name(field) for field in ("left", "right", "argument")]
    if node.type == "parenthesized_expression":
        inner = list(node.named_children)
    if node.type not in ("parenthesized_expression", "boolean_operator", "not_operator"):
        yield node
        return
    for one in inner:
        if one is not None:
            yield from operands(one)
