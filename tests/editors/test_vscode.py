"""What only VS Code has: commands, the status item, trust, scopes of settings, Pythons to run on, notebooks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from editor import Setup, until
from editor_session import PROJECT
from interpreters import find_interpreters

if TYPE_CHECKING:
    from drive_vscode import Driver

SAMPLE = """\
import json
import os.path

import psutil

x = os.path.join("a", "b")
print(json.dumps(x), psutil.cpu_count())
"""
CARD = "json.dumps: Turn an object into a JSON string."
QUICK = ".quick-input-widget"
ROW = f"{QUICK} .quick-input-list .monaco-list-row"
PREVIEW = "iframe.webview.ready"
ISOLATED = ("unshare", "--net")

Start = Callable[..., AbstractContextManager["Driver"]]


pytestmark = pytest.mark.editor


@contextmanager
def started(folder: Path, **wanted: Any) -> Iterator[Driver]:
    """VS Code on a project that supports Python 3.11 and later."""
    from drive_vscode import Driver

    project, home = folder / "project", folder / "home"
    for one in (project, home):
        one.mkdir()
    (project / "pyproject.toml").write_text(PROJECT.format("3.11"), encoding="utf-8")
    given = {name: wanted.pop(name) for name in ("settings", "neighbours") if name in wanted}
    driver = Driver(Setup(project, home, **given), **wanted)
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def start(tmp_path: Path) -> Start:
    return lambda **wanted: started(tmp_path, **wanted)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """A session with nothing set, with SAMPLE in front."""
    with started(tmp_path_factory.mktemp("vscode")) as driver:
        driver.open("sample.py", SAMPLE)
        until(driver.diagnostics, "the message about psutil")
        yield driver


@pytest.fixture
def sample(editor: Driver) -> Driver:
    """The session with SAMPLE alone in front, and the cursor on `dumps`."""
    editor.probe.ask("only", str(editor.project / "sample.py"))
    editor.window.press("Escape")
    editor.window.focus_editor()
    editor.window.put_cursor("json.dumps", "dumps")
    return editor


def words(text: str) -> str:
    return " ".join(text.split())


# Commands.


def test_palette_has_our_commands(sample: Driver) -> None:
    sample.window.press("F1")
    sample.window.type("stdlib-ls: ")
    for title in (
        "Restart Server",
        "Search the Standard Library",
        "Show Card of the Symbol",
        "Open Documentation of the Symbol",
        "Why This Python Version?",
        "Show Dependencies",
    ):
        sample.window.wait_for(ROW, f"stdlib-ls: {title}")
    sample.window.press("Escape")


def test_search_leads_to_a_card(sample: Driver) -> None:
    search(sample, "secure token")
    rows = until(lambda: [words(one) for one in sample.window.shown(ROW) if "secrets." in one], "answers")
    assert any("secrets.token_hex" in one and "random token of hexadecimal digits" in one for one in rows)
    sample.window.click(ROW, "secrets.token_hex")
    assert "secrets.token_hex: " in until(lambda: preview(sample, "token_hex"), "the card")


def test_search_opens_the_documentation(sample: Driver) -> None:
    search(sample, "secure token")
    sample.window.wait_for(ROW, "secrets.token_hex")
    sample.window.click(f"{ROW}:has-text('secrets.token_hex') .action-label")
    shown = asked_to_open(sample)  # Where it is long, its middle is left out.
    assert "/library/secrets.html#" in shown and "token_hex" in shown


def test_card_of_the_symbol(sample: Driver) -> None:
    sample.window.command("stdlib-ls: Show Card of the Symbol")
    shown = until(lambda: preview(sample, "json.dumps"), "the card")
    assert CARD in words(shown)
    assert "`" not in shown and "**" not in shown


def test_documentation_of_the_symbol(sample: Driver) -> None:
    sample.window.command("stdlib-ls: Open Documentation of the Symbol")
    assert "/library/json.html#json.dumps" in asked_to_open(sample)


def test_why_this_version(sample: Driver) -> None:
    sample.window.command("stdlib-ls: Why This Python Version?")
    shown = until(lambda: report(sample, "Why"), "the reason")
    assert "requires-python" in shown and "3.11" in shown


def test_dependencies(sample: Driver) -> None:
    sample.window.command("stdlib-ls: Show Dependencies")
    shown = until(lambda: report(sample, "Dependencies"), "the report")
    assert "psutil" in shown


def test_restart(sample: Driver) -> None:
    (before,) = sample.servers()
    sample.window.command("stdlib-ls: Restart Server")
    until(lambda: [one for one in sample.servers() if one != before] and before not in sample.servers(), "another one")
    assert CARD in words(until(lambda: sample.hover("json.dumps", "dumps"), "a card of the new server"))
    assert not sample.complaints()


# What stands around the text.


def test_language_status_says_the_versions(sample: Driver) -> None:
    sample.window.click("[id='status.languageStatus'] a")
    shown = until(lambda: [words(one) for one in sample.window.shown(".hover-language-status")], "the status")
    sample.window.press("Escape")
    (ours,) = [one for one in shown if "stdlib-ls" in one]
    assert "Python 3.11–" in ours and "requires-python" in ours
    assert "Why?" in ours


def test_output_channel_says_what_was_started(sample: Driver) -> None:
    (log,) = (sample.kept / "data" / "logs").rglob("stdlib-ls.log")
    assert "launch.py" in log.read_text(encoding="utf-8")


def test_nothing_is_added_to_the_status_bar(sample: Driver) -> None:
    assert not [one for one in sample.window.shown(".part.statusbar .statusbar-item") if "stdlib" in one]


def test_message_links_to_its_rule(sample: Driver) -> None:
    sample.window.press("Control+Shift+M")
    sample.window.wait_for(".markers-panel .monaco-list-row", "psutil")
    (row,) = [one for one in sample.window.shown(".markers-panel .monaco-list-row") if "psutil" in one]
    sample.window.press("Control+Shift+M")
    assert "os.cpu_count" in row and "stdlib-ls" in row and "replaceable-import" in row


# Surroundings.


def test_neighbours_offer_what_they_know_and_we_stay_out(start: Start) -> None:
    with start(neighbours=True) as editor:
        editor.open("sample.py", SAMPLE)
        until(lambda: editor.probe.ask("active_extension", "ms-pyright.pyright"), "pyright")
        menu = until(lambda: editor.complete("json.", "dumps"), "a menu")
        assert menu.labels.count("dumps") == 1
        assert "Turn an object into a JSON string" not in menu.documentation, "the row is ours"
        assert CARD in words(editor.hover("json.dumps", "dumps"))


def test_untrusted_workspace_has_cards(start: Start) -> None:
    trust = {"security.workspace.trust.enabled": True, "security.workspace.trust.startupPrompt": "never"}
    with start(editor_settings=trust) as editor:
        assert editor.probe.ask("trusted") is False
        editor.open("sample.py", SAMPLE)
        assert CARD in words(editor.hover("json.dumps", "dumps"))
        until(editor.diagnostics, "the message about psutil")


def test_each_folder_has_its_own_settings(start: Start, tmp_path: Path) -> None:
    with start() as editor:
        for name in ("old", "new"):
            (tmp_path / "project" / name / ".vscode").mkdir(parents=True)
        several = tmp_path / "project" / "both.code-workspace"
        several.write_text(json.dumps({"folders": [{"path": "old"}, {"path": "new"}]}), encoding="utf-8")

        def has_both() -> bool:
            # Now and then code-server opens such a window without any folder; a person loads it again.
            editor.reopen(several)
            return bool(editor.probe.ask("folders") == 2)

        until(has_both, "a window with both folders", 90)
        for name, version in (("old", "3.9"), ("new", "3.13")):
            editor.open(f"{name}/sample.py", SAMPLE)
            settings = tmp_path / "project" / name / ".vscode" / "settings.json"

            def fits(settings: Path = settings, version: str = version) -> bool:
                # Written while the folder is open, as by the settings editor.
                settings.write_text(json.dumps({"stdlib-ls.target": version}), encoding="utf-8")
                return f"Fits Python {version}–" in words(editor.hover("json.dumps", "dumps"))

            until(fits, f"a card for Python {version}")


def test_workspace_cannot_choose_what_is_run(start: Start, tmp_path: Path) -> None:
    marked = tmp_path / "marked"
    program = tmp_path / "project" / "python"
    with start() as editor:
        program.write_text(f"#!/bin/sh\ntouch {marked}\n", encoding="utf-8")
        program.chmod(0o755)
        settings = {"stdlib-ls.path": str(program), "stdlib-ls.interpreter": str(program)}
        (tmp_path / "project" / ".vscode").mkdir()
        (tmp_path / "project" / ".vscode" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        editor.reopen(tmp_path / "project")
        editor.open("sample.py", SAMPLE)
        assert CARD in words(editor.hover("json.dumps", "dumps"))
        assert not marked.exists()


def test_works_without_a_network(start: Start) -> None:
    """Where VS Code runs there is no network at all; its window is reached through a file."""
    if not shutil.which("unshare") or subprocess.run([*ISOLATED, "true"], capture_output=True).returncode:
        pytest.skip("this machine does not let us take the network away")
    with start(before=ISOLATED) as editor:
        editor.open("sample.py", SAMPLE)
        (server,) = editor.servers()
        assert Path(f"/proc/{server}/net/dev").read_text(encoding="utf-8").count(":") == 1, "only a loopback"
        assert CARD in words(editor.hover("json.dumps", "dumps"))
        until(editor.diagnostics, "the message about psutil")
        assert not editor.complaints()


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_runs_on_the_python_that_is_named(start: Start, which: str) -> None:
    found = [one for one in find_interpreters() if (3, 10) <= one.version <= (3, 14)]
    chosen = found[0 if which == "oldest" else -1]
    with start(settings={"interpreter": chosen.path}) as editor:
        editor.open("sample.py", SAMPLE)
        assert editor.server
        (server,) = editor.servers()
        assert editor.server.processes()[server].startswith(f"{chosen.path} ")
        assert CARD in words(editor.hover("json.dumps", "dumps"))
        assert not editor.complaints()


def test_no_python_is_said_with_a_button_and_again_to_whoever_asks(start: Start, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "ps", "env", "uname", "cat"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    with start(environment={"PATH": str(tmp_path / "bin")}) as editor:
        editor.show("sample.py", SAMPLE)
        toast = ".notifications-toasts .notification-list-item"
        editor.window.wait_for(toast, "stdlib-ls")
        (shown,) = [words(one) for one in editor.window.shown(toast) if "stdlib-ls" in one]
        assert "3.10 or newer" in shown
        buttons = editor.window.shown(f"{toast} .monaco-button")
        assert [words(one) for one in buttons] == ["Choose a Python"]
        editor.window.command("Notifications: Clear All Notifications")
        editor.window.wait_for(toast, "stdlib-ls", gone=True)
        editor.window.command("stdlib-ls: Search the Standard Library")
        editor.window.wait_for(toast, "3.10 or newer")
        editor.window.click(f"{toast} .monaco-button")
        editor.window.wait_for(".settings-editor .setting-item-contents", "Interpreter")


def test_server_whose_python_has_gone_comes_back_on_another_one(start: Start, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    with start(settings={"interpreter": str(python)}) as editor:
        editor.open("sample.py", SAMPLE)
        (before,) = editor.servers()
        python.unlink()
        os.kill(before, signal.SIGKILL)
        until(lambda: [one for one in editor.servers() if one != before], "another server")
        assert CARD in words(until(lambda: editor.hover("json.dumps", "dumps"), "a card of the new server"))


def test_notebook_has_cards(start: Start) -> None:
    with start() as editor:
        open_notebook(editor, editor.project / "book.ipynb")
        shown = until(lambda: editor.window.open_hover("json.dumps", "dumps", ".notebookOverlay"), "a card", 60)
        assert CARD in words(shown)


def test_why_this_version_in_a_notebook_is_about_its_own_folder(start: Start, tmp_path: Path) -> None:
    with start() as editor:
        for name, version in (("old", "3.9"), ("new", "3.13")):
            (tmp_path / "project" / name).mkdir()
            declared = PROJECT.format(version)
            (tmp_path / "project" / name / "pyproject.toml").write_text(declared, encoding="utf-8")
        several = tmp_path / "project" / "both.code-workspace"
        several.write_text(json.dumps({"folders": [{"path": "old"}, {"path": "new"}]}), encoding="utf-8")
        editor.reopen(several)
        open_notebook(editor, tmp_path / "project" / "new" / "book.ipynb")
        editor.window.command("stdlib-ls: Why This Python Version?")
        assert "3.13" in until(lambda: report(editor, "Why"), "the reason")


# The means.


def open_notebook(editor: Driver, path: Path) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "source": [source], "outputs": [], "execution_count": None}
        for source in ("import json\n", "print(json.dumps([1]))\n")
    ]
    notebook = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    editor.probe.ask("notebook", str(path))
    until(editor.servers, "our server")


def search(editor: Driver, question: str) -> None:
    """Put a question to the list that the search opens."""
    editor.window.command("stdlib-ls: Search the Standard Library")
    editor.window.click(f"{QUICK} input[placeholder*='unzip']")
    editor.window.type(question)


def preview(editor: Driver, name: str) -> str:
    """What the tab with a card shows, once it is there."""
    return editor.window.frame_text(name)


def report(editor: Driver, title: str) -> str:
    """The text of the tab with a report."""
    active = str(editor.probe.ask("active"))
    return editor.text() if active.startswith("stdlib-ls:") and title in active else ""


def asked_to_open(editor: Driver) -> str:
    """What VS Code asks before it opens an address in the browser; says no."""
    dialog = ".monaco-dialog-box"
    editor.window.wait_for(dialog, "https://")
    (shown,) = editor.window.shown(dialog)
    editor.window.press("Escape")
    editor.window.wait_for(dialog, gone=True)
    return shown
