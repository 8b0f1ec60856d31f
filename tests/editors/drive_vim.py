"""Vim with ALE in a terminal of its own, set up as clients/vim/README.md tells users to.

Keys go through tmux; what Vim holds is asked over its own JSON channel (`:help channel-commands`).
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from editor import ROOT, SERVER, Menu, Setup, Shown, command_line, descendants, environment, is_running, place, until

CLIENT = ROOT / "clients" / "vim"
COLUMNS, LINES = 120, 50
VIMRC = """\
set nocompatible noswapfile viminfo= nomore shortmess+=I hidden encoding=utf-8
{readme}
{more}
filetype plugin indent on
syntax on
packadd! ale
let g:channel = ch_open('127.0.0.1:{port}')
"""
# ALE's own linter for ruff is older than today's ruff, and no server.
RUFF = """\
autocmd VimEnter * call ale#linter#Define('python', {'name': 'ruff_server', 'lsp': 'stdio', 'executable': 'ruff',
\\ 'command': '%e server', 'project_root': function('ale#python#FindProjectRoot')})
"""
SEVERITIES = {"E": "error", "W": "warning", "I": "information"}


def readme_vimrc() -> str:
    """What clients/vim/README.md tells users of ALE to write."""
    section = (CLIENT / "README.md").read_text(encoding="utf-8").split("\n## ALE\n")[1]
    found = re.search(r"```vim\n(.*?)```", section, re.DOTALL)
    assert found
    return found[1]


class Driver:
    """Vim on a project."""

    weakest = "information"

    def __init__(self, setup: Setup) -> None:
        self._project, self._neighbours = setup.project, setup.neighbours
        package = setup.home / ".vim" / "pack" / "stdlib-ls" / "start"
        package.mkdir(parents=True)
        (package / "vim").symlink_to(CLIENT)
        settings = f"let g:ale_python_stdlib_ls_config = json_decode('{json.dumps(setup.settings)}')"
        more = [settings] if setup.settings else []
        if setup.neighbours:
            more += ["let g:ale_linters = {'python': ['jedils', 'ruff_server', 'stdlib_ls']}", RUFF]
        self._tmux = [
            "tmux",
            "-L",
            f"vim-{os.getpid()}-{setup.home.parent.name}-{time.monotonic_ns()}",
            "-f",
            os.devnull,
        ]
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            text = VIMRC.format(readme=readme_vimrc(), more="\n".join(more), port=port)
            vimrc = setup.home / "vimrc"
            vimrc.write_text(text, encoding="utf-8")
            command = f"exec timeout -k 5 600 vim -u {vimrc} -i NONE -n"
            size = ["-x", str(COLUMNS), "-y", str(LINES)]
            subprocess.run(
                [*self._tmux, "new-session", "-d", *size, "-c", str(setup.project), command],
                env={**environment(setup.home), "TERM": "xterm-256color", "SHELL": "/bin/sh"},
                check=True,
            )
            listening.settimeout(30)
            self._socket, _ = listening.accept()
        self._socket.settimeout(30)
        self._received, self._asked, self._linted = "", 0, 0.0
        self._pid = int(self.ask("getpid()"))
        number = int(self.ask("v:versionlong"))
        self.version = f"Vim {number // 1000000}.{number // 10000 % 100}.{number % 10000} with ALE"

    # The channel.

    def ask(self, expression: str) -> Any:
        """The value of an expression in Vim."""
        self._asked += 1
        number = -self._asked
        self._socket.sendall(json.dumps(["expr", expression, number]).encode())
        decoder = json.JSONDecoder()
        while True:
            while self._received:
                try:
                    message, end = decoder.raw_decode(self._received)
                except json.JSONDecodeError:
                    break
                self._received = self._received[end:].lstrip()
                if message[0] == number:
                    assert message[1] != "ERROR", f"Vim cannot evaluate {expression}"
                    return message[1]
            more = self._socket.recv(65536)
            assert more, "Vim is gone"
            self._received += more.decode(errors="surrogateescape")

    def press(self, *keys: str) -> None:
        """Press keys, by the names that tmux has for them."""
        subprocess.run([*self._tmux, "send-keys", *keys], check=True)

    def type(self, text: str) -> None:
        """Press the keys of some characters."""
        subprocess.run([*self._tmux, "send-keys", "-l", text], check=True)

    def command(self, text: str) -> None:
        """Type a command after a colon, from wherever we are."""
        self.press("Escape")
        until(lambda: self.ask("mode()") == "n", "normal mode")
        self.type(f":{text}")
        self.press("Enter")

    def screen(self) -> str:
        """What is on the screen."""
        told = subprocess.run([*self._tmux, "capture-pane", "-p", "-J"], capture_output=True, text=True, check=True)
        return told.stdout

    def go(self, part: str, word: str) -> None:
        """Put the cursor on a word in the first line that holds a text."""
        row, column = place(self.text(), part, word)
        line = self.text().split("\n")[row]
        self.ask(f"cursor({row + 1}, {len(line[:column].encode()) + 1})")

    @contextmanager
    def _question(self) -> Iterator[None]:
        """Wait until what is done inside has made ALE ask a server."""
        before = self.ask("g:ale_lsp_next_message_id")
        yield
        until(lambda: self.ask("g:ale_lsp_next_message_id") > before, "a question to the server")

    # What every editor does.

    def open(self, name: str, text: str) -> None:
        path = self._project / name
        path.write_text(text, encoding="utf-8")
        self.command(f"edit {name}")
        until(lambda: self.ask("expand('%:t')") == name, f"{name} in the window")
        until(self._takes_part, "the server")

    def _takes_part(self) -> bool:
        connections = "filter(values(ale#lsp#GetConnections()), 'v:val.id =~# \"^stdlib-ls:\" && v:val.initialized')"
        return bool(self.ask(f"len(filter({connections}, 'has_key(v:val.open_documents, bufnr(\"\"))'))"))

    def hover(self, part: str, word: str) -> str:
        self.go(part, word)
        if self._neighbours:
            return self.card()
        with self._question():
            self.press("K")
        # ALE shows an answer while it takes the question off its list.
        until(lambda: not self.ask("len(ale#hover#GetMap())"), "an answer")
        shown = self.ask(
            "map(filter(popup_list(), 'popup_getpos(v:val).visible'), 'getbufline(winbufnr(v:val), 1, \"$\")')"
        )
        self.ask("popup_clear()")
        return "\n".join("\n".join(lines) for lines in shown)

    def card(self) -> str:
        """What :StdlibLs card shows of the name under the cursor; "" where it says that there is nothing."""
        self.command("StdlibLs card")
        preview = "filter(range(1, winnr('$')), 'getwinvar(v:val, \"&previewwindow\")')"
        until(lambda: self.ask(f"len({preview})") or "stdlib-ls: no card" in self.screen(), "a card")
        windows = self.ask(f"map({preview}, 'getbufline(winbufnr(v:val), 1, \"$\")')")
        self.command("pclose")
        return "\n".join(windows[0]) if windows else ""

    def complete(self, typed: str, label: str) -> Menu:
        before = self.text()
        self.press("Escape", "G", "o")
        self.type(typed)
        self.press("C-x", "C-o")
        items = until(lambda: self.ask("complete_info(['items']).items"), f"a menu after {typed}")
        documentation = ""
        labels = [item["abbr"] or item["word"] for item in items]
        if label in labels:
            index = labels.index(label)
            self.press(*["C-n"] * (index + 1))
            until(lambda: self.ask("complete_info(['selected']).selected") == index, f"{label} to be selected")
            if items[index]["info"]:
                beside = "getbufline(winbufnr(popup_findinfo()), 1, '$')"
                documentation = "\n".join(until(lambda: self.ask(beside), "the text beside the row"))
        rows = [(one["abbr"] or one["word"], f"{one['word']} {one['kind']} {one['menu']}") for one in items]
        self.press("C-e", "Escape", "u")
        until(lambda: self.text() == before, "the text as it was before")
        return Menu(tuple(rows), documentation)

    def diagnostics(self) -> list[Shown]:
        items = self.ask("get(get(g:ale_buffer_info, bufnr(''), {}), 'loclist', [])")
        lines = [line.encode() for line in self.text().split("\n")]
        return [self._shown(item, lines[item["lnum"] - 1]) for item in items]

    def _shown(self, item: dict[str, Any], line: bytes) -> Shown:
        source = re.match(r"\[(.*?)\] ", item.get("detail", ""))
        return Shown(
            line=item["lnum"] - 1,
            column=len(line[: item["col"] - 1].decode()),
            end_column=len(line[: item.get("end_col", item["col"])].decode()),
            severity=SEVERITIES[item["type"]],
            code=item.get("code", ""),
            source=source[1] if source else item["linter_name"],
            message=item["text"],
        )

    def fix(self, part: str, word: str, title: str) -> None:
        self.go(part, word)
        before = self.text()
        self.command("ALECodeAction")
        until(lambda: "Type number" in self.screen(), "the list of fixes")
        number = re.search(rf"^(\d+)\) .*{re.escape(title)}", self.screen(), re.MULTILINE)
        assert number, self.screen()
        self.type(number[1])
        self.press("Enter")
        until(lambda: self.text() != before, "the fix")

    def fix_all(self) -> None:
        with self._question():
            self.command("ALEFix")
        until(lambda: not self.ask("has_key(g:ale_fix_buffer_data, bufnr(''))"), "the fixes")

    def insert(self, text: str) -> None:
        lines = self.ask("line('$')") + len(text.splitlines())
        self.press("Escape", "G", "o")
        self.type(text.rstrip("\n"))
        self.press("Escape")
        until(lambda: self.ask("mode()") == "n" and self.ask("line('$')") == lines, "the lines")

    def text(self) -> str:
        return "\n".join(self.ask("getline(1, '$')")) + "\n"

    def save(self) -> None:
        tick = self.ask("getftime(expand('%'))")
        self.command("write")
        until(lambda: not self.ask("&modified") and self.ask("getftime(expand('%'))") >= tick, "the file")

    def servers(self) -> list[int]:
        if not is_running(self._pid):
            return []
        found = self._servers()
        if not found and time.monotonic() > self._linted + 1:
            # ALE starts a server that has gone once it looks at the buffer anew: after an edit, or when told to.
            self._linted = time.monotonic()
            self.command("ALELint")
        return found

    def _servers(self) -> list[int]:
        ours = [pid for pid in descendants(self._pid) if str(SERVER) in command_line(pid)]
        return [pid for pid in ours if "python" in command_line(pid).split()[0]]

    def complaints(self) -> list[str]:
        messages: str = self.ask("execute('messages')")
        held: list[str] = self.ask("get(get(g:, 'ale_lsp_error_messages', {}), 'stdlib_ls', [])")
        return [line for line in messages.splitlines() if re.search(r"^E\d+:|^Error|stdlib", line)] + held

    def quit(self) -> None:
        if is_running(self._pid):
            self.command("qall!")
            until(lambda: not is_running(self._pid), "the end of Vim")
        self._close()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        self._close()

    def _close(self) -> None:
        self._socket.close()
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False)
