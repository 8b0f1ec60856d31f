"""Fixes: what a file becomes when the standard library takes over from an import.

A fix rewrites one import and every use of it, or as many of its names as can go; nothing is offered in doubt.
Three ways, the least intrusive first: another module under the same name, another name in the `from`
statement, or each use rewritten by its row.
"""

from __future__ import annotations

import re
from textwrap import shorten

from stdlib_ls.analysis import safety
from stdlib_ls.analysis.patterns import is_term, may_stand
from stdlib_ls.analysis.places import Scope
from stdlib_ls.analysis.table import Site
from stdlib_ls.features.edits import Edit, Fix, apply_edits, keeps_form
from stdlib_ls.features.import_edits import (
    drop_members,
    insert_before,
    move_members,
    replace_import,
    replace_members,
)
from stdlib_ls.features.judgement import (
    Use,
    Verdict,
    changes_package,
    is_coupled,
    new_name,
    notes_of,
    old_name,
    row_of_name,
    site_group,
)
from stdlib_ls.features.render import unquote
from stdlib_ls.features.source_file import SourceFile

_LONGEST_NOTE = 60
# The "package" of names in the standard library that others there take the place of.
STDLIB = "python"
_HOLE = re.compile(r"(,\s*)?\$(\$?)([A-Z][A-Z0-9_]*)")
# What may be evaluated twice instead of once.
_PLAIN = re.compile(r"""[\w.]+|'[^'\\\n]*'|"[^"\\\n]*\"""")
_SCOPE = re.compile(r"\b(?:for|lambda)\b")
_BOUND_INSIDE = re.compile(r"\b(?:for|lambda)\s+(\w+)")
_BOUND_TO_SCOPE = re.compile(r":=|\b(?:await|yield)\b")


class _NoFix(Exception):
    """The import cannot be replaced by edits that are sure to be right."""


def fix_of(file: SourceFile, verdict: Verdict) -> Fix | None:
    """The fix that lets an import go, or that moves what can be moved; None where all has to stay or doubt remains."""
    chosen = verdict if verdict.complete else _movable_part(file, verdict)
    if chosen is None or any(use.sighting.place.guards & {"lazy"} for use in chosen.uses):
        return None
    try:
        edits = _renamed_module(file, chosen) or _renamed_members(file, chosen) or _rewritten_uses(file, chosen)
    except _NoFix:
        return None
    edits = sorted(set(edits))
    if any(left.end > right.start for left, right in zip(edits, edits[1:], strict=False)):
        return None
    if not keeps_form(file.source, apply_edits(file.source, edits)):
        return None
    is_safe = (chosen if verdict.package["package"] == STDLIB else verdict).exact
    return Fix(_title(file, chosen, verdict), tuple(edits), is_safe)


def _movable_part(file: SourceFile, verdict: Verdict) -> Verdict | None:
    """What of an import can move while the rest stays: names of a `from` statement, or uses of a module."""
    if not verdict.covered or (verdict.unseen and not verdict.idle):
        return None
    if any(changes_package(file, use.sighting) for use in verdict.gaps) or any(
        is_coupled(file, one) for one in verdict.uses
    ):
        return None
    if not verdict.sites[0].imported.member:
        return verdict._replace(uses=tuple(verdict.covered), unseen="", stays=True)
    going = [site for site in verdict.sites if (own := _uses_of(verdict, site)) and all(use.covered for use in own)]
    uses = [use for use in verdict.uses if set(use.sighting.best_sites) <= set(going)]
    return verdict._replace(sites=tuple(going), uses=tuple(uses), unseen="") if uses else None


def _title(file: SourceFile, verdict: Verdict, whole: Verdict) -> str:
    pairs = dict.fromkeys((old_name(use), new_name(use)) for use in verdict.uses)
    count = f"{len(verdict.uses)} use{'s' if len(verdict.uses) > 1 else ''}"
    if len(pairs) == 1:
        old, new = next(iter(pairs))
    else:
        old = verdict.sites[0].imported.module
        new = " and ".join(dict.fromkeys(filter(None, (_home(file, use) for use in verdict.uses)))) or "builtins"
    title = f"Replace {old} with {new} ({count})"
    if not whole.complete and whole.package["package"] != STDLIB:
        title += f" and keep {whole.package['package']} for the rest"
    if verdict.exact:
        return title
    notes = [note for use in verdict.uses for note in notes_of(use)]
    return f"{title}, look at: {shorten(unquote(notes[0]), _LONGEST_NOTE, placeholder='…')}"


