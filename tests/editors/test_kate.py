"""Kate with the settings of clients/kate, on a screen that nobody sees; the settings are checked everywhere."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from editor import ROOT, command_line, descendants, environment, until
from editor_session import PROJECT

from stdlib_ls.settings import Settings, read_settings

CLIENT = ROOT / "clients" / "kate"
PROGRAMS = ("kate", "Xvfb", "xdotool", "dbus-run-session")
SAMPLE = "import json\n" * 20
CAN_RUN = sys.platform != "win32" and all(map(shutil.which, PROGRAMS))


@pytest.mark.parametrize("name", ["settings.json", "beside.json"])
def test_settings_are_understood(name: str) -> None:
    (server,) = json.loads((CLIENT / name).read_text(encoding="utf-8"))["servers"].values()
    assert server["command"][-1] == "stdlib-ls"
    settings, complaints = read_settings(server["settings"]["stdlib-ls"], name, Settings())
    assert not complaints
    assert list(settings.beside or ()) == ([] if name == "settings.json" else ["jedi"])


class Kate:
    """Kate on a screen of its own."""

    def __init__(self, folder: Path) -> None:
        home, project = folder / "home", folder / "project"
        settings = home / "config" / "kate" / "lspclient"
        for made in (settings, project, folder / "run"):
            made.mkdir(parents=True, mode=0o700)
        shutil.copy(CLIENT / "settings.json", settings)
        (project / "pyproject.toml").write_text(PROJECT.format("3.11"), encoding="utf-8")
        (project / "sample.py").write_text(SAMPLE, encoding="utf-8")
        display = f":{random.randrange(1000, 9000)}"
        self.environment = {**environment(home), "DISPLAY": display, "XDG_RUNTIME_DIR": str(folder / "run")}
        self.processes = [
            self._start("Xvfb", display, "-screen", "0", "1000x700x24"),
            self._start("dbus-run-session", "kate", "--startanon", str(project / "sample.py")),
        ]

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["timeout", "-k", "5", "120", *command],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def do(self, *command: str) -> str:
        """What xdotool says."""
        return subprocess.run(
            ["xdotool", *command], env=self.environment, capture_output=True, text=True, check=False
        ).stdout

    def windows(self) -> set[str]:
        """The windows on the screen: one of Kate's own, a question, a tip."""
        return set(self.do("search", "--onlyvisible", "--class", "kate").split())

    def servers(self) -> list[int]:
        """The processes of our server."""
        return [pid for pid in descendants(self.processes[1].pid) if command_line(pid).endswith("/stdlib-ls")]

    def end(self) -> None:
        """End all of it."""
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def kate(tmp_path: Path) -> Iterator[Kate]:
    """A Kate that is gone afterwards."""
    running = Kate(tmp_path)
    try:
        yield running
    finally:
        running.end()


@pytest.mark.editor
@pytest.mark.skipif(not CAN_RUN, reason=f"needs {', '.join(PROGRAMS)}")
def test_card_is_shown_at_the_pointer(kate: Kate) -> None:
    """Kate asks before it starts a server; once there is one, pointing at a name opens a window with the card."""
    until(lambda: len(kate.windows()) == 2, "Kate, and its question")
    assert not kate.servers()

    def answered() -> list[int]:
        # Without a window manager it takes its time to get the keys.
        if len(kate.windows()) == 2:
            kate.do("sleep", "0.5", "key", "Return", "sleep", "0.5")
        return kate.servers()

    until(answered, "the server")
    until(lambda: len(kate.windows()) == 1, "Kate alone")
    before = kate.windows()
    places = cycle((x, y) for x in (140, 150, 160) for y in (200, 260))

    def tip() -> set[str]:
        x, y = next(places)
        kate.do("mousemove", str(x), str(y), "sleep", "0.2", "mousemove", str(x + 2), str(y), "sleep", "1.5")
        return kate.windows() - before

    assert until(tip, "the card")
