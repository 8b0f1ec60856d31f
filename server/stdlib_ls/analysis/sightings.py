"""The table of sightings: every place where a file names something that it imports, or a builtin.

A sighting says which dotted name a place stands for, part by part, and through which imports it got there.
Hover, completion, diagnostics and fixes are projections of this table.
Names are resolved lexically, through scopes, aliases and rebinding; where several bindings can reach a use,
all of them are kept, and where one of them is unknown the sighting says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import NamedTuple, Protocol

from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.imports import Import
from stdlib_ls.analysis.occurrences import VALUE_ROLES, Occurrence, classify
from stdlib_ls.analysis.places import Place, Scope
from stdlib_ls.analysis.syntax import path_to
from stdlib_ls.analysis.table import Named, Sighting, Site

_ALIAS_DEPTH = 8
_EXCLUSIVE = ("branch", "handler")


class Binding(NamedTuple):
    """What gives a name its value somewhere: an import, or an occurrence that binds. Offsets are absolute."""

    start: int
    effect: int
    place: Place
    base: int
    site: Site | None
    occurrence: Occurrence | None


class _Origin(NamedTuple):
    """Something that a name may stand for; the target is None where that is not known, and a class for its values."""

    target: str | None
    site: Site | None
    is_value: bool = False


_UNKNOWN = _Origin(None, None)


class Library(Protocol):
    """What has to be known of the standard library, by full dotted names."""

    def public_names(self, module: str, /) -> Collection[str] | None:
        """What `from module import *` brings, or None for a module that is not known."""

    def class_of_value(self, name: str, role: str, mode: str, /) -> str | None:
        """The class of a value that comes from a name as `values.py` says, or None."""


class Sightings:
    """The table of one state of a document."""

    def __init__(self, document: Document, library: Library) -> None:
        self._document = document
        self._star_members = library.public_names
        self._class_of_value = library.class_of_value
        self._module_bindings: dict[str, list[Binding]] = {}
        self._known_blocks: dict[str, Collection[int]] = {}
        self._starred: set[int] | None = None
        self._known_origins: dict[int, list[_Origin]] = {}
        self._sites: list[Site] | None = None

    def imports(self) -> list[Site]:
        """Every imported name of the file, in order."""
        if self._sites is None:
            document = self._document
            self._sites = [
                Site(imported, node.start_byte)
                for block, node in zip(document.blocks, document.nodes, strict=True)
                if b"import" in block.names
                for imported in block.imports(node)
            ]
        return self._sites

    def import_sighting(self, site: Site) -> Sighting:
        """What an import statement itself names: its module's parts, the member, the alias."""
        imported = site.imported
        parts, name = [], ""
        for part in imported.module_parts:
            name = f"{name}.{part.text}" if name else part.text
            parts.append(Named(name, *site.span(part)))
        if imported.member_part:
            parts.append(Named(imported.target, *site.span(imported.member_part)))
        if imported.alias_part:
            parts.append(Named(imported.target, *site.span(imported.alias_part)))
        return Sighting(tuple(parts), (site,), imported.place, is_import=True, doubtful=imported.level > 0)

    def at(self, offset: int) -> Sighting | None:
        """The sighting at an absolute offset, cut off after the part that the offset is in."""
        index = self._document.block_at(offset)
        if index < 0:
            return None
        base = self._document.starts[index]
        for imported in self._document.blocks[index].imports(self._document.nodes[index]):
            if imported.statement[0] <= offset - base <= imported.statement[1]:
                found = _cut(self.import_sighting(Site(imported, base)), offset)
                if found:
                    return found
        return self._use_at(index, offset)

    def uses_of(self, site: Site) -> Iterator[Sighting]:
        """Every use that an import can have bound, in order of the file."""
        return (use for use in self.uses_named(site.imported.local) if site in use.best_sites)

    def uses_named(self, name: str, words: Collection[str] | None = None) -> Iterator[Sighting]:
        """Every use that begins with a name, in order of the file; with `words` only those that go on with one."""
        encoded = None if words is None else {word.encode() for word in words}
        for index in self._blocks_with(name):
            block = self._document.blocks[index]
            if encoded is not None and encoded.isdisjoint(block.names):
                continue
            for occurrence in block.occurrences(name, self._document.nodes[index]):
                chosen = words is None or any(part.text in words for part in occurrence.chain[1:])
                sighting = self._sighting(occurrence, index) if chosen and occurrence.role == "use" else None
                if sighting:
                    yield sighting

    def heads_of(self, attribute: str) -> set[str]:
        """The names of which an attribute is taken somewhere."""
        document = self._document
        return {head for i in document.blocks_with(attribute) for head in document.blocks[i].heads_of(attribute)}

    def values_named(self, name: str, words: Collection[str]) -> Iterator[Sighting]:
        """The uses that begin with a name bound to a value of plain class, and go on with one of some words."""
        document = self._document
        blocks = ((document.blocks[index], document.nodes[index]) for index in self._blocks_with(name))
        if any(one.role in VALUE_ROLES for block, node in blocks for one in block.occurrences(name, node)):
            yield from (use for use in self.uses_named(name, words) if use.is_value)

    def bindings(self, name: str) -> Iterator[Binding]:
        """Everything that binds or deletes a name, in whatever scope of the file."""
        for index in self._blocks_with(name):
            yield from self._block_bindings(name, index)

    def _use_at(self, index: int, offset: int) -> Sighting | None:
        node, base = self._document.nodes[index], self._document.starts[index]
        steps = path_to(node, offset)
        if steps[-1].node.type != "identifier" and offset > base:
            # An offset just behind a name belongs to it as well.
            steps = path_to(node, offset - 1)
        if steps[-1].node.type != "identifier":
            return None
        # From an attribute to the name at the head of its chain.
        head = steps[-1].node
        for step in reversed(steps[:-1]):
            if step.node.type not in ("attribute", "dotted_name"):
                break
            head = step.node
        while head.type in ("attribute", "dotted_name"):
            head = head.children[0]
        occurrence = classify(path_to(node, head.start_byte), base) if head.type == "identifier" else None
        if occurrence is None:
            return None
        if occurrence.role != "use":
            return self._binding_sighting(occurrence, index)
        sighting = self._sighting(occurrence, index)
        return _cut(sighting, offset) if sighting else None

    def _binding_sighting(self, occurrence: Occurrence, index: int) -> Sighting | None:
        """The name on the left of `dumps = json.dumps` stands for what is on the right."""
        if occurrence.role != "alias":
            return None
        base = self._document.starts[index]
        value = classify(path_to(self._document.nodes[index], base + occurrence.value), base)
        sighting = self._sighting(value, index) if value else None
        if sighting is None:
            return None
        start = base + occurrence.start
        node = path_to(self._document.nodes[index], start)[-1].node
        return Sighting((Named(sighting.name, start, node.end_byte),), sighting.sites, occurrence.place)

    def _sighting(self, use: Occurrence, index: int) -> Sighting | None:
        origins = self._origins(use, index, _ALIAS_DEPTH)
        is_value = all(origin.is_value for origin in origins if origin.target)
        targets = [origin.target for origin in origins if origin.target and origin.is_value == is_value]
        if not targets:
            return None
        base = self._document.starts[index]
        name, parts = targets[0], []
        for position, part in enumerate(use.chain):
            name = f"{name}.{part.text}" if position else name
            parts.append(Named(name, base + part.start, base + part.end))
        sites = tuple(dict.fromkeys(origin.site for origin in origins if origin.site))
        others = tuple(dict.fromkeys(target for target in targets if target != targets[0]))
        return Sighting(tuple(parts), sites, use.place, False, len(targets) < len(origins), others, is_value)

    def _origins(self, use: Occurrence, index: int, depth: int) -> list[_Origin]:
        """Everything that the name at the head of a use can stand for, in order of the file: fallbacks come last."""
        base = self._document.starts[index]
        reaching = sorted(self._reaching(use, index), key=lambda binding: binding.start)
        if not reaching:
            return self._builtin(use, index)
        origins = [origin for binding in reaching for origin in self._origins_of(binding, depth)]
        if not any(one.site or _always(one, use, base) for one in reaching) and self._is_builtin(use.chain[0].text):
            # Where none of these arms has run, the name still means the builtin.
            origins.append(_UNKNOWN)
        return origins

    def _is_builtin(self, name: str) -> bool:
        return name in (self._star_members("builtins") or ())

    def _builtin(self, use: Occurrence, index: int) -> list[_Origin]:
        """The builtin of a name that nothing in the file binds, not even later, nor a star import perhaps."""
        name, scopes = use.chain[0].text, use.place.scopes
        if not self._is_builtin(name) or self._bindings_for(name, scopes, index, len(scopes))[0]:
            return []
        stars = (site.imported for site in self.imports() if site.imported.is_star)
        if any(star.level or self._star_members(star.module) is None for star in stars):
            return []
        return [_Origin(f"builtins.{name}", None)]

    def _origins_of(self, binding: Binding, depth: int) -> list[_Origin]:
        if binding.site:
            imported = binding.site.imported
            return [_Origin(None if imported.level else imported.target, binding.site)]
        occurrence = binding.occurrence
        if occurrence is None or occurrence.role == "none":
            return []  # `json = None` in the other arm says only that the import may have failed.
        if not occurrence.value or not depth:
            return [_UNKNOWN]
        known = self._known_origins.get(binding.start)
        if known is None:
            # While it is being worked out, what leads back to it is in doubt: `x = x.a()` in a loop.
            self._known_origins[binding.start] = [_UNKNOWN]
            known = self._known_origins[binding.start] = self._origins_of_assigned(binding, occurrence, depth)
        return known

    def _origins_of_assigned(self, binding: Binding, occurrence: Occurrence, depth: int) -> list[_Origin]:
        index = self._document.block_at(binding.base)
        value = classify(path_to(self._document.nodes[index], binding.base + occurrence.value), binding.base)
        if value is None:
            return [_UNKNOWN]
        rest = "".join("." + part.text for part in value.chain[1:])
        found = self._origins(value, index, depth - 1)
        return [self._origin_of_value(one, rest, occurrence) for one in found] or [_UNKNOWN]

    def _origin_of_value(self, origin: _Origin, rest: str, occurrence: Occurrence) -> _Origin:
        """What a name stands for that an occurrence binds to a dotted name, or to what that gives."""
        if origin.target is None:
            return _UNKNOWN
        name = origin.target + rest
        if occurrence.role == "alias":
            # What an attribute of a value holds is not plain.
            return _UNKNOWN if origin.is_value and rest else origin._replace(target=name, site=None)
        if origin.is_value and (not rest or occurrence.role == "typed"):
            return _UNKNOWN
        made = self._class_of_value(name, occurrence.role, occurrence.mode)
        return _Origin(made, None, True) if made else _UNKNOWN

    def _reaching(self, use: Occurrence, index: int, depth: int | None = None) -> list[Binding]:
        """The bindings that can have given a use its value; `depth` says in how many of its scopes to look."""
        name, scopes = use.chain[0].text, use.place.scopes
        bindings, in_order, depth = self._bindings_for(name, scopes, index, len(scopes) if depth is None else depth)
        if not in_order:
            # The use runs later, after everything; deletion would be an error then, not a value.
            return [binding for binding in bindings if not _is_deletion(binding)]
        base = self._document.starts[index]
        start, reaching = base + use.start, []
        for binding in reversed([one for one in bindings if one.effect <= start]):
            # Arms are counted from the start of a block, so those of two blocks cannot be compared.
            if binding.base == base and _exclude(binding.place, use.place):
                continue
            reaching.append(binding)
            # A function that binds a global may not have been called.
            if _always(binding, use, base) and len(binding.place.scopes) == depth:
                break
        else:
            if depth and scopes[depth - 1].kind == "class":
                # Where a class body has not bound a name of its own yet, it means the module's, whatever is between.
                reaching += self._reaching(use, index, 0)
        loops = {arm for arm in use.place.arms if arm.kind == "loop"}
        reaching += [one for one in bindings if one.effect > start and one.base == base and loops & set(one.place.arms)]
        if not reaching:
            # A use before its import: in code being moved around, it is what will be meant.
            return [binding for binding in bindings if binding.site]
        # `import xml.dom` and `import xml.sax` bind one name; neither takes it from the other.
        packages = [one.site.imported for one in reaching if one.site and _binds_package(one.site.imported)]
        shared, known = {one.target for one in packages}, {one.module for one in packages}
        more = [one for one in bindings if one.site and _binds_package(one.site.imported)]
        return reaching + [
            one
            for one in more
            if one.site and one.site.imported.target in shared and one.site.imported.module not in known
        ]

    def _bindings_for(
        self, name: str, scopes: tuple[Scope, ...], index: int, most: int
    ) -> tuple[list[Binding], bool, int]:
        """The bindings in the scope that a name belongs to, whether the use runs in order with them, how deep it is."""
        local = self._block_bindings(name, index) if scopes else []
        elsewhere = {b.place.scopes for b in local if b.occurrence and b.occurrence.role == "nonlocal"}
        for depth in range(most, 0, -1):
            deeper = scopes[depth:]
            if scopes[depth - 1].kind == "class" and deeper:
                continue
            here = [binding for binding in local if binding.place.scopes == scopes[:depth]]
            roles = {binding.occurrence.role for binding in here if binding.occurrence}
            if "global" in roles:
                return self._bindings_of_module(name), False, 0
            if here and "nonlocal" not in roles:
                inner = [b for b in local if b.place.scopes in elsewhere and b.place.scopes[:depth] == scopes[:depth]]
                here += [b for b in inner if b.occurrence is None or b.occurrence.role != "nonlocal"]
                return here, not inner and all(scope.kind != "function" for scope in deeper), depth
        return self._bindings_of_module(name), all(scope.kind != "function" for scope in scopes), 0

    def _bindings_of_module(self, name: str) -> list[Binding]:
        found = self._module_bindings.get(name)
        if found is None:
            found = []
            for index in self._blocks_with(name):
                bindings = self._block_bindings(name, index)
                shared = {b.place.scopes for b in bindings if b.occurrence and b.occurrence.role == "global"}
                found += [
                    binding
                    for binding in bindings
                    if (not binding.place.scopes or binding.place.scopes in shared)
                    and not (binding.occurrence and binding.occurrence.role == "global")
                ]
            self._module_bindings[name] = found
        return found

    def _block_bindings(self, name: str, index: int) -> list[Binding]:
        document = self._document
        block, node, base = document.blocks[index], document.nodes[index], document.starts[index]
        found = []
        for imported in block.imports(node):
            site = Site(imported, base)
            if imported.local == name:
                end = base + imported.statement[1]
                found.append(Binding(base + imported.start, end, imported.place, base, site, None))
            elif imported.is_star and not imported.level and name in (self._star_members(imported.module) or ()):
                own = replace(imported, local=name, target=f"{imported.module}.{name}", member=name)
                end = base + imported.statement[1]
                found.append(Binding(base + imported.start, end, imported.place, base, Site(own, base), None))
        for one in block.occurrences(name, node):
            if one.role != "use":
                found.append(Binding(base + one.start, base + one.effect, one.place, base, None, one))
        return sorted(found, key=lambda binding: binding.start)

    def _blocks_with(self, name: str) -> Collection[int]:
        """The blocks that may bind or use a name, in order."""
        found = self._known_blocks.get(name)
        if found is None:
            if self._starred is None:
                stars = [site for site in self.imports() if site.imported.is_star]
                self._starred = {self._document.block_at(site.base) for site in stars}
            found = sorted({*self._document.blocks_with(name), *self._starred})
            self._known_blocks[name] = found
        return found


