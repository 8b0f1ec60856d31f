"""Judges a third-party import by what this file really uses of it.

Everything that speaks of alternatives, the diagnostic, the card, the fix, starts from a `Verdict`.
When to stay silent comes first: guards, first-party names, packages to keep, names that cannot be settled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from stdlib_ls.analysis.patterns import CONSUMERS, Found, compile_pattern, find_name, find_pattern, is_stored
from stdlib_ls.analysis.safety import is_spoken_of
from stdlib_ls.analysis.surroundings import conditions_around
from stdlib_ls.analysis.table import Sighting, Site
from stdlib_ls.catalog.store import is_under
from stdlib_ls.features.source_file import SourceFile
from stdlib_ls.versions import Version, parse_version

_SILENT_ADVICE = ("different", "keep")
# How Python 2 behaves, the facts do not tell.
_OLDEST_JUDGED: Version = (3, 0)
_AT_RUN_TIME = re.compile(rb"(?<![\w.])(?:exec\s*\(|(?:locals|globals|dir|vars)\s*\(\s*\))")
_QUESTION = re.compile(
    rb"\b(?:importorskip|find_spec|find_loader|is_available|is_installed|is_importable|optional_import|try_import"
    rb"|require\w*|import_module|__import__)\s*\("
)


class Use(NamedTuple):
    """One use of a package: the row that speaks of it, if any, and what of the source it matched.

    `needs` is the Python from which the row's fix holds, where the project supports older ones.
    """

    sighting: Sighting
    row: dict[str, Any] | None = None
    found: Found | None = None
    needs: Version | None = None

    @property
    def covered(self) -> bool:
        return self.row is not None and "fix" in self.row and self.needs is None

    @property
    def exact(self) -> bool:
        return self.covered and self.row is not None and self.row["safety"] == "safe"


class Verdict(NamedTuple):
    """What the standard library can do of one import: of one clause of `import`, or of one `from` statement.

    `unseen` says why the package may be used in ways that cannot be seen in this file, or is empty; `idle` that
    there are but unused names. `stays` marks the part of a verdict that can be acted on while the import stays.
    """

    package: dict[str, Any]
    sites: tuple[Site, ...]
    uses: tuple[Use, ...]
    unseen: str = ""
    idle: bool = False
    stays: bool = False

    @property
    def covered(self) -> list[Use]:
        return [use for use in self.uses if use.covered]

    @property
    def gaps(self) -> list[Use]:
        return [use for use in self.uses if not use.covered]

    @property
    def gone(self) -> tuple[Site, ...]:
        """The names that are no longer imported once the verdict has been acted on."""
        return () if self.stays else self.sites

    @property
    def complete(self) -> bool:
        """Whether the import can go."""
        return bool(self.uses) and not self.gaps and not self.unseen

    @property
    def exact(self) -> bool:
        return self.complete and all(use.exact for use in self.uses)

    @property
    def span(self) -> tuple[int, int]:
        """The name of the imported module, as written: the place to speak of it."""
        site = self.sites[0]
        parts = site.imported.module_parts
        return site.base + parts[0].start, site.base + parts[-1].end


def verdicts(file: SourceFile) -> Iterator[Verdict]:
    """A verdict for each import that something may be said about, in order of the file."""
    groups: dict[tuple[int, int], list[Site]] = {}
    for site in file.sightings.imports():
        imported = site.imported
        if not imported.level and file.context.catalog.packages(imported.module.partition(".")[0]):
            begin = imported.statement[0] if imported.member else imported.clause[0]
            groups.setdefault((site.base, begin), []).append(site)
    for sites in groups.values():
        verdict = judge(file, tuple(sites))
        if verdict and not _is_silent(file, verdict):
            yield verdict


def judge(file: SourceFile, sites: tuple[Site, ...]) -> Verdict | None:
    """The verdict on the names that one import brings, or None where it is not settled which package they are of."""
    if file.context.is_first_party(sites[0].imported.module.partition(".")[0]):
        return None
    sightings = [use for site in sites for use in file.sightings.uses_of(site)]
    package = _owner(file, sites, sightings)
    return judge_as(file, sites, package, sightings) if package else None


def judge_as(file: SourceFile, sites: tuple[Site, ...], package: dict[str, Any], sightings: list[Sighting]) -> Verdict:
    """The verdict on some uses of the names that one import brings, by the rows of a package."""
    uses = [_judge_use(file, package, use) for use in sightings]
    unseen = _unseen_uses(file, package, sites) or _torn_apart(file, package, sites, uses)
    idle = _idle_names(file, package, sites, uses) if uses and not unseen else ""
    return Verdict(package, sites, tuple(uses), unseen or idle, idle=bool(idle))


def _owner(file: SourceFile, sites: tuple[Site, ...], uses: list[Sighting]) -> dict[str, Any] | None:
    """The distribution that an import is of; where several have the name, that which knows all that is used of it."""
    top = sites[0].imported.module.partition(".")[0]
    names = [site.imported.target if site.imported.member else site.imported.module for site in sites]
    owners = [package for package in file.context.catalog.packages(top) if
              all(is_under(name, package["imports"]) for name in names)]  # fmt: skip
    if len(owners) > 1:
        owners = [package for package in owners if uses and all(_knows(package, use.name) for use in uses)]
    return owners[0] if len(owners) == 1 else None


def _knows(package: dict[str, Any], name: str) -> bool:
    return any(f"{name}.".startswith(row["anchor"] + ".") for row in package.get("replacements", ()))


def site_group(file: SourceFile, site: Site) -> tuple[Site, ...]:
    """The names that came in with the same clause or `from` statement as a site."""
    if not site.imported.member:
        return (site,)
    return tuple(
        other
        for other in file.sightings.imports()
        if other.base == site.base and other.imported.member and other.imported.statement == site.imported.statement
    )


def group_uses(uses: list[Use]) -> list[list[Use]]:
    """Uses that the same row speaks of, or that name the same thing, together, in order of the file."""
    groups: dict[object, list[Use]] = {}
    for use in uses:
        key = use.row["match"] if use.row else use.sighting.name
        groups.setdefault(key, []).append(use)
    return list(groups.values())


def old_name(use: Use) -> str:
    """What a use is of: its full dotted name, or the form that a row speaks of where that is not just a call."""
    if use.row is None:
        return use.sighting.name
    anchor, match = str(use.row["anchor"]), str(use.row["match"])
    is_plain = re.fullmatch(r"(\((\$+\w+(, )?)*\))?", match.removeprefix(anchor)) is not None
    return anchor if is_plain else shown_pattern(match)


def notes_of(use: Use) -> list[str]:
    """What to look at before a use is replaced, holes named as people would."""
    return [shown_pattern(note) for note in (use.row or {}).get("differs", ())]


def new_name(use: Use) -> str:
    """What takes the place of a use."""
    return shown_fix(use.row) if use.row else ""


def keep_when(package: dict[str, Any]) -> str:
    """When a package is the right choice, to follow "Keep it when"."""
    text = str(package["keep_when"])
    return text[0].lower() + text[1:]


def shown_fix(row: dict[str, Any]) -> str:
    """What a row's fix comes down to: a new name where only the name changes, else the expression."""
    return str(row["rename"] or shown_pattern(row["fix"]))


