"""CPython's own library, judged for exactly the version that it is shipped with.

Nothing in it can be gone, or be missing yet: whatever is said of that is wrong, but for what ALLOWED lists.
A part of the files is judged each time, and all of them where STDLIB_LS_FULL is set.
"""

from __future__ import annotations

import os
import subprocess
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from interpreters import Interpreter, find_interpreters

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.features.version_rules import version_findings
from stdlib_ls.settings import Settings
from stdlib_ls.versions import VersionRange, parse_version

# A line is VERSION FILE SUBJECT # REASON, such as "3.10 http/server.py os.path.x # asked for by another name".
ALLOWED = """
"""
CODES = ("removed-module", "removed-member", "not-yet-available")
SHARE = 1 if os.environ.get("STDLIB_LS_FULL") else 8
# Tests use what is gone on purpose, and lib2to3 holds code of other versions.
LEFT_OUT = frozenset(("test", "tests", "site-packages", "dist-packages", "lib2to3"))
_ASK = "import os; print(os.path.dirname(os.__file__))"


class Line(NamedTuple):
    """A line of ALLOWED, or a finding in its form."""

    version: str
    file: str
    subject: str


def _allowed() -> set[Line]:
    lines = [line.partition(" # ") for line in ALLOWED.strip().splitlines()]
    assert all(reason.strip() for _, _, reason in lines), "each line says why"
    return {Line(*rule.split()) for rule, _, _ in lines}


def _newest_of_each() -> list[Interpreter]:
    return list({one.version: one for one in find_interpreters()}.values())


@cache
def _library(interpreter: Interpreter) -> Path:
    asked = [interpreter.path, "-I", "-S", "-c", _ASK]
    return Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())


def _files(library: Path, always: set[str]) -> Iterator[tuple[str, str]]:
    """The names and texts of the files to judge; those of `always` are among them."""
    for path in sorted(library.rglob("*.py")):
        inside = path.relative_to(library)
        name = inside.as_posix()
        if LEFT_OUT.isdisjoint(inside.parts) and (zlib.crc32(name.encode()) % SHARE == 0 or name in always):
            yield name, path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("interpreter", _newest_of_each(), ids=lambda one: ".".join(map(str, one.version)))
def test_nothing_in_it_is_gone_or_missing(
    interpreter: Interpreter, catalog: Catalog, say: Callable[[str], None]
) -> None:
    version = ".".join(map(str, interpreter.version))
    own = parse_version(version)
    assert own
    context = Context(catalog, VersionRange(own, own, lowest_source="a test"), Settings())
    allowed = {line for line in _allowed() if line.version == version}
    counted: Counter[str] = Counter()
    seen: set[Line] = set()
    wrong = []
    for name, text in _files(_library(interpreter), {line.file for line in allowed}):
        counted["files"] += 1
        for found in version_findings(SourceFile(text, context)):
            counted[found.code] += 1
            line = Line(version, name, found.subject)
            if found.code in CODES and line not in allowed:
                wrong.append(f"{name}: {found.message}")
            seen.add(line)
    figures = ", ".join(f"{count} {code}" for code, count in sorted(counted.items()) if code != "files")
    say(f"own library of {interpreter}: {counted['files']} files, {figures or 'no findings'}")
    assert counted["files"]
    assert wrong == []
    assert allowed - seen == set(), "lines of ALLOWED that nothing uses"
