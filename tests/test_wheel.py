"""The wheel: what is in it, and that it works on its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "server", "catalog", "docs")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built, without a network, from a copy in which nothing has been compiled."""
    project = tmp_path_factory.mktemp("project")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
        else:
            shutil.copy(source, project)
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", "dist"], project)
    [built] = (project / "dist").iterdir()
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a new virtual environment, which borrows only the dependencies from this one."""
    folder = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(scripts / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    run([*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)], folder)
    site_packages = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).stdout.strip()
    # The folder alone, so that the .pth file of the editable installation in it is not followed.
    (Path(site_packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts


def run(command: list[str], folder: Path, status: int = 0) -> subprocess.CompletedProcess[str]:
    unset = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "NO_COLOR", "FORCE_COLOR")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == status, f"{command}: {done.stdout}{done.stderr}"
    return done


def read(wheel: Path, names: list[str], end: str) -> str:
    [name] = (name for name in names if name.endswith(end))
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name).decode()


def test_there_is_one_package_and_its_metadata(names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"stdlib_ls"}
    assert len(tops) == 2


def test_the_catalog_is_compiled_and_its_sources_are_not_there(wheel: Path, names: list[str]) -> None:
    assert "stdlib_ls/data/catalog.txt" in names
    assert "\nm json\t{" in read(wheel, names, "/catalog.txt")
    assert [name for name in names if name.endswith((".yaml", ".yml", ".jsonl", ".pyc")) or "tests" in name] == []


def test_the_pages_of_the_rules_are_there(names: list[str], installed: Path, tmp_path: Path) -> None:
    pages = sorted((ROOT / "docs/rules").glob("*.md"))
    assert {f"stdlib_ls/data/rules/{page.name}" for page in pages} == {name for name in names if name.endswith(".md")}
    said = run([str(installed / "stdlib-ls"), "explain", pages[0].stem], tmp_path).stdout
    assert said == pages[0].read_text(encoding="utf-8")


def test_every_module_is_there(names: list[str]) -> None:
    package = ROOT / "server"
    modules = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
    assert modules <= set(names)
    assert "stdlib_ls/py.typed" in names


def test_the_metadata_names_command_and_licence(wheel: Path, names: list[str]) -> None:
    assert "[console_scripts]\nstdlib-ls = stdlib_ls." in read(wheel, names, ".dist-info/entry_points.txt")
    metadata = read(wheel, names, ".dist-info/METADATA")
    assert "\nLicense-Expression: MIT\n" in metadata and "\nRequires-Python: >=3.10\n" in metadata
    assert (ROOT / "LICENSE").read_text(encoding="utf-8") == read(wheel, names, ".dist-info/licenses/LICENSE")


def test_it_is_the_installed_package_that_runs(installed: Path, tmp_path: Path) -> None:
    asked = "import stdlib_ls, pygls; print(stdlib_ls.__file__)"
    found = Path(run([str(installed / "python"), "-c", asked], tmp_path).stdout.strip())
    assert found.is_relative_to(installed.parent)


def test_the_command_shows_a_card(installed: Path, tmp_path: Path) -> None:
    said = run([str(installed / "stdlib-ls"), "show", "json"], tmp_path).stdout
    assert said.startswith("json: ") and "https://docs.python.org/" in said


def test_the_command_checks_a_file(installed: Path, tmp_path: Path) -> None:
    file = tmp_path / "workers.py"
    file.write_text("import psutil\n\nprint(psutil.cpu_count())\n", encoding="utf-8")
    command = [str(installed / "stdlib-ls"), "check", "--target", "3.11", str(file)]
    said = run(command, tmp_path, status=1).stdout
    assert "workers.py:1:8" in said and "replaceable-import" in said and "os.cpu_count" in said
    file.write_text("import os\n", encoding="utf-8")
    assert run(command, tmp_path).stdout == ""
