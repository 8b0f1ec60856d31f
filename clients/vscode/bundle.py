"""Puts the server into the extension: our package, what it needs, and the compiled modules of every platform.

    python clients/vscode/bundle.py           fill clients/vscode/server/ with exactly the files of wheels.lock
    python clients/vscode/bundle.py --lock    write wheels.lock anew, with the newest files that fit

Files come through pip, each by its hash, and are kept in build/vscode/, so that the next run needs no network.
Run it with a Python that has the `dev` extra, since our own wheel is built on the way.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = HERE / "wheels.lock"
SERVER = HERE / "server"
KEPT = ROOT / "build/vscode"
OUR_SOURCES = ("pyproject.toml", "README.md", "LICENSE", "server", "catalog", "docs/rules")

# What is plain Python, beside our own dependencies what Python 3.10 needs: pip looks at the running Python only.
PURE = ("pygls", "snowballstemmer", "tomli", "exceptiongroup")
# Its compiled part is left out; we read YAML with what it has in Python.
WITHOUT_COMPILED_PART = "PyYAML"
NATIVE = ("tree-sitter", "tree-sitter-python")
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
# The folder of each platform, as launch.py asks for it, and what pip calls it.
# musl on ARM is missing, since there are no wheels of tree-sitter for it.
PLATFORMS = {
    "linux-x86_64": "manylinux2014_x86_64",
    "linux-aarch64": "manylinux2014_aarch64",
    "musllinux-x86_64": "musllinux_1_2_x86_64",
    "macosx-x86_64": "macosx_10_15_x86_64",
    "macosx-arm64": "macosx_11_0_arm64",
    "win-amd64": "win_amd64",
    "win-arm64": "win_arm64",
}
# Types and sources for those who program against a package, and what holds for one of many wheels only.
LEFT_OUT = (".pyi", ".c", ".scm", "/py.typed", ".dist-info/RECORD", ".dist-info/WHEEL")
COMPILED = (".so", ".pyd")


@dataclass(frozen=True, order=True)
class Wheel:
    """A line of the lock file: `python` or a platform, the name of a file for it, and the file's hash."""

    folder: str
    file: str
    sha256: str

    @property
    def kept(self) -> Path:
        """Where the file lies, or will."""
        return KEPT / "wheels" / self.folder / self.file

    def is_kept(self) -> bool:
        """Whether the very file that is meant is there."""
        return self.kept.is_file() and sha256(self.kept) == self.sha256

    def fetch(self) -> None:
        """Get the file through pip, which compares the hash."""
        name, version = self.file.split("-")[:2]
        python, abi, platforms = self.file.removesuffix(".whl").split("-")[-3:]
        only = [f"--platform={platform}" for platform in platforms.split(".")]
        only += [f"--abi={abi}", f"--implementation={python[:2]}"]
        only += [f"--python-version={python[2:]}"] if python.startswith("cp") else []
        with tempfile.TemporaryDirectory() as folder:
            requirement = Path(folder, "requirements.txt")
            requirement.write_text(f"{name}=={version} --hash=sha256:{self.sha256}\n", encoding="utf-8")
            download(self.kept.parent, [*only, "--no-deps", "--require-hashes", "-r", str(requirement)])


def main() -> int:
    """The command line."""
    options = argparse.ArgumentParser(description="Put the server into the VS Code extension.")
    options.add_argument("--lock", action="store_true", help="write wheels.lock anew")
    if options.parse_args().lock:
        write_lock()
    bundle(SERVER)
    return 0


def bundle(target: Path) -> None:
    """Fill a folder with the launcher and all that it chooses from; what was in it goes."""
    wheels = read_lock()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Wheel.fetch, [wheel for wheel in wheels if not wheel.is_kept()]))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".bundle-") as folder:
        made = Path(folder, "server")
        unpack(our_wheel(), made / "python")
        for wheel in wheels:
            unpack(wheel.kept, made / ("python" if wheel.folder == "python" else f"native/{wheel.folder}"))
        shutil.copy(HERE / "launch.py", made)
        shutil.rmtree(target, ignore_errors=True)
        made.rename(target)


def read_lock() -> list[Wheel]:
    """The files that belong into the extension."""
    wheels = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        folder, file = name.split("/")
        wheels.append(Wheel(folder, file, digest))
    return wheels


def write_lock() -> None:
    """Choose the newest files that fit, and write down their hashes."""
    any_platform = ["--implementation=py", "--abi=none", "--platform=any"]
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        constraints = top / "constraints.txt"
        constraints.write_text("\n".join(our_dependencies()), encoding="utf-8")
        bound = ["-c", str(constraints), f"--python-version={PYTHONS[0]}"]
        download(top / "python", [*bound, *any_platform, *PURE])
        download(top / "python", [*bound, "--no-deps", "--platform=win_amd64", WITHOUT_COMPILED_PART])
        for python in PYTHONS:
            for platform, tag in PLATFORMS.items():
                chosen = [f"--python-version={python}", f"--platform={tag}", "-c", str(constraints)]
                download(top / platform, ["--no-deps", *chosen, *NATIVE])
        lines = [f"{sha256(file)}  {file.relative_to(top).as_posix()}\n" for file in sorted(top.glob("*/*.whl"))]
    LOCK.write_text("".join(lines), encoding="utf-8")


def our_dependencies() -> list[str]:
    """What our package asks for, from its own metadata."""
    from importlib.metadata import requires  # noqa: PLC0415 - for a new lock only

    return [line for line in requires("stdlib-ls") or [] if "extra ==" not in line]


def our_wheel() -> Path:
    """The wheel of our own package, built from a copy, since others may be using the compiled catalog of this one."""
    files = [file for name in OUR_SOURCES for file in files_below(ROOT / name)]
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT).as_posix()} {sha256(file)}\n".encode())
    kept = KEPT / "ours"
    name = f"{digest.hexdigest()[:16]}.whl"
    if not (kept / name).exists():
        shutil.rmtree(kept, ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            for file in files:
                copy = Path(folder, file.relative_to(ROOT))
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, copy)
            run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", "dist"], Path(folder))
            [built] = Path(folder, "dist").glob("*.whl")
            kept.mkdir(parents=True)
            shutil.move(built, kept / name)
    return kept / name


def files_below(path: Path) -> list[Path]:
    """The sources that a path stands for, without what was made of them."""
    found = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    made = {"__pycache__", "data"}
    return [file for file in found if not made & set(file.relative_to(ROOT).parts)]


def download(folder: Path, arguments: list[str]) -> None:
    """Have pip put wheels into a folder."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--only-binary=:all:"]
    run([*pip, "--dest", str(folder), *arguments], ROOT)


def run(command: list[str], folder: Path) -> None:
    """Run a command; a failure ends the program with all that the command has said."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def unpack(wheel: Path, folder: Path) -> None:
    """Put the files of a wheel into a folder.

    The compiled modules of all Pythons share the folder of their platform: each Python loads the one that has its name.
    """
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            compiled = name.endswith(COMPILED)
            if name.endswith(("/", *LEFT_OUT)) or (compiled and folder.name == "python"):
                continue
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(archive.read(name))


def sha256(file: Path) -> str:
    """The hash of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
