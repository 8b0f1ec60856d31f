"""Tells what an interpreter really has. Runs in each of them: PYTHON -I -S probe.py, a JSON question on stdin.

The question is {"modules": [module, ...], "names": [[module, path inside it], ...]}; the answer has the errors
of the modules that cannot be imported, the positions of the names that were found, and every `__all__`.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import io
import json
import os
import site
import sys
import warnings
import webbrowser
from pathlib import Path
from typing import Any


def quietly_import(name: str) -> str | None:
    """None, or why a module cannot be imported."""
    shown, sys.stdout, sys.stderr = (sys.stdout, sys.stderr), io.StringIO(), io.StringIO()
    try:
        importlib.import_module(name)
    except BaseException as error:  # a module may even end the program
        return f"{type(error).__name__}: {error}"
    finally:
        sys.stdout, sys.stderr = shown
    return None


def look_up(owner: Any, path: str) -> bool:
    """Whether a name can be reached, or is a field that instances of its class have."""
    *classes, last = path.split(".")
    try:
        for name in classes:
            owner = getattr(owner, name)
    except Exception:
        return False
    try:
        getattr(owner, last)
    except Exception:  # an attribute that only works on instances may raise anything
        return any(last in instance_names(one) for one in getattr(owner, "__mro__", ()))
    return True


def instance_names(one: type) -> set[str]:
    """The names that instances of a class have by its annotations, its `_fields`, or what its source assigns."""
    names = {*one.__dict__, *(one.__dict__.get("_fields") or ())}
    with contextlib.suppress(Exception):
        names.update(one.__annotations__)
    assigned = names_assigned(getattr(sys.modules.get(one.__module__), "__file__", None))
    return names | assigned.get(one.__qualname__, set())


@functools.cache
def names_assigned(file: str | None) -> dict[str, set[str]]:
    """By class: the names that its methods assign to attributes, of `self` and, loosely, of anything."""
    if not file or not file.endswith(".py"):
        return {}
    found: dict[str, set[str]] = {}

    def visit(node: ast.AST, owner: str) -> None:
        if isinstance(node, ast.ClassDef):
            owner = f"{owner}.{node.name}".lstrip(".")
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.setdefault(owner, set()).add(node.attr)
        for child in ast.iter_child_nodes(node):
            visit(child, owner)

    visit(ast.parse(Path(file).read_bytes()), "")
    return found


def main() -> None:
    question = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    webbrowser.open = lambda url, new=0, autoraise=True: False  # antigravity would
    for prepare in (site.setquit, site.setcopyright, site.sethelper):  # builtins that -S leaves out
        prepare()
    errors = {name: quietly_import(name) for name in question["modules"]}
    found = [
        number
        for number, (module, path) in enumerate(question["names"])
        if errors[module] is None and look_up(sys.modules[module], path)
    ]
    public = {
        name: sorted(map(str, getattr(sys.modules[name], "__all__", ())))
        for name, error in errors.items()
        if error is None
    }
    top_level = sorted(getattr(sys, "stdlib_module_names", ()))
    json.dump({"errors": errors, "found": found, "public": public, "top_level": top_level}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # threads and exit handlers of what was imported are nobody's business


if __name__ == "__main__":
    main()
