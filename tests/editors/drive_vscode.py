"""VS Code, in a browser, on the driver's protocol: with our extension as it is packaged."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from editor import BIN, ROOT, Menu, Setup, Shown, place, until
from vscode_probe import Probe
from vscode_relay import Relay
from vscode_workbench import Workbench

sys.path.insert(0, str(ROOT / "clients" / "vscode"))

codeserver: Any = importlib.import_module("codeserver")  # A script, and no part of a package.

HERE = Path(__file__).parent / "vscode"
OURS = re.compile(r"\blaunch\.py\b|/stdlib-ls( |$)|-m stdlib_ls\b")
PYRIGHT = "1.1.414"


class Driver:
    """One window of VS Code on the project, with the probe beside our extension."""

    weakest = "hint"

    def __init__(self, setup: Setup, **more: Any) -> None:
        self.project = setup.project.resolve()
        self.kept = setup.home.resolve()
        self.neighbours = setup.neighbours
        self.socket = Path(tempfile.mkdtemp(prefix="probe-"))  # pytest's folders are too long for the name of a socket.
        self.probe = Probe(self.socket / "socket")
        extensions, named = _extensions(setup.neighbours)
        settings = {**flat(setup.settings), **more.pop("editor_settings", {})}
        environment = {"STDLIB_LS_PROBE": str(self.probe.where), **named, **more.pop("environment", {})}
        self.server: Any = None
        self.relay: Relay | None = None
        self.window = Workbench(more.pop("browser", None))
        try:
            hidden = self.socket / "code" if more.get("before") else None
            self.server = codeserver.CodeServer(
                self.kept, extensions, settings, environment=environment, behind=hidden, **more
            )
            if hidden:
                self.relay = Relay(self.server.port, hidden)
            self.server.start()
            self.reopen(self.project)
        except BaseException:
            self.quit()
            raise
        self.version = f"VS Code {self.probe.ask('version')}"

    def reopen(self, what: Path) -> None:
        """Have the window show a folder, or what a .code-workspace file names."""
        assert self.server
        self.probe.where.unlink(missing_ok=True)
        self.window.go(self.server.address(what))
        until(self.probe.is_there, "the extension host", 60)

    def open(self, name: str, text: str) -> None:
        self.show(name, text)
        until(lambda: self.probe.ask("served"), "our server")

    def show(self, name: str, text: str) -> None:
        """The same, with or without a server."""
        path = self.project / name
        path.write_text(text, encoding="utf-8", newline="")
        self.probe.ask("open", str(path))
        self.window.wait_for(".tab.active", path.name)
        self.window.focus_editor()

    # What is shown.

    def hover(self, part: str, word: str) -> str:
        self._reveal(part, word)
        shown = self.window.open_hover(part, word)
        if not shown and self._knows(part, word):
            shown = until(lambda: self.window.open_hover(part, word), f"a card on {word}")
        if shown:
            shown = until(self.window.settled_hover, "a whole card")
            self.window.close_hover()
        return shown

    def complete(self, typed: str, label: str) -> Menu:
        before = self.text()
        self._go_to_new_line()
        self.window.type(typed)
        self.window.open_menu()
        menu = self.window.menu(label)
        self.window.press("Escape")
        until(lambda: self.probe.ask("run", "undo") or self.text() == before, "the text as it was")
        return menu

    def diagnostics(self) -> list[Shown]:
        lines = self.text().splitlines()
        found = [one for one in self.probe.ask("diagnostics") if self.neighbours or one["source"] == "stdlib-ls"]
        return [
            Shown(
                one["start"][0],
                _characters(lines, *one["start"]),
                _characters(lines, *one["end"]),
                *(one[name] for name in ("severity", "code", "source", "message", "link")),
            )
            for one in sorted(found, key=lambda one: one["start"])
        ]

    def text(self) -> str:
        return str(self.probe.ask("text"))

    # What is done.

    def fix(self, part: str, word: str, title: str) -> None:
        before = self.text()
        self._reveal(part, word)
        self.window.put_cursor(part, word)
        self.window.press("Control+.")
        self.window.choose_action(title)
        until(lambda: self.text() != before, f"the effect of {title}")

    def fix_all(self) -> None:
        before = self.text()
        self.probe.ask("run", "editor.action.codeAction", {"kind": "source.fixAll.stdlib-ls", "apply": "first"})
        until(lambda: self.text() != before, "the effect of the fixes")

    def insert(self, text: str) -> None:
        self._go_to_new_line()
        for line in text.splitlines():
            self.window.type(line)
            self.window.press("Escape", "Enter")
        until(lambda: text.splitlines()[-1] in self.text(), "what was typed")

    def save(self) -> None:
        self.window.focus_editor()
        self.window.press("Control+s")
        until(lambda: not self.probe.ask("dirty"), "a saved file")

    # Processes and complaints.

    def servers(self) -> list[int]:
        running = self.server.processes() if self.server else {}
        return [pid for pid, command in running.items() if OURS.search(command)]

    def complaints(self) -> list[str]:
        shown = self.window.shown(".notifications-toasts .notification-list-item")
        return [" ".join(one.split()) for one in shown if "stdlib-ls" in one] + list(self._logged())

    def quit(self) -> None:
        with contextlib.suppress(Exception):
            self.window.close()
        if self.server:
            self.server.stop()
        if self.relay:
            self.relay.close()
        shutil.rmtree(self.socket, ignore_errors=True)

    def kill(self) -> None:
        if self.server:
            for pid in self.server.processes().keys() - set(self.servers()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    # The means.

    def _logged(self) -> Iterator[str]:
        """Errors in what our extension has logged, and what the extension host says about it."""
        for path in sorted((self.kept / "data" / "logs").rglob("*.log")):
            ours = "stdlib-ls" in str(path.relative_to(self.kept))
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if re.search(r"\[error\]|\[Error\]|Traceback|ERROR", line) and (ours or "stdlib-ls" in line):
                    yield line

    def _reveal(self, part: str, word: str) -> None:
        """Have the line of a word on the screen."""
        row, column = place(self.text(), part, word)
        line = self.text().split("\n")[row]
        self.probe.ask("select", [row, len(line[:column].encode("utf-16-le")) // 2])

    def _knows(self, part: str, word: str) -> bool:
        """Whether anybody has a card for a word: the mouse may have been too quick for a busy machine."""
        row, column = place(self.text(), part, word)
        line = self.text().split("\n")[row]
        return bool(self.probe.ask("hover", [row, len(line[:column].encode("utf-16-le")) // 2]))

    def _go_to_new_line(self) -> None:
        self.window.focus_editor()
        self.window.press("Escape", "Control+End")
        if not self.text().endswith("\n"):
            self.window.press("Enter")


def flat(settings: Mapping[str, Any], prefix: str = "stdlib-ls") -> dict[str, Any]:
    """Settings as VS Code writes them: {"hover": {"detail": 1}} is "stdlib-ls.hover.detail"."""
    made: dict[str, Any] = {}
    for name, value in settings.items():
        dotted = f"{prefix}.{name}"
        made.update(flat(value, dotted) if isinstance(value, Mapping) else {dotted: value})
    return made


def _characters(lines: list[str], row: int, column: int) -> int:
    """A column in characters, from one in UTF-16 units."""
    line = lines[row] if row < len(lines) else ""
    return len(line.encode("utf-16-le")[: 2 * column].decode("utf-16-le"))


@cache
def _ours() -> Path:
    """Our extension: the file that STDLIB_LS_VSIX names, as when a release is tried, else one from these sources."""
    named = os.environ.get("STDLIB_LS_VSIX")
    if named:
        codeserver.install_code_server()
    return Path(named or codeserver.set_up())


def _extensions(neighbours: bool) -> tuple[list[Path], dict[str, str]]:
    """The extensions to install, and what they have to know of their surroundings."""
    ours = _ours()
    if not neighbours:
        return [ours, _packed("probe")], {}
    servers = {
        "STDLIB_LS_TESTS_PYRIGHT": ["", str(_pyright()), "--stdio"],
        "STDLIB_LS_TESTS_RUFF": [str(BIN / "ruff"), "server"],
    }
    extensions = [ours, *map(_packed, ("probe", "pyright", "ruff"))]
    return extensions, {name: json.dumps(value) for name, value in servers.items()}


def _pyright() -> Path:
    """The real pyright, from npm."""
    folder = codeserver.BUILD / f"pyright-{PYRIGHT}"
    program: Path = folder / "node_modules" / "pyright" / "langserver.index.js"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        codeserver.npm("install", "--ignore-scripts", "--omit=optional", f"pyright@{PYRIGHT}", cwd=folder)
    return program


@cache
def _packed(name: str) -> Path:
    """One of the extensions for tests as a file to install; a neighbour has what starts its server bundled."""
    target: Path = codeserver.BUILD / "tests" / f"{name}.vsix"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / name
        shutil.copytree(HERE / name, folder)
        if name != "probe":
            _bundle(HERE / "neighbour.js", folder / "neighbour.js")
        codeserver.packed(folder, target)
    return target


def _bundle(source: Path, target: Path) -> None:
    """Put a program and the modules of our extension that it uses into one file."""
    modules = codeserver.HERE / "node_modules"
    asked = {
        "entryPoints": [str(source)],
        "outfile": str(target),
        "bundle": True,
        "platform": "node",
        "external": ["vscode"],
        "nodePaths": [str(modules)],
        "logLevel": "error",
    }
    codeserver.run_node("-e", f"require({json.dumps(str(modules / 'esbuild'))}).buildSync({json.dumps(asked)})")
