"""What typeshed says of every name, for each version that it still knows and each platform."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from facts.results import Around, Results
from facts.signatures import Parameter, Signature, read_parameters
from facts.stub_tree import Entry, Function, Tree, View, decorators

PLATFORMS = ("linux", "darwin", "win32")
PUBLIC_UNDERSCORE = frozenset(("__future__", "__main__", "_thread", "_tkinter"))
_DEEPEST_CLASS = 3


@dataclass
class StubName:
    """One name: the minor versions that have it, by platform, and what it is in the newest of them."""

    minors: dict[str, set[int]] = field(default_factory=lambda: {platform: set() for platform in PLATFORMS})
    kind: str = ""
    origin: str = ""
    is_inherited: bool = True
    is_for_stubs_only: bool = False
    bases: list[str] = field(default_factory=list)
    annotation: str = ""
    signatures: list[Signature] = field(default_factory=list)
    # What calls of it, reading it, and entering an instance may give, in any version; `results.py` has the words.
    calls: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    enters: set[str] = field(default_factory=set)
    # By minor version, of all platforms and overloads.
    parameters: dict[int, list[tuple[Parameter, ...]]] = field(default_factory=dict)
    deprecated_in: set[int] = field(default_factory=set)
    deprecated: str | None = None
    removal_planned: str | None = None

    @property
    def everywhere(self) -> set[int]:
        """The minor versions that have it on some platform."""
        return set().union(*self.minors.values())

    @property
    def platforms(self) -> list[str]:
        """Where the newest version that has it has it."""
        newest = max(self.everywhere)
        return [platform for platform, minors in self.minors.items() if newest in minors]


class Stubs:
    """The whole of typeshed's standard library; names by (module, path inside it)."""

    def __init__(self, root: Path, oldest: int, newest: int) -> None:
        self.oldest, self.newest = oldest, newest
        self.tree = Tree(root)
        self.names: dict[tuple[str, str], StubName] = {}
        # By where something is defined, the full names under which public modules have it.
        self.homes: dict[str, set[str]] = defaultdict(set)
        self.modules = [name for name in self.tree.modules if is_public_module(name)]
        for minor in range(newest, oldest - 1, -1):
            for platform in PLATFORMS:
                _Reader(self, View(self.tree, minor, platform)).read()

    def find(self, module: str, path: str) -> StubName | None:
        """A name that typeshed defines; one that is only inherited does not count."""
        found = self.names.get((module, path))
        return found if found and found.kind else None

    def added(self, module: str, path: str) -> int | None:
        """The first minor version that has a name, where the stubs still know an older one."""
        found = self.names.get((module, path))
        first = min(found.everywhere) if found else self.oldest
        return first if first > self.oldest else None

    def removed(self, module: str, path: str) -> int | None:
        """The first minor version without a name."""
        found = self.names.get((module, path))
        last = max(found.everywhere) if found else self.newest
        return last + 1 if last < self.newest else None


def is_public_module(name: str) -> bool:
    """Whether no part of a dotted name is private."""
    return not any(part.startswith("_") and part not in PUBLIC_UNDERSCORE for part in name.split("."))


def is_private(name: str) -> bool:
    """Whether a name is private to its module or class."""
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


