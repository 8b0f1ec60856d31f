"""The parameters of standard-library callables, read from the signatures of the facts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from stdlib_ls.catalog.store import Entry
from stdlib_ls.versions import Version

_KEPT = 256
_HEAD = "def f"
_KEYWORD_ONLY = re.compile(r"\*\s*,?(.*)\)")


class Parameter(NamedTuple):
    """One parameter of a signature: `start` and `end` are its place in the signature's text.

    `position` is its place among the positional ones, or None; `by_name` says whether it can be given by its name,
    and `shown` is what stands behind its name. `takes_rest` marks `*args`.
    """

    name: str
    shown: str
    position: int | None
    by_name: bool
    takes_rest: bool
    start: int
    end: int


class Keyword(NamedTuple):
    """What can be given by name: its annotation and default, its place if it has one, and the Pythons that take it."""

    name: str
    shown: str
    position: int | None
    added: Version | None
    removed: Version | None


def signatures_of(entry: Entry) -> list[str]:
    """The texts of the signatures of something: a few things have several."""
    found = entry.signature
    listed = found if isinstance(found, list) else [found]
    return [one for one in listed if isinstance(one, str) and one.startswith("(")]


def keyword_parameters(entry: Entry) -> list[Keyword]:
    """What a callable takes by name, in the order of its signatures."""
    found: dict[str, Keyword] = {}
    for text in signatures_of(entry):
        for one in parameters(text):
            if one.by_name:
                dates = entry.parameters.get(one.name, (None, None))
                found.setdefault(one.name, Keyword(one.name, one.shown, one.position, *dates))
    if any("**" in text for text in signatures_of(entry)):
        # What only some Pythons take may be hidden behind `**kwargs`.
        for name, dates in entry.parameters.items():
            found.setdefault(name, Keyword(name, "", None, *dates))
    return [one for one in found.values() if not one.name.startswith("_")]


@lru_cache(_KEPT)
def parameters(text: str) -> tuple[Parameter, ...]:
    """The parameters of a signature such as `(obj, *, indent=None) -> str`.

    The documentation's own way, `(name[, mode])`, is nothing that Python reads; of that only what stands behind a
    bare star is sure to be taken by name.
    """
    try:
        tree = ast.parse(f"{_HEAD}{text}: ...")
    except SyntaxError:
        optional = _KEYWORD_ONLY.search(text)
        names = re.findall(r"\w+", optional[1]) if optional and "=" not in optional[1] else []
        return tuple(Parameter(name, "", None, True, False, 0, 0) for name in names)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    return tuple(_parameters(text, function.args))


def _parameters(text: str, found: ast.arguments) -> Iterator[Parameter]:
    positional = [*found.posonlyargs, *found.args]
    defaults: list[ast.expr | None] = [*([None] * (len(positional) - len(found.defaults))), *found.defaults]
    for position, (one, default) in enumerate(zip(positional, defaults, strict=True)):
        yield _parameter(text, one, default, position, by_name=position >= len(found.posonlyargs))
    if found.vararg:
        yield _parameter(text, found.vararg, None, len(positional), by_name=False, stars=1)
    for one, default in zip(found.kwonlyargs, found.kw_defaults, strict=True):
        yield _parameter(text, one, default, None, by_name=True)
    if found.kwarg:
        yield _parameter(text, found.kwarg, None, None, by_name=False, stars=2)


def _parameter(
    text: str, one: ast.arg, default: ast.expr | None, position: int | None, *, by_name: bool, stars: int = 0
) -> Parameter:
    source = f"{_HEAD}{text}".encode()
    ends = [node.end_col_offset or 0 for node in (one, default) if node]
    shown = source[one.col_offset + len(one.arg.encode()) : max(ends)].decode().removeprefix(":").strip()
    shown = re.sub(r"^=(?! )", "= ", shown)
    start = len(source[: one.col_offset - stars].decode()) - len(_HEAD)
    end = len(source[: max(ends)].decode()) - len(_HEAD)
    return Parameter(one.arg, shown, position, by_name, stars == 1, start, end)
