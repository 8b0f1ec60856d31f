"""Values whose class is plain where a name is bound: by a call, by `with`, by an annotation, by `except`."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tree_sitter import Node

from stdlib_ls.analysis.syntax import Step, text_of

ValueRole = Literal["called", "entered", "typed"]


class PlainValue(NamedTuple):
    """Where a value comes from: the name at the head of the class or of what is called.

    `called` is what the call of a name gives, `entered` what `with` binds to that, `typed` an instance of the class
    that is named. `mode` are the letters of a mode such as "rb" among the arguments, and "?" where that is unknown.
    """

    role: ValueRole
    head: Node
    mode: str = ""


def plain_value(steps: list[Step]) -> PlainValue | None:
    """Where the value comes from that is bound to the identifier at the end of a path, if that is plain."""
    parent, field = steps[-2].node, steps[-1].field
    if parent.type == "assignment" and field == "left":
        annotation = parent.child_by_field_name("type")
        return _annotated(annotation) if annotation is not None else _called("called", value_of(parent))
    if parent.type == "named_expression" and field == "name":
        return _called("called", parent.child_by_field_name("value"))
    if parent.type == "typed_parameter" or (parent.type == "typed_default_parameter" and field == "name"):
        annotation = parent.child_by_field_name("type")
        return _annotated(annotation) if annotation is not None else None
    if parent.type != "as_pattern_target" or len(steps) < 4:
        return None
    value, around = steps[-3].node.children[0], steps[-4].node.type
    if around == "with_item":
        # What `async with` binds, the facts do not tell.
        is_async = any(step.node.type == "with_statement" and step.node.children[0].type == "async" for step in steps)
        return None if is_async else _called("entered", value)
    head = head_of(value) if around == "except_clause" else None
    return PlainValue("typed", head) if head is not None else None


def head_of(dotted: Node | None) -> Node | None:
    """The name at the head of a dotted name, or None for any other expression."""
    while dotted is not None and dotted.type == "attribute":
        dotted = dotted.child_by_field_name("object")
    return dotted if dotted is not None and dotted.type == "identifier" else None


def _called(role: ValueRole, call: Node | None) -> PlainValue | None:
    if call is None or call.type != "call":
        return None
    head = head_of(call.child_by_field_name("function"))
    return PlainValue(role, head, _mode_of(call)) if head is not None else None


def value_of(assignment: Node) -> Node | None:
    """What is assigned in the end: of `x = y = z` the last."""
    value = assignment.child_by_field_name("right")
    while value is not None and value.type == "assignment":
        value = value.child_by_field_name("right")
    return value


def _annotated(annotation: Node) -> PlainValue | None:
    """The class of an annotation: `Path`, `list[int]`, `Path | None`, `Optional[Path]`."""
    kinds = [child for child in annotation.named_children if child.type != "comment"]
    inner = kinds[0] if len(kinds) == 1 else None
    if inner is not None and inner.type == "binary_operator":
        sides = [side for side in inner.named_children if side.type != "none"]
        inner = sides[0] if len(sides) == 1 and len(inner.named_children) == 2 else None
    if inner is not None and inner.type == "generic_type":
        name, parameters = inner.children[0], inner.children[-1]
        if text_of(name) == "Optional":
            return _annotated(parameters.named_children[0]) if parameters.named_child_count == 1 else None
        inner = name
    head = head_of(inner)
    return PlainValue("typed", head) if head is not None else None


def _mode_of(call: Node) -> str:
    arguments, function = call.child_by_field_name("arguments"), call.child_by_field_name("function")
    is_method = function is not None and function.type == "attribute"
    letters = ""
    for position, argument in enumerate(arguments.named_children if arguments is not None else ()):
        value = argument
        if argument.type == "keyword_argument":
            if text_of(argument.children[0]) != "mode":
                continue
            value = argument.children[-1]
        elif position > 1:
            break
        text = text_of(value).strip("\"'")
        if value.type == "string":
            letters += text if set(text) <= set("rwxabt+U") else ""
        else:
            # Of a function the mode is the second argument, of a method of a path the first.
            is_mode = position == 1 or argument.type == "keyword_argument" or is_method
            letters += "?" if is_mode else ""
    return letters
