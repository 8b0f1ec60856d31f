"""Completion of standard-library names: in imports, after a dot, as keyword arguments, and with their import.

Where in a statement the cursor is, is read from the text before it, which may be half typed.
What stands before a dot or a bracket is resolved like any other use, in the file as it would be with a name at the
cursor.
"""

from __future__ import annotations

import keyword
import re
from typing import Literal, NamedTuple

from stdlib_ls.analysis.table import Sighting
from stdlib_ls.catalog.store import Entry, Row
from stdlib_ls.features.auto_import import initial_at, unavailable
from stdlib_ls.features.call_place import Call, call_at, callee_of
from stdlib_ls.features.cards import Card, card_of, version_note
from stdlib_ls.features.import_places import ImportPlace, import_place
from stdlib_ls.features.neighbours import Kind, left_to_us
from stdlib_ls.features.signatures import keyword_parameters
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.versions import parse_version

_LOOK_BACK, _LOOK_AHEAD, _LONGEST_WORD = 10_000, 2_000, 200
_DUMMY = "completion_at_this_place"
_NAME = rb"[\w\x80-\xff]*"
# What `self` is, its class says, and that is not of the standard library; it is also what is most often typed.
_CHAIN = re.compile(
    rb"(?<![\w\x80-\xff.)\]}'\"])(?!(?:self|cls)\.)[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:\.[A-Za-z_\x80-\xff][\w\x80-\xff]*){0,8}\.(?P<typed>"
    + _NAME
    + rb")\Z"
)
_BEFORE_CHAIN = re.compile(rb"(?P<word>[\w\x80-\xff]+|['\")\]}])[ \t]+\Z")
_GIVEN = re.compile(_NAME + rb"[ \t]*=(?!=)")
# Before every name that is offered with its import: what names a place in data, for clients that ask again.
IMPORTS = "import "


class Group(NamedTuple):
    """Candidates of one kind.

    They depend on this and on the context, but on nothing else of a file, so that they can be kept.
    `of` is the module or class whose `members` they are, the package whose `modules` ("" for the top level), the
    callable whose `arguments`, or the letter with which `names` begin that come with their import; for `words` they
    are themselves. `private` says that names with an underscore were asked for, `on_instance` that a value's members
    fit, not only those of its class, and `submodules` can be reached like members.
    """

    kind: Literal["members", "modules", "arguments", "names", "words"]
    of: str
    private: bool = False
    on_instance: bool = False
    submodules: frozenset[str] = frozenset()


class Completion(NamedTuple):
    """A list of candidates, good for whatever is typed next: all of its groups but for the labels in `taken`."""

    groups: tuple[Group, ...]
    taken: frozenset[str] = frozenset()


class Item(NamedTuple):
    """One candidate. `note` is short ("3.11", "gone in 3.13"); by `sort` the better ones come first.

    `name` is the full name of what documents it, with `import ` before it where the import comes along.
    """

    label: str
    kind: str
    name: str
    summary: str
    note: str
    sort: str
    deprecated: bool


def completion(file: SourceFile, offset: int, *, after_blank: bool = False) -> Completion | None:
    """What fits at a byte offset, or None where this program has nothing to offer.

    `after_blank` says that nobody asked, a blank was typed: only in import statements that is a question.
    """
    ours = left_to_us(file.context.settings)
    if not ours or file.document.in_text(offset):
        return None
    before, after = _text_around(file, offset)
    place = import_place(before, after)
    if place is not None:
        return _in_import(file, place, before) if "imports" in ours else None
    members = _after_dot(file, before, offset) if "members" in ours else None
    if members or after_blank:
        return members
    return _in_code(file, before, after, offset, ours)


def items(group: Group, context: Context) -> list[Item]:
    """The candidates of a group, best first."""
    if group.kind == "words":
        return [Item(group.of, "keyword", group.of, "", "", "0", False)]
    if group.kind == "arguments":
        found = list(_arguments(group.of, context))
    elif group.kind == "names":
        rows = [row for row in context.catalog.importable(group.of) if row.fits(context.versions)]
        found = [_name_with_import(row, context) for row in rows]
    else:
        found = _members(group, context)
    return sorted(found, key=lambda item: item.sort)


