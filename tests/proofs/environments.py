"""Virtual environments with the packages that the proofs run, made when they are first needed and kept."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from interpreters import Interpreter  # noqa: E402

PACKAGES = HERE / "packages.txt"
FOLDER = HERE.parents[1] / ".venv/proofs"


class NoEnvironment(Exception):
    """An environment could not be made; the message is what pip or venv said."""


def python_with_packages(interpreter: Interpreter) -> str:
    """The path of a Python of the same version that has the packages of packages.txt."""
    folder = FOLDER / str(interpreter)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = folder / "packages.sha256"
    wanted = hashlib.sha256(PACKAGES.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        _run([interpreter.path, "-m", "venv", str(folder)])
        _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(PACKAGES)])
        stamp.write_text(wanted)
    return str(python)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoEnvironment(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-1000:]}")
