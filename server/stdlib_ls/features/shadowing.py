"""The rule shadowed-module: a file of the project is imported where the standard library is meant.

It speaks only where that file wins for sure, and where nothing in the importing file says that it is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby

from stdlib_ls.analysis.table import Site
from stdlib_ls.features.edits import Fix
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.source_file import Shadow, SourceFile
from stdlib_ls.versions import VersionRange

_CODE = "shadowed-module"
_GUARDS = frozenset(("import-error", "condition", "lazy"))
_RUN_AS_SCRIPT = re.compile(rb"\A#!|^if[ \t(]+__name__[ \t]*==[ \t]*['\"]__main__['\"]", re.MULTILINE)
_FIRST_WORD = re.compile(rb"\w+|\S+")
# Modules that programs are expected to bring themselves, or that only Python's own tests are after.
_ONES_OWN = frozenset(("sitecustomize", "test", "usercustomize"))
# What these import as they start, on every CPython from 3.9 to 3.13, as tests/unit/test_shadowing.py looks at it.
LOADED_BY_TOOLS: Mapping[str, frozenset[str]] = {
    "the debugger pdb": frozenset(
        """ast bdb cmd code codeop collections contextlib copyreg dis enum fnmatch functools glob importlib inspect
        keyword opcode operator pprint re reprlib signal string token tokenize traceback types warnings""".split()
    ),
    "the test runner unittest": frozenset(
        """argparse collections contextlib copyreg difflib enum fnmatch functools gettext heapq keyword operator pprint
        re reprlib signal token tokenize traceback types warnings weakref""".split()
    ),
}


def shadowed_modules(file: SourceFile) -> Iterator[Diagnostic]:
    """The imports that get a file of the project instead of a standard module, and such a file itself."""
    told_of_itself = False
    sites = [site for site in file.sightings.imports() if not site.imported.level and site.imported.module_parts]
    for (_, name), group in groupby(sites, key=lambda site: (site.span(site.imported.statement), _top(site))):
        same = list(group)
        shadow = _winner(file, name, file.versions_at(same[0].base + same[0].imported.start))
        if shadow is None or any(site.imported.place.guards & _GUARDS for site in same):
            continue
        is_itself = shadow.file == file.context.path and not file.context.is_init
        if is_itself or all(_means_standard(file, site, name) for site in same):
            told_of_itself |= is_itself
            who = "This file imports itself" if is_itself else f"This imports {shadow.shown}"
            message = f"{who}, not the standard library's {name}: {_reason(shadow, name)}"
            yield _diagnostic(*same[0].span(same[0].imported.module_parts[0]), message, shadow, name)
    if not told_of_itself:
        yield from _hiding(file)


def _hiding(file: SourceFile) -> Iterator[Diagnostic]:
    """What is said in the file that hides a standard module: no import of it is known to be wrong, so but a hint."""
    path = file.context.path
    name = "" if path is None else path.parent.name if file.context.is_init else path.stem
    shadow = _winner(file, name, file.context.versions)
    if shadow is None or shadow.file != path:
        return
    # A comment behind the first line of a script, which could silence this, would spoil that line.
    start = next((node.start_byte for node in file.document.nodes if node.type != "comment"), 0)
    word = _FIRST_WORD.match(file.source, start)
    reason = _reason(shadow, name)
    message = f"{shadow.shown} hides the standard library's {name} from what runs here: {reason}"
    yield _diagnostic(start, word.end() if word else start, message, shadow, name)._replace(severity="hint")


def _diagnostic(start: int, end: int, message: str, shadow: Shadow, name: str) -> Diagnostic:
    return Diagnostic(start, end, _CODE, "warning", message, name, find_fix=partial(_renaming, shadow))


def _renaming(shadow: Shadow) -> Fix:
    old, new = shadow.rename
    return Fix(f"Rename {old.name} to {new.name}", (), safe=False, rename=shadow.rename)


def _reason(shadow: Shadow, name: str) -> str:
    folder = "of a script" if shadow.is_beside else "that a program is started from"
    tools = " and ".join(tool for tool, names in LOADED_BY_TOOLS.items() if name in names)
    verb = "import" if " and " in tools else "imports"
    also = f" {tools[0].upper()}{tools[1:]} {verb} it too." if tools else ""
    return f"the folder {folder} comes first on Python's search path.{also} Rename {shadow.shown}."


def _winner(file: SourceFile, name: str, versions: VersionRange | None) -> Shadow | None:
    """The file that is imported under the name of a standard module for sure, or None."""
    if versions is None or name.startswith("_") or name in _ONES_OWN or not _is_always_there(file, name, versions):
        return None
    if file.context.path is None or file.context.path.suffix != ".py":
        return None  # The kernel of a notebook has imported much before its folder counts.
    shadow = file.context.shadow(name)
    if shadow is None or shadow.wins == "perhaps":
        return None
    if shadow.wins == "if started there" and not _is_started_there(file, shadow):
        return None
    return None if shadow.is_beside and _is_in_package(file, name) else shadow


def _is_always_there(file: SourceFile, name: str, versions: VersionRange) -> bool:
    """Whether all these Pythons have a module: where one has not, the file may be there to take its place."""
    entry = file.context.catalog.module(name)
    if entry is None or (entry.added and entry.added > versions.lowest):
        return False
    return entry.removed is None or entry.removed > versions.newest


def _is_started_there(file: SourceFile, shadow: Shadow) -> bool:
    """Whether a file is run as a script beside the shadow, or imports what only the shadow's folder has to offer."""
    if shadow.is_beside and _RUN_AS_SCRIPT.search(file.source):
        return True
    catalog = file.context.catalog
    tops = {_top(site) for site in file.sightings.imports() if not site.imported.level} & shadow.neighbours
    return any(not catalog.is_stdlib(top) and not catalog.packages(top) for top in tops)


def _is_in_package(file: SourceFile, name: str) -> bool:
    """Whether a file in a folder without `__init__.py` is a package's all the same, by what it imports."""
    path = file.context.path
    folders = {parent.name for parent in path.parents[:2]} - {name} if path else set()
    return any(site.imported.level or (_top(site) in folders) for site in file.sightings.imports())


def _means_standard(file: SourceFile, site: Site, name: str) -> bool:
    """Whether everything that a file names of a module is the standard library's."""
    catalog = file.context.catalog
    if site.imported.is_star:
        return not file.document.words().isdisjoint(catalog.public_names(site.imported.module) or ())
    sightings = [file.sightings.import_sighting(site), *file.sightings.uses_of(site)]
    named = {part.name for sighting in sightings for part in sighting.parts}
    # Below a member of the module lies what a value has, of which the catalog cannot know.
    members = {".".join(one.split(".")[:2]) for one in named if one.startswith(f"{name}.")}
    return all(catalog.find(member) for member in {*members, site.imported.module})


def _top(site: Site) -> str:
    return site.imported.module.partition(".")[0]
