"""The project's view of its dependencies over the wire: the result, its progress, and its end before time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client import ServerError
from wire_session import FIXABLE, Session

COMMAND = "stdlib-ls.server.dependencies"
PROJECT = '[project]\nname = "tried"\nrequires-python = ">=3.10"\ndependencies = ["psutil", "six"]\n'


def params(*arguments: Any, **more: Any) -> dict[str, Any]:
    return {"command": COMMAND, "arguments": list(arguments), **more}


def asked(session: Session, *arguments: Any, **more: Any) -> Any:
    return session.client.request("workspace/executeCommand", params(*arguments, **more))


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["verdict"] for one in found["dependencies"]}


def progress(session: Session) -> list[Any]:
    sent = [one["params"] for one in session.client.received if one["method"] == "$/progress"]
    return [one["value"] for one in sent]


def test_the_result(begin: Callable[..., Session], own_root: Path) -> None:
    (own_root / "pyproject.toml").write_text(PROJECT)
    (own_root / "app.py").write_text(FIXABLE, encoding="utf-8")
    session = begin()
    assert COMMAND in session.answer["capabilities"]["executeCommandProvider"]["commands"]
    found = asked(session)
    assert found["project"] == str(own_root)
    assert verdicts(found) == {"psutil": "can go", "six": "not imported"}
    assert found["dependencies"][0]["imports"] == [{"path": "app.py", "line": 1}]
    assert "psutil  pyproject.toml:4      1     1        1  can go" in found["text"]
    assert "\033" not in found["text"]
    assert "$/progress" not in session.client.methods()
    # A file stands for the project around it, and a command without any list of arguments for the first folder.
    for uri in (own_root / "app.py", own_root / "not/yet/there.py", own_root):
        assert asked(session, uri.as_uri()) == found
    assert session.client.request("workspace/executeCommand", {"command": COMMAND}) == found


def test_what_is_no_file_stands_for_the_first_folder(begin: Callable[..., Session], own_root: Path) -> None:
    (own_root / "pyproject.toml").write_text(PROJECT)
    session = begin()
    session.client.open("untitled:Untitled-1", FIXABLE)
    assert asked(session, "untitled:Untitled-1")["project"] == str(own_root)


def test_shutdown_in_the_middle(begin: Callable[..., Session], own_root: Path) -> None:
    for number in range(300):
        (own_root / f"m{number}.py").write_text(FIXABLE, encoding="utf-8")
    (own_root / "pyproject.toml").write_text(PROJECT)
    session = begin()
    session.client.ask("workspace/executeCommand", params())
    assert session.client.stop() == 0
    assert session.client.stderr() == ""


def test_buffers_count_instead_of_files(begin: Callable[..., Session], own_root: Path) -> None:
    (own_root / "app.py").write_text("import json\n")
    session = begin()
    session.client.open((own_root / "pyproject.toml").as_uri(), PROJECT, "toml")
    session.client.open((own_root / "app.py").as_uri(), FIXABLE)
    assert verdicts(asked(session)) == {"psutil": "can go", "six": "not imported"}
    session.client.change((own_root / "app.py").as_uri(), "import six\n\nprint(six.PY3, 'psutil')\n")
    found = asked(session)
    assert verdicts(found)["psutil"] == "not imported"
    assert found["dependencies"][-1]["why"] == "named in app.py"


def test_where_there_is_no_project(begin: Callable[..., Session]) -> None:
    session = begin(rootUri=None, workspaceFolders=None)
    assert asked(session, "untitled:Untitled-1") is None


@pytest.fixture
def crowded(own_root: Path) -> Path:
    """A project with so many files that looking at all of them takes a while."""
    (own_root / "pyproject.toml").write_text(PROJECT)
    lines = "".join(f"def f{line}():\n    return psutil.cpu_count()\n\n\n" for line in range(20))
    for number in range(400):
        (own_root / f"file{number:03}.py").write_text(f"import psutil\n\n\n{lines}")
    return own_root


def test_progress_while_others_are_answered(begin: Callable[..., Session], crowded: Path) -> None:
    session = begin()
    client = session.client
    uri = session.new("import json\n")
    request = client.ask("workspace/executeCommand", params(crowded.as_uri(), workDoneToken="work"))
    for _ in range(3):
        assert client.at("hover", uri, 0, 8)
    # The answers came while there was still much to do.
    assert "end" not in [one["kind"] for one in progress(session)]
    found = client.result(request)
    assert found["dependencies"][0]["uses"] == found["dependencies"][0]["covered"] == 8000
    steps = [one["kind"] for one in progress(session)]
    assert (steps[0], set(steps[1:-1]), steps[-1]) == ("begin", {"report"}, "end")
    # The same token may be used again, and the token of one command is not that of the next.
    client.received.clear()
    assert asked(session, workDoneToken="work")
    assert [one["kind"] for one in progress(session)][-1] == "end"
    client.received.clear()
    assert asked(session)
    assert progress(session) == []


@pytest.mark.parametrize("way", ["request", "progress"])
def test_the_end_before_time(begin: Callable[..., Session], crowded: Path, way: str) -> None:
    session = begin()
    client = session.client
    request = client.ask("workspace/executeCommand", params(workDoneToken=7))
    client.wait_for("$/progress", lambda it: it["value"]["kind"] == "report")
    if way == "request":
        client.notify("$/cancelRequest", {"id": request})
    else:
        client.notify("window/workDoneProgress/cancel", {"token": 7})
    with pytest.raises(ServerError) as caught:
        client.result(request)
    assert caught.value.code == -32800
    # Nothing goes on behind the client's back.
    last = client.wait_for("$/progress", lambda it: it["value"]["kind"] == "end")["value"]
    assert int(last["message"].split()[0]) < 400
    assert asked(session)["files"] == 400
    assert client.stop() == 0
    assert "Traceback" not in client.stderr()
