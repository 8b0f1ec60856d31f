"""A session with the server, as real clients lead it: what they declared was recorded from them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from client import Client

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
