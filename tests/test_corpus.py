"""The standard library itself: nothing fails on it, and nothing is said of it."""

from __future__ import annotations

import ast
import os
import sysconfig
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.source_file import Context, SourceFile

LIB = Path(sysconfig.get_path("stdlib"))
FULL = bool(os.environ.get("STDLIB_LS_FULL"))
# Of the library every third file, of its tests every thirtieth; all with STDLIB_LS_FULL=1.
EVERY, EVERY_TEST = (1, 1) if FULL else (3, 30)


@lru_cache(1)
def own_names() -> frozenset[str]:
    return frozenset(path.stem for path in LIB.iterdir() if path.suffix == ".py" or path.is_dir())


def library_files() -> list[Path]:
    files = [path for path in sorted(LIB.rglob("*.py")) if "site-packages" not in path.parts]
    tests = [path for path in files if {"test", "tests", "idle_test"} & set(path.parts)]
    rest = [path for path in files if path not in set(tests)]
    return rest[::EVERY] + tests[::EVERY_TEST]


def parts() -> list[list[Path]]:
    """The files in a few parts, so that a failure is found quickly."""
    files = library_files()
    return [files[number::8] for number in range(8)]


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("files", parts(), ids=lambda files: f"{len(files)} files")
def test_nothing_is_said_of_the_library_itself(files: list[Path], catalog: Catalog) -> None:
    context = Context(catalog, is_first_party=own_names().__contains__)
    for path in files:
        file = SourceFile(path.read_bytes().decode("utf-8", "replace"), context)
        # What is going is told as a hint, and of other Pythons nothing stronger where the range is assumed.
        found = [
            (one.code, one.message)
            for one in diagnostics(file)
            if one.code == "replaceable-import" or one.severity != "hint"
        ]
        assert found == [], path
        _walk(file, path)
        assert _missed(file) == [], path


def _walk(file: SourceFile, path: Path) -> None:
    """Every import and every use of it can be looked at, lies inside the text, and is found again at its place."""
    for site in file.sightings.imports():
        start, end = site.span(site.imported.clause)
        assert 0 <= start < end <= len(file.source), path
        for use in file.sightings.uses_of(site):
            word = use.parts[0]
            text = file.slice(word.start, word.end)
            assert text == site.imported.local or "*" in site.imported.local, (path, text)
            again = file.sightings.at(word.start)
            assert again is not None, (path, text)
            assert again.parts[0] == word, (path, text)


def _missed(file: SourceFile) -> list[tuple[str, int]]:
    """Uses, by Python's own parser, of names that nothing but one absolute import binds in the whole file."""
    try:
        tree = ast.parse(file.source)
    except (SyntaxError, ValueError):
        return []  # Some tests are not meant to parse.
    bound = Counter(name for node in ast.walk(tree) for name in _bound_by(node))
    seen = {
        site.imported.local: {use.start for use in file.sightings.uses_of(site)}
        for site in file.sightings.imports()
        if bound[site.imported.local] == 1 and not site.imported.level and not site.imported.place.scopes
    }
    return [
        (node.id, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
        and node.id in seen
        and file.document.lines.starts[node.lineno - 1] + node.col_offset not in seen[node.id]
    ]


def _bound_by(node: ast.AST) -> list[str]:
    """The names that a node may bind, imports included."""
    if isinstance(node, ast.alias):
        return [(node.asname or node.name).partition(".")[0]]
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return [node.id]
    if isinstance(node, ast.Global | ast.Nonlocal):
        return node.names
    names = [getattr(node, field, None) for field in ("name", "arg", "rest")]
    return [name for name in names if isinstance(name, str)]
