"""Guards: the conditions under which a place in a file runs at all.

A guarded import is one that its author has already thought about, so nothing is said of it.
Each guard is named by what it asks: "import-error", "condition" or "lazy".
"""

from __future__ import annotations

import re

from tree_sitter import Node

_IMPORT_ERRORS = re.compile(rb"\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b")
_SUPPRESS = re.compile(rb"\bsuppress\s*\([^)]*\b(ImportError|ModuleNotFoundError|Exception|BaseException)\b")
# What a condition asks when it is about the interpreter, the platform, or whether something can be imported.
_CONDITION = re.compile(
    rb"version|PY[23]|TYPE_CHECKING|platform|os\.name|implementation|find_spec|find_loader|hasattr|sys\.modules"
    rb"|\b(?:HAS|HAVE|USE|WITH)_|(?i:\b_?(?:has|have|use|with)_)|\bhexversion\b|^\s*(?:False|0)\s*$"
)


def guards_of(nodes: list[Node]) -> frozenset[str]:
    """The guards around the last of a path of nodes, outermost first."""
    found = {guard for outer, inner in zip(nodes, nodes[1:], strict=False) if (guard := _guard(outer, inner))}
    return frozenset(found)


def _guard(outer: Node, inner: Node) -> str | None:
    kind = outer.type
    if kind == "try_statement":
        return "import-error" if any(_catches_import_errors(child) for child in outer.children) else None
    if kind in ("if_statement", "elif_clause", "while_statement"):
        return "condition" if any(_CONDITION.search(text) for text in _conditions(outer)) else None
    if kind == "conditional_expression":
        return "condition" if _CONDITION.search(outer.text or b"") else None
    if kind == "with_statement" and inner.type == "block":
        clause = outer.children[1] if outer.child_count > 1 else None
        header = (outer.text or b"")[: inner.start_byte - outer.start_byte]
        return "import-error" if clause is not None and _SUPPRESS.search(header) else None
    if kind == "function_definition":
        name = outer.child_by_field_name("name")
        return "lazy" if name is not None and name.text == b"__getattr__" else None
    return None


def _catches_import_errors(clause: Node) -> bool:
    if clause.type not in ("except_clause", "except_group_clause"):
        return False
    body = next((child for child in clause.children if child.type == "block"), None)
    header = (clause.text or b"")[: (body.start_byte if body else clause.end_byte) - clause.start_byte]
    bare = header.strip() in (b"except", b"except:", b"except :")
    return bare or _IMPORT_ERRORS.search(header) is not None


def _conditions(statement: Node) -> list[bytes]:
    """The condition of an `if`, and those of its `elif`s: any of them may be what an arm depends on."""
    held = [statement.child_by_field_name("condition")]
    held += [child.child_by_field_name("condition") for child in statement.children if child.type == "elif_clause"]
    return [node.text or b"" for node in held if node is not None]
