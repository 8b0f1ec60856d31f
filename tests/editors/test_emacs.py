"""What only Emacs has: the commands of clients/emacs under both clients, lsp-mode, and rass.

`--editors emacs` runs them. What every editor has is in test_every_editor.py.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from drive_emacs import CLIENT, EGLOT, Driver, quoted
from editor import Setup, command_line, descendants, is_running, until
from editor_session import PROJECT

pytestmark = [pytest.mark.editor, pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals")]

SAMPLE = """\
import json
import os.path

import psutil

print("🎉", json.dumps(os.path.join("a", "b")), psutil.cpu_count())
"""
# What lsp-mode asks for once, and the client for Jedi that people have from the package lsp-jedi.
LSP = "(setq lsp-auto-guess-root t lsp-restart 'auto-restart) (add-hook 'python-mode-hook #'lsp-deferred)\n"
JEDI = """\
(with-eval-after-load 'lsp-mode
  (lsp-register-client (make-lsp-client :new-connection (lsp-stdio-connection "jedi-language-server")
                                        :major-modes '(python-mode) :server-id 'jedi)))
"""
# Keeps the addresses instead of opening a browser.
BROWSER = "(defvar asked nil) (setq browse-url-browser-function (lambda (url &rest _) (push url asked)))\n"
CLIENTS: dict[str, dict[str, Any]] = {
    "eglot": {"client": EGLOT + BROWSER},
    "eglot-markdown": {"client": EGLOT + BROWSER, "markdown": True},
    "lsp-mode": {"client": LSP + BROWSER, "markdown": True},
}

Start = Callable[..., Driver]


def begin(folder: Path, running: list[Driver], settings: dict[str, Any], neighbours: bool, **client: Any) -> Driver:
    """Emacs on a project of its own."""
    for name in ("project", "home"):
        (folder / name).mkdir()
    (folder / "project" / "pyproject.toml").write_text(PROJECT.format("3.11"), encoding="utf-8")
    running.append(Driver(Setup(folder / "project", folder / "home", settings, neighbours), **client))
    return running[-1]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Driver] = []
    yield lambda settings=None, neighbours=False, **client: begin(
        tmp_path, running, settings or {}, neighbours, **client
    )
    for one in running:
        one.kill()


@pytest.fixture(scope="module", params=CLIENTS)
def emacs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """A session under each client, for the commands."""
    running: list[Driver] = []
    driver = begin(tmp_path_factory.mktemp("emacs"), running, {}, False, **CLIENTS[request.param])
    driver.open("sample.py", SAMPLE)
    yield driver
    driver.kill()


@pytest.fixture
def alone(emacs: Driver) -> Driver:
    """The session with nothing but the sample on its screen."""
    emacs.read('(progn (delete-other-windows) (switch-to-buffer "sample.py") (setq asked nil) nil)')
    return emacs


def buffer(driver: Driver, name: str, part: str) -> str:
    """What a buffer shows in some window, once it holds a text."""
    shown = f'(let ((b (get-buffer "{name}"))) (if (and b (get-buffer-window b)) (drive-visible b) ""))'
    until(lambda: part in driver.read(shown), f"{part} in {name}")
    return str(driver.read(shown))


def messages(driver: Driver) -> list[str]:
    return list(driver.read("(vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))"))


def assert_no_marks(text: str) -> None:
    for mark in ("**", "`", "](", "\\"):
        assert mark not in text, "marks of Markdown"


# The package.


def test_it_compiles_without_warnings(tmp_path: Path) -> None:
    shutil.copy(CLIENT / "stdlib-ls.el", tmp_path)
    strict = "(setq byte-compile-error-on-warn t)"
    for arguments in (
        ["--eval", strict, "-f", "batch-byte-compile", "stdlib-ls.el"],
        ["--eval", '(checkdoc-file "stdlib-ls.el")'],
    ):
        command = ["emacs", "--batch", "--quick", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert (tmp_path / "stdlib-ls.elc").exists()


def test_its_autoloads_are_the_commands(tmp_path: Path) -> None:
    text = (CLIENT / "stdlib-ls.el").read_text(encoding="utf-8")
    assert set(re.findall(r"^;;;###autoload\n\(defun (\S+)", text, re.MULTILINE)) == {
        "stdlib-ls-setup",
        "stdlib-ls-card",
        "stdlib-ls-search",
        "stdlib-ls-open-documentation",
        "stdlib-ls-why-version",
        "stdlib-ls-dependencies",
        "stdlib-ls-restart",
    }


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("jedi-language-server", '["jedi"]'),
        ("/opt/bin/basedpyright-langserver --stdio", '["basedpyright"]'),
        ("uvx ty server", '["ty"]'),
        ("python -m jedi_language_server", '["jedi"]'),
        ("python -m pylsp", '["pylsp"]'),
        ("typos-lsp", "[]"),
    ],
)
def test_neighbours_are_known_however_they_are_started(command: str, known: str) -> None:
    words = " ".join(f'"{word}"' for word in command.split())
    told = printed(f"(let ((stdlib-ls-neighbours '(({words})))) (stdlib-ls--eglot-options nil))")
    assert f":beside {known}" in told


def test_what_is_run_is_never_taken_from_a_folder_for_good() -> None:
    """Emacs asks about each of these in a folder's `.dir-locals.el`, every time."""
    names = "stdlib-ls-command stdlib-ls-rass-command stdlib-ls-neighbours"
    assert printed(f"(seq-every-p #'risky-local-variable-p '({names}))") == "t"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("basedpyright-langserver", "basedpyright"),
        ("jedi-language-server", "jedi"),
        ("pylsp-tramp", "pylsp"),
        ("ruff-lsp", "ruff"),
        ("ty", "ty"),
        ("ty-ls", "ty"),
        ("zubanls", "zuban"),
        ("typos-lsp", "nil"),
        ("semgrep-ls", "nil"),
    ],
)
def test_other_servers_have_the_names_that_ours_knows(name: str, known: str) -> None:
    """What is no server for Python must not silence the completions."""
    assert printed(f'(intern (format "%s" (stdlib-ls--known-server "{name}")))') == known


