"""What stands around a use: the call that it is called in, the annotation that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.syntax import Part, part, text_of
from stdlib_ls.analysis.table import Sighting


def keywords_of_call(sighting: Sighting, document: Document) -> Iterator[Part]:
    """The names of the keyword arguments, with absolute spans, where a use is the function of a call."""
    steps = document.path_to(sighting.start)
    # The leaf is the first name of the chain; each further part of it is one node up.
    position = len(steps) - len(sighting.parts)
    call = steps[position - 1].node if position > 0 else None
    if call is None or call.type != "call" or steps[position].field != "function":
        return
    arguments = call.child_by_field_name("arguments")
    for argument in arguments.named_children if arguments is not None else ():
        name = argument.child_by_field_name("name")
        if argument.type == "keyword_argument" and name is not None:
            yield part(name, 0)


def is_annotation(sighting: Sighting, document: Document) -> bool:
    """Whether a use stands in an annotation, which nothing evaluates under `from __future__ import annotations`."""
    steps = document.path_to(sighting.start)
    pairs = zip(steps, steps[1:], strict=False)
    return any(inner.field in ("type", "return_type") and outer.node.type in _ANNOTATED for outer, inner in pairs)


_ANNOTATED = frozenset(("typed_parameter", "typed_default_parameter", "function_definition", "assignment"))


def conditions_around(document: Document, offset: int) -> Iterator[str]:
    """What the `if`, `elif` and `while` around a place ask, and the decorators of what it is in, as texts."""
    for step in document.path_to(offset):
        node = step.node
        if node.type in ("if_statement", "elif_clause", "while_statement"):
            condition = node.child_by_field_name("condition")
            yield text_of(condition) if condition is not None else ""
        elif node.type == "decorated_definition":
            yield from (text_of(child) for child in node.children if child.type == "decorator")
