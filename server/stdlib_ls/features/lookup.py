"""Looks things up by name, for people and programs that have no file at hand."""

from __future__ import annotations

from typing import Any, NamedTuple

from stdlib_ls.catalog.store import Entry, is_under
from stdlib_ls.features.cards import Card, card_of, docs_link, package_card
from stdlib_ls.features.judgement import Verdict
from stdlib_ls.features.source_file import Context
from stdlib_ls.versions import Version, show_version


class Found(NamedTuple):
    """A name that the catalog knows: its card, and the entry or package behind it."""

    card: Card
    entry: Entry | None = None
    package: dict[str, Any] | None = None


def look_up(name: str, context: Context) -> Found | None:
    """A module, member or builtin by dotted name, or a package by import name or distribution."""
    catalog = context.catalog
    entry = catalog.find(name) or catalog.find(f"builtins.{name}")
    if entry:
        return Found(card_of(entry, context), entry=entry)
    # Several distributions may share an import name; who asks for one by its own name gets that.
    named = catalog.distribution(name)
    imported = (package for package in catalog.packages(name.partition(".")[0]) if is_under(name, package["imports"]))
    package = named or next(imported, None)
    return Found(package_card(Verdict(package, (), ()), context), package=package) if package else None


def as_json(found: Found, context: Context) -> dict[str, Any]:
    """The fields that `show --json` promises; versions are texts, and what is not known is None."""
    entry, package = found.entry, found.package
    if entry is None and package is not None:
        rows = [{k: row.get(k) for k in ("match", "fix", "safety", "since", "differs", "none")} for row in
                package.get("replacements", ())]  # fmt: skip
        return {
            **dict.fromkeys(("module", "signature", "added", "deprecated", "removed", "docs")),
            "name": package["package"],
            "kind": "package",
            "summary": package["summary"],
            "availability": [],
            "advice": package["advice"],
            "keep_when": package["keep_when"],
            "replacements": rows,
        }
    assert entry is not None
    return {
        "name": entry.name,
        "kind": entry.kind,
        "module": entry.module,
        "summary": entry.summary,
        "signature": entry.signature,
        "added": _shown(entry.added),
        "deprecated": _shown(entry.deprecated),
        "removed": _shown(entry.removed),
        "availability": list(entry.availability),
        "docs": docs_link(entry, context)[1],
    }


def _shown(version: Version | None) -> str | None:
    return show_version(version) if version else None
