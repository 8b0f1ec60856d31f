"""Caps: whether the files around a file keep a distribution below a release, read as text and never run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from stdlib_ls.project.disk import Disk, UnreadableError

_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
_PATTERNS = ("requirements*.txt", "requirements*.in", "requirements/*.txt", "requirements/*.in", "constraints*.txt")

_COMMENT = re.compile(r"(?:^|\s)#.*")
_CLAUSE = re.compile(r"(===?|~=|<=|<|\^|~|>=|>|!=|)\s*v?(\d+(?:\.\d+)*)(\.\*)?")


def is_capped(folder: Path, disk: Disk, release: str) -> bool:
    """Whether some requirement beside keeps a distribution below a release such as "setuptools 82"."""
    name, _, version = release.partition(" ")
    return any(caps(text, name, version) for text in _texts(folder, disk))


def _texts(folder: Path, disk: Disk) -> Iterator[str]:
    found = [folder / name for name in _FILES if disk.has(folder / name)]
    for path in (*found, *(path for pattern in _PATTERNS for path in sorted(folder.glob(pattern)))):
        try:
            yield disk.texts(path)[0]
        except UnreadableError:
            continue


def caps(text: str, name: str, version: str) -> bool:
    """Whether a text requires a distribution in some form that ends below a version: `name<82`, `name = "~80.1"`."""
    spelled = "[-_.]+".join(map(re.escape, name.split("-")))
    extras = r"\s*(?:\[[^\]]*\])?\s*"
    requirement = re.compile(
        rf"(?<![\w.-]){spelled}(?:{extras}\(?(?P<bare>(?:[<>=!~]=?=?\s*v?\d[\w.*]*\s*,?\s*)+)"
        rf"|[\"']?\s*=\s*(?:\{{[^}}\n]*?version\s*=\s*)?[\"'](?P<quoted>[^\"'\n]*)[\"'])",
        re.IGNORECASE,
    )
    below = _numbers(version)
    for line in text.splitlines():
        for found in requirement.finditer(_COMMENT.sub("", line)):
            # Poetry's keys take a bare version for `^`; with `=` and quotes nothing else is written that way.
            said, otherwise = (found["bare"], "") if found["bare"] else (found["quoted"], "^")
            if any(_ends_below(clause[1] or otherwise, clause, below) for clause in _CLAUSE.finditer(said)):
                return True
    return False


def _ends_below(operator: str, clause: re.Match[str], below: tuple[int, ...]) -> bool:
    """Whether one clause allows nothing from a version on."""
    named = _numbers(clause[2])
    if operator == "<":
        return named <= below
    if operator == "^":
        return (named[0] + 1,) <= below
    if operator in ("~", "~="):
        # The last part may grow; `~=80.9` ends before 81, and so does Poetry's `~80`.
        kept = named[:-1] if operator == "~=" or len(named) > 2 else named
        return bool(kept) and (*kept[:-1], kept[-1] + 1) <= below
    return operator in ("<=", "==", "===") and named < below


def _numbers(version: str) -> tuple[int, ...]:
    """The parts of a release; zeros at the end say nothing, so `82.0` is `82`."""
    parts = [int(part) for part in version.split(".")]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts)