def shown_pattern(pattern: str) -> str:
    """A pattern as people would write it: `$MAP.items()` is `map.items()`, `$$REST` is left out."""
    without_rest = re.sub(r"(,\s*)?\$\$[A-Z][A-Z0-9_]*", "", pattern)
    return re.sub(r"\$([A-Z][A-Z0-9_]*)", lambda hole: hole[1].lower(), without_rest)


def _is_silent(file: SourceFile, verdict: Verdict) -> bool:
    package = verdict.package
    if package["advice"] in _SILENT_ADVICE or file.context.settings.allowed_because(package["package"]) is not None:
        return True
    if any(_is_guarded(file, site) for site in verdict.sites):
        return True
    if file.context.versions.lowest < _OLDEST_JUDGED:
        return True
    return _is_asked_for(file, verdict.sites[0].imported.module.partition(".")[0].encode())


def _is_asked_for(file: SourceFile, name: bytes) -> bool:
    """Whether a file asks somewhere whether a package is there: its name alone in a string, beside such a question."""
    named = re.search(rb"['\"]" + re.escape(name) + rb"['\"]", file.source)
    return named is not None and _QUESTION.search(file.source) is not None


def _is_guarded(file: SourceFile, site: Site) -> bool:
    """Whether the author has thought about an import: a guard, or a branch on versions with another way out."""
    if site.imported.place.guards - {"attribute-error", "type-error", "warnings"}:
        return True
    name = site.imported.module.partition(".")[0]
    if any(name in condition for condition in conditions_around(file.document, site.base + site.imported.start)):
        return True
    reached = file.versions_at(site.base + site.imported.start)
    if reached == file.context.versions:
        return False
    return reached is None or sum(1 for _ in file.sightings.bindings(site.imported.local)) > 1


