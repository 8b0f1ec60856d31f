"""The search over the wire: a command for every client, and symbols of the workspace where a setting asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from client import ServerError
from wire_session import Session, dig

COMMAND = "stdlib-ls.server.search"
SYMBOLS_ON = {"search": {"symbols": True}}


def searched(session: Session, *arguments: Any) -> list[dict[str, Any]]:
    params = {"command": COMMAND, "arguments": list(arguments)}
    found: list[dict[str, Any]] = session.client.request("workspace/executeCommand", params)
    return found


def test_the_command(session: Session) -> None:
    assert COMMAND in session.answer["capabilities"]["executeCommandProvider"]["commands"]
    found = searched(session, "temporary directory")
    assert 1 < len(found) <= 20
    assert "tempfile.TemporaryDirectory" in [one["name"] for one in found[:3]]
    assert all(set(one) == {"name", "kind", "summary"} and one["summary"] for one in found)
    assert len(searched(session, "temporary directory", 2)) == 2
    assert len(searched(session, "temporary directory", -1)) == 1
    assert searched(session, "xyzzyplugh") == []


def test_a_command_with_odd_arguments(begin: Callable[..., Session]) -> None:
    session = begin("neovim")
    with pytest.raises(ServerError):
        searched(session)
    assert searched(session, "unzip", "many", None)
    assert isinstance(searched(session, {"a": 1}), list)
    assert searched(session, "unzip")


def test_symbols_only_where_a_setting_asks_for_them(begin: Callable[..., Session]) -> None:
    without = begin("vscode")
    assert "workspaceSymbolProvider" not in without.answer["capabilities"]
    with pytest.raises(ServerError):
        without.client.request("workspace/symbol", {"query": "unzip"})

    session = begin("vscode", options=SYMBOLS_ON)
    assert session.answer["capabilities"]["workspaceSymbolProvider"]
    found = session.client.request("workspace/symbol", {"query": "topological sort"})
    assert dig(found[0], "location", "uri").startswith("https://docs.python.org/3")
    assert (found[0]["containerName"], found[0]["kind"]) == ("graphlib", 5)
    assert found[0]["name"].startswith("TopologicalSorter: ")
    assert session.client.request("workspace/symbol", {"query": ""}) == []


def test_the_range_of_the_workspace_holds(begin: Callable[..., Session]) -> None:
    """The project supports 3.10 and later, so what has gone before is not found, and what is young is."""
    names = [one["name"] for one in searched(begin("neovim"), "read toml")]
    assert "tomllib" in names
    session = begin("ale", options={**SYMBOLS_ON, "target": "3.9-3.10"})
    assert "tomllib" not in [one["name"] for one in searched(session, "read toml")]
