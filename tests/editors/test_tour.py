"""`make try`: the tour in a terminal, and as text where there is none."""

from __future__ import annotations

import ast
import contextlib
import os
import select
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

CLIENT = Path(__file__).parents[2] / "clients" / "neovim"
PATIENCE = 60.0


def test_tour_is_python() -> None:
    ast.parse((CLIENT / "tour.py").read_bytes())


def test_tour_is_printed_without_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, CLIENT / "try.py"], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    for part in (
        "os.path.join: ",
        "zipfile ",
        "psutil.virtual_memory",
        "-    import simplejson as json",
        "+    import json",
        "tempfile.TemporaryDirectory: ",
    ):
        assert part in done.stdout


@pytest.mark.editor
@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_tour_opens_in_a_terminal() -> None:
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 34, 100, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("CI", None)
    with subprocess.Popen(
        [sys.executable, CLIENT / "try.py"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        try:
            shown = read_until(ours, b"all that this file uses of psutil")
            assert b"A tour of stdlib-ls" in shown
            os.write(ours, b":qa!\r")
            read_until(ours, None)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            os.close(ours)


def read_until(terminal: int, wanted: bytes | None) -> bytes:
    """What a terminal shows up to some text, or up to its end."""
    shown, end = b"", time.monotonic() + PATIENCE
    with contextlib.suppress(OSError):  # The end of a pseudo-terminal is an error on Linux.
        while wanted is None or wanted not in shown:
            ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                pytest.fail(f"waited {PATIENCE:.0f} s for {wanted!r} in {shown[-500:]!r}")
            piece = os.read(terminal, 65536)
            if not piece:
                break
            shown += piece
    return shown
