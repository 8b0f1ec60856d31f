"""The server inside the VS Code extension starts with every Python, and with nothing but what is in the folder."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from interpreters import Interpreter, find_interpreters

VSCODE = Path(__file__).resolve().parents[2] / "clients/vscode"
CANNOT_RUN = 2


def program(name: str) -> Any:
    """A program of the extension's folder, as a module."""
    spec = importlib.util.spec_from_file_location(f"vscode_{name}", VSCODE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bundle = program("bundle")
# What a server needs of the protocol to be there and to go again.
CONVERSATION: list[dict[str, object]] = [
    {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
    {"method": "initialized", "params": {}},
    {
        "id": 2,
        "method": "workspace/executeCommand",
        "params": {"command": "stdlib-ls.server.search", "arguments": ["unzip"]},
    },
    {"id": 3, "method": "shutdown", "params": None},
    {"method": "exit", "params": None},
]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `server` of the extension, as `npm run package` fills it."""
    missing = [wheel for wheel in bundle.read_lock() if not wheel.is_kept()]
    if missing:
        try:
            missing[0].fetch()
        except SystemExit as error:
            # That is what pip says, too, where it reaches no index.
            if "No matching distribution" not in str(error):
                raise
            pytest.skip(f"pip cannot fetch {missing[0].file}")
    target = tmp_path_factory.mktemp("extension") / "server"
    bundle.bundle(target)
    return target


def launch(
    python: str, server: Path, *arguments: str, cwd: Path, before: tuple[str, ...] = (), sent: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the launcher as the extension does, with an environment that would lead any other program astray."""
    hostile = {"PYTHONPATH": str(cwd), "PYTHONHOME": str(cwd), "PYTHONSTARTUP": str(cwd / "random.py")}
    poisoned = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    return subprocess.run(
        [*before, python, "-I", "-S", str(server / "launch.py"), *arguments],
        cwd=cwd,
        env={**os.environ, **hostile, **poisoned},
        input=sent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder in which the names of modules that the server needs stand for something else."""
    for name in ("random", "json", "tree_sitter", "stdlib_ls", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the folder in which it runs was searched')\n")
    return tmp_path


def supported() -> list[Interpreter]:
    return [one for one in find_interpreters() if (3, 10) <= one.version <= (3, 14)]


@pytest.mark.parametrize("python", supported(), ids=str)
def test_it_works_on_every_python(python: Interpreter, server: Path, trap: Path) -> None:
    said = launch(python.path, server, "self-test", cwd=trap)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("stdlib-ls ") and said.stdout.endswith(f" works on Python {python}\n")


@pytest.mark.parametrize("python", supported(), ids=str)
def test_it_serves(python: Interpreter, server: Path, trap: Path) -> None:
    messages = [json.dumps({"jsonrpc": "2.0", **message}) for message in CONVERSATION]
    sent = "".join(f"Content-Length: {len(message)}\r\n\r\n{message}" for message in messages)
    said = launch(python.path, server, cwd=trap, sent=sent)
    assert said.returncode == 0, said.stderr
    assert "zipfile.ZipFile.extractall" in said.stdout


def test_it_needs_no_network(server: Path, trap: Path) -> None:
    """Where that may be forbidden altogether it is; elsewhere the other tests have a proxy that nobody answers at."""
    alone = ("unshare", "--map-root-user", "--net")
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network of its own can be made for a process here")
    assert launch(sys.executable, server, "self-test", cwd=trap, before=alone).returncode == 0


def test_every_module_comes_from_the_bundle_or_from_python(server: Path, trap: Path) -> None:
    """Nothing that is installed for this Python is used, although this one has all that the server needs."""
    show = f"""
import runpy, sys
sys.argv[1:] = ["self-test"]
try:
    runpy.run_path({str(server / "launch.py")!r}, run_name="__main__")
except SystemExit:
    print(*(module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)), sep="\\n")
"""
    command = [sys.executable, "-I", "-S", "-c", show]
    said = subprocess.run(command, cwd=trap, capture_output=True, text=True, check=True)
    files = [Path(line) for line in said.stdout.splitlines()[1:]]
    bundled = {file.relative_to(server).parts for file in files if file.is_relative_to(server)}
    assert {parts[2] for parts in bundled if parts[0] == "native"} == {"tree_sitter", "tree_sitter_python"}
    assert {"stdlib_ls", "pygls", "lsprotocol", "attr", "cattrs"} <= {parts[1] for parts in bundled}
    library = Path(os.__file__).parent
    others = [file for file in files if not file.is_relative_to(server)]
    assert [file for file in others if "site-packages" in file.parts or not file.is_relative_to(library)] == []


def test_only_what_runs_is_there(server: Path) -> None:
    """Neither types nor sources in C; what is compiled is as it was published."""
    files = [path for path in server.rglob("*") if path.is_file() and ".dist-info" not in str(path)]
    assert {path.suffix for path in files} - {".pyc"} <= {".py", ".so", ".pyd", ".txt", ".md", ".rst"}
    compiled = [path for path in files if path.suffix in (".so", ".pyd")]
    published: dict[str, bytes] = {}
    for wheel in bundle.read_lock():
        if wheel.folder == "linux-x86_64":
            with zipfile.ZipFile(wheel.kept) as archive:
                names = [name for name in archive.namelist() if name.endswith(bundle.COMPILED)]
                published.update({Path(name).name: archive.read(name) for name in names})
    ours = [path for path in compiled if "linux-x86_64" in path.parts]
    assert len(compiled) > len(ours) > 5
    assert {path.name: path.read_bytes() for path in ours} == published


def old_pythons() -> list[str]:
    return [str(path) for path in sorted(Path.home().glob(".pyenv/versions/3.[6-9].*/bin/python"))]


@pytest.mark.parametrize("python", old_pythons(), ids=lambda path: Path(path).parents[1].name)
def test_an_old_python_says_so(python: str, server: Path, tmp_path: Path) -> None:
    said = launch(python, server, "self-test", cwd=tmp_path)
    assert (said.returncode, said.stdout) == (CANNOT_RUN, "")
    [line] = said.stderr.splitlines()
    assert python in line and "Python 3.10 or newer" in line and "stdlib-ls.path" in line


def test_a_platform_without_wheels_says_so(server: Path, tmp_path: Path) -> None:
    copy = tmp_path / "server"
    shutil.copytree(server, copy, ignore=shutil.ignore_patterns("native"))
    said = launch(sys.executable, copy, "self-test", cwd=tmp_path)
    assert (said.returncode, said.stdout) == (CANNOT_RUN, "")
    [line] = said.stderr.splitlines()
    assert "nothing is bundled" in line and sys.executable in line and "stdlib-ls.path" in line


def test_a_python_without_a_wheel_says_so(server: Path, tmp_path: Path) -> None:
    """As a free-threaded one, or one that is newer than the extension."""
    copy = tmp_path / "server"
    shutil.copytree(server, copy)
    for module in (copy / "native").glob("*/tree_sitter/_binding.*"):
        if f"{sys.version_info[0]}{sys.version_info[1]}" in module.name:
            module.unlink()
    said = launch(sys.executable, copy, "self-test", cwd=tmp_path)
    assert said.returncode == CANNOT_RUN
    [line] = said.stderr.splitlines()
    assert f"({sys.implementation.cache_tag})" in line and "choose another Python" in line


def test_each_platform_has_a_module_for_each_python(server: Path) -> None:
    for folder in sorted((server / "native").iterdir()):
        modules = [path.name for path in (folder / "tree_sitter").glob("_binding*")]
        for version in ("310", "311", "312", "313", "314"):
            assert sum(f"cp{version}-" in name or f"cpython-{version}-" in name for name in modules) == 1, folder
        assert len(list((folder / "tree_sitter_python").glob("_binding*"))) == 1, folder
    assert len(list((server / "native").iterdir())) == 7


def test_a_file_that_is_not_the_one_of_the_lock_is_not_taken(server: Path) -> None:
    wheel = bundle.read_lock()[0]
    assert wheel.is_kept()
    assert not bundle.Wheel(wheel.folder, wheel.file, "0" * 64).is_kept()
    with pytest.raises(SystemExit):
        bundle.Wheel("other", wheel.file, "0" * 64).fetch()
    assert not bundle.Wheel("other", wheel.file, "0" * 64).kept.exists()
