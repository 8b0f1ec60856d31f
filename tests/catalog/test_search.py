"""The search answers what people ask. `questions.txt` holds the questions, each with its right answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.catalog.words import stems
from stdlib_ls.features.search import search
from stdlib_ls.features.source_file import Context
from stdlib_ls.versions import NEWEST_KNOWN, VersionRange

FIRST, WANTED = 3, 0.9


def questions(name: str) -> list[tuple[str, list[str]]]:
    """The questions of a file, each with the names that answer it."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" = ") for line in lines if line and not line.startswith("#"))
    return [(question, answers.split(", ")) for question, answers in pairs]


@pytest.mark.parametrize("file", ["questions.txt", "questions_held_out.txt"])
def test_the_right_answer_is_among_the_first(file: str, catalog: Catalog, say: Callable[[str], None]) -> None:
    context = Context(catalog, VersionRange((3, 11), NEWEST_KNOWN))
    asked, best, missed = questions(file), 0, []
    for question, answers in asked:
        right = {
            entry.name if (entry := catalog.find(answer)) else f"{answer}, which does not exist" for answer in answers
        }
        found = [entry.name for entry in search(question, context, FIRST)]
        best += found[:1] != [] and found[0] in right
        if not right & set(found):
            missed.append(f"{question}: found {', '.join(found)}; right were {', '.join(sorted(right))}")
    say(
        f"{file}: {len(asked)} questions, right answer first {best}, among the first {FIRST} {len(asked) - len(missed)}"
    )
    assert len(asked) >= 100 or file != "questions.txt"
    assert len(asked) - len(missed) >= WANTED * len(asked), "\n".join(missed)


@pytest.mark.parametrize("name", ["json.dumps", "len", "tomllib", "pathlib.Path.read_text", "os"])
def test_who_asks_by_name_gets_that_first(name: str, catalog: Catalog) -> None:
    found = search(name, Context(catalog))
    assert found and found[0].name.removeprefix("builtins.") == name


def test_an_unfinished_word_finds_what_begins_with_it(catalog: Catalog) -> None:
    assert "tempfile" in [entry.name for entry in search("tempf", Context(catalog))]


@pytest.mark.parametrize("question", ["", "   ", "the of a", "?!", "xyzzyplugh", "\ud800", "a" * 10_000, "\t\n"])
def test_what_nothing_answers_finds_nothing(question: str, catalog: Catalog) -> None:
    assert search(question, Context(catalog)) == []


def test_what_the_range_lacks_is_not_found(catalog: Catalog) -> None:
    old, new = VersionRange((3, 9), (3, 10)), VersionRange((3, 13), NEWEST_KNOWN)
    assert "tomllib" not in [entry.name for entry in search("read toml", Context(catalog, old))]
    assert "tomllib" in [entry.name for entry in search("read toml", Context(catalog, new))]
    assert "telnetlib" in [entry.name for entry in search("telnet", Context(catalog, old))]
    assert "telnetlib" not in [entry.name for entry in search("telnet", Context(catalog, new))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Parsing dates", {"pars", "date"}),
        ("TopologicalSorter", {"topologicalsort", "topolog", "sorter"}),
        ("b64encode", {"b64encod", "b", "64", "encod"}),
        ("the way to do it", set()),
        ("", set()),
    ],
)
def test_words_lose_their_endings_and_names_come_apart(text: str, found: set[str]) -> None:
    assert set(stems(text)) == found
