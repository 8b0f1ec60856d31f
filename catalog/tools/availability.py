"""What the facts say about where a module or symbol is: in which versions, on which platforms."""

from __future__ import annotations

from catalog_compiler.facts import Facts
from stdlib_ls.catalog.source import Row
from stdlib_ls.versions import Version, parse_version

# By sys.platform: what the documentation and typeshed call it.
_NAMES = {
    "linux": {"Linux", "Unix", "POSIX"},
    "darwin": {"macOS", "Unix", "POSIX"},
    "win32": {"Windows"},
}


def exists(facts: Facts, row: Row, version: Version) -> bool:
    """Whether the facts say that a version has a module, or a symbol and its module."""
    if "doc_gone" in row:
        return False
    for one in (row, facts.modules.get(row.get("module", ""), {})):
        added, removed = parse_version(one.get("added", "")), parse_version(one.get("removed", ""))
        if (added and version < added) or (removed and version >= removed):
            return False
    return True


def is_on(platform: str, row: Row) -> bool:
    """Whether the facts say that every system of a platform has it; "Linux>=4.11" says only that some have."""
    names = _NAMES.get(platform, {platform})
    availability = row.get("availability", ())
    wanted = {name for name in availability if not name.startswith("!")}
    unwanted = {name[1:] for name in availability if name.startswith("!")}
    return (
        platform in row.get("platforms", (platform,)) and not names & unwanted and (not wanted or bool(names & wanted))
    )
