"""What the tests ask of a real editor: the part of each driver that they see.

A driver is a module `drive_<name>.py` with a class `Driver`, made from a `Setup`. It does what a person would do in
that editor and reads back what that editor shows. Lines are 0-based; columns are 0-based and count characters
(code points), in whatever units the editor itself counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

PATIENCE = 30.0
ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SERVER = BIN / "stdlib-ls"

T = TypeVar("T")


@dataclass(frozen=True)
class Setup:
    """How an editor is to be started.

    `project` is the folder with the files; `home` is an empty one for whatever the editor keeps. `settings` are those
    of the server, nested as in `{"hover": {"detail": "brief"}}`, to be given as the client's instructions tell users
    to. With `neighbours`, a server for types (jedi-language-server or pyright) and `ruff server` work beside ours.
    """

    project: Path
    home: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    neighbours: bool = False


@dataclass(frozen=True)
class Shown:
    """A diagnostic as the editor holds it. `link` is None where this editor has no room for it."""

    line: int
    column: int
    end_column: int
    severity: str
    code: str
    source: str
    message: str
    link: str | None = None


@dataclass(frozen=True)
class Menu:
    """A completion menu: its rows in order, by label, each with all that the row shows; and the text beside one row."""

    rows: tuple[tuple[str, str], ...]
    documentation: str

    @property
    def labels(self) -> list[str]:
        return [label for label, _ in self.rows]


class Editor(Protocol):
    """An editor with a file of the project open in it."""

    version: str
    # What the editor makes of a hint.
    weakest: str

    def open(self, name: str, text: str) -> None:
        """Write a file of the project, open it, and return once our server takes part in it."""

    def hover(self, part: str, word: str) -> str:
        """What a person sees on asking for the card of `word` in the first line that holds `part`; closes it again.

        "" where the editor, given time, shows nothing. Text only, its lines as the editor breaks them.
        """

    def complete(self, typed: str, label: str) -> Menu:
        """The menu after typing something in a new last line, with the documentation beside the row `label`.

        `label` may lie deep in the list. Leaves the text as it was before.
        """

    def diagnostics(self) -> list[Shown]:
        """What holds now, in the order of the file; of our server only, unless there are `neighbours`."""

    def fix(self, part: str, word: str, title: str) -> None:
        """Choose, from the actions offered on a word, the one whose title holds `title`; returns once done."""

    def fix_all(self) -> None:
        """Carry out source.fixAll.stdlib-ls in the way that this editor has for it; returns once done."""

    def insert(self, text: str) -> None:
        """Type lines at the end of the file, as a person would."""

    def text(self) -> str:
        """The buffer."""

    def save(self) -> None:
        """Write the buffer to its file."""

    def servers(self) -> list[int]:
        """The processes of our server that this editor has started and that are running."""

    def complaints(self) -> list[str]:
        """Errors that the editor has shown or logged about our server or our plugin, oldest first."""

    def quit(self) -> None:
        """End the editor as a person would; returns once it is gone."""

    def kill(self) -> None:
        """Have the editor's processes end at once (SIGKILL), as in a crash; what they started is left alone."""


def until(found: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """What `found` gives as soon as that is something; fails after `patience` seconds."""
    end = time.monotonic() + patience
    while not (value := found()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience:.0f} s for {what}")
        time.sleep(0.02)
    return value


def environment(home: Path) -> dict[str, str]:
    """The environment for an editor that keeps all that is its own in `home`, and finds our server first."""
    homes = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {**os.environ, **homes, "HOME": str(home), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that these have, and so on, by what `ps` tells."""
    told = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in told.splitlines())}
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def command_line(pid: int) -> str:
    """The command line of a process, "" where it has gone or is only waiting to be noticed by its parent."""
    told = subprocess.run(
        ["ps", "-ww", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    status, _, arguments = told.stdout.strip().partition(" ")
    return "" if status.startswith("Z") else arguments.strip()


def is_running(pid: int) -> bool:
    """Whether a process is alive."""
    return bool(command_line(pid))


def place(text: str, part: str, word: str) -> tuple[int, int]:
    """Line and column of a word in the first line that holds a text."""
    for row, line in enumerate(text.split("\n")):
        if part in line:
            return row, line.index(part) + part.index(word)
    raise AssertionError(f"no line holds {part!r}")
