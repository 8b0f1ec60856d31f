"""What a survey found, as text for people and as values for programs."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
import time
from collections.abc import Iterator
from typing import Any

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.dependencies.dependency import Dependency, Place
from stdlib_ls.dependencies.survey import Survey
from stdlib_ls.project import Projects
from stdlib_ls.settings import Settings
from stdlib_ls.versions import show_version

_WRONG = 2
_WIDTH = 96
_WIDEST_NAME, _WIDEST_PLACE = 28, 26
_HEAD = ("name", "declared", "files", "uses", "covered", "verdict")
_HEAD_UNDECLARED = ("name", "first imported", *_HEAD[2:])
_MOST_GAPS = 8
_PATIENCE_SECONDS = 1.0
_BOLD, _DIM, _GREEN, _YELLOW, _END = "\033[1m", "\033[2m", "\033[32m", "\033[33m", "\033[0m"
# Verdicts in the order of what to do first; those that begin with "from" come behind "can go, look first".
_ORDER = ("can go", "can go, look first", "superfluous", "from", "partly", "keep", "not imported", "unknown")
_COLOURS = {"can go": _GREEN, "can go, look first": _GREEN, "superfluous": _GREEN, "from": _YELLOW, "partly": _YELLOW}
_MEANINGS = {
    "not imported": "no Python file imports these; they may be plugins or tools, or be imported in a way that cannot"
    " be seen",
    "unknown": "the catalog does not speak of these; imports of them were found by their own names",
}


def print_dependencies(options: argparse.Namespace, settings: Settings, *, colours: bool) -> int:
    """Look at the project around a path and print what was found. Gives the exit status."""
    survey = Survey(Catalog(), Projects(settings), options.path.resolve())
    shows_progress, begun = sys.stderr.isatty(), time.monotonic()
    has_shown = False
    for files in survey.steps():
        if shows_progress and time.monotonic() - begun > _PATIENCE_SECONDS:
            print(f"\r{files} files", end="", file=sys.stderr, flush=True)
            has_shown, begun = True, time.monotonic()
    if has_shown:
        print("\r\033[K", end="", file=sys.stderr)
    print(json.dumps(as_json(survey), indent=2) if options.json else as_text(survey, colours=colours))
    for problem in survey.problems:
        print(f"stdlib-ls: {problem}", file=sys.stderr)
    return _WRONG if survey.failed else 0


def as_json(survey: Survey) -> dict[str, Any]:
    """The fields that `deps --json` promises; paths are relative to the project, and lines are counted from 1."""
    return {
        "project": str(survey.top),
        "range": str(survey.context.versions),
        "source": survey.context.versions.lowest_source,
        "files": survey.files,
        "dependencies": [_values(one) for one in _sorted(survey.dependencies)],
        "undeclared": [_values(one) for one in _sorted(survey.undeclared)],
        "left_out": survey.others,
        "not_read": survey.unread,
    }


def _values(one: Dependency) -> dict[str, Any]:
    return {
        "name": one.name,
        "declared": [place._asdict() for place in one.declared],
        "imports": [place._asdict() for place in one.imports],
        "files": one.files,
        "guarded": one.guarded,
        "uses": one.uses,
        "covered": one.covered,
        "uncovered": [{"name": name, "count": count} for name, count in one.gaps.most_common()],
        "verdict": one.verdict,
        "from": show_version(one.needs) if one.needs else None,
        "why": one.why,
    }


def _sorted(found: list[Dependency]) -> list[Dependency]:
    return sorted(found, key=lambda one: (_ORDER.index(_kind(one.verdict)), one.name.lower()))


def _kind(verdict: str) -> str:
    return "from" if verdict.startswith("from ") else verdict


def as_text(survey: Survey, *, colours: bool = False) -> str:
    """A report for people: the project, a table, and what there is to say besides."""
    versions = survey.context.versions
    found = _sorted(survey.dependencies)
    declared = _count(len(found), "declared dependency", "declared dependencies")
    files = _count(survey.files, "Python file", "Python files")
    judged = f"judged for Python {versions} ({versions.lowest_source})"
    blocks = [f"{survey.top.name or survey.top}: {declared}, {files}\n{judged}"]
    blocks += ["\n".join(_table(found, colours))] if found else []
    blocks += ["\n".join(lines)] if (lines := [line for one in found for line in _details(one)]) else []
    for verdict, meaning in _MEANINGS.items():
        blocks += [_wrapped(verdict, meaning)] if any(one.verdict == verdict for one in found) else []
    undeclared = _sorted(survey.undeclared)
    blocks += ["\n".join(("Imported, but no declaration was found:", *_table(undeclared, colours)))] * bool(undeclared)
    blocks += _besides(survey)
    return "\n\n".join(blocks)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _table(found: list[Dependency], colours: bool) -> Iterator[str]:
    """The heading and a line for each dependency; texts are on the left of their columns and numbers on the right."""
    rows = [
        (
            _cut(one.name, _WIDEST_NAME),
            _shown(one.declared or one.imports),
            *(str(number) if one.imports else "-" for number in (one.files, one.uses)),
            str(one.covered) if one.is_replaceable and one.imports else "-",
            one.verdict,
        )
        for one in found
    ]
    head = _HEAD if any(one.declared for one in found) else _HEAD_UNDECLARED
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(_HEAD))]
    for row in (head, *rows):
        cells = [
            text.rjust(width) if 2 <= column <= 4 else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        last = cells.pop().rstrip()
        colour = _BOLD if row is head else _COLOURS.get(_kind(last), _DIM)
        line = "  ".join(cells)
        if colours:
            line, last = f"{_BOLD}{line}{_END}" if row is head else line, f"{colour}{last}{_END}"
        yield f"{line}  {last}"


def _shown(places: list[Place]) -> str:
    """The first of some places, and how many there are besides."""
    more = f" +{len(places) - 1}" if len(places) > 1 else ""
    text = f"{places[0].path}:{places[0].line}"
    # The end of a path says more than its beginning.
    room = _WIDEST_PLACE - len(more)
    return (text if len(text) <= room else f"…{text[1 - room :]}") + more


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _details(one: Dependency) -> Iterator[str]:
    """What the table has no room for: what is not covered, what to look at, and what is not sure to run."""
    verdict = one.verdict
    if verdict == "superfluous":
        yield _wrapped("", one.why)
    elif verdict == "can go, look first":
        yield _wrapped(one.name, one.why)
    elif _kind(verdict) in ("partly", "from"):
        before = f" before {show_version(one.needs)}" if one.needs else ""
        guarded = f"; {_count(one.guarded, 'import is', 'imports are')} conditional or optional" if one.guarded else ""
        yield _wrapped(f"{one.name}, not covered{before}", _gaps(one) + guarded)
    elif verdict in _MEANINGS and one.why:
        yield _wrapped(one.name, one.why)


def _gaps(one: Dependency) -> str:
    shown = [name + (f" ({count} times)" if count > 1 else "") for name, count in one.gaps.most_common(_MOST_GAPS)]
    more = len(one.gaps) - len(shown)
    return ", ".join([*shown, *([f"{more} more"] if more else [])])


def _besides(survey: Survey) -> Iterator[str]:
    """Where was not looked."""
    if survey.unread:
        yield _wrapped(", ".join(survey.unread), "was not run, so what it requires is not known here")
    if survey.others:
        yield _wrapped("left out, as projects of their own", ", ".join(survey.others))


def _wrapped(name: str, text: str) -> str:
    return textwrap.fill(
        f"{name}: {text}" if name else text,
        _WIDTH,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
