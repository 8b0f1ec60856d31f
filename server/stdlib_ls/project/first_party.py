"""Which import names are the project's own: found in its import folders, or declared in its pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from stdlib_ls.project.claims import Table, dig
from stdlib_ls.project.disk import Disk, Listing
from stdlib_ls.project.folder import Folder

# Where build tables name what is imported: keys below the top, and keys below [tool].
_Keys = tuple[tuple[str, ...], ...]
_PROJECT_NAMES: _Keys = (("project", "name"), ("tool", "poetry", "name"))
_DOTTED_NAMES: _Keys = (
    ("setuptools", "packages"),
    ("setuptools", "py-modules"),
    ("flit", "module", "name"),
    ("uv", "build-backend", "module-name"),
)
_PACKAGE_PATHS: _Keys = (("hatch", "build", "packages"), ("hatch", "build", "targets", "wheel", "packages"))

# Standard modules that no file of a project gets in the way of: they are built into the interpreter, or loaded
# before it comes to the program (the start of CPython 3.9 to 3.13, as tests/unit/test_shadowing.py looks at it).
NEVER_HIDDEN = frozenset(
    """__main__ _thread abc atexit builtins codecs encodings errno faulthandler gc genericpath io itertools marshal nt
    os posix pwd site stat sys time zipimport""".split()
)
# Those that some builds of Python or some systems have built in, frozen or loaded, and some not.
SOMETIMES_BUILT_IN = frozenset(
    """array audioop binascii cmath fcntl grp math mmap msvcrt nis ntpath ossaudiodev posixpath pyexpat readline
    resource runpy select spwd syslog termios unicodedata winreg winsound zlib""".split()
)

Wins = Literal["always", "if started there", "perhaps"]


class Shadow(NamedTuple):
    """A file of the project that may be imported in place of a standard module.

    It wins `always` where its folder comes first on the search path however such programs are started,
    `if started there` where that depends on it, which the importing file may tell, and `perhaps` where nobody can.
    `shown` is its path below the project's root, `is_beside` says that the importing file lies in the same folder.
    `neighbours` are the names that only its folder offers to imports, and `rename` holds what to rename, the file
    or its package's folder, and a name for it that is free.
    """

    file: Path
    shown: str
    wins: Wins
    is_beside: bool
    neighbours: frozenset[str]
    rename: tuple[Path, Path]


def import_home(folder: Path, disk: Disk) -> Path:
    """The folder that files in `folder` are imported from: that of a script, or the one around its top package."""
    home = folder
    while home != home.parent and disk.has(home / "__init__.py"):
        home = home.parent
    return home


def offers(listing: Listing, folder: Path, name: str, disk: Disk) -> bool:
    """Whether `import name` finds something in `folder`: a module, a package, or a folder with modules in it."""
    if name in listing.modules:
        return True
    if name not in listing.folders:
        return False
    inner = disk.listing(folder / name)
    return bool(inner.modules) and not inner.is_environment


def regular_module(listing: Listing, folder: Path, name: str, disk: Disk) -> Path | None:
    """The file that wins over a standard-library module where `folder` comes first on the path, or None.

    A folder without `__init__.py` never wins, and neither does a stub.
    """
    file = listing.modules.get(name)
    if file and not file.endswith(".pyi"):
        return folder / file
    package = folder / name / "__init__.py"
    return package if name in listing.folders and disk.has(package) else None


def first_on_path(chain: Sequence[Folder], home: Path, disk: Disk) -> Wins:
    """When `home`, the import home of the files in the first of these folders, comes first on the search path.

    The folder of a script does, and the one that `python -m` is started from. Installed projects are searched last,
    and a folder without `__init__.py`, `src` included, may also be a package of the folder above it.
    """
    root = next((folder for folder in chain if folder.is_marked), None)
    is_package = home != chain[0].path
    if root is None:
        above = [folder.path for folder in chain if folder.path in home.parents][:1]
        return "if started there" if any(disk.listing(path).modules for path in above) else "always"
    if home != root.path and root.path not in home.parents:
        return "perhaps"
    if _is_installed(root, disk):
        if is_package:
            return "perhaps"
        return "always" if home == root.path else "if started there"
    declared = [folder.path / name for folder in chain for name in declared_folders(folder.pyproject)]
    return "always" if home in (root.path, *declared) else "if started there"


def _is_installed(root: Folder, disk: Disk) -> bool:
    """Whether a project is made to be installed, by what builds it."""
    if dig(root.pyproject, "tool", "uv", "package") is False:
        return False
    if dig(root.pyproject, "tool", "poetry", "package-mode") is False:
        return False
    return "build-system" in root.pyproject or disk.has(root.path / "setup.py")


def free_name(file: Path, disk: Disk) -> tuple[Path, Path]:
    """What to rename so that a module is called otherwise: its file or its package's folder, and what to call it."""
    old = file.parent if file.name == "__init__.py" else file
    stem, dot, suffix = old.name.partition(".")
    endings = ("", *(f"_{number}" for number in range(2, 100)))
    candidates = (old.with_name(f"my_{stem}{ending}{dot}{suffix}") for ending in endings)
    return old, next(path for path in candidates if not disk.has(path))


def declared_names(pyproject: Table) -> Iterator[str]:
    """Import names that the build tables name: the project itself, and packages listed one by one."""
    for keys in _PROJECT_NAMES:
        for name in _texts(dig(pyproject, *keys)):
            # "Foo-Bar" is imported as Foo_Bar or, much more often, as foo_bar.
            importable = name.replace("-", "_").replace(".", "_")
            yield from (importable, importable.lower())
    tool = dig(pyproject, "tool")
    for keys in _DOTTED_NAMES:
        yield from (name.partition(".")[0] for name in _texts(dig(tool, *keys)))
    for keys in _PACKAGE_PATHS:
        yield from (PurePosixPath(path).name for path in _texts(dig(tool, *keys)))
    for row in _rows(dig(tool, "poetry", "packages")):
        yield from (path.strip("/").partition("/")[0] for path in _texts(row.get("include")))


def declared_folders(pyproject: Table) -> Iterator[str]:
    """Folders, relative to pyproject.toml, that the build tables import from."""
    tool = dig(pyproject, "tool")
    yield from _texts(dig(tool, "setuptools", "packages", "find", "where"))
    yield from _texts(dig(tool, "setuptools", "package-dir", ""))
    yield from _texts(dig(tool, "uv", "build-backend", "module-root"))
    for keys in _PACKAGE_PATHS:
        yield from (str(PurePosixPath(path).parent) for path in _texts(dig(tool, *keys)))
    for row in _rows(dig(tool, "poetry", "packages")):
        yield from _texts(row.get("from"))


def _texts(value: object) -> Iterable[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def _rows(value: object) -> Iterable[Table]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
