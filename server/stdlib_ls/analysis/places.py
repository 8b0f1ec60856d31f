"""Where something stands in a file: the scopes around it, the arms of compound statements, the guards."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tree_sitter import Node

from stdlib_ls.analysis.guards import guards_of
from stdlib_ls.analysis.syntax import Step

ScopeKind = Literal["function", "class", "comprehension"]
ArmKind = Literal["branch", "try", "handler", "loop"]


class Scope(NamedTuple):
    """A function, class or comprehension around a place; `start` is its first byte."""

    kind: ScopeKind
    start: int


class Arm(NamedTuple):
    """One arm of a compound statement around a place; offsets are those of the statement and of the arm."""

    statement: int
    start: int
    kind: ArmKind


class Place(NamedTuple):
    """Where something stands: scopes outermost first, arms and guards from outside in."""

    scopes: tuple[Scope, ...] = ()
    arms: tuple[Arm, ...] = ()
    guards: frozenset[str] = frozenset()


_COMPREHENSIONS = frozenset(
    ("list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")
)


def place_of(steps: list[Step], base: int, *, binds_parameter: bool = False, binds_outward: bool = False) -> Place:
    """The scopes, arms and guards around the end of a path.

    A parameter stands before the body but belongs to the function; a walrus binds outside its comprehension.
    """
    scopes: list[Scope] = []
    arms: list[Arm] = []
    for index in range(len(steps) - 1):
        outer = steps[index].node
        kind = _scope_entered(steps, index, binds_parameter)
        if kind:
            scopes.append(Scope(kind, outer.start_byte - base))
            continue
        arm = _arm_entered(outer, *steps[index + 1])
        if arm:
            arms.append(Arm(outer.start_byte - base, steps[index + 1].node.start_byte - base, arm))
    if binds_outward:
        while scopes and scopes[-1].kind == "comprehension":
            scopes.pop()
    return Place(tuple(scopes), tuple(arms), guards_of([step.node for step in steps]))


def _scope_entered(steps: list[Step], index: int, binds_parameter: bool) -> ScopeKind | None:
    """The kind of scope that lies between a node of the path and the next one."""
    outer, (inner, field) = steps[index].node, steps[index + 1]
    kind = outer.type
    if kind in ("function_definition", "lambda"):
        own = field == "body" or (binds_parameter and field in ("parameters", "type_parameters"))
        return "function" if own else None
    if kind == "class_definition":
        return "class" if field == "body" else None
    if kind not in _COMPREHENSIONS:
        return None
    # The first iterable is evaluated outside.
    clauses = [child for child in outer.children if child.type == "for_in_clause"]
    in_first = bool(clauses) and inner.start_byte == clauses[0].start_byte
    outside = in_first and len(steps) > index + 2 and steps[index + 2].field == "right"
    return None if outside else "comprehension"


def _arm_entered(outer: Node, inner: Node, field: str | None) -> ArmKind | None:
    """The kind of arm that lies between a compound statement and its child."""
    kind = outer.type
    if kind == "if_statement":
        return "branch" if field in ("consequence", "alternative") else None
    if kind in ("for_statement", "while_statement"):
        return "loop" if field in ("body", "alternative") else None
    if kind == "try_statement":
        if field == "body":
            return "try"
        return "handler" if inner.type in ("except_clause", "except_group_clause", "else_clause") else None
    return "branch" if inner.type == "case_clause" else None
