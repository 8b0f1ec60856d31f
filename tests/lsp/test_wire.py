"""The server over the wire, as real clients speak to it: what they declared was recorded from them."""

from __future__ import annotations

import copy
import json
import random
import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from client import Client, ServerError

CAPABILITIES = Path(__file__).with_name("capabilities")
NAMES = ("neovim", "vscode", "eglot", "ale")
COMMAND = (sys.executable, "-m", "stdlib_ls")

PROJECT = '[project]\nname = "tried"\nrequires-python = ">=3.10"\n'
QUIET = '[tool.stdlib-ls.diagnostics]\nreplaceable-import = "off"\n'
FIXABLE = 'import psutil\n\nprint("😀", psutil.cpu_count())\n'
FIXED = 'import os\n\nprint("😀", os.cpu_count())\n'

Place = Mapping[str, int]
Start = Callable[..., Client]


def declared(name: str) -> dict[str, Any]:
    """The recorded parameters of a client's `initialize`."""
    found: dict[str, Any] = json.loads((CAPABILITIES / f"{name}.json").read_text(encoding="utf-8"))
    found.pop("comment")
    return found


def dig(table: Any, *keys: str) -> Any:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def width(text: str, encoding: str) -> int:
    """How many columns a text takes."""
    return len(text.encode(f"{encoding}-le" if encoding != "utf-8" else encoding, "surrogatepass")) // (
        int(encoding[4:]) // 8
    )


def lines_of(text: str) -> list[str]:
    return re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)


def position(text: str, offset: int, encoding: str) -> dict[str, int]:
    *above, last = lines_of(text[:offset])
    return {"line": len(above), "character": width(last, encoding)}


def offset_of(text: str, place: Place, encoding: str) -> int:
    lines = lines_of(text)
    line = lines[place["line"]]
    column = next(n for n in range(len(line) + 1) if width(line[:n], encoding) == place["character"])
    return sum(map(len, lines[: place["line"]])) + column


def applied(text: str, edits: list[dict[str, Any]], encoding: str) -> str:
    """The text after edits, made as an editor makes them."""
    for edit in sorted(edits, key=lambda one: (one["range"]["start"]["line"], one["range"]["start"]["character"]))[
        ::-1
    ]:
        start, end = (offset_of(text, edit["range"][side], encoding) for side in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


@dataclass
class Session:
    """A running server, and what the client at its other end has declared."""

    name: str
    client: Client
    root: Path
    answer: dict[str, Any]
    declared: dict[str, Any]
    numbers: Iterator[int] = field(default_factory=count)

    @property
    def encoding(self) -> str:
        return str(self.answer["capabilities"]["positionEncoding"])

    @property
    def pulls(self) -> bool:
        return "diagnosticProvider" in self.answer["capabilities"]

    def can(self, *keys: str) -> bool:
        return bool(dig(self.declared, *keys))

    def new(self, text: str) -> str:
        """Opens a buffer of its own for a test; gives its address."""
        uri = (self.root / f"file{next(self.numbers)}.py").as_uri()
        self.client.open(uri, text)
        return uri

    def at(self, method: str, uri: str, text: str, offset: int) -> Any:
        place = position(text, offset, self.encoding)
        return self.client.at(method, uri, place["line"], place["character"])

    def diagnostics(self, uri: str) -> list[dict[str, Any]]:
        """The diagnostics of a buffer, in the one way in which this client gets them."""
        found: list[dict[str, Any]]
        if self.pulls:
            found = self.client.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]
        else:
            found = self.client.wait_for("textDocument/publishDiagnostics", lambda it: it["uri"] == uri)["diagnostics"]
        return found

    def actions(self, uri: str, text: str, only: list[str] | None = None) -> list[dict[str, Any]]:
        """The actions for the whole of a buffer, asked for without diagnostics, as ALE does."""
        whole = {"start": position(text, 0, self.encoding), "end": position(text, len(text), self.encoding)}
        context = {"diagnostics": [], **({"only": only} if only else {})}
        params = {"textDocument": {"uri": uri}, "range": whole, "context": context}
        found: list[dict[str, Any]] = self.client.request("textDocument/codeAction", params)
        return found


def pushed(session: Session, uri: str) -> list[Any]:
    """What was pushed for a buffer and not waited for."""
    found = [one["params"] for one in session.client.received if one["method"] == "textDocument/publishDiagnostics"]
    return [one for one in found if one["uri"] == uri]


