"""Whether taking statements out of a function changes what its other names and its results are.

A name that is bound anywhere in a function is local to all of it, and a `yield` makes a generator of it, also where
neither ever runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


class Scope(NamedTuple):
    """What makes the scope of a function: the names bound in it, `yield`, and what it declares to be of others."""

    bound: set[str]
    declared: set[str]


def function_around(tree: ast.Module, node: ast.stmt) -> Function | None:
    """The innermost function with a statement in it, if it is not in a class of that function."""
    found, block = None, tree.body
    while block:
        outer = next((one for one in block if one.lineno <= node.lineno <= (one.end_lineno or one.lineno)), None)
        if outer is None or outer is node:
            break
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found = outer
        elif isinstance(outer, ast.ClassDef):
            found = None
        block = [one for one in ast.iter_child_nodes(outer) if isinstance(one, ast.stmt)]
        block += [one for part in ast.iter_child_nodes(outer) if isinstance(part, (ast.ExceptHandler, ast.match_case))
                  for one in part.body]  # fmt: skip
    return found


def scope_of(function: Function) -> Scope:
    return Scope(_bound(function), _declared(function))


def has_changed(function: Function, before: Scope) -> bool:
    """Whether a function that had another scope before is another one now, apart from what has gone."""
    now = scope_of(function)
    gone = before.bound - now.bound
    mentioned = (_names_in(one) for one in ast.walk(function))
    return now.declared != before.declared or not gone.isdisjoint(name for names in mentioned for name in names)


def _names_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Nonlocal):
        return node.names
    return [node.id] if isinstance(node, ast.Name) else []


def _own(function: Function) -> Iterator[ast.AST]:
    """Everything in the scope of a function itself."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)


def _declared(function: Function) -> set[str]:
    """What makes another function of one: yielding, and the names that belong to scopes around."""
    found = set()
    for node in _own(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            found.add("yield")
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(f"{type(node).__name__} {name}" for name in node.names)
    return found


def _bound(function: Function) -> set[str]:
    """The names that are bound in the scope of a function, its parameters left out."""
    found: set[str] = set()
    for node in _own(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    arguments = function.args
    own = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    return found - {one.arg for one in own if one is not None}
