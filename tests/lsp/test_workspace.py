"""Workspaces of several folders and many files: settings, watching, files that go, and diagnostics of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from client import Client, Message, ServerError
from wire_session import COMMAND, FIXABLE, NAMES, PROJECT, QUIET, Session, declared, dig, pushed

# tomllib came with 3.11, asynchat went with 3.12.
DATED = "import tomllib\nimport asynchat\n\nprint(tomllib, asynchat)\n"
GONE = "import pkg_resources\n\nprint(pkg_resources)\n"
SURVEYED = {"diagnostics": {"workspace": True}}


class ManyFolders(Client):
    """A client with several folders, each of which may have settings of its own, by its address."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(COMMAND)
        self.of_folders: dict[str | None, Any] = dict(settings.items())

    def _answer(self, method: str, params: Any) -> Message:
        if method == "workspace/configuration":
            return {"result": [self.of_folders.get(item.get("scopeUri")) for item in params["items"]]}
        return super()._answer(method, params)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of one workspace, above which nothing is looked at."""
    (tmp_path / ".git").mkdir()
    for name, specifier in (("old", ">=3.9"), ("new", ">=3.12")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text(f'[project]\nrequires-python = "{specifier}"\n')
    return tmp_path / "old", tmp_path / "new"


@pytest.fixture
def many(folders: tuple[Path, Path]) -> Iterator[Callable[..., Session]]:
    """Starts servers for a client with both folders: many("neovim")."""
    running: list[Client] = []

    def start(name: str, folders: tuple[Path, ...] = folders, **more: Any) -> Session:
        client = ManyFolders()
        running.append(client.__enter__())
        recorded = {**declared(name), **more}
        listed = [{"uri": folder.as_uri(), "name": folder.name} for folder in folders]
        answer = client.initialize(**recorded, rootUri=None, workspaceFolders=listed)
        return Session(name, client, folders[0], answer, recorded["capabilities"])

    yield start
    for client in running:
        client.__exit__(None, None, None)


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in found]


def configured(session: Session, tables: Mapping[str | None, Any] | None = None) -> None:
    """Have the server ask for settings, and wait until it has."""
    if tables is not None:
        assert isinstance(session.client, ManyFolders)
        session.client.of_folders = dict(tables)
        session.client.notify("workspace/didChangeConfiguration", {"settings": None})
    session.client.wait_for("workspace/configuration")


# Several folders.


@pytest.mark.parametrize("name", NAMES)
def test_each_folder_has_its_project(
    many: Callable[..., Session], folders: tuple[Path, Path], name: str, tmp_path: Path
) -> None:
    session = many(name)
    assert session.answer["capabilities"]["workspace"]["workspaceFolders"] == {
        "supported": True,
        "changeNotifications": True,
    }
    if session.can("workspace", "configuration"):
        configured(session)
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    (outside / ".git").mkdir()
    (outside / ".python-version").write_text("3.12")
    expected = {
        (folders[0] / "app.py").as_uri(): ["not-yet-available", "removed-module"],
        (folders[1] / "app.py").as_uri(): ["removed-module"],
        # Outside of every folder the nearest project holds, and for what is no file yet the first folder's.
        (outside / "app.py").as_uri(): ["removed-module"],
        "untitled:Untitled-1": ["not-yet-available", "removed-module"],
    }
    for uri, wanted in expected.items():
        session.client.open(uri, DATED)
        assert codes(session.diagnostics(uri)) == wanted


def test_nothing_is_beside_what_is_no_file_yet(many: Callable[..., Session], folders: tuple[Path, Path]) -> None:
    session = many("ale")
    (folders[0] / "random.py").touch()
    text = "import random\n\nprint(random)\n"
    uri = (folders[0] / "app.py").as_uri()
    session.client.open(uri, text)
    assert codes(session.diagnostics(uri)) == ["shadowed-module"]
    session.client.open("untitled:1", text)
    assert session.diagnostics("untitled:1") == []


@pytest.mark.parametrize("name", ["neovim", "vscode", "eglot"])
def test_settings_of_each_folder(many: Callable[..., Session], folders: tuple[Path, Path], name: str) -> None:
    session = many(name)
    uris = [(folder / "app.py").as_uri() for folder in folders]
    configured(session)
    for uri in uris:
        session.client.open(uri, FIXABLE)
        assert [one["severity"] for one in session.diagnostics(uri)] == [3]
    old, new = (folder.as_uri() for folder in folders)
    general = {"diagnostics": {"replaceable-import": "error"}}

    def severities() -> list[list[int]]:
        session.client.at("hover", uris[0], 0, 0)
        if session.pulls:
            session.client.wait_for("workspace/diagnostic/refresh")
        return [[one["severity"] for one in session.diagnostics(uri)] for uri in uris]

    session.client.received.clear()
    configured(session, {None: general, old: {"diagnostics.replaceable-import": "hint"}, new: None})
    assert severities() == [[4], [1]]
    configured(session, {None: {}, old: {}, new: {"diagnostics": {"replaceable-import": "off"}}})
    assert severities() == [[3], []]


def test_folders_come_and_go(many: Callable[..., Session], folders: tuple[Path, Path]) -> None:
    old, new = folders
    session = many("neovim", folders=(old,))
    client = session.client
    assert isinstance(client, ManyFolders)
    configured(session)
    uri = (new / "app.py").as_uri()
    client.open(uri, FIXABLE)
    assert len(session.diagnostics(uri)) == 1
    client.open("untitled:1", DATED)
    assert codes(session.diagnostics("untitled:1")) == ["not-yet-available", "removed-module"]
    client.of_folders = {new.as_uri(): {"diagnostics": {"replaceable-import": "off"}}}
    here, there = ({"uri": folder.as_uri(), "name": folder.name} for folder in (old, new))
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [there], "removed": []}})
    asked = client.wait_for("workspace/configuration")
    assert [item.get("scopeUri") for item in asked["items"]] == [None, old.as_uri(), new.as_uri()]
    client.wait_for("textDocument/publishDiagnostics", lambda it: it["uri"] == uri and not it["diagnostics"])
    client.received.clear()
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [here]}})
    client.wait_for("workspace/configuration")
    # The other folder is the first one now.
    client.wait_for("textDocument/publishDiagnostics", lambda it: codes(it["diagnostics"]) == ["removed-module"])


# What the files around say, wherever it is written: a text with which something is found, and one without.

SOURCES = {
    "pyproject.toml": (PROJECT, PROJECT + QUIET),
    "setup.cfg": ("[options]\npython_requires = >=3.9\n", "[options]\npython_requires = >=3.11\n"),
    "setup.py": ("setup(python_requires='>=3.9')\n", "setup(python_requires='>=3.11')\n"),
    ".python-version": ("3.10\n", "3.11\n"),
    ".venv/pyvenv.cfg": ("version = 3.10.1\n", "version = 3.11.1\n"),
    "requirements.txt": ("setuptools\n", "setuptools<80\n"),
    "own.yaml": (
        "package: acme-http\nimports: [acme_http]\nadvice: equivalent\nsummary: Our old client.\nkeep_when: Never.\n"
        "replacements:\n  - match: acme_http.quote($X)\n    fix: urllib.parse.quote($X)\n    safety: safe\n",
        "package: acme-http\nimports: [acme_http]\nadvice: keep\nsummary: Ours.\nkeep_when: Always.\n",
    ),
}
# What is opened where it is not about the age of tomllib.
TEXTS = {
    "pyproject.toml": FIXABLE,
    "requirements.txt": GONE,
    "own.yaml": "import acme_http\n\nprint(acme_http.quote('x'))\n",
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", NAMES)
def test_changes_around_take_effect(begin: Callable[..., Session], own_root: Path, name: str, source: str) -> None:
    speaking, silent = SOURCES[source]
    (own_root / "pyproject.toml").write_text('[tool.stdlib-ls]\ncatalogs = ["own.yaml"]\n')
    (own_root / "own.yaml").touch()
    file = own_root / source
    file.parent.mkdir(exist_ok=True)
    file.write_text(speaking)
    session = begin(name)
    client, uri = session.client, session.new(TEXTS.get(source, "import tomllib\n\nprint(tomllib)\n"))
    if session.can("workspace", "configuration"):
        client.wait_for("workspace/configuration")

    def found_after(occasion: Callable[[], object], text: str, *, told: bool = True) -> int:
        # Whatever was on its way has arrived once this is answered.
        client.at("hover", uri, 0, 0)
        client.received.clear()
        file.write_text(text)
        occasion()
        if session.pulls and told:
            client.wait_for("workspace/diagnostic/refresh")
        return len(session.diagnostics(uri))

    def save() -> None:
        client.save(uri)

    def tell() -> None:
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": file.as_uri(), "type": 2}]})

    def open_another() -> None:
        session.new("import json\n")

    assert found_after(save, speaking) == 1
    assert found_after(save, silent) == 0
    assert found_after(tell, speaking) == 1
    if source in ("requirements.txt", "own.yaml"):
        # What is required, and what teams know, is looked at only when a file is judged.
        assert found_after(tell, silent) == 0
    else:
        assert found_after(open_another, silent) == 0
    if session.pulls:
        assert found_after(lambda: None, speaking, told=False) == 1


@pytest.mark.parametrize("name", NAMES)
def test_watching_is_asked_for(begin: Callable[..., Session], own_root: Path, name: str) -> None:
    session = begin(name)
    client = session.client
    (own_root / "elsewhere").mkdir()
    (own_root / "elsewhere/own.yaml").write_text("")
    (own_root / "pyproject.toml").write_text('[tool.stdlib-ls]\ncatalogs = ["elsewhere/own.yaml"]\n')
    for _ in range(2):
        client.at("hover", session.new("import json\n"), 0, 8)
    asked = [one["params"] for one in client.received if one["method"] == "client/registerCapability"]
    if not session.can("workspace", "didChangeWatchedFiles", "dynamicRegistration"):
        assert asked == []
        return
    files, catalogs = [one for params in asked for one in params["registrations"]]
    assert files["method"] == catalogs["method"] == "workspace/didChangeWatchedFiles"
    assert files["id"] != catalogs["id"]
    patterns = {one["globPattern"] for one in files["registerOptions"]["watchers"]}
    names = ["pyproject.toml", "setup.cfg", "setup.py", ".python-version", "pyvenv.cfg", "requirements*.txt"]
    assert {f"**/{name}" for name in names} <= patterns
    (own,) = catalogs["registerOptions"]["watchers"]
    folder = (own_root / "elsewhere").as_uri()
    relative = {"baseUri": folder, "pattern": "own.yaml"}
    assert own["globPattern"] == (relative if name == "vscode" else "**/own.yaml")


# Files that go.


@pytest.mark.parametrize("name", NAMES)
def test_what_goes_takes_its_diagnostics_along(begin: Callable[..., Session], own_root: Path, name: str) -> None:
    session = begin(name)
    client = session.client
    able = dig(session.answer, "capabilities", "workspace", "fileOperations") or {}
    assert {"didRename", "didDelete"} <= set(able) if name == "vscode" else not able
    if session.can("workspace", "configuration"):
        client.wait_for("workspace/configuration")
    one, inner, other = ((own_root / path).as_uri() for path in ("one.py", "pack/one.py", "pack2/one.py"))
    for uri in (one, inner, other):
        client.open(uri, FIXABLE)
        assert len(session.diagnostics(uri)) == 1
    client.at("hover", one, 0, 0)
    client.received.clear()
    moved = {"oldUri": one, "newUri": (own_root / "two.py").as_uri()}
    client.notify("workspace/didRenameFiles", {"files": [moved]})
    client.notify("workspace/didDeleteFiles", {"files": [{"uri": (own_root / "pack").as_uri()}]})
    client.at("hover", one, 0, 0)
    if not session.pulls:
        assert [len(it["diagnostics"]) for it in pushed(session, one)] == [0, 0]
        assert [len(it["diagnostics"]) for it in pushed(session, inner)] == [1, 0]
        assert [len(it["diagnostics"]) for it in pushed(session, other)] == [1, 1]
        client.received.clear()
    else:
        assert [len(session.diagnostics(uri)) for uri in (one, inner, other)] == [0, 0, 1]
    # A buffer that lives on is as good as any.
    client.change(inner, FIXABLE)
    assert len(session.diagnostics(inner)) == 1
    client.save(one)
    assert len(session.diagnostics(one)) == 1


# Diagnostics of everything.


def surveyed(session: Session, before: Mapping[str, str] | None = None, **more: Any) -> dict[str, dict[str, Any]]:
    """The reports of a look at the whole workspace, by address; `before` are the names of those that were given."""
    previous = [{"uri": uri, "value": value} for uri, value in (before or {}).items()]
    found = session.client.request("workspace/diagnostic", {"previousResultIds": previous, **more})
    return {one["uri"]: one for one in found["items"]}


def results(reports: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    return {uri: one["resultId"] for uri, one in reports.items() if "resultId" in one}


@pytest.mark.parametrize("name", NAMES)
def test_everything_only_where_a_setting_asks_for_it(begin: Callable[..., Session], name: str) -> None:
    for options in (None, SURVEYED):
        session = begin(name, options=options)
        provider = session.answer["capabilities"].get("diagnosticProvider")
        asked = bool(options) and name == "vscode"
        assert (provider or {}).get("workspaceDiagnostics", False) == asked
        if asked:
            assert surveyed(session) == {}
        else:
            with pytest.raises(ServerError):
                surveyed(session)


def test_everything(begin: Callable[..., Session], own_root: Path) -> None:
    session = begin(options=SURVEYED)
    client = session.client
    client.wait_for("workspace/configuration")
    texts = {
        "app.py": FIXABLE,
        "clean.py": "import json\n",
        "sub/gone.py": DATED,
        "sub/latin.py": "# coding: latin-1\nx = 'é'; import psutil\nprint(psutil.cpu_count())\n",
        "sub/partly.py": "import psutil\n\nprint(psutil.cpu_count(), psutil.virtual_memory())\n",
        "venv/pyvenv.cfg": "version = 3.11\n",
        "venv/x.py": FIXABLE,
        "node_modules/x.py": FIXABLE,
        ".hidden/x.py": FIXABLE,
        "typed.pyi": FIXABLE,
    }
    for name, text in texts.items():
        (own_root / name).parent.mkdir(exist_ok=True)
        (own_root / name).write_text(text, encoding="latin-1" if "latin" in name else "utf-8")
    (own_root / "broken.py").write_bytes(b"import psutil\n\xff\n")
    uris = {name: (own_root / name).as_uri() for name in texts}
    found = surveyed(session)
    assert {uri: [one["code"] for one in report["items"]] for uri, report in found.items()} == {
        uris["app.py"]: ["replaceable-import"],
        uris["sub/gone.py"]: ["not-yet-available", "removed-module"],
        uris["sub/latin.py"]: ["replaceable-import"],
        uris["sub/partly.py"]: ["replaceable-import"],
    }
    assert found[uris["sub/partly.py"]]["items"][0]["severity"] == 4, "hints as in open files"
    assert found[uris["sub/latin.py"]]["items"][0]["range"]["start"] == {"line": 1, "character": 16}
    assert {one["kind"] for one in found.values()} == {"full"}

    # The same again, then a change on the disk, a new file, and one that goes.
    again = surveyed(session, results(found))
    assert {uri: one["kind"] for uri, one in again.items()} == dict.fromkeys(found, "unchanged")
    assert results(again) == results(found)
    (own_root / "app.py").write_text("import json\n")
    (own_root / "new.py").write_text(FIXABLE)
    (own_root / "sub/latin.py").unlink()
    third = surveyed(session, results(found))
    new = (own_root / "new.py").as_uri()
    kinds = {uri: (one["kind"], len(one.get("items", ()))) for uri, one in third.items()}
    assert kinds == {
        uris["app.py"]: ("full", 0),
        new: ("full", 1),
        uris["sub/latin.py"]: ("full", 0),
        uris["sub/gone.py"]: ("unchanged", 0),
        uris["sub/partly.py"]: ("unchanged", 0),
    }
    assert set(results(third)) == {new, uris["sub/gone.py"], uris["sub/partly.py"]}

    # An open file counts as it is in the buffer, whatever lies on the disk.
    client.open(uris["sub/gone.py"], FIXABLE)
    client.open(uris["clean.py"], FIXABLE)
    fourth = surveyed(session, results(third))
    assert [one["code"] for one in fourth[uris["sub/gone.py"]]["items"]] == ["replaceable-import"]
    assert fourth[uris["clean.py"]]["version"] == 1
    assert fourth[uris["clean.py"]]["items"] == session.diagnostics(uris["clean.py"])
    client.close(uris["clean.py"])

    # What the project says concerns all of its files.
    (own_root / "pyproject.toml").write_text(PROJECT.replace("3.10", "3.11") + QUIET)
    fifth = surveyed(session, results(fourth))
    assert {uri: len(one["items"]) for uri, one in fifth.items()} == dict.fromkeys(results(fourth), 0)


def test_everything_in_all_folders_once(many: Callable[..., Session], folders: tuple[Path, Path]) -> None:
    old, new = folders
    (old / "inner").mkdir()
    for folder in (old, old / "inner", new):
        (folder / "app.py").write_text(DATED)
    session = many("vscode", folders=(old, new, old / "inner"), initializationOptions=SURVEYED)
    session.client.wait_for("workspace/configuration")
    found = session.client.request("workspace/diagnostic", {"previousResultIds": []})["items"]
    assert [(one["uri"], len(one["items"])) for one in found] == [
        ((folder / "app.py").as_uri(), count) for folder, count in ((old, 2), (old / "inner", 2), (new, 1))
    ]


@pytest.fixture
def crowded(own_root: Path) -> Path:
    """A folder with so many files that looking at all of them takes a while."""
    for number in range(400):
        lines = "".join(f"def f{line}():\n    return psutil.cpu_count()\n\n\n" for line in range(20))
        (own_root / f"file{number:03}.py").write_text(f"import psutil\n\n\n{lines}")
    return own_root


def test_everything_step_by_step(begin: Callable[..., Session], crowded: Path) -> None:
    session = begin(options=SURVEYED)
    client = session.client
    client.wait_for("workspace/configuration")
    uri = session.new("import json\n")
    client.received.clear()
    tokens = {"workDoneToken": "work", "partialResultToken": "part"}
    asked = client.ask("workspace/diagnostic", {"previousResultIds": [], **tokens})
    for _ in range(3):
        assert client.at("hover", uri, 0, 8)
    # The answers came while there was still much to do.
    sent = [one["params"] for one in client.received if one["method"] == "$/progress"]
    early = [one for params in sent if params["token"] == "part" for one in params["value"]["items"]]
    assert 0 < len(early) < 400
    assert client.result(asked)["items"] == []
    sent = [one["params"] for one in client.received if one["method"] == "$/progress"]
    reports = [one for params in sent if params["token"] == "part" for one in params["value"]["items"]]
    assert len({one["uri"] for one in reports}) == len(reports) == 400
    steps = [params["value"]["kind"] for params in sent if params["token"] == "work"]
    assert (steps[0], set(steps[1:-1]), steps[-1]) == ("begin", {"report"}, "end")
    # The same token may be used again.
    assert set(surveyed(session, {one["uri"]: one["resultId"] for one in reports}, workDoneToken="work")) == {
        one["uri"] for one in reports
    }


@pytest.mark.parametrize("way", ["request", "progress"])
def test_everything_cancelled(begin: Callable[..., Session], crowded: Path, way: str) -> None:
    session = begin(options=SURVEYED)
    client = session.client
    client.wait_for("workspace/configuration")
    asked = client.ask("workspace/diagnostic", {"previousResultIds": [], "workDoneToken": 7})
    client.wait_for("$/progress", lambda it: it["value"]["kind"] == "report")
    if way == "request":
        client.notify("$/cancelRequest", {"id": asked})
    else:
        client.notify("window/workDoneProgress/cancel", {"token": 7})
    with pytest.raises(ServerError) as caught:
        client.result(asked)
    assert caught.value.code == -32800
    steps = [one["params"]["value"] for one in client.received if one["method"] == "$/progress"]
    assert steps[-1]["kind"] == "end"
    assert int(steps[-1]["message"].split()[0]) < 400
    assert len(surveyed(session)) == 400
    assert client.stop() == 0
    assert "Traceback" not in client.stderr()
