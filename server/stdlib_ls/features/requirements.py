"""The rule superfluous-requirement: requirements that do nothing on any Python which the project supports.

A distribution that only hides a module of the standard library, or one whose marker never holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from stdlib_ls.features.cards import Card, package_card
from stdlib_ls.features.edits import Edit, Fix, apply_edits
from stdlib_ls.features.judgement import Verdict
from stdlib_ls.features.manifests import Kind, ParseToml, Requirement, at, read_manifest, without
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.settings import normal_package
from stdlib_ls.versions import Ends, Version, VersionRange, parse_specifier, show_version

_CODE = "superfluous-requirement"
# What is older than the facts reach was there when Python 3 began.
_PYTHON_3: Version = (3, 0)

_VARIABLE, _OPERATOR, _VALUE = r"python_(?:full_)?version", r"[<>=!~]=?=?", r"(['\"])\s*([^'\"]*?)\s*"
_CLAUSE = re.compile(rf"{_VARIABLE}\s*({_OPERATOR})\s*{_VALUE}\2")
_TURNED_CLAUSE = re.compile(rf"{_VALUE}\1\s*({_OPERATOR})\s*{_VARIABLE}")
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


class RequirementsFile(SourceFile):
    """A file that lists requirements, such as pyproject.toml; `parse_toml` raises ValueError for what is no TOML."""

    def __init__(self, text: str, context: Context, kind: Kind, parse_toml: ParseToml) -> None:
        self.kind = kind
        self._parse_toml = parse_toml
        super().__init__(text, context)

    def _forget(self) -> None:
        super()._forget()
        self._requirements: list[Requirement] | None = None

    @property
    def requirements(self) -> list[Requirement]:
        """The requirements that the text lists as it is now."""
        if self._requirements is None:
            self._requirements = read_manifest(self.source, self.kind, self._parse_toml)
        return self._requirements

    def with_text(self, text: str) -> RequirementsFile:
        """A file of the same kind in the same place with another text."""
        return RequirementsFile(text, self.context, self.kind, self._parse_toml)

    def loses_only(self, requirement: Requirement, changed: bytes) -> bool:
        """Whether a changed source says the same as before without one requirement."""
        if not requirement.keys:
            return True
        try:
            before, after = (self._parse_toml(source.decode()) for source in (self.source, changed))
        except ValueError:
            return False
        return after == without(before, requirement.keys) and not self._is_named_elsewhere(requirement, before)

    def _is_named_elsewhere(self, requirement: Requirement, table: object) -> bool:
        """Whether a dependency of Poetry's is also named by one of its extras, which would then name nothing."""
        extras = at(table, ("tool", "poetry", "extras"))
        lists = extras.values() if requirement.keys[0] == "tool" and isinstance(extras, dict) else ()
        return any(requirement.name in names for names in lists if isinstance(names, list))


def superfluous_requirements(file: RequirementsFile) -> Iterator[Diagnostic]:
    """The requirements of a file that can go."""
    for requirement in file.requirements:
        message = _message(file.context, requirement)
        if message and file.context.settings.allowed_because(requirement.name) is None:
            yield Diagnostic(
                *requirement.span,
                code=_CODE,
                severity="hint",
                message=message,
                subject=requirement.name,
                find_fix=partial(_fix, file, requirement),
                tags=("unnecessary",),
            )


def requirement_hover(file: RequirementsFile, offset: int) -> tuple[Card, int, int] | None:
    """The card of the package whose name stands at a byte offset, with the span of that; None for unknown ones."""
    return requirement_card(file, offset) if file.context.settings.hover_enabled else None


def requirement_card(file: RequirementsFile, offset: int) -> tuple[Card, int, int] | None:
    """The same, whatever the settings say of hovering."""
    for requirement in file.requirements:
        start, end = requirement.span
        package = file.context.catalog.distribution(normal_package(requirement.name))
        if start <= offset <= end and package:
            return package_card(Verdict(package, (), ()), file.context), start, end
    return None


def _message(context: Context, requirement: Requirement) -> str | None:
    """Why a requirement can go, or None where it cannot, or nobody can tell."""
    if never_holds(requirement.marker, context.declared):
        pythons = _supported(context.versions, context.declared)
        return f"{requirement.name} is never installed: its marker holds on no Python {pythons}. Remove it."
    # Whoever writes of Pythons has thought about them.
    if "python" in requirement.marker or requirement.marker == "several":
        return None
    package = context.catalog.distribution(normal_package(requirement.name))
    if package is None or package["advice"] != "superfluous":
        return None
    module = package["shadows"][0]
    since = context.catalog.added(module)
    lowest = context.declared[0]
    if lowest and lowest < (since or _PYTHON_3):
        return None
    there = f"has been part of Python since {show_version(since)}" if since else "is part of every Python 3"
    return f"{module} {there}; the distribution {requirement.name} adds nothing to it. Remove the requirement."


def _supported(versions: VersionRange, declared: Ends) -> str:
    """The Pythons as the project declares them, also where the facts do not reach that far."""
    lowest, newest = declared[0] or versions.lowest, declared[1]
    upwards = f"to {show_version(newest)}" if newest else "on"
    return f"from {show_version(lowest)} {upwards} ({versions.lowest_source})"


def _fix(file: RequirementsFile, requirement: Requirement) -> Fix | None:
    if requirement.cut is None:
        return None
    edits = (Edit(*requirement.cut, ""),)
    if not file.loses_only(requirement, apply_edits(file.source, edits)):
        return None
    return Fix(f"Remove the requirement {requirement.name}", edits, safe=True)


def never_holds(marker: str, declared: Ends) -> bool:
    """Whether an environment marker holds on no Python between two ends; False wherever that takes thought."""
    alternatives = re.split(r"\s+or\s+", marker)
    parts = re.split(r"\s+and\s+", marker)
    if "(" in marker or (len(alternatives) > 1 and len(parts) > 1):
        return False
    if len(alternatives) > 1:
        return all(_is_beyond(clause, declared) for clause in alternatives)
    return any(_is_beyond(clause, declared) for clause in parts)


def _is_beyond(clause: str, declared: Ends) -> bool:
    """Whether one clause of a marker is about versions of Python, all of them older or newer than two ends."""
    found, turned = _CLAUSE.fullmatch(clause.strip()), _TURNED_CLAUSE.fullmatch(clause.strip())
    if found:
        operator, version = found[1], found[3]
    elif turned:
        operator, version = _TURNED.get(turned[3], turned[3]), turned[2]
    else:
        return False
    lowest, newest = parse_specifier(operator + version)
    oldest, last = declared
    return bool((newest and oldest and newest < oldest) or (lowest and last and lowest > last))
