"""What every test shares: catalog and facts, lines for the summary, a flag that rewrites case files' expectations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_compiler.facts import Facts
from stdlib_ls.catalog.store import Catalog

# The fixtures of tests/lsp and tests/editors; a second file of this one's name would confuse the type checker.
pytest_plugins = ("wire_session", "editor_session")

_SAID = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write what comes out into tests/cases, as the new expectations"
    )


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog()


@pytest.fixture(scope="session")
def facts() -> Facts:
    return Facts(Path(__file__).resolve().parents[1] / "catalog/facts")


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Prints a line of figures below the results."""
    return pytestconfig.stash.setdefault(_SAID, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash.get(_SAID, []):
        terminalreporter.write_line(line)