def item_card(name: str, context: Context) -> Card | None:
    """The card that documents a candidate with this full name."""
    entry = context.catalog.find(name.removeprefix(IMPORTS))
    return card_of(entry, context) if entry else None


def _text_around(file: SourceFile, offset: int) -> tuple[bytes, bytes]:
    first = max(0, offset - _LOOK_BACK)
    lines = file.document.lines
    # A line that is cut in two would look like the beginning of one.
    first = lines.starts[lines.line_of(first)] if offset - first == _LOOK_BACK else first
    return file.source[first:offset], file.source[offset : offset + _LOOK_AHEAD]


def _in_import(file: SourceFile, place: ImportPlace, before: bytes) -> Completion | None:
    if place.wants == "nothing" or (place.module and not _is_ours(file, place.module)):
        return None
    private = _wants_private(before)
    if place.wants in ("keyword", "members") and not file.context.catalog.module(place.module):
        return None
    if place.wants == "keyword":
        return Completion((Group("words", "import"),))
    if place.wants == "modules":
        return Completion((Group("modules", place.module, private),), place.taken)
    children = (row.label for row in file.context.catalog.modules() if _is_direct_child(row.label, place.module))
    return Completion((Group("members", place.module, private, False, frozenset(children)),), place.taken)


def _after_dot(file: SourceFile, before: bytes, offset: int) -> Completion | None:
    chain = _CHAIN.search(before)
    if not chain or _is_prose(before[: chain.start()]):
        return None
    dot = offset - len(chain["typed"]) - 1
    # Half-typed code can look like something else than it will be; with a name behind the dot it does not.
    patched = file.with_inserted(offset, _DUMMY)
    found = _owner(file, patched.sightings.at(dot), dot)
    if found is None:
        return None
    entry, on_instance = found
    reached = _submodules_at_hand(file, entry.name) if entry.is_module else frozenset()
    return Completion((Group("members", entry.name, _wants_private(before), on_instance, reached),))


def _owner(file: SourceFile, sighting: Sighting | None, dot: int) -> tuple[Entry, bool] | None:
    """The module or class that the name before a dot stands for, and whether for a value of it."""
    if sighting is None or sighting.is_import or sighting.doubtful or sighting.end != dot:
        return None
    for name in sighting.names:
        entry = file.context.catalog.find(name)
        if entry and entry.kind in ("module", "class", "exception") and _is_ours(file, name):
            return entry, sighting.is_value and len(sighting.parts) == 1
    return None


def _is_prose(before: bytes) -> bool:
    """Whether a name stands behind another one, or behind a value: that is text in an open string, and no code."""
    found = _BEFORE_CHAIN.search(before[-_LONGEST_WORD:])
    if not found:
        return False
    word = found["word"].decode("utf-8", "replace")
    return not (keyword.iskeyword(word) or keyword.issoftkeyword(word))


def _in_code(file: SourceFile, before: bytes, after: bytes, offset: int, ours: frozenset[Kind]) -> Completion | None:
    """Keyword arguments and names with their import, where they are ours to offer."""
    if ours.isdisjoint(("arguments", "names")):
        return None
    call = call_at(file, offset)
    groups, taken = [], set[str]()
    wants_keyword = "arguments" in ours and call and call.takes_keyword and not _GIVEN.match(after)
    callee = callee_of(file, call) if call and wants_keyword else None
    if call and callee and keyword_parameters(callee):
        groups.append(Group("arguments", callee.name))
        taken |= _given(call, callee.name, file.context)
    initial = initial_at(file, before, offset, call) if "names" in ours else None
    if initial:
        rows = file.context.catalog.importable(initial)
        bound = unavailable(file, (_own_label(row) for row in rows))
        if bound is not None:
            groups.append(Group("names", initial))
            taken |= bound | {_own_label(row) for row in rows if _is_shadowed(row.label, file.context)}
    return Completion(tuple(groups), frozenset(taken)) if groups else None


