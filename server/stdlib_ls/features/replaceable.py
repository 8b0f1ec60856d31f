"""The rule replaceable-import: the standard library does what this file uses a third-party package for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from stdlib_ls.features.fixes import fix_of
from stdlib_ls.features.judgement import Use, Verdict, group_uses, keep_when, new_name, old_name, shown_fix, verdicts
from stdlib_ls.features.render import unquote
from stdlib_ls.features.rules import Diagnostic, Severity
from stdlib_ls.features.source_file import SourceFile
from stdlib_ls.versions import OLDEST_KNOWN, VersionRange, parse_version, show_version

_MOMENT_OF_CHOICE = ("drop-in", "equivalent", "partial")
_SHOWN = 3


def replaceable_imports(file: SourceFile) -> Iterator[Diagnostic]:
    """What can be said of the third-party imports of a file, one diagnostic for each import."""
    for verdict in verdicts(file):
        message = _message(file, verdict)
        if message:
            yield Diagnostic(
                *verdict.span,
                code="replaceable-import",
                severity=_severity(file, verdict),
                message=message,
                subject=verdict.package["package"],
                places=tuple(_places(verdict)),
                find_fix=partial(fix_of, file, verdict),
            )


def _places(verdict: Verdict) -> Iterator[tuple[int, int]]:
    """The import statement and the uses that a diagnostic speaks of."""
    for site in verdict.sites:
        yield site.span(site.imported.statement)
    for use in verdict.uses:
        yield use.sighting.start, use.sighting.end


def _severity(file: SourceFile, verdict: Verdict) -> Severity:
    versions = file.context.versions
    rests_on_a_guess = versions.assumed and any(_needs_newer(use) for use in verdict.uses)
    return "information" if verdict.exact and not rests_on_a_guess else "hint"


def _needs_newer(use: Use) -> bool:
    since = parse_version((use.row or {}).get("since") or "")
    return since is not None and since > OLDEST_KNOWN


def _message(file: SourceFile, verdict: Verdict) -> str | None:
    """What to say of a verdict, or None where saying nothing is better."""
    name = verdict.package["package"]
    versions = file.context.versions
    if not verdict.uses:
        return None if verdict.unseen or file.context.is_init else _unused_message(verdict, versions)
    if not verdict.covered:
        return None
    covered = _join([f"{new_name(uses[0])} covers {old_name(uses[0])}" for uses in group_uses(verdict.covered)])
    covered += _since(verdict.covered, versions)
    if verdict.complete:
        notes = [note for use in verdict.uses if not use.exact for note in (use.row or {}).get("differs", ())]
        look = f" Look at this first: {unquote(notes[0])}" if notes else ""
        return f"{covered}: all that this file uses of {name}.{look}"
    gaps = [_gap(uses) for uses in group_uses(verdict.gaps)]
    if verdict.unseen:
        gaps.append(f"whatever {verdict.unseen} may hold")
    return f"{covered}; not covered of {name}: {_join(gaps)}."


def _unused_message(verdict: Verdict, versions: VersionRange) -> str | None:
    """The moment of choice: nothing is used yet, and what could be has a standard-library counterpart."""
    package = verdict.package
    if package["advice"] not in _MOMENT_OF_CHOICE:
        return None
    wanted = {site.imported.target for site in verdict.sites if site.imported.member}
    rows = [
        row
        for row in package.get("replacements", ())
        if "fix" in row
        and (parse_version(row["since"] or "") or versions.lowest) <= versions.lowest
        and (not wanted or any(f"{target}.".startswith(row["anchor"] + ".") for target in wanted))
    ]
    if not rows:
        return None
    names = list(dict.fromkeys(shown_fix(row) for row in rows))
    # A dotted name says more than what builtins are called.
    targets = _join([name for name in names if re.fullmatch(r"\w+(\.\w+)+", name)] or names)
    return (
        f"The standard library has {targets}; {package['package']} is not used yet. Keep it when {keep_when(package)}"
    )


def _gap(uses: list[Use]) -> str:
    row, needs = uses[0].row, uses[0].needs
    name = uses[0].sighting.name
    if row and "none" in row:
        return f"{name} ({unquote(row['none']).rstrip('.')})"
    return f"{name} (Python {show_version(needs)} has {new_name(uses[0])})" if needs else f"{name} as it is used here"


def _since(uses: list[Use], versions: VersionRange) -> str:
    """From which Python the named replacements hold, where that is newer than what everybody has."""
    newest = max((parse_version((use.row or {}).get("since") or "") or (0, 0) for use in uses), default=(0, 0))
    if newest <= OLDEST_KNOWN:
        return ""
    supported = f"{show_version(versions.lowest)} and up, {versions.lowest_source}"
    return f" (Python {show_version(newest)}; this file supports {supported})"


def _join(texts: list[str]) -> str:
    shown = texts[:_SHOWN]
    if len(texts) > _SHOWN:
        shown.append(f"{len(texts) - _SHOWN} more")
    return ", ".join(shown)