def labels(found: dict[str, Any]) -> set[str]:
    return {item["label"] for item in found["items"]}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project above which nothing is looked at."""
    folder = tmp_path_factory.mktemp("project")
    (folder / ".git").mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder


@pytest.fixture(scope="module", params=NAMES)
def session(request: pytest.FixtureRequest, root: Path) -> Iterator[Session]:
    """One server for all tests that leave nothing behind but their buffers."""
    recorded = declared(request.param)
    with Client(COMMAND) as client:
        answer = client.initialize(**recorded, root=root)
        if dig(recorded, "capabilities", "workspace", "configuration"):
            client.wait_for("workspace/configuration")
        yield Session(request.param, client, root, answer, recorded["capabilities"])
        assert client.stop() == 0, client.stderr()
        assert "window/showMessage" not in client.methods()
        assert "Traceback" not in client.stderr()


@pytest.fixture
def own_root(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


@pytest.fixture
def begin(own_root: Path) -> Iterator[Callable[..., Session]]:
    """Starts servers for one test, each for a client by name: begin("ale", settings=..., options=...)."""
    running: list[Client] = []

    def start(name: str = "vscode", settings: Any = None, options: Any = None, **changed: Any) -> Session:
        client = Client(COMMAND, settings={"stdlib-ls": settings})
        running.append(client.__enter__())
        recorded = {**declared(name), **changed}
        answer = client.initialize(**recorded, root=own_root, options=options)
        return Session(name, client, own_root, answer, recorded["capabilities"])

    yield start
    for client in running:
        client.__exit__(None, None, None)


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


# What goes wrong.


def test_unknown_messages(begin: Callable[..., Session]) -> None:
    session = begin("neovim")
    session.client.notify("textDocument/didDance", {"textDocument": {"uri": "file:///a.py"}})
    session.client.notify("$/cancelRequest", {"id": 12345})
    with pytest.raises(ServerError) as caught:
        session.client.request("textDocument/dance", {})
    assert caught.value.code == -32601
    with pytest.raises(ServerError):
        session.client.request("textDocument/hover", {"position": "here"})
    with pytest.raises(ServerError):
        session.client.request("workspace/executeCommand", {"command": "no.such.command"})
    text = "import json"
    assert session.at("hover", session.new(text), text, 8)


def test_values_that_nobody_knows_yet(begin: Callable[..., Session]) -> None:
    capabilities = copy.deepcopy(declared("vscode")["capabilities"])
    text = capabilities["textDocument"]
    text["completion"]["completionItemKind"]["valueSet"].append(999)
    text["completion"]["completionItem"]["tagSupport"]["valueSet"].append(9)
    text["completion"]["completionItem"]["documentationFormat"].insert(0, "asciidoc")
    text["hover"]["contentFormat"].insert(0, "asciidoc")
    text["codeAction"]["codeActionLiteralSupport"]["codeActionKind"]["valueSet"].append("x.y")
    text["documentSymbol"]["symbolKind"]["valueSet"].append(77)
    text["publishDiagnostics"]["tagSupport"]["valueSet"].append(5)
    text["foldingRange"]["foldingRangeKind"]["valueSet"].append("novel")
    text["noveltyOfNextYear"] = {"dynamicRegistration": True}
    capabilities["workspace"]["workspaceEdit"]["resourceOperations"].append("teleport")
    capabilities["workspace"]["workspaceEdit"]["failureHandling"] = "prayer"
    capabilities["general"]["positionEncodings"].insert(0, "utf-7")
    session = begin(capabilities=capabilities, trace="shout")
    assert session.encoding == "utf-16"
    uri = session.new(FIXABLE)
    assert session.at("hover", uri, FIXABLE, 8)["contents"]["kind"] == "markdown"
    here = {"line": 0, "character": 7}
    asked = {"textDocument": {"uri": uri}, "position": here, "context": {"triggerKind": 9}}
    assert session.client.request("textDocument/completion", asked)["items"]
    odd = {"range": {"start": here, "end": here}, "message": "", "severity": 9, "tags": [7]}
    context = {"diagnostics": [odd], "only": ["x.y", "quickfix"], "triggerKind": 9}
    asked = {"textDocument": {"uri": uri}, "range": {"start": here, "end": here}, "context": context}
    assert session.client.request("textDocument/codeAction", asked)


@pytest.mark.parametrize("options", [None, [], "loud", 3, {"hover": 3}, {"stdlib-ls": {"hover.enabled": True}}])
def test_options_of_any_shape(begin: Callable[..., Session], options: Any) -> None:
    session = begin(options=options)
    assert session.at("hover", session.new("import json"), "import json", 8)


def test_a_client_that_declares_nothing(own_root: Path) -> None:
    with Client(COMMAND) as client:
        answer = client.initialize({})
        uri = (own_root / "a.py").as_uri()
        client.open(uri, FIXABLE)
        assert answer["capabilities"].get("positionEncoding", "utf-16") == "utf-16"
        assert client.wait_for("textDocument/publishDiagnostics")["diagnostics"]
        assert client.at("hover", uri, 0, 8)["contents"]["kind"] == "plaintext"
        assert client.stop() == 0


def test_columns_in_characters(begin: Callable[..., Session]) -> None:
    capabilities = {"general": {"positionEncodings": ["utf-32"]}}
    session = begin(capabilities=capabilities)
    text = 'import json\nx = "😀é"; json\n'
    assert session.encoding == "utf-32"
    found = session.client.at("hover", session.new(text), 1, 11)
    assert found["range"] == {"start": {"line": 1, "character": 10}, "end": {"line": 1, "character": 14}}


def test_a_handler_that_fails(own_root: Path) -> None:
    """A bug of ours ends neither the session nor pops up in the user's face."""
    failing = (
        "import sys\n"
        "from stdlib_ls import cli\n"
        "from stdlib_ls.lsp import handlers, server\n"
        "def fail(*args): raise RuntimeError('a bug')\n"
        "handlers.hover = server.diagnostics = fail\n"
        "sys.exit(cli.main([]))\n"
    )
    with Client([sys.executable, "-c", failing]) as client:
        client.initialize(**declared("ale"), root=own_root)
        uri = (own_root / "a.py").as_uri()
        client.open(uri, "import json\njson.")
        with pytest.raises(ServerError):
            client.at("hover", uri, 0, 8)
        assert "dumps" in labels(client.at("completion", uri, 1, 5))
        client.change(uri, "import json\nimport ")
        assert "json" in labels(client.at("completion", uri, 1, 7))
        assert "window/showMessage" not in client.methods()
        assert "a bug" in client.stderr()
        assert client.stop() == 0


