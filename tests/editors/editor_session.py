"""Which editors are driven, a running one for each check, and a table of what was checked in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from editor import Editor, Setup

HERE = Path(__file__).parent
EDITORS = ("neovim", "vscode", "emacs", "vim")
PROJECT = '[project]\nname = "sample"\nversion = "1"\nrequires-python = ">={}"\n'
_VERSIONS: dict[str, str] = {}
_OUTCOMES: Counter[tuple[str, str]] = Counter()

# Starts the editor that a test is about; the arguments are those of Setup, but for the folders.
Start = Callable[..., AbstractContextManager[Editor]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--editors",
        default="neovim",
        metavar="NAMES",
        help=f"the real editors to drive, of {', '.join(EDITORS)} (default: neovim, which pip can install)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "editor_name" in metafunc.fixturenames:
        chosen = [one for one in metafunc.config.getoption("--editors").split(",") if one]
        unknown = set(chosen) - set(EDITORS)
        if unknown:
            raise pytest.UsageError(f"--editors: no {', '.join(sorted(unknown))} among {', '.join(EDITORS)}")
        metafunc.parametrize("editor_name", chosen, scope="module")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What only one editor has is in files that begin with its name; they wait until it is asked for."""
    chosen = config.getoption("--editors").split(",")
    for item in items:
        name = next((one for one in EDITORS if item.path.name.startswith(f"test_{one}")), None)
        if name and name not in chosen and item.path.parent == HERE:
            item.add_marker(pytest.mark.skip(reason=f"only with --editors {name}"))


@pytest.fixture
def start(editor_name: str, tmp_path: Path) -> Start:
    """Starts the editor in a project of its own."""
    return partial(started, editor_name, tmp_path)


@pytest.fixture(scope="module")
def editor_folder(editor_name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the project and the home of `editor`."""
    return tmp_path_factory.mktemp(editor_name)


@pytest.fixture(scope="module")
def editor(editor_name: str, editor_folder: Path) -> Iterator[Editor]:
    """One session of an editor with nothing set, for all checks that leave it as it was."""
    with started(editor_name, editor_folder) as running:
        yield running


@contextmanager
def started(name: str, folder: Path, **wanted: Any) -> Iterator[Editor]:
    """An editor on a project that supports Python 3.11 and later; it is gone afterwards, whatever happened."""
    project, home = folder / "project", folder / "home"
    for made in (project, home):
        made.mkdir()
    (project / "pyproject.toml").write_text(PROJECT.format("3.11"), encoding="utf-8")
    running: Editor = import_module(f"drive_{name}").Driver(Setup(project, home, **wanted))
    _VERSIONS[name] = running.version
    try:
        yield running
    finally:
        with suppress(Exception):
            running.quit()
        running.kill()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _, here, test = report.nodeid.rpartition("tests/editors/")
    name = next((one for one in EDITORS if here and (f"[{one}" in test or test.startswith(f"test_{one}"))), None)
    if name and (report.when == "call" or report.outcome != "passed"):
        _OUTCOMES[name, report.outcome] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, version in _VERSIONS.items():
        counts = ", ".join(f"{_OUTCOMES[name, one]} {one}" for one in ("passed", "failed", "skipped"))
        terminalreporter.write_line(f"{name:<8} {version:<40} {counts}")
