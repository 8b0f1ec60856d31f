"""The server's commands over the wire, but for the search: cards by name and by place, and the range of Pythons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from client import ServerError
from wire_session import FIXABLE, Session, labels, position

from stdlib_ls.catalog.store import Catalog

SCRIPT = "# /// script\n# requires-python = '>=3.13'\n# ///\nimport json\n"
Begin = Callable[..., Session]


def run(session: Session, name: str, *arguments: Any) -> Any:
    params = {"command": f"stdlib-ls.server.{name}", "arguments": list(arguments)}
    return session.client.request("workspace/executeCommand", params)


def card_at(session: Session, uri: str, text: str, part: str) -> Any:
    return run(session, "card", {"uri": uri, "position": position(text, text.index(part), session.encoding)})


def test_card_by_name(session: Session, catalog: Catalog) -> None:
    for name in ("json.dumps", "print", "psutil"):
        found = run(session, "card", name)
        assert found["name"] == name
        assert found["text"].startswith(f"**`{name}`**: " if has_markdown(session) else f"{name}: ")
    entry = catalog.find("json.dumps")
    assert entry
    assert run(session, "card", "json.dumps")["documentation"].endswith("/library/json.html#json.dumps")
    assert run(session, "card", "xyzzy.plugh") is None


def has_markdown(session: Session) -> bool:
    return "markdown" in session.declared["textDocument"]["hover"].get("contentFormat", ())


def test_card_by_place(session: Session) -> None:
    """Behind an emoji, columns differ between clients."""
    uri = session.new(FIXABLE)
    assert card_at(session, uri, FIXABLE, "cpu_count")["name"] == "psutil"
    assert card_at(session, uri, FIXABLE, "print")["name"] == "print"
    assert card_at(session, uri, FIXABLE, "😀") is None
    assert run(session, "card", {"uri": "file:///not/open.py", "position": {"line": 0, "character": 0}}) is None


def test_card_is_whole_and_there_when_hovering_is_off(begin: Begin) -> None:
    session = begin("vscode", settings={"hover": {"enabled": False}})
    session.client.wait_for("workspace/configuration")
    uri = session.new("import json\n")
    assert session.at("hover", uri, "import json\n", 7) is None
    assert "```python" in card_at(session, uri, "import json\n", "json")["text"]


def test_card_of_nonsense_is_an_error(begin: Begin) -> None:
    session = begin("neovim")
    for nonsense in ({}, {"uri": 1, "position": None}, 7, None):
        with pytest.raises(ServerError):
            run(session, "card", nonsense)
    assert run(session, "card", "json")


def test_versions(session: Session) -> None:
    uri = session.new(SCRIPT)
    found = run(session, "versions", uri)
    assert found["range"].startswith("3.13–") and not found["assumed"]
    assert "script" in found["source"] and found["text"].startswith("oldest 3.13: ")
    of_workspace = run(session, "versions")
    assert of_workspace["range"].startswith("3.10–")
    assert of_workspace["source"] == "requires-python in pyproject.toml"
    assert run(session, "versions", "untitled:Untitled-1")["range"] == of_workspace["range"]


def test_other_servers_come_and_go(begin: Begin) -> None:
    """What is completed follows whoever else the client says is there."""
    session = begin("vscode", settings={"beside": []})
    client, text = session.client, "Pa"
    client.wait_for("workspace/configuration")
    uri, imports = session.new(text), session.new("import ")

    def offered() -> tuple[bool, bool]:
        names, modules = session.at("completion", uri, text, 2), session.at("completion", imports, "import ", 7)
        return bool(names and "Path" in labels(names)), bool(modules and "json" in labels(modules))

    assert offered() == (True, True)
    for beside, expected in ((["pylance"], (False, False)), (["jedi", "ruff"], (True, False)), (None, (False, True))):
        client.settings["stdlib-ls"] = {"beside": beside}
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        client.wait_for("workspace/configuration")
        client.wait_for("workspace/diagnostic/refresh")
        assert offered() == expected
    assert not [one for one in client.received if one["method"] == "window/logMessage"]
