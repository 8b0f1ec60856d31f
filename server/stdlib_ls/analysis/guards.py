"""Guards: the conditions under which a place in a file runs at all.

A guarded import is one that its author has already thought about, so nothing is said of it.
Each guard is named by what it asks: "import-error", "attribute-error", "type-error", "condition", "platform",
"lazy", "warnings", or "has:NAME" for `hasattr(..., "NAME")`.
Branches on the version of Python are no guards of this kind: see `regions.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

_IMPORT_ERRORS = re.compile(rb"\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b")
# What a condition asks when it is about the interpreter, the platform, or whether something can be imported.
_CONDITION = re.compile(
    rb"TYPE_CHECKING|MYPY|implementation|find_spec|find_loader|sys\.modules"
    rb"|\b(?:HAS|HAVE|USE|WITH)_|(?i:\b_?(?:has|have|use|with)_)"
)
_PLATFORM = re.compile(rb"platform|os\.name|(?i:windows|linux|darwin|macos|cygwin)")
_WARNED = re.compile(rb"\b(?:catch_warnings|deprecated_call|warns|assertWarns\w*)\b")
_HASATTR = re.compile(rb"\bhasattr\s*\([^()]*,\s*['\"](\w+)['\"]\s*\)")


def guards_of(nodes: list[Node]) -> frozenset[str]:
    """The guards around the last of a path of nodes, outermost first."""
    return frozenset(guard for outer, inner in zip(nodes, nodes[1:], strict=False) for guard in _guards(outer, inner))


def _guards(outer: Node, inner: Node) -> Iterator[str]:
    kind = outer.type
    if kind == "try_statement":
        headers = [_header(child) for child in outer.children if child.type in _HANDLERS]
        for name, errors in _CAUGHT.items():
            if any(header in _CATCH_ALL or errors.search(header) or _VARIABLE.fullmatch(header) for header in headers):
                yield name
        if any(_GIVES_UP.search(child.text or b"") for child in outer.children if child.type in _HANDLERS):
            yield "import-error"
    elif kind in ("if_statement", "elif_clause", "while_statement"):
        yield from _asked(_conditions(outer))
    elif kind in ("conditional_expression", "boolean_operator"):
        yield from _asked([outer.text or b""])
    elif kind == "with_statement" and inner.type == "block":
        header = (outer.text or b"")[: inner.start_byte - outer.start_byte]
        for name, errors in _CAUGHT.items():
            if errors.search(header):
                yield name  # As in `suppress(ImportError)`, or `pytest.raises(ImportError)`.
        if _WARNED.search(header):
            yield "warnings"
    elif kind == "function_definition":
        called = outer.child_by_field_name("name")
        if called is not None and called.text == b"__getattr__":
            yield "lazy"


_HANDLERS = ("except_clause", "except_group_clause")
# `except ERRORS:` may catch anything, and who binds None or False there goes on without something.
_VARIABLE = re.compile(rb"except\s+(?:\w+\.)*(?:[a-z_]\w*|[A-Z_]+)\s*(?:as\s+\w+\s*)?:")
_GIVES_UP = re.compile(rb"^\s*\w+(?:\s*=\s*\w+)*\s*=\s*(?:None|False)\s*$", re.MULTILINE)
_CAUGHT = {
    "import-error": _IMPORT_ERRORS,
    "attribute-error": re.compile(rb"\b(AttributeError|NameError|Exception|BaseException)\b"),
    "type-error": re.compile(rb"\b(TypeError|Exception|BaseException)\b"),
}
_CATCH_ALL = (b"except", b"except:")


def _header(clause: Node) -> bytes:
    """What stands before the body of an `except`."""
    body = next((child for child in clause.children if child.type == "block"), None)
    header = (clause.text or b"")[: (body.start_byte if body else clause.end_byte) - clause.start_byte]
    return header.strip().replace(b"except :", b"except:")


def _asked(conditions: list[bytes]) -> Iterator[str]:
    if any(_CONDITION.search(text) for text in conditions):
        yield "condition"
    if any(_PLATFORM.search(text) for text in conditions):
        yield "platform"
    for text in conditions:
        for name in _HASATTR.findall(text):
            yield f"has:{name.decode()}"


def _conditions(statement: Node) -> list[bytes]:
    """The condition of an `if`, and those of its `elif`s: any of them may be what an arm depends on."""
    held = [statement.child_by_field_name("condition")]
    held += [child.child_by_field_name("condition") for child in statement.children if child.type == "elif_clause"]
    return [node.text or b"" for node in held if node is not None]
