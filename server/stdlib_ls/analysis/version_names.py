"""Names of a file that hold the version of Python, a part of it, or what a comparison with it gave."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stdlib_ls.analysis.conditions import ANY, Names, as_hexadecimal, asked_by, outcome_of, whole_release
from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.syntax import Step, text_of
from stdlib_ls.analysis.table import Site

_ROUNDS = 8


def names_of(document: Document, imports: Iterable[Site]) -> Names:
    """What is known of the names of a document, and which of them are in doubt.

    `NEW = sys.version_info >= (3, 11)` is known where the module binds the name only once; whatever else is made
    of a version, or of such a name, is in doubt.
    """
    # In code that is being typed, `sys` may still lack its import.
    names = Names({}, {"sys.version_info": whole_release, "sys.hexversion": as_hexadecimal}, set())
    for site in imports:
        imported = site.imported
        if imported.local == "sys" and imported.target != "sys":
            names.asked.clear()
        if imported.level:
            continue
        if imported.target == "sys":
            names.asked[f"{imported.local}.version_info"] = whole_release
            names.asked[f"{imported.local}.hexversion"] = as_hexadecimal
        elif imported.target in ("sys.version_info", "sys.hexversion"):
            names.asked[imported.local] = whole_release if imported.member == "version_info" else as_hexadecimal
        elif imported.target == "typing.TYPE_CHECKING" and imported.local != "TYPE_CHECKING":
            names.doubtful.add(imported.local)
    words = {"version_info", "hexversion"} & document.words()
    for _ in range(_ROUNDS):
        words = _names_made_of(words, document, names)
    return names


def _names_made_of(words: set[str], document: Document, names: Names) -> set[str]:
    """Take down the names to which something is assigned that holds one of some words."""
    found: set[str] = set()
    for place in (place for word in sorted(words) for place in document.places_of(word)):
        steps = document.path_to(place)
        for name in _bound_to(steps):
            if name in found or name in names.doubtful:
                continue
            if name in names.conditions or name in names.asked:
                continue
            found.add(name)
            _take_down(name, steps, document, names)
    return found


def _bound_to(steps: list[Step]) -> set[str]:
    """The names that an assignment, a walrus or a function binds to what the end of a path is part of."""
    for outer, inner in zip(steps[-2::-1], steps[:0:-1], strict=True):
        kind = outer.node.type
        if kind in ("assignment", "augmented_assignment") and inner.field == "right":
            return set(re.findall(r"\w+", text_of(outer.node.children[0])))
        if kind == "named_expression" and inner.field == "value":
            return {text_of(outer.node.children[0])}
        if kind in ("return_statement", "lambda"):
            around = [
                step.node.child_by_field_name("name") for step in steps if step.node.type == "function_definition"
            ]
            return {text_of(around[-1])} if around and around[-1] is not None else set()
        if kind == "block":
            return set()
    return set()


def _take_down(name: str, steps: list[Step], document: Document, names: Names) -> None:
    assignment = next((step.node for step in steps if step.node.type == "assignment"), None)
    value = assignment.child_by_field_name("right") if assignment is not None else None
    plain = assignment is not None and assignment.children[0].type == "identifier" and len(steps) > 2
    at_module = len(steps) > 2 and steps[1].node.type == "expression_statement"
    if value is not None and plain and at_module and _is_bound_once(name, document):
        outcome, asked = outcome_of(value, names), asked_by(value, names)
        if outcome != ANY:
            names.conditions[name] = outcome
            return
        if asked is not None:
            names.asked[name] = asked
            return
    names.doubtful.add(name)


def _is_bound_once(name: str, document: Document) -> bool:
    word = re.escape(name.encode())
    bound = (
        rb"(?<![\w.])"
        + word
        + rb"[ \t]*(?::[^=\n]*)?(?:[-+|&]?=(?!=)|:=)|(?:import|as|def|class|global|for|,)\s+"
        + word
        + rb"\b"
    )
    return len(re.findall(bound, document.source)) == 1
