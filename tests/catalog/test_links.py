"""Every link into the documentation works: its page and anchor are in the inventory of the version that it names.

`inventories/` holds the addresses of each version whose documentation was at hand when the facts were made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from availability import exists
from catalog_compiler.facts import Facts
from facts.links import read_inventories
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.cards import docs_link
from stdlib_ls.features.source_file import Context
from stdlib_ls.settings import Settings
from stdlib_ls.versions import NEWEST_KNOWN, OLDEST_KNOWN, Version, VersionRange, parse_version

INVENTORIES = Path(__file__).parent / "inventories"
LARGEST_INVENTORY = 150_000
LIBRARY_PAGE = "library/index.html"


@pytest.fixture(scope="module")
def inventories() -> dict[Version, set[str]]:
    found = read_inventories(INVENTORIES)
    return {(3, minor): set().union(*places.values()) for minor, places in found.items()}


def context_of(catalog: Catalog, newest: Version) -> Context:
    return Context(catalog, VersionRange(lowest=OLDEST_KNOWN, newest=newest), Settings(docs_url=""))


def test_every_link_is_in_the_inventory_of_its_version(
    facts: Facts, catalog: Catalog, inventories: dict[Version, set[str]], say: Callable[[str], None]
) -> None:
    counted: Counter[str] = Counter()
    broken = []
    for version in inventories:
        context = context_of(catalog, version)
        for name, row in (*facts.modules.items(), *facts.symbols.items()):
            entry = catalog.find(name) if exists(facts, row, version) else None
            if entry is None:
                continue
            _, shown, page = docs_link(entry, context)[1].split("/", 2)
            linked = parse_version(shown)
            assert linked, shown
            if page == LIBRARY_PAGE:
                counted["only to the library's contents"] += 1
                continue
            kind = "of that version" if linked == version else "later" if linked > version else "earlier"
            counted[kind if linked in inventories else "of versions without an inventory"] += 1
            if linked in inventories and page not in inventories[linked]:
                broken.append(f"{name} at {version}: {shown}/{page}")
    say(f"links: {sum(counted.values())} checked; " + ", ".join(f"{count} {kind}" for kind, count in counted.items()))
    assert broken == []


def test_everything_that_is_documented_is_in_the_facts(
    facts: Facts, inventories: dict[Version, set[str]], say: Callable[[str], None]
) -> None:
    linked = set()
    for row in (*facts.modules.values(), *facts.symbols.values()):
        linked |= {row.get("doc"), row.get("doc_last", "").partition(":")[2], *row.get("doc_before", {}).values()}
    documented = set().union(*inventories.values())
    say(f"documented: {len(documented)} places in {len(inventories)} versions, {len(documented & linked)} in the facts")
    assert sorted(documented - linked) == []


def test_only_names_of_modules_without_any_page_are_linked_to_the_contents(facts: Facts, catalog: Catalog) -> None:
    def has_page(module: str) -> bool:
        row: dict[str, Any] = facts.modules.get(module, {})
        return "doc" in row or ("." in module and has_page(module.rpartition(".")[0]))

    without = [
        name
        for name, row in (*facts.modules.items(), *facts.symbols.items())
        if has_page(row.get("module", name))
        and (entry := catalog.find(name))
        and docs_link(entry, context_of(catalog, NEWEST_KNOWN))[1].endswith(LIBRARY_PAGE)
    ]
    assert without == []


@pytest.mark.parametrize(
    ("name", "newest", "link"),
    [
        ("builtins.ValueError", (3, 15), "/3.15/builtins/exceptions.html#ValueError"),
        ("builtins.ValueError", (3, 11), "/3.11/library/exceptions.html#ValueError"),
        ("builtins.ValueError", (3, 10), "/3.10/library/exceptions.html#ValueError"),
        ("builtins.ValueError", (3, 12), "/3.13/builtins/exceptions.html#ValueError"),
        ("importlib.resources.files", (3, 9), "/3.9/library/importlib.html#importlib.resources.files"),
        ("pstats.Stats", (3, 14), "/3.14/library/profile.html#pstats.Stats"),
        ("asynchat", (3, 15), "/3.11/library/asynchat.html#module-asynchat"),
        ("zipfile.BZIP2_VERSION", (3, 13), "/3.13/library/zipfile.html#module-zipfile"),
        ("antigravity", (3, 13), "/3.13/library/index.html"),
        ("tomllib", (3, 9), "/3.11/library/tomllib.html#module-tomllib"),
    ],
)
def test_where_well_known_things_are_documented(catalog: Catalog, name: str, newest: Version, link: str) -> None:
    entry = catalog.find(name)
    assert entry
    assert docs_link(entry, context_of(catalog, newest))[1] == link


def test_inventories_are_small() -> None:
    assert [path.name for path in INVENTORIES.iterdir() if path.stat().st_size > LARGEST_INVENTORY] == []
