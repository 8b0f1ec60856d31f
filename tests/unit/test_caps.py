"""Which texts keep a distribution below a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from stdlib_ls.project import Projects
from stdlib_ls.project.caps import caps


@pytest.mark.parametrize(
    "text",
    [
        "setuptools<82",
        '"setuptools>=60,<82"',
        "setuptools[core] >= 61 , < 82.0",
        "Setuptools <81",
        "setuptools==80.*",
        "setuptools==80.9.0",
        "setuptools~=80.1",
        "setuptools<=81.0",
        "setuptools (<82)",
        "setuptools>=61,<82; python_version < '3.12'",
        'install_requires=["setuptools<82"]',
        'setuptools = "<82"',
        'setuptools = "^80"',
        'setuptools = "80.9.0"',
        '"setuptools" = "~80.2"',
        'setuptools = {version = "~80", optional = true}',
    ],
)
def test_caps(text: str) -> None:
    assert caps(text, "setuptools", "82")


@pytest.mark.parametrize(
    "text",
    [
        "setuptools",
        "setuptools>=61",
        "setuptools!=60",
        "setuptools<83",
        "setuptools<=82",
        "setuptools==82",
        "setuptools~=82.0",
        "# setuptools<82",
        "setuptools-scm<8",
        "setuptools_scm<8",
        "my-setuptools<3",
        'setuptools = ">=61"',
        'setuptools = "^82"',
        'setuptools = "*"',
        "[tool.setuptools]",
        'requires = ["setuptools>=61.0", "wheel<1"]',
        "setuptools>=80, wheel<1",
        'build-backend = "setuptools.build_meta"',
    ],
)
def test_caps_nothing(text: str) -> None:
    assert not caps(text, "setuptools", "82")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", '[build-system]\nrequires = ["setuptools<82"]\n'),
        ("setup.cfg", "[options]\ninstall_requires =\n    setuptools<82\n"),
        ("requirements-dev.txt", "setuptools==80.9.0\n"),
        ("requirements/base.in", "setuptools<82\n"),
    ],
)
def test_files_that_cap(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "package").mkdir()
    projects = Projects()
    module = tmp_path / "package/app.py"
    assert not projects.of(module).is_capped("setuptools 82")
    (tmp_path / file).write_text(text)
    assert projects.of(module).is_capped("setuptools 82")
    assert not projects.of(module).is_capped("setuptools 80")
    assert not projects.of(None).is_capped("setuptools 82")
    projects.override(tmp_path / file, "")
    assert not projects.of(module).is_capped("setuptools 82")


@pytest.mark.parametrize(
    ("file", "text", "ends"),
    [
        ("pyproject.toml", '[project]\nrequires-python = ">=3.6,<3.17"\n', ((3, 6), (3, 16))),
        ("setup.cfg", "[options]\npython_requires = >=2.7\n", ((2, 7), None)),
        (".python-version", "3.12\n", (None, None)),
    ],
)
def test_ends_as_declared(file: str, text: str, ends: object, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / file).write_text(text)
    assert Projects().in_folder(tmp_path).declared_ends == ends
