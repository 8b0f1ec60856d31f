"""What each appearance of a name does: binds it, uses it, or deletes it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tree_sitter import Node

from stdlib_ls.analysis.places import Place, place_of
from stdlib_ls.analysis.syntax import Part, Step, part
from stdlib_ls.analysis.values import head_of, plain_value, value_of

Role = Literal["use", "bind", "none", "alias", "called", "entered", "typed", "delete", "global", "nonlocal"]
"""`none` binds the constant None, `alias` a dotted name, the next three a value whose class may be plain (see
`values.py`); `bind` binds anything else."""


VALUE_ROLES = ("called", "entered", "typed")


class Occurrence(NamedTuple):
    """One appearance of a name; `start` is its first byte, relative to its block.

    A use holds the dotted chain that begins with it.
    A binding holds in `effect` the offset from which on it is in force, an alias in `value` the offset of the name
    at the head of what is assigned, and a plain value there that of the name at the head of its class or call.
    """

    role: Role
    start: int
    place: Place
    chain: tuple[Part, ...] = ()
    effect: int = 0
    value: int = 0
    mode: str = ""


_PATTERNS = frozenset(
    (
        *("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern", "dictionary_splat_pattern"),
        *("tuple", "list", "parenthesized_expression", "expression_list", "case_pattern", "splat_pattern"),
    )
)
_TYPE_ITEMS = frozenset(("type", "constrained_type", "splat_type", "identifier", "ERROR"))
_PARAMETERS = frozenset(("parameters", "lambda_parameters"))
_IMPORTS = frozenset(("import_statement", "import_from_statement", "future_import_statement"))


def classify(steps: list[Step], base: int) -> Occurrence | None:
    """What the identifier at the end of a path does, or None where it is no name (an attribute, a keyword)."""
    node, field = steps[-1]
    if node.type != "identifier" or any(_is_import_of(step.node, node) for step in steps):
        return None
    parent = steps[-2].node if len(steps) > 1 else node
    if (parent.type == "attribute" and field == "attribute") or (parent.type == "keyword_argument" and field == "name"):
        return None
    if parent.type == "keyword_pattern":
        return None
    start = node.start_byte - base
    role, cause = _role(steps)
    if role == "use":
        chain = _dotted_name(parent, node, base) if parent.type == "dotted_name" else chain_at(steps, base)
        return Occurrence("use", start, place_of(steps, base), tuple(chain)) if chain else None
    in_parameters = any(step.field in ("parameters", "type_parameters") for step in steps)
    walrus = parent.type == "named_expression"
    place = place_of(steps, base, binds_parameter=in_parameters, binds_outward=walrus)
    plain = plain_value(steps) if role == "bind" else None
    value = head_of_value(cause) if role == "alias" else plain.head if plain else None
    return Occurrence(
        plain.role if plain else role,
        start,
        place,
        effect=cause.end_byte - base,
        value=value.start_byte - base if value else 0,
        mode=plain.mode if plain else "",
    )


def _is_import_of(statement: Node, name: Node) -> bool:
    """Whether a name belongs to an import statement; a half-typed one may have swallowed the lines below."""
    if statement.type not in _IMPORTS:
        return False
    return not statement.has_error or name.start_point.row == statement.start_point.row


def _dotted_name(parent: Node, node: Node, base: int) -> list[Part]:
    """The chain of a dotted name in a case pattern, if the node is its head."""
    names = [child for child in parent.children if child.type == "identifier"]
    return [part(name, base) for name in names] if names[0].start_byte == node.start_byte else []


def chain_at(steps: list[Step], base: int) -> list[Part]:
    """The dotted chain that begins with the identifier at the end of a path."""
    chain = [part(steps[-1].node, base)]
    for inner, outer in zip(steps[:0:-1], steps[-2::-1], strict=True):
        if outer.node.type != "attribute" or inner.field != "object" or outer.node.has_error:
            break
        attribute = outer.node.child_by_field_name("attribute")
        if attribute is None or attribute.is_missing:
            break
        # In half-typed code an attribute may have swallowed the next line.
        if attribute.start_point.row != outer.node.children[-2].start_point.row:
            break
        chain.append(part(attribute, base))
    return chain


def _role(steps: list[Step]) -> tuple[Role, Node]:
    """What the name at the end of a path does, and the node at whose end a binding is in force."""
    leaf = steps[-1].node
    if len(steps) > 1 and steps[-2].node.type == "dotted_name":
        return _role_in_case(steps), leaf
    index = len(steps) - 1
    while index > 1 and steps[index - 1].node.type in _PATTERNS:
        index -= 1
    if index == 0:
        return "use", leaf
    field, parent = steps[index].field, steps[index - 1].node
    above = steps[index - 2].node.type if index > 1 else ""
    plain = index == len(steps) - 1
    kind = parent.type
    if kind in ("assignment", "augmented_assignment") and field == "left":
        return (_role_of_assignment(parent) if plain else "bind"), parent
    if kind in ("for_statement", "for_in_clause") and field == "left":
        return "bind", parent.child_by_field_name("right") or leaf
    if kind == "as_pattern_target" or (kind == "as_pattern" and above == "case_pattern"):
        return "bind", leaf
    if field == "name" and kind in ("named_expression", "function_definition", "class_definition"):
        return "bind", parent
    if kind in _PARAMETERS or _is_parameter(kind, field, above) or _is_type_parameter(steps):
        return "bind", leaf
    if kind == "delete_statement":
        return "delete", parent
    if kind == "global_statement":
        return "global", leaf
    if kind == "nonlocal_statement":
        return "nonlocal", leaf
    return ("bind" if not plain and _in_case(steps) else "use"), leaf


def _is_parameter(kind: str, field: str | None, above: str) -> bool:
    if kind in ("default_parameter", "typed_default_parameter"):
        return field == "name"
    if kind == "typed_parameter":
        return field != "type"
    return kind in ("list_splat_pattern", "dictionary_splat_pattern") and above in (*_PARAMETERS, "typed_parameter")


def _is_type_parameter(steps: list[Step]) -> bool:
    """`T` in `def f[T: bound]` and `type A[T] = ...`, and that `A`; bounds, defaults and other brackets hold uses."""
    kinds = [step.node.type for step in steps]
    aliased = "type_alias_statement" in kinds and steps[kinds.index("type_alias_statement") + 1].field == "left"
    if not aliased and all(step.field != "type_parameters" for step in steps[:-1]):
        return False
    if "type_parameter" not in kinds:
        return aliased
    inside = kinds.index("type_parameter")
    listed, name = steps[inside].node, steps[-1].node
    before = (listed.text or b"")[: name.start_byte - listed.start_byte].rstrip(b" \t\r\n\\*")
    return before.endswith((b"[", b",")) and _TYPE_ITEMS.issuperset(kinds[inside + 1 :])


def _role_in_case(steps: list[Step]) -> Role:
    """A single name in a case pattern captures; a dotted one, or the class of a class pattern, is used."""
    dotted = steps[-2].node
    several = sum(child.type == "identifier" for child in dotted.children) > 1
    owner = steps[-3].node.type if len(steps) > 2 else ""
    return "use" if several or owner == "class_pattern" or not _in_case(steps) else "bind"


def _in_case(steps: list[Step]) -> bool:
    return any(step.node.type == "case_pattern" for step in steps)


def _role_of_assignment(assignment: Node) -> Role:
    if assignment.type == "augmented_assignment":
        return "bind"
    value = value_of(assignment)
    if value is not None and value.type == "none":
        return "none"
    return "alias" if head_of_value(assignment) else "bind"


def head_of_value(assignment: Node) -> Node | None:
    """The name at the head of the dotted name that is assigned, if it is one."""
    return head_of(value_of(assignment))
