"""Diagnostics: what the rules find in a file, at the severities that the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from stdlib_ls.features.fallbacks import obsolete_fallbacks
from stdlib_ls.features.replaceable import replaceable_imports
from stdlib_ls.features.requirements import RequirementsFile, superfluous_requirements
from stdlib_ls.features.rules import Diagnostic, Severity
from stdlib_ls.features.shadowing import shadowed_modules
from stdlib_ls.features.source_file import SourceFile
from stdlib_ls.features.suppression import is_suppressed
from stdlib_ls.features.version_rules import version_findings

RULES: tuple[Callable[[SourceFile], Iterator[Diagnostic]], ...] = (
    replaceable_imports,
    version_findings,
    shadowed_modules,
    obsolete_fallbacks,
)


def diagnostics(file: SourceFile) -> list[Diagnostic]:
    """All findings of a file, in order; those that a comment or a setting silences are left out."""
    if file.context.quiet:
        return []
    found = []
    if isinstance(file, RequirementsFile):
        given = superfluous_requirements(file)
    else:
        given = (one for rule in RULES for one in rule(file))
    for diagnostic in given:
        chosen = file.context.settings.diagnostics.get(diagnostic.code, diagnostic.severity)
        if chosen != "off" and not is_suppressed(file, diagnostic.start, diagnostic.code):
            found.append(diagnostic._replace(severity=cast(Severity, chosen)))
    return sorted(found, key=lambda one: (one.start, one.code))
