"""Which parameters came, went, or got a default later than the function itself.

Three sources can tell that a version brought a parameter:

* typeshed: it has the parameter at one version and not at the one before;
* sight: so has `inspect.signature` of the interpreters of two neighbouring versions;
* the documentation: a note about a version that names the parameter in emphasis and says that it was added.

A parameter is told where the documentation states it and no interpreter disproves it, or where typeshed and sight
agree, or where one of them agrees with the signatures that two versions of the documentation print.
One that the documentation deprecated has gone when interpreters do not have it any more.
What a function passes on through `**kwargs` cannot be seen; typeshed is believed there if a function of the same
module got the same parameter in the same version.
Only parameters that can be passed by name count, and none that took the place of another: doubt is silence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from facts.documentation import Documentation
from facts.evidence import Evidence, Row, minor_of
from facts.signatures import KEYWORD, KEYWORDS, NORMAL, REST, Parameter

Changes = dict[str, dict[str, str]]

OLDEST = 9
_NOUN = r"(?:optional |keyword(?:-only)? |positional |new )*(?:parameters?|arguments?|options?|keywords?)"
_NAMES = "§(?:(?:, and |, | and |/| or )§)*"
_ARTICLES = "(?:the |a |an |new |optional |keyword(?:-only)? |and )*"
_STATED = {
    "added": [
        rf"(?:Added|Add|New|Introduced) {_ARTICLES}{_NAMES}(?: {_NOUN}|$|\.)",
        rf"(?:Added|Add|New|Introduced) {_ARTICLES}{_NOUN}:? {_NAMES}",
        rf"(?:The )?(?:new |{_NOUN} )*{_NAMES}(?: {_NOUN})?"
        r" (?:was|were|has been|have been|is|are)? ?(?:new|newly )?(?:added|introduced)\b",
        rf"(?:Now )?(?:accepts|takes) {_ARTICLES}{_NAMES} {_NOUN}",
    ],
    "removed": [
        rf"(?:Removed|Remove) {_ARTICLES}{_NAMES} {_NOUN}",
        rf"(?:Removed|Remove) {_ARTICLES}{_NOUN} {_NAMES}",
        rf"(?:The )?(?:{_NOUN} )?{_NAMES}(?: {_NOUN})? (?:was|were|has been|have been) removed\b",
    ],
    "deprecated": [
        rf"(?:The )?(?:{_NOUN} )?{_NAMES} {_NOUN} (?:is|are|was|were|has been|have been) (?:now )?deprecated\b",
        rf"(?:The )?{_NAMES} (?:is|are) (?:now )?deprecated\b",
    ],
    "optional": [
        rf"(?:The )?{_NAMES}(?: {_NOUN})? now ha(?:s|ve) default",
        rf"Added default (?:argument )?values for {_NAMES}",
    ],
}


@dataclass(frozen=True)
class Shape:
    """What a function takes in one version: the lists of parameters of its overloads."""

    overloads: tuple[tuple[Parameter, ...], ...]

    @cached_property
    def names(self) -> dict[str, Parameter]:
        """Every parameter of any overload."""
        return {one.name: one for overload in self.overloads for one in overload}

    @cached_property
    def by_name(self) -> set[str]:
        """What can be passed by name."""
        return {name for name, one in self.names.items() if one.takes_keyword and not name.startswith("_")}

    @cached_property
    def optional(self) -> set[str]:
        """What every overload can do without."""
        required = {one.name for overload in self.overloads for one in overload if one.default is None}
        return {name for name in self.by_name if name not in required}

    def may_hide(self, parameter: Parameter, is_explicit: bool) -> bool:
        """Whether it could take a parameter without naming it; explicit ones name what goes into `**kwargs`."""
        kinds = {one.kind for one in self.names.values()}
        return (KEYWORDS in kinds and not is_explicit) or (REST in kinds and parameter.kind == NORMAL)

    def places(self, name: str) -> set[int]:
        """The positions that a parameter has in the overloads, among those that can be passed by position."""
        found = set()
        for overload in self.overloads:
            plain = [one.name for one in overload if one.kind <= NORMAL]
            found |= {plain.index(name)} if name in plain else set()
        return found

    @property
    def free_places(self) -> range:
        """The positions after the last one; what stands before them renamed another, or pushed it on."""
        taken = (sum(one.kind <= NORMAL for one in overload) for overload in self.overloads)
        return range(max(taken, default=0), 99)

    def at(self, place: int) -> set[str]:
        """The parameters at a position."""
        plain = [[one.name for one in overload if one.kind <= NORMAL] for overload in self.overloads]
        return {names[place] for names in plain if len(names) > place}


def parameter_changes(evidence: Evidence, symbols: dict[str, Row]) -> dict[str, Changes]:
    """What is to be told of the parameters of every symbol that has any such change."""
    found: dict[str, Changes] = {}
    passed_on: dict[str, dict[tuple[str, str], int]] = {}
    agreed: dict[str, set[tuple[str, str, int]]] = defaultdict(set)
    for name, row in symbols.items():
        if row["kind"] in ("data", "attribute", "property") or "alias_of" in row:
            continue
        reader = _Reader(evidence, row)
        told = reader.agreed()
        for (parameter, what), minor in told.items():
            _enter(found, name, parameter, what, minor)
            agreed[row["module"]].add((parameter, what, minor))
        if reader.passes_on:
            passed_on[name] = reader.by_stubs
    for name, claims in passed_on.items():
        for (parameter, what), minor in claims.items():
            if (parameter, what, minor) in agreed[symbols[name]["module"]]:
                _enter(found, name, parameter, what, minor)
    return found


def _enter(found: dict[str, Changes], name: str, parameter: str, what: str, minor: int) -> None:
    found.setdefault(name, {}).setdefault(parameter, {})[what] = f"3.{minor}"


class _Reader:
    """The claims of all sources about one function: {(parameter, added | removed | optional): minor}."""

    def __init__(self, evidence: Evidence, row: Row) -> None:
        self.evidence, self.row = evidence, row
        name, module = row["name"], row["module"]
        stub = evidence.stubs.find(module, name.removeprefix(module + "."))
        self.stub_shapes = {
            minor: Shape(tuple(overloads)) for minor, overloads in (stub.parameters if stub else {}).items()
        }
        self.seen: dict[int, list[Shape]] = {}
        for minor, answers in evidence.answers.items():
            shapes = [Shape((_read(one),)) for answer in answers if (one := answer["parameters"].get(name)) is not None]
            if shapes:
                self.seen[minor] = shapes
        self.first = max(minor_of(row.get("added")) or 0, OLDEST - 1)

    @property
    def passes_on(self) -> bool:
        """Whether interpreters show a `**kwargs` in some version."""
        kinds = {one.kind for shapes in self.seen.values() for shape in shapes for one in shape.names.values()}
        return KEYWORDS in kinds

    @cached_property
    def by_stubs(self) -> dict[tuple[str, str], int]:
        """What typeshed says."""
        # Typeshed drops the conditions of versions that it does not support any more, and so of the oldest one.
        # What it names beside **kwargs it means.
        return _changes(
            {minor: [shape] for minor, shape in self.stub_shapes.items() if minor > OLDEST}, is_explicit=True
        )

    @cached_property
    def by_sight(self) -> dict[tuple[str, str], int]:
        """What the interpreters say."""
        return _changes(self.seen)

    def agreed(self) -> dict[tuple[str, str], int]:
        """What is to be told, by the rules above."""
        found = {key: minor for key, minor in self.by_stubs.items() if self.by_sight.get(key) == minor}
        for claims in (self.by_stubs, self.by_sight):
            found.update({key: minor for key, minor in claims.items() if self._was_printed(*key, minor)})
        stated = self._stated()
        found.update(stated)
        for parameter, what in self.by_sight:
            if what == "removed" and (parameter, "deprecated") in stated:
                found[parameter, what] = self.by_sight[parameter, what]
        return {key: minor for key, minor in found.items() if minor > self.first}

    def _was_printed(self, parameter: str, what: str, minor: int) -> bool:
        """Whether printed signatures have the parameter from a version on, or up to it."""
        if what == "optional":
            return False
        documented = self.evidence.documented.get(self.row["name"], "")
        printed = [
            (minor_of(one.version) or 0, parameter in _printed(one, documented))
            for one in reversed(self.evidence.documents)
            if documented in one.described and one.described[documented].signatures
        ]
        wanted = (False, True) if what == "added" else (True, False)
        return any(
            older < minor <= newer and (has_older, has_newer) == wanted
            for (older, has_older), (newer, has_newer) in pairwise(printed)
        )

    def _stated(self) -> dict[tuple[str, str], int]:
        """What notes of the documentation say, where no interpreter shows that it is not so."""
        documented = self.evidence.documented.get(self.row["name"], "")
        found: dict[tuple[str, str], int] = {}
        for document in self.evidence.documents:
            for event in document.events(documented, "added", "changed", "deprecated", "removed"):
                minor = minor_of(event["version"]) or 0
                if minor < OLDEST or not event["note"]:
                    continue
                for parameter, what in _named(event["what"], event["note"], event["code"]):
                    is_printed = parameter in _printed(document, documented)
                    has, had = self._has(parameter, minor), self._has(parameter, minor - 1)
                    fits = {
                        "added": self._is_passed_by_name(parameter, is_printed) and not self._lacks(parameter, minor),
                        "removed": had,
                        "optional": had and has,
                        "deprecated": has,
                    }
                    if fits[what]:
                        found.setdefault((parameter, what), minor)
        return found

    def _is_passed_by_name(self, parameter: str, is_printed: bool) -> bool:
        """Whether some version takes it so; what is printed counts where no other source tells."""
        shapes = [*self.stub_shapes.values(), *(shape for shapes in self.seen.values() for shape in shapes)]
        is_hidden = all(one.may_hide(Parameter(parameter, KEYWORD), False) for one in shapes)
        return any(parameter in one.by_name for one in shapes) or (is_printed and is_hidden)

    def _has(self, parameter: str, minor: int) -> bool:
        shapes = [*self.seen.get(minor, ()), *(shape for at, shape in self.stub_shapes.items() if at == minor)]
        return any(parameter in shape.by_name for shape in shapes)

    def _lacks(self, parameter: str, minor: int) -> bool:
        shapes = self.seen.get(minor, [])
        can_hide = any(one.may_hide(Parameter(parameter, NORMAL), False) for one in shapes)
        return bool(shapes) and not can_hide and not any(parameter in one.by_name for one in shapes)


def _read(parameters: list[list[object]]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(str(name), int(str(kind)), "", None if default is None else str(default))
        for name, kind, default in parameters
    )


def _changes(shapes: dict[int, list[Shape]], is_explicit: bool = False) -> dict[tuple[str, str], int]:
    """The first version with each parameter, the first without, and the first where it can be left out."""
    found: dict[tuple[str, str], int] = {}
    for minor in sorted(shapes):
        before, after = shapes.get(minor - 1, []), shapes[minor]
        for older, newer in ((one, other) for one in before[:1] for other in after[-1:]):
            for name in newer.by_name:
                if _lack(before, newer.names[name], is_explicit) and newer.places(name) <= set(older.free_places):
                    found[name, "added"] = minor
            for name in older.by_name:
                if _lack(after, older.names[name], is_explicit) and not _is_replaced(name, older, newer):
                    found[name, "removed"] = minor
            for name in (newer.optional & older.by_name) - older.optional:
                found[name, "optional"] = minor
    return found


def _lack(shapes: list[Shape], parameter: Parameter, is_explicit: bool = False) -> bool:
    hidden = any(one.may_hide(parameter, is_explicit) for one in shapes)
    return not hidden and not any(parameter.name in one.names for one in shapes)


def _is_replaced(name: str, older: Shape, newer: Shape) -> bool:
    """Whether a parameter of another name, which is new, stands where this one stood."""
    return any(newer.at(place) - older.names.keys() for place in older.places(name))


def _printed(document: Documentation, documented: str) -> set[str]:
    described = document.described.get(documented)
    texts = " ".join(described.signatures) if described else ""
    return set(re.findall(r"\w+", re.sub(r"=[^,)\]]*", "", texts)))


def _named(event: str, note: str, emphasized: list[str]) -> set[tuple[str, str]]:
    """The parameters that the sentences of a note say were added, removed or deprecated."""
    found: set[tuple[str, str]] = set()
    names = sorted({one for one in emphasized if one.isidentifier()}, key=len, reverse=True)
    for sentence in re.split(r"(?<=[.;])\s+", note):
        pattern = r"\b(?:" + "|".join(names) + r")\b(?!\()"
        order = re.findall(pattern, sentence) if names else []
        marked = re.sub(pattern, "§", sentence) if names else ""
        for what, patterns in _STATED.items():
            matches = [match for one in patterns if (match := re.match(one, marked, re.I))]
            for match in matches[:1]:
                found |= {(name, what) for name in order[: match.group().count("§")]}
        about = re.match(rf"(?:The )?(?:{_NOUN} )?{_NAMES} {_NOUN}\b", marked)
        if event in ("deprecated", "removed") and about:
            found |= {(name, event) for name in order[: about.group().count("§")]}
    return found