def _given(call: Call, callee: str, context: Context) -> set[str]:
    """The labels of the arguments that a call has already, by name or by place."""
    entry = context.catalog.find(callee)
    given = set(call.keywords)
    if entry and not call.is_starred:
        # A method that is reached through its class takes the instance first.
        by_place = call.positional - (entry.kind == "method" and not call.through_value)
        given |= {one.name for one in keyword_parameters(entry) if one.position is not None and one.position < by_place}
    return {f"{name}=" for name in given}


def _members(group: Group, context: Context) -> list[Item]:
    catalog = context.catalog
    if group.kind == "modules":
        rows, best = [row for row in catalog.modules() if _is_direct_child(row.label, group.of)], []
    else:
        rows = catalog.members(group.of)
        known = {row.label for row in rows}
        submodules = [row for row in catalog.modules() if row.label in group.submodules]
        rows += [row for row in submodules if row.label.rpartition(".")[2] not in known]
        owner = catalog.find(group.of)
        best = list(owner.card.get("reach_for", ())) if owner else []
        if owner and not owner.is_module and not group.on_instance:
            rows = [row for row in rows if not row.on_instances]
    ranks = {name: rank for rank, name in enumerate(best)}
    found = [_item(row, group.of, context, ranks) for row in rows if row.fits(context.versions)]
    return [item for item in found if group.private or not item.label.startswith("_")]


def _item(row: Row, owner: str, context: Context, ranks: dict[str, int]) -> Item:
    name = row.label if row.kind == "module" and "." in row.label else f"{owner}.{row.label}".lstrip(".")
    label = _own_label(row)
    order, note, deprecated = _judged(row, context)
    if label.startswith("_"):
        order = "3"
    sort = f"{order}{ranks.get(label, len(ranks))}{row.rank}{label}"
    return Item(label, row.kind, name, row.summary, note, sort, deprecated)


def _judged(row: Row, context: Context) -> tuple[str, str, bool]:
    """Where a candidate belongs, what is amiss with it in the range, and whether to strike it out."""
    versions = context.versions
    added, removed = parse_version(row.added), parse_version(row.removed)
    deprecated = bool(row.deprecated) or (removed is not None and removed <= versions.newest)
    missing = added is not None and added > versions.lowest
    note = version_note(added, row.deprecated, removed, versions)
    return "2" if deprecated else "1" if missing else "0", note, deprecated


def _name_with_import(row: Row, context: Context) -> Item:
    module, _, label = row.label.rpartition(".")
    order, note, _ = _judged(row, context)
    note = ", ".join(filter(None, (f"from {module}" if module else "import", note)))
    # Behind whatever else the client has: of names without a binding nobody knows that they are meant.
    sort = f"8{order}{row.rank}{label} {module}"
    return Item(label, row.kind, f"{IMPORTS}{row.label}", row.summary, note, sort, False)


def _arguments(callee: str, context: Context) -> list[Item]:
    entry = context.catalog.find(callee)
    found = []
    for rank, one in enumerate(keyword_parameters(entry) if entry else ()):
        versions = context.versions
        if (one.removed and one.removed <= versions.newest) or (one.added and one.added > versions.newest):
            continue
        order = "1" if one.added and one.added > versions.lowest else "0"
        note = version_note(one.added, "", None, versions)
        found.append(Item(f"{one.name}=", "argument", callee, one.shown, note, f"0{order}{rank:02}{one.name}", False))
    return found


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
    return file.context.catalog.is_stdlib(module) and not _is_shadowed(module, file.context)


def _is_shadowed(name: str, context: Context) -> bool:
    return context.is_shadowed(name.partition(".")[0])


def _own_label(row: Row) -> str:
    return row.label.rpartition(".")[2]


def _is_direct_child(module: str, package: str) -> bool:
    return module.startswith(package + ".") and "." not in module[len(package) + 1 :] if package else "." not in module


def _wants_private(before: bytes) -> bool:
    typed = re.search(_NAME + rb"\Z", before[-_LONGEST_WORD:])
    return typed is not None and typed[0].startswith(b"_")
