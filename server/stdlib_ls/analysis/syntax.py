"""The parser, and the way down a syntax tree to a place."""

from __future__ import annotations

from typing import NamedTuple

import tree_sitter_python
from tree_sitter import Language, Node, Parser, Tree

_PARSER = Parser(Language(tree_sitter_python.language()))


def parse(source: bytes, old: Tree | None = None) -> Tree:
    """The syntax tree of Python source, broken or not; `old` is an edited tree of the same file."""
    return _PARSER.parse(source, old) if old else _PARSER.parse(source)


class Step(NamedTuple):
    """One node on the way down to a place, and the field by which its parent holds it."""

    node: Node
    field: str | None


class Part(NamedTuple):
    """One name of a dotted chain and its span."""

    text: str
    start: int
    end: int


def path_to(node: Node, offset: int) -> list[Step]:
    """The nodes from `node` down to the leaf that begins at or holds an absolute offset.

    Going down costs the depth; asking a node for its parent would search from the root each time.
    """
    cursor = node.walk()
    steps = [Step(node, None)]
    while cursor.goto_first_child_for_byte(offset) is not None:
        inner = cursor.node
        if inner is None or inner.start_byte > offset:
            break
        steps.append(Step(inner, cursor.field_name))
    return steps


def text_of(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def part(node: Node, base: int) -> Part:
    """An identifier with its span relative to `base`."""
    return Part(text_of(node), node.start_byte - base, node.end_byte - base)
