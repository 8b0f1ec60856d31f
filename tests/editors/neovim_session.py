"""A running Neovim for each test of the plugin, and what those tests have in common."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

from drive_neovim import NAME, Driver
from editor import Setup, until
from editor_session import PROJECT

SAMPLE = """\
import json
import os.path

import psutil

x = os.path.join("a", "b")
print("🎉", json.dumps(x), psutil.cpu_count())
"""

Start = Callable[..., AbstractContextManager[Driver]]


def starter(folder: Path) -> Start:
    """Starts Neovim on a small project, with the configuration of the README or another one."""
    return partial(_started, folder)


@contextlib.contextmanager
def _started(
    folder: Path, configuration: str | None = None, *, requires: str = "3.11", **wanted: Any
) -> Iterator[Driver]:
    setup = Setup(folder / "project", folder / "home", **wanted)
    for made in (setup.project, setup.home):
        made.mkdir(exist_ok=True)
    if requires:
        (setup.project / "pyproject.toml").write_text(PROJECT.format(requires), encoding="utf-8")
    running = Driver(setup, configuration)
    try:
        yield running
    finally:
        with contextlib.suppress(Exception):
            running.quit()
        running.kill()


@contextlib.contextmanager
def with_sample(start: Start) -> Iterator[Driver]:
    """Neovim with the sample in it, which has no complaints in the end."""
    with start() as running:
        running.open("sample.py", SAMPLE)
        yield running
        assert not running.complaints()


def float_after(editor: Driver, command: str, expected: str) -> str:
    """What the window shows that a command opens."""
    editor.nvim.command(command)
    until(lambda: editor.floats() and expected in editor.read_float(), f"{expected!r} after :{command}")
    return editor.read_float()


def said(editor: Driver, text: str) -> None:
    """Wait until Neovim has said something."""
    until(lambda: text in editor.messages(), f"{text!r} among the messages")


def settings_of_the_client(editor: Driver) -> dict[str, Any]:
    """What the server is told when it asks."""
    code = "return vim.lsp.get_clients({ name = ... })[1].settings['stdlib-ls'] or vim.empty_dict()"
    return dict(editor.lua(code, NAME))


def health(editor: Driver) -> str:
    """The report, its lines without the marks in front."""
    editor.nvim.command("checkhealth stdlib_ls")
    until(lambda: editor.text().count("stdlib_ls: ") > 1, "the report")
    return editor.text()
