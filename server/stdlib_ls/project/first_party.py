"""Which import names are the project's own: found in its import folders, or declared in its pyproject.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from stdlib_ls.project.claims import Table, dig
from stdlib_ls.project.disk import Disk, Listing

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
