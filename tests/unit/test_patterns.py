"""Patterns: Python with $HOLES, compared with what a file says."""

from __future__ import annotations

import pytest

from stdlib_ls.analysis.document import Document
from stdlib_ls.analysis.patterns import Found, compile_pattern, find_name, find_pattern, is_stored, is_term, may_stand
from stdlib_ls.analysis.sightings import Sightings
from stdlib_ls.analysis.table import Sighting
from stdlib_ls.catalog.store import Catalog

CATALOG = Catalog()


def uses(source: str) -> tuple[Document, list[Sighting]]:
    document = Document(f"import p\n{source}\n")
    sightings = Sightings(document, CATALOG)
    return document, list(sightings.uses_of(sightings.imports()[0]))


def matches(pattern: str, source: str, rest: list[str] | None = None, when: str = "") -> list[str]:
    """What each match spans, and what its holes hold."""
    document, found = uses(source)
    anchor = pattern.partition("(")[0]
    compiled = compile_pattern(pattern, anchor)
    every = [find_pattern(compiled, use, document, rest=rest, when=when) for use in found]
    return [shown(document, one) for one in every if one]


def shown(document: Document, found: Found) -> str:
    holes = "".join(f" {name}={text}" for name, text in found.holes.items())
    return document.source[found.start : found.end].decode() + holes


HOLES = [
    ("p.f()", "p.f()", ["p.f()"]),
    ("p.f()", "p.f(1)", []),
    ("p.f()", "p.f", []),
    ("p.f()", "p.f().g", ["p.f()"]),
    ("p.f()", "p.g()", []),
    ("p.f()", "p.f.g()", []),
    ("p.f()", "q.f()", []),
    ("p.f()", "p . f ( )", ["p . f ( )"]),
    ("p.f()", "p.f(\n)", ["p.f(\n)"]),
    ("p.f()", "p.f(  # comment\n)", ["p.f(  # comment\n)"]),
    ("p.f($A)", "p.f(1)", ["p.f(1) A=1"]),
    ("p.f($A)", "p.f(a + b)", ["p.f(a + b) A=a + b"]),
    ("p.f($A)", "p.f(g(1, 2))", ["p.f(g(1, 2)) A=g(1, 2)"]),
    ("p.f($A)", "p.f(1,)", ["p.f(1,) A=1"]),
    ("p.f($A)", "p.f(1, 2)", []),
    ("p.f($A)", "p.f()", []),
    ("p.f($A)", "p.f(*a)", []),
    ("p.f($A)", "p.f(**a)", []),
    ("p.f($A)", "p.f(k=1)", []),
    ("p.f($A)", "p.f(x for x in y)", []),
    ("p.f($A)", "p.f((x for x in y))", ["p.f((x for x in y)) A=(x for x in y)"]),
    ("p.f($A)", "p.f(lambda: 1)", ["p.f(lambda: 1) A=lambda: 1"]),
    ("p.f($A)", "p.f(  # why\n 1  # that\n)", ["p.f(  # why\n 1  # that\n) A=1"]),
    ("p.f($A, $B)", "p.f(1, 2)", ["p.f(1, 2) A=1 B=2"]),
    ("p.f($A, $B)", "p.f(1, *a)", []),
    ("p.f($A)", "p.f(p.f(1))", ["p.f(p.f(1)) A=p.f(1)", "p.f(1) A=1"]),
    ("p.f($A).g", "p.f(1).g", ["p.f(1).g A=1"]),
    ("p.f($A).g", "p.f(1).h", []),
    ("p.f($A).g()", "p.f(1).g()", ["p.f(1).g() A=1"]),
    ("p.f($A).g($B)", "p.f(1).g(2).h", ["p.f(1).g(2) A=1 B=2"]),
    ("p.f($A)[$B]", "p.f(1)[2]", ["p.f(1)[2] A=1 B=2"]),
    ("p.f(1)", "p.f(1)", ["p.f(1)"]),
    ("p.f(1)", "p.f(2)", []),
    ("p.f('a')", "p.f('a')", ["p.f('a')"]),
    ("p.f(None)", "p.f(None)", ["p.f(None)"]),
    ("p.f(p.A)", "p.f(p.A)", ["p.f(p.A)"]),
    ("p.f(p.A)", "p.f(p.B)", []),
]


@pytest.mark.parametrize(("pattern", "source", "expected"), HOLES)
def test_holes(pattern: str, source: str, expected: list[str]) -> None:
    assert matches(pattern, source) == expected


