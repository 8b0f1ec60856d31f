"""Edits that keep the living arms of a statement and nothing else of it.

The lines of an arm are moved as they are. What has to come out is worked out a second time, on the syntax tree of
Python itself, and a fix that gives anything else is dropped.
"""

from __future__ import annotations

import ast
import re
import tokenize
from typing import Literal, NamedTuple, TypeVar

from stdlib_ls.features.edits import Edit, apply_edits, keeps_form
from stdlib_ls.features.scope_changes import function_around, has_changed, scope_of
from stdlib_ls.features.text_lines import TextLines

# An arm that never runs, one that runs whenever it is come to, and one of which nobody knows.
Kept = Literal["dead", "always", "open"]
# Comments that speak to tools about a line; they go with the line.
_FOR_TOOLS = re.compile(
    rb"#\s*(?:pragma|noqa|type:|pylint|pyright|mypy|fmt|nosec|pyre|ruff|isort|flake8|no\s?cover|noinspection|NOSONAR)"
)
_Statement = TypeVar("_Statement", ast.If, ast.Try)


class _NoEdit(Exception):
    """Nothing that is sure to be right."""


class _Part(NamedTuple):
    """One arm of a statement in lines, counted from 1.

    `first` is where its own comments begin, `header` its keyword's line, `opened` the line of its colon, and
    `last` its last one, comments that belong to it included. An `else` has no condition.
    """

    first: int
    header: int
    opened: int
    last: int
    body: list[ast.stmt]
    is_else: bool


