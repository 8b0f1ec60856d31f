"""Patterns: Python expressions with $HOLES, found in source by comparing syntax trees.

Patterns are parsed by the same grammar as the source, so that they need no language of their own and no
tree-sitter queries, which are dear to compile. `catalog/GUIDE.md` describes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from tree_sitter import Node

from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.syntax import Step, parse, path_to, text_of
from stdlib_ls.analysis.table import Sighting

_HOLE = re.compile(r"\$(\$?)([A-Z][A-Z0-9_]*)")
_ONE, _REST = "hole_one_", "*hole_rest_"
# Callables that take their only argument apart and keep nothing of it.
CONSUMERS = frozenset(
    ["list", "tuple", "set", "frozenset", "sorted", "dict", "sum", "min", "max", "any", "all", "enumerate"]
)


class Found(NamedTuple):
    """A pattern found: the span of the whole expression, and the text that each hole holds.

    `bare` says which hole texts are single terms, which need no brackets wherever they are put.
    """

    start: int
    end: int
    holes: Mapping[str, str] = MappingProxyType({})
    bare: frozenset[str] = frozenset()


class Pattern(NamedTuple):
    """A parsed pattern. `anchor` is the dotted name it begins with, `depth` how far that lies below the root."""

    root: Node
    anchor: str
    depth: int


@lru_cache(1024)
def compile_pattern(text: str, anchor: str) -> Pattern:
    """Parse a pattern that begins with the dotted name `anchor`."""
    source = _HOLE.sub(lambda found: (_REST if found[1] else _ONE) + found[2], text)
    root = parse(source.encode()).root_node.children[0].children[0]
    depth, node = 0, root
    while text_of(node) != anchor:
        node, depth = node.children[0], depth + 1
    return Pattern(root, anchor, depth)


def find_pattern(
    pattern: Pattern, sighting: Sighting, document: Document, *, rest: list[str] | None = None, when: str = ""
) -> Found | None:
    """The expression around a use that fits a pattern, or None.

    `rest` are the keyword arguments that a $$HOLE may hold (None: any arguments), `when` the place where the
    whole must stand.
    """
    index = next((i for i, part in enumerate(sighting.parts) if part.name == pattern.anchor), None)
    block = document.block_at(sighting.start)
    if index is None or block < 0:
        return None
    steps = path_to(document.nodes[block], sighting.start)
    position = len(steps) - 1 - index - pattern.depth
    if position < 0:
        return None
    anchor = steps[len(steps) - 1 - index].node
    matcher = _Matcher(anchor, rest)
    candidate = steps[position].node
    if not matcher.fits(pattern.root, candidate, pattern.depth):
        return None
    if when and not stands(steps, position, when):
        return None
    return Found(candidate.start_byte, candidate.end_byte, matcher.holes, frozenset(matcher.bare))


def find_name(anchor: str, sighting: Sighting, document: Document, *, when: str = "") -> Found | None:
    """The span in which a use names `anchor`, or something reached through it."""
    index = next((i for i, part in enumerate(sighting.parts) if f"{part.name}.".startswith(anchor + ".")), None)
    if index is None:
        return None
    if when:
        steps = path_to(document.nodes[document.block_at(sighting.start)], sighting.start)
        position = len(steps) - 1 - index
        if position < 0 or not stands(steps, position, when):
            return None
    return Found(sighting.start, sighting.parts[index].end)


def is_stored(sighting: Sighting, document: Document) -> bool:
    """Whether a use is assigned to or deleted: `psutil.cpu_count = fake`, alone or among other targets."""
    steps = path_to(document.nodes[document.block_at(sighting.start)], sighting.start)
    position = max(len(steps) - len(sighting.parts), 1)
    while position > 1 and steps[position - 1].node.type in _GROUPS:
        position -= 1
    parent, field = steps[position - 1].node.type, steps[position].field
    return parent in ("delete_statement", "as_pattern_target") or (field == "left" and parent in _STORES)


def may_stand(text: str, sighting: Sighting, document: Document) -> bool:
    """Whether an expression may take the place of a use without meaning something else there.

    In a case pattern it would capture or compare in another way, an f-string can show its own source (`{x=}`),
    and before Python 3.12 it ends at the first quote of its kind.
    """
    for step in path_to(document.nodes[document.block_at(sighting.start)], sighting.start):
        node = step.node
        if node.type == "case_pattern" and not re.fullmatch(r"\w+(\.\w+)+", text):
            return False
        if node.type == "interpolation" and any(child.type == "=" for child in node.children):
            return False
        if node.type == "string" and text_of(node.children[0]).lstrip("bBfFrRtTuU") in text:
            return False
    return True


@lru_cache(1024)
def is_term(pattern: str) -> bool:
    """Whether a pattern is a single term, which needs no brackets wherever it is put."""
    expression = parse(_HOLE.sub(_ONE, pattern).encode()).root_node.children[0].children[0]
    return expression.type in _TERMS


_GROUPS = frozenset(
    (
        *("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern"),
        *("tuple", "list", "parenthesized_expression", "expression_list"),
    )
)
_STORES = frozenset(("assignment", "augmented_assignment", "for_statement", "for_in_clause"))


class _Matcher:
    """One comparison of a pattern with a candidate; collects what the holes hold."""

    def __init__(self, anchor: Node, rest: list[str] | None) -> None:
        self.holes: dict[str, str] = {}
        self.bare: set[str] = set()
        self._anchor = anchor
        self._rest = rest

    def fits(self, pattern: Node, candidate: Node, depth: int = -1) -> bool:
        """Whether a candidate has the shape of a pattern; `depth` counts down to the anchor on the first child."""
        if depth == 0:
            return candidate.start_byte == self._anchor.start_byte and candidate.end_byte == self._anchor.end_byte
        hole = text_of(pattern) if pattern.type == "identifier" else ""
        if hole.startswith(_ONE):
            return self._bind(hole.removeprefix(_ONE), candidate)
        if pattern.type != candidate.type or candidate.has_error:
            return False
        if pattern.type == "argument_list":
            return self._fits_arguments(pattern, candidate)
        if not pattern.children:
            return pattern.text == candidate.text
        own, other = _solid(pattern), _solid(candidate)
        if len(own) != len(other):
            return False
        return all(
            self.fits(left, right, depth - 1 if number == 0 and depth > 0 else -1)
            for number, (left, right) in enumerate(zip(own, other, strict=True))
        )

    def _fits_arguments(self, pattern: Node, candidate: Node) -> bool:
        wanted = [child for child in pattern.named_children if child.type != "comment"]
        given = [child for child in candidate.named_children if child.type != "comment"]
        rest_hole = next((text_of(arg) for arg in wanted if text_of(arg).startswith(_REST)), None)
        keywords = {_keyword(arg): arg for arg in given if arg.type == "keyword_argument"}
        positional = [arg for arg in given if arg.type != "keyword_argument"]
        for arg in wanted:
            if text_of(arg).startswith(_REST):
                continue
            if arg.type == "keyword_argument":
                actual = keywords.pop(_keyword(arg), None)
                value, wanted_value = (one and one.child_by_field_name("value") for one in (actual, arg))
                if value is None or wanted_value is None or not self.fits(wanted_value, value):
                    return False
            elif not positional or _is_splat(positional[0]) or not self.fits(arg, positional.pop(0)):
                return False
        left = [arg for arg in given if arg in positional or arg in keywords.values()]
        if rest_hole is None:
            return not left
        if self._rest is not None and any(
            arg.type != "keyword_argument" or _keyword(arg) not in self._rest for arg in left
        ):
            return False
        self.holes[rest_hole.removeprefix(_REST)] = ", ".join(map(text_of, left))
        return True

    def _bind(self, hole: str, candidate: Node) -> bool:
        if (
            not candidate.is_named
            or candidate.has_error
            or candidate.type in ("keyword_argument", "list_splat", "dictionary_splat")
        ):
            return False
        text = text_of(candidate)
        if self.holes.setdefault(hole, text) != text:
            return False
        if candidate.type in _TERMS:
            self.bare.add(hole)
        return True


_TERMS = frozenset(
    (
        *("identifier", "attribute", "call", "subscript", "string", "list", "dictionary", "set"),
        *("tuple", "true", "false", "none", "ellipsis", "parenthesized_expression"),
        *("list_comprehension", "dictionary_comprehension", "set_comprehension"),
    )
)


def _solid(node: Node) -> list[Node]:
    return [child for child in node.children if child.type != "comment"]


def _keyword(argument: Node) -> str:
    """The name of a keyword argument, or nothing."""
    name = argument.child_by_field_name("name") if argument.type == "keyword_argument" else None
    return text_of(name) if name is not None else ""


def _is_splat(argument: Node) -> bool:
    return argument.type in ("list_splat", "dictionary_splat")


def stands(steps: list[Step], position: int, when: str) -> bool:
    """Whether the node at a position of a path stands in one of the places that rows may ask for."""
    (node, field), parent = steps[position], steps[position - 1].node if position else None
    above = steps[position - 2].node if position > 1 else None
    if parent is None:
        return False
    if when == "statement":
        return parent.type == "expression_statement"
    if when == "decorator":
        return parent.type == "decorator"
    if when == "with":
        return parent.type == "with_item" or (
            parent.type == "as_pattern" and above is not None and above.type == "with_item"
        )
    if when == "annotation":
        return any(step.node.type == "type" for step in steps[:position])
    if when == "base":
        return parent.type == "argument_list" and above is not None and above.type == "class_definition"
    if when == "except":
        return any(step.node.type in ("except_clause", "except_group_clause") for step in steps[:position][-3:]) and (
            parent.type in ("except_clause", "except_group_clause", "as_pattern", "tuple")
        )
    return when == "iterated" and _is_iterated(parent, field, above, node)


def _is_iterated(parent: Node, field: str | None, above: Node | None, node: Node) -> bool:
    if parent.type in ("for_statement", "for_in_clause"):
        return field == "right"
    if parent.type != "argument_list" or above is None or above.type != "call" or len(parent.named_children) != 1:
        return False
    function = above.child_by_field_name("function")
    return function is not None and text_of(function) in CONSUMERS