def _home(file: SourceFile, use: Use) -> str:
    """The module that takes over a use; nothing where builtins do."""
    targets = use.row["targets"] if use.row else ()
    return next(filter(None, (_module_of(file, target) for target in targets)), "")


def _renamed_target(use: Use, target: str) -> str | None:
    """What `target`, the thing that an import brings, would have to be called to keep a use as it is."""
    row = use.row
    if row is None or not row["rename"]:
        return None
    old, new = row["anchor"], row["rename"]
    if target.startswith(f"{old}."):
        return str(new + target.removeprefix(old))
    tail = old.removeprefix(target)
    if old != target and not tail.startswith("."):
        return None
    return str(new.removesuffix(tail)) if new.endswith(tail) and new != tail.lstrip(".") else None


def _only(names: set[str | None]) -> str | None:
    return next(iter(names)) if len(names) == 1 else None


def _renamed_module(file: SourceFile, verdict: Verdict) -> list[Edit] | None:
    """`import simplejson as json` becomes `import json`; `import mock` becomes `from unittest import mock`."""
    site, imported = verdict.sites[0], verdict.sites[0].imported
    if imported.member or verdict.stays:
        return None
    new = _only({_renamed_target(use, imported.target) for use in verdict.uses})
    if new is None or file.context.catalog.module(new) is None:
        return None
    if any(_is_another_module(file, use, new) for use in verdict.uses):
        return None  # Importing a package does not import what is in it.
    _require_importable(file, new)
    parent, _, last = new.rpartition(".")
    if imported.alias_part is None and last != imported.local:
        _require_movable(file, verdict)
        names, statements = _brought_in(file, verdict, [new])
        heads = [_put(file, use, use.sighting.parts[0].end, names[new]) for use in verdict.uses]
        return [*heads, *replace_import(file, site, statements)]
    if parent and last == imported.local:
        return replace_import(file, site, [f"from {parent} import {last}"])
    statement = f"import {new}" + ("" if new == imported.local else f" as {imported.local}")
    return replace_import(file, site, [statement])


def _is_another_module(file: SourceFile, use: Use, new: str) -> bool:
    name = str(use.row["rename"]) if use.row else new
    return name != new and file.context.catalog.module(name) is not None


def _renamed_members(file: SourceFile, verdict: Verdict) -> list[Edit] | None:
    """`from mock import patch` becomes `from unittest.mock import patch`."""
    if not verdict.sites[0].imported.member:
        return None
    moves: list[tuple[Site, str, str]] = []
    for site in verdict.sites:
        new = _only({_renamed_target(use, site.imported.target) for use in _uses_of(verdict, site)})
        if not _uses_of(verdict, site):
            new = (row_of_name(file, verdict.package, site) or {}).get("rename")
        module, _, member = (new or "").rpartition(".")
        if not module or file.context.catalog.module(module) is None or file.context.catalog.find(new or "") is None:
            return None
        _require_importable(file, module)
        moves.append((site, module, member))
    stay = _names_beside(file, verdict)
    return move_members(file, moves, stay) if stay else replace_members(file, moves)


def _names_beside(file: SourceFile, verdict: Verdict) -> list[Site]:
    """The names of the same `from` statement that do not move."""
    return [site for site in site_group(file, verdict.sites[0]) if site not in verdict.sites]


def _uses_of(verdict: Verdict, site: Site) -> list[Use]:
    return [use for use in verdict.uses if site in use.sighting.sites]


