"""A source text with its syntax tree, cut into blocks that survive edits.

A block is one top-level statement. What is found out about it depends on its own text alone, so it is
kept, and an edit costs the statements that it touches, not the file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tree_sitter import Node, Point

from stdlib_ls.analysis.blocks import Block, places_of_word
from stdlib_ls.analysis.lines import LineIndex, encode
from stdlib_ls.analysis.syntax import Step, parse, path_to

_MANY = 24


class Document:
    """The text of one file. `source` is UTF-8; all offsets are bytes of it."""

    def __init__(self, text: str) -> None:
        self.source = encode(text)
        self.lines = LineIndex(self.source)
        self._tree = parse(self.source)
        self._known: dict[tuple[str, bytes], Block] = {}
        self._words: frozenset[str] | None = None
        self._index: defaultdict[bytes, list[int]] | None = None
        self._asked = 0
        self._cut()

    def replace(self, start: int, old_end: int, text: str) -> None:
        """Put `text` in place of the bytes `start:old_end`."""
        new = encode(text)
        new_end = start + len(new)
        old_points = self._point(start), self._point(old_end)
        self.source = self.source[:start] + new + self.source[old_end:]
        self.lines.replace(self.source, start, old_end, new_end)
        self._tree.edit(start, old_end, new_end, *old_points, self._point(new_end))
        self._tree = parse(self.source, self._tree)
        self._cut()

    def update(self, text: str) -> None:
        """Make `text` the whole text, by replacing what differs."""
        new, old = encode(text), self.source
        if new == old:
            return
        start = _common(old, new)
        tail = _common_end(old[start:], new[start:])
        # Neither end may cut a character in two.
        while start and (new[start : start + 1] or b"a")[0] & 0xC0 == 0x80:
            start -= 1
        while tail and new[len(new) - tail] & 0xC0 == 0x80:
            tail -= 1
        self.replace(start, len(old) - tail, new[start : len(new) - tail].decode("utf-8", "surrogatepass"))

    def patched(self, offset: int, text: str) -> Document:
        """A copy with `text` put in at an offset, for a look at what the code would be; shares the blocks."""
        copy = object.__new__(Document)
        copy.source = self.source
        copy.lines = LineIndex(b"")
        copy.lines.starts = list(self.lines.starts)
        copy._tree = self._tree.copy()
        copy._known = self._known
        copy.replace(offset, offset, text)
        return copy

    def words(self) -> frozenset[str]:
        """Every word of the text, those in comments and strings included."""
        if self._words is None:
            found = frozenset[bytes]().union(*(block.names for block in self.blocks))
            self._words = frozenset(word.decode("utf-8", "replace") for word in found)
        return self._words

    def places_of(self, word: str) -> Iterator[int]:
        """Where a word begins in the text, comments and strings included; a part of a longer word is none."""
        return places_of_word(self.source, word.encode("utf-8", "surrogatepass"))

    def blocks_with(self, word: str) -> Sequence[int]:
        """The blocks that hold a word, in order. Once many words have been asked about, all are put into an index."""
        wanted = word.encode("utf-8", "surrogatepass")
        self._asked += 1
        if self._index is None and self._asked < _MANY:
            return [index for index, block in enumerate(self.blocks) if wanted in block.names]
        if self._index is None:
            self._index = defaultdict(list)
            for index, block in enumerate(self.blocks):
                for name in block.names:
                    self._index[name].append(index)
        return self._index.get(wanted, ())

    def block_at(self, offset: int) -> int:
        """The index of the block that holds an offset, or ends at it; -1 before the first one."""
        return bisect_right(self.starts, offset) - 1

    def path_to(self, offset: int) -> list[Step]:
        """The nodes from the whole file down to the leaf that begins at or holds an offset."""
        index = self.block_at(offset)
        return [Step(self._tree.root_node, None), *(path_to(self.nodes[index], offset) if index >= 0 else ())]

    def in_text(self, offset: int) -> bool:
        """Whether an offset is inside a string or a comment, and not in the code of an f-string."""
        if self._in_open_string(offset):
            return True
        index = self.block_at(offset - 1)
        if index < 0 or offset > self.nodes[index].end_byte:
            return False
        kinds = [step.node.type for step in path_to(self.nodes[index], offset - 1)]
        if kinds[-1] == "comment":
            return True
        texts = [position for position, kind in enumerate(kinds) if kind in ("string", "interpolation")]
        return bool(texts) and kinds[texts[-1]] == "string" and kinds[-1] != "string_end"

    def _in_open_string(self, offset: int) -> bool:
        """Whether a string that its line does not close has begun before an offset; the tree has no node for it."""
        begin = self.lines.starts[self.lines.line_of(offset)]
        for quote in re.finditer(rb"['\"]", self.source[begin:offset]):
            index = self.block_at(begin + quote.start())
            steps = path_to(self.nodes[index], begin + quote.start()) if index >= 0 else []
            if len(steps) > 1 and steps[-1].node.type == "string_start" and steps[-2].node.type == "ERROR":
                text = self.source[begin + quote.end() : offset]
                is_formatted = b"f" in (steps[-1].node.text or b"").lower()
                return not is_formatted or text.count(b"{") <= text.count(b"}")
        return False

    def error_count(self) -> int:
        """How many top-level statements do not parse."""
        return sum(node.has_error for node in self.nodes)

    def is_only_statement(self, start: int, end: int) -> bool:
        """Whether the statement `start:end` stands alone in the block that holds it."""
        index = self.block_at(start)
        steps = path_to(self.nodes[index], start)
        for inner, outer in zip(steps[:0:-1], steps[-2::-1], strict=True):
            if outer.node.type == "block" and inner.node.end_byte >= end:
                return sum(child.type != "comment" for child in outer.node.named_children) == 1
        return False

    def _cut(self) -> None:
        nodes = self._tree.root_node.children
        known, source = self._known, self.source
        self.nodes: list[Node] = nodes
        self.starts: list[int] = [node.start_byte for node in nodes]
        self.blocks: list[Block] = []
        self._known = {}
        self._words = None
        self._index, self._asked = None, 0
        for node, start in zip(nodes, self.starts, strict=True):
            key = (node.type, source[start : node.end_byte])
            block = known.get(key) or self._known.get(key) or Block(key[1])
            self._known[key] = block
            self.blocks.append(block)

    def _point(self, offset: int) -> Point:
        line = self.lines.line_of(offset)
        point: Point = Point(line, offset - self.lines.starts[line])
        return point


def _common(left: bytes, right: bytes) -> int:
    """The length of the longest common beginning, found by halving: comparing slices is fast, bytes slow."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(left: bytes, right: bytes) -> int:
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[len(left) - middle : len(left) - low] == right[len(right) - middle : len(right) - low]:
            low = middle
        else:
            high = middle - 1
    return low
