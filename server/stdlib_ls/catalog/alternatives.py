"""Checks the rows of an alternatives file and works out from which Python each of them holds."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from typing import Protocol

from stdlib_ls.catalog.source import Key, Row, Source
from stdlib_ls.catalog.store import is_under
from stdlib_ls.versions import Version, parse_version, show_version

_HOLE = re.compile(r"\$(\$?)([A-Z][A-Z0-9_]*)")
_MARK = "hole_in_pattern_"


class Facts(Protocol):
    """What has to be known of the standard library: the facts while building, the compiled catalog afterwards."""

    def is_stdlib(self, name: str) -> bool: ...

    def find(self, name: str) -> object | None: ...

    def added(self, name: str) -> Version | None: ...


class PatternError(ValueError):
    """A pattern that is not one Python expression beginning with a dotted name."""


def check_alternative(source: Source, package: Row, facts: Facts, at: Key = (), *, in_house: bool = False) -> None:
    """Complain about patterns that cannot match and fixes that name what does not exist.

    `package` stands at a key of the source. An in-house catalog may also name modules that nobody here knows.
    """
    for index, row in enumerate(package.get("replacements", ())):
        for key, message in _check_row(row, package["imports"], facts, in_house):
            source.complain((*at, "replacements", index, *key), message)
    for key, message in _check_shadows(package, facts):
        source.complain((*at, *key), message)
    without_fixes = ("different", "keep", "superfluous")
    if package["advice"] in without_fixes and any("fix" in row for row in package.get("replacements", ())):
        message = f"{package['advice']} packages have no fixes; choose partial, or drop them"
        source.complain((*at, "advice"), message)


def _check_shadows(package: Row, facts: Facts) -> Iterator[tuple[Key, str]]:
    """What distinguishes packages that only hide modules of the standard library from all others."""
    is_superfluous = package["advice"] == "superfluous"
    if is_superfluous != ("shadows" in package):
        yield ("advice",), "superfluous packages, and only they, say under shadows what they hide"
    if is_superfluous and package["imports"]:
        yield ("imports",), "superfluous packages have no import names of their own; leave the list empty"
    if not is_superfluous and not package["imports"]:
        yield ("imports",), "at least one import name wanted; add it"
    for index, name in enumerate(package.get("shadows", ())):
        if not facts.find(name):
            yield ("shadows", index), f"{name} is not in the standard library; correct the name"


def _check_row(row: Row, imports: list[str], facts: Facts, in_house: bool) -> Iterator[tuple[Key, str]]:
    try:
        anchor = leading_name(row["match"])
    except PatternError as error:
        yield ("match",), str(error)
        return
    if not is_under(anchor, imports):
        yield (
            ("match",),
            f"begins with {anchor}, which is not under {', '.join(imports)}; add it to imports, or correct it",
        )
    if "fix" not in row:
        return
    try:
        names = list(names_in(row["fix"]))
    except PatternError as error:
        yield ("fix",), str(error)
        return
    yield from _check_holes(row)
    missing = [name for name in names if not resolve(name, facts, in_house=in_house)]
    if missing:
        yield (
            ("fix",),
            f"{', '.join(missing)} is neither in the standard library nor a builtin; write full dotted names",
        )
        return
    computed = since(row["fix"], facts)
    typed = parse_version(row["equal_from"]) if "equal_from" in row else None
    if typed and computed and typed <= computed:
        yield ("equal_from",), f"the facts already say {show_version(computed)}; drop the key"
    if row["safety"] == "review" and "differs" not in row:
        yield ("safety",), "a row to review says under differs what to look at; add it"
    if row["safety"] == "safe" and "differs" in row:
        yield ("differs",), "a safe row differs in nothing; make it review, or drop the key"


def _check_holes(row: Row) -> Iterator[tuple[Key, str]]:
    unknown = holes(row["fix"]) - holes(row["match"])
    if unknown:
        yield ("fix",), f"the holes {', '.join(sorted(unknown))} do not occur in match; use those that do"
    proof = row.get("proof")
    if isinstance(proof, dict):
        needed = {hole[1:] for hole in holes(row["match"]) if not hole.startswith("$$")}
        inputs: dict[Key, Row] = {
            ("proof", "inputs", index): bindings for index, bindings in enumerate(proof.get("inputs", ()))
        }
        for key, bindings in (inputs or {("proof",): proof.get("random", {})}).items():
            if needed - bindings.keys():
                yield key, f"the holes {', '.join(sorted(needed - bindings.keys()))} have no value; give them one"


def compiled_alternative(package: Row, facts: Facts, *, in_house: bool = False) -> Row:
    """The record of a package: its rows with anchor, first version and plain rename worked out, proofs left out."""
    rows = []
    for row in package.get("replacements", ()):
        kept = {key: value for key, value in row.items() if key != "proof"}
        kept["anchor"] = leading_name(row["match"])
        if "fix" in row:
            first = max(
                filter(None, (since(row["fix"], facts), parse_version(row.get("equal_from", "")))), default=None
            )
            kept["since"] = show_version(first) if first else None
            kept["targets"] = sorted(
                {name for one in names_in(row["fix"]) if (name := resolve(one, facts, in_house=in_house))}
            )
            kept["rename"] = plain_rename(row["match"], row["fix"])
        rows.append(kept)
    return {**package, "replacements": rows}


def _parsed(pattern: str) -> ast.expr:
    # A $$HOLE may stand after keyword arguments, where Python allows only a starred one.
    plain = _HOLE.sub(lambda found: ("*" if found[1] else "") + _MARK + found[2], pattern)
    try:
        return ast.parse(plain, mode="eval").body
    except SyntaxError as error:
        raise PatternError(f"{pattern} is not a Python expression with $HOLES: {error.msg}; correct it") from None


def holes(pattern: str) -> set[str]:
    return {found[0] for found in _HOLE.finditer(pattern)}


def names_in(pattern: str) -> Iterator[str]:
    """The dotted names that a pattern uses, holes left out, each as long as it is written."""

    def walk(node: ast.AST) -> Iterator[str]:
        name = _dotted(node)
        if name is None:
            for child in ast.iter_child_nodes(node):
                yield from walk(child)
        elif not name.startswith(_MARK):
            yield name

    bound = {
        node.id for node in ast.walk(_parsed(pattern)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return (name for name in walk(_parsed(pattern)) if name.partition(".")[0] not in bound)


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return owner and f"{owner}.{node.attr}"
    return None


def leading_name(pattern: str) -> str:
    """The dotted name at the head of a pattern: `psutil.disk_usage` of `psutil.disk_usage($P).total`."""
    node = _parsed(pattern)
    while (name := _dotted(node)) is None:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            break
    if name is None or name.startswith(_MARK):
        raise PatternError(f"{pattern} does not begin with a dotted name; write it out in full")
    return name


def resolve(name: str, facts: Facts, *, in_house: bool = False) -> str | None:
    """The full name under which a name in a fix is known, or None where it is not."""
    top = name.partition(".")[0]
    if facts.is_stdlib(top):
        return name if facts.find(name) else None
    if hasattr(builtins, top) or facts.find(f"builtins.{top}"):
        return f"builtins.{top}"
    return name if in_house and "." in name else None


def since(fix: str, facts: Facts) -> Version | None:
    """The first Python that has everything a fix names, or None where that is older than the facts reach."""
    names = [resolved for name in names_in(fix) if (resolved := resolve(name, facts))]
    return max(filter(None, (facts.added(name) for name in names if facts.find(name))), default=None)


def plain_rename(match: str, fix: str) -> str | None:
    """The new dotted name where nothing but the head of the expression changes, else None."""
    try:
        old, new = leading_name(match), leading_name(fix)
    except PatternError:
        return None
    return new if new + match.removeprefix(old) == fix and fix.startswith(new) else None
