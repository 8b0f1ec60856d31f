"""Blocks: top-level statements, each with what has been found out about it so far.

Everything is found from the text outwards: a search for the name, then one walk down the syntax tree to
each hit. So the cost is that of the names asked about, not that of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from stdlib_ls.analysis.imports import Import, find_imports
from stdlib_ls.analysis.occurrences import Occurrence, classify
from stdlib_ls.analysis.syntax import path_to

_HEAD = re.compile(rb"(?<![\w.\x80-\xff])([A-Za-z_]\w*)\.\Z")
_LONGEST_HEAD = 60
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")


class Block:
    """A top-level statement's text and the facts of it; their offsets are relative to its start.

    The methods take the statement's node in the tree of today, since nodes do not outlive an edit.
    """

    __slots__ = ("_heads", "_imports", "_occurrences", "names", "source")

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.names = frozenset(_WORD.findall(source))
        self._occurrences: dict[str, tuple[Occurrence, ...]] = {}
        self._heads: dict[str, frozenset[str]] = {}
        self._imports: tuple[Import, ...] | None = None

    def imports(self, node: Node) -> tuple[Import, ...]:
        """What the statement imports, in order."""
        if self._imports is None:
            self._imports = tuple(find_imports(self.source, node)) if b"import" in self.names else ()
        return self._imports

    def occurrences(self, name: str, node: Node) -> tuple[Occurrence, ...]:
        """Every appearance of a name outside import statements, in order."""
        found = self._occurrences.get(name)
        if found is None:
            found = self._occurrences[name] = tuple(self._find(name, node))
        return found

    def heads_of(self, attribute: str) -> frozenset[str]:
        """The names of which an attribute is taken, directly and on one line."""
        found = self._heads.get(attribute)
        if found is None:
            places = places_of_word(self.source, attribute.encode("utf-8", "surrogatepass"))
            heads = (_HEAD.search(self.source, max(0, place - _LONGEST_HEAD), place) for place in places)
            found = frozenset(head[1].decode("utf-8", "replace") for head in heads if head)
            self._heads[attribute] = found
        return found

    def _find(self, name: str, node: Node) -> list[Occurrence]:
        word = name.encode("utf-8", "surrogatepass")
        if word not in self.names:
            return []
        found = []
        for place in places_of_word(self.source, word):
            steps = path_to(node, node.start_byte + place)
            occurrence = classify(steps, node.start_byte)
            if occurrence:
                found.append(occurrence)
        return found


def places_of_word(source: bytes, word: bytes) -> Iterator[int]:
    """Where a word begins; a part of a longer one is none. A plain search is many times faster than a pattern."""
    at = source.find(word)
    while at >= 0:
        end = at + len(word)
        if source[at - 1 : at] not in _IN_WORDS and source[end : end + 1] not in _IN_WORDS:
            yield at
        at = source.find(word, end)


_IN_WORDS = frozenset(bytes((byte,)) for byte in range(256) if byte > 127 or chr(byte).isalnum() or byte == ord("_"))