REPEATED = [
    ("p.f($A, $A)", "p.f(x, x)", ["p.f(x, x) A=x"]),
    ("p.f($A, $A)", "p.f(x, y)", []),
    ("p.f($A).g($A)", "p.f(x).g(x)", ["p.f(x).g(x) A=x"]),
    ("p.f($A, k=$A)", "p.f(x, k=x)", ["p.f(x, k=x) A=x"]),
    ("p.f($A, k=$A)", "p.f(x, k=y)", []),
]


@pytest.mark.parametrize(("pattern", "source", "expected"), REPEATED)
def test_repeated_holes_hold_the_same(pattern: str, source: str, expected: list[str]) -> None:
    assert matches(pattern, source) == expected


KEYWORDS = [
    ("p.f(k=1)", "p.f(k=1)", ["p.f(k=1)"]),
    ("p.f(k=1)", "p.f(k=2)", []),
    ("p.f(k=1)", "p.f(1)", []),
    ("p.f(k=1)", "p.f(k=1, l=2)", []),
    ("p.f(k=$K)", "p.f(k=a or b)", ["p.f(k=a or b) K=a or b"]),
    ("p.f(k=$K, l=$L)", "p.f(l=2, k=1)", ["p.f(l=2, k=1) K=1 L=2"]),
    ("p.f($A, k=$K)", "p.f(1, k=2)", ["p.f(1, k=2) A=1 K=2"]),
    ("p.f($A, k=$K)", "p.f(k=2)", []),
    ("p.f($A, k=$K)", "p.f(1, 2)", []),
    ("p.f(k=True)", "p.f(k=True)", ["p.f(k=True)"]),
    ("p.f(k=True)", "p.f(k=False)", []),
]


@pytest.mark.parametrize(("pattern", "source", "expected"), KEYWORDS)
def test_keywords_match_in_any_order(pattern: str, source: str, expected: list[str]) -> None:
    assert matches(pattern, source) == expected


REST = [
    ("p.f($A, $$R)", "p.f(1)", None, ["p.f(1) A=1 R="]),
    ("p.f($A, $$R)", "p.f(1, 2, k=3)", None, ["p.f(1, 2, k=3) A=1 R=2, k=3"]),
    ("p.f($A, $$R)", "p.f(1, *a, **b)", None, ["p.f(1, *a, **b) A=1 R=*a, **b"]),
    ("p.f($A, $$R)", "p.f()", None, []),
    ("p.f($$R)", "p.f()", None, ["p.f() R="]),
    ("p.f($$R)", "p.f(*a)", None, ["p.f(*a) R=*a"]),
    ("p.f($A, $$R)", "p.f(1, k=2)", ["k", "l"], ["p.f(1, k=2) A=1 R=k=2"]),
    ("p.f($A, $$R)", "p.f(1, l=3, k=2)", ["k", "l"], ["p.f(1, l=3, k=2) A=1 R=l=3, k=2"]),
    ("p.f($A, $$R)", "p.f(1, m=2)", ["k", "l"], []),
    ("p.f($A, $$R)", "p.f(1, 2)", ["k", "l"], []),
    ("p.f($A, $$R)", "p.f(1, **a)", ["k", "l"], []),
    ("p.f($A, $$R)", "p.f(1, *a)", ["k", "l"], []),
    ("p.f($A, $$R, m=True)", "p.f(1, k=2, m=True)", ["k"], ["p.f(1, k=2, m=True) A=1 R=k=2"]),
    ("p.f($A, $$R, m=True)", "p.f(1, m=True)", ["k"], ["p.f(1, m=True) A=1 R="]),
    ("p.f($A, $$R, m=True)", "p.f(1, k=2)", ["k"], []),
    ("p.f($A, $$R)", "p.f(1, k=2, k2=3)", [], []),
    ("p.f($A, $$R)", "p.f(1)", [], ["p.f(1) A=1 R="]),
]


@pytest.mark.parametrize(("pattern", "source", "rest", "expected"), REST)
def test_the_rest_holds_what_is_allowed(pattern: str, source: str, rest: list[str] | None, expected: list[str]) -> None:
    assert matches(pattern, source, rest) == expected


