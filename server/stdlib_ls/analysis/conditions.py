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


class Outcome(NamedTuple):
    """The versions on which a condition can hold, and those on which it can fail."""

    true: frozenset[Version] = EVERY
    false: frozenset[Version] = EVERY

    def negated(self) -> Outcome:
        return Outcome(self.false, self.true)


ANY = Outcome()


def outcome_of(node: Node, constants: Mapping[str, Outcome]) -> Outcome:
    """What is known of a condition; `constants` are names of the file that hold conditions."""
    kind = node.type
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return outcome_of(node.named_children[0], constants)
    if kind == "not_operator" and (argument := node.child_by_field_name("argument")):
        return outcome_of(argument, constants).negated()
    if kind == "boolean_operator":
        return _joined(node, constants)
    if kind == "comparison_operator":
        return _compared(node)
    if kind in ("true", "false", "integer"):
        holds = text_of(node) not in ("False", "0")
        return Outcome(EVERY, frozenset()) if holds else Outcome(frozenset(), EVERY)
    if kind == "identifier" and text_of(node) in constants:
        return constants[text_of(node)]
    return _ABOUT_PYTHON_2.get(text_of(node).rpartition(".")[2], ANY) if kind in ("identifier", "attribute") else ANY


_PYTHON_2 = Outcome(frozenset((LAST_PYTHON_2,)), EVERY - {LAST_PYTHON_2})
_ABOUT_PYTHON_2 = {"PY2": _PYTHON_2, "PY3": _PYTHON_2.negated()}


def _joined(node: Node, constants: Mapping[str, Outcome]) -> Outcome:
    sides = [node.child_by_field_name(side) for side in ("left", "right")]
    left, right = (outcome_of(side, constants) if side else ANY for side in sides)
    if any(child.type == "and" for child in node.children):
        return Outcome(left.true & right.true, left.false | right.false)
    return Outcome(left.true | right.true, left.false & right.false)


def _compared(node: Node) -> Outcome:
    """A comparison, also a chained one: each pair of operands in turn."""
    operands = [child for child in node.named_children if child.type != "comment"]
    signs = [text_of(child) for child in node.children if not child.is_named]
    if len(signs) != len(operands) - 1:
        return ANY
    pairs = [_compared_pair(*pair) for pair in zip(operands, signs, operands[1:], strict=False)]
    none: frozenset[Version] = frozenset()
    return Outcome(EVERY.intersection(*(pair.true for pair in pairs)), none.union(*(pair.false for pair in pairs)))


def _compared_pair(left: Node, sign: str, right: Node) -> Outcome:
    asked, value = _asked(left), _constant(right)
    if asked is None:
        asked, value, sign = _asked(right), _constant(left), _FLIPPED.get(sign, "")
    if asked is None or value is None:
        return ANY
    if sign in ("in", "not in") and isinstance(value, tuple):
        each = [_held_by(asked, "==", one) for one in value]
        none: frozenset[Version] = frozenset()
        found = Outcome(none.union(*(one.true for one in each)), EVERY.intersection(*(one.false for one in each)))
        return found if sign == "in" else found.negated()
    return _held_by(asked, sign, value)


_Asked = Callable[[tuple[Any, ...]], Any]


def _held_by(asked: _Asked, sign: str, value: Any) -> Outcome:
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


def _asked(node: Node) -> _Asked | None:
    """What of a release an expression looks at: all of `sys.version_info`, its first numbers, one of them."""
    kind, text = node.type, text_of(node)
    if text.rpartition(".")[2] == "version_info":
        return lambda release: release
    if text.rpartition(".")[2] == "hexversion":
        return lambda release: release[0] << 24 | release[1] << 16 | release[2] << 8
    if kind == "attribute" and text.endswith((".version_info.major", ".version_info.minor")):
        index = ("major", "minor").index(text.rpartition(".")[2])
        return lambda release: release[index]
    if kind != "subscript":
        return None
    value, field = node.child_by_field_name("value"), node.child_by_field_name("subscript")
    if value is None or field is None or text_of(value).rpartition(".")[2] != "version_info":
        return None
    if field.type == "integer" and text_of(field) in ("0", "1"):
        number = int(text_of(field))
        return lambda release: release[number]
    if field.type == "slice":
        begin, _, end = text_of(field).replace(" ", "").partition(":")
        if begin in ("", "0") and end in ("1", "2", "3"):
            count = int(end)
            return lambda release: release[:count]
    return None


def _constant(node: Node) -> Any:
    """The number, or the tuple of numbers and texts, that a node spells out; None for anything else."""
    try:
        value = ast.literal_eval(text_of(node))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return tuple(value) if isinstance(value, (tuple, list, set)) else value if isinstance(value, int) else None


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
