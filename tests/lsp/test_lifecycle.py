"""What happens around the answers over the wire: trouble, settings, project files, and the end."""

from __future__ import annotations

import copy
import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client import Client, ServerError
from wire_session import COMMAND, FIXABLE, NAMES, PROJECT, QUIET, Session, declared, labels

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
    wrong = {"hover": {"detail": "loud"}, "completion": {"mode": "off"}, "hoover": 1}
    session = begin(settings=wrong, options=wrong)  # Many clients send theirs in both ways.
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
    (own_root / "pyproject.toml").write_text(PROJECT + '[tool.stdlib-ls]\ndocs.url = "https://docs.python.org/fr"\n')
    assert "https://docs.python.org/fr" in documented()


# Beginning and end.


class NotReady(Client):
    """A client that refuses the first question for its settings, as VS Code's does when it is asked too early."""

    refused = False

    def _answer(self, method: str, params: Any) -> dict[str, Any]:
        if method == "workspace/configuration" and not self.refused:
            self.refused = True
            return {"error": {"code": -32601, "message": "Unhandled method workspace/configuration"}}
        return super()._answer(method, params)


def test_settings_are_asked_for_again(own_root: Path) -> None:
    with NotReady(COMMAND, settings={"stdlib-ls": {"hover": {"enabled": False}}}) as client:
        recorded = declared("vscode")
        session = Session("vscode", client, own_root, client.initialize(**recorded, root=own_root), recorded)
        client.wait_for("workspace/configuration")
        uri = session.new(FIXABLE)
        client.wait_for("workspace/configuration")
        client.wait_for("workspace/diagnostic/refresh")
        assert session.at("hover", uri, FIXABLE, 8) is None
        session.new(FIXABLE)
        assert session.at("hover", uri, FIXABLE, 8) is None
        assert "workspace/configuration" not in client.methods(), "asked although it had answered"


def test_shutdown_before_the_settings_are_there(begin: Callable[..., Session]) -> None:
    session = begin("vscode")
    assert session.client.stop() == 0
    assert "workspace/configuration" in session.client.methods()
    assert session.client.stderr() == ""


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