# Settings.


def test_settings_at_the_start(begin: Callable[..., Session]) -> None:
    session = begin("ale", options={"hover": {"enabled": False}, "diagnostics.replaceable-import": "warning"})
    uri = session.new(FIXABLE)
    assert session.at("hover", uri, FIXABLE, 8) is None
    assert [one["severity"] for one in session.diagnostics(uri)] == [2]


@pytest.mark.parametrize("name", ["vscode", "ale"])
def test_settings_on_the_way(begin: Callable[..., Session], name: str) -> None:
    """VS Code is asked for its settings, ALE sends them."""
    session = begin(name, settings={"hover": {"enabled": False}})
    client = session.client
    uri = session.new(FIXABLE)
    if name == "vscode":
        client.wait_for("workspace/configuration")
        assert session.at("hover", uri, FIXABLE, 8) is None
        client.settings["stdlib-ls"] = {"completion": {"mode": "off"}, "diagnostics": {"replaceable-import": "hint"}}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        client.wait_for("workspace/configuration")
        client.wait_for("workspace/diagnostic/refresh")
    else:
        assert session.diagnostics(uri)[0]["severity"] == 3
        sent = {"stdlib-ls": {"completion.mode": "off", "diagnostics": {"replaceable-import": "hint"}}}
        client.notify("workspace/didChangeConfiguration", {"settings": sent})
    assert session.at("hover", uri, FIXABLE, 8)
    assert session.at("completion", uri, FIXABLE, 7) is None
    assert session.diagnostics(uri)[0]["severity"] == 4


def test_a_broken_setting_is_named_once(begin: Callable[..., Session]) -> None:
    session = begin(settings={"hover": {"detail": "loud"}, "completion": {"mode": "off"}, "hoover": 1})
    client = session.client
    client.wait_for("workspace/configuration")
    uri = session.new(FIXABLE)
    assert session.at("hover", uri, FIXABLE, 8)
    assert session.at("completion", uri, FIXABLE, 7) is None
    client.notify("workspace/didChangeConfiguration", {"settings": {}})
    client.wait_for("workspace/configuration")
    assert session.diagnostics(uri)
    logged = [one["params"]["message"] for one in client.received if one["method"] == "window/logMessage"]
    assert len(logged) == 2
    assert "hover.detail" in logged[0]
    assert "hoover" in logged[1]
    assert "window/showMessage" not in client.methods()


def test_a_broken_pyproject_is_named_once(begin: Callable[..., Session], own_root: Path) -> None:
    (own_root / "pyproject.toml").write_text("[tool.stdlib-ls\n")
    session = begin("ale")
    for _ in range(2):
        assert session.diagnostics(session.new(FIXABLE))
    logged = [one["params"]["message"] for one in session.client.received if one["method"] == "window/logMessage"]
    assert len(logged) == 1
    assert "pyproject.toml:1" in logged[0]


