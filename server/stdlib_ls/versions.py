"""Python versions and ranges of them: parsing, comparing, and what the project knows of releases.

A version is a (major, minor) pair; patch numbers never matter here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

Version = tuple[int, int]

# The versions that the facts speak of, and the oldest that still got fixes when the facts were made
# (status of Python versions, Python developer's guide, November 2026).
OLDEST_KNOWN: Version = (3, 9)
NEWEST_KNOWN: Version = (3, 15)
OLDEST_MAINTAINED: Version = (3, 11)

_VERSION = re.compile(r"(\d{1,4})(?:\.(\d{1,4}))?")


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

    def within(self, other: VersionRange) -> VersionRange | None:
        """The part of the range that another one shares, or None where there is none."""
        lowest, newest = max(self.lowest, other.lowest), min(self.newest, other.newest)
        return replace(self, lowest=lowest, newest=newest) if lowest <= newest else None

    def __str__(self) -> str:
        if self.lowest == self.newest:
            return show_version(self.lowest)
        return f"{show_version(self.lowest)}–{show_version(self.newest)}"


# One clause of a version specifier (packaging specification "version-specifiers"); Poetry's ^ and ~ too.
_CLAUSE = re.compile(
    r"""(?P<operator> ===|~=|==|!=|<=|>=|<|>|=|\^|~)? \s*
        v? (?P<release> \d+(?:\.\d+)*) (?P<wildcard> \.\*)?
        (?: [-_.]? (?:a|alpha|b|beta|c|rc|pre|preview|post|dev) [-_.]? \d* )*""",
    re.VERBOSE | re.IGNORECASE,
)
# Clauses are parted by commas; Poetry also takes blanks, but a blank after an operator parts nothing.
_BETWEEN_CLAUSES = re.compile(r"\s*,\s*|(?<=[\w*])\s+(?=[=!<>~^])")

# Whoever writes a longer one wants to keep the parser busy.
_LONGEST_SPECIFIER = 500

LAST_PYTHON_2: Version = (2, 7)

Ends = tuple[Version | None, Version | None]


def parse_target(text: str) -> Ends | None:
    """Both ends of a target as users write it, or None where it cannot be read.

    "3.11" is from 3.11 on, "3.9-3.12" both ends, and a specifier such as ">=3.9,<3.13" is one too.
    """
    if len(text) > _LONGEST_SPECIFIER:
        return None
    found = re.fullmatch(r"(\d+\.\d+)(?:\.\d+)*(?:\s*[-–]\s*(\d+\.\d+)(?:\.\d+)*)?", text.strip())
    if not found:
        ends = parse_specifier(text) if re.search(r"[=<>~^]", text) else (None, None)
        return None if ends == (None, None) else ends
    lowest, newest = parse_version(found[1]), parse_version(found[2] or "")
    return None if lowest and newest and newest < lowest else (lowest, newest)


def parse_specifier(text: str) -> Ends:
    """The lowest and the newest (major, minor) that a specifier such as ">=3.9,<3.13" allows.

    An end that the specifier leaves open is None, and so are both where it cannot be read.
    Poetry's alternatives ("^2.7 || ^3.9") give the ends of their union.
    """
    if len(text) > _LONGEST_SPECIFIER:
        return None, None
    alternatives = [_parse_conjunction(part) for part in re.split(r"\|\|?", text)]
    lows = [low for low, _ in alternatives if low]
    highs = [high for _, high in alternatives if high]
    every = len(alternatives)
    return min(lows) if len(lows) == every else None, max(highs) if len(highs) == every else None


def _parse_conjunction(text: str) -> Ends:
    lows: list[Version] = []
    highs: list[Version] = []
    excluded: set[Version] = set()
    for clause in _BETWEEN_CLAUSES.split(text.strip()):
        found = _CLAUSE.fullmatch(clause)
        if not found:
            if clause in ("", "*"):
                continue
            return None, None
        parts = tuple(int(part) for part in found["release"].split("."))
        if found["operator"] == "!=":
            # `!=3.9.*` takes a version away, `!=3.9.1` only one of its patches.
            if found["wildcard"] and len(parts) == 2:
                excluded.add((parts[0], parts[1]))
            continue
        low, high = _ends(found["operator"] or "==", parts)
        lows += [low] if low else []
        highs += [high] if high else []
    return _skip(max(lows, default=None), excluded, 1), _skip(min(highs, default=None), excluded, -1)


def _skip(end: Version | None, excluded: set[Version], step: int) -> Version | None:
    while end and end in excluded:
        end = (end[0], end[1] + step)
    return end


def _ends(operator: str, parts: tuple[int, ...]) -> Ends:
    only_major = len(parts) == 1
    version = (parts[0], 0 if only_major else parts[1])
    if operator in (">=", ">", "^"):
        # `>3.9` lets 3.9.1 in, so its minor version counts as supported; `^3.9` is `>=3.9,<4`.
        return version, None
    if operator == "<":
        return None, _below(version, any(parts[2:]))
    # "The newest of major 3" has no number: an open end stands for it.
    newest = None if only_major else version
    if operator == "<=":
        return None, newest
    if operator == "~=" and len(parts) == 2:
        return version, None
    return version, newest


def _below(version: Version, patches_remain: bool) -> Version | None:
    """The newest minor version below `version`; `<3.13.1` leaves 3.13 in, `<3.13` does not."""
    if patches_remain:
        return version
    if version[1]:
        return version[0], version[1] - 1
    return LAST_PYTHON_2 if version[0] == LAST_PYTHON_2[0] + 1 else None


def clamp(lowest: Version | None, newest: Version | None) -> tuple[Version, Version]:
    """Both ends brought to what the facts know; None stands for an open end.

    What a project says of older Pythons stays: it must not be told that these have what the facts begin with.
    """
    low = min(lowest or OLDEST_KNOWN, NEWEST_KNOWN)
    high = min(max(newest or NEWEST_KNOWN, low), NEWEST_KNOWN)
    return low, high
