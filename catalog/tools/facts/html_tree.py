"""A small tree of an HTML page, enough to read what Sphinx writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass(eq=False)
class Node:
    """An element: its children are elements and texts, in the order of the page."""

    tag: str
    attributes: dict[str, str]
    parent: Node | None
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The classes of its style."""
        return self.attributes.get("class", "").split()

    @property
    def id(self) -> str:
        """Its anchor, or nothing."""
        return self.attributes.get("id", "")

    @property
    def elements(self) -> list[Node]:
        """Its children but for texts."""
        return [child for child in self.children if isinstance(child, Node)]

    def walk(self, *tags: str) -> Iterator[Node]:
        """Every element below this one, in the order of the page; of these tags only, where some are given."""
        for child in self.elements:
            if not tags or child.tag in tags:
                yield child
            yield from child.walk(*tags)

    def owners(self) -> Iterator[Node]:
        """The elements that this one is in, the closest first."""
        owner = self.parent
        while owner is not None:
            yield owner
            owner = owner.parent

    def text(self) -> str:
        """All text in it, without the signs that link to a heading."""
        return re.sub(r"\s+", " ", "".join(self._texts())).replace("\u00b6", "").strip()

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.open = Node("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(node)
        if tag not in _VOID:
            self.open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for node in (self.open, *self.open.owners()):
            if node.tag == tag and node.parent is not None:
                self.open = node.parent
                return

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def parse_html(text: str) -> Node:
    """The tree of a page."""
    builder = _Builder()
    builder.feed(text)
    return builder.root
