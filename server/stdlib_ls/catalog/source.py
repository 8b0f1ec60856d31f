"""Reads the catalog's YAML so that every complaint names file, line, key and cure.

Used when the catalog is built and for users' own catalog files; never on the way to an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Key = tuple[str | int, ...]
# A mapping of a file, as its schema describes it.
Row = dict[str, Any]
"""Where a value stands in a document: the keys and list positions that lead to it."""


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a catalog file; `line` is 1-based."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.key}: {self.message}"
            if self.key
            else f"{self.file}:{self.line}: {self.message}"
        )


class Source:
    """One parsed YAML file: plain strings, lists and dicts, with the line of every value."""

    def __init__(self, path: Path | str, text: str) -> None:
        self.file = str(path)
        self.problems: list[Problem] = []
        self._lines: dict[Key, int] = {(): 1}
        self._complaints: list[Key] = []
        self.value: Any = None
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            self.problems.append(Problem(self.file, *_not_yaml(error, text)))
            return
        if root is not None:
            self.value = self._build(root, ())

    def line(self, key: Key) -> int:
        """The line of a value, or of the nearest value around it."""
        while key not in self._lines:
            key = key[:-1]
        return self._lines[key]

    def is_clean(self, key: Key) -> bool:
        """Whether nothing has been complained about at a key or below it."""
        return not any(complaint[: len(key)] == key for complaint in self._complaints)

    def complain(self, key: Key, message: str) -> None:
        """Add a problem with the value at a key."""
        self._complaints.append(key)
        self.problems.append(Problem(self.file, self.line(key), _show_key(key), message))

    def _build(self, node: yaml.Node, key: Key) -> Any:
        self._lines.setdefault(key, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self._build(item, (*key, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._build_mapping(node, key)
        if not _is_text(node):
            kind = node.tag.rpartition(":")[2]
            self.complain(key, f'YAML reads {node.value} as a {kind}; put it in quotes: "{node.value}"')
        return str(node.value)

    def _build_mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value)
            inner = (*key, name)
            if name in built:
                first = self._lines[inner]
                self._lines[inner] = name_node.start_mark.line + 1
                self.complain(inner, f"given twice, first in line {first}; keep one of them")
                continue
            self._lines[inner] = name_node.start_mark.line + 1
            if not _is_text(name_node):
                self.complain(inner, f'YAML does not read {name} as text; put it in quotes: "{name}"')
            built[name] = self._build(value_node, inner)
        return built


def _not_yaml(error: yaml.YAMLError, text: str) -> tuple[int, str, str]:
    """Line, key and message of what the YAML parser could not read."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return line, "", f"not text that YAML allows: {error.reason}; save the file as UTF-8"
    assert isinstance(error, yaml.MarkedYAMLError)
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    begins = f", {error.context} that begins in line {error.context_mark.line + 1}" if error.context_mark else ""
    return line, "", f"not YAML: {error.problem}{begins}"


def _is_text(node: yaml.Node) -> bool:
    """Whether YAML takes a scalar as text: quoted, or nothing else that it knows."""
    return node.tag == "tag:yaml.org,2002:str" or getattr(node, "style", None) is not None


def _show_key(key: Key) -> str:
    shown = ""
    for part in key:
        shown += f"[{part}]" if isinstance(part, int) else f".{part}" if shown else part
    return shown


_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str}


def check_schema(source: Source, schema: dict[str, Any], value: Any = None, at: Key = ()) -> None:
    """Add a problem to `source` for each place where a value is not what the JSON schema wants.

    The value is the whole document, or the one given, which stands at the key `at`.
    Knows the part of JSON Schema that the files in catalog/schema use.
    The schema's own descriptions are the cures.
    """
    checked = source.value if value is None and not at else value
    for key, message in _violations(checked, at, schema, schema.get("$defs", {})):
        source.complain(key, message)


def _violations(value: Any, key: Key, schema: dict[str, Any], defs: dict[str, Any]) -> Iterator[tuple[Key, str]]:
    schema = _resolve(schema, defs)
    wanted = schema.get("description", "")
    if "anyOf" in schema:
        yield from _violations_of_any(value, key, schema, defs)
        return
    if "enum" in schema and value not in schema["enum"]:
        yield key, f"{value!r} is not one of {', '.join(schema['enum'])}. Wanted: {wanted}"
        return
    kind = schema.get("type")
    if kind and not isinstance(value, _TYPES[kind]):
        yield key, f"expected {'text' if kind == 'string' else kind}. Wanted: {wanted}"
        return
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            yield key, f"{len(value)} characters are too many. Wanted: {wanted}"
        elif "pattern" in schema and not re.search(schema["pattern"], value):
            yield key, f"{value!r} does not fit. Wanted: {wanted}"
    elif isinstance(value, list):
        yield from _wrong_size(key, len(value), schema.get("minItems"), schema.get("maxItems"), wanted)
        for index, item in enumerate(value):
            yield from _violations(item, (*key, index), schema.get("items", {}), defs)
    elif isinstance(value, dict):
        yield from _violations_of_object(value, key, schema, defs)


def _resolve(schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """A schema, or the definition that it refers to."""
    return defs[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _violations_of_object(
    value: dict[str, Any], key: Key, schema: dict[str, Any], defs: dict[str, Any]
) -> Iterator[tuple[Key, str]]:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    wanted = schema.get("description", "")
    yield from _wrong_size(key, len(value), schema.get("minProperties"), schema.get("maxProperties"), wanted)
    for name in schema.get("required", ()):
        if name not in value:
            cure = _resolve(properties.get(name, {}), defs).get("description", "")
            yield key, f"the key {name!r} is missing; add it. Wanted: {cure}"
    for name, inner in value.items():
        if name in properties:
            yield from _violations(inner, (*key, name), properties[name], defs)
        elif others is False:
            yield (*key, name), f"unknown key; known are {', '.join(properties)}"
        else:
            yield from _violations(inner, (*key, name), others, defs)


def _violations_of_any(value: Any, key: Key, schema: dict[str, Any], defs: dict[str, Any]) -> Iterator[tuple[Key, str]]:
    """The complaints of the variant that comes nearest: of the right type, then with the fewest complaints."""

    def rank(variant: dict[str, Any]) -> tuple[bool, int]:
        wrong_type = not isinstance(value, _TYPES[_resolve(variant, defs).get("type", "object")])
        return wrong_type, len(list(_violations(value, key, variant, defs)))

    yield from _violations(value, key, min(schema["anyOf"], key=rank), defs)


def _wrong_size(key: Key, size: int, least: int | None, most: int | None, wanted: str) -> Iterator[tuple[Key, str]]:
    if least is not None and size < least:
        yield key, f"at least {least} wanted, {size} given. Wanted: {wanted}"
    if most is not None and size > most:
        yield key, f"at most {most} allowed, {size} given. Wanted: {wanted}"
