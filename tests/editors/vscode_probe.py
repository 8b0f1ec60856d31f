"""Asks the probe, an extension that is there for tests only (vscode/probe), what VS Code's own API knows."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any


class Probe:
    """A conversation with the probe of one session; a new one after each reload of the window."""

    def __init__(self, where: Path) -> None:
        self.where = where

    def is_there(self) -> bool:
        """Whether the extension host has come to start the probe."""
        try:
            return bool(self.ask("version"))
        except (OSError, ValueError):
            return False

    def ask(self, question: str, *values: Any) -> Any:
        """The answer to one of the questions in probe.js."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(60)
            line.connect(str(self.where))
            line.sendall((json.dumps([question, *values]) + "\n").encode())
            with line.makefile() as answers:
                told = json.loads(answers.readline())
        if "error" in told:
            raise AssertionError(f"{question}{values}: {told['error']}")
        return told["answer"]
