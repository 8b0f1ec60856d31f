"""One Python file with everything that a feature needs to judge it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from stdlib_ls.analysis.conditions import EVERY
from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.lines import Encoding
from stdlib_ls.analysis.regions import Region, regions_of
from stdlib_ls.analysis.sightings import Sightings
from stdlib_ls.catalog.own import read_own
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.settings import Settings
from stdlib_ls.versions import Ends, VersionRange

__all__ = ["Context", "Encoding", "SourceFile", "context_of"]


def _nothing_is_local(_: str) -> bool:
    return False


def _nothing_is_hidden(_: str) -> None:
    return None


class Shadow(Protocol):
    """A file of the project that may be imported in place of a standard module; see `project/first_party.py`."""

    @property
    def file(self) -> Path: ...

    @property
    def shown(self) -> str: ...

    @property
    def wins(self) -> Literal["always", "if started there", "perhaps"]: ...

    @property
    def is_beside(self) -> bool: ...

    @property
    def neighbours(self) -> frozenset[str]: ...

    @property
    def rename(self) -> tuple[Path, Path]: ...


class Context(NamedTuple):
    """What is known about a file besides its text.

    `is_first_party` says of a top-level import name whether the project itself provides it, `is_shadowed` of the
    name of a standard module whether a file of the project is imported instead: a folder without `__init__.py`,
    or the project's own name, is not enough for that. `shadow` gives that file, and says how sure it is to win.
    `quiet` files get cards but no diagnostics; `is_init` marks an `__init__.py`, whose imports are its interface.
    `problems` are what is wrong with the team's own catalogs.
    `declared` are the ends of the range as the project itself states them, whether or not that old or new a Python
    is known, and `is_capped` says of a release such as "setuptools 82" whether the project stays below it.
    """

    catalog: Catalog
    versions: VersionRange = VersionRange()
    settings: Settings = Settings()
    is_first_party: Callable[[str], bool] = _nothing_is_local
    is_shadowed: Callable[[str], bool] = _nothing_is_local
    quiet: bool = False
    is_init: bool = False
    problems: tuple[str, ...] = ()
    path: Path | None = None
    shadow: Callable[[str], Shadow | None] = _nothing_is_hidden
    declared: Ends = (None, None)
    is_capped: Callable[[str], bool] = _nothing_is_local


class Surroundings(Protocol):
    """What the files around a file say of it, whoever has read them."""

    @property
    def settings(self) -> Settings: ...

    @property
    def catalogs(self) -> list[Path]: ...

    def version_range(self, text: str) -> VersionRange: ...

    def is_first_party(self, name: str) -> bool: ...

    def shadow(self, name: str) -> Shadow | None: ...

    def is_off_limits(self, path: Path) -> bool: ...

    @property
    def declared_ends(self) -> Ends: ...

    def is_capped(self, release: str) -> bool: ...


def context_of(catalog: Catalog, around: Surroundings, path: Path | None, script_text: str) -> Context:
    """The context of a file at a path, or of a buffer without one; `script_text` may hold script metadata."""
    quiet = path is not None and around.is_off_limits(path)
    own, problems = read_own(catalog, around.catalogs)
    return Context(
        catalog=catalog.with_own(own),
        versions=around.version_range(script_text),
        settings=around.settings,
        # In the standard library's own folder every module is a file beside, and cards are wanted all the same.
        is_first_party=_nothing_is_local if quiet else around.is_first_party,
        is_shadowed=_nothing_is_local if quiet else lambda name: around.shadow(name) is not None,
        quiet=quiet,
        is_init=path is not None and path.name == "__init__.py",
        problems=tuple(problems),
        path=path,
        shadow=_nothing_is_hidden if quiet else around.shadow,
        declared=around.declared_ends,
        is_capped=around.is_capped,
    )


class SourceFile:
    """The text of a file, its context, and the table of what it names."""

    def __init__(self, text: str, context: Context, document: Document | None = None) -> None:
        self.document = document or Document(text)
        self.context = context
        self._forget()

    def _forget(self) -> None:
        self._sightings: Sightings | None = None
        self._regions: list[Region] | None = None

    @property
    def source(self) -> bytes:
        return self.document.source

    @property
    def sightings(self) -> Sightings:
        """The table for the text as it is now."""
        if self._sightings is None:
            self._sightings = Sightings(self.document, self.context.catalog)
        return self._sightings

    def replace(self, start: int, end: int, text: str) -> None:
        """Put `text` in place of the bytes `start:end`."""
        self.document.replace(start, end, text)
        self._forget()

    def update(self, text: str) -> None:
        """Make `text` the whole text."""
        self.document.update(text)
        self._forget()

    @property
    def regions(self) -> list[Region]:
        """The parts of the text that only some Pythons run."""
        if self._regions is None:
            self._regions = regions_of(self.document, self.sightings.imports())
        return self._regions

    def versions_at(self, offset: int) -> VersionRange | None:
        """The Pythons of the range that run a place; None where there are none, or nobody can tell."""
        versions = self.context.versions
        around = [region.versions for region in self.regions if region.start <= offset < region.end]
        if not around:
            return versions
        running = [
            version
            for version in EVERY
            if versions.lowest <= version <= versions.newest and all(one and version in one for one in around)
        ]
        return replace(versions, lowest=min(running), newest=max(running)) if running else None

    def script_text(self) -> str:
        """The text where it may hold script metadata (PEP 723), else nothing: most files have none."""
        return self.slice(0, len(self.source)) if b"# /// script" in self.source else ""

    def with_text(self, text: str) -> SourceFile:
        """A file of the same kind in the same place with another text."""
        return SourceFile(text, self.context)

    def with_inserted(self, offset: int, text: str) -> SourceFile:
        """What the file would be with `text` put in at an offset."""
        return SourceFile("", self.context, self.document.patched(offset, text))

    def offset(self, line: int, column: int, encoding: Encoding) -> int:
        """The byte offset of a 0-based position whose column is counted in units of `encoding`."""
        return self.document.lines.offset(self.source, line, column, encoding)

    def position(self, offset: int, encoding: Encoding) -> tuple[int, int]:
        """The 0-based (line, column) of a byte offset."""
        return self.document.lines.position(self.source, offset, encoding)

    def slice(self, start: int, end: int) -> str:
        return self.source[start:end].decode("utf-8", "replace")