def _rewritten_uses(file: SourceFile, verdict: Verdict) -> list[Edit]:
    """`psutil.cpu_count()` becomes `os.cpu_count()`, each use by its own row."""
    _require_movable(file, verdict)
    modules: list[str] = []
    for target in dict.fromkeys(target for use in verdict.uses if use.row for target in use.row["targets"]):
        module = _module_of(file, target)
        if module is None:
            _require_free(file, target.split(".")[1], target.removeprefix("builtins."), verdict)
        elif module not in modules:
            modules.append(module)
    names, statements = _brought_in(file, verdict, modules)
    edits = [_rewritten_use(file, use, names) for use in verdict.uses]
    if verdict.stays:
        return edits + insert_before(file, verdict.sites[0], statements)
    stay = _names_beside(file, verdict) if verdict.sites[0].imported.member else []
    if stay:
        dropped = drop_members(file, verdict.sites, stay, statements)
        if dropped is None:
            raise _NoFix
        return edits + dropped
    for site in _clauses(verdict):
        if site.imported.member and b"#" in file.source[slice(*site.span(site.imported.statement))]:
            raise _NoFix  # The comments would be lost.
        edits += replace_import(file, site, statements)
        statements = []
    return edits


def _require_movable(file: SourceFile, verdict: Verdict) -> None:
    """The names that a fix takes away must not be wanted by anything but the uses that it rewrites."""
    if any(site.imported.is_star and not _is_known_star(file, site) for site in file.sightings.imports()):
        raise _NoFix
    for use in verdict.uses:
        if use.sighting.parts[0].name != use.sighting.sites[0].imported.target:
            raise _NoFix  # Reached through an alias that stays behind.
        if not set(use.sighting.best_sites) <= set(verdict.sites):
            raise _NoFix  # Another import may have brought the name.
    if verdict.stays and not all(
        safety.is_within_reach(file.document, u.sighting, s) for u in verdict.uses for s in verdict.sites
    ):
        raise _NoFix
    for site in verdict.gone:
        imported = site.imported
        uses = _uses_of(verdict, site)
        # What others may import from here by name has to stay.
        if not uses or file.context.is_init or safety.is_rebound(file.sightings, site):
            raise _NoFix
        if not all(safety.is_within_reach(file.document, use.sighting, site) for use in uses):
            raise _NoFix
        if safety.is_spoken_of(file.document, imported.local, with_member=not imported.member):
            raise _NoFix


def _is_known_star(file: SourceFile, site: Site) -> bool:
    return not site.imported.level and file.context.catalog.module(site.imported.module) is not None


def _brought_in(file: SourceFile, verdict: Verdict, modules: list[str]) -> tuple[dict[str, str], list[str]]:
    """The names by which some modules are, or will be, known, and the imports that are missing."""
    names, statements = {}, []
    for module in modules:
        _require_importable(file, module)
        site, top = verdict.sites[0], module.partition(".")[0]
        there = _imported_as(file, module, site)
        if there is None:
            statements.append(f"import {module}")
            if safety.is_used_beside(file.document, top, site):
                raise _NoFix
        names[module], scopes = there or (module, site.imported.place.scopes)
        local, _, rest = names[module].partition(".")
        _require_free(file, local, top if rest else module, verdict)
        if local.startswith("__") and any(
            scope.kind == "class" for u in verdict.uses for scope in u.sighting.place.scopes
        ):
            raise _NoFix  # In a class the name would be another one.
        if any(safety.is_hidden(file.document, file.sightings, local, len(scopes), u.sighting) for u in verdict.uses):
            raise _NoFix
    return names, statements


def _require_importable(file: SourceFile, module: str) -> None:
    """A module of the project under the name of a standard one would be imported instead."""
    if file.context.catalog.is_stdlib(module) and file.context.is_first_party(module.partition(".")[0]):
        raise _NoFix


def _clauses(verdict: Verdict) -> list[Site]:
    """One site for each clause or statement that has to go."""
    by_span = {(site.base, site.imported.statement if site.imported.member else site.imported.clause): site
               for site in verdict.sites}  # fmt: skip
    return list(by_span.values())


