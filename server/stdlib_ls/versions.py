"""Python versions and ranges of them: parsing, comparing, and what the project knows of releases.

A version is a (major, minor) pair; patch numbers never matter here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Version = tuple[int, int]

# The versions that the facts speak of, and the oldest that still got fixes when the facts were made
# (status of Python versions, Python developer's guide, November 2026).
OLDEST_KNOWN: Version = (3, 9)
NEWEST_KNOWN: Version = (3, 15)
OLDEST_MAINTAINED: Version = (3, 11)

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")


def parse_version(text: str) -> Version | None:
    """The (major, minor) pair at the start of `text`, or None: "3.11.4" gives (3, 11), "3" gives (3, 0)."""
    found = _VERSION.match(text.strip())
    return (int(found[1]), int(found[2] or 0)) if found else None


def show_version(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


@dataclass(frozen=True, slots=True)
class VersionRange:
    """The Pythons that a file has to work on, both ends included, and where each end comes from.

    `lowest_source` is the name of a file and key, or "assumed" where nothing was found.
    """

    lowest: Version = OLDEST_MAINTAINED
    newest: Version = NEWEST_KNOWN
    lowest_source: str = "assumed"
    newest_source: str = "newest known"

    @property
    def assumed(self) -> bool:
        return self.lowest_source == "assumed"

    def __str__(self) -> str:
        if self.lowest == self.newest:
            return show_version(self.lowest)
        return f"{show_version(self.lowest)}–{show_version(self.newest)}"


# One clause of a version specifier (packaging specification "version-specifiers"); Poetry's ^ and ~ too.
_CLAUSE = re.compile(r"(===|~=|==|!=|<=|>=|<|>|\^|~)?\s*v?(\d+(?:\.\d+)*)(\.\*)?")


def parse_specifier(text: str) -> tuple[Version | None, Version | None]:
    """The lowest and the newest (major, minor) that a specifier such as ">=3.9,<3.13" allows.

    An end that the specifier leaves open is None, and so are both where it cannot be read.
    Exclusions (`!=`) are looked over: they never move an end by themselves.
    """
    lowest: Version | None = None
    newest: Version | None = None
    for clause in text.split(","):
        found = _CLAUSE.fullmatch(clause.strip())
        if not found:
            if clause.strip() in ("", "*"):
                continue
            return None, None
        low, high = _ends(found[1] or "==", tuple(int(part) for part in found[2].split(".")), bool(found[3]))
        lowest = max(filter(None, (lowest, low)), default=None)
        newest = min(filter(None, (newest, high)), default=None)
    return lowest, newest


def _ends(operator: str, parts: tuple[int, ...], wildcard: bool) -> tuple[Version | None, Version | None]:
    major, minor = parts[0], parts[1] if len(parts) > 1 else 0
    version = (major, minor)
    any_minor = len(parts) == 1
    # "Newest of major 3" has no number: an open end stands for it.
    if operator in (">=", ">"):
        after = operator == ">" and len(parts) == 2
        return ((major, minor + 1) if after else version), None
    if operator == "<=":
        return None, version
    if operator == "<":
        if any_minor:
            return None, None
        return None, version if any(parts[2:]) else (major, minor - 1)
    if operator == "!=":
        return None, None
    if operator in ("==", "==="):
        return version, None if any_minor else version
    if operator == "~=":
        return version, version if len(parts) > 2 else None
    if operator == "~":
        return version, None if any_minor else version
    return version, None  # ^3.9 means >=3.9,<4


def clamp(lowest: Version | None, newest: Version | None) -> tuple[Version, Version]:
    """Both ends brought to what the facts know; None stands for an open end."""
    low = min(max(lowest or OLDEST_KNOWN, OLDEST_KNOWN), NEWEST_KNOWN)
    high = min(max(newest or NEWEST_KNOWN, low), NEWEST_KNOWN)
    return low, high
