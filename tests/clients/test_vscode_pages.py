"""What the extension shows of itself: its pages say what is so, and all that they point at is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stdlib_ls import __version__
from stdlib_ls.settings import SETTINGS

VSCODE = Path(__file__).resolve().parents[2] / "clients/vscode"
ROOT = VSCODE.parents[1]


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    "page", sorted(VSCODE.glob("*.md")) + sorted(VSCODE.glob("media/*.md")), ids=lambda path: path.name
)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if "://" not in target and not (page.parent / target).is_file()] == []


def test_the_manifest_names_files_that_are_there_and_are_packaged(manifest: dict[str, Any]) -> None:
    media = [step["media"] for step in manifest["contributes"]["walkthroughs"][0]["steps"]]
    named = [manifest["icon"]]
    for one in media:
        named += [one["markdown"]] if "markdown" in one else _paths(one["image"])
    assert [name for name in named if not (VSCODE / name).is_file()] == []
    packaged = (VSCODE / ".vscodeignore").read_text(encoding="utf-8")
    assert "!images/*.png" in packaged and "!media/*.md" in packaged


def _paths(image: str | dict[str, str]) -> list[str]:
    return [image] if isinstance(image, str) else list(image.values())


def test_every_step_and_command_that_is_named_exists(manifest: dict[str, Any]) -> None:
    commands = {one["command"] for one in manifest["contributes"]["commands"]}
    shown = {one["command"] for one in manifest["contributes"]["menus"]["commandPalette"]}
    named = set(re.findall(r"ommand:(stdlib-ls\.\w+)", json.dumps(manifest["contributes"]["walkthroughs"])))
    assert named <= commands == shown
    registered = (VSCODE / "src/commands.ts").read_text(encoding="utf-8")
    assert {
        name for name in commands if not re.search(rf"^    {name.removeprefix('stdlib-ls.')}: ", registered, re.M)
    } == set()


def test_the_readme_names_commands_and_settings_as_they_are(manifest: dict[str, Any]) -> None:
    readme = (VSCODE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \|", readme, re.M)
    for command in manifest["contributes"]["commands"]:
        assert command["title"] in rows
    known = {f"stdlib-ls.{name}" for name in SETTINGS} | set(manifest["contributes"]["configuration"]["properties"])
    written = set(re.findall(r"`(stdlib-ls\.[\w.]+)[`.]", readme))
    assert written and written <= known


def test_what_the_walkthrough_says_is_found_is_found() -> None:
    rows = re.findall(r"^\| `(.+)` \| `(.+)` \|$", (VSCODE / "media/search.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) >= 4
    for question, name in rows:
        command = [sys.executable, "-m", "stdlib_ls", "search", "--json", "--limit", "3", *question.split()]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert name in [found["name"] for found in json.loads(said)], question


def test_extension_and_server_have_one_version_and_one_licence(manifest: dict[str, Any]) -> None:
    assert manifest["version"] == __version__
    assert f"## {__version__}" in (VSCODE / "CHANGELOG.md").read_text(encoding="utf-8")
    assert (VSCODE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_it_depends_on_no_other_extension_and_starts_for_python_only(manifest: dict[str, Any]) -> None:
    assert not manifest.get("extensionDependencies") and not manifest.get("extensionPack")
    assert all(event.startswith("onLanguage:") for event in manifest["activationEvents"])
    assert manifest["capabilities"]["untrustedWorkspaces"]["supported"] is True


def test_locks_name_no_place_to_fetch_from() -> None:
    for name in ("package-lock.json", "wheels.lock"):
        text = (VSCODE / name).read_text(encoding="utf-8")
        assert '"resolved"' not in text and "registry." not in text
