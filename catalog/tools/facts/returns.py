"""The fields `returns`, `enters` and `unless_mode`: the class of a value, where that is plain.

`returns` is on functions, methods, properties and attributes: the full name of the one public class of the standard
library, "builtins.str" for a builtin one, whose instance comes back in every overload, version and platform that
typeshed tells apart. Whether None may come back as well is not told, and generic classes lose their arguments.
"Self" is the class through which a member is reached: `datetime.datetime` for `datetime.datetime.now`.
On a class it says, by hand only, what a call gives that gives no instance: `enum.Enum("Colour", "RED")` is a class.
What is awaited, a union, a tuple, a protocol or anybody's guess has no `returns`.

`enters` is on classes, and says in the same way what `with` binds to an instance; those of base classes count.

`unless_mode` has letters; where a mode with one of them is passed, `returns` does not hold. Only `curated.json` has it.
"""

from __future__ import annotations

from collections.abc import Callable

from facts.evidence import Evidence, Row
from facts.results import AT_MOST, ITSELF, NOTHING, UNPLAIN
from facts.stubs import StubName

_CALLED = ("function", "method", "classmethod", "staticmethod")
_READ = ("property", "attribute")
_CLASSES = ("class", "exception")
_FIELDS = ("returns", "enters", "unless_mode")


def add_results(evidence: Evidence, symbols: dict[str, Row]) -> None:
    """Sets the three fields of every row; what typeshed does not speak of keeps what was told before."""
    public = _PublicNames(evidence, symbols)
    inherited: list[tuple[Row, Row]] = []
    for name, row in symbols.items():
        row["unless_mode"] = None
        if "alias_of" in row:
            row["returns"] = row["enters"] = None
            continue
        stub = _stub(evidence, row)
        if stub:
            row["returns"] = the_one_class(_results(row["kind"], stub), public.name_of)
            row["enters"] = the_one_class(stub.enters, public.name_of) if row["kind"] in _CLASSES else None
        elif base := _inherited(evidence, symbols, name):
            inherited.append((row, base))
    for row, base in inherited:
        row["returns"] = base.get("returns") if base["kind"] == row["kind"] else None
    for name, settled in evidence.curated["symbols"].items():
        if name in symbols:
            symbols[name].update({field: settled[field] for field in _FIELDS if field in settled})


def _stub(evidence: Evidence, row: Row) -> StubName | None:
    return evidence.stubs.find(row["module"], row["name"].removeprefix(row["module"] + "."))


def _inherited(evidence: Evidence, symbols: dict[str, Row], name: str) -> Row | None:
    """The row of the base class, however far up, from which typeshed has a documented member."""
    owner, _, last = name.rpartition(".")
    for base in symbols.get(owner, {}).get("bases") or ():
        above = f"{base if '.' in base else 'builtins.' + base}.{last}"
        found = symbols.get(above)
        if found and _stub(evidence, found):
            return found
        if further := _inherited(evidence, symbols, above):
            return further
    return None


def _results(kind: str, stub: StubName) -> set[str]:
    """What comes back, unless the stubs take the name for something else in some version."""
    if kind in _CALLED and not stub.values:
        return stub.calls
    return stub.values if kind in _READ and not stub.calls else set()


def the_one_class(found: set[str], name_of: Callable[[str], str | None]) -> str | None:
    """The one class among what may come back, by its public name; None where there is another or none."""
    named = {one if one in (ITSELF, NOTHING, UNPLAIN) else _named(one, name_of) for one in found} - {NOTHING}
    # A type variable says no more than what another overload says plainly.
    named -= {AT_MOST + one for one in named}
    [only] = named if len(named) == 1 else [UNPLAIN]
    return None if only == UNPLAIN or only.startswith(AT_MOST) else only


def _named(one: str, name_of: Callable[[str], str | None]) -> str:
    prefix = AT_MOST if one.startswith(AT_MOST) else ""
    name = name_of(one.removeprefix(AT_MOST))
    return prefix + name if name else UNPLAIN


class _PublicNames:
    """The names of classes under which the facts know them, by where they are defined."""

    def __init__(self, evidence: Evidence, symbols: dict[str, Row]) -> None:
        self._homes, self._symbols = evidence.stubs.homes, symbols
        self._known: dict[str, str | None] = {}

    def name_of(self, definition: str) -> str | None:
        """The public name of `_io.TextIOWrapper`; None for a private class."""
        if definition not in self._known:
            self._known[definition] = self._find(definition)
        return self._known[definition]

    def _find(self, definition: str) -> str | None:
        names = {self._symbols[name].get("alias_of", name) for name in self._candidates(definition)}
        return min(
            (name for name in names if self._symbols.get(name, {}).get("kind") in _CLASSES),
            key=lambda name: (name != definition, "doc" not in self._symbols[name], len(name), name),
            default=None,
        )

    def _candidates(self, definition: str) -> list[str]:
        """Every name of a class that is a symbol; a nested one is where the class around it is."""
        around, _, last = definition.rpartition(".")
        names = self._homes.get(definition) or {f"{one}.{last}" for one in self._homes.get(around, ())}
        return [name for name in names if name in self._symbols]