def keep_arms(source: bytes, starts: list[int], offset: int, kept: list[Kept]) -> list[Edit] | None:
    """The edits that leave of the `if` at an offset what `kept` says of its arms; None where none are sure."""
    try:
        text = TextLines(source, starts)
        node = _node_at(text, offset, ast.If)
        parts = _parts_of_if(text, node)
        if len(parts) != len(kept):
            return None
        always = next((index for index, what in enumerate(kept) if _runs(what, parts[index])), len(kept))
        living = [index for index, what in enumerate(kept[: always + 1]) if what != "dead"]
        if living and living[0] != always:
            edits = _drop_arms(text, parts, kept, living)
        else:
            edits = [_put_body(text, node, parts, always if living else None)]
        return _checked(text, node, _kept_of_if(node, parts, kept), edits)
    except (_NoEdit, SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None


def keep_part_of_try(source: bytes, starts: list[int], offset: int, part: str) -> list[Edit] | None:
    """The edits that put the body of a `try` at an offset, or that of its only handler, in its place."""
    try:
        text = TextLines(source, starts)
        node = _node_at(text, offset, ast.Try)
        parts = _parts_of_try(text, node)
        if part == "handler":
            if node.orelse or len(node.handlers) != 1:
                return None
            return _checked(text, node, node.handlers[0].body, [_put_body(text, node, parts, 1)])
        if not node.orelse:
            return _checked(text, node, node.body, [_put_body(text, node, parts, 0)])
        lines = _living_lines(text, parts, 0, node) + _living_lines(text, parts, len(parts) - 1, node)
        edit = _replaced(text, parts, b"".join(lines))
        return _checked(text, node, [*node.body, *node.orelse], [edit])
    except (_NoEdit, SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None


def keep_operand(
    source: bytes, starts: list[int], whole: tuple[int, int], living: tuple[int, int]
) -> list[Edit] | None:
    """The edits that put one value of a conditional expression in its place."""
    gone = source[whole[0] : living[0]] + source[living[1] : whole[1]]
    if re.search(rb"#|:=|\byield\b", gone):
        return None  # A comment, or what makes another scope of the one around.
    edit = Edit(*whole, source[slice(*living)].decode("utf-8", "surrogatepass"))
    after = apply_edits(source, [edit])
    if not keeps_form(source, after):
        return None
    tree, got = (ast.parse(one.decode("utf-8", "surrogatepass")) for one in (source, after))
    tree = _OperandKept(starts, whole[0], living[0] == whole[0]).visit(tree)
    return [edit] if ast.dump(tree) == ast.dump(got) else None


class _OperandKept(ast.NodeTransformer):
    """Puts one value of the conditional expression at an offset in its place."""

    def __init__(self, starts: list[int], offset: int, is_first: bool) -> None:
        self._starts, self._offset, self._is_first = starts, offset, is_first

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:  # The name is given by ast.
        if self._starts[node.lineno - 1] + node.col_offset != self._offset:
            self.generic_visit(node)
            return node
        return node.body if self._is_first else node.orelse


def _node_at(text: TextLines, offset: int, kind: type[_Statement]) -> _Statement:
    for node in ast.walk(text.tree):
        if isinstance(node, kind) and text.starts[node.lineno - 1] + node.col_offset == offset:
            return node
    raise _NoEdit


# The arms of a statement, in lines


def _parts_of_if(text: TextLines, node: ast.If) -> list[_Part]:
    arms: list[tuple[int, list[ast.stmt]]] = [(node.lineno, node.body)]
    current = node
    while current.orelse:
        following = current.orelse[0]
        is_elif = text.line(following.lineno)[following.col_offset :].startswith(b"elif")
        if isinstance(following, ast.If) and is_elif:
            arms.append((following.lineno, following.body))
            current = following
            continue
        arms.append((_keyword_line(text, current.body, following, b"else", node), current.orelse))
        return _parts(text, arms, has_else=True)
    return _parts(text, arms, has_else=False)


def _parts_of_try(text: TextLines, node: ast.Try) -> list[_Part]:
    if node.finalbody:
        raise _NoEdit
    arms = [(node.lineno, node.body), *((handler.lineno, handler.body) for handler in node.handlers)]
    if node.orelse:
        arms.append((_keyword_line(text, arms[-1][1], node.orelse[0], b"else", node), node.orelse))
    return _parts(text, arms, has_else=bool(node.orelse))


def _keyword_line(text: TextLines, before: list[ast.stmt], after: ast.stmt, word: bytes, node: ast.stmt) -> int:
    for number in range(_last_line(before) + 1, _first_line(after) + 1):
        line = text.line(number).lstrip()
        if re.match(word + rb"\b", line) and len(text.indent(number)) == node.col_offset:
            return number
    raise _NoEdit


def _parts(text: TextLines, arms: list[tuple[int, list[ast.stmt]]], *, has_else: bool) -> list[_Part]:
    """The arms with the comments that belong to them: those of an arm's own depth are in it, others before the next."""
    outer = len(text.indent(arms[0][0]))
    parts: list[_Part] = []
    for index, (header, body) in enumerate(arms):
        end = _last_line(body)
        limit = arms[index + 1][0] if index + 1 < len(arms) else text.count + 1
        last = end
        for number in range(end + 1, limit):
            if text.is_comment(number) and len(text.indent(number)) > outer:
                last = number
            elif not text.is_blank(number):
                break
        first = parts[-1].last + 1 if parts else header
        opened = text.colons.get(header, 0)
        if not opened:
            raise _NoEdit
        is_else = has_else and index == len(arms) - 1
        parts.append(_Part(first, header, opened, last, body, is_else))
    return parts


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def _last_line(body: list[ast.stmt]) -> int:
    return max(statement.end_lineno or statement.lineno for statement in body)


# New text


def _put_body(text: TextLines, node: ast.stmt, parts: list[_Part], index: int | None) -> Edit:
    """The lines of one arm in place of the whole statement, or nothing."""
    lines = _living_lines(text, parts, index, node) if index is not None else []
    if not lines:
        if _is_alone(text, node):
            first = parts[0].header
            lines = [text.indent(first) + b"pass" + _line_end(text, first)]
        else:
            return _removed(text, parts)
    return _replaced(text, parts, b"".join(lines))


def _replaced(text: TextLines, parts: list[_Part], new: bytes) -> Edit:
    start, end = text.starts[parts[0].header - 1], text.starts[parts[-1].last]
    if not text.source[:end].endswith((b"\n", b"\r")):
        new = new.rstrip(b"\r\n")
    return Edit(start, end, new.decode("utf-8", "surrogatepass"))


def _removed(text: TextLines, parts: list[_Part]) -> Edit:
    """The whole statement gone, and as many of the blank lines around it as would stand there twice."""
    first, last = parts[0].header, parts[-1].last
    before, after = 0, 0
    while first - before > 1 and text.is_blank(first - before - 1):
        before += 1
    while last + after < text.count and text.is_blank(last + after + 1):
        after += 1
    return Edit(text.starts[first - 1], text.starts[last + min(before, after)], "")


def _living_lines(text: TextLines, parts: list[_Part], index: int, node: ast.stmt) -> list[bytes]:
    """The lines of an arm at the depth of the statement's keyword, with the comments of its header before them."""
    part, outer = parts[index], text.indent(parts[0].header)
    kept = [text.line(number) for number in range(part.first, part.header) if not text.is_blank(number)]
    if any(b"#" in text.line(number) for number in range(part.header, part.opened)):
        raise _NoEdit
    first = part.body[0]
    if _first_line(first) == part.opened:
        inline = text.line(part.opened)[first.col_offset :]
        if part.last > part.opened or b"\\" in inline:
            raise _NoEdit
        return [*kept, outer + inline.rstrip(b"\r\n") + _line_end(text, part.header)]
    comment = re.search(rb":[ \t]*(#[^\r\n]*)[\r\n]*$", text.line(part.opened))
    if comment and not _FOR_TOOLS.match(comment[1]):
        kept.append(outer + comment[1] + _line_end(text, part.opened))
    numbers = list(range(part.opened + 1, part.last + 1))
    while numbers and text.is_blank(numbers[0]):
        del numbers[0]
    if not kept and _is_only_pass(text, part, numbers) and not _is_alone(text, node):
        return []
    inner = text.indent(_first_line(first))
    return [*kept, *(_dedented(text, number, inner, outer) for number in numbers)]


def _is_only_pass(text: TextLines, part: _Part, numbers: list[int]) -> bool:
    only = all(isinstance(statement, ast.Pass) for statement in part.body)
    return only and not any(b"#" in text.line(number) for number in numbers)


def _dedented(text: TextLines, number: int, inner: bytes, outer: bytes) -> bytes:
    line = text.line(number)
    if number in text.within_text or not inner.startswith(outer):
        raise _NoEdit  # What a text says must not change.
    if line.startswith(inner):
        line = outer + line[len(inner) :]
    elif text.is_comment(number) and line.startswith(outer):
        line = outer + line.lstrip(b" \t\f")
    elif number in text.logical:
        raise _NoEdit
    return line if line.endswith((b"\n", b"\r")) else line + _line_end(text, 1)


def _line_end(text: TextLines, number: int) -> bytes:
    for line in (text.line(number), text.line(1)):
        found = re.search(rb"\r\n|\n|\r", line)
        if found:
            return found[0]
    return b"\n"


def _drop_arms(text: TextLines, parts: list[_Part], kept: list[Kept], living: list[int]) -> list[Edit]:
    """The edits that take arms away while others stay."""
    edits = []
    last = living[-1]
    for index, part in enumerate(parts):
        start = text.starts[part.first - 1]
        if index not in living:
            following = parts[index + 1].first - 1 if index + 1 < len(parts) else part.last
            edits.append(Edit(start, text.starts[following], ""))
            continue
        header = text.starts[part.header - 1] + len(text.indent(part.header))
        if index == last and kept[index] == "always" and not part.is_else:
            colon = re.match(
                rb"elif\b[^#:'\"\[\]{}\r\n]*?(?:\[[^#'\"\]\r\n]*\][^#:'\"\r\n]*)?(?=:)", text.source[header:]
            )
            if colon is None or part.opened != part.header:
                raise _NoEdit
            edits.append(Edit(header, header + colon.end(), "else"))
        elif index == living[0] and index:
            edits.append(Edit(header, header + len(b"elif"), "if"))
    if (
        text.source
        and not text.source.endswith((b"\n", b"\r"))
        and parts[-1].last == text.count
        and last + 1 < len(parts)
    ):
        raise _NoEdit
    return edits


# What has to come out


def _runs(what: Kept, part: _Part) -> bool:
    """Whether an arm is sure to run once it is come to."""
    return what == "always" or (part.is_else and what != "dead")


def _kept_of_if(node: ast.stmt, parts: list[_Part], kept: list[Kept]) -> list[ast.stmt]:
    """The statements that are to stand in place of an `if`."""
    assert isinstance(node, ast.If)
    if kept[0] == "always":
        return node.body
    if len(parts) == 1:
        otherwise: list[ast.stmt] = []
    elif parts[1].is_else:
        otherwise = [] if kept[1] == "dead" else node.orelse
    else:
        otherwise = _kept_of_if(node.orelse[0], parts[1:], kept[1:])
    if kept[0] == "dead":
        return otherwise
    return [ast.If(node.test, node.body, otherwise)]


def _is_alone(text: TextLines, node: ast.stmt) -> bool:
    owner, block = _block_of(text.tree, node)
    return len(block) == 1 and owner is not text.tree


def _block_of(tree: ast.Module, node: ast.stmt) -> tuple[ast.AST, list[ast.stmt]]:
    """What a statement is in, and the block of it."""
    for owner in ast.walk(tree):
        for _, value in ast.iter_fields(owner):
            if isinstance(value, list) and any(one is node for one in value):
                return owner, value
    raise _NoEdit


def _checked(text: TextLines, node: ast.stmt, new: list[ast.stmt], edits: list[Edit]) -> list[Edit] | None:
    """The edits, if they give the program in which `new` stands in place of a statement, and nothing else."""
    owner, block = _block_of(text.tree, node)
    function = function_around(text.tree, node)
    scope = scope_of(function) if function else None
    if all(isinstance(one, ast.Pass) for one in new) and len(block) > 1 and "pass" not in edits[0].text:
        new = []
    new = new or ([] if owner is text.tree or len(block) > 1 else [ast.Pass()])
    place = next(index for index, one in enumerate(block) if one is node)
    changed = [index for index, one in enumerate(text.tree.body) if _spans(one, node)]
    block[place : place + 1] = new
    if owner is text.tree:
        changed = list(range(place, place + len(new)))
    if isinstance(owner, _DOCUMENTED) and place == 0 and ast.get_docstring(owner) is not None:
        return None  # A text that only stood there would say what the whole is for.
    if function and scope and has_changed(function, scope):
        return None
    after = apply_edits(text.source, edits)
    got = ast.parse(after.decode("utf-8", "surrogatepass"))
    same = _is_same(text.tree, got, changed) and _encoding_of(after) == _encoding_of(text.source)
    return edits if same else None


def _spans(outer: ast.stmt, inner: ast.stmt) -> bool:
    return outer.lineno <= inner.lineno <= (outer.end_lineno or outer.lineno)


def _is_same(wanted: ast.Module, got: ast.Module, changed: list[int]) -> bool:
    """Whether two programs are the same, which for statements that no edit touches shows in their forms."""
    if [type(one) for one in wanted.body] != [type(one) for one in got.body]:
        return False
    return all(ast.dump(wanted.body[index]) == ast.dump(got.body[index]) for index in changed)


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _encoding_of(source: bytes) -> list[bytes]:
    """What the first two lines say of the encoding, if anything."""
    return re.findall(rb"coding[:=][ \t]*([-\w.]+)", b"\n".join(source.splitlines()[:2]))