PLACES = [
    ("iterated", "for x in p.f(): ...", True),
    ("iterated", "[x for x in p.f()]", True),
    ("iterated", "{x for y in z for x in p.f()}", True),
    ("iterated", "list(p.f())", True),
    ("iterated", "sorted(p.f())", True),
    ("iterated", "', '.join(p.f())", False),
    ("iterated", "d.update(p.f())", False),
    ("iterated", "sorted(p.f(), key=g)", False),
    ("iterated", "next(p.f())", False),
    ("iterated", "iter(p.f())", False),
    ("iterated", "x = p.f()", False),
    ("iterated", "for x in (p.f(), 1): ...", False),
    ("iterated", "list(g(p.f()))", False),
    ("iterated", "for p.f().x in y: ...", False),
    ("statement", "p.f()", True),
    ("statement", "if x: p.f()", True),
    ("statement", "x = p.f()", False),
    ("statement", "p.f() or 1", False),
    ("decorator", "@p.f()\ndef g(): ...", True),
    ("decorator", "@g(p.f())\ndef h(): ...", False),
    ("with", "with p.f(): ...", True),
    ("with", "with p.f() as x: ...", True),
    ("with", "with a, p.f() as x, b: ...", True),
    ("with", "async def g():\n    async with p.f(): ...", True),
    ("with", "with g(p.f()): ...", False),
    ("with", "with a as p.f().x: ...", False),
    ("with", "with a: p.f()", False),
    ("annotation", "def g(x: p.f()): ...", True),
    ("annotation", "def g(x: a[p.f()]) -> int: ...", True),
    ("annotation", "def g() -> p.f(): ...", True),
    ("annotation", "x: p.f() = 1", True),
    ("annotation", "x: int = p.f()", False),
    ("base", "class A(p.f()): ...", True),
    ("base", "class A(B, p.f()): ...", True),
    ("base", "class A(g(p.f())): ...", False),
    ("except", "try: ...\nexcept p.f(): ...", True),
    ("except", "try: ...\nexcept (p.f(), E) as e: ...", True),
    ("except", "try: ...\nexcept E:\n    p.f()", False),
]


@pytest.mark.parametrize(("when", "source", "stands"), PLACES)
def test_places(when: str, source: str, stands: bool) -> None:
    assert bool(matches("p.f()", source, when=when)) is stands
    if when != "iterated":
        return
    document, found = uses(source.replace("p.f()", "p.f"))
    assert bool(find_name("p.f", found[0], document, when=when)) is stands


def test_a_name_covers_what_is_reached_through_it() -> None:
    document, found = uses("p.f, p.f.g(1), p.f(2), p.fg, p")
    spans = [find_name("p.f", use, document) for use in found]
    assert [one and document.source[one.start : one.end] for one in spans] == [b"p.f", b"p.f", b"p.f", None, None]


STORES = [
    *("p.f = 1", "p.f: int = 1", "p.f += 1", "del p.f", "del (p.f, x)", "p.f, x = 1, 2", "(p.f) = 1", "[x, *p.f] = y"),
    *("for p.f in x: ...", "for a, p.f in x: ...", "with x as p.f: ...", "with x as (p.f, y): ...", "[1 for p.f in x]"),
    *("x = p.f = 1", "(x, (y, p.f)) = z", "p.f.g = 1"),
]
NO_STORES = [
    *("x = p.f", "p.f[0] = 1", "p.f().x = 1", "x[p.f] = 1", "del x[p.f]", "f(p.f)", "x = (p.f, 1)"),
    *("for x in p.f: ...", "with p.f as x: ...", "x += p.f", "for x in (p.f,): ..."),
]


@pytest.mark.parametrize("source", STORES)
def test_stores_are_seen(source: str) -> None:
    document, found = uses(source)
    assert is_stored(found[0], document)


@pytest.mark.parametrize("source", NO_STORES)
def test_loads_are_no_stores(source: str) -> None:
    document, found = uses(source)
    assert not is_stored(found[0], document)


MAY_STAND = [
    ("p.f", "q.f", True),
    ("f'{p.f}'", "q.f", True),
    ("f'{p.f}'", "'q'", False),
    ("f'{p.f}'", '"q"', True),
    ("f'''{p.f}'''", "'q'", True),
    ('f"{g(p.f)}"', 'h("q")', False),
    ("f'{p.f=}'", "q.f", False),
    ("f'{x:{p.f}}'", "q.f", True),
    ("match x:\n    case p.f: ...", "q.f", True),
    ("match x:\n    case p.f: ...", "f", False),
    ("match x:\n    case [p.f, 1]: ...", "(1,)", False),
    ("match x:\n    case 1 if p.f: ...", "f", True),
    ("match p.f:\n    case 1: ...", "f", True),
]


@pytest.mark.parametrize(("source", "text", "fits"), MAY_STAND)
def test_where_another_text_may_stand(source: str, text: str, fits: bool) -> None:
    document, found = uses(source)
    assert may_stand(text, found[0], document) is fits


def test_terms() -> None:
    terms = ["a", "a.b", "$A", "$A.b($$R)", "a[$B]", "(a or $B)", "'a'", "True", "(a,)", "[$A for x in y]"]
    others = ["a or b", "$A + 1", "a if $B else c", "not a", "-a", "lambda: a", "1", "await a"]
    assert [one for one in terms if not is_term(one)] == []
    assert [one for one in others if is_term(one)] == []
