"""The rules on what not every supported Python has: removed, not yet there, or deprecated.

Silent first: where the code does not run on the Python in question, where it asks before it uses, where the
name may be something else, where the program brings it itself, and where annotations are never evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from stdlib_ls.analysis.patterns import is_stored
from stdlib_ls.analysis.surroundings import is_annotation, keywords_of_call
from stdlib_ls.analysis.table import Sighting
from stdlib_ls.catalog.store import Entry
from stdlib_ls.features.dated import dated_below, is_deprecated
from stdlib_ls.features.edits import Fix
from stdlib_ls.features.fixes import fix_of
from stdlib_ls.features.judgement import Use, Verdict, judge_as, site_group
from stdlib_ls.features.render import unquote
from stdlib_ls.features.rules import Diagnostic, Severity
from stdlib_ls.features.source_file import SourceFile
from stdlib_ls.versions import Version, VersionRange, show_version

_FIRST_3, _LIKE_2 = (3, 0), (3, 3)
_GUARDS_OF_IMPORTS = frozenset(("import-error", "condition", "lazy"))
_GUARDS_OF_USES = frozenset(("attribute-error", "condition", "lazy"))


class _Dated(NamedTuple):
    """A name in the text about which versions have a say: an entry, or a parameter of it, with its dates."""

    start: int
    end: int
    entry: Entry
    added: Version | None
    removed: Version | None
    parameter: str = ""

    @property
    def shown(self) -> str:
        name = self.entry.name.removeprefix("builtins.")
        return f"the parameter {self.parameter} of {name}" if self.parameter else name


def version_findings(file: SourceFile) -> Iterator[Diagnostic]:
    """What some supported Python has no more, has not yet, or wants to get rid of."""
    told: set[tuple[int, str]] = set()
    for sighting in _sightings(file):
        for dated in _dated(file, sighting):
            versions = _reaching(file, sighting)
            found = _finding(file, dated, versions) if versions else None
            if found and not _is_silent(file, sighting, dated, found.code):
                # Several names of one statement come from one module.
                if (found.start, found.code) not in told:
                    yield found._replace(find_fix=partial(_fix, file, sighting))
                told.add((found.start, found.code))
                if not dated.parameter:
                    break  # What is reached through it is no better.


def _finding(file: SourceFile, dated: _Dated, versions: VersionRange) -> Diagnostic | None:
    entry, shown = dated.entry, dated.shown
    kind = "module" if entry.is_module and not dated.parameter else "member"
    severity: Severity = "hint" if versions.assumed else "warning"
    supports = _supports(file, versions)
    if dated.removed and dated.removed <= versions.newest:
        gone = f"{shown} is gone from Python {show_version(dated.removed)} on; {supports}.{_way_out(dated)}"
        return Diagnostic(dated.start, dated.end, f"removed-{kind}", severity, gone, shown)
    # What came with the first of Python 3 may be in 2.7 as well.
    lowest = versions.lowest if versions.lowest >= _FIRST_3 else _LIKE_2
    if dated.added and dated.added > lowest:
        missing = f"{shown} needs Python {show_version(dated.added)}; {supports}."
        return Diagnostic(dated.start, dated.end, "not-yet-available", severity, missing, shown)
    if not dated.parameter and is_deprecated(entry, versions):
        since = f" since Python {show_version(entry.deprecated)}" if entry.deprecated else ""
        message = f"{shown} is deprecated{since}.{_way_out(dated)}"
        return Diagnostic(dated.start, dated.end, f"deprecated-{kind}", "hint", message, shown, tags=("deprecated",))
    return None


def _fix(file: SourceFile, sighting: Sighting) -> Fix | None:
    """What takes the place of a name everywhere that the file uses it through one import, if that is known."""
    site = next(iter(sighting.sites), None)
    successors = file.context.catalog.successors(sighting.name.partition(".")[0])
    if site is None or successors is None:
        return None
    sites = site_group(file, site)
    uses = [use for one in sites for use in file.sightings.uses_of(one)]
    verdict = judge_as(file, sites, successors, uses)
    own = [use for use in verdict.covered if sighting.is_import or use.sighting.name == sighting.name]
    keys = {use.row["match"] for use in own if use.row}
    return fix_of(file, verdict._replace(uses=tuple(_without_others(verdict, keys)))) if keys else None


def _without_others(verdict: Verdict, keys: set[str]) -> Iterator[Use]:
    """The uses of a verdict, of which only those that some rows speak of are to be replaced."""
    for use in verdict.uses:
        yield use if use.row and use.row["match"] in keys else Use(use.sighting)


def _supports(file: SourceFile, versions: VersionRange) -> str:
    """Which Pythons a place is judged by, and who says so."""
    if versions != file.context.versions:
        return f"this branch runs on {versions}"
    return f"this project supports {versions} ({versions.lowest_source})"


def _way_out(dated: _Dated) -> str:
    return f" {unquote(dated.entry.instead)}" if dated.entry.instead and not dated.parameter else ""


def _sightings(file: SourceFile) -> Iterator[Sighting]:
    """The imports, and those uses about which versions may have a say."""
    catalog, sightings, versions = file.context.catalog, file.sightings, file.context.versions
    there = file.document.words()
    members: set[str] = set()
    for site in sightings.imports():
        imported = site.imported
        top, _, rest = imported.target.partition(".")
        if imported.level or imported.is_star or not catalog.is_stdlib(top) or file.context.is_shadowed(top):
            continue
        yield sightings.import_sighting(site)
        dated = dated_below(catalog, top, versions)
        words = None if rest in dated.parameters else dated.words(there)
        members |= dated.members(there)
        if words is None or words:
            yield from (use for use in sightings.uses_named(imported.local, words) if site in use.best_sites)
    dated = dated_below(catalog, "builtins", versions)
    # What builtins have that is dated has common names, so that the class must be named, too.
    members |= dated.members(there, of_named=True)
    for head in {name.partition(".")[0] for name in (*dated.names, *dated.parameters)} & there:
        words = None if head in dated.names or head in dated.parameters else dated.words(there)
        if words is None or words:
            uses = sightings.uses_named(head, words)
            yield from (use for use in uses if use.name.startswith("builtins.") and not use.is_value)
    yield from _uses_of_values(file, members)


def _uses_of_values(file: SourceFile, members: set[str]) -> Iterator[Sighting]:
    """The uses of some attributes of values whose class is plain."""
    heads = {head for member in members for head in file.sightings.heads_of(member)}
    # What is reached through an import has been looked at, and what `self` is, the file does not say.
    for name in sorted(heads - {"self", "cls", *(site.imported.local for site in file.sightings.imports())}):
        yield from file.sightings.values_named(name, members)


def _dated(file: SourceFile, sighting: Sighting) -> Iterator[_Dated]:
    """The parts of a sighting about which versions have a say, from the left; what its import says is left to that."""
    catalog = file.context.catalog
    told = {part.name for site in sighting.sites for part in file.sightings.import_sighting(site).parts}
    if sighting.is_value:
        told.add(sighting.parts[0].name)
    if not sighting.is_import and any(_is_amiss(file, name) for name in told):
        return  # The import says it, or has been thought about.
    seen: set[str] = set()
    for part in sighting.parts:
        if part.name not in seen and (sighting.is_import or part.name not in told):
            top, _, rest = part.name.partition(".")
            entry = catalog.find(part.name) if rest in dated_below(catalog, top, file.context.versions).names else None
            if entry:
                yield _Dated(part.start, part.end, entry, _added(file, entry, part.name), entry.removed)
        seen.add(part.name)
    entry = None if sighting.is_import else catalog.find(sighting.name)
    if entry and entry.parameters:
        for keyword in keywords_of_call(sighting, file.document):
            if keyword.text in entry.parameters:
                yield _Dated(keyword.start, keyword.end, entry, *entry.parameters[keyword.text], keyword.text)


def _added(file: SourceFile, entry: Entry, name: str) -> Version | None:
    """When a name came, as far as the thing that it is reached through is not younger than the name itself.

    `cProfile.Profile.run` is old, though the class that it now is an alias of came with a new module.
    """
    owner = file.context.catalog.find(entry.name.rpartition(".")[0])
    is_moved = entry.name != name and owner is not None and owner.added == entry.added
    return None if is_moved else entry.added


def _is_amiss(file: SourceFile, name: str) -> bool:
    """Whether some Python of the range lacks a name."""
    entry, versions = file.context.catalog.find(name), file.context.versions
    if entry is None:
        return False
    is_missing = entry.added is not None and entry.added > versions.lowest
    return is_missing or (entry.removed is not None and entry.removed <= versions.newest)


def _reaching(file: SourceFile, sighting: Sighting) -> VersionRange | None:
    """The Pythons that run a use and can have run its import; None where nobody can tell."""
    reached = file.versions_at(sighting.start)
    for site in sighting.sites:
        imported = file.versions_at(site.base + site.imported.start)
        if reached is None or imported is None:
            return None
        reached = reached.within(imported)
    return reached


def _is_silent(file: SourceFile, sighting: Sighting, dated: _Dated, code: str) -> bool:
    if not sighting.certain or is_stored(sighting, file.document):
        return True
    guards = sighting.place.guards
    names = {part.name.rpartition(".")[2] for part in sighting.parts}
    if guards & (_GUARDS_OF_IMPORTS if sighting.is_import else _GUARDS_OF_USES):
        return True
    if dated.parameter and "type-error" in guards:
        return True
    if any(guard.removeprefix("has:") in names for guard in guards if guard.startswith("has:")):
        return True
    if code.startswith("deprecated-"):
        return "warnings" in guards
    if _is_brought(file, sighting):
        return True
    if _is_asked_for(file, dated.entry.name) or _is_provided(file, dated.entry.name):
        return True
    return not sighting.is_import and _is_never_evaluated(file, sighting)


def _is_brought(file: SourceFile, sighting: Sighting) -> bool:
    """Whether the program itself assigns to the name, for the Pythons that lack it."""
    member = re.escape(sighting.name.rpartition(".")[2].encode())
    if not re.search(rb"\." + member + rb"[ \t]*(?:=(?!=)|:)", file.source):
        return False
    uses = (use for site in sighting.sites for use in file.sightings.uses_of(site))
    return any(use.name == sighting.name and is_stored(use, file.document) for use in uses)


def _is_asked_for(file: SourceFile, name: str) -> bool:
    """Whether the file asks somewhere whether there is such a thing, or puts something in its place."""
    starts, source = file.document.lines.starts, file.source
    for quoted in (name.rpartition(".")[2].encode(), name.encode()):
        for place in (at for quote in (b"'", b'"') for at in _finds(source, quote + quoted + quote)):
            line = source[starts[file.document.lines.line_of(place)] :].partition(b"\n")[0]
            if _QUESTION.search(line):
                return True
    return False


def _finds(source: bytes, wanted: bytes) -> Iterator[int]:
    at = source.find(wanted)
    while at >= 0:
        yield at
        at = source.find(wanted, at + 1)


_QUESTION = re.compile(
    rb"\b(?:hasattr|[gs]etattr|importorskip|find_spec|import_module|__import__|dir|vars|__dict__|sys\.modules)\b"
)


def _is_provided(file: SourceFile, name: str) -> bool:
    """Whether the file imports a package that brings a module back under its old name."""
    module = file.context.catalog.module(name.partition(".")[0])
    provider = module.card.get("provided_by") if module else None
    return provider is not None and any(
        site.imported.module.partition(".")[0] == provider for site in file.sightings.imports()
    )


def _is_never_evaluated(file: SourceFile, sighting: Sighting) -> bool:
    postponed = any(site.imported.target == "__future__.annotations" for site in file.sightings.imports())
    return postponed and is_annotation(sighting, file.document)
