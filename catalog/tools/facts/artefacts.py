"""Gets what the facts are read from, by the ordinary clients of the places where it is published.

Everything is kept below `build/facts/`, so that the next run needs no network; delete that folder to get it anew.
What cannot be had is told and left out: the committed facts keep what was read from it before.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from interpreters import Interpreter, find_interpreters

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / "build/facts"
TYPESHED = "typeshed-client==2.14.0"
# The versions of the documentation that are read, newest first, and the release of Debian that packages each.
DOCUMENTATION = {"3.15": "sid", "3.14": "sid", "3.13": "sid", "3.11": "bookworm", "3.9": "bullseye"}
_PROBE = Path(__file__).with_name("probe.py")
_PROBE_SECONDS = 300


def typeshed() -> Path:
    """The folder with VERSIONS and the stubs of the standard library, as the pinned package ships them."""
    folder = CACHE / TYPESHED
    if not folder.is_dir():
        download = CACHE / "download"
        _run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(download), TYPESHED])
        wheel = next(download.glob(f"{TYPESHED.partition('==')[0].replace('-', '_')}-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return folder / "typeshed_client/typeshed"


def documentation(given: dict[str, Path]) -> dict[str, Path]:
    """The folders of built HTML by version, newest first: those that were given, and Debian's packages."""
    found = {}
    for version in sorted({*DOCUMENTATION, *given}, key=lambda one: int(one.split(".")[1]), reverse=True):
        folder = given.get(version) or CACHE / f"python{version}-doc/usr/share/doc/python{version}/html"
        if not folder.is_dir():
            _download_documentation(version)
        if (folder / "objects.inv").is_file():
            found[version] = folder
        else:
            print(f"no documentation of {version} at hand; DOCS={version}=FOLDER names one", file=sys.stderr)
    return found


def _download_documentation(version: str) -> None:
    """Asks the mirror that apt is set up for, with lists of our own: the machine's packages stay as they are."""
    if version not in DOCUMENTATION or not shutil.which("apt-get"):
        return
    package = f"python{version}-doc"
    release = DOCUMENTATION[version]
    state = CACHE / f"apt-{release}"
    targets = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"])
    address = next((line for line in targets.splitlines() if line.rstrip("/").endswith("/debian")), None)
    if address is None:
        return
    for folder in ("lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "sources.list").write_text(f"deb {address} {release} main\n")
    settings = {"Dir::Etc::sourcelist": state / "sources.list", "Dir::Etc::sourceparts": "/dev/null",
                "Dir::State::lists": state / "lists", "Dir::Cache": state}  # fmt: skip
    apt = ["apt-get", "--quiet=2", *(f"-o{name}={value}" for name, value in settings.items())]
    try:
        if not any(state.glob("lists/*_Packages*")):
            _run([*apt, "update"])
        _run([*apt, "download", package], cwd=state)
        archive = next(state.glob(f"{package}_*.deb"))
        _run(["dpkg-deb", "--extract", str(archive), str(CACHE / package)])
    except (subprocess.CalledProcessError, StopIteration) as error:
        print(f"{package}: {getattr(error, 'stderr', error)}", file=sys.stderr)


def ask_interpreters(question: dict[str, Any]) -> list[tuple[Interpreter, dict[str, Any]]]:
    """What every interpreter found on this machine, or named in STDLIB_LS_PYTHONS, answers to the probe."""
    text = json.dumps(question)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda one: (one, ask(one, text)), find_interpreters()))


def ask(interpreter: Interpreter, question: str) -> dict[str, Any]:
    """What one interpreter answers to a question, as JSON."""
    command = [interpreter.path, "-I", "-S", "-X", "utf8", str(_PROBE)]
    answer: dict[str, Any] = json.loads(_run(command, text=question))
    return answer


def _run(command: list[str], cwd: Path = ROOT, text: str = "") -> str:
    return subprocess.run(
        command, input=text, cwd=cwd, capture_output=True, encoding="utf-8", check=True, timeout=_PROBE_SECONDS
    ).stdout