def _rewritten_use(file: SourceFile, use: Use, names: dict[str, str]) -> Edit:
    row, found = use.row, use.found
    assert row is not None and found is not None
    if row["rename"]:
        # The head alone changes, so what stands in the brackets keeps its form.
        anchor_end = next(part.end for part in use.sighting.parts if f"{part.name}.".startswith(row["anchor"] + "."))
        extra = next(part.name for part in use.sighting.parts if part.end == anchor_end).removeprefix(row["anchor"])
        return _put(file, use, anchor_end, _localised(row["rename"], names) + extra)

    def put(match: re.Match[str]) -> str:
        text = found.holes[match[3]]
        if match[2]:
            return (match[1] or "") + text if text else ""
        before, after = pattern[: match.start(2)].rstrip("$ "), pattern[match.end() :].lstrip()
        whole = before.endswith(("(", ",", "=", "[")) or match[1]
        # Outside of brackets a line break would end the statement.
        bare = match[3] in found.bare and not re.search(r"[\r\n]", text)
        keeps = bare or (whole and (not after or after[0] in ",)]"))
        return (match[1] or "") + (text if keeps else f"({text})")

    pattern = _localised(row["fix"], names)
    twice = [hole for hole, text in found.holes.items() if _count(hole, pattern) > 1 and not _PLAIN.fullmatch(text)]
    # In a comprehension or a lambda some expressions mean something else, or nothing at all.
    if _SCOPE.search(row["fix"]):
        own = re.compile(rf"\b(?:{'|'.join(_BOUND_INSIDE.findall(row['fix'])) or '-'})\b")
        if any(_BOUND_TO_SCOPE.search(text) or own.search(text) for text in found.holes.values()):
            raise _NoFix
        if any(scope.kind == "class" for scope in use.sighting.place.scopes[-1:]):
            raise _NoFix  # It would not see the names of the class.
    moving = [hole for hole, text in found.holes.items() if text and not _PLAIN.fullmatch(text)]
    before, after = ([m[3] for m in _HOLE.finditer(row[side]) if m[3] in moving] for side in ("match", "fix"))
    if before != after and len(moving) > 1:
        raise _NoFix  # What is evaluated first might change what comes next.
    if twice or not may_stand(row["fix"], use.sighting, file.document):
        raise _NoFix
    text = _HOLE.sub(put, pattern).replace("(, ", "(")
    if file.source.count(b"#", found.start, found.end) > text.count("#"):
        raise _NoFix  # A comment would be lost.
    return Edit(found.start, found.end, text if is_term(row["fix"]) else f"({text})")


def _count(hole: str, pattern: str) -> int:
    return sum(match[3] == hole for match in _HOLE.finditer(pattern))


def _put(file: SourceFile, use: Use, end: int, text: str) -> Edit:
    """Put a dotted name in place of the head of a use."""
    start = use.sighting.start
    if b"#" in file.source[start:end] or not may_stand(text, use.sighting, file.document):
        raise _NoFix
    return Edit(start, end, text)


def _localised(text: str, local: dict[str, str]) -> str:
    for module, name in local.items():
        if module != name:
            text = re.sub(rf"(?<![\w.$]){re.escape(module)}(?=\.)", name, text)
    return text


def _imported_as(file: SourceFile, module: str, site: Site) -> tuple[str, tuple[Scope, ...]] | None:
    """The dotted name by which a module is at hand already wherever an import has run, and the scopes it is in."""
    for other in file.sightings.imports():
        imported = other.imported
        if (
            imported.level
            or imported.is_star
            or imported.place.guards
            or not safety.is_at_hand(file.document, other, site)
        ):
            continue
        if imported.alias_part is None and not imported.member and imported.module == module:
            return module, imported.place.scopes
        if imported.target == module and (imported.member or imported.alias_part):
            return imported.local, imported.place.scopes
    return None


def _module_of(file: SourceFile, target: str) -> str | None:
    """The module that has to be imported for a target, or None for builtins."""
    if target.startswith("builtins."):
        return None
    catalog = file.context.catalog
    if not catalog.is_stdlib(target):
        return target.rpartition(".")[0]  # In-house, as a team's own catalog names it.
    while catalog.module(target) is None:
        target = target.rpartition(".")[0]
    return target


def _require_free(file: SourceFile, name: str, target: str, verdict: Verdict) -> None:
    """A name that the fix is going to use must not mean anything else anywhere in the file."""
    if safety.is_bound_otherwise(file.sightings, name, target.removeprefix("builtins."), verdict.gone):
        raise _NoFix
