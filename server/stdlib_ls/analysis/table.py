"""The rows of the table of sightings: values only."""

from __future__ import annotations

from typing import NamedTuple

from stdlib_ls.analysis.imports import Import
from stdlib_ls.analysis.places import Place
from stdlib_ls.analysis.syntax import Part


class Site(NamedTuple):
    """One imported name in a file: the import and the absolute offset that its own offsets are relative to."""

    imported: Import
    base: int

    def span(self, part: Part | tuple[int, int]) -> tuple[int, int]:
        start, end = part[-2:]
        return self.base + start, self.base + end


class Named(NamedTuple):
    """One visible part of a dotted name: its absolute span and the full name up to it."""

    name: str
    start: int
    end: int


class Sighting(NamedTuple):
    """A place that names something importable.

    `sites` are the imports that can have bound it. Where several bindings can reach the place, `other_heads` are
    the names that its first part may stand for besides, and `doubtful` says that one of them is unknown.
    With `is_value` the first part is not what its name says, a class, but a value of it.
    """

    parts: tuple[Named, ...]
    sites: tuple[Site, ...]
    place: Place
    is_import: bool = False
    doubtful: bool = False
    other_heads: tuple[str, ...] = ()
    is_value: bool = False

    @property
    def certain(self) -> bool:
        return not self.doubtful and not self.other_heads

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that the whole may stand for, the likeliest first."""
        tail = self.name.removeprefix(self.parts[0].name)
        return self.name, *(head + tail for head in self.other_heads)

    @property
    def best_sites(self) -> list[Site]:
        """Of several `import a.b`, `import a.c`, those whose module the use goes through."""
        fits: dict[Site, int] = {}
        best: dict[str, int] = {}
        for site in self.sites:
            module, target = site.imported.module, site.imported.target
            fits[site] = len(module) if any(f"{name}.".startswith(module + ".") for name in self.names) else 0
            best[target] = max(best.get(target, 0), fits[site])
        return [site for site in self.sites if fits[site] == best[site.imported.target]]

    @property
    def name(self) -> str:
        return self.parts[-1].name

    @property
    def start(self) -> int:
        return self.parts[0].start

    @property
    def end(self) -> int:
        return self.parts[-1].end
