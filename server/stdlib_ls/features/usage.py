"""What one file uses of third-party packages, and how much of that the standard library covers.

The verdicts are those of `judgement.py`; here they are counted, for those who look at many files.
What nobody has judged, because of a guard or a doubt, counts as not covered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from stdlib_ls.analysis.conditions import EVERY
from stdlib_ls.analysis.table import Sighting, Site
from stdlib_ls.features.fallbacks import obsolete_fallbacks
from stdlib_ls.features.judgement import Verdict, verdicts
from stdlib_ls.features.source_file import SourceFile
from stdlib_ls.features.suppression import is_suppressed
from stdlib_ls.settings import normal_package
from stdlib_ls.versions import NEWEST_KNOWN, Version

_RULE = "replaceable-import"
# Guards that say nothing of whether an import works.
_HARMLESS = frozenset(("attribute-error", "type-error", "warnings"))


class Usage(NamedTuple):
    """What a file does with one package.

    `lines` are those of its imports, from 1 on, `guarded` says how many of these are under guards.
    `gaps` names each use that is not covered, and in words what cannot be seen; `review` says that a replacement wants
    a look. `since` is the Python from which no gap is left, or None. `names` are those that other files can import.
    """

    lines: tuple[int, ...]
    guarded: int
    uses: int
    gaps: tuple[str, ...]
    uncovered: int
    review: bool
    since: Version | None
    names: frozenset[str]


class _Judged(NamedTuple):
    """The uses of a package by their offsets; `unseen` says in words what else may be, `waits` that a newer Python may
    change the judgement."""

    covered: frozenset[int]
    gaps: dict[int, str]
    unseen: tuple[str, ...]
    review: bool
    waits: bool


def usages(file: SourceFile, owner_of: Callable[[str], str]) -> dict[str, Usage]:
    """What a file does with each package, by its normal name, which `owner_of` gives for an imported name or ""."""
    sites: dict[str, list[Site]] = {}
    for site in file.sightings.imports():
        owner = "" if site.imported.level else owner_of(_name(site))
        if owner:
            sites.setdefault(owner, []).append(site)

    @cache
    def judge_at(version: Version) -> _Judge:
        versions = file.context.versions
        if version == versions.lowest:
            return _Judge(file)
        later = replace(versions, lowest=version, newest=max(version, versions.newest), lowest_source="a later Python")
        return _Judge(SourceFile("", file.context._replace(versions=later), file.document))

    return {owner: _usage(file, judge_at, owner, held) for owner, held in sites.items()}


def _usage(file: SourceFile, judge_at: Callable[[Version], _Judge], owner: str, sites: list[Site]) -> Usage:
    lowest = file.context.versions.lowest
    now = judge_at(lowest).judged(owner, sites)
    since = None if now.gaps or now.unseen else lowest
    if now.waits:
        # From the newest down, so that what never changes costs one look.
        for version in sorted((one for one in EVERY if lowest < one <= NEWEST_KNOWN), reverse=True):
            then = judge_at(version).judged(owner, sites)
            if then.gaps or then.unseen:
                break
            since = version
    return Usage(
        lines=tuple(sorted({_line(file, site) for site in sites})),
        guarded=len({_line(file, site) for site in sites if _is_guarded(file, site)}),
        uses=len(now.covered) + len(now.gaps),
        gaps=(*now.gaps.values(), *now.unseen),
        uncovered=len(now.gaps),
        review=now.review,
        since=since,
        names=frozenset(site.imported.local for site in sites if not site.imported.place.scopes),
    )


def _line(file: SourceFile, site: Site) -> int:
    return file.document.lines.line_of(_at(site)) + 1


def _at(site: Site) -> int:
    return site.base + site.imported.start


def _is_guarded(file: SourceFile, site: Site) -> bool:
    """Whether an import runs only under some condition; one that no Python of the range runs counts, too."""
    return bool(site.imported.place.guards - _HARMLESS) or file.versions_at(_at(site)) != file.context.versions


class _Judge:
    """Says of the imports in a file, for one range of Pythons, what is covered of their uses."""

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        spoken = (verdict for verdict in verdicts(file) if not is_suppressed(file, verdict.span[0], _RULE))
        self._verdicts: dict[Site, Verdict] = {site: verdict for verdict in spoken for site in verdict.sites}
        # Each arm that the range has made obsolete, and whether taking it away wants a look.
        self._dead = [(one.start, one.end, one) for one in obsolete_fallbacks(file)]

    def judged(self, owner: str, sites: list[Site]) -> _Judged:
        """The judgement on the imports of one package."""
        covered: set[int] = set()
        gaps: dict[int, str] = {}
        unseen: list[str] = []
        review = waits = False
        seen: list[Verdict] = []
        for site in sites:
            uses = {use.start: _used(use, site) for use in self._file.sightings.uses_of(site)}
            verdict = self._verdicts.get(site)
            arm = next((one for start, end, one in self._dead if start <= _at(site) < end), None)
            if arm:
                # What the name stands for in truth comes from the other arm.
                fix = arm.find_fix()
                covered |= uses.keys()
                review = review or fix is None or not fix.safe
            elif verdict is None or normal_package(verdict.package["package"]) != owner:
                gaps |= uses
                unseen += [] if uses else [f"the import of {_name(site)}"]
                waits = True
            elif verdict not in seen:
                seen.append(verdict)
                covered |= {use.sighting.start for use in verdict.covered}
                gaps |= {use.sighting.start: use.sighting.name for use in verdict.gaps}
                review = review or not all(use.exact for use in verdict.covered)
                waits = waits or any(use.needs for use in verdict.gaps)
                unseen += _unseen(verdict)
        return _Judged(frozenset(covered - gaps.keys()), gaps, tuple(unseen), review, waits)


def _used(use: Sighting, site: Site) -> str:
    """What a use is of, by way of one of the imports that it may come from."""
    return next((name for name in use.names if f"{name}.".startswith(f"{site.imported.target}.")), use.name)


def _unseen(verdict: Verdict) -> list[str]:
    if verdict.unseen:
        return [f"what cannot be seen ({verdict.unseen})"]
    return [] if verdict.uses else [f"the import of {_name(verdict.sites[0])}, which nothing uses"]


def _name(site: Site) -> str:
    return site.imported.target if site.imported.member else site.imported.module
