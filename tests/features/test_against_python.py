"""What is claimed of names, and what fixes make of programs, held against Python itself on random programs."""

from __future__ import annotations

import os
import re
import types

import pytest
from programs import programs, run

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.actions import combine
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.edits import apply_edits
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.versions import VersionRange

COUNT = 20_000 if os.environ.get("STDLIB_LS_FULL") else 1500
IMPORTS = [
    *("import psutil", "import psutil", "import six", "import psutil as ps", "import psutil, six", "import six, os"),
    *("from psutil import cpu_count", "from psutil import LINUX as ps", "from six import text_type, PY2"),
    *("from psutil import cpu_count, version_info as ps", "from six import PY2, text_type, __name__ as ps"),
    *("import os", "import sys", "import os as ps", "import os.path", "import sys as six", "from os import *"),
]
USES = [
    *("psutil.cpu_count()", "psutil.LINUX", "ps.cpu_count()", "six.text_type(3)", "six.PY2", "six.MAXSIZE"),
    # These have no counterpart, so that only the others can move.
    *("psutil.__name__", "six.__name__", "psutil.version_info"),
    *("os.sep", "sys.maxsize", "os.path.sep", "cpu_count()", "text_type(4)", "f'{psutil.LINUX}'", "PY2", "ps"),
    *("six.viewkeys({1: 2})", "str(5)", "psutil.cpu_count() or six.PY2"),
]


def outcome(text: str) -> tuple[list[str], str]:
    notes: list[str] = []
    raised = run(text, lambda number, value: notes.append(f"{number} {value}"))
    return notes, type(raised).__name__


@pytest.fixture
def file_context(catalog: Catalog) -> Context:
    return Context(catalog, VersionRange(lowest_source="a test"))


def test_fixed_programs_do_the_same(file_context: Context) -> None:
    applied = 0
    for text in programs(COUNT, USES, IMPORTS):
        before = outcome(text)
        if before[1] != "NoneType":
            continue
        file = SourceFile(text, file_context)
        found = diagnostics(file)
        fixes = [fix for one in found if (fix := one.find_fix())]
        for edits in [*(fix.edits for fix in fixes), tuple(combine(file, found))]:
            applied += bool(edits)
            fixed = apply_edits(file.source, edits).decode()
            assert outcome(fixed) == before, f"\n{text}\nbecame\n\n{fixed}"
    assert applied > COUNT / 20


def test_names_are_what_python_finds(file_context: Context) -> None:
    """A certain use is that module whenever it runs, and whatever is a package at run time is a use of it."""
    seen = 0
    modules = [statement for statement in IMPORTS if "from" not in statement]
    for text in programs(COUNT, ["psutil", "six", "os", "sys", "ps"], modules, seed=10**6):
        values: dict[int, set[str]] = {}
        run(text, lambda number, value, values=values: values.setdefault(number, set()).add(_shown(value)))  # type: ignore[misc]
        file = SourceFile(text, file_context)
        for found in re.finditer(r"note\((\d+), (\w+)\)", text):
            sighting = file.sightings.at(found.start(2))
            for value in values.get(int(found[1]), ()):
                seen += 1
                if sighting and sighting.certain and not sighting.is_value:
                    assert value == sighting.name, f"{found[0]} is not {sighting.name} in\n{text}"
                if value in ("psutil", "six") and ":=" not in text:  # An alias made in an expression is not followed.
                    assert sighting and value in sighting.names, f"missed {found[0]} in\n{text}"
    assert seen > COUNT / 3


def _shown(value: object) -> str:
    """The name of a module; its other name says nothing of `posix`."""
    return value.__name__ if isinstance(value, types.ModuleType) else repr(value)
