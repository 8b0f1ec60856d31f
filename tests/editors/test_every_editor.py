"""The same checks in every editor: what a person sees there, asks for and gets.

`--editors neovim,vscode,emacs,vim` says which; without it, only the one that needs nothing but Python.
What only one of them has is checked in a file of its own.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from editor import Editor, Shown, is_running, until
from editor_session import PROJECT, Start

from stdlib_ls.catalog.store import Catalog

pytestmark = [pytest.mark.editor, pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals")]

SAMPLE = """\
import json
import os.path
import xml.etree.ElementTree as ET

import psutil

x = os.path.join("a", "b")
print("🎉", json.dumps(x), ET.parse(x), psutil.cpu_count())
"""
FIXABLE = 'x = "🎉"; import psutil\n\nprint("🎉", psutil.cpu_count())\n'
FIXED = 'x = "🎉"; import os\n\nprint("🎉", os.cpu_count())\n'
RULES = "/docs/rules/replaceable-import.md"

_numbers = itertools.count()


def open_anew(editor: Editor, text: str) -> str:
    """Open a file that this session has not seen yet; gives its name."""
    name = f"sample{next(_numbers)}.py"
    editor.open(name, text)
    return name


def words(text: str) -> str:
    """A text on one line, however the editor has broken it."""
    return " ".join(text.split())


def about(editor: Editor, part: str) -> Shown:
    """The diagnostic whose message holds a text, once it is there."""
    return until(lambda: [one for one in editor.diagnostics() if part in one.message], f"a message about {part}")[0]


def silence(editor: Editor) -> None:
    """Wait until there are no diagnostics."""
    until(lambda: not editor.diagnostics(), "silence")


@pytest.fixture
def saved(editor: Editor, editor_folder: Path) -> Callable[[str], str]:
    """Reads a file of the project from the disk."""
    return lambda name: (editor_folder / "project" / name).read_bytes().decode()


# Cards.


@pytest.mark.parametrize(
    ("part", "word", "name"),
    [
        pytest.param("import json", "json", "json", id="module"),
        pytest.param("os.path.join(", "path", "os.path", id="submodule"),
        pytest.param("os.path.join(", "join", "os.path.join", id="member"),
        pytest.param("json.dumps(x)", "dumps", "json.dumps", id="member-behind-emoji"),
        pytest.param("as ET", "ET", "xml.etree.ElementTree", id="alias"),
        pytest.param("ET.parse", "parse", "xml.etree.ElementTree.parse", id="member-of-alias"),
        pytest.param("print(", "print", "builtins.print", id="builtin"),
    ],
)
def test_card_of_a_name(editor: Editor, catalog: Catalog, part: str, word: str, name: str) -> None:
    open_anew(editor, SAMPLE)
    shown = words(editor.hover(part, word))
    entry = catalog.find(name)
    assert entry
    assert f"{name.removeprefix('builtins.')}: {entry.summary.replace('`', '')}" in shown
    assert "Fits Python 3.11–" in shown
    for mark in ("\\", "**", "`", "]("):
        assert mark not in shown, "marks of Markdown"


def test_card_of_a_package(editor: Editor) -> None:
    open_anew(editor, SAMPLE)
    shown = words(editor.hover("import psutil", "psutil"))
    assert "psutil: " in shown
    assert "psutil.cpu_count" in shown and "os.cpu_count" in shown


def test_no_card_on_other_names(editor: Editor) -> None:
    open_anew(editor, SAMPLE)
    assert "Fits Python" in editor.hover("import json", "json")
    assert editor.hover('x = os.path.join("a"', "x") == ""


# Completion.


@pytest.mark.parametrize(
    ("typed", "label", "name"),
    [
        pytest.param("import ", "tomllib", "tomllib", id="import"),
        pytest.param("from collections import ", "Counter", "collections.Counter", id="from"),
        pytest.param("json.", "dumps", "json.dumps", id="member"),
        pytest.param("import xml.", "etree", "xml.etree", id="submodule"),
    ],
)
def test_menu(editor: Editor, catalog: Catalog, typed: str, label: str, name: str) -> None:
    open_anew(editor, SAMPLE)
    menu = editor.complete(typed, label)
    assert label in menu.labels
    assert len(menu.labels) == len(set(menu.labels))
    assert not [one for one in menu.labels if one.startswith("_") and not one.startswith("__")]
    entry = catalog.find(name)
    assert entry and entry.summary
    beginning = entry.summary.replace("`", "")[:24]
    assert beginning in words(menu.documentation) or beginning in words(dict(menu.rows)[label])


# Advice and fixes.


def test_diagnostic(editor: Editor) -> None:
    open_anew(editor, FIXABLE)
    found = about(editor, "psutil")
    before = len('x = "🎉"; import ')
    assert (found.line, found.column, found.end_column) == (0, before, before + len("psutil"))
    assert (found.severity, found.code, found.source) == ("information", "replaceable-import", "stdlib-ls")
    assert "os.cpu_count" in found.message
    assert found.link is None or found.link.endswith(RULES)


def test_quick_fix_is_applied_and_saved(editor: Editor, saved: Callable[[str], str]) -> None:
    name = open_anew(editor, FIXABLE)
    about(editor, "psutil")
    editor.fix("import psutil", "psutil", "os.cpu_count")
    assert editor.text().rstrip("\n") == FIXED.rstrip("\n")
    silence(editor)
    editor.save()
    assert saved(name) == FIXED


def test_fix_all_takes_the_safe_ones_only(editor: Editor, saved: Callable[[str], str]) -> None:
    """What tomli reads beyond tomllib is for a person to look at."""
    rest = "\nimport tomli\n\ntomli.loads(x)\n"
    name = open_anew(editor, FIXABLE + rest)
    about(editor, "tomli")
    editor.fix_all()
    assert editor.text().rstrip("\n") == (FIXED + rest).rstrip("\n")
    editor.save()
    assert saved(name) == FIXED + rest


def test_advice_follows_the_file(editor: Editor) -> None:
    open_anew(editor, FIXABLE)
    about(editor, "psutil")
    editor.insert("print(psutil.virtual_memory())\n")
    found = about(editor, "virtual_memory")
    assert found.severity == editor.weakest
    assert len(editor.diagnostics()) == 1


def test_advice_follows_the_project(start: Start, tmp_path: Path) -> None:
    """Not every editor watches files, so that saving is the moment to look again."""
    with start() as editor:
        open_anew(editor, "import tomli\n\nprint(tomli.loads(''))\n")
        about(editor, "tomli")
        for version in ("3.10", "3.12"):
            (tmp_path / "project/pyproject.toml").write_text(PROJECT.format(version), encoding="utf-8")
            editor.save()
            if version == "3.10":  # There is no tomllib yet.
                silence(editor)
        assert "3.12" in about(editor, "tomli").message
        assert not editor.complaints()


# Settings, company, and the end.


def test_settings_are_honoured(start: Start) -> None:
    settings = {"hover": {"detail": "brief"}, "diagnostics": {"replaceable-import": "warning"}, "target": "3.12"}
    with start(settings=settings) as editor:
        open_anew(editor, SAMPLE)
        assert about(editor, "psutil").severity == "warning"
        shown = words(editor.hover("json.dumps(x)", "dumps"))
        assert "Fits Python 3.12–" in shown
        assert "print(json.dumps(" not in shown, "the example"
        assert not editor.complaints()


def test_nothing_is_doubled_beside_other_servers(start: Start) -> None:
    with start(neighbours=True) as editor:
        open_anew(editor, SAMPLE)
        about(editor, "psutil")
        until(lambda: {one.source for one in editor.diagnostics()} >= {"stdlib-ls"}, "our diagnostics")
        found = [(one.line, one.column, one.message) for one in editor.diagnostics()]
        assert len(found) == len(set(found))
        card = words(editor.hover("json.dumps(x)", "dumps"))
        assert card.count("json.dumps: ") == 1
        for typed, label in (("import ", "tomllib"), ("json.", "dumps"), ("from collections import ", "Counter")):
            labels = editor.complete(typed, label).labels
            assert labels.count(label) == 1
            assert len(labels) == len(set(labels))
        assert not editor.complaints()


def test_killed_server_comes_back(start: Start) -> None:
    with start() as editor:
        open_anew(editor, SAMPLE)
        about(editor, "psutil")
        (server,) = editor.servers()
        editor.insert("print(psutil.virtual_memory())\n")
        os.kill(server, signal.SIGKILL)
        until(lambda: not is_running(server), "the end of the server")
        until(lambda: [one for one in editor.servers() if one != server], "another server")
        assert "virtual_memory" in editor.text()
        assert "json: " in until(lambda: editor.hover("import json", "json"), "a card of the new server")
        assert "virtual_memory" in about(editor, "psutil").message, "what was typed before is lost"


@pytest.mark.parametrize("end", ["quit", "kill"])
def test_server_ends_with_its_editor(start: Start, end: str) -> None:
    with start() as editor:
        open_anew(editor, SAMPLE)
        about(editor, "psutil")
        servers = editor.servers()
        assert servers and all(map(is_running, servers))
        getattr(editor, end)()
        until(lambda: not any(map(is_running, servers)), "the end of the server")


def test_nobody_complained(editor: Editor) -> None:
    """Whatever the checks above did in one session, the editor had nothing to say against it."""
    open_anew(editor, SAMPLE)
    about(editor, "psutil")
    assert not editor.complaints()
