"""The topics that the project promises are complete: card, hover and completion of every module, and of its members."""

from __future__ import annotations

import pytest
from test_cards import read_card

from availability import exists
from catalog_compiler.facts import Facts
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.completion import completion, items
from stdlib_ls.features.hover import hover
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.versions import NEWEST_KNOWN, VersionRange

TOPICS = {
    "Data Types and Algorithms": "collections array heapq bisect queue struct copy pprint",
    "Text Processing": "string re difflib textwrap unicodedata stringprep readline fnmatch glob shutil",
    "Binary Data and File Formats": "struct codecs pickle marshal json csv xml.etree.ElementTree xml.dom xml.sax"
    " plistlib",
    "Data Persistence and Databases": "dbm sqlite3 zlib gzip bz2 lzma zipfile tarfile",
    "Cryptographic Services": "hashlib hmac ssl secrets",
    "Operating System Interfaces": "os io time argparse subprocess multiprocessing signal shutil",
    "Concurrency": "threading multiprocessing concurrent.futures",
    "": "pathlib os.path asyncio datetime zoneinfo tomllib functools itertools typing dataclasses contextlib logging"
    " random statistics tempfile unittest.mock urllib.request urllib.parse importlib.metadata importlib.resources"
    " resource",
}
MODULES = sorted({module for modules in TOPICS.values() for module in modules.split()})
CURSOR = "<|>"


@pytest.fixture
def context(catalog: Catalog) -> Context:
    return Context(catalog, VersionRange(lowest=NEWEST_KNOWN))


def offered(text: str, context: Context) -> set[str]:
    """The labels that completion offers at the cursor."""
    file = SourceFile(text.replace(CURSOR, ""), context)
    wanted = completion(file, text.index(CURSOR))
    return {item.label for group in wanted.groups for item in items(group, context)} if wanted else set()


@pytest.mark.parametrize(("topic", "module"), [(topic, one) for topic in TOPICS for one in TOPICS[topic].split()])
def test_the_card_is_filed_under_its_topic(topic: str, module: str) -> None:
    assert not topic or topic in read_card(module)["topics"]


@pytest.mark.parametrize("module", MODULES)
def test_hover_shows_the_card(module: str, context: Context) -> None:
    statement = f"import {module}"
    found = hover(SourceFile(statement, context), len(statement) - 1)
    assert found is not None
    card, start, end = found
    own = read_card(module)
    assert statement[start:end] == module.rpartition(".")[2]
    assert (card.title, card.summary) == (module, own["summary"])
    assert card.members and card.members == tuple(own["reach_for"].items())[: len(card.members)]
    assert card.example and card.example == own["example"].rstrip("\n")
    assert card.link and card.link[1].startswith("https://docs.python.org/")


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("statement", [f"import {CURSOR}", f"from {CURSOR}"])
def test_completion_offers_the_module(statement: str, module: str, context: Context) -> None:
    package, _, name = module.rpartition(".")
    dotted = f"{package}.{CURSOR}" if package else CURSOR
    assert name in offered(statement.replace(CURSOR, dotted), context)


@pytest.mark.parametrize("module", MODULES)
def test_completion_offers_what_is_documented(module: str, context: Context, facts: Facts) -> None:
    rows = [facts.symbols[name] for name in facts.members[module]]
    documented = {
        row["name"].removeprefix(module + ".")
        for row in rows
        if facts.is_public(row) and exists(facts, row, NEWEST_KNOWN)
    }
    assert documented
    assert documented <= offered(f"from {module} import {CURSOR}", context)
