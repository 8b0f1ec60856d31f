"""Notebooks over the wire: what one cell says of another, and how cells come, change, move and go."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from wire_notebook import Book
from wire_session import FIXABLE, FIXED, Session, applied, labels, position, pushed


def silent(session: Session, uri: str) -> bool:
    """Whether nothing has been pushed for an address since it was last looked at."""
    session.client.at("hover", uri, 0, 0)
    return not pushed(session, uri)


def refreshes(session: Session) -> int:
    return session.client.methods().count("workspace/diagnostic/refresh")


def test_asks_for_python_cells(session: Session) -> None:
    able = session.answer["capabilities"]
    assert ("notebookDocumentSync" in able) == (session.name == "vscode")
    if session.name == "vscode":
        assert able["notebookDocumentSync"] == {"notebookSelector": [{"cells": [{"language": "python"}]}], "save": True}


def test_hover_on_what_another_cell_imports(session: Session) -> None:
    book = Book(session, "import json as j", "# a line\nx = '😀'; j.dumps(x)\n")
    found = book.at("hover", 1, "dumps")
    assert "json.dumps" in found["contents"]["value"]
    text = book.texts[book[1]]
    start = position(text, text.index("dumps"), session.encoding)
    assert found["range"] == {"start": start, "end": {"line": 1, "character": start["character"] + 5}}
    assert "json" in book.title(0, "j")


def test_later_cells_bind_names_anew(session: Session) -> None:
    book = Book(session, "import json as j", "j.dumps", "import pickle as j", "j.dumps")
    assert "json.dumps" in book.title(1, "dumps")
    assert "pickle.dumps" in book.title(3, "dumps")
    book.write(2, "j = object()")
    assert not book.title(3, "dumps")


def test_completion_of_what_another_cell_imports(session: Session) -> None:
    book = Book(session, "import json", "x = 1\njson.", "import ")
    assert {"dumps", "loads"} <= labels(book.at("completion", 1, "json.", end=True))
    found = book.at("completion", 2, "import ", end=True)
    assert {"json", "zoneinfo"} <= labels(found)
    item = next(one for one in found["items"] if one["label"] == "zoneinfo")
    assert session.client.request("completionItem/resolve", item)["documentation"]


def test_diagnostics_are_in_the_cell_of_the_import(session: Session) -> None:
    book = Book(session, "# 😀", "'😀'; import psutil", "psutil.cpu_count()")
    assert book.diagnostics(0) == []
    (found,) = book.diagnostics(1)
    start = position("'😀'; import psutil", len("'😀'; import "), session.encoding)
    assert found["range"] == {"start": start, "end": {"line": 0, "character": start["character"] + 6}}
    assert found["code"] == "replaceable-import"
    assert book.diagnostics(2) == []
    assert all(silent(session, uri) for uri in book.texts)


def test_one_cell_decides_on_another(session: Session) -> None:
    book = Book(session, "import psutil", "psutil.cpu_count()")
    assert [one["severity"] for one in book.diagnostics(0)] == [3]
    book.diagnostics(1)
    before = refreshes(session)
    book.write(1, "psutil.cpu_count(), psutil.cpu_percent()")
    assert [one["severity"] for one in book.diagnostics(0)] == [4]
    assert refreshes(session) == before + session.pulls
    book.diagnostics(1)
    # What leaves the others as they are is not told again.
    book.write(1, "psutil.cpu_count(), psutil.cpu_percent() ")
    book.diagnostics(1)
    assert silent(session, book[0])
    assert refreshes(session) == before + session.pulls


def test_a_fix_of_several_cells(session: Session) -> None:
    book = Book(
        session, "# 😀\nimport psutil", "# Text\n", 'print("😀", psutil.cpu_count())', "'😀', psutil.cpu_count()\n"
    )
    first, *rest = book.actions(0)
    changed = ["# 😀\nimport os", "# Text\n", 'print("😀", os.cpu_count())', "'😀', os.cpu_count()\n"]
    assert book.fixed(first) == changed
    assert list(book.edits(first)) == [book[0], book[2], book[3]]
    assert len(first["diagnostics"]) == 1
    (ignore,) = rest
    assert book.fixed(ignore)[0].startswith("# 😀\nimport psutil  # stdlib-ls: ignore")
    # From one of the uses, whose cell does not have the diagnostic.
    there = book.actions(2)[0]
    assert book.fixed(there) == changed
    assert not there.get("diagnostics")
    (every,) = book.actions(1, only=["source.fixAll"])
    assert book.fixed(every) == changed


def test_an_import_at_the_end_of_a_cell_goes(session: Session) -> None:
    book = Book(session, "import os", "x = 1\nimport psutil", "psutil.cpu_count()", "y = 2")
    assert book.fixed(book.actions(1)[0]) == ["import os", "x = 1\n", "os.cpu_count()", "y = 2"]


def test_edits_of_a_cell(session: Session) -> None:
    text = "# 😀😀\nimport jso\n"
    book = Book(session, "x = 1", text, "json.dumps")
    places = [position(text, text.index("jso") + 3, session.encoding)] * 2
    emoji = [position(text, at, session.encoding) for at in (2, 3)]
    book.write(
        1,
        {"range": dict(zip(("start", "end"), places, strict=True)), "text": "n"},
        {"range": dict(zip(("start", "end"), emoji, strict=True)), "text": ""},
    )
    assert "json.dumps" in book.title(2, "dumps")
    book.texts[book[1]] = "# 😀\nimport json\n"
    assert "json" in book.title(1, "json")
    book.write(0, "x = 1\n\n\n")
    assert book.at("hover", 1, "json")["range"]["start"] == {"line": 1, "character": 7}


def test_changes_add_up(session: Session) -> None:
    """A notebook after many changes is what the same cells would be if they were opened afresh."""
    choose = random.Random(session.name)
    pieces = [
        "😀",
        "\n",
        "%time ",
        "!ls",
        "json.dumps",
        "import json",
        "import psutil\n",
        "psutil.cpu_count()",
        "(",
        '"',
        "",
    ]
    book = Book(session, "import json", "json.dumps", "import psutil\n", "psutil.cpu_count()")
    for _ in range(30):
        place = choose.randrange(len(book.texts))
        act = choose.choice(["write", "write", "insert", "delete", "swap"])
        if act == "write":
            book.write(place, "".join(choose.choices(pieces, k=3)))
        elif act == "insert":
            book.insert(place, "".join(choose.choices(pieces, k=4)))
        elif act == "delete" and len(book.texts) > 3:
            book.delete(place)
        elif act == "swap" and place + 1 < len(book.texts):
            book.swap(place)
        fresh = Book(session, *book.texts.values())
        for index, text in enumerate(book.texts.values()):
            offset = choose.randint(0, len(text))
            answers = [session.at("hover", one[index], text, offset) for one in (book, fresh)]
            assert answers[0] == answers[1]
            assert list(map(book.fixed, book.actions(index))) == list(map(fresh.fixed, fresh.actions(index)))
        fresh.close()


def test_cells_come_move_and_go(session: Session) -> None:
    book = Book(session, "j.dumps", "import psutil")
    assert not book.title(0, "dumps")
    assert len(book.diagnostics(1)) == 1
    book.insert(0, "import json as j")
    assert "json.dumps" in book.title(1, "dumps")
    book.insert(2, "psutil.cpu_count()")
    book.swap(2)
    assert "psutil" in book.title(3, "cpu_count")
    assert book.fixed(book.actions(2)[0])[2:] == ["import os", "os.cpu_count()"]
    gone = book.delete(0)
    assert not book.title(0, "dumps")
    assert session.client.at("hover", gone, 0, 8) is None
    session.client.received.clear()
    gone = book.delete(1)
    assert not book.title(1, "cpu_count")
    if not session.pulls:
        assert session.diagnostics(gone) == []


def test_a_cell_becomes_another_kind(session: Session) -> None:
    book = Book(session, "import json as j", "j.dumps")
    book.change(data=[{"kind": 1, "document": book[0]}])
    assert not book.title(1, "dumps")
    book.change(data=[{"kind": 2, "document": book[0]}])
    assert "json.dumps" in book.title(1, "dumps")
    # Another language: the same document closes and opens in one message.
    for language, known in (("r", False), ("python", True)):
        opened = {"uri": book[0], "languageId": language, "version": 1, "text": "import json as j"}
        array = {"start": 0, "deleteCount": 1, "cells": [{"kind": 2, "document": book[0]}]}
        book.change(structure={"array": array, "didOpen": [opened], "didClose": [{"uri": book[0]}]})
        assert bool(book.title(1, "dumps")) == known


def test_running_a_cell_changes_nothing(session: Session) -> None:
    book = Book(session, "import psutil", "psutil.cpu_count()")
    assert book.diagnostics(0) and not book.diagnostics(1)
    before = refreshes(session)
    summary = {"executionOrder": 7, "success": True}
    book.change(data=[{"kind": 2, "document": book[0], "executionSummary": summary, "metadata": {"a": 1}}])
    session.client.notify(
        "notebookDocument/didChange",
        {"notebookDocument": {"uri": book.uri, "version": 9}, "change": {"metadata": {"x": {"y": 1}}}},
    )
    assert all(silent(session, uri) for uri in book.texts)
    assert refreshes(session) == before
    assert "psutil" in book.title(1, "cpu_count")


def test_only_python_counts(session: Session) -> None:
    book = Book(
        session,
        "import psutil",
        "# import json",
        "import json",
        "json.dumps",
        languages=["r", "markdown", "julia", "python"],
    )
    assert session.client.at("hover", book[0], 0, 8) is None
    assert not book.title(1, "json") and not book.title(2, "json") and not book.title(3, "dumps")
    assert book.actions(0) == []
    assert book.diagnostics(3) == []
    assert silent(session, book[0])


def test_magics(session: Session) -> None:
    book = Book(
        session,
        "%matplotlib inline\n!pip install psutil 😀\nimport psutil\nfiles = !ls 😀",
        "%%time\n%timeit -n 2 psutil.cpu_count()\nx = (7\n % psutil.cpu_count())",
        "%%bash\nimport json",
        "json.dumps",
        "psutil.cpu_count?",
    )
    assert book.at("hover", 0, "import psutil", end=True)["range"]["start"] == {"line": 2, "character": 7}
    assert not book.title(3, "dumps")
    assert "psutil" in book.title(4, "cpu_count")
    # What is asked about is in use, and nobody can tell how.
    assert [one["severity"] for one in book.diagnostics(0)] == [4]
    book.write(4, "")
    assert [one["severity"] for one in book.diagnostics(0)] == [3]
    fixed = book.fixed(book.actions(0)[0])
    assert fixed[0] == book.texts[book[0]].replace("import psutil", "import os")
    assert fixed[1] == book.texts[book[1]].replace("psutil", "os")


def test_what_a_magic_may_evaluate_stays(session: Session) -> None:
    book = Book(session, "from mock import patch", "patch", "%mine 😀 patch")
    for action in book.actions(0):
        assert book.fixed(action)[2] == "%mine 😀 patch"


def test_a_cell_left_open_harms_no_other(session: Session) -> None:
    for broken in ("print((json.", "x = '''\n", "x = 1 + \\", 'f("""{', "def f(x):", "if x:", "x = [1, {"):
        book = Book(session, "import json", broken, "json.dumps")
        assert "json.dumps" in book.title(2, "dumps"), broken


def test_closing(session: Session) -> None:
    book = Book(session, "import psutil", "psutil.cpu_count()")
    assert book.diagnostics(0)
    book.diagnostics(1)
    book.close()
    assert session.client.at("hover", book[0], 0, 8) is None
    if not session.pulls:
        assert session.diagnostics(book[0]) == session.diagnostics(book[1]) == []


def test_unknown_notebooks(session: Session) -> None:
    book = Book(session, "import json")
    book.close()
    book.write(0, "import os")
    book.close()
    session.client.notify("notebookDocument/didSave", {"notebookDocument": {"uri": book.uri}})
    assert session.client.at("hover", book[0], 0, 8) is None


def test_a_notebook_of_another_version_gets_cards_only(session: Session) -> None:
    book = Book(session, "import psutil", "psutil.cpu_count()", scheme="git")
    assert book.title(0, "psutil")
    assert book.diagnostics(0) == []
    assert book.actions(0) == []


def test_a_notebook_without_a_file(session: Session) -> None:
    book = Book(session, "import psutil", "psutil.cpu_count()", scheme="untitled")
    assert len(book.diagnostics(0)) == 1


def test_a_cell_that_comes_alone(session: Session) -> None:
    text = "%matplotlib 😀\n" + FIXABLE
    uri = "vscode-notebook-cell:/alone.ipynb#A"
    session.client.open(uri, text)
    assert len(session.diagnostics(uri)) == 1
    edit = session.actions(uri, text)[0]["edit"]
    edits = edit["changes"][uri] if "changes" in edit else edit["documentChanges"][0]["edits"]
    assert applied(text, edits, session.encoding) == "%matplotlib 😀\n" + FIXED
    line = {"line": 1, "character": 0}
    session.client.change(uri, {"range": {"start": line, "end": line}, "text": "!ls '\n"})
    assert session.client.at("hover", uri, 2, 8)["range"]["start"] == {"line": 2, "character": 7}
    session.client.close(uri)
    assert session.client.at("hover", uri, 2, 8) is None


def test_a_cell_that_comes_alone_and_with_its_notebook(session: Session) -> None:
    book = Book(session, "import json as j", "j.dumps")
    for uri in list(book.texts):
        session.client.open(uri, book.texts[uri])
        session.client.change(uri, "import os")
    assert "json.dumps" in book.title(1, "dumps")
    for uri in list(book.texts):
        session.client.close(uri)
    assert "json.dumps" in book.title(1, "dumps")
    late = Book(session, "import json as j")
    session.client.open(f"{late[0]}2", "j.dumps")
    assert "json" in late.title(0, "j")


def test_settings_hold_for_notebooks(begin: Callable[..., Session]) -> None:
    session = begin("neovim")
    book = Book(session, "import psutil", "psutil.cpu_count()")
    assert book.diagnostics(0)
    book.diagnostics(1)
    (session.root / "pyproject.toml").write_text('[tool.stdlib-ls.diagnostics]\nreplaceable-import = "off"\n')
    session.client.notify("notebookDocument/didSave", {"notebookDocument": {"uri": book.uri}})
    assert book.diagnostics(0) == []
    assert silent(session, book[1])


@pytest.mark.parametrize("name", ["vscode", "neovim"])
def test_a_large_notebook_stays_fast(begin: Callable[..., Session], name: str) -> None:
    """Whatever its size, a change costs one message for the cell that changed, and little time."""
    session = begin(name)
    cells = [f"%time\nimport json\ndef f{number}(x):\n    return json.dumps(x)\n" * 5 for number in range(300)]
    book = Book(session, "import psutil", *cells)
    book.diagnostics(0)
    session.client.at("hover", book[0], 0, 0)
    session.client.received.clear()
    for number in range(20):
        book.write(150, f"x = {number}\njson.dumps")
        assert "json.dumps" in book.title(150, "dumps")
    assert len(json.dumps(session.client.received)) < 20_000
