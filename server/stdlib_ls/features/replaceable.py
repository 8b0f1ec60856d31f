"""The rules on third-party imports: replaceable-import, where the standard library does what this file uses one for,
and gone-module, where the distribution no longer has what is imported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from stdlib_ls.features.fixes import fix_of
from stdlib_ls.features.judgement import (
    Use,
    Verdict,
    group_uses,
    keep_when,
    new_name,
    notes_of,
    old_name,
    other_imports,
    shown_fix,
    verdicts,
)
from stdlib_ls.features.render import unquote
from stdlib_ls.features.rules import Diagnostic, Severity
from stdlib_ls.features.source_file import SourceFile
from stdlib_ls.versions import OLDEST_KNOWN, VersionRange, parse_version, show_version

_MOMENT_OF_CHOICE = ("drop-in", "equivalent", "partial")
_SHOWN = 3


def replaceable_imports(file: SourceFile) -> Iterator[Diagnostic]:
    """What can be said of the third-party imports of a file, one diagnostic for each import."""
    for verdict in verdicts(file):
        is_gone = _is_gone(file, verdict)
        message = _gone_message(file, verdict) if is_gone else _message(file, verdict)
        if message:
            yield Diagnostic(
                *verdict.span,
                code="gone-module" if is_gone else "replaceable-import",
                severity="warning" if is_gone else _severity(file, verdict),
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


def _is_gone(file: SourceFile, verdict: Verdict) -> bool:
    """Whether to warn that the package no longer has what is imported: not below its cap, nor where that is off."""
    gone = verdict.package.get("gone")
    is_off = file.context.settings.diagnostics.get("gone-module") == "off"
    return gone is not None and not is_off and not file.context.is_capped(gone)


def _gone_message(file: SourceFile, verdict: Verdict) -> str:
    """Since when a module is gone, and what of this file's uses the standard library covers."""
    module = verdict.sites[0].imported.module
    distribution, _, release = verdict.package["gone"].partition(" ")
    head = f"{distribution} no longer ships {module} since its release {release}"
    if verdict.uses and verdict.covered:
        return f"{head}. {_coverage(file, verdict)}"
    if verdict.uses:
        return f"{head}; not covered by the standard library: {_gaps(verdict)}."
    return f"{head}." if verdict.unseen else f"{head}; nothing in this file uses it."


def _severity(file: SourceFile, verdict: Verdict) -> Severity:
    versions = file.context.versions
    rests_on_a_guess = versions.assumed and any(_needs_newer(use) for use in verdict.uses)
    return "information" if verdict.exact and not rests_on_a_guess else "hint"


def _needs_newer(use: Use) -> bool:
    since = parse_version((use.row or {}).get("since") or "")
    return since is not None and since > OLDEST_KNOWN


def _message(file: SourceFile, verdict: Verdict) -> str | None:
    """What to say of a verdict, or None where saying nothing is better."""
    if not verdict.uses:
        return None if _is_unused_on_purpose(file, verdict) else _unused_message(verdict, file.context.versions)
    return _coverage(file, verdict) if verdict.covered else None


def _is_unused_on_purpose(file: SourceFile, verdict: Verdict) -> bool:
    """Whether an import without uses may be meant for others, or be used in a way that nobody sees."""
    if verdict.unseen or file.context.is_init:
        return True
    names = [site.imported.local for site in verdict.sites]
    line = file.document.lines.line_of(verdict.span[0])
    text = file.source[file.document.lines.starts[line] :].partition(b"\n")[0]
    return (
        b"F401" in text or b"unused-import" in text or any(len(list(file.sightings.bindings(one))) > 1 for one in names)
    )


def _coverage(file: SourceFile, verdict: Verdict) -> str:
    """What the standard library covers of a file's uses, and what it does not."""
    name = verdict.package["package"]
    covered = _join([f"{new_name(uses[0])} covers {old_name(uses[0])}" for uses in group_uses(verdict.covered)])
    covered += _since(file, verdict)
    if verdict.complete:
        notes = [note for use in verdict.uses if not use.exact for note in notes_of(use)]
        look = f" Look at this first: {unquote(notes[0])}" if notes else ""
        is_all = not other_imports(file, verdict.package, verdict.sites)
        return f"{covered}: all that this {'file uses of ' + name if is_all else 'import is used for'}.{look}"
    return f"{covered}; not covered of {name}: {_gaps(verdict)}."


def _gaps(verdict: Verdict) -> str:
    gaps = [_gap(uses) for uses in group_uses(verdict.gaps)]
    if verdict.unseen:
        gaps.append(f"what cannot be seen here ({verdict.unseen})")
    return _join(gaps)


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
    names = [name for name in names if re.fullmatch(r"\w+(\.\w+)+", name)] or names
    names = [name for name in names if name not in ("True", "False", "None")]
    if not names:
        return None
    targets = _join(names)
    return (
        f"The standard library has {targets}; {package['package']} is not used yet. Keep it when {keep_when(package)}"
    )


def _gap(uses: list[Use]) -> str:
    row, needs = uses[0].row, uses[0].needs
    name = uses[0].sighting.name
    if row and "none" in row:
        return f"{name} ({unquote(row['none']).rstrip('.')})"
    return (
        f"{name} ({new_name(uses[0])} takes its place from Python {show_version(needs)} on)"
        if needs
        else f"{name} as it is used here"
    )


def _since(file: SourceFile, verdict: Verdict) -> str:
    """From which Python the named replacements hold, where that is newer than what everybody has."""
    versions, sinces = file.context.versions, [(use.row or {}).get("since") or "" for use in verdict.covered]
    newest = max((parse_version(since) or (0, 0) for since in sinces), default=(0, 0))
    if newest <= OLDEST_KNOWN:
        return ""
    reached = file.versions_at(verdict.span[0])
    if reached and reached != versions:
        return f" (Python {show_version(newest)}; this branch runs on {reached})"
    supported = f"{show_version(versions.lowest)} and up, {versions.lowest_source}"
    return f" (Python {show_version(newest)}; this file supports {supported})"


def _join(texts: list[str]) -> str:
    shown = texts[:_SHOWN]
    if len(texts) > _SHOWN:
        shown.append(f"{len(texts) - _SHOWN} more")
    return ", ".join(shown)
