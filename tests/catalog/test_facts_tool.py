"""The rules by which the facts are regenerated, on small examples; and what signatures look like."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from catalog_compiler.facts import Facts
from facts.evidence import read_minors, show_minors
from facts.links import add_links
from facts.pages import parse_availability
from facts.parameters import Shape, _changes, _named
from facts.returns import the_one_class
from facts.signatures import Parameter, Signature, Writer, merge_overloads, split_parameters
from facts.stubs import Stubs
from facts.writing import readable

# Signatures whose real defaults nobody tells: neither the documentation nor typeshed nor an interpreter.
MOST_UNKNOWN_DEFAULTS = 130
WRITER = Writer({"int", "str", "bool", "None", "dict", "Path", "Iterable"}.__contains__)


def parameters(text: str) -> tuple[Parameter, ...]:
    """Parameters from `a b=1 *c`: required, optional, keyword-only; `/a` is positional only, `**k` takes all."""
    found = []
    for part in text.split():
        name, equal, default = part.lstrip("*/").partition("=")
        kind = 4 if part.startswith("**") else 3 if part.startswith("*") else 0 if part.startswith("/") else 1
        found.append(Parameter(name, kind, "", default if equal else None))
    return tuple(found)


@pytest.mark.parametrize("text", ["3.9", "3.6-3.15", "3.6-3.8,3.10", ""])
def test_minor_versions(text: str) -> None:
    assert show_minors(read_minors(text)) == text


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a", "a *b=1", {("b", "added"): 11}),
        ("a *b=1", "a", {("b", "removed"): 11}),
        ("a b", "a b=1", {("b", "optional"): 11}),
        ("a", "a b=1", {("b", "added"): 11}),
        ("/a", "a", {}),  # was there, only not by this name
        ("a", "b", {}),  # renamed
        ("a b", "c a b", {}),  # pushed on
        ("a **k", "a *b=1", {}),  # may have been taken before
        ("a", "a /b=1", {}),  # cannot be passed by name
    ],
)
def test_what_two_versions_say(before: str, after: str, expected: dict[tuple[str, str], int]) -> None:
    shapes = {10: [Shape((parameters(before),))], 11: [Shape((parameters(after),))]}
    assert _changes(shapes) == expected


@pytest.mark.parametrize(
    ("note", "names", "expected"),
    [
        ("Added the a argument", "a", "a added"),
        ("Added a and b parameters", "a b", "a added, b added"),
        ("The a and b parameters were added", "a b", "a added, b added"),
        ("Fixed something. The a parameter was added", "a", "a added"),
        ("Removed the a parameter", "a", "a removed"),
        ("The a parameter is deprecated and has no effect", "a", "a deprecated"),
        ("a and b now have default arguments", "a b", "a optional, b optional"),
        ("Added support for a", "a", ""),
        ("a can now be of another type", "a", ""),
        ("The default of a was changed", "a", ""),
    ],
)
def test_what_a_note_says(note: str, names: str, expected: str) -> None:
    found = _named("changed", note, names.split())
    assert ", ".join(sorted(" ".join(one) for one in found)) == expected


@pytest.mark.parametrize(
    ("documented", "annotations", "expected"),
    [
        ("(a, b=1)", {"a": "str", "b": "int"}, "(a: str, b=1)"),
        ("(a=None)", {"a": "int | None"}, "(a: int | None = None)"),
        ("(a, key=None)", {"key": "Callable[[_T], bool] | None"}, "(a, key=None)"),
        ("(a, *, b=(1, 2))", {"a": "Iterable[_T]"}, "(a: Iterable, *, b=(1, 2))"),
        ("(a[, b])", {"a": "int"}, "(a[, b])"),
    ],
)
def test_annotations_where_they_help(documented: str, annotations: dict[str, str], expected: str) -> None:
    known = tuple(Parameter(name, 1, annotation) for name, annotation in annotations.items())
    assert WRITER.annotate(documented, [Signature(known)]) == expected


def test_overloads_become_one_where_they_take_the_same_names() -> None:
    short, long = Signature(parameters("a")), Signature(parameters("a b=1"))
    other = Signature(parameters("x y"))
    assert [WRITER.write(one) for one in merge_overloads([short, long, other])] == ["(a, b=1)", "(x, y)"]


def test_small_texts() -> None:
    assert split_parameters("(a, b=(1, ','), *, c={})") == ["a", "b=(1, ',')", "*", "c={}"]
    assert readable("<class 'json.decoder.JSONDecoder'>") == "json.decoder.JSONDecoder"
    assert readable("<object object at 0x7f>") == "..."
    assert parse_availability("Availability: Unix, not WASI, Linux >= 3.17. More text.") == [
        "Unix",
        "!WASI",
        "Linux>=3.17",
    ]


def test_links_of_what_moved_and_of_what_is_documented_only_later() -> None:
    old, new = {"x": {"a.html#x"}}, {"x": {"b.html#x"}, "y": {"b.html#y"}}
    moved, young = {"doc": "b.html#x"}, {"doc": "b.html#y"}
    for row in (moved, young):
        add_links(row, {9: old, 11: old, 13: new})
    assert moved == {"doc": "b.html#x", "doc_since": "3.13", "doc_before": {"3.9-3.11": "a.html#x"}}
    assert young == {"doc": "b.html#y", "doc_since": "3.13"}


# A module of stubs; behind each definition stands what comes back, by where it is defined. "-" is nothing known.
STUBS = """
from typing import Any, Final, IO, Literal, NoReturn, Protocol, Self, TypeAlias, TypeVar, overload
from typing_extensions import LiteralString
import sys
from _private import Hidden as Hidden, _Kept

