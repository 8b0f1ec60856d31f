"""Which names of the standard library a range of Pythons has a say about: in some it is not as in the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from stdlib_ls.catalog.store import Catalog, Entry
from stdlib_ls.versions import NEWEST_KNOWN, Version, VersionRange

_KEPT = 512


class Dated(NamedTuple):
    """What matters below one top-level module: dotted names ("" is the module itself), parameters of functions."""

    names: frozenset[str]
    parameters: Mapping[str, frozenset[str]]

    def words(self, there: Collection[str]) -> set[str]:
        """The last parts of the names that may be in a text which holds some words."""
        return {word for _, word in self._parted(there)}

    def members(self, there: Collection[str], *, of_named: bool = False) -> set[str]:
        """Those of members of classes alone, and where asked for only of classes that the text names."""
        return {
            word for owner, word in self._parted(there) if owner and (not of_named or owner.rpartition(".")[2] in there)
        }

    def _parted(self, there: Collection[str]) -> Iterator[tuple[str, str]]:
        functions = [name for name, parameters in self.parameters.items() if not parameters.isdisjoint(there)]
        for name in (*self.names, *functions):
            owner, _, word = name.rpartition(".")
            if word in there:
                yield owner, word


@lru_cache(_KEPT)
def dated_below(catalog: Catalog, module: str, versions: VersionRange) -> Dated:
    """What matters below a top-level module, or below `builtins`, in a range."""
    names, parameters = set(), {}
    for rest in catalog.dated(module):
        entry = catalog.find(f"{module}.{rest}" if rest else module)
        if entry is None:
            continue
        if _matters(entry.added, entry.removed, versions) or is_deprecated(entry, versions):
            names.add(rest)
        apart = frozenset(name for name, dates in entry.parameters.items() if _matters(*dates, versions))
        if apart:
            parameters[rest] = apart
    return Dated(frozenset(names), parameters)


def is_deprecated(entry: Entry, versions: VersionRange) -> bool:
    """Whether a range has a Python in which a thing is deprecated, and is not meant to stay all the same."""
    return entry.is_deprecated and not entry.is_kept and (entry.deprecated or NEWEST_KNOWN) <= versions.newest


def _matters(added: Version | None, removed: Version | None, versions: VersionRange) -> bool:
    return bool((added and added > versions.lowest) or (removed and removed <= versions.newest))
