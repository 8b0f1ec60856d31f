"""Finds the CPython interpreters of this machine, so that tests can ask each of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stdlib_ls.versions import NEWEST_KNOWN, OLDEST_KNOWN, Version

_ASK = """
import json, sys
print(json.dumps([sys.implementation.name, sys.version_info[:3], sys.platform,
                  getattr(sys, "_base_executable", sys.executable)]))
"""
# A shim of a version manager may wait for something, or try to download it.
_PATIENCE_SECONDS = 10


@dataclass(frozen=True, order=True)
class Interpreter:
    """A CPython: its version with the patch number, its platform, and how to start it."""

    release: tuple[int, int, int]
    platform: str
    path: str

    @property
    def version(self) -> Version:
        return self.release[:2]

    def __str__(self) -> str:
        return ".".join(map(str, self.release))


@cache
def find_interpreters() -> tuple[Interpreter, ...]:
    """Every CPython of a version that the facts know, oldest first: the running one, those of pyenv, of the PATH,
    and those that STDLIB_LS_PYTHONS names (parted like the PATH)."""
    found: dict[str, Interpreter] = {}
    for path in _candidates():
        asked = _ask(path)
        if asked and OLDEST_KNOWN <= asked[1].version <= NEWEST_KNOWN:
            found.setdefault(*asked)
    return tuple(sorted(found.values()))


def running() -> Interpreter:
    return Interpreter(sys.version_info[:3], sys.platform, sys.executable)


def _candidates() -> Iterator[str]:
    yield sys.executable
    yield from filter(None, os.environ.get("STDLIB_LS_PYTHONS", "").split(os.pathsep))
    yield from map(str, sorted(Path.home().glob(".pyenv/versions/*/bin/python")))
    for minor in range(OLDEST_KNOWN[1], NEWEST_KNOWN[1] + 1):
        for folder in os.get_exec_path():
            path = shutil.which(f"python3.{minor}", path=folder)
            if path:
                yield path


def _ask(path: str) -> tuple[str, Interpreter] | None:
    """The real file behind an interpreter, and the interpreter; None where it is none, or not CPython."""
    try:
        done = subprocess.run(
            [path, "-I", "-S", "-c", _ASK], capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=True
        )
        name, (major, minor, patch), platform, base = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    if name != "cpython":
        return None
    return os.path.realpath(base), Interpreter((major, minor, patch), platform, path)
