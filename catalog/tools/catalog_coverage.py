"""Says how much of the standard library the catalog covers.

    python catalog/tools/catalog_coverage.py

Prints, for modules, members, methods of the most used classes, and whatever is deprecated or gone, how many there
are and how many have been written about, then the names of those that have not. 1 if there is any.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "server"))

from catalog_compiler.facts import Facts  # noqa: E402
from stdlib_ls.catalog.source import Row  # noqa: E402
from stdlib_ls.catalog.store import Catalog, Entry  # noqa: E402

OLDEST_REMOVAL = (3, 8)


class Coverage(NamedTuple):
    """How many names of a kind there are, and which of them the catalog says nothing about."""

    what: str
    total: int
    missing: list[str]

    def __str__(self) -> str:
        share = 100 * (self.total - len(self.missing)) / self.total
        return f"{self.what}: {self.total - len(self.missing)} of {self.total} ({share:.1f} %)"


def coverages(facts: Facts, catalog: Catalog) -> Iterator[Coverage]:
    """Everything that the catalog promises to speak of."""
    modules = list(facts.modules.values())
    yield _count("documented modules with a card", (row for row in modules if "undocumented" not in row), catalog)
    yield _count("undocumented modules with a line", (row for row in modules if "undocumented" in row), catalog)
    symbols = [row for row in facts.symbols.values() if "undocumented" not in facts.modules[row["module"]]]
    public = [row for row in symbols if facts.is_public(row)]
    yield _count("public members with a line", public, catalog)
    for kind in ("function", "class", "exception", "data"):
        yield _count(f"  of kind {kind}", (row for row in public if row["kind"] == kind), catalog)
    methods = (row for row in symbols if facts.wants_a_line(row) and not facts.is_public(row))
    yield _count(f"members of the {len(facts.most_used)} most used classes with a line", methods, catalog)
    going = [row for row in (*modules, *symbols) if facts.wants_instead(row)]
    untold = [row["name"] for row in going if not _entry(catalog, row).instead]
    yield Coverage("deprecated and removed names with what to use instead", len(going), untold)


def _count(what: str, rows: Iterator[Row] | list[Row], catalog: Catalog) -> Coverage:
    names = list(rows)
    return Coverage(what, len(names), [row["name"] for row in names if not _entry(catalog, row).summary])


def _entry(catalog: Catalog, row: Row) -> Entry:
    entry = catalog.find(row["name"])
    assert entry is not None, row["name"]
    return entry


def main() -> int:
    """Print everything; 1 if something is missing."""
    found = list(coverages(Facts(ROOT / "catalog/facts"), Catalog()))
    for coverage in found:
        print(coverage)
    for coverage in found:
        for name in coverage.missing:
            print(f"{coverage.what}: not {name}")
    return 1 if any(coverage.missing for coverage in found) else 0


if __name__ == "__main__":
    sys.exit(main())