def _cut(sighting: Sighting, offset: int) -> Sighting | None:
    """The sighting up to the part at an offset; an offset just behind a part belongs to it too."""
    inside = [i for i, part in enumerate(sighting.parts) if part.start <= offset < part.end]
    inside = inside or [i for i, part in enumerate(sighting.parts) if offset == part.end]
    return sighting._replace(parts=sighting.parts[: inside[0] + 1]) if inside else None


def _binds_package(imported: Import) -> bool:
    return not imported.member and imported.alias_part is None


def _is_deletion(binding: Binding) -> bool:
    return binding.occurrence is not None and binding.occurrence.role == "delete"


def _exclude(binding: Place, use: Place) -> bool:
    """Whether the two stand in different arms of one statement, of which only one runs."""
    for one, other in zip(binding.arms, use.arms, strict=False):
        if one == other and one.kind == "loop":
            return False  # Another arm may have run in the round before.
        if one != other:
            return one.statement == other.statement and one.kind in _EXCLUSIVE and other.kind in _EXCLUSIVE
    return False


def _always(binding: Binding, use: Occurrence, base: int) -> bool:
    """Whether a binding has run whenever a use in the block at `base` runs, as far as arms go."""
    return not binding.place.arms or (binding.base == base and _dominates(binding.place, use.place))


def _dominates(binding: Place, use: Place) -> bool:
    """Whether the binding has run whenever the use runs."""
    return use.arms[: len(binding.arms)] == binding.arms
