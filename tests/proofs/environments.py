"""Interpreters with the packages that the proofs run, made when they are first needed and kept."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from interpreters import Interpreter  # noqa: E402
from prove import Command  # noqa: E402

# What is proved in every test run, and what only `run_all.py` proves as well.
PACKAGES, MORE_PACKAGES = HERE / "packages.txt", HERE / "packages_more.txt"
FOLDER = HERE.parents[1] / ".venv/proofs"

_PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
_NPM_INSTALL = ("install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock")


class NoEnvironment(Exception):
    """An environment could not be made; the message is what pip, venv or npm said."""


@dataclass(frozen=True)
class Pyodide(Interpreter):
    """A CPython compiled to WebAssembly, which Node runs; its path is the version of the npm package."""

    stage: str = ""

    def __str__(self) -> str:
        return f"{super().__str__()}{self.stage} wasm"


PYODIDES = (
    Pyodide((3, 14, 2), "emscripten", "314.0.7"),
    Pyodide((3, 15, 0), "emscripten", "315.0.0-alpha.2", "rc1"),
)

# Packages that have no wheel in pure Python.
COMPILED = ("orjson", "psutil")
# The rows, by how they begin, whose proofs would prove nothing in pyodide, and what it lacks for them.
PYODIDE_LACKS = {
    **{f"{name}.": "a wheel for it" for name in COMPILED},
    "async_timeout.": "an event loop to run",
    "importlib_resources.path(": "a standard library in files",
    "mock.AsyncMock": "an event loop to run",
    "mock.ThreadingMock": "threads",
    "mock.patch": "an event loop to run",
    "simplejson.dumps($OBJ, $$REST)": "a deep stack",
    "simplejson.loads($S, $$REST)": "a deep stack",
}


def pyodides() -> tuple[Pyodide, ...]:
    """The interpreters that Node can run here."""
    return PYODIDES if shutil.which("node") and shutil.which("npm") else ()


def why_not(interpreter: Interpreter, match: str) -> str:
    """Why a row cannot be proved on an interpreter, whatever its version; "" where it can."""
    if not isinstance(interpreter, Pyodide):
        return ""
    return next((f"needs {lack}" for start, lack in PYODIDE_LACKS.items() if match.startswith(start)), "")


def python_with_more_packages(interpreter: Interpreter) -> Command:
    """The same with the packages of packages_more.txt, as far as they can still be installed; not in WebAssembly."""
    if isinstance(interpreter, Pyodide):
        return python_with_packages(interpreter)
    folder = FOLDER / f"{interpreter}-more"
    command = _python_of(folder)
    with _making(folder, PACKAGES, MORE_PACKAGES) as is_needed:
        if is_needed:
            _run((interpreter.path, "-m", "venv", str(folder)))
            _run((*command, *_PIP_INSTALL, "-r", str(PACKAGES)))
            for line in MORE_PACKAGES.read_text(encoding="utf-8").splitlines():
                # Old ones fail to build sooner or later; what is missing counts as not run.
                if line and not line.startswith("#"):
                    constrained = (*command, *_PIP_INSTALL, "--constraint", str(PACKAGES), line)
                    subprocess.run(constrained, capture_output=True, check=False)
    return command


def python_with_packages(interpreter: Interpreter) -> Command:
    """What starts a Python of the same version that has the packages of packages.txt."""
    if isinstance(interpreter, Pyodide):
        folder = FOLDER / f"pyodide-{interpreter.path}"
        command: Command = ("node", str(HERE / "pyodide.mjs"), str(folder))
        steps = _pyodide_steps(interpreter, folder, command)
    else:
        folder = FOLDER / str(interpreter)
        command = _python_of(folder)
        steps = [
            (interpreter.path, "-m", "venv", str(folder)),
            (*command, *_PIP_INSTALL, "-r", str(PACKAGES)),
        ]
    with _making(folder, PACKAGES) as is_needed:
        for step in steps if is_needed else ():
            _run(step)
    return command


@contextmanager
def _making(folder: Path, *pinned: Path) -> Iterator[bool]:
    """Whether a folder has still to be made from what files pin; others, also in other processes, wait meanwhile."""
    stamp = folder / "packages.sha256"
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in pinned)).hexdigest()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        is_needed = not stamp.exists() or stamp.read_text() != wanted
        if is_needed:
            shutil.rmtree(folder, ignore_errors=True)
        yield is_needed
        if is_needed:
            stamp.write_text(wanted)


def _python_of(folder: Path) -> Command:
    return (str(folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")),)


def _pyodide_steps(interpreter: Pyodide, folder: Path, command: Command) -> list[Command]:
    version = ".".join(map(str, interpreter.version))
    pure = ("--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", f"--python-version={version}")
    packages = ("--target", str(folder / "packages"), *_pure_packages(version))
    return [
        (shutil.which("npm") or "npm", *_NPM_INSTALL, "--prefix", str(folder), f"pyodide@{interpreter.path}"),
        (sys.executable, *_PIP_INSTALL, *pure, *packages),
        (*command, "-c", "pass"),
    ]


def _pure_packages(version: str) -> Iterator[str]:
    """The packages in pure Python for a version; pip itself would read the markers for the version that runs it."""
    for line in PACKAGES.read_text(encoding="utf-8").splitlines():
        if line.startswith((*COMPILED, "#")):
            continue
        wanted = Requirement(line)
        if not wanted.marker or wanted.marker.evaluate({"python_version": version}):
            yield f"{wanted.name}{wanted.specifier}"


def _run(command: Command) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoEnvironment(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-1000:]}")
