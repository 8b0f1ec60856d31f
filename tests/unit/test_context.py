"""What the files around a file do to its cards: only what really wins hides a standard module."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.completion import completion
from stdlib_ls.features.hover import hover
from stdlib_ls.features.source_file import SourceFile, context_of
from stdlib_ls.project import Projects


@pytest.mark.parametrize(
    ("files", "name", "hidden"),
    [
        (("random.py",), "random", True),
        (("email/__init__.py",), "email", True),
        (("logging/setup.py",), "logging", False),
        (("src/platform/a.py",), "platform", False),
        (("statistics.pyi",), "statistics", False),
        (("other/queue.py",), "queue", False),
        ((), "calendar", False),
    ],
    ids=["module", "package", "namespace folder", "folder below src", "stub", "elsewhere", "the project's own name"],
)
def test_standard_modules_beside_local_files(tmp_path: Path, files: tuple[str, ...], name: str, hidden: bool) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "calendar"\n', encoding="utf-8")
    for local in files:
        (tmp_path / local).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / local).write_text("", encoding="utf-8")
    path = tmp_path / "app.py"
    source = f"import {name}\n{name}."
    file = SourceFile(source, context_of(Catalog(), Projects().of(path), path, ""))
    assert (hover(file, 8) is None) == hidden
    assert (completion(file, len(source)) is None) == hidden
