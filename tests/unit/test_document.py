"""Documents under edits: lines, positions, the tree and the table must equal those of a fresh reading."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from tree_sitter import Node

from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.lines import Encoding, LineIndex, decode, encode
from stdlib_ls.analysis.sightings import Sightings
from stdlib_ls.catalog.store import Catalog

SNIPPETS = [
    *("\n", "\r\n", "\r", "\n\n", "\r\r\n", "\f", "\u2028", "\x0b", "\x85", "\x1c", " ", "    ", "\t"),
    *(
        "import json\n",
        "import ",
        "from os import (",
        "path,",
        ")",
        "json.dumps(1)\n",
        ".",
        "x = 1\r\n",
        "as d",
        "#",
        "\\\n",
    ),
    *(
        "'",
        '"',
        '"""',
        "f'{",
        "}",
        "(",
        "[",
        "{",
        "]",
        ":",
        "def f():\n    ",
        "class A:\r\n\tx = os\r\n",
        "if x:\r",
        "@",
        "*",
    ),
    *("😀", "é", "漢字", "👩‍👩‍👧", "\u0301", "größe = os\n", "\ud800", "\x00", "\ufeff"),
]
ENCODINGS: list[Encoding] = ["utf-8", "utf-16", "utf-32"]
EDITS = 400

CATALOG = Catalog()


def edits(seed: int, text: str) -> Iterator[tuple[int, int, str]]:
    """Random edits of a text that changes with them: (start, end, new), counted in characters."""
    chance = random.Random(seed)
    for _ in range(EDITS):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.choice((0, 0, 0, 1, 2, 5, 30)))
        new = "".join(chance.choice(SNIPPETS) for _ in range(chance.choice((0, 1, 1, 2, 3))))
        yield start, end, new
        text = text[:start] + new + text[end:]
        if len(text) > 2000:
            yield 0, len(text), ""
            text = ""


def leaves(node: Node) -> Iterator[tuple[str, int, int, bool]]:
    yield node.type, node.start_byte, node.end_byte, node.is_missing
    for child in node.children:
        yield from leaves(child)


def shape(document: Document) -> list[tuple[str, int, int, bool]]:
    return [leaf for node in document.nodes for leaf in leaves(node)]


def table(document: Document) -> list[tuple[object, ...]]:
    sightings = Sightings(document, CATALOG)
    found: list[tuple[object, ...]] = []
    for site in sightings.imports():
        found.append((site.imported.local, site.imported.target, site.base + site.imported.start))
        found += [(use.parts, use.names, use.doubtful) for use in sightings.uses_of(site)]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_edits_equal_a_fresh_reading(seed: int) -> None:
    text, document = "", Document("")
    for start, end, new in edits(seed, text):
        first = len(encode(text[:start]))
        document.replace(first, first + len(encode(text[start:end])), new)
        text = text[:start] + new + text[end:]
        fresh = Document(text)
        assert document.source == fresh.source
        assert document.lines.starts == fresh.lines.starts
        assert document.starts == fresh.starts
        assert [block.source for block in document.blocks] == [block.source for block in fresh.blocks]
        assert shape(document) == shape(fresh)
        assert table(document) == table(fresh)


@pytest.mark.parametrize("seed", range(4, 6))
def test_whole_texts_equal_a_fresh_reading(seed: int) -> None:
    text, document = "", Document("")
    for start, end, new in edits(seed, text):
        text = text[:start] + new + text[end:]
        document.update(text)
        fresh = Document(text)
        assert document.source == fresh.source
        assert document.lines.starts == fresh.lines.starts
        assert shape(document) == shape(fresh)


def test_a_patched_copy_leaves_the_document_alone() -> None:
    document = Document("import json\njson.\nx = 1\n")
    copy = document.patched(17, "dumps")
    assert copy.source == b"import json\njson.dumps\nx = 1\n"
    assert shape(copy) == shape(Document("import json\njson.dumps\nx = 1\n"))
    assert document.source == b"import json\njson.\nx = 1\n"
    assert shape(document) == shape(Document("import json\njson.\nx = 1\n"))


def test_untouched_blocks_are_kept() -> None:
    document = Document("import a\n\ndef f():\n    a\n\nx = a\n")
    before = document.blocks
    document.replace(0, 0, "y = 1\n")
    assert document.blocks[1:] == before


def lines_of(text: str) -> list[str]:
    """The lines as the protocol has them: LF, CRLF and CR end one, and nothing else does."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def width(text: str, encoding: Encoding) -> int:
    sizes = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
    return len(text.encode(encoding + "-le" if encoding != "utf-8" else encoding, "surrogatepass")) // sizes[encoding]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("seed", range(6, 9))
def test_positions_go_both_ways(seed: int, encoding: Encoding) -> None:
    chance = random.Random(seed)
    text = "".join(chance.choice(SNIPPETS) for _ in range(200)).replace("\ud800", "")
    source = encode(text)
    index, offset = LineIndex(source), 0
    for number, line in enumerate(lines_of(text)):
        assert index.starts[number] == offset
        for column in range(len(line) + 1):
            at, before = offset + len(encode(line[:column])), width(line[:column], encoding)
            assert index.position(source, at, encoding) == (number, before)
            assert index.offset(source, number, before, encoding) == at
        offset += len(encode(line))
        offset += 2 if source[offset : offset + 2] == b"\r\n" else 1
    assert len(index.starts) == len(lines_of(text))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_positions_beyond_the_text_are_brought_back(encoding: Encoding) -> None:
    source = encode("aé😀\r\nb")
    index = LineIndex(source)
    assert index.offset(source, 0, 99, encoding) == len(encode("aé😀"))
    assert index.offset(source, 1, 99, encoding) == len(source)
    assert index.offset(source, 99, 0, encoding) == len(source)


def test_a_position_inside_a_pair_takes_the_whole_pair() -> None:
    source = encode("😀b")
    assert LineIndex(source).offset(source, 0, 1, "utf-16") == 4


def test_lone_surrogates_survive() -> None:
    assert decode(Document("x = '\ud800'\n").source) == "x = '\ud800'\n"


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("'a|b'", True),
        ("|'ab'", False),
        ("'ab'|", False),
        ("'ab|'", True),
        ("# a|b", True),
        ("x  # ab|", True),
        ("f'a{b|}c'", False),
        ("f'a|{b}c'", True),
        ("f'{a[\"b|\"]}'", True),
        ("'''a\n|b\n'''", True),
        ("x = 'ab|", True),
        ("|", False),
    ],
)
def test_text_is_told_from_code(text: str, inside: bool) -> None:
    before, _, after = text.partition("|")
    assert Document(before + after).in_text(len(encode(before))) is inside