@pytest.mark.parametrize("name", NAMES)
def test_project_files_on_the_disk(begin: Callable[..., Session], own_root: Path, name: str) -> None:
    """Not every client watches files, so the next save or question finds the change."""
    session = begin(name)
    uri = session.new(FIXABLE)
    for text, expected in ((PROJECT, 1), (PROJECT + QUIET, 0), (PROJECT, 1)):
        (own_root / "pyproject.toml").write_text(text)
        if not session.pulls:
            session.client.at("hover", uri, 0, 0)
            session.client.received.clear()
            session.client.save((own_root / "pyproject.toml").as_uri())
        assert len(session.diagnostics(uri)) == expected


@pytest.mark.parametrize("name", NAMES)
def test_project_files_in_unsaved_buffers(begin: Callable[..., Session], own_root: Path, name: str) -> None:
    session = begin(name)
    client, pyproject = session.client, (own_root / "pyproject.toml").as_uri()
    if session.can("workspace", "configuration"):
        client.wait_for("workspace/configuration")
    uri = session.new(FIXABLE)
    assert len(session.diagnostics(uri)) == 1

    def judged_again() -> int:
        if name == "vscode":
            client.wait_for("workspace/diagnostic/refresh")
        return len(session.diagnostics(uri))

    client.open(pyproject, PROJECT + QUIET, language="toml")
    assert judged_again() == 0
    client.change(pyproject, PROJECT)
    assert judged_again() == 1
    client.change(pyproject, PROJECT + QUIET)
    assert judged_again() == 0
    # Half typed: what is on the disk holds.
    client.change(pyproject, PROJECT + QUIET + "[tool.")
    assert judged_again() == 1
    client.change(pyproject, PROJECT + QUIET)
    assert judged_again() == 0
    client.close(pyproject)
    assert judged_again() == 1
    assert client.at("hover", pyproject, 0, 3) is None


def test_settings_of_the_project_reach_kept_lists(begin: Callable[..., Session], own_root: Path) -> None:
    session = begin("neovim")
    text = "import json\njson."
    uri = session.new(text)

    def documented() -> str:
        return json.dumps(session.at("completion", uri, text, len(text)))

    assert "https://docs.python.org" in documented()
    (own_root / "pyproject.toml").write_text(PROJECT + '[tool.stdlib-ls]\ndocs.url = "https://docs.example"\n')
    assert "https://docs.example" in documented()


# Beginning and end.


def test_exit_without_shutdown(own_root: Path) -> None:
    with Client(COMMAND) as client:
        client.initialize({}, root=own_root)
        client.notify("exit")
        assert client.wait() == 1


@pytest.mark.parametrize("last_words", [b"", b"Content-Length: 100\r\n\r\n{", b"Content-Length: 1", b"nonsense\n"])
def test_a_client_that_is_killed(own_root: Path, last_words: bytes) -> None:
    with Client(COMMAND) as client:
        client.initialize({}, root=own_root)
        assert client.process
        assert client.process.stdin
        client.process.stdin.write(last_words)
        client.hang_up()
        assert client.wait() is not None
        assert "Traceback" not in client.stderr()


def test_a_client_that_is_killed_while_it_is_answered(own_root: Path) -> None:
    with Client(COMMAND) as client:
        client.initialize(**declared("ale"), root=own_root)
        uri = (own_root / "a.py").as_uri()
        client.open(uri, "import ")
        client.at("completion", uri, 0, 7)
        assert client.process
        assert client.process.stdout
        # More than a pipe holds, and nobody reads it any more.
        for _ in range(20):
            client.ask(
                "textDocument/completion", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 7}}
            )
        client.process.stdout.close()
        client.hang_up()
        assert client.wait() is not None


def test_over_tcp(own_root: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    with Client([*COMMAND, "--tcp", f"127.0.0.1:{address[1]}"], address=address) as client:
        client.initialize(**declared("vscode"), root=own_root)
        uri = (own_root / "a.py").as_uri()
        client.open(uri, "import json\njson.")
        assert client.at("hover", uri, 0, 8)
        assert "dumps" in labels(client.at("completion", uri, 1, 5))
        assert client.stop() == 0


def test_over_tcp_to_a_client_that_is_killed(own_root: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = free.getsockname()
    with Client([*COMMAND, "--tcp", f"127.0.0.1:{address[1]}"], address=address) as client:
        client.initialize(**declared("vscode"), root=own_root)
        client.hang_up()
        assert client.wait() is not None
