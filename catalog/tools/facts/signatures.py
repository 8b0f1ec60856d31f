"""Parameters and signatures: read from stubs, merged over overloads, and written as a person would."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

POSITIONAL, NORMAL, REST, KEYWORD, KEYWORDS = range(5)
_STARS = {REST: "*", KEYWORDS: "**"}
_LONGEST_ANNOTATION, _LONGEST_RETURN = 40, 60
# What a default already tells of its parameter.
_TOLD_BY_DEFAULT = {
    "bool": r"True|False",
    "int": r"-?\d+",
    "float": r"-?\d+\.\d*",
    "str": r"'.*'|\".*\"",
    "bytes": r"b'.*'",
}
# Names that stubs use among themselves, and what they stand for.
_SPELLED_OUT = {
    "StrPath": "str | PathLike",
    "StrOrBytesPath": "str | bytes | PathLike",
    "GenericPath": "str | bytes | PathLike",
    "ReadableBuffer": "Buffer",
    "WriteableBuffer": "Buffer",
    "SizedBuffer": "Buffer",
    "LiteralString": "str",
    "AnyStr": "str | bytes",
    "SupportsIndex": "int",
    "SupportsInt": "int",
    "SupportsFloat": "float",
    "ConvertibleToInt": "str | int",
    "ConvertibleToFloat": "str | float",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter; `kind` is one of the five constants above, which are those of `inspect`."""

    name: str
    kind: int
    annotation: str = ""
    default: str | None = None

    @property
    def takes_keyword(self) -> bool:
        """Whether it can be passed by name."""
        return self.kind in (NORMAL, KEYWORD)


@dataclass(frozen=True)
class Signature:
    """The parameters of one overload, and what it returns."""

    parameters: tuple[Parameter, ...]
    returns: str = ""


def read_parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, is_bound: bool) -> tuple[Parameter, ...]:
    """The parameters of a function of a stub, without the first where that is filled in."""
    arguments = node.args
    found = [Parameter(one.arg, POSITIONAL, _source(one.annotation)) for one in arguments.posonlyargs]
    for one in arguments.args:
        is_old_style = one.arg.startswith("__") and not one.arg.endswith("__")
        name = one.arg[2:] if is_old_style else one.arg
        found.append(Parameter(name, POSITIONAL if is_old_style else NORMAL, _source(one.annotation)))
    for position, default in enumerate(reversed(arguments.defaults), 1):
        found[-position] = replace(found[-position], default=_source(default))
    if is_bound:
        found = found[1:]
    if arguments.vararg:
        found.append(Parameter(arguments.vararg.arg, REST, _source(arguments.vararg.annotation)))
    for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(Parameter(one.arg, KEYWORD, _source(one.annotation), _source(value) if value else None))
    if arguments.kwarg:
        found.append(Parameter(arguments.kwarg.arg, KEYWORDS, _source(arguments.kwarg.annotation)))
    return tuple(found)


def _source(node: ast.expr | None) -> str:
    return ast.unparse(node) if node is not None else ""


def merge_overloads(overloads: Iterable[Signature]) -> list[Signature]:
    """Overloads that take the same names become one; what is left really differs."""
    groups: list[tuple[list[str], list[Signature]]] = []
    for overload in overloads:
        names = [one.name for one in overload.parameters if one.kind in (POSITIONAL, NORMAL)]
        for group in groups:
            shared = min(len(names), len(group[0]))
            begins_alike = names[:shared] == group[0][:shared] and bool(shared or not names)
            if begins_alike or set(names) <= set(group[0]):
                group[1].append(overload)
                if len(names) > shared:
                    group[0][:] = names
                break
        else:
            groups.append((names, [overload]))
    return [_merge(group) for _, group in groups][:4]


def _merge(overloads: list[Signature]) -> Signature:
    if len(overloads) == 1:
        return overloads[0]
    by_name: dict[str, list[Parameter]] = {}
    for overload in sorted(overloads, key=lambda one: -len(one.parameters)):
        for parameter in overload.parameters:
            by_name.setdefault(parameter.name, []).append(parameter)
    merged: list[Parameter] = []
    for same in by_name.values():
        first = next((one for one in same if one.kind == NORMAL), same[0])
        default = next((one.default for one in same if one.default not in (None, "...")), None)
        may_lack = len(same) < len(overloads) or any(one.default for one in same)
        if default is None and may_lack and first.kind not in _STARS:
            default = "..."
        merged.append(replace(first, annotation=_union(one.annotation for one in same), default=default))
    merged.sort(key=lambda one: one.kind if one.kind != POSITIONAL else NORMAL)
    optional = False
    for position, one in enumerate(merged):
        optional = optional or (one.kind <= NORMAL and one.default is not None)
        if optional and one.kind <= NORMAL and one.default is None:
            merged[position] = replace(one, default="...")
    return Signature(tuple(merged), _union(overload.returns for overload in overloads))


def _union(annotations: Iterable[str]) -> str:
    found = list(annotations)
    return " | ".join(dict.fromkeys(found)) if all(found) else ""