class _Reader:
    """Enters what one version on one platform has."""

    def __init__(self, stubs: Stubs, view: View) -> None:
        self.stubs, self.view = stubs, view
        self.results = Results(view)

    def read(self) -> None:
        for module in self.stubs.modules:
            for name, _ in self.view.exported(module):
                owner, original, entry = self.view.look_up(module, name)
                if entry is None or entry.kind in ("module", "import"):
                    continue
                found = self._enter(module, name, Around(owner), original, entry)
                found.origin = found.origin or f"{owner}.{original}"
                self.stubs.homes[f"{owner}.{original}"].add(f"{module}.{name}")
                if entry.node is not None:
                    self._enter_members(module, name, Around(owner, original, entry.node), 0)

    def _enter_members(self, module: str, path: str, around: Around, depth: int) -> None:
        assert around.node is not None
        own = self.view.members(around.node)
        for name, entry in own.items():
            if not is_private(name):
                self._enter(module, f"{path}.{name}", around, name, entry)
                if entry.node is not None and depth < _DEEPEST_CLASS:
                    self._enter_members(module, f"{path}.{name}", around.inside(name, entry.node), depth + 1)
        for _, base in list(self.view.family(around.module, around.node))[1:]:
            for name in self.view.members(base).keys() - own.keys():
                if not is_private(name):
                    self._mark(self.stubs.names.setdefault((module, f"{path}.{name}"), StubName()))

    def _mark(self, found: StubName) -> None:
        found.minors[self.view.platform].add(self.view.minor)

    def _enter(self, module: str, path: str, around: Around, original: str, entry: Entry) -> StubName:
        is_member = around.node is not None
        found = self.stubs.names.setdefault((module, path), StubName())
        self._mark(found)
        found.is_inherited = False
        if entry.functions:
            self._enter_function(found, entry.functions, around)
        elif entry.node is not None:
            self._enter_class(found, around.module, entry.node)
            found.enters |= self.results.of_entering(around.inside(original, entry.node))
        elif is_member:
            found.values |= self.results.of_attribute(entry, around)
        else:
            found.calls |= self.results.of_bound_method(entry, around)
        if not found.kind:
            found.kind = "attribute" if is_member else "data"
            found.annotation = _annotation(entry)
        return found

    def _enter_function(self, found: StubName, functions: list[Function], around: Around) -> None:
        last_parts = {name.rpartition(".")[2] for one in functions for name in decorators(one)}
        kind = _function_kind(functions[0].name, last_parts, is_member=around.node is not None)
        results = found.values if kind == "property" else found.calls
        results.update(self.results.of_functions(functions, around))
        self._enter_deprecation(found, functions)
        if not found.kind:
            found.kind = kind
            if kind == "property":
                found.annotation = ast.unparse(functions[0].returns) if functions[0].returns else ""
        if kind != "property":
            current = [one for one in functions if deprecation([one]) is None] or functions
            self._enter_signatures(found, current, is_bound=kind in ("method", "classmethod"), is_constructor=False)

    def _enter_class(self, found: StubName, owner: str, node: ast.ClassDef) -> None:
        family = list(self.view.family(owner, node))
        self._enter_deprecation(found, [node])
        if not found.kind:
            found.kind = "exception" if any(one.name == "BaseException" for _, one in family) else "class"
            found.is_for_stubs_only = any("type_check_only" in one for one in decorators(node))
            found.bases = [
                f"{module}.{name}" if module not in ("", "builtins") else name
                for module, name, _ in self.view.bases(owner, node)
            ]
        if any(ast.unparse(base).rpartition(".")[2] == "NamedTuple" for base in node.bases):
            fields = [
                Parameter(name, 1, ast.unparse(one.annotation), ast.unparse(one.value) if one.value else None)
                for name, one in self.view.members(node).items()
                if one.kind == "variable" and one.annotation is not None
            ]
            found.signatures = found.signatures or [Signature(tuple(fields))]
            found.parameters.setdefault(self.view.minor, []).append(tuple(fields))
            return
        for functions in self._constructors(family):
            self._enter_signatures(found, functions, is_bound=True, is_constructor=True)
            return

    def _constructors(self, family: list[tuple[str, ast.ClassDef]]) -> Iterator[list[Function]]:
        for _, node in family:
            members = self.view.members(node)
            for name in ("__init__", "__new__"):
                if name in members and members[name].functions and node.name != "object":
                    yield members[name].functions

    def _enter_signatures(
        self, found: StubName, functions: list[Function], is_bound: bool, is_constructor: bool
    ) -> None:
        signatures = [
            Signature(
                read_parameters(one, is_bound), ast.unparse(one.returns) if one.returns and not is_constructor else ""
            )
            for one in functions
        ]
        found.signatures = found.signatures or signatures
        known = found.parameters.setdefault(self.view.minor, [])
        known += [one.parameters for one in signatures if one.parameters not in known]

    def _enter_deprecation(self, found: StubName, nodes: list[Function] | list[ast.ClassDef]) -> None:
        note = deprecation(nodes)
        if note is not None:
            found.deprecated_in.add(self.view.minor)
            if not found.kind:
                found.deprecated, found.removal_planned = note


def deprecation(nodes: list[Function] | list[ast.ClassDef]) -> tuple[str | None, str | None] | None:
    """Since when all of these definitions are deprecated, and when they go; None where one of them is not."""
    first: tuple[str | None, str | None] | None = None
    for node in nodes:
        calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
        notes = [one for one in calls if ast.unparse(one.func).rpartition(".")[2] == "deprecated"]
        text = ast.unparse(notes[0].args[0]) if notes and notes[0].args else ""
        if not notes or "soft deprecated" in text.lower():
            return None
        since = re.search(r"[Dd]eprecated (?:since|in|as of) (?:Python )?(\d\.\d+)", text)
        gone = re.search(r"remov(?:ed|al) (?:in|from) (?:Python )?(\d\.\d+)", text)
        first = first or (since and since.group(1), gone and gone.group(1))
    return first


def _function_kind(name: str, decorated: set[str], is_member: bool) -> str:
    if not is_member:
        return "function"
    if decorated & {"property", "cached_property", "abstractproperty"}:
        return "property"
    if "classmethod" in decorated or name == "__init_subclass__":
        return "classmethod"
    return "staticmethod" if "staticmethod" in decorated else "method"


def _annotation(entry: Entry) -> str:
    text = ast.unparse(entry.annotation) if entry.annotation is not None else ""
    inner = re.fullmatch(r"(?:Final|ClassVar)\[(.*)\]", text)
    text = inner.group(1) if inner else text
    if text in ("type", "Final", "ClassVar", "") or text.endswith("TypeAlias"):
        is_constant = isinstance(entry.value, ast.Constant) and entry.value.value is not ...
        return type(entry.value.value).__name__ if is_constant and isinstance(entry.value, ast.Constant) else ""
    return text
