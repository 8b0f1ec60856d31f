"""The settings of the VS Code extension are those of the server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stdlib_ls.settings import RULE_CODES, SETTINGS, Settings, read_settings

VSCODE = Path(__file__).resolve().parents[2] / "clients/vscode"
WRITER = VSCODE / "settings.py"
OF_THE_CLIENT = {"path", "interpreter", "trace.server"}


@pytest.fixture(scope="module")
def properties() -> dict[str, dict[str, Any]]:
    """What package.json says of each setting, by the name after `stdlib-ls.`."""
    manifest = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))
    written = manifest["contributes"]["configuration"]["properties"]
    assert all(name.startswith("stdlib-ls.") for name in written)
    return {name.removeprefix("stdlib-ls."): schema for name, schema in written.items()}


def check(writer: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, writer, "--check"], capture_output=True, text=True, check=False)


def test_they_are_written_down_as_they_are_now() -> None:
    said = check(WRITER)
    assert said.returncode == 0, f"run clients/vscode/settings.py\n{said.stdout}{said.stderr}"


def test_the_check_tells_a_difference(tmp_path: Path) -> None:
    """A copy in which one default was changed by hand."""
    folder = tmp_path / "clients/vscode"
    folder.mkdir(parents=True)
    (tmp_path / "docs").symlink_to(VSCODE.parents[1] / "docs")
    writer = folder / "settings.py"
    writer.write_bytes(WRITER.read_bytes())
    manifest = (VSCODE / "package.json").read_text(encoding="utf-8")
    changed = manifest.replace('"default": "full"', '"default": "brief"')
    assert changed != manifest
    (folder / "package.json").write_text(changed, encoding="utf-8")
    said = check(writer)
    assert said.returncode == 1
    difference = [line.split() for line in said.stdout.splitlines() if line.startswith(("-  ", "+  "))]
    assert difference == [["-", '"default":', '"brief",'], ["+", '"default":', '"full",']]


def test_every_setting_is_there_but_the_one_that_is_filled_in(properties: dict[str, dict[str, Any]]) -> None:
    rules = {f"diagnostics.{code}" for code in RULE_CODES}
    assert properties.keys() == (SETTINGS.keys() - {"beside", "diagnostics"}) | rules | OF_THE_CLIENT


def test_the_server_takes_all_defaults_and_they_change_nothing(properties: dict[str, dict[str, Any]]) -> None:
    """VS Code sends the defaults of package.json as if a person had written them."""
    sent = {name: schema["default"] for name, schema in properties.items() if name not in OF_THE_CLIENT}
    assert read_settings(sent, "VS Code", Settings()) == (Settings(), [])


def test_the_server_takes_whatever_the_editor_offers(properties: dict[str, dict[str, Any]]) -> None:
    for name, schema in properties.items():
        if name in OF_THE_CLIENT:
            continue
        for value in schema.get("enum", []):
            assert read_settings({name: value}, "VS Code", Settings())[1] == []


def test_no_workspace_chooses_what_is_run_or_where_links_lead(properties: dict[str, dict[str, Any]]) -> None:
    assert {name for name, schema in properties.items() if schema["scope"] == "machine"} == {
        *("path", "interpreter", "docs.url")
    }


def test_what_is_read_at_the_start_is_not_set_folder_by_folder(properties: dict[str, dict[str, Any]]) -> None:
    at_start = {name for name, row in SETTINGS.items() if "read when the server starts" in row.description}
    assert at_start == {name for name, schema in properties.items() if schema["scope"] == "window"} - {"trace.server"}
    asked_for = (VSCODE / "src/settings.ts").read_text(encoding="utf-8").partition("READ_AT_START")[2].partition("]")[0]
    assert all(f'"{name}"' in asked_for for name in at_start)


def test_everything_is_described(properties: dict[str, dict[str, Any]]) -> None:
    assert [
        name for name, one in properties.items() if not (one.get("description") or one.get("markdownDescription"))
    ] == []