def printed(expression: str) -> str:
    """A value in an Emacs that has the package, as Lisp prints it."""
    command = ["emacs", "--batch", "--quick", "-l", str(CLIENT / "stdlib-ls.el"), "--eval", f"(prin1 {expression})"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


# The commands, under each client.


def test_card(alone: Driver) -> None:
    alone.go("json.dumps", "dumps")
    alone.command("stdlib-ls-card")
    shown = buffer(alone, "*stdlib-ls card*", "Turn an object into a JSON string")
    assert shown.startswith("json.dumps: ") and "Fits Python 3.11–" in shown
    assert_no_marks(shown)
    assert max(map(len, shown.splitlines())) < 100


def test_documentation_of_the_symbol_and_of_the_card(alone: Driver) -> None:
    alone.go("json.dumps", "dumps")
    alone.command("stdlib-ls-open-documentation")
    (page,) = until(lambda: alone.read("(vconcat asked)"), "the page")
    assert page.endswith("/library/json.html#json.dumps")
    alone.command("stdlib-ls-card")
    buffer(alone, "*stdlib-ls card*", "json.dumps")
    alone.press("C-x", "o")
    alone.press("o")
    until(lambda: alone.read("(vconcat asked)") == [page, page], "the page, from the card")
    alone.press("q")
    until(lambda: alone.read("(buffer-name)") == "sample.py", "the sample")


@pytest.mark.parametrize("browse", [False, True])
def test_search(alone: Driver, browse: bool) -> None:
    if browse:
        alone.press("C-u")
    alone.command("stdlib-ls-search")
    alone.answer("temporary directory")
    choices = alone.choices()
    assert choices[0] == "tempfile.TemporaryDirectory" and len(choices) > 5
    alone.press("Tab")
    shown = buffer(alone, "*Completions*", "tempfile.mkdtemp")
    assert "Create a folder that only you may enter" in " ".join(shown.split()), "what the names are for"
    assert shown.index("tempfile.TemporaryDirectory") < shown.index("tempfile.mkdtemp"), "best first"
    alone.answer("tempfile.mkdtemp")
    if browse:
        (page,) = until(lambda: alone.read("(vconcat asked)"), "the page")
        assert page.endswith("/library/tempfile.html#tempfile.mkdtemp")
    else:
        assert_no_marks(buffer(alone, "*stdlib-ls card*", "tempfile.mkdtemp: "))


def test_search_that_finds_nothing(alone: Driver) -> None:
    alone.command("stdlib-ls-search")
    alone.answer("xyzzyplugh")
    until(lambda: "Nothing found for xyzzyplugh" in alone.screen(), "the answer")


def test_commands_elsewhere(alone: Driver) -> None:
    """Searching needs no file that the server looks after; what is about a place says where it can be asked."""
    alone.read('(progn (switch-to-buffer "*scratch*") nil)')
    alone.command("stdlib-ls-search")
    alone.answer("unzip")
    assert any(one.startswith("zipfile") for one in alone.choices())
    alone.press("C-g")
    alone.command("stdlib-ls-card")
    until(lambda: "is not running here" in alone.screen(), "the reason")


def test_why_version(alone: Driver) -> None:
    alone.command("stdlib-ls-why-version")
    until(lambda: "requires-python in pyproject.toml" in alone.screen(), "the reason")


def test_dependencies(alone: Driver) -> None:
    alone.command("stdlib-ls-dependencies")
    assert "sample.py:4" in buffer(alone, "*stdlib-ls dependencies*", "psutil")


def test_restart_reads_the_settings_anew(alone: Driver) -> None:
    until(lambda: any("psutil" in one for one in messages(alone)), "a message")
    (before,) = alone.servers()
    alone.read('(progn (setq stdlib-ls-settings \'(:diagnostics (:replaceable-import "off"))) nil)')
    alone.command("stdlib-ls-restart")
    until(lambda: [one for one in alone.servers() if one != before], "another server")
    until(lambda: not messages(alone), "silence")
    alone.go("json.dumps", "dumps")
    until(
        lambda: alone.read("(and (drive-served-p) (or (stdlib-ls--eglot-server) (stdlib-ls--lsp-workspace)) t)"), "it"
    )
    alone.command("stdlib-ls-card")
    buffer(alone, "*stdlib-ls card*", "json.dumps: ")
    assert not is_running(before)
    assert not alone.complaints()


# Eglot.


def test_hover_is_styled_where_markdown_mode_is_there(start: Start) -> None:
    driver = start(markdown=True)
    driver.open("sample.py", SAMPLE)
    shown = driver.hover("import json", "json")
    assert "Fits Python 3.11–" in shown
    assert_no_marks(shown)
    styled = "(with-current-buffer eldoc--doc-buffer (text-property-not-all (point-min) (point-max) 'face nil))"
    assert driver.read(styled)


def test_settings_of_a_project(start: Start, tmp_path: Path) -> None:
    driver = start()
    configured = '((python-mode . ((eglot-workspace-configuration . (:stdlib-ls (:target "3.12"))))))'
    (tmp_path / "project" / ".dir-locals.el").write_text(configured, encoding="utf-8")
    driver.open("sample.py", SAMPLE)
    assert "Fits Python 3.12–" in driver.hover("import json", "json")


@pytest.mark.parametrize("first", ["pyproject.toml", "sample.py"])
def test_pyproject_where_it_is_asked_for(start: Start, first: str) -> None:
    """Eglot 1.9 tells one language for all files of a server, whichever was opened first."""
    modes = "(setq stdlib-ls-modes '(python-mode conf-toml-mode)) (add-hook 'conf-toml-mode-hook #'eglot-ensure)\n"
    driver = start(client=modes + EGLOT)
    files = {"sample.py": SAMPLE, "pyproject.toml": PROJECT.format("3.11") + 'dependencies = ["dataclasses"]\n'}
    for name in sorted(files, key=lambda name: name != first):
        driver.open(name, files[name])
        until(lambda name=name: driver.diagnostics(), f"a message about {name}")  # type: ignore[misc]
    assert {one.code for one in driver.diagnostics()} <= {"replaceable-import", "superfluous-requirement"}
    assert not driver.complaints()


# rass.


def test_rass_hands_on_settings_and_joins_hovers_in_order(start: Start) -> None:
    driver = start({"diagnostics": {"replaceable-import": "warning"}, "hover": {"detail": "brief"}}, neighbours=True)
    driver.open("sample.py", SAMPLE + "import sys\n")
    found = until(lambda: [one for one in driver.diagnostics() if "psutil" in one.message], "our message")
    assert [one.severity for one in found] == ["warning"]
    until(lambda: any(one.source == "Ruff" for one in driver.diagnostics()), "a message of Ruff")
    shown = driver.hover("import json", "json")
    assert shown.index("module json") < shown.index("json: Encode Python objects"), "the first server first"
    assert driver.complete("import ", "tomllib").labels.count("tomllib") == 1, "Jedi is asked after a blank, too"
    driver.go("json.dumps", "dumps")
    driver.command("stdlib-ls-card")
    buffer(driver, "*stdlib-ls card*", "json.dumps: ")


def test_all_come_back_behind_rass_and_none_is_left(start: Start) -> None:
    driver = start(neighbours=True)
    driver.open("sample.py", SAMPLE)
    (server,) = driver.servers()
    before = [one for one in descendants(driver.pid) if re.search(r"rass|jedi|ruff|stdlib-ls", command_line(one))]
    assert len(before) >= 4
    os.kill(server, signal.SIGKILL)
    until(lambda: not any(map(is_running, before)), "the end of all")
    until(lambda: [one for one in driver.servers() if one != server], "another server")
    assert "json: " in until(lambda: driver.hover("import json", "json"), "a card")


# lsp-mode.


@pytest.fixture
def beside_jedi(start: Start) -> Driver:
    driver = start(client=LSP + JEDI, markdown=True)
    driver.open("sample.py", SAMPLE)
    until(lambda: driver.read("(length lsp--buffer-workspaces)") == 2, "both servers")
    return driver


def test_lsp_mode_shows_both_servers(beside_jedi: Driver) -> None:
    driver = beside_jedi
    driver.go("json.dumps", "dumps")
    driver.command("lsp-describe-thing-at-point")
    shown = buffer(driver, "*lsp-help*", "Fits Python 3.11–")
    assert "def dumps" in shown and shown.count("json.dumps: Turn an object") == 1
    until(lambda: any("psutil" in one for one in messages(driver)), "our message")
    driver.insert("x = = 1\n")
    until(lambda: any("psutil" not in one for one in messages(driver)), "a message of Jedi")
    assert [one for one in messages(driver) if "psutil" in one], "ours stays"


def test_lsp_mode_completes_once_and_the_server_follows_its_neighbours(beside_jedi: Driver) -> None:
    driver = beside_jedi
    for typed, label in (("import ", "tomllib"), ("json.", "dumps")):
        labels = until(lambda typed=typed, label=label: driver.complete(typed, label).labels, "a menu")  # type: ignore[misc]
        assert labels.count(label) == 1
    theirs = driver.complete("json.", "dumps").documentation
    assert "Turn an object" not in theirs
    ours = """\
(let ((lsp--cur-workspace (lsp-find-workspace 'stdlib-ls nil)))
  (goto-char (point-max))
  (length (lsp:completion-list-items (lsp-request "textDocument/completion" (lsp--text-document-position-params)))))
"""
    driver.insert("import ")
    assert driver.read(ours) == 0, "what Jedi completes is left to it"
    driver.read("(progn (lsp-workspace-shutdown (lsp-find-workspace 'jedi nil)) nil)")
    until(lambda: driver.read(ours) > 100, "our completions")


def test_lsp_mode_fixes(beside_jedi: Driver) -> None:
    driver = beside_jedi
    until(lambda: any("psutil" in one for one in messages(driver)), "our message")
    driver.go("import psutil", "psutil")
    driver.command("lsp-execute-code-action")
    title = next(one for one in driver.choices() if "os.cpu_count" in one)
    driver.answer(title)
    until(lambda: "os.cpu_count()" in driver.text() and "psutil" not in driver.text(), "the fix")
    until(lambda: not messages(driver), "silence")


def test_lsp_mode_fixes_all(beside_jedi: Driver) -> None:
    driver = beside_jedi
    until(lambda: any("psutil" in one for one in messages(driver)), "our message")
    driver.read(f"(progn (lsp-execute-code-action-by-kind {quoted('source.fixAll.stdlib-ls')}) nil)")
    until(lambda: "psutil" not in driver.text(), "the fixes")


def test_lsp_mode_looks_after_requirements(start: Start) -> None:
    driver = start(client=f"{LSP}(add-hook 'text-mode-hook #'lsp-deferred)\n", markdown=True)
    driver.open("requirements-dev.txt", "dataclasses\n")
    until(lambda: any("dataclasses" in one for one in messages(driver)), "a message")
    assert not driver.complaints()
