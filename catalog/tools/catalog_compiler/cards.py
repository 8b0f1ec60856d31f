"""Checks cards beyond what their schema can see, while the catalog is being compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from catalog_compiler.facts import Facts
from catalog_compiler.style import check_style
from stdlib_ls.catalog.source import Key, Row, Source

# The kinds of symbols that may share one line.
_CONSTANTS = ("data", "attribute")
_DOTTED = re.compile(r"`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?=[`(])")


def check_card(source: Source, name: str, topics: list[str], facts: Facts) -> None:
    """Complain about what a schema cannot see: names that do not exist, lines that are missing, poor style."""
    card = source.value
    module = card["module"]
    if module != name:
        source.complain(("module",), f"the file's path says {name}; make the two agree")
        return
    if module not in facts.modules:
        source.complain(("module",), "no such module in catalog/facts; correct the name")
        return
    for index, topic in enumerate(card["topics"]):
        if topic not in topics:
            source.complain(("topics", index), f"{topic!r} is not in catalog/topics.yaml; use one of its topics")
    _check_names(source, facts)
    _check_parts(source, facts)
    _check_members(source, facts)
    check_style(source, facts)


def _check_names(source: Source, facts: Facts) -> None:
    card, module = source.value, source.value["module"]
    for section in ("reach_for", "members"):
        for member in card.get(section, ()):
            if "*" not in member and not facts.find(f"{module}.{member}"):
                source.complain((section, member), f"{module} has no {member}; correct the name or drop the line")
    references = [("choose", name) for name in card.get("choose", ())]
    references += [("see", index) for index in range(len(card.get("see", ())))]
    for section, key in references:
        target = card["see"][key] if section == "see" else key
        if not facts.find(target):
            source.complain((section, key), f"{target} is neither a module nor a member; write its full dotted name")
    for key, text in _ways_out(card):
        for name in _DOTTED.findall(text):
            # What a value has, such as sys.implementation.cache_tag, is not among the facts.
            if facts.is_stdlib(name) and not (facts.find(name) or facts.find(name.rpartition(".")[0])):
                source.complain(key, f"{name} is neither a module nor a member; correct the name")
    submodules = [name.removeprefix(module + ".") for name in facts.modules if name.startswith(module + ".")]
    for pattern in card.get("submodules", ()):
        if not any(fnmatchcase(name, pattern) for name in submodules):
            source.complain(
                ("submodules", pattern), f"{module} has no such submodule; correct the name or drop the line"
            )


def _ways_out(card: Row) -> Iterator[tuple[Key, str]]:
    """Every text of a card on what to use instead."""
    if "instead" in card:
        yield ("instead",), card["instead"]
    for member, line in card.get("members", {}).items():
        if isinstance(line, dict) and "instead" in line:
            yield ("members", member, "instead"), line["instead"]


def _check_parts(source: Source, facts: Facts) -> None:
    """What a card must have beside a summary depends on whether there is anything to reach for, or to run."""
    card, row = source.value, facts.modules[source.value["module"]]
    members = (facts.symbols[name] for name in facts.members.get(card["module"], ()))
    wanted = {"instead"} if facts.wants_instead(row) else set()
    if "removed" not in row and any(map(facts.is_public, members)):
        wanted |= {"reach_for", "example"}
    for part in sorted(wanted - card.keys()):
        source.complain((), f"no {part}; add it")
    if ("example" in card) != ("output" in card):
        source.complain(
            ("example" if "example" in card else "output",), "example and output belong together; add the other"
        )


def _check_members(source: Source, facts: Facts) -> None:
    module, lines = source.value["module"], source.value.get("members", {})
    unused = {pattern for pattern in lines if "*" in pattern}
    for name in facts.members.get(module, ()):
        row, short = facts.symbols[name], name.removeprefix(module + ".")
        key = line_key(lines, short, row["kind"])
        unused.discard(key or "")
        if key is None and facts.wants_a_line(row):
            source.complain(("members",), f"no line for {short}; add one")
        if facts.wants_instead(row) and not (key and isinstance(lines[key], dict) and "instead" in lines[key]):
            source.complain(
                ("members", key) if key else ("members",), f"{short} is deprecated or removed; say what to use instead"
            )
    for pattern in sorted(unused):
        source.complain(("members", pattern), "no constant needs this line; correct the pattern or drop the line")


def line_key(lines: Row, short: str, kind: str) -> str | None:
    """The key of the line that speaks of a member: its own, or for constants the first pattern that fits."""
    if short in lines:
        return short
    if kind not in _CONSTANTS:
        return None
    owner, _, member = short.rpartition(".")
    for pattern in lines:
        of, _, names = pattern.rpartition(".")
        if "*" in pattern and of == owner and fnmatchcase(member, names):
            return pattern
    return None
