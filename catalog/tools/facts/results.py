"""What comes back, as one version on one platform sees it: from calls, from attributes, and from entering a `with`.

Classes are told by where they are defined, as `_io.TextIOWrapper`; `returns.py` finds the names that people import.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from facts.stub_tree import Entry, Function, View, decorators

# What an annotation may mean beside a class: nothing (None, or no end at all), the class through which the member was
# reached, and what cannot be told. A class behind AT_MOST is the bound of a type variable.
NOTHING, ITSELF, UNPLAIN, AT_MOST = "", "Self", "?", "<"
_DEEPEST_ALIAS = 8
_WORDS = {
    "Self": ITSELF,
    "LiteralString": "builtins.str",
    "NoReturn": NOTHING,
    "Never": NOTHING,
    "MaybeNone": NOTHING,  # typeshed's word for a None that nobody wants to check for
    "TypeGuard": "builtins.bool",
    "TypeIs": "builtins.bool",
}
_UNIONS = ("Optional", "Union", "Final", "ClassVar")
_DECORATORS_THAT_KEEP = frozenset(
    "overload property cached_property classmethod staticmethod abstractmethod final deprecated type_check_only".split()
)
# Instances of these tell nothing, or are none: a file that is opened is no instance of `typing.IO`.
_TELL_NOTHING = frozenset(
    "builtins.object builtins.tuple builtins.type typing.Any typing.IO typing.TextIO typing.BinaryIO".split()
)
_NO_INSTANCES = ("Protocol", "TypedDict")


class Around(NamedTuple):
    """Where a definition stands: its module, and the path and body of the class in it, if there is one."""

    module: str
    path: str = ""
    node: ast.ClassDef | None = None

    def inside(self, name: str, node: ast.ClassDef | None = None) -> Around:
        """What is defined here under a name."""
        return Around(self.module, f"{self.path}.{name}".lstrip("."), node)


class Results:
    """Reads annotations of stubs; every answer is a set, with all that may come back."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._bodies: dict[int, dict[str, Entry]] = {}

    def _members(self, node: ast.ClassDef) -> dict[str, Entry]:
        if id(node) not in self._bodies:
            self._bodies[id(node)] = self.view.members(node)
        return self._bodies[id(node)]

    def of_functions(self, functions: Iterable[Function], around: Around) -> set[str]:
        """What calls of a function give, all overloads together."""
        found: set[str] = set()
        for one in functions:
            kept = {name.rpartition(".")[2] for name in decorators(one)} <= _DECORATORS_THAT_KEEP
            is_plain = isinstance(one, ast.FunctionDef) and one.returns is not None and kept
            found |= self._classes(one.returns, around) if is_plain else {UNPLAIN}
        return found

    def of_attribute(self, entry: Entry, around: Around) -> set[str]:
        """What reading an attribute gives; the members of an enumeration are not what their annotations say."""
        if around.node is None or "Enum" in {one.name for _, one in self.view.family(around.module, around.node)}:
            return {UNPLAIN}
        annotation = entry.annotation
        is_bare = annotation is None or ast.unparse(annotation).rpartition(".")[2] in ("Final", "ClassVar")
        if is_bare and isinstance(entry.value, ast.Constant) and entry.value.value is not ...:
            return {_class_of_constant(entry.value.value)}
        return self._classes(annotation, around) if annotation is not None else {UNPLAIN}

    def of_bound_method(self, entry: Entry, around: Around) -> set[str]:
        """What calls of a name give that is a method of a hidden instance, or of a class: `randint = _inst.randint`."""
        if not isinstance(entry.value, ast.Attribute):
            return {UNPLAIN}
        place, owner = self._definition(entry.value.value, around)
        needs_instance = owner is not None and owner.kind == "class"
        if owner is not None and owner.kind == "variable" and owner.annotation is not None:
            place, owner = self._definition(owner.annotation, Around(place.module))
        if owner is None or owner.node is None:
            return {UNPLAIN}
        member = self._members(owner.node).get(entry.value.attr)
        is_bound = member is not None and any("classmethod" in decorators(one) for one in member.functions)
        if needs_instance and not is_bound:
            return {UNPLAIN}
        found = self._of_member(Around(place.module, place.path, owner.node), entry.value.attr)
        return {f"{place.module}.{place.path}" if one == ITSELF else one for one in found}

    def of_entering(self, around: Around) -> set[str]:
        """What `with` binds to an instance of a class; empty where it cannot be entered."""
        return self._of_member(around, "__enter__")

    def _of_member(self, around: Around, name: str) -> set[str]:
        """What calls of a method give, wherever in a class's family it is."""
        assert around.node is not None
        for module, node in self.view.family(around.module, around.node):
            member = self._members(node).get(name)
            if member is not None:
                place = around if node is around.node else Around(module, node.name, node)
                return self.of_functions(member.functions, place) if member.functions else {UNPLAIN}
        return set()

    def _classes(self, node: ast.expr | None, around: Around, depth: int = 0) -> set[str]:
        """The classes that an annotation speaks of."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node = ast.parse(node.value, mode="eval").body
        if isinstance(node, ast.Constant) and node.value is None:
            return {NOTHING}
        if isinstance(node, ast.BinOp):
            return self._classes(node.left, around, depth) | self._classes(node.right, around, depth)
        head = node.value if isinstance(node, ast.Subscript) else node
        if depth > _DEEPEST_ALIAS or not isinstance(head, (ast.Name, ast.Attribute)):
            return {UNPLAIN}
        word = head.attr if isinstance(head, ast.Attribute) else head.id
        if word in _WORDS:
            return {_WORDS[word]}
        if isinstance(node, ast.Subscript) and word in ("Literal", "Annotated", *_UNIONS):
            return set(self._of_special_form(word, node.slice, around, depth))
        place, entry = self._definition(head, around)
        return self._of_definition(place, entry, depth)

    def _of_special_form(self, word: str, content: ast.expr, around: Around, depth: int) -> Iterator[str]:
        parts = content.elts if isinstance(content, ast.Tuple) else [content]
        for one in parts[:1] if word == "Annotated" else parts:
            if word != "Literal":
                yield from self._classes(one, around, depth)
            else:
                yield _class_of_constant(one.value) if isinstance(one, ast.Constant) else UNPLAIN
        if word == "Optional":
            yield NOTHING

    def _of_definition(self, place: Around, entry: Entry | None, depth: int) -> set[str]:
        """What an annotation means that is the name of a class, of another annotation, or of a type variable."""
        if entry is not None and entry.node is not None:
            bases = {ast.unparse(one).partition("[")[0].rpartition(".")[2] for one in entry.node.bases}
            is_hidden = any(one.endswith("type_check_only") for one in decorators(entry.node))
            full = f"{place.module}.{place.path}"
            return {UNPLAIN if is_hidden or full in _TELL_NOTHING or bases & {*_NO_INSTANCES} else full}
        if entry is None or entry.kind != "variable" or entry.value is None:
            return {UNPLAIN}
        if entry.annotation is not None and not ast.unparse(entry.annotation).endswith("TypeAlias"):
            return {UNPLAIN}
        if not isinstance(entry.value, ast.Call):
            return self._classes(entry.value, Around(place.module), depth + 1)
        bounds = [one.value for one in entry.value.keywords if one.arg == "bound"]
        found = self._classes(bounds[0], Around(place.module), depth + 1) if bounds else {UNPLAIN}
        return {UNPLAIN} if found & {UNPLAIN, NOTHING, ITSELF} else {AT_MOST + one for one in found}

    def _definition(self, node: ast.expr, around: Around) -> tuple[Around, Entry | None]:
        """Where a dotted name is defined, as a place with module and path, and what stands there."""
        if isinstance(node, ast.Name):
            if around.node is not None and (nested := self._members(around.node).get(node.id)):
                return around.inside(node.id), nested
            place, entry = self._look_up(around.module, node.id)
            return (place, entry) if entry is not None else self._look_up("builtins", node.id)
        if not isinstance(node, ast.Attribute):
            return around, None
        place, owner = self._definition(node.value, around)
        if owner is not None and owner.kind == "module":
            return self._look_up(owner.name, node.attr)
        if owner is not None and owner.node is not None:
            return place.inside(node.attr), self._members(owner.node).get(node.attr)
        return place, None

    def _look_up(self, module: str, name: str) -> tuple[Around, Entry | None]:
        """As a view looks things up; a package that imports its own submodule has that."""
        owner, original, entry = self.view.look_up(module, name)
        if (entry is None or entry.kind == "import") and f"{module}.{name}" in self.view.tree.modules:
            entry = Entry("module", name=f"{module}.{name}")
        return Around(owner, original), entry


def _class_of_constant(value: object) -> str:
    return NOTHING if value is None else f"builtins.{type(value).__name__}"
