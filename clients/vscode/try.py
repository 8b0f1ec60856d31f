"""A first look at stdlib-ls in VS Code: starts code-server on a tour of its own, and prints the address to open.

Everything is gone when it ends, but for what it has set up below build/. Without a terminal it only makes sure that
all of it works, with a Chromium where there is one; the exit status tells.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from codeserver import CodeServer, set_up

HERE = Path(__file__).resolve().parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 90.0
PROJECT = """\
[project]
name = "tour"
version = "1"
requires-python = ">=3.11"
"""


def main() -> int:
    """Start it for somebody who is there to look at it, or try it out."""
    for ending in (signal.SIGTERM, signal.SIGHUP):  # As with Ctrl-C, everything is to end.
        signal.signal(ending, lambda number, _frame: sys.exit(128 + number))
    print("Setting up code-server and the extension: a minute the first time.", flush=True)
    packed = set_up()
    with tempfile.TemporaryDirectory(prefix="stdlib-ls-tour-") as made:
        folder = Path(made).resolve()
        project, home = folder / "tour", folder / "home"
        for one in (project, home):
            one.mkdir()
        (project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        shutil.copy(HERE / "tour.py", project)
        # The lines of the tour are long, and nothing else is to look at.
        server = CodeServer(home, [packed], {"editor.wordWrap": "on", "editor.minimap.enabled": False})
        try:
            server.start()
            address = server.address(project, project / "tour.py")
            if sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI"):
                print(f"\nOpen this in a browser:\n\n    {address}\n")
                print("Others at work on this machine could open it, too. Ctrl-C here stops it.", flush=True)
                with contextlib.suppress(KeyboardInterrupt):
                    assert server.process
                    server.process.wait()
                return 0
            return try_out(server, address)
        finally:
            server.stop()


def try_out(server: CodeServer, address: str) -> int:
    """Open the address in a browser without a window, and see whether our server starts."""
    print(f"code-server answers at {address}")
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not chromium:
        print("There is no Chromium here to open it with, so the extension was not started.")
        return 0
    with visited(chromium, address, server.home / "browser"):
        started = within(PATIENCE, lambda: runs_ours(server))
    print("The extension and its server run." if started else "The extension's server does not start.")
    if not started:
        print(server.log()[-3000:], file=sys.stderr)
    return 0 if started else 1


@contextmanager
def visited(chromium: str, address: str, profile: Path) -> Iterator[None]:
    """A browser without a window that is at an address."""
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
    quiet = subprocess.DEVNULL
    command = [chromium, *flags, f"--user-data-dir={profile}", address]
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet) as browser:
        try:
            yield
        finally:
            browser.terminate()


def runs_ours(server: CodeServer) -> bool:
    """Whether one of code-server's processes is our server."""
    return any("launch.py" in command for command in server.processes().values())


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


if __name__ == "__main__":
    sys.exit(main())