def _unseen_uses(file: SourceFile, package: dict[str, Any], sites: tuple[Site, ...]) -> str:
    """Why a package may be used in ways that cannot be seen, or in another way than it seems; else nothing."""
    if _AT_RUN_TIME.search(file.source):
        return "names that are looked up while it runs"
    top = re.escape(sites[0].imported.module.partition(".")[0].encode())
    others = other_imports(file, package, sites)
    if any(site.imported.is_star for site in (*sites, *others)):
        return "a star import"
    if any(_is_changed(file, site) for site in others):
        return "another import of it, which changes it"
    if re.search(rb"['\"]" + top + rb"(?:\.\w|['\"])", file.source):
        return "names in strings"
    for site in sites:
        imported = site.imported
        quoted = re.escape(imported.local.encode("utf-8", "surrogatepass"))
        if re.search(rb"__all__[^\n]*(?:\n[^\n=]*)*?['\"\s]" + quoted + rb"['\"\s]", file.source):
            return "`__all__`"
        if imported.alias_part and (imported.member or imported.module) == imported.local:
            return "a re-export"
        if any(scope.kind == "class" for scope in imported.place.scopes[-1:]):
            return "an attribute of the class"
        if is_spoken_of(file.document, imported.local, with_member=not imported.member):
            return "names in strings"
    return ""


def _torn_apart(file: SourceFile, package: dict[str, Any], sites: tuple[Site, ...], uses: list[Use]) -> str:
    """Who else has to do with exceptions and the like among the uses, which go with what raises or takes them."""
    coupled = [use for use in uses if is_coupled(file, use)]
    if uses and len(coupled) == len(uses):
        return "what raises or takes these"
    elsewhere = [use for site in other_imports(file, package, sites) for use in file.sightings.uses_of(site)]
    if (coupled and elsewhere) or any(is_coupled(file, _judge_use(file, package, use)) for use in elsewhere):
        return "another import of it, which these belong to"
    return ""


def is_coupled(file: SourceFile, use: Use) -> bool:
    """Whether what is used goes with something else of its package: an exception, an encoder, a sentinel."""
    row = use.row or {}
    target = file.context.catalog.find(str(row["rename"])) if row.get("rename") else None
    is_exception = row.get("when") == "except" or (target is not None and target.kind == "exception")
    return is_exception or _COUPLED.search(use.sighting.name) is not None


_COUPLED = re.compile(r"(?:Error|Exception|Encoder|Decoder)$|\.(?:sentinel|DEFAULT)$")


def other_imports(file: SourceFile, package: dict[str, Any], sites: tuple[Site, ...]) -> list[Site]:
    """The imports of a package in a file besides some of them."""
    return [
        site
        for site in file.sightings.imports()
        if site not in sites and not site.imported.level and is_under(site.imported.module, package["imports"])
    ]


def _is_changed(file: SourceFile, site: Site) -> bool:
    return any(changes_package(file, use) for use in file.sightings.uses_of(site))


def changes_package(file: SourceFile, use: Sighting) -> bool:
    """Whether a use assigns to a part of a package, or hands the whole on to code that may do so."""
    is_whole = len(use.parts) == 1 and not any(site.imported.member for site in use.sites)
    return is_whole or use.name.endswith(".__dict__") or is_stored(use, file.document)


def _idle_names(file: SourceFile, package: dict[str, Any], sites: tuple[Site, ...], uses: list[Use]) -> str:
    """The names that a statement brings besides those used, and that nothing takes over: others may want them."""
    used = {site for use in uses for site in use.sighting.sites}
    idle = [site.imported.member for site in sites if site not in used and not row_of_name(file, package, site)]
    return f"the unused {', '.join(idle)}" if idle else ""


def row_of_name(file: SourceFile, package: dict[str, Any], site: Site) -> dict[str, Any] | None:
    """The row that gives an imported name as such a new name, on all Pythons that run the import."""
    versions = file.versions_at(site.base + site.imported.start)
    for row in package.get("replacements", ()):
        if row["match"] == site.imported.target and row.get("rename"):
            since = parse_version(row.get("since") or "")
            return row if versions and (since is None or since <= versions.lowest) else None
    return None


def _judge_use(file: SourceFile, package: dict[str, Any], use: Sighting) -> Use:
    if not use.certain or is_stored(use, file.document):
        return Use(use)
    # A fix names things where the import stands, so the Pythons that run the import decide.
    reached = [file.versions_at(site.base + site.imported.start) for site in use.sites]
    lowest = max((versions.lowest for versions in reached if versions), default=file.context.versions.lowest)
    for row in package.get("replacements", ()):
        found = _match(file, row, use)
        if not found:
            continue
        since = parse_version(row.get("since") or "")
        too_old = since is not None and since > lowest
        return Use(use, row, found, since if too_old else None)
    return Use(use)


def _match(file: SourceFile, row: dict[str, Any], use: Sighting) -> Found | None:
    anchor = row["anchor"]
    # A look at the name saves most of the tree comparisons.
    if not f"{use.name}.".startswith(anchor + "."):
        return None
    when = row.get("when", "")
    if when == "iterated" and any(True for name in CONSUMERS for _ in file.sightings.bindings(name)):
        return None  # What the file itself calls `list` may keep an iterator.
    if row["match"] == anchor:
        return find_name(anchor, use, file.document, when=when)
    pattern = compile_pattern(row["match"], anchor)
    return find_pattern(pattern, use, file.document, rest=row.get("rest"), when=when)
