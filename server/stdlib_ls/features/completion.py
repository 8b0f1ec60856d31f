"""Completion of standard-library names: modules in imports, members in `from` imports and after a dot.

Where in an import statement the cursor is, is read from the text before it, which may be half typed.
What stands before a dot is resolved like any other use, in the file as it would be with a name at the cursor.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from stdlib_ls.catalog.store import Row
from stdlib_ls.features.cards import Card, card_of, version_note
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.versions import parse_version

_LOOK_BACK = 10_000
_DUMMY = "completion_at_this_place"

# Statements that end at the cursor. Names in brackets may go over several lines and hold comments.
_START = rb"(?:^|[;:\r\n])[ \t\f]*"
_NAME = rb"[\w\x80-\xff]*"
_DOTTED = rb"(?:[\w\x80-\xff]+\.)*"
_IMPORT = re.compile(
    _START + rb"import[ \t]+(?:[\w.\x80-\xff]+(?:[ \t]+as[ \t]+[\w\x80-\xff]+)?[ \t]*,(?:[ \t]|\\\r?\n)*)*"
    rb"(?P<package>" + _DOTTED + rb")" + _NAME + rb"\Z"
)
_FROM = re.compile(_START + rb"from[ \t]+(?P<package>" + _DOTTED + rb")" + _NAME + rb"\Z")
_MEMBERS = re.compile(
    _START + rb"from[ \t]+(?P<module>[\w.\x80-\xff]+)[ \t]+import\b"
    rb"(?:[ \t]*\((?:[^()#]|#[^\n]*\n)*?|(?:[^()#\n\\]|\\\r?\n)*?)(?:(?<=[\s,(])" + _NAME + rb")\Z"
)
_AFTER_AS = re.compile(rb"\bas[ \t]+" + _NAME + rb"\Z")
_AFTER_NAME = re.compile(rb"import\b[^,(]*[\w\x80-\xff][ \t]+" + _NAME + rb"\Z")
_CHAIN = re.compile(
    rb"(?<![\w\x80-\xff.)\]}'\"])[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*)*\.(?P<typed>"
    + _NAME
    + rb")\Z"
)


class Completion(NamedTuple):
    """A list of candidates, good for whatever is typed next.

    `owner` is the module or class whose members they are, "" for top-level modules; `modules` says that only
    modules fit, and `private` that names with an underscore were asked for. The list depends on nothing else
    but the context, so equal ones can be kept.
    """

    owner: str
    modules: bool
    private: bool
    submodules: frozenset[str] = frozenset()


class Item(NamedTuple):
    """One candidate. `note` is short ("3.11", "gone in 3.13"); `order`, then `rank`, sort the better ones first."""

    label: str
    kind: str
    name: str
    summary: str
    note: str
    order: Literal["0", "1", "2", "3"]
    rank: int
    deprecated: bool


def completion(file: SourceFile, offset: int) -> Completion | None:
    """What fits at a byte offset, or None where this program has nothing to offer."""
    if file.context.settings.completion_mode == "off" or file.document.in_text(offset):
        return None
    before = file.source[max(0, offset - _LOOK_BACK) : offset]
    return _in_import(file, before) or _after_dot(file, before, offset)


def items(wanted: Completion, context: Context) -> list[Item]:
    """The candidates of a completion, best first."""
    if wanted.modules:
        rows = [row for row in context.catalog.modules() if _is_direct_child(row.label, wanted.owner)]
    else:
        rows = context.catalog.members(wanted.owner)
        known = {row.label for row in rows}
        rows += [
            row._replace(label=row.label.rpartition(".")[2])
            for row in context.catalog.modules()
            if row.label in wanted.submodules and row.label.rpartition(".")[2] not in known
        ]
    owner = context.catalog.find(wanted.owner)
    best = list(owner.card.get("reach_for", ())) if owner and not wanted.modules else []
    ranks = {name: rank for rank, name in enumerate(best)}
    found = [_item(row, wanted.owner, context, ranks) for row in rows if row.fits(context.versions)]
    found = [item for item in found if wanted.private or not _is_private(item.label)]
    return sorted(found, key=lambda item: (item.order, item.rank, item.label))


def item_card(name: str, context: Context) -> Card | None:
    """The card that documents a candidate with this full name."""
    entry = context.catalog.find(name)
    return card_of(entry, context) if entry else None


def _in_import(file: SourceFile, before: bytes) -> Completion | None:
    if b"import" not in before and b"from" not in before:
        return None
    found = _MEMBERS.search(before)
    if found:
        module = found["module"].decode("utf-8", "replace")
        if _AFTER_AS.search(before) or module.startswith(".") or not _is_ours(file, module):
            return None
        if b"(" not in found[0] and _AFTER_NAME.search(found[0]) and not found[0].rstrip().endswith((b",", b"import")):
            return None
        children = (row.label for row in file.context.catalog.modules() if _is_direct_child(row.label, module))
        return Completion(module, False, _wants_private(before), frozenset(children))
    found = _IMPORT.search(before) or _FROM.search(before)
    if not found or _AFTER_AS.search(before):
        return None
    package = found["package"].decode("utf-8", "replace").rstrip(".")
    if package and not _is_ours(file, package):
        return None
    return Completion(package, True, _wants_private(before))


def _after_dot(file: SourceFile, before: bytes, offset: int) -> Completion | None:
    chain = _CHAIN.search(before)
    if not chain:
        return None
    patched = file.with_inserted(offset, _DUMMY)
    sighting = patched.sightings.at(offset)
    if sighting is None or sighting.is_import or sighting.doubtful or len(sighting.parts) < 2:
        return None
    tail = sighting.name.removeprefix(sighting.parts[-2].name)
    for name in sighting.names:
        owner = name.removesuffix(tail)
        entry = file.context.catalog.find(owner)
        if entry and entry.kind in ("module", "class", "exception") and _is_ours(file, owner):
            return Completion(entry.name, False, _wants_private(before), _submodules_at_hand(file, owner))
    return None


def _submodules_at_hand(file: SourceFile, owner: str) -> frozenset[str]:
    """The submodules that can be reached through a package: those that the file imports, and `os.path`."""
    imported = {site.imported.module for site in file.sightings.imports()}
    reached = {
        owner + "." + module.removeprefix(owner + ".").partition(".")[0]
        for module in imported
        if module.startswith(owner + ".")
    }
    return frozenset(reached | ({"os.path"} if owner == "os" else set()))


def _is_ours(file: SourceFile, module: str) -> bool:
    return file.context.catalog.is_stdlib(module) and not file.context.is_shadowed(module.partition(".")[0])


def _is_direct_child(module: str, package: str) -> bool:
    return module.startswith(package + ".") and "." not in module[len(package) + 1 :] if package else "." not in module


def _is_private(label: str) -> bool:
    return label.rpartition(".")[2].startswith("_")


def _wants_private(before: bytes) -> bool:
    typed = re.search(_NAME + rb"\Z", before)
    return typed is not None and typed[0].startswith(b"_")


def _item(row: Row, owner: str, context: Context, ranks: dict[str, int]) -> Item:
    versions = context.versions
    added, removed = parse_version(row.added), parse_version(row.removed)
    name = row.label if row.kind == "module" and "." in row.label else f"{owner}.{row.label}".lstrip(".")
    label = row.label.rpartition(".")[2]
    leaving = removed is not None and removed <= versions.newest
    missing = added is not None and added > versions.lowest
    deprecated = leaving or bool(row.deprecated)
    note = version_note(added, row.deprecated, removed, versions)
    order: Literal["0", "1", "2", "3"] = "2" if deprecated else "1" if missing else "0"
    if _is_private(label):
        order = "3"
    return Item(label, row.kind, name, row.summary, note, order, ranks.get(label, len(ranks)), deprecated)
