"""Whether taking statements out of a function changes what its other names and its results are.

A name that is bound anywhere in a function is local to all of it, and a `yield` makes a generator of it, also where
neither ever runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def changes_scope(before: ast.Module, after: ast.Module, node: ast.stmt) -> bool:
    """Whether the function around a statement of `before` becomes another one in `after`, apart from what has gone.

    Functions are compared by the place where they begin, which has to be before the statement in both.
    """
    old = _function_around(before, node)
    if old is None:
        return False
    new = next((one for one in ast.walk(after) if isinstance(one, _FUNCTIONS) and _place(one) == _place(old)), None)
    if new is None or _declared(old) != _declared(new):
        return True
    gone = _bound(old) - _bound(new)
    mentioned = (_names_in(one) for one in ast.walk(new))
    return not gone.isdisjoint(name for names in mentioned for name in names)


def _names_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Nonlocal):
        return node.names
    return [node.id] if isinstance(node, ast.Name) else []


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _place(function: _Function) -> tuple[int, int]:
    return function.lineno, function.col_offset


def _function_around(tree: ast.Module, node: ast.stmt) -> _Function | None:
    """The innermost function with a statement in it, if it is not in a class of that function."""
    around = [
        one
        for one in ast.walk(tree)
        if isinstance(one, (*_FUNCTIONS, ast.ClassDef))
        and one is not node
        and any(inner is node for statement in one.body for inner in ast.walk(statement))
    ]
    # The walk goes from outside in.
    innermost = around[-1] if around else None
    return None if isinstance(innermost, ast.ClassDef) else innermost


def _own(function: _Function) -> Iterator[ast.AST]:
    """Everything in the scope of a function itself."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _INNER):
            waiting += ast.iter_child_nodes(node)


def _declared(function: _Function) -> set[str]:
    """What makes another function of one: yielding, and the names that belong to scopes around."""
    found = set()
    for node in _own(function):
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            found.add("yield")
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(f"{type(node).__name__} {name}" for name in node.names)
    return found


def _bound(function: _Function) -> set[str]:
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
