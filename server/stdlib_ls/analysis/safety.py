"""Whether a name can be taken out of a file, or brought into it, without changing what other code means."""

from __future__ import annotations

import re
from collections.abc import Collection

from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.lines import encode
from stdlib_ls.analysis.sightings import Sightings
from stdlib_ls.analysis.syntax import path_to
from stdlib_ls.analysis.table import Sighting, Site

_IMPORTS = frozenset(("import_statement", "import_from_statement", "future_import_statement", "comment"))


def is_bound_otherwise(sightings: Sightings, name: str, target: str, but: Collection[Site]) -> bool:
    """Whether a name stands for anything else than `target` in any scope of the file, some imports left aside."""
    for binding in sightings.bindings(name):
        site = binding.site
        if site is None or (site not in but and (site.imported.target != target or site.imported.level)):
            return True
    return False


def is_rebound(sightings: Sightings, site: Site) -> bool:
    """Whether something else than imports binds a site's name, so that its uses may see that as well.

    A parameter or a local variable hides the name for good, and does not count.
    """
    scopes = site.imported.place.scopes
    for binding in sightings.bindings(site.imported.local):
        if binding.occurrence is None:
            continue
        own = binding.place.scopes
        same = own == scopes and (not scopes or binding.base == site.base)
        in_class = bool(own) and own[-1].kind == "class"
        if same or in_class or binding.occurrence.role in ("delete", "global", "nonlocal"):
            return True
    return False


def is_used_beside(document: Document, name: str, site: Site) -> bool:
    """Whether a name is used in the function around an import, where a new local would hide what it stands for."""
    index, scopes = document.block_at(site.base), site.imported.place.scopes
    found = document.blocks[index].occurrences(name, document.nodes[index])
    return bool(scopes) and any(one.place.scopes[: len(scopes)] == scopes for one in found)


def is_hidden(document: Document, sightings: Sightings, name: str, depth: int, use: Sighting) -> bool:
    """Whether a function around a use, deeper than the first scopes, has a local of a name that is known outside."""
    scopes = use.place.scopes
    base = document.starts[document.block_at(use.start)]
    for binding in sightings.bindings(name):
        own = binding.place.scopes
        if binding.base == base and len(own) > depth and own == scopes[: len(own)] and own[-1].kind == "function":
            return True
    return False


def is_within_reach(document: Document, use: Sighting, site: Site) -> bool:
    """Whether a use stands in the scope of an import, or in one inside it."""
    scopes = site.imported.place.scopes
    same_block = document.block_at(use.start) == document.block_at(site.base)
    return not scopes or (same_block and use.place.scopes[: len(scopes)] == scopes)


def is_at_hand(document: Document, other: Site, site: Site) -> bool:
    """Whether what one import brings is there wherever another import has run."""
    theirs, own = other.imported.place, site.imported.place
    inside = own.scopes[: len(theirs.scopes)] == theirs.scopes and own.arms[: len(theirs.arms)] == theirs.arms
    if theirs.scopes or theirs.arms:
        inside = inside and other.base == site.base and all(scope.kind != "class" for scope in theirs.scopes[-1:])
    if not inside or other.base + other.imported.start < site.base + site.imported.start:
        return inside
    # One that comes later serves as well if nothing can run in between.
    between = document.nodes[document.block_at(site.base) : document.block_at(other.base) + 1]
    return all(node.type in _IMPORTS for node in between)


def is_spoken_of(document: Document, name: str, *, with_member: bool) -> bool:
    """Whether a string, doctest or type comment may look a name up; `with_member` asks for a dot and a name behind it.

    A string that is the name and nothing more always counts, prose in docstrings and comments never does.
    """
    own = re.escape(encode(name))
    word = rb"(?<![\w\x80-\xff])" + own + rb"(?![\w\x80-\xff])"
    if with_member:
        word = word + rb"(?=\.[\w{%])|(?<=['\"])" + own + rb"(?=['\"])|\b__main__\." + own + rb"\b"
    for found in re.finditer(word, document.source):
        index = document.block_at(found.start())
        steps = path_to(document.nodes[index], found.start()) if index >= 0 else []
        kinds = [step.node.type for step in steps]
        if kinds[-1:] == ["comment"] and re.match(rb"#\s*type:", steps[-1].node.text or b""):
            return True
        if "string" in kinds and "interpolation" not in kinds[kinds.index("string") :]:
            outer = kinds.index("string")
            if kinds[outer - 1] != "expression_statement" or b">>>" in (steps[outer].node.text or b""):
                return True
    return False
