"""Completion offers every public module, and of each of them every name of its `__all__`, on every Python there is."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from fnmatch import fnmatchcase

import pytest
from interpreters import Interpreter, find_interpreters

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.completion import completion, items
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.versions import VersionRange

# Public names that are not offered: a pattern of full names, and why. One that is true of no Python fails.
NOT_OFFERED: dict[str, str] = {}

# Modules that do something when they are imported.
_ASK = """
import importlib, json, pkgutil, sys, warnings
warnings.simplefilter("ignore")
found = {}
names = [name for name in sys.stdlib_module_names if not name.startswith("_") and name != "test"]
for name in json.load(sys.stdin):
    if name in ("antigravity", "this") or name.startswith(("idlelib", "test.", "turtledemo")):
        continue
    try:
        module = importlib.import_module(name)
    except BaseException:
        continue
    found[name] = [one for one in getattr(module, "__all__", []) if isinstance(one, str)]
print("\\n" + json.dumps([names, found]))
"""


def offered(source: str, context: Context) -> set[str]:
    """The labels that are offered at the end of a source."""
    file = SourceFile(source, context)
    wanted = completion(file, len(file.source))
    return {item.label for group in wanted.groups for item in items(group, context)} if wanted else set()


def asked(interpreter: Interpreter, modules: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The public top-level modules of an interpreter, and of each module that it can import the `__all__`."""
    # Python 3.9 does not know the names of its own modules.
    ask = _ASK if interpreter.version >= (3, 10) else _ASK.replace("sys.stdlib_module_names", "()")
    answer = subprocess.run(
        [interpreter.path, "-I", "-S", "-c", ask], input=json.dumps(modules), capture_output=True, text=True, check=True
    )
    names, found = json.loads(answer.stdout.splitlines()[-1])
    return names, found


@pytest.fixture(scope="module")
def missing(catalog: Catalog, say: Callable[[str], None]) -> dict[str, list[str]]:
    """What is public and not offered, with the Pythons on which it is so."""
    public = [row.label for row in catalog.modules() if not any(part[:1] == "_" for part in row.label.split("."))]
    lacking: dict[str, list[str]] = {}
    modules, names = 0, 0
    for interpreter in find_interpreters():
        context = Context(catalog, VersionRange(interpreter.version, interpreter.version, "the test"))
        top_level, members = asked(interpreter, public)
        known = offered("import ", context)
        gaps = [name for name in top_level if name not in known]
        for module, listed in members.items():
            package, _, own = module.rpartition(".")
            gaps += [] if own in offered(f"import {package}." if package else "import ", context) else [module]
            labels = offered(f"from {module} import ", context)
            gaps += [f"{module}.{name}" for name in listed if name not in labels and not name.startswith("_")]
        modules, names = modules + len(members), names + sum(map(len, members.values()))
        for gap in gaps:
            lacking.setdefault(gap, []).append(str(interpreter))
    say(f"completion: {modules} modules and {names} names of `__all__` on {len(find_interpreters())} Pythons")
    return lacking


def test_everything_public_is_offered(missing: dict[str, list[str]]) -> None:
    unknown = {
        name: versions
        for name, versions in missing.items()
        if not any(fnmatchcase(name, pattern) for pattern in NOT_OFFERED)
    }
    assert unknown == {}


def test_no_exception_is_idle(missing: dict[str, list[str]]) -> None:
    assert [pattern for pattern in NOT_OFFERED if not any(fnmatchcase(name, pattern) for name in missing)] == []
