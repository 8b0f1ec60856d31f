"""What the server answers over the wire, in the forms that real clients read."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from client import Client
from wire_notebook import Book
from wire_session import (
    COMMAND,
    FIXABLE,
    FIXED,
    NAMES,
    Session,
    applied,
    declared,
    dig,
    labels,
    position,
    pushed,
    width,
)

Begin = Callable[..., Session]

# What the answers look like, for each client.


def test_says_what_it_can(session: Session) -> None:
    able = session.answer["capabilities"]
    assert able["positionEncoding"] == ("utf-8" if session.name == "neovim" else "utf-16")
    # Neovim pulls too, but cannot be told that there is something new to pull.
    assert ("diagnosticProvider" in able) == (session.name == "vscode")
    assert able["hoverProvider"]
    assert able["completionProvider"]["resolveProvider"]
    assert set(able["codeActionProvider"]["codeActionKinds"]) == {"quickfix", "source.fixAll.stdlib-ls"}
    assert able["textDocumentSync"]["openClose"]
    assert able["textDocumentSync"]["save"]
    assert session.answer["serverInfo"]["name"] == "stdlib-ls"


@pytest.mark.parametrize("text", ["import json", FIXABLE, "import os.path\nos.path.join"])
def test_hover_in_the_form_that_the_client_reads(session: Session, text: str) -> None:
    uri = session.new(text)
    found = session.at("hover", uri, text, len(text.rstrip().partition("\n\n")[0]))["contents"]
    if session.name in ("eglot", "ale"):
        assert found["kind"] == "plaintext"
        assert not re.search(r"[`*]|\]\(", found["value"])
    else:
        assert found["kind"] == "markdown"
        assert re.search(r"[`*]|\]\(", found["value"])


def test_hover_is_null_where_there_is_nothing_to_say(session: Session) -> None:
    uri = session.new("mine = 1\n")
    assert session.client.at("hover", uri, 0, 1) is None
    assert session.client.at("hover", uri, 99, 99) is None


def test_columns_behind_an_emoji(session: Session) -> None:
    text = 'import json\nx = "😀é"; json.dumps\n'
    start = text.rindex("json")
    found = session.at("hover", session.new(text), text, start + 1)
    places = [position(text, offset, session.encoding) for offset in (start, start + len("json"))]
    assert found["range"] == dict(zip(("start", "end"), places, strict=True))
    assert places[0]["character"] == {"utf-8": 14, "utf-16": 11}[session.encoding]


def test_completion_of_modules_and_members(session: Session) -> None:
    text = "import json\njson.\nimport "
    uri = session.new(text)
    modules, members = (session.at("completion", uri, text, at) for at in (len(text), text.index("\nimport ")))
    assert {"json", "xml", "zoneinfo"} <= labels(modules)
    assert {"dumps", "loads", "JSONDecodeError"} <= labels(members)
    for item in modules["items"] + members["items"]:
        assert item["data"], "eglot only resolves an item that has some"
        assert ("labelDetails" in item) <= (session.name == "vscode")


def test_the_most_used_comes_first(session: Session) -> None:
    text = "import "
    found = session.at("completion", session.new(text), text, len(text))
    assert found["isIncomplete"] is False
    first = [item["label"] for item in sorted(found["items"], key=lambda item: item["sortText"])]
    assert [item["label"] for item in found["items"]] == first
    assert {"os", "re", "sys", "typing"} <= set(first[:8])
    assert first.index("json") < first.index("antigravity") < first.index("asynchat")


def test_a_statement_does_not_offer_what_it_has(session: Session) -> None:
    text = "from os import path, \nfrom os import "
    uri = session.new(text)
    assert "path" not in labels(session.at("completion", uri, text, text.index("\n")))
    assert "path" in labels(session.at("completion", uri, text, len(text)))


# What is given on request only: other servers offer it, too.

WANTED = {"completion": {"mode": "always"}, "signature": {"enabled": True}}


@pytest.mark.parametrize("name", NAMES)
def test_names_come_with_their_import(begin: Begin, name: str) -> None:
    session = begin(name, options=WANTED)
    text = '# 😀\nimport os\n\n"😀", Pa'
    uri = session.new(text)
    found = session.at("completion", uri, text, len(text))
    item = next(item for item in found["items"] if item["label"] == "Path")
    properties = dig(session.declared, "textDocument", "completion", "completionItem", "resolveSupport", "properties")
    assert ("additionalTextEdits" in item) != ("additionalTextEdits" in (properties or ()))
    assert "from pathlib" in json.dumps(item)
    resolved = session.client.request("completionItem/resolve", item)
    assert "pathlib.Path" in resolved["documentation"]["value"].replace("\\", "")
    brought = applied(text, resolved["additionalTextEdits"], session.encoding)
    assert brought == '# 😀\nimport os\nfrom pathlib import Path\n\n"😀", Pa'
    # Nothing of this is kept for another file.
    other = "Path = 1\nPa"
    assert "Path" not in labels(session.at("completion", session.new(other), other, len(other)))


def test_names_come_with_their_import_into_their_own_cell(begin: Begin) -> None:
    session = begin("vscode", options=WANTED)
    book = Book(session, "import os\n", "%%time\nx = 1\ny = Pa", "import re\nPa")
    for place, expected in (
        (1, "%%time\nx = 1\nfrom pathlib import Path\ny = Pa"),
        (2, "import re\nfrom pathlib import Path\nPa"),
    ):
        found = book.at("completion", place, "Pa", end=True)
        item = next(item for item in found["items"] if item["label"] == "Path")
        edits = session.client.request("completionItem/resolve", item)["additionalTextEdits"]
        assert applied(book.texts[book[place]], edits, session.encoding) == expected


@pytest.mark.parametrize("name", NAMES)
def test_keyword_arguments(begin: Begin, name: str) -> None:
    session = begin(name, options=WANTED)
    text = "import zipfile\nzipfile.ZipFile(x, m"
    uri = session.new(text)
    items = {item["label"]: item for item in session.at("completion", uri, text, len(text))["items"]}
    assert "3.11+" in json.dumps(items["metadata_encoding="])
    assert "file=" not in items
    best = min(items.values(), key=lambda item: item["sortText"])
    assert best["label"] == "mode="
    # A blank that is typed in a call asks for nothing.
    blank = text.replace("(x, m", "(x, ")
    uri, end = session.new(blank), position(blank, len(blank), session.encoding)
    params = {"textDocument": {"uri": uri}, "position": end}
    typed = {**params, "context": {"triggerKind": 2, "triggerCharacter": " "}}
    assert session.client.request("textDocument/completion", typed) is None
    assert "mode=" in labels(session.client.request("textDocument/completion", params))


@pytest.mark.parametrize("name", NAMES)
def test_signature_help(begin: Begin, name: str) -> None:
    session = begin(name, options=WANTED)
    assert session.answer["capabilities"]["signatureHelpProvider"]["triggerCharacters"] == ["(", ","]
    text = "import zipfile\nzipfile.ZipFile(x, metadata_encoding="
    uri = session.new(text)
    found = session.at("signatureHelp", uri, text, len(text))
    (shown,) = found["signatures"]
    part = shown["parameters"][found["activeParameter"]]
    label = part["label"] if isinstance(part["label"], str) else shown["label"][slice(*part["label"])]
    assert label == "metadata_encoding: str | None = None"
    assert isinstance(part["label"], str) == (name == "ale")
    assert part["documentation"] == "3.11+"
    assert session.client.at("signatureHelp", uri, 0, 3) is None


def test_nothing_of_this_unless_asked_for(session: Session) -> None:
    assert "signatureHelpProvider" not in session.answer["capabilities"]
    text = "import zipfile\nzipfile.ZipFile(x, m"
    assert session.at("completion", session.new(text), text, len(text)) is None


def test_documentation_of_completions(session: Session) -> None:
    text = "import json\njson."
    found = session.at("completion", session.new(text), text, len(text))["items"]
    item = next(item for item in found if item["label"] == "dumps")
    resolves = "documentation" in (
        dig(session.declared, "textDocument", "completion", "completionItem", "resolveSupport", "properties") or ()
    )
    assert resolves == (session.name == "vscode")
    assert ("documentation" in item) != resolves
    written = session.client.request("completionItem/resolve", item)["documentation"]
    for documentation in (written, item.get("documentation", written)):
        assert "json" in documentation["value"]
        assert documentation["kind"] == ("markdown" if session.name in ("neovim", "vscode") else "plaintext")
    if session.name in ("eglot", "ale"):
        assert not re.search(r"[`*]", written["value"])


def test_marks_what_leaves_only_where_marks_are_known(session: Session) -> None:
    text = "import "
    found = session.at("completion", session.new(text), text, len(text))["items"]
    leaving = next(item for item in found if item["label"] == "asynchat")
    assert leaving.get("tags", []) == ([] if session.name == "ale" else [1])
    assert "gone in 3.12" in json.dumps(leaving)


def test_diagnostics_go_one_way(session: Session) -> None:
    uri = session.new(FIXABLE)
    (found,) = session.diagnostics(uri)
    assert (found["code"], found["source"], found["severity"]) == ("replaceable-import", "stdlib-ls", 3)
    assert found["range"] == {"start": {"line": 0, "character": 7}, "end": {"line": 0, "character": 13}}
    assert ("codeDescription" in found) == (session.name == "vscode")
    # Once this is answered, whatever else was to be said has arrived.
    session.client.at("hover", uri, 0, 0)
    assert not pushed(session, uri)


def test_closing_takes_pushed_diagnostics_away(session: Session) -> None:
    uri = session.new(FIXABLE)
    assert session.diagnostics(uri)
    session.client.close(uri)
    if not session.pulls:
        assert session.diagnostics(uri) == []
    assert session.client.at("hover", uri, 0, 8) is None
    assert not pushed(session, uri)


def test_quick_fix_from_the_buffer_alone(session: Session) -> None:
    uri = session.new(FIXABLE)
    first, *rest = session.actions(uri, FIXABLE)
    assert first["kind"] == "quickfix"
    assert first.get("isPreferred", False) == session.can("textDocument", "codeAction", "isPreferredSupport")
    assert not any(action.get("isPreferred") for action in rest)
    if session.can("workspace", "workspaceEdit", "documentChanges"):
        (change,) = first["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": uri, "version": 1}
        edits = change["edits"]
    else:
        edits = first["edit"]["changes"][uri]
    assert applied(FIXABLE, edits, session.encoding) == FIXED


def test_fix_all_by_name_only(session: Session) -> None:
    uri = session.new(FIXABLE)
    assert not [one for one in session.actions(uri, FIXABLE) if one["kind"] != "quickfix"]
    assert session.actions(uri, FIXABLE, only=["source.organizeImports"]) == []
    assert session.actions(uri, FIXABLE, only=["source.fixAll.other"]) == []
    for kind in ("source", "source.fixAll", "source.fixAll.stdlib-ls"):
        (action,) = session.actions(uri, FIXABLE, only=[kind])
        edit = action["edit"]
        edits = edit["changes"][uri] if "changes" in edit else edit["documentChanges"][0]["edits"]
        assert applied(FIXABLE, edits, session.encoding) == FIXED
    session.client.change(uri, FIXED)
    assert session.actions(uri, FIXED, only=["source.fixAll"]) == []


# Files that list requirements.

LISTED = '# 😀\n[project]\nrequires-python = ">=3.11"\ndependencies = ["six", "enum34"]\n'
UNLISTED = '# 😀\n[project]\nrequires-python = ">=3.11"\ndependencies = ["six"]\n'


@pytest.mark.parametrize(
    ("name", "language", "text", "fixed"),
    [
        ("lists/requirements.txt", "pip-requirements", "six\nenum34  # 😀\n", "six\n"),
        ("lists/requirements-dev.in", "requirements", "six\nenum34\n", "six\n"),
        ("lists/requirements/dev.txt", "plaintext", "enum34\nsix", "six"),
        ("lists/setup.cfg", "ini", "[options]\ninstall_requires =\n  enum34\n", "[options]\ninstall_requires =\n"),
        ("lists/pyproject.toml", "toml", LISTED, UNLISTED),
    ],
)
def test_superfluous_requirements(session: Session, name: str, language: str, text: str, fixed: str) -> None:
    uri = (session.root / name).as_uri()
    session.client.open(uri, text, language=language)
    (found,) = session.diagnostics(uri)
    assert (found["code"], found["severity"]) == ("superfluous-requirement", 4)
    start = text.index("enum34")
    places = [position(text, offset, session.encoding) for offset in (start, start + len("enum34"))]
    assert found["range"] == dict(zip(("start", "end"), places, strict=True))
    assert "enum34" in session.at("hover", uri, text, start)["contents"]["value"]
    assert session.at("completion", uri, text, start) is None
    remove, suppress = session.actions(uri, text)
    assert suppress["title"].startswith("Ignore superfluous-requirement for enum34")
    (all_fixed,) = session.actions(uri, text, only=["source.fixAll"])
    for action in (remove, all_fixed):
        edit = action["edit"]
        edits = edit["changes"][uri] if "changes" in edit else edit["documentChanges"][0]["edits"]
        assert applied(text, edits, session.encoding) == fixed
    session.client.change(uri, fixed)
    if not session.pulls:
        assert session.diagnostics(uri) == []
    assert session.actions(uri, fixed) == []
    session.client.close(uri)
    assert session.client.at("hover", uri, 0, 0) is None


def test_other_texts_are_none_of_ours(session: Session) -> None:
    for name, language in (("Cargo.toml", "toml"), ("notes.txt", "plaintext"), ("constraints.txt", "pip-requirements")):
        uri = (session.root / name).as_uri()
        session.client.open(uri, "enum34\n", language=language)
        assert session.client.at("hover", uri, 0, 1) is None
        assert not session.actions(uri, "enum34\n")
        assert not pushed(session, uri)
        session.client.close(uri)


# The text of a buffer.


def test_edits_add_up(session: Session) -> None:
    """A buffer after many edits is to every feature what the same text would be if it were opened afresh."""
    choose = random.Random(session.name)
    pieces = [
        "😀",
        "é",
        "\n",
        "\r\n",
        "\r",
        "x",
        " ",
        "\f",
        "\u2028",
        '"',
        "import json\n",
        "psutil.cpu_count()",
        "os.",
    ]
    text = FIXABLE * 2 + "import json, os\r\njson.dumps, os.path\n"
    uri = session.new(text)
    for _ in range(12):
        changes = []
        for _ in range(choose.randint(1, 4)):
            start = choose.randint(0, len(text))
            end = min(len(text), start + choose.choice([0, 0, 1, 2, 7]))
            if text[start - 1 : start + 1] == "\r\n" or text[end - 1 : end + 1] == "\r\n":
                continue  # No client can speak of a place within a line's end.
            piece = choose.choice(pieces)
            places = {side: position(text, at, session.encoding) for side, at in (("start", start), ("end", end))}
            changes.append({"range": places, "text": piece})
            text = text[:start] + piece + text[end:]
        session.client.change(uri, *changes)
        fresh = session.new(text)
        for offset in choose.sample(range(len(text)), 8):
            if text[offset - 1 : offset + 1] != "\r\n":
                assert session.at("hover", uri, text, offset) == session.at("hover", fresh, text, offset)
        same = {fresh: uri}
        edited, opened = (re.sub(r'"version": \d+', "", json.dumps(session.actions(it, text))) for it in (uri, fresh))
        assert edited == opened.replace(fresh, same[fresh])


def test_several_changes_in_one_message(session: Session) -> None:
    text = "# 😀😀\nimport jso\n"
    uri = session.new(text)
    one = width("😀", session.encoding)
    session.client.change(
        uri,
        # The second emoji goes, a line comes above, and the last change counts on both.
        {
            "range": {"start": {"line": 0, "character": 2 + one}, "end": {"line": 0, "character": 2 + 2 * one}},
            "text": "",
        },
        {"range": {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 2}}, "text": "🎉\n# "},
        {
            "range": {"start": {"line": 1, "character": 2 + one}, "end": {"line": 2, "character": 10}},
            "text": "\nimport json",
        },
    )
    text = "# 🎉\n# 😀\nimport json\n"
    found = session.at("hover", uri, text, text.index("json"))
    assert found["range"]["start"] == {"line": 2, "character": 7}
    session.client.change(uri, "\n\n" + FIXABLE)
    assert session.at("hover", uri, "\n\n" + FIXABLE, 10)["range"]["start"] == {"line": 2, "character": 7}


def test_half_a_surrogate_pair(session: Session) -> None:
    text = 'import json\nx = "\ud83d"; json\n# \udc00'
    uri = session.new(text)
    units = {"utf-8": 3, "utf-16": 1}[session.encoding]
    assert session.client.at("hover", uri, 1, 9 + units)["range"]["start"] == {"line": 1, "character": 8 + units}
    session.client.change(uri, text + "\njson.")
    assert "dumps" in labels(session.client.at("completion", uri, 3, 5))
    session.client.change(uri, 'x = "\ud83d"\n' + FIXABLE)
    assert session.actions(uri, 'x = "\ud83d"\n' + FIXABLE)


@pytest.mark.parametrize(
    "uri",
    [
        "untitled:Untitled-1",
        "vscode-notebook-cell:/home/me/a%20book.ipynb#W0sZmlsZQ%3D%3D",
        "vscode-notebook-cell://ssh-remote%2Bhost/home/me/book.ipynb#X",
        "file:///no/such/folder/%E2%82%AC%20%23.py",
    ],
)
def test_buffers_of_any_address(session: Session, uri: str) -> None:
    session.client.open(uri, FIXABLE)
    assert session.client.at("hover", uri, 0, 8)
    assert len(session.diagnostics(uri)) == 1
    assert session.actions(uri, FIXABLE)
    session.client.close(uri)
    if not session.pulls:
        assert session.diagnostics(uri) == []


def test_only_cards_for_what_nobody_edits(session: Session) -> None:
    uri = "git:/home/me/app.py?%7B%22ref%22%3A%22HEAD%22%7D"
    session.client.open(uri, FIXABLE)
    assert session.client.at("hover", uri, 0, 8)
    assert session.diagnostics(uri) == []
    session.client.close(uri)
    if not session.pulls:
        assert session.diagnostics(uri) == []


def test_nothing_about_a_file_that_is_not_open(session: Session) -> None:
    uri = (session.root / "other.py").as_uri()
    assert session.client.at("hover", uri, 0, 0) is None
    assert session.client.at("completion", uri, 0, 0) is None
    assert not session.actions(uri, "")
    session.client.change(uri, "import json")
    session.client.save(uri)
    session.client.close(uri)
    assert session.client.at("hover", uri, 0, 8) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_columns_count_what_the_command_line_says(own_root: Path, encoding: str) -> None:
    """ALE counts bytes, vim-lsp characters, and neither says so."""
    with Client((*COMMAND, "serve", "--position-encoding", encoding)) as client:
        recorded = declared("ale")
        answer = client.initialize(**recorded, root=own_root)
        session = Session("ale", client, own_root, answer, recorded["capabilities"])
        uri = session.new(FIXABLE)
        place = position(FIXABLE, FIXABLE.index("cpu_count") + 1, encoding)
        found = client.at("hover", uri, place["line"], place["character"])
        assert found["range"]["start"] == position(FIXABLE, FIXABLE.index("cpu_count"), encoding)
        (action, *_) = session.actions(uri, FIXABLE)
        assert applied(FIXABLE, action["edit"]["changes"][uri], encoding) == FIXED


def test_the_format_that_the_client_names_first(begin: Begin) -> None:
    for accepted, kind in ((["plaintext", "markdown"], "plaintext"), (["markdown", "plaintext"], "markdown")):
        capabilities = copy.deepcopy(declared("vscode")["capabilities"])
        capabilities["textDocument"]["hover"]["contentFormat"] = accepted
        session = begin("vscode", capabilities=capabilities)
        uri = session.new(FIXABLE)
        assert session.at("hover", uri, FIXABLE, 8)["contents"]["kind"] == kind
