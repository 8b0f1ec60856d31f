"""One folder: what its configuration files say, read once and kept until one of them changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stdlib_ls.project.claims import (
    BrokenTomlError,
    Claim,
    Table,
    dig,
    parse_toml,
    read_pyproject,
    read_python_version,
    read_pyvenv,
    read_setup_cfg,
    read_setup_py,
)
from stdlib_ls.project.disk import Disk, Stamp, UnreadableError, settled, stamp

PROJECT_MARKERS = ("pyproject.toml", "setup.cfg", "setup.py", ".git")
_ENVIRONMENTS = (".venv", "venv", "env", ".env")


@dataclass(eq=False, slots=True)
class Folder:
    """What one folder says; `stamps` tell whether it still says so."""

    path: Path
    pyproject: Table = field(default_factory=dict)
    declared: list[Claim] = field(default_factory=list)
    pinned: list[Claim] = field(default_factory=list)
    environments: list[Claim] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_marked: bool = False
    is_repository: bool = False
    is_environment: bool = False
    is_standard_library: bool = False
    stamps: dict[Path, Stamp] = field(default_factory=dict)

    @property
    def settings_table(self) -> Any:
        return dig(self.pyproject, "tool", "stdlib-ls")

    def is_fresh(self) -> bool:
        return all(stamp(path) == before for path, before in self.stamps.items())


def read_folder(path: Path, disk: Disk) -> Folder:
    """Everything that the files of one folder say; what cannot be read is among its problems."""
    folder = Folder(path)
    # The folder's own stamp tells of files that come and go, the files' stamps of their contents.
    folder.stamps[path] = settled(stamp(path))
    folder.is_marked = any(disk.has(path / name) for name in PROJECT_MARKERS)
    folder.is_repository = disk.has(path / ".git")
    folder.is_environment = disk.has(path / "pyvenv.cfg")
    folder.is_standard_library = all(disk.has(path / name) for name in ("site.py", "abc.py", "os.py"))
    _read_pyproject(folder, disk)
    folder.declared += _claims(folder, disk, "setup.cfg", read_setup_cfg)
    folder.declared += _claims(folder, disk, "setup.py", read_setup_py)
    folder.pinned += _claims(folder, disk, ".python-version", read_python_version)
    for name in _ENVIRONMENTS:
        if disk.has(path / name):
            folder.stamps[path / name] = settled(stamp(path / name))
            folder.environments += _claims(folder, disk, f"{name}/pyvenv.cfg", read_pyvenv)
    return folder


def _claims(folder: Folder, disk: Disk, name: str, read: Callable[[str, Path], Iterator[Claim]]) -> list[Claim]:
    texts = _texts(folder, disk, name)
    return list(read(texts[0], folder.path / name)) if texts else []


def _read_pyproject(folder: Folder, disk: Disk) -> None:
    """The first text that is TOML counts: what is on the disk holds while a buffer is half typed."""
    file = folder.path / "pyproject.toml"
    for text in _texts(folder, disk, file.name):
        try:
            folder.pyproject = parse_toml(text)
        except BrokenTomlError as error:
            line = error.line or text.count("\n") + 1
            folder.problems.append(f"{file}:{line}: not valid TOML: {error}")
        else:
            break
    folder.declared += read_pyproject(folder.pyproject, file)


def _texts(folder: Folder, disk: Disk, name: str) -> list[str]:
    file = folder.path / name
    if not disk.has(file):
        return []
    folder.stamps[file] = settled(stamp(file))
    try:
        return disk.texts(file)
    except UnreadableError as error:
        folder.problems.append(str(error))
        return []
