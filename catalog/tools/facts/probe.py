"""Tells what an interpreter really has. Runs in each of them: PYTHON -I -S probe.py, a JSON question on stdin.

The question is {"modules": [module, ...], "names": [[module, path inside it], ...], "signatures": bool,
"discover": bool}.
The answer has the errors of the modules that cannot be imported (None where they can), which of them are packages,
what was found of each name by its full name ("instance": only instances have it), every `__all__` with what its
names are, the top-level modules, the parameters [name, kind, default] of what can be called, and, asked to discover,
every module that the interpreter was shipped with.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import io
import json
import os
import pkgutil
import site
import sys
import types
import warnings
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CALLABLE = frozenset(("function", "method", "class", "exception"))
_NOT_SHIPPED = frozenset(("pip", "setuptools", "wheel", "pkg_resources", "_distutils_hack", "_virtualenv"))
_NOT_LOOKED_INTO = frozenset(("test", "tests", "idlelib", "turtledemo", "idle_test", "__main__", "_pyrepl", "_vendor"))


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


def look_up(module: Any, path: str) -> tuple[str, Any]:
    """What a name is and the thing itself; "" where there is none."""
    *classes, last = path.split(".")
    owner = module
    try:
        for name in classes:
            owner = getattr(owner, name)
    except Exception:
        return "", None
    try:
        found = getattr(owner, last)
    except Exception:  # an attribute that only works on instances may raise anything
        has_it = any(last in instance_names(one) for one in getattr(owner, "__mro__", ()))
        return ("instance" if has_it else ""), None
    return kind_of(found, isinstance(owner, type)), found


def kind_of(found: Any, is_member: bool) -> str:
    """What a thing is."""
    if isinstance(found, type):
        return "exception" if issubclass(found, BaseException) else "class"
    if isinstance(found, types.ModuleType):
        return "module"
    if isinstance(found, property):
        return "property"
    if callable(found):
        return "method" if is_member else "function"
    return "attribute" if is_member else "data"


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


def parameters_of(thing: Any, is_bound: bool) -> list[list[Any]] | None:
    """Name, kind and default of every parameter but `self`, or None where they cannot be told."""
    try:
        parameters = list(inspect.signature(thing).parameters.values())
        found = [
            [one.name, int(one.kind), None if one.default is one.empty else repr(one.default)] for one in parameters
        ]
    except Exception:  # a default may have a __repr__ that fails
        return None
    return found[1:] if is_bound else found


def is_unbound(module: Any, path: str, found: Any) -> bool:
    """Whether what was found is a plain method, so that its first parameter is `self`."""
    *classes, last = path.split(".")
    owner = functools.reduce(getattr, classes, module)
    raw = inspect.getattr_static(owner, last, None)
    return isinstance(owner, type) and not isinstance(raw, staticmethod) and getattr(found, "__self__", None) is None


def shipped_modules() -> Iterator[str]:
    """The modules of the standard library, those inside packages too, found where they are."""
    standard = Path(os.__file__).parent
    folders = [str(standard), str(standard / "lib-dynload")]
    names = {*sys.builtin_module_names, *getattr(sys, "stdlib_module_names", ())}
    names.update(one.name for one in pkgutil.iter_modules(folders))
    waiting = sorted(names - _NOT_SHIPPED - {"antigravity", "this", "__main__"})
    for name in waiting:
        yield name
        if name.partition(".")[0] not in _NOT_LOOKED_INTO and quietly_import(name) is None:
            inside = pkgutil.iter_modules(getattr(sys.modules[name], "__path__", ()))
            waiting += [f"{name}.{one.name}" for one in inside if one.name not in _NOT_LOOKED_INTO]


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question; see above for both."""
    discovered = list(shipped_modules()) if question.get("discover") else []
    errors = {name: quietly_import(name) for name in dict.fromkeys([*question["modules"], *discovered])}
    modules = {name: sys.modules[name] for name, error in errors.items() if error is None}
    found: dict[str, str] = {}
    parameters: dict[str, Any] = {}
    for name, path in question["names"]:
        if name not in modules:
            continue
        kind, thing = look_up(modules[name], path)
        if kind:
            found[f"{name}.{path}"] = kind
        if question.get("signatures") and kind in CALLABLE:
            bound = kind == "method" and is_unbound(modules[name], path, thing)
            parameters[f"{name}.{path}"] = parameters_of(thing, bound)
    return {
        "errors": errors,
        "packages": [name for name, module in modules.items() if hasattr(module, "__path__")],
        "found": found,
        "public": {
            name: {str(one): look_up(module, str(one))[0] for one in sorted(map(str, getattr(module, "__all__", ())))}
            for name, module in modules.items()
        },
        "top_level": sorted(getattr(sys, "stdlib_module_names", ())),
        "parameters": {name: one for name, one in parameters.items() if one is not None},
        "discovered": discovered,
    }


def main() -> None:
    """Read the question, print the answer."""
    question = json.load(sys.stdin)
    warnings.simplefilter("ignore")
    webbrowser.open = lambda url, new=0, autoraise=True: False  # antigravity would
    for prepare in (site.setquit, site.setcopyright, site.sethelper):  # builtins that -S leaves out
        prepare()
    json.dump(answer(question), sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # threads and exit handlers of what was imported are nobody's business


if __name__ == "__main__":
    main()