class Writer:
    """Writes signatures as a person would.

    Names, order and defaults are those of the documentation where it has them, else those of typeshed, with the
    defaults that interpreters really have. `self` and private parameters are left out.
    An annotation helps only where it is short, made of classes that everybody knows, and not told by the default
    already: `(text, indent: int | str | None = None, *, sort_keys=False) -> str`.
    """

    def __init__(self, is_class: Callable[[str], bool]) -> None:
        self.is_class = is_class

    def write(self, signature: Signature, annotated: list[Signature] | None = None) -> str:
        """A signature of an interpreter or of typeshed; annotations may come from elsewhere."""
        known = _annotations(annotated or [signature])
        shown = [one for one in signature.parameters if not one.name.startswith("_") or one.kind == POSITIONAL]
        parts = list(self._parts(shown, known))
        return f"({', '.join(parts)})" + self.returns(_union(one.returns for one in annotated or [signature]))

    def _parts(self, parameters: list[Parameter], known: dict[str, str]) -> Iterator[str]:
        previous = None
        for one in parameters:
            if previous == POSITIONAL and one.kind != POSITIONAL:
                yield "/"
            if one.kind == KEYWORD and previous not in (REST, KEYWORD):
                yield "*"
            name = one.name.lstrip("_") or "_"
            yield _STARS.get(one.kind, "") + self._with_annotation(name, known.get(one.name, ""), one.default)
            previous = one.kind
        if previous == POSITIONAL:
            yield "/"

    def _with_annotation(self, name: str, annotation: str, default: str | None) -> str:
        text = self.simple(annotation, _LONGEST_ANNOTATION)
        if default is not None and any(
            text == told and re.fullmatch(form, default) for told, form in _TOLD_BY_DEFAULT.items()
        ):
            text = ""
        if text in ("", "None"):
            return name if default is None else f"{name}={default}"
        return f"{name}: {text}" + ("" if default is None else f" = {default}")

    def annotate(self, documented: str, signatures: list[Signature]) -> str:
        """A signature as the documentation prints it, with the annotations that help."""
        if "->" in documented or ":" in documented:
            return documented
        returns = self.returns(_union(one.returns for one in signatures))
        if "[" in documented:  # optional parameters in brackets
            return documented + returns
        known = _annotations(signatures)
        parts = [part.partition("=") for part in split_parameters(documented)]
        texts = [
            self._with_annotation(name, known.get(name, ""), default if equal else None)
            for name, equal, default in parts
        ]
        return f"({', '.join(texts)})" + returns

    def returns(self, annotation: str) -> str:
        """What stands behind the arrow, with the arrow."""
        text = self.simple(annotation, _LONGEST_RETURN)
        return f" -> {text}" if text else ""

    def simple(self, annotation: str, longest: int) -> str:
        """An annotation without what only a type checker wants to know, or nothing."""
        try:
            node = ast.parse(annotation, mode="eval").body
        except SyntaxError:
            return ""
        alternatives = self._alternatives(node)
        if not alternatives:
            return ""
        known = list(dict.fromkeys(alternatives))
        known.sort(key=lambda one: one == "None")
        heads = {one.partition("[")[0] for one in known}
        if len(heads) < len(known):
            known = list(dict.fromkeys(one.partition("[")[0] for one in known))
        text = " | ".join(known)
        return text if len(text) <= longest else ""

    def _alternatives(self, node: ast.expr) -> list[str] | None:
        """The parts of a union, in words for people; None where one has no such words."""
        if isinstance(node, ast.BinOp):
            left, right = self._alternatives(node.left), self._alternatives(node.right)
            return left + right if left and right else None
        if isinstance(node, ast.Constant):
            return ["None"] if node.value is None else None
        if isinstance(node, ast.Subscript):
            return self._generic(node)
        if isinstance(node, (ast.Attribute, ast.Name)):
            name = node.attr if isinstance(node, ast.Attribute) else node.id
            if name in _SPELLED_OUT:
                return _SPELLED_OUT[name].split(" | ")
            return [name] if self.is_class(name) else None
        return None

    def _generic(self, node: ast.Subscript) -> list[str] | None:
        head = ast.unparse(node.value).rpartition(".")[2]
        if head in ("Literal", "Annotated", "Callable", "Unpack", "Concatenate"):
            kinds = {type(one.value).__name__ for one in ast.walk(node.slice) if isinstance(one, ast.Constant)}
            return sorted(kinds - {"NoneType"}) + ["None"] * ("NoneType" in kinds) if head == "Literal" else None
        if not self.is_class(head):
            return None
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        texts = []
        for one in inner:
            if isinstance(one, ast.Constant) and one.value is ...:
                texts.append("...")
                continue
            parts = self._alternatives(one)
            if not parts:
                return [head]
            texts.append(" | ".join(parts))
        return [f"{head}[{', '.join(texts)}]"]


def _annotations(signatures: list[Signature]) -> dict[str, str]:
    parameters = [one for signature in reversed(signatures) for one in signature.parameters]
    return {one.name: one.annotation for one in parameters if one.kind not in _STARS}


def split_parameters(text: str) -> list[str]:
    """The parameters of `(a, b=(1, 2), *, c)` as texts."""
    inner = text.strip()[1:].rpartition(")")[0]
    parts, depth, quoted = [""], 0, ""
    for character in inner:
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "'\"":
            quoted = character
        depth += (not quoted) * ((character in "([{") - (character in ")]}"))
        if character == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
