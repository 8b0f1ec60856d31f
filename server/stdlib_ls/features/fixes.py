"""Fixes: what a file becomes when the standard library takes over from an import.

A fix rewrites one import and every use of it, or is not offered at all.
Three ways, the least intrusive first: another module under the same name, another name in the `from`
statement, or each use rewritten by its row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stdlib_ls.analysis.sightings import Site
from stdlib_ls.features.import_edits import Edit, replace_import, replace_members
from stdlib_ls.features.judgement import Use, Verdict, new_name, old_name, row_of_name
from stdlib_ls.features.source_file import SourceFile

_HOLE = re.compile(r"(,\s*)?\$(\$?)([A-Z][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits of one file, in order and without overlap; `safe` where the program does the same afterwards."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool


class _NoFix(Exception):
    """The import cannot be replaced by edits that are sure to be right."""


def fix_of(file: SourceFile, verdict: Verdict) -> Fix | None:
    """The fix that lets an import go, or None where it has to stay or doubt remains."""
    if not verdict.complete or any(use.sighting.place.guards & {"lazy"} for use in verdict.uses):
        return None
    try:
        edits = _renamed_module(file, verdict) or _renamed_members(file, verdict) or _rewritten_uses(file, verdict)
    except _NoFix:
        return None
    edits = sorted(set(edits))
    if any(left.end > right.start for left, right in zip(edits, edits[1:], strict=False)):
        return None
    if not _still_parses(file, edits):
        return None
    return Fix(_title(verdict), tuple(edits), verdict.exact)


def apply_edits(source: bytes, edits: tuple[Edit, ...] | list[Edit]) -> bytes:
    """The source after edits, which must be in order and apart."""
    pieces, position = [], 0
    for edit in edits:
        pieces += [source[position : edit.start], edit.text.encode("utf-8", "surrogatepass")]
        position = edit.end
    return b"".join([*pieces, source[position:]])


def _still_parses(file: SourceFile, edits: list[Edit]) -> bool:
    fixed = SourceFile(apply_edits(file.source, edits).decode("utf-8", "surrogatepass"), file.context)
    return fixed.document.error_count() <= file.document.error_count()


def _title(verdict: Verdict) -> str:
    pairs = dict.fromkeys((old_name(use), new_name(use)) for use in verdict.uses)
    count = f"{len(verdict.uses)} use{'s' if len(verdict.uses) > 1 else ''}"
    if len(pairs) == 1:
        old, new = next(iter(pairs))
    else:
        old = verdict.sites[0].imported.module
        new = " and ".join(dict.fromkeys(filter(None, (_home(use) for use in verdict.uses)))) or "builtins"
    notes = [note for use in verdict.uses for note in (use.row or {}).get("differs", ())]
    look = "" if verdict.exact else f"; look at: {notes[0] if notes else 'the differences on its card'}"
    return f"Replace {old} with {new} ({count}){look}"


def _home(use: Use) -> str:
    """The module that takes over a use; nothing where builtins do."""
    targets = use.row["targets"] if use.row else ()
    return next((target.rpartition(".")[0] for target in targets if not target.startswith("builtins.")), "")


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
    if imported.member:
        return None
    new = _only({_renamed_target(use, imported.target) for use in verdict.uses})
    if new is None or file.context.catalog.module(new) is None:
        return None
    parent, _, last = new.rpartition(".")
    if imported.alias_part is None and last != imported.local:
        _require_free(file, new.partition(".")[0], new.partition(".")[0], verdict)
        heads = [Edit(use.sighting.start, use.sighting.parts[0].end, new) for use in verdict.uses]
        return [*heads, *replace_import(file, site, _missing(file, [new]))]
    if parent and last == imported.local:
        return replace_import(file, site, [f"from {parent} import {last}"])
    statement = f"import {new}" + ("" if new == imported.local else f" as {imported.local}")
    return replace_import(file, site, [statement])


def _renamed_members(file: SourceFile, verdict: Verdict) -> list[Edit] | None:
    """`from mock import patch` becomes `from unittest.mock import patch`."""
    if not verdict.sites[0].imported.member:
        return None
    moves: list[tuple[Site, str, str]] = []
    for site in verdict.sites:
        new = _only({_renamed_target(use, site.imported.target) for use in _uses_of(verdict, site)})
        if not _uses_of(verdict, site):
            new = (row_of_name(verdict.package, site) or {}).get("rename")
        module, _, member = (new or "").rpartition(".")
        if not module or file.context.catalog.module(module) is None or file.context.catalog.find(new or "") is None:
            return None
        moves.append((site, module, member))
    return replace_members(file, moves)


def _uses_of(verdict: Verdict, site: Site) -> list[Use]:
    return [use for use in verdict.uses if site in use.sighting.sites]


def _rewritten_uses(file: SourceFile, verdict: Verdict) -> list[Edit]:
    """`psutil.cpu_count()` becomes `os.cpu_count()`, each use by its own row."""
    modules: list[str] = []
    edits = []
    for use in verdict.uses:
        assert use.row is not None and use.found is not None
        if use.sighting.parts[0].name != use.sighting.sites[0].imported.target:
            raise _NoFix  # Reached through an alias that stays behind.
        for target in use.row["targets"]:
            module = _module_of(file, target)
            if module is None:
                _require_free(file, target.split(".")[1], target, verdict)
            else:
                modules.append(module)
        edits.append(_rewritten_use(file, use, _local_names(file, use.row["targets"])))
    if any(not _uses_of(verdict, site) for site in verdict.sites):
        raise _NoFix  # Dropping what is imported but not used here may break who imports it from here.
    needed = list(dict.fromkeys(modules))
    for module in needed:
        _require_free(file, module.partition(".")[0], module.partition(".")[0], verdict)
    statements = _missing(file, needed)
    first, *others = _clauses(verdict)
    edits += replace_import(file, first, statements)
    for site in others:
        edits += replace_import(file, site, [])
    return edits


def _clauses(verdict: Verdict) -> list[Site]:
    """One site for each clause or statement that has to go."""
    by_span = {(site.base, site.imported.statement if site.imported.member else site.imported.clause): site
               for site in verdict.sites}  # fmt: skip
    return list(by_span.values())


def _rewritten_use(file: SourceFile, use: Use, local: dict[str, str]) -> Edit:
    row, found = use.row, use.found
    assert row is not None and found is not None
    if row["rename"]:
        # The head alone changes, so what stands in the brackets keeps its form.
        anchor_end = next(part.end for part in use.sighting.parts if f"{part.name}.".startswith(row["anchor"] + "."))
        extra = next(part.name for part in use.sighting.parts if part.end == anchor_end).removeprefix(row["anchor"])
        return Edit(use.sighting.start, anchor_end, _localised(row["rename"], local) + extra)

    def put(match: re.Match[str]) -> str:
        text = found.holes[match[3]]
        if match[2]:
            return (match[1] or "") + text if text else ""
        before, after = pattern[: match.start(2)].rstrip("$ "), pattern[match.end() :].lstrip()
        whole = before.endswith(("(", ",", "=", "[")) or match[1]
        keeps = match[3] in found.bare or (whole and (not after or after[0] in ",)]"))
        return (match[1] or "") + (text if keeps else f"({text})")

    pattern = _localised(row["fix"], local)
    text = _HOLE.sub(put, pattern).replace("(, ", "(")
    return Edit(found.start, found.end, text)


def _localised(text: str, local: dict[str, str]) -> str:
    for module, name in local.items():
        if module != name:
            text = re.sub(rf"(?<![\w.$]){re.escape(module)}(?=\.)", name, text)
    return text


def _local_names(file: SourceFile, targets: list[str]) -> dict[str, str]:
    """The names under which the modules of some targets are, or will be, known at the top of the file."""
    modules = [module for target in targets if (module := _module_of(file, target))]
    return {module: _imported_as(file, module) or module for module in modules}


def _imported_as(file: SourceFile, module: str) -> str | None:
    """The dotted name by which a module is already at hand everywhere in the file."""
    for site in file.sightings.imports():
        imported = site.imported
        everywhere = not imported.place.scopes and not imported.place.arms and not imported.place.guards
        if not everywhere or imported.level or imported.is_star:
            continue
        if imported.alias_part is None and not imported.member and imported.module == module:
            return module
        if imported.target == module and (imported.member or imported.alias_part):
            return imported.local
    return None


def _missing(file: SourceFile, modules: list[str]) -> list[str]:
    return [f"import {module}" for module in modules if _imported_as(file, module) is None]


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
    if file.sightings.is_bound_otherwise(name, target.removeprefix("builtins."), verdict.sites):
        raise _NoFix
