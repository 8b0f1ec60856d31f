"""Reads typeshed as one Python version on one platform sees it, so that what comes out are names, not conditions."""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEEPEST = 12
_COMPARE = {
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


@dataclass
class Entry:
    """What a name of a stub is: `kind` is function, class, variable, import or module."""

    kind: str
    functions: list[Function] = field(default_factory=list)
    node: ast.ClassDef | None = None
    annotation: ast.expr | None = None
    value: ast.expr | None = None
    module: str = ""
    name: str = ""
    is_exported: bool = True


@dataclass
class Names:
    """The names of a module, and its `__all__` if it has one."""

    entries: dict[str, Entry] = field(default_factory=dict)
    public: list[str] | None = None


class Tree:
    """All stubs, parsed once, and the versions that have each module."""

    def __init__(self, root: Path) -> None:
        self.modules: dict[str, ast.Module] = {}
        self.packages: set[str] = set()
        for path in sorted(root.rglob("*.pyi")):
            parts = path.relative_to(root).with_suffix("").parts
            if parts[0].startswith("@") or parts[0] == "_typeshed":
                continue
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            self.modules[name] = ast.parse(path.read_text(encoding="utf-8"))
            if parts[-1] == "__init__":
                self.packages.add(name)
        self._ranges: dict[str, tuple[int, int | None]] = {}
        for line in (root / "VERSIONS").read_text(encoding="utf-8").splitlines():
            name, colon, versions = line.partition("#")[0].strip().partition(":")
            if colon:
                first, _, last = versions.strip().partition("-")
                self._ranges[name] = (_minor(first) or 0, _minor(last))

    def span(self, module: str) -> tuple[int, int | None]:
        """The first and last minor version of a module; None: it is still there."""
        parts = module.split(".")
        ranges = [
            self._ranges[name] for end in range(1, len(parts) + 1) if (name := ".".join(parts[:end])) in self._ranges
        ]
        lasts = [last for _, last in ranges if last is not None]
        return max((first for first, _ in ranges), default=0), min(lasts, default=None)

    def has(self, module: str, minor: int) -> bool:
        """Whether a version has a module."""
        first, last = self.span(module)
        return first <= minor and (last is None or minor <= last)


class View:
    """The tree as seen by one version on one platform."""

    def __init__(self, tree: Tree, minor: int, platform: str) -> None:
        self.tree, self.minor, self.platform = tree, minor, platform
        self._modules: dict[str, Names] = {}

    def holds(self, test: ast.expr) -> bool | None:
        """Whether a condition holds, or None where it is not about versions or platforms."""
        if isinstance(test, ast.BoolOp):
            values = [self.holds(one) for one in test.values]
            decisive = isinstance(test.op, ast.Or)
            return decisive if decisive in values else (None if None in values else not decisive)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            value = self.holds(test.operand)
            return None if value is None else not value
        if isinstance(test, ast.Constant):
            return bool(test.value)
        if isinstance(test, ast.Name) and test.id == "TYPE_CHECKING":
            return True
        if isinstance(test, ast.Compare):
            left, wanted = ast.unparse(test.left), ast.literal_eval(test.comparators[0])
            compare = _COMPARE[type(test.ops[0])]
            if left == "sys.platform":
                return bool(compare(self.platform, wanted))
            if left == "sys.version_info":
                return bool(compare((3, self.minor, 99)[: max(2, len(wanted))], tuple(wanted)))
        if isinstance(test, ast.Call) and ast.unparse(test.func) == "sys.platform.startswith":
            return self.platform.startswith(ast.literal_eval(test.args[0]))
        return None

    def statements(self, body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
        """The statements that hold for this version and platform."""
        for statement in body:
            if isinstance(statement, ast.If):
                holds = self.holds(statement.test)
                yield from self.statements(statement.body if holds is not False else ())
                yield from self.statements(statement.orelse if not holds else ())
            elif isinstance(statement, ast.Try):
                yield from self.statements(statement.body)
            else:
                yield statement

    def module(self, name: str) -> Names:
        """The names of a module."""
        if name not in self._modules:
            names = self._modules[name] = Names()
            if name in self.tree.modules and self.tree.has(name, self.minor):
                for statement in self.statements(self.tree.modules[name].body):
                    self._read(name, names, statement)
        return self._modules[name]

    def _read(self, module: str, names: Names, statement: ast.stmt) -> None:
        if isinstance(statement, ast.ImportFrom):
            self._read_import(module, names, statement)
        elif isinstance(statement, ast.Import):
            for one in statement.names:
                name = one.asname or one.name.partition(".")[0]
                target = one.name if one.asname else name
                names.entries[name] = Entry("module", name=target, is_exported=one.asname == one.name)
        elif is_public_list(statement):
            names.public = (names.public or []) + list(self._public_names(module, names, statement))
            removed = [one.value for one in ast.walk(statement) if isinstance(one, ast.Constant)]
            if isinstance(statement, ast.Expr) and "remove" in ast.unparse(statement):
                names.public = [one for one in names.public if one not in removed]
        else:
            add_definition(names.entries, statement, module, is_class=False)

    def _read_import(self, module: str, names: Names, statement: ast.ImportFrom) -> None:
        source = statement.module or ""
        if statement.level:
            parts = module.split(".")
            kept = len(parts) - statement.level + (module in self.tree.packages)
            source = ".".join([*parts[:kept], *filter(None, [statement.module])])
        for one in statement.names:
            if one.name != "*":
                names.entries[one.asname or one.name] = Entry(
                    "import", module=source, name=one.name, is_exported=one.asname is not None
                )
                continue
            others = self.module(source)
            for name, entry in others.entries.items():
                hidden = (
                    name.startswith("_") or entry.kind == "module" or (entry.kind == "import" and not entry.is_exported)
                )
                if (name in others.public) if others.public is not None else not hidden:
                    names.entries[name] = Entry("import", module=source, name=name)

    def _public_names(self, module: str, names: Names, statement: ast.stmt) -> Iterator[str]:
        """The names that a statement about `__all__` adds: texts, and the `__all__` of other modules."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.Attribute) and node.attr == "__all__":
                entry = names.entries.get(ast.unparse(node.value))
                if entry and entry.kind in ("module", "import"):
                    yield from self.module(f"{entry.module}.{entry.name}".strip(".")).public or ()

    def look_up(self, module: str, name: str, depth: int = 0) -> tuple[str, str, Entry | None]:
        """Follows re-exports: module, name and entry of the definition."""
        entry = self.module(module).entries.get(name)
        if entry is None or depth > _DEEPEST:
            return module, name, entry
        if entry.kind == "import":
            found = self.look_up(entry.module, entry.name, depth + 1)
            submodule = f"{entry.module}.{entry.name}"
            if found[2] is None and submodule in self.tree.modules:
                return submodule, "", Entry("module", name=submodule)
            return found
        if entry.kind == "variable" and entry.annotation is None and isinstance(entry.value, ast.Name):
            found = self.look_up(module, entry.value.id, depth + 1)
            if found[2] and found[2].kind in ("class", "function"):
                return found
        return module, name, entry

    def exported(self, module: str) -> Iterator[tuple[str, bool]]:
        """The public names of a module, and whether its `__all__` has them."""
        names = self.module(module)
        for name, entry in names.entries.items():
            is_listed = name in (names.public or ())
            if entry.kind in ("import", "module"):
                is_shown = entry.is_exported and not name.startswith("_")
            else:
                is_shown = not name.startswith("_") or (name.startswith("__") and name.endswith("__"))
            if is_listed or is_shown:
                yield name, is_listed

    def bases(self, module: str, node: ast.ClassDef) -> Iterator[tuple[str, str, ast.ClassDef | None]]:
        """Module, name and definition of the classes that a class is derived from."""
        for base in node.bases:
            text = ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
            head, _, rest = text.partition(".")
            owner, name, entry = self.look_up(module, head)
            if entry and entry.kind == "module" and rest:
                owner, name, entry = self.look_up(entry.name, rest.rpartition(".")[2])
            elif entry is None and not rest:
                owner, name, entry = self.look_up("builtins", head)
            if entry and entry.kind == "class":
                yield owner, name, entry.node
            elif text.rpartition(".")[2] not in ("Generic", "Protocol", "object", "TypedDict", "NamedTuple"):
                yield "", text, None

    def family(
        self, module: str, node: ast.ClassDef, seen: set[int] | None = None
    ) -> Iterator[tuple[str, ast.ClassDef]]:
        """A class and all classes above it."""
        seen = set() if seen is None else seen
        if id(node) not in seen:
            seen.add(id(node))
            yield module, node
            for owner, _, base in self.bases(module, node):
                if base is not None:
                    yield from self.family(owner, base, seen)

    def members(self, node: ast.ClassDef) -> dict[str, Entry]:
        """A class's own members."""
        found: dict[str, Entry] = {}
        for statement in self.statements(node.body):
            add_definition(found, statement, "", is_class=True)
        return found


def is_public_list(statement: ast.stmt) -> bool:
    """Whether a statement sets or changes `__all__`."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return ast.unparse(statement.value.func).startswith("__all__.")
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        return ast.unparse(statement.target) == "__all__"
    return isinstance(statement, ast.Assign) and any(ast.unparse(one) == "__all__" for one in statement.targets)


def add_definition(found: dict[str, Entry], statement: ast.stmt, module: str, is_class: bool) -> None:
    """Enter what a statement defines."""
    if isinstance(statement, FUNCTIONS):
        names = decorators(statement)
        if is_class and any(one.endswith((".setter", ".deleter")) for one in names):
            return
        entry = found.get(statement.name)
        if entry is None or entry.kind != "function" or (is_class and not any("overload" in one for one in names)):
            entry = found[statement.name] = Entry("function")
        entry.functions.append(statement)
    elif isinstance(statement, ast.ClassDef):
        found[statement.name] = Entry("class", node=statement, module=module)
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        found[statement.target.id] = Entry("variable", annotation=statement.annotation, value=statement.value)
    elif isinstance(statement, ast.Assign):
        targets = [part for one in statement.targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
        for target in targets:
            if isinstance(target, ast.Name):
                value = statement.value
                source = found.get(value.id) if is_class and isinstance(value, ast.Name) else None
                found[target.id] = source or Entry("variable", value=value)
    elif sys.version_info >= (3, 12) and isinstance(statement, ast.TypeAlias):
        found[statement.name.id] = Entry("variable", value=statement.value)


def decorators(node: Function | ast.ClassDef) -> list[str]:
    """The names of the decorators of a definition."""
    return [ast.unparse(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]


def _minor(version: str) -> int | None:
    return int(version.split(".")[1]) if version.strip() else None
