"""The only place that touches the disk: reads text files and folder listings, and tells when they have changed."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# What tells two states of a path apart; None where there is nothing.
Stamp = tuple[int, ...] | None

# Two changes within one tick of the file system's clock look alike, so a stamp this young proves nothing.
_YOUNG_NANOSECONDS = 50_000_000
_UNCERTAIN: Stamp = ()

_LARGEST_BYTES = 1 << 20
_MODULE_SUFFIXES = (".py", ".pyi", ".so", ".pyd")


class UnreadableError(Exception):
    """A file that cannot be read as text; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder offers to `import`: file names by module name, and the names of its folders."""

    modules: Mapping[str, str]
    folders: frozenset[str]
    is_environment: bool


_NOTHING = Listing({}, frozenset(), False)


class Disk:
    """Reads files and folders, listings only again once they have changed; texts of open buffers go before files."""

    def __init__(self) -> None:
        self.overrides: dict[Path, str] = {}
        self._listings: dict[Path, tuple[Stamp, Listing]] = {}

    def has(self, path: Path) -> bool:
        return path in self.overrides or stamp(path) is not None

    def texts(self, file: Path) -> list[str]:
        """The texts to try in turn: that of an open buffer, then that on the disk; raises UnreadableError."""
        if file not in self.overrides:
            return [_read_text(file)]
        try:
            return [self.overrides[file], _read_text(file)]
        except UnreadableError:
            return [self.overrides[file]]

    def listing(self, folder: Path) -> Listing:
        """What can be imported from a folder; an unreadable folder offers nothing."""
        now = stamp(folder)
        known = self._listings.get(folder)
        if known is None or known[0] != now:
            known = self._listings[folder] = (settled(now), _list(folder) if now else _NOTHING)
        return known[1]


def stamp(path: Path) -> Stamp:
    """The present state of a path."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def settled(now: Stamp) -> Stamp:
    """The stamp to remember: one that equals no other where the path has changed a moment ago."""
    return _UNCERTAIN if now and abs(time.time_ns() - now[0]) < _YOUNG_NANOSECONDS else now


def _read_text(file: Path) -> str:
    try:
        found = file.stat()
        # Reading a pipe or a device could take for ever.
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError(f"{file}: not a regular file")
        if found.st_size > _LARGEST_BYTES:
            raise UnreadableError(f"{file}: larger than {_LARGEST_BYTES} bytes")
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"{file}: not UTF-8 (byte {error.start})") from error
    except (OSError, ValueError) as error:
        raise UnreadableError(f"{file}: {getattr(error, 'strerror', None) or error}") from error


def _list(folder: Path) -> Listing:
    modules: dict[str, str] = {}
    folders: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(_MODULE_SUFFIXES):
                    # `json.cpython-311-x86_64-linux-gnu.so` is the module `json`; of `json.py` and `json.pyi` the
                    # first, which sorts first, is the one that runs.
                    stem = entry.name.partition(".")[0]
                    modules[stem] = min(entry.name, modules.get(stem, entry.name))
                elif "." not in entry.name and entry.is_dir():
                    folders.add(entry.name)
            return Listing(modules, frozenset(folders), (folder / "pyvenv.cfg").exists())
    except (OSError, ValueError):
        return _NOTHING
