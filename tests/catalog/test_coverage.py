"""The catalog speaks of everything public, and whoever hovers over a public name gets a useful card."""

from __future__ import annotations

from collections.abc import Callable
from keyword import iskeyword

from catalog_compiler.facts import Facts
from catalog_coverage import coverages
from stdlib_ls.catalog.source import Row
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.hover import hover
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.versions import NEWEST_KNOWN, OLDEST_KNOWN, VersionRange, parse_version


def test_everything_public_is_spoken_of(facts: Facts, catalog: Catalog, say: Callable[[str], None]) -> None:
    for coverage in coverages(facts, catalog):
        say(str(coverage))
        assert coverage.missing == [], coverage.what


def test_whoever_hovers_over_a_public_name_gets_purpose_versions_and_a_link(
    facts: Facts, catalog: Catalog, say: Callable[[str], None]
) -> None:
    context = Context(catalog, VersionRange(OLDEST_KNOWN, NEWEST_KNOWN, "requires-python"))
    hovered, poor = 0, []
    for module in facts.modules:
        members = [] if "undocumented" in facts.modules[module] else facts.members.get(module, [])
        names = [name for name in members if is_importable(facts.symbols[name], module)]
        source = f"import {module}\n" + "".join(f"{name}\n" for name in names)
        file = SourceFile(source, context)
        at = source.index("\n") + 1
        for name in (module, *names):
            end = len(f"import {module}") if name == module else at + len(name)
            found = hover(file, end - 1)
            at = end + 1
            hovered += 1
            if not found or not (found[0].summary and found[0].versions and found[0].link):
                poor.append(name)
    say(f"hovered over {hovered} names of {len(facts.modules)} modules: {len(poor)} cards lack purpose or link")
    assert poor == []


def is_importable(row: Row, module: str) -> bool:
    """Whether a symbol is in the `__all__` of its module, or documented, at the module's own level."""
    removed = parse_version(row.get("removed", ""))
    if iskeyword(row["name"].rpartition(".")[2]):
        return False  # Nobody can write builtins.None.
    return (
        ("in_all" in row or "doc" in row)
        and not {"not_importable", "doc_gone"} & row.keys()
        and "." not in row["name"].removeprefix(module + ".")
        and not (removed and removed < OLDEST_KNOWN)
    )