_T = TypeVar("_T")
_B = TypeVar("_B", bound=Box)
_Short: TypeAlias = Box | None

class Box:
    class Lid: ...
    size: int  # builtins.int
    shared: Final = "x"  # builtins.str
    def __enter__(self) -> Self: ...  # Self
    @classmethod
    def make(cls) -> Self: ...  # Self
    @property
    def lid(self) -> Lid: ...  # boxes.Box.Lid
    @decorated
    def odd(self) -> int: ...  # -
    async def wait(self) -> int: ...  # -

class Shape(Protocol): ...
_box: Box
made = _box.make  # boxes.Box
packed = Box.make  # boxes.Box
loose = Box.lid  # -

def alias() -> _Short: ...  # boxes.Box
def anything() -> Any: ...  # -
def bound(x: _B) -> _B: ...  # -
def either() -> int | str: ...  # -
def file() -> IO[str]: ...  # -
def generic() -> list[_T]: ...  # builtins.list
def hidden() -> Hidden: ...  # boxes.Hidden
def kept() -> _Kept: ...  # -
def literal() -> Literal["a", "b"]: ...  # builtins.str
def nested() -> Box.Lid: ...  # boxes.Box.Lid
def never() -> NoReturn: ...  # -
def nothing() -> None: ...  # -
def pair() -> tuple[int, int]: ...  # -
def shape() -> Shape: ...  # -
def text() -> "str | None": ...  # builtins.str
def whatever(x: _T) -> _T: ...  # -

@overload
def words(x: LiteralString) -> LiteralString: ...
@overload
def words(x: str) -> str: ...  # builtins.str
@overload
def maker() -> Box: ...
@overload
def maker(x: type[_B]) -> _B: ...  # boxes.Box

if sys.version_info >= (3, 12):
    def young() -> int: ...
else:
    def young() -> str: ...  # -
if sys.platform == "win32":
    def there() -> int: ...  # builtins.int
"""


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Stubs:
    folder = tmp_path_factory.mktemp("stubs")
    texts = {
        "boxes": STUBS,
        "_private": "class Hidden: ...\nclass _Kept: ...",
        "typing": "class Any: ...\nclass IO: ...",
        "builtins": "".join(f"class {name}: ...\n" for name in "int str list tuple object type".split()),
    }
    for name, text in texts.items():
        (folder / f"{name}.pyi").write_text(text, encoding="utf-8")
    (folder / "VERSIONS").write_text("".join(f"{name}: 3.0-\n" for name in texts), encoding="utf-8")
    return Stubs(folder, 11, 13)


def test_what_comes_back(stubs: Stubs) -> None:
    lines = re.findall(r"^ *(?:async )?(?:def )?(\w+)(?:\(|: | =).*  # (\S+)$", STUBS, re.MULTILINE)
    assert len(lines) == STUBS.count("  # ")
    for name, expected in lines:
        stub = stubs.find("boxes", name) or stubs.names["boxes", f"Box.{name}"]
        assert (the_one_class(stub.calls | stub.values, public_name(stubs)) or "-") == expected, name


def test_what_with_binds(stubs: Stubs) -> None:
    assert stubs.names["boxes", "Box"].enters == {"Self"}
    assert stubs.names["boxes", "Shape"].enters == set()


def public_name(stubs: Stubs) -> Callable[[str], str | None]:
    """As the facts would have it: builtins, and whatever a public module shows."""

    def name_of(definition: str) -> str | None:
        if definition.startswith(("builtins.", "boxes.")):
            return definition
        return next(iter(stubs.homes.get(definition, ())), None)

    return name_of


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("builtins.open", "returns", "io.TextIOWrapper"),
        ("builtins.open", "unless_mode", "b"),
        ("datetime.datetime.today", "returns", "Self"),  # from a base class
        ("enum.Enum", "returns", "builtins.type"),
        ("io.TextIOWrapper", "enters", "Self"),
        ("tempfile.TemporaryDirectory", "enters", "builtins.str"),
        ("http.HTTPStatus.OK", "returns", None),  # a member, not the number behind it
        ("xml.etree.ElementTree.Element.items", "returns", None),  # typeshed is wrong there
        ("typing.Match", "enters", None),  # an alias has what its main name has
    ],
)
def test_facts_of_what_comes_back(name: str, field: str, expected: str | None, facts: Facts) -> None:
    assert facts.symbols[name].get(field) == expected


def test_signatures_of_classes_have_no_self(facts: Facts) -> None:
    assert facts.symbols["ast.MatchClass"]["sig"].startswith("(cls: expr, ")
    assert facts.symbols["bdb.Breakpoint"]["sig"].startswith("(file: str, ")


def test_signatures_read_well(facts: Facts, say: Callable[[str], None]) -> None:
    texts = {
        name: " ".join(row["sig"]) if isinstance(row["sig"], list) else row["sig"]
        for name, row in facts.symbols.items()
        if "sig" in row
    }
    # The documentation itself prints some private names: those of parameters beside `**_params` in `email`.
    private = {name for name, text in texts.items() if re.search(r"[(,] _\w+[:=]", text)}
    ugly = {name for name, text in texts.items() if re.search(r"Callable\[|\bAny\b", text)}
    ugly |= {name for name, text in texts.items() if "(self" in text and facts.symbols[name]["kind"] != "function"}
    ugly |= {name for name in private if "doc" not in facts.symbols[name]}
    unknown = [name for name, text in texts.items() if re.search(r"= ?\.\.\.", text)]
    say(f"signatures: {len(texts)}, of these {len(unknown)} with a default that nobody tells")
    assert ugly == set()
    assert len(unknown) <= MOST_UNKNOWN_DEFAULTS
