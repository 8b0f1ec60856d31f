"""Reads the compiled catalog: a sorted text file in a memory map, one record a line.

Opening it costs a system call; looking a name up costs a binary search and the decoding of one record.
The format is described in `compile.py`.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterable, Iterator
from copy import copy
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from stdlib_ls.versions import OLDEST_KNOWN, Version, VersionRange, parse_version

DEFAULT_PATH = Path(__file__).resolve().parents[1] / "data" / "catalog.txt"
_CACHED_RECORDS = 512
_ALIAS_DEPTH = 8
_CLASSES = ("class", "exception")
_CALLED = ("function", "method", "classmethod", "staticmethod")
# What is documented nowhere is linked to the contents of the library reference.
_LIBRARY_PAGE = "library/index.html"


class CatalogMissing(Exception):
    """The compiled catalog is not where it should be; the message says how to make it."""


class Row(NamedTuple):
    """A module or member as completion lists it. Versions are texts such as "3.11", or empty.

    `rank` is 0 for what most programs use and 9 for what hardly any does; `on_instances` says that the class itself
    does not have the attribute.
    """

    label: str
    kind: str
    summary: str
    added: str
    deprecated: str
    removed: str
    rank: int = 9
    on_instances: bool = False

    def fits(self, versions: VersionRange) -> bool:
        """Whether the thing exists in some Python of a range."""
        added, removed = parse_version(self.added), parse_version(self.removed)
        return not (added and added > versions.newest) and not (removed and removed <= versions.lowest)


class Entry(NamedTuple):
    """A module or symbol of the standard library.

    `instead` is a sentence on what to use in place of what is deprecated or gone; `is_kept` says that what is
    deprecated stays for good and that nothing needs to be done.
    `added` is None where it is older than the facts reach; `docs` is a page and anchor below the
    documentation's root, `docs_since` the first version that is sure to have it there, `docs_version` the last,
    where the newest has not, and `docs_before` has the first and last version of earlier places, oldest first.
    What is not documented has the place of its class, module or package, and without any the library's page.
    `parameters` are those that came later than the thing itself, or have gone: in which versions.
    `returns` is the class of what comes back, "Self" for that through which it was reached, or "" where it is not
    plain; not so where a mode has a letter of `unless_mode`. `enters` is, on a class, that of what `with` binds.
    `card` holds what people wrote about a module; symbols have summary, pitfalls and `instead` only.
    """

    name: str
    kind: str
    module: str
    summary: str
    pitfalls: tuple[str, ...]
    instead: str
    signature: Any
    parameters: dict[str, tuple[Version | None, Version | None]]
    returns: str
    enters: str
    unless_mode: str
    added: Version | None
    deprecated: Version | None
    is_deprecated: bool
    is_kept: bool
    removed: Version | None
    availability: tuple[str, ...]
    docs: str
    docs_since: Version | None
    docs_version: Version | None
    docs_before: tuple[tuple[Version, Version, str], ...]
    bases: tuple[str, ...]
    card: dict[str, Any]

    @property
    def is_module(self) -> bool:
        return self.kind == "module"


class Catalog:
    """The compiled catalog. Every look-up takes and gives full dotted names."""

    def __init__(self, path: Path = DEFAULT_PATH) -> None:
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise CatalogMissing(f"{path}: {error}; `make catalog` in the project's folder writes it") from None
        self._modules: list[Row] | None = None
        self._own: dict[str, list[dict[str, Any]]] = {}
        self._record = lru_cache(_CACHED_RECORDS)(self._find)
        self._entry = lru_cache(_CACHED_RECORDS)(self._build_entry)
        self._dated = lru_cache(_CACHED_RECORDS)(self._read_dated)
        self._public = lru_cache(_CACHED_RECORDS)(self._build_public_names)
        self._result = lru_cache(_CACHED_RECORDS)(self._find_result)

    def find(self, name: str) -> Entry | None:
        """The module or symbol of a name, or of the base class that has it: `collections.OrderedDict.get`."""
        return self._entry(name)

    def module(self, name: str) -> Entry | None:
        entry = self._entry(name)
        return entry if entry and entry.is_module else None

    def is_stdlib(self, name: str) -> bool:
        """Whether a dotted name begins with a module of the standard library."""
        return self._record("m " + name.partition(".")[0]) is not None

    def modules(self) -> list[Row]:
        """Every module and submodule that completion may offer, by name."""
        if self._modules is None:
            self._modules = [Row(*fields) for fields in self._record("i modules") or ()]
        return self._modules

    def members(self, owner: str) -> list[Row]:
        """The members of a module or class, those of its base classes included, by name."""
        entry = self._entry(owner)
        if entry is None:
            return []
        rows = {row[0]: Row(*row) for row in self._record("l " + entry.name) or ()}
        for base in entry.bases:
            for row in self.members(full_name(base)):
                rows.setdefault(row.label, row)
        return sorted(rows.values())

    def importable(self, letter: str) -> list[Row]:
        """What programs import a lot whose name begins with a small letter or its capital; labels are full names."""
        return [Row(*fields) for fields in self._record("n " + letter) or ()]

    def public_names(self, module: str) -> frozenset[str] | None:
        """What `from module import *` brings, or None for a module that the catalog does not know."""
        return self._public(module)

    def _build_public_names(self, module: str) -> frozenset[str] | None:
        if self.module(module) is None:
            return None
        return frozenset(row.label for row in self.members(module) if not row.label.startswith("_"))

    def added(self, name: str) -> Version | None:
        """The first version that has a name and its module, or None where that is older than the facts reach."""
        entry = self.find(name)
        found = [one.added for one in (entry, self.find(entry.module)) if one and one.added] if entry else []
        return max(found, default=None)

    def class_of_value(self, name: str, role: str, mode: str = "") -> str | None:
        """The class of a value that is "typed" as a name, "called" by it, or "entered" as a call of it, or None."""
        if role != "typed":
            return self.result_of(name, entered=role == "entered", mode=mode)
        entry = self.find(name)
        return entry.name if entry and entry.kind in ("class", "exception") else None

    def result_of(self, name: str, *, entered: bool = False, mode: str = "") -> str | None:
        """The class whose instance a call of a name gives, or that of what `with` binds to it; None where unknown.

        `mode` are the letters of a mode that is passed, and "?" for one that cannot be told.
        """
        return self._result(name, entered, mode)

    def _find_result(self, name: str, entered: bool, mode: str) -> str | None:
        entry = self.find(name)
        if entry is None or (entry.unless_mode and set(mode) & {*entry.unless_mode, "?"}):
            return None
        made = entry.returns if entry.kind in _CALLED else ""
        if entry.kind in _CLASSES:
            made = entry.returns or entry.name
        if made == "Self":
            owner = self.find(name.rpartition(".")[0])
            made = owner.name if owner and owner.kind in _CLASSES else ""
        if made and entered:
            kind = self.find(made)
            bound = kind.enters if kind else ""
            made = made if bound == "Self" else bound
        return made or None

    def dated(self, module: str) -> frozenset[str]:
        """The names below a top-level module, or below `builtins`, that versions matter to, without the module's."""
        return self._dated(module)

    def _read_dated(self, module: str) -> frozenset[str]:
        return frozenset(self._record("d " + module) or ())

    def packages(self, import_name: str) -> list[dict[str, Any]]:
        """The alternatives of the distributions that are imported by this top-level name, a team's own first."""
        found: list[dict[str, Any]] = self._own.get(import_name) or self._record("a " + import_name) or []
        return found

    def successors(self, module: str) -> dict[str, Any] | None:
        """What takes the place of names below a top-level module, in the format of an alternative, or None."""
        found: dict[str, Any] | None = self._record("f " + module)
        return found

    def with_own(self, packages: list[dict[str, Any]]) -> Catalog:
        """The same catalog with a team's own alternatives, which win over those of the same import name."""
        if not packages:
            return self
        extended = copy(self)
        extended._own = {}
        for package in packages:
            # Nothing is imported by the empty name: there stand those that have none.
            for name in import_roots(package) or [""]:
                extended._own.setdefault(name, []).append(package)
        return extended

    def distribution(self, name: str) -> dict[str, Any] | None:
        """What the catalog, or a team's own, says of a distribution by its normal name; None where it says nothing."""
        own = (package for packages in self._own.values() for package in packages)
        known = (package for root in map(_root, self.import_names(name)) for package in self.packages(root))
        found = next((package for package in chain(own, known) if package["package"] == name), None)
        return found or self._record("r " + name)

    def alternative_schema(self) -> dict[str, Any]:
        """The JSON schema of alternatives."""
        schema: dict[str, Any] = self._record("x alternative")
        return schema

    def import_names(self, distribution: str) -> list[str]:
        """The top-level names of a distribution that the catalog speaks of."""
        found: list[str] = self._record("p " + distribution) or []
        return found

    def third_party_names(self) -> Iterator[str]:
        """Every import name that the catalog has alternatives for."""
        return chain(self._own, (key[2:] for key in self._keys("a ")))

    def findable_names(self) -> list[tuple[str, int]]:
        """Every name that the search knows, with how likely it is meant, in percent."""
        names: list[tuple[str, int]] = self._record("i names") or []
        return names

    def names_of_word(self, stem: str) -> Iterator[tuple[int, int]]:
        """The places in `findable_names` that a stem speaks of, each with how much it says."""
        flat = self._record("w " + stem) or []
        return zip(flat[::2], flat[1::2], strict=True)

    def synonyms(self, stem: str) -> list[str]:
        """The stems that people use for the same thing."""
        found: list[str] = self._record("y " + stem) or []
        return found

    def words_from(self, beginning: str) -> Iterator[str]:
        """The longer stems that begin with some letters."""
        return (key[2:] for key in self._keys("w " + beginning) if key[2:] != beginning)

    def names_under(self, prefix: str) -> Iterator[str]:
        """Every symbol whose full name begins with `prefix`, sorted by bytes."""
        return (key[2:] for key in self._keys("s " + prefix))

    def _build_entry(self, name: str) -> Entry | None:
        resolved = self._resolve(name, _ALIAS_DEPTH)
        if resolved is None:
            return None
        full, record = resolved
        deprecated = record.get("deprecated")
        docs = self._documented(full, record)
        return Entry(
            name=full,
            kind=record["kind"],
            module=record.get("module", full),
            summary=record.get("summary", ""),
            pitfalls=tuple(record.get("pitfalls", ())),
            instead=record.get("instead", ""),
            signature=record.get("signature"),
            parameters={
                parameter: (_version(dates.get("added")), _version(dates.get("removed")))
                for parameter, dates in record.get("parameters", {}).items()
            },
            returns=record.get("returns", ""),
            enters=record.get("enters", ""),
            unless_mode=record.get("unless_mode", ""),
            added=_version(record.get("added")),
            deprecated=_version(deprecated),
            is_deprecated=bool(deprecated),
            is_kept=bool(record.get("kept")),
            removed=_version(record.get("removed")),
            availability=tuple(record.get("availability", ())),
            docs=docs.get("docs", _LIBRARY_PAGE),
            docs_since=_version(docs.get("docs_since") or docs.get("added")),
            docs_version=_version(docs.get("docs_version")),
            docs_before=tuple(
                (parse_version(first) or OLDEST_KNOWN, parse_version(last) or OLDEST_KNOWN, place)
                for first, last, place in docs.get("docs_before", ())
            ),
            bases=tuple(record.get("bases", ())),
            card=record if record["kind"] == "module" else {},
        )

    def _documented(self, name: str, record: dict[str, Any]) -> dict[str, Any]:
        """What says where something is documented: its own record, its main name's, or that of what it is in."""
        above = [record["bases"][0]] if "alias" in record else []
        for other in (*above, name.rpartition(".")[0]):
            if other and "docs" not in record:
                record = self._documented(other, self._record("s " + other) or self._record("m " + other) or {})
        return record

    def _resolve(self, name: str, depth: int) -> tuple[str, dict[str, Any]] | None:
        """The name under which something stands, and its record, or None."""
        record = self._record("m " + name) or self._record("s " + name)
        if record:
            return name, record
        owner, _, member = name.rpartition(".")
        if not owner or not depth:
            return None
        found = self._resolve(owner, depth - 1)
        if found is None:
            return None
        main, owner_record = found
        if main != owner:
            return self._resolve(f"{main}.{member}", depth - 1)
        for base in owner_record.get("bases", ()):
            inherited = self._resolve(f"{full_name(base)}.{member}", depth - 1)
            if inherited:
                return inherited
        return None

    def _find(self, key: str) -> Any:
        wanted = key.encode("utf-8", "surrogatepass") + b"\t"
        at = self._position(wanted)
        if self._map[at : at + len(wanted)] != wanted:
            return None
        return json.loads(self._map[at + len(wanted) : self._map.find(b"\n", at)])

    def _keys(self, prefix: str) -> Iterator[str]:
        wanted = prefix.encode()
        at = self._position(wanted)
        while self._map[at : at + len(wanted)] == wanted:
            yield self._map[at : self._map.find(b"\t", at)].decode()
            at = self._map.find(b"\n", at) + 1

    def _position(self, wanted: bytes) -> int:
        """Where the first line begins that is not smaller than `wanted`."""
        low, high = 0, len(self._map)
        while low < high:
            middle = (low + high) // 2
            start = self._map.rfind(b"\n", 0, middle) + 1
            if self._map[start : start + len(wanted)] < wanted:
                low = self._map.find(b"\n", middle) + 1
            else:
                high = start
        return low


def is_under(name: str, imports: Iterable[str]) -> bool:
    """Whether a dotted name is one of some import names, or reached through one."""
    return any(f"{name}.".startswith(f"{own}.") for own in imports)


def import_roots(package: dict[str, Any]) -> list[str]:
    """The top-level names by which a package is imported: `backports` for `backports.zoneinfo`."""
    return list(dict.fromkeys(map(_root, package["imports"])))


def _root(name: str) -> str:
    return name.partition(".")[0]


def _version(value: Any) -> Version | None:
    return parse_version(value) if isinstance(value, str) else None


def full_name(base: str) -> str:
    """Base classes without a module are builtins."""
    return base if "." in base else f"builtins.{base}"
