"""The sources of the VS Code extension pass their own checks: types, lints, and the tests that need no editor."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

EXTENSION = Path(__file__).resolve().parents[2] / "clients/vscode"


@pytest.mark.parametrize("script", ["check", "test"])
def test_sources(script: str, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    if "vscode" not in pytestconfig.getoption("--editors"):
        pytest.skip("needs Node: --editors vscode")
    monkeypatch.setattr(sys, "path", [*sys.path, str(EXTENSION)])
    code_server = importlib.import_module("codeserver")
    code_server.package_extension()  # Brings the packages of npm.
    code_server.npm("run", script, cwd=EXTENSION)
