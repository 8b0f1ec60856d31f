"""What stdlib-ls promises about a workspace that nobody has looked through yet.

It runs no project code, imports no project module, starts no interpreter found in the workspace, opens no network
connection, and writes no file without a user's action. Nor does it trip over modules named like Python's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from client import Client

RECORDED = Path(__file__).parent / "lsp" / "capabilities"
SCRIPT = Path(sys.executable).parent / "stdlib-ls"
MODULE = (sys.executable, "-m", "stdlib_ls")
ISOLATED = (sys.executable, "-I", "-m", "stdlib_ls")

# What the server or what it stands on imports, what Python would run at its start, and what other tools would run.
IMPORTED = """asyncio json logging random typing dataclasses difflib tomllib argparse socket ssl tokenize
    attr attrs cattrs lsprotocol pygls tree_sitter tree_sitter_python yaml""".split()
RUN = ["sitecustomize", "usercustomize", "conftest", "setup", "noxfile", "__init__", "psutil"]

APP = f"import {', '.join(IMPORTED)}\nimport psutil\n\nprint(psutil.cpu_count())\njson.dumps\n"
READ = (
    ["check", "."],
    ["check", "--diff", "."],
    ["show", "json", "psutil", "random"],
    ["why-version", "inner/app.py"],
    ["deps"],
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A project in which everything that can be imported or executed leaves a mark."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / ".git").mkdir()
    mark = repr(str(tmp_path / "marks"))
    trap = f"with open({mark}, 'a') as marks: marks.write(__name__ + ' ' + __file__ + '\\n')\n"
    for name in (*IMPORTED, *RUN):
        (folder / f"{name}.py").write_text(trap)
    (folder / "json.py").unlink()
    (folder / "json").mkdir()
    (folder / "json/__init__.py").write_text(trap)
    for name in (".venv/bin/python", ".venv/bin/python3", ".venv/bin/stdlib-ls", "python", "python3", "git", "uv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\necho executed {name} >> {tmp_path}/marks\n")
        (folder / name).chmod(0o755)
    (folder / ".venv/pyvenv.cfg").write_text(f"home = {folder}/.venv/bin\nversion = 3.12.1\n")
    (folder / ".venv/lib/python3.12/site-packages").mkdir(parents=True)
    (folder / ".venv/lib/python3.12/site-packages/trap.pth").write_text(f"import os; open({mark}, 'a').write('pth')\n")
    (folder / ".python-version").write_text("3.11\n")
    # Beside the traps, their names are the project's own and nothing is said of them; in here they are Python's.
    (folder / "main.py").write_text(APP)
    (folder / "inner").mkdir()
    (folder / "inner/pyproject.toml").write_text('[project]\nname = "inner"\n')
    (folder / "inner/app.py").write_text(APP)
    return folder


@pytest.fixture
def environment(workspace: Path, tmp_path: Path) -> dict[str, str]:
    """That of a terminal in which the workspace's own environment is active, in a home without anything."""
    home = tmp_path / "home"
    home.mkdir()
    path = os.pathsep.join([str(workspace / ".venv/bin"), str(workspace), os.environ.get("PATH", "")])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "XDG_"))}
    # Python's own caches beside the package are no business of ours.
    return {
        **kept,
        "HOME": str(home),
        "PATH": path,
        "VIRTUAL_ENV": str(workspace / ".venv"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def contents(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def work(command: Sequence[str], workspace: Path, environment: dict[str, str], client: str = "ale") -> str:
    """A session with everything that a person would do; gives what the server wrote to stderr."""
    declared = json.loads((RECORDED / f"{client}.json").read_text(encoding="utf-8"))
    with Client(command, cwd=workspace, env=environment) as server:
        server.initialize(declared["capabilities"], root=workspace)
        beside = (workspace / "main.py").as_uri()
        server.open(beside, APP)
        assert server.at("hover", beside, 0, 8) is None
        uri = (workspace / "inner/app.py").as_uri()
        server.open(uri, APP)
        assert server.at("hover", uri, 0, 8)
        for line, character in ((1, 8), (3, 14), (4, 1)):
            server.at("hover", uri, line, character)
        items = server.at("completion", uri, 4, 5)["items"]
        server.request("completionItem/resolve", items[0])
        server.change(uri, APP + "import ")
        assert server.at("completion", uri, 5, 7)["items"]
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 5, "character": 0}}
        for only in (["quickfix"], ["source.fixAll"]):
            asked = {"textDocument": {"uri": uri}, "range": whole, "context": {"diagnostics": [], "only": only}}
            server.request("textDocument/codeAction", asked)
        pyproject = (workspace / "inner/pyproject.toml").as_uri()
        server.open(pyproject, '[project]\nname = "x"\nrequires-python = ">=3.9"\n', language="toml")
        server.save(uri)
        if client == "vscode":
            server.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        server.close(pyproject)
        server.close(uri)
        assert server.stop() == 0, server.stderr()
        return server.stderr()


def test_the_traps_work(workspace: Path, tmp_path: Path) -> None:
    """Without this, no marks would prove nothing."""
    for name in (*IMPORTED, *RUN):
        code = f"import sys; sys.path.insert(0, {str(workspace)!r}); sys.modules.pop({name!r}, None); import {name}"
        subprocess.run([sys.executable, "-B", "-I", "-c", code], capture_output=True, timeout=120)
    subprocess.run([workspace / ".venv/bin/python"], timeout=120)
    marks = (tmp_path / "marks").read_text()
    assert "executed .venv/bin/python" in marks
    assert set(IMPORTED) <= {line.split()[0] for line in marks.splitlines()}


@pytest.mark.parametrize("command", [(str(SCRIPT),), MODULE, ISOLATED], ids=["command", "module", "isolated"])
def test_nothing_of_the_workspace_is_run(
    command: Sequence[str], workspace: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    before = contents(workspace)
    assert "Traceback" not in work(command, workspace, environment)
    for arguments in READ:
        ran = subprocess.run([*command, *arguments], cwd=workspace, env=environment, capture_output=True, timeout=120)
        assert (ran.returncode in (0, 1), ran.stderr) == (True, b"")
    assert not (tmp_path / "marks").exists(), (tmp_path / "marks").read_text()
    assert contents(workspace) == before
    assert contents(tmp_path / "home") == {}


@pytest.mark.parametrize("folder", ["absolute", "relative"])
def test_modules_on_the_python_path_come_last(
    folder: str, workspace: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    """PYTHONPATH holds many a workspace. What Python itself runs from there, before us, is the user's own wish."""
    for name in ("sitecustomize", "usercustomize"):
        (workspace / f"{name}.py").unlink()
    environment["PYTHONPATH"] = str(workspace) if folder == "absolute" else os.pathsep.join(["", "."])
    for command in ((str(SCRIPT),), MODULE):
        assert "Traceback" not in work(command, workspace, environment)
        subprocess.run([*command, "check"], cwd=workspace, env=environment, capture_output=True, timeout=120)
    assert not (tmp_path / "marks").exists(), (tmp_path / "marks").read_text()


def test_versions_come_from_files_read_as_text(workspace: Path, environment: dict[str, str]) -> None:
    ran = subprocess.run(
        [*MODULE, "why-version", "inner/app.py"],
        cwd=workspace,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "3.11" in ran.stdout
    assert "pyvenv.cfg" in ran.stdout


def test_the_server_keeps_out_of_the_workspace(workspace: Path, environment: dict[str, str]) -> None:
    """Its working directory is elsewhere, so that nothing is found there by accident and the folder can be removed."""
    reporting = (
        "import os, sys\n"
        "from stdlib_ls.lsp import handlers\n"
        "def report(*_): sys.stderr.write(os.getcwd()); sys.stderr.flush()\n"
        "handlers.hover = report\n"
        "from stdlib_ls import cli\n"
        "sys.exit(cli.main([]))\n"
    )
    with Client([sys.executable, "-I", "-c", reporting], cwd=workspace, env=environment) as server:
        server.initialize({})
        server.open("untitled:x", "import json")
        server.at("hover", "untitled:x", 0, 8)
        assert server.stderr() == workspace.anchor


# Everything that reaches outside, as Python itself reports it.

RECORDER = """
import os, sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
STARTING = ("subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.startfile", "pty.")
TALKING = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethost", "socket.send", "urllib.", "http.")
CHANGING = ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
            "os.chown", "os.utime", "shutil.", "tempfile.", "sqlite3.", "webbrowser.")

def watch(event, arguments):
    if event == "open":
        told = isinstance(arguments[2], int) and arguments[2] & WRITING
    else:
        told = event.startswith(STARTING + TALKING + CHANGING)
    if told:
        os.write(2, f"outside: {event} {arguments!r}\\n".encode())

sys.addaudithook(watch)
"""
SERVE = RECORDER + "from stdlib_ls import cli\nsys.exit(cli.main(sys.argv[1:]))\n"


@pytest.fixture
def recorded(tmp_path: Path) -> list[str]:
    runner = tmp_path / "runner.py"
    runner.write_text(SERVE)
    return [sys.executable, "-B", str(runner)]


def test_the_recorder_works(tmp_path: Path) -> None:
    deeds = (
        "import socket, subprocess\n"
        "open('written', 'w').close()\n"
        "os.close(os.open('made', os.O_CREAT | os.O_WRONLY))\n"
        "subprocess.run([sys.executable, '-c', ''])\n"
        "os.system('')\n"
        "try: socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except OSError: pass\n"
        "open(os.devnull).close()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-B", "-c", RECORDER + deeds], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    events = {line.split()[1] for line in ran.stderr.splitlines() if line.startswith("outside: ")}
    assert {"open", "subprocess.Popen", "os.system", "socket.connect"} <= events
    assert os.devnull not in ran.stderr


@pytest.mark.parametrize("client", ["neovim", "vscode", "eglot", "ale"])
def test_a_session_reaches_nothing_outside(
    client: str, recorded: list[str], workspace: Path, environment: dict[str, str]
) -> None:
    before = contents(workspace)
    assert "outside: " not in work(recorded, workspace, environment, client)
    assert contents(workspace) == before


@pytest.mark.parametrize("arguments", READ, ids=" ".join)
def test_commands_reach_nothing_outside(
    arguments: list[str], recorded: list[str], workspace: Path, environment: dict[str, str]
) -> None:
    before = contents(workspace)
    ran = subprocess.run(
        [*recorded, *arguments], cwd=workspace, env=environment, capture_output=True, text=True, timeout=120
    )
    assert ran.stdout
    assert ran.stderr == ""
    assert contents(workspace) == before


def test_fixing_writes_the_fixed_file_only(
    recorded: list[str], workspace: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    before = contents(workspace)
    ran = subprocess.run(
        [*recorded, "check", "--fix"], cwd=workspace, env=environment, capture_output=True, text=True, timeout=120
    )
    (deed,) = ran.stderr.splitlines()
    assert deed.startswith("outside: open ")
    assert "app.py" in deed
    changed = {path for path, content in contents(workspace).items() if before.get(path) != content}
    assert changed == {workspace / "inner/app.py"}
    assert not (tmp_path / "marks").exists()
