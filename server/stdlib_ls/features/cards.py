"""Cards: what is shown of a module, a member or a third-party package. Values only; `render` makes text of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from stdlib_ls.catalog.store import Entry
from stdlib_ls.features.judgement import (
    Use,
    Verdict,
    group_uses,
    keep_when,
    new_name,
    notes_of,
    old_name,
    shown_fix,
    shown_pattern,
)
from stdlib_ls.features.source_file import Context
from stdlib_ls.versions import OLDEST_KNOWN, Version, VersionRange, parse_version, show_version

_MEMBERS, _PITFALLS, _LINES, _PARAMETERS = 5, 3, 6, 4


class Card(NamedTuple):
    """The parts of a card in the order in which they are shown; empty ones are left out.

    `members` and `choose` are pairs of a name and a text, `link` is a pair of a text and an address.
    Texts may hold `code` in backticks and nothing else of Markdown.
    """

    title: str
    kind: str = ""
    summary: str = ""
    versions: str = ""
    lines: tuple[str, ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    pitfalls: tuple[str, ...] = ()
    choose: tuple[tuple[str, str], ...] = ()
    example: str = ""
    link: tuple[str, str] | None = None


def card_of(entry: Entry, context: Context) -> Card:
    """The card of a module or symbol, judged against the file's range of Pythons."""
    card = entry.card
    return Card(
        title=entry.name.removeprefix("builtins."),
        kind=entry.kind,
        summary=entry.summary,
        versions=version_line(entry, context.versions),
        lines=tuple(parameter_lines(entry, context.versions)),
        members=tuple(card.get("reach_for", {}).items())[:_MEMBERS],
        pitfalls=entry.pitfalls[:_PITFALLS],
        choose=tuple(card.get("choose", {}).items()),
        example=card.get("example", "").rstrip("\n"),
        link=docs_link(entry, context),
    )


def version_line(entry: Entry, versions: VersionRange) -> str:
    """One line that judges an entry against a range: fits, needs, gone, going; and the way out of the last two."""
    source = versions.lowest_source
    if entry.removed and entry.removed <= versions.lowest:
        line = f"Gone since Python {show_version(entry.removed)}: no Python you support has it ({versions}, {source})"
    elif entry.removed and entry.removed <= versions.newest:
        line = f"Removed in Python {show_version(entry.removed)}; you support {versions} ({source})"
    elif entry.added and entry.added > versions.lowest:
        line = f"Needs Python {show_version(entry.added)}; you support {show_version(versions.lowest)} ({source})"
    else:
        line = f"Fits Python {versions} ({source})"
        if entry.added and entry.added >= OLDEST_KNOWN:
            line += f", there since {show_version(entry.added)}"
    if entry.is_deprecated:
        line += f", deprecated since {show_version(entry.deprecated)}" if entry.deprecated else ", deprecated"
    if entry.availability:
        line += f". {_platforms(entry.availability)}"
    if entry.instead and (entry.removed or entry.is_deprecated):
        line += f". {entry.instead}"
    return line


def parameter_lines(entry: Entry, versions: VersionRange) -> Iterator[str]:
    """A line on the parameters that not every Python of a range takes, if there are any."""
    apart = []
    for name, (added, removed) in entry.parameters.items():
        if removed and versions.lowest < removed <= versions.newest:
            apart.append(f"`{name}` gone in {show_version(removed)}")
        elif added and added > versions.lowest and not removed:
            apart.append(f"`{name}` from {show_version(added)}")
    if apart:
        more = f" and {len(apart) - _PARAMETERS} more" if len(apart) > _PARAMETERS else ""
        yield f"Parameters that not every Python takes: {', '.join(apart[:_PARAMETERS])}{more}"


def version_note(added: Version | None, deprecated: object, removed: Version | None, versions: VersionRange) -> str:
    """The same in a word or two, for lists; `deprecated` is a version's text, True, or nothing."""
    if removed and removed <= versions.newest:
        return f"gone in {show_version(removed)}"
    if deprecated:
        return f"deprecated {deprecated}" if isinstance(deprecated, str) else "deprecated"
    return f"{show_version(added)}+" if added and added >= OLDEST_KNOWN else ""


def _platforms(availability: tuple[str, ...]) -> str:
    there = [name for name in availability if not name.startswith("!")]
    missing = [name[1:] for name in availability if name.startswith("!")]
    if not there:
        return f"Not on {', '.join(missing)}"
    return f"Only on {', '.join(there)}" + (f", but not {', '.join(missing)}" if missing else "")


def docs_link(entry: Entry, context: Context) -> tuple[str, str]:
    """The page of the highest Python of the range that documents the entry, else of the next one that does."""
    version, page = docs_place(entry, max(context.versions.newest, entry.added or OLDEST_KNOWN))
    shown = show_version(version)
    address = f"{context.settings.docs_url.rstrip('/')}/{shown}/{page}"
    return f"{entry.name.removeprefix('builtins.')} in the Python {shown} documentation", address


def docs_place(entry: Entry, version: Version) -> tuple[Version, str]:
    """The version of the documentation to look at, and the page and anchor there."""
    for first, last, page in entry.docs_before:
        if version <= last:
            return max(version, first), page
    version = max(version, entry.docs_since or version)
    return min(version, entry.docs_version or version), entry.docs


def package_card(verdict: Verdict, context: Context) -> Card:
    """The card of a third-party package: what of this file's uses the standard library covers, and what it does not."""
    package = verdict.package
    covered, gaps = group_uses(verdict.covered), group_uses(verdict.gaps)
    lines = [_covered_line(uses) for uses in covered]
    lines += [f"Not covered: {_gap_line(uses)}" for uses in gaps]
    if verdict.unseen:
        lines.append(f"There may be more uses than can be seen here: {verdict.unseen}.")
    members: tuple[tuple[str, str], ...] = ()
    if not verdict.uses:
        members = tuple(
            (shown_pattern(row["match"]), f"`{shown_fix(row)}`" + _from_version(row.get("since")))
            for row in package.get("replacements", ())
            if "fix" in row
        )[:_MEMBERS]
    differences = [note for uses in covered for note in notes_of(uses[0])]
    return Card(
        title=package["package"],
        kind="package",
        summary=package["summary"],
        versions=f"Judged for Python {context.versions} ({context.versions.lowest_source})" if lines else "",
        lines=(
            *lines[:_LINES],
            *([f"… and {len(lines) - _LINES} more."] if len(lines) > _LINES else []),
            f"Keep it when {keep_when(package)}",
        ),
        members=members,
        pitfalls=tuple(dict.fromkeys(differences))[:_PITFALLS],
    )


def _from_version(since: str | None) -> str:
    """From which Python a replacement holds, where that is newer than what everybody has."""
    version = parse_version(since or "")
    return f" from Python {since}" if version and version > OLDEST_KNOWN else ""


def _covered_line(uses: list[Use]) -> str:
    count = f" ({len(uses)} uses)" if len(uses) > 1 else ""
    return f"Covered here: `{old_name(uses[0])}` by `{new_name(uses[0])}`{count}."


def _gap_line(uses: list[Use]) -> str:
    first = uses[0]
    name = f"`{first.sighting.name}`"
    if first.row and "none" in first.row:
        return f"{name}. {first.row['none']}"
    if first.row and first.needs:
        return f"{name} before Python {show_version(first.needs)}, which has `{new_name(first)}`."
    return f"{name}, as it is used here."
