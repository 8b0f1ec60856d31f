"""The command line, as a person or a script calls it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from stdlib_ls import __version__
from stdlib_ls.settings import RULE_CODES
from stdlib_ls.versions import NEWEST_KNOWN, show_version

COMMAND = (sys.executable, "-m", "stdlib_ls")
FIXABLE = "import psutil\n\nprint('é😀', psutil.cpu_count())\n"
FIXED = "import os\n\nprint('é😀', os.cpu_count())\n"
PARTLY = "import psutil\n\nprint(psutil.cpu_count(), psutil.virtual_memory())\n"
# ExceptionGroup is a builtin since 3.11.
NEWER = "from exceptiongroup import ExceptionGroup\n\nraise ExceptionGroup('', [ValueError()])\n"
NEWEST = show_version(NEWEST_KNOWN)
FINDING = ["path", "line", "column", "end_line", "end_column", "code", "severity", "message", "fix"]
CARD = ["name", "kind", "module", "summary", "signature", "added", "deprecated", "removed", "availability", "docs"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder above which nothing is looked at."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.10"\n')
    return tmp_path


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONUTF8": "1", **variables}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120
    )


def findings(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(folder, "check", "--output-format", "json", *arguments).stdout)
    return found


# check


def test_check_in_text(project: Path) -> None:
    (project / "app.py").write_text(FIXABLE, encoding="utf-8")
    (project / "clean.py").write_text("import json\n")
    ran = run(project, "check")
    assert re.fullmatch(r"app\.py:1:8: information \[replaceable-import\] .*os\.cpu_count.*\n", ran.stdout)
    assert (ran.returncode, ran.stderr) == (1, "")


def test_check_in_json(project: Path) -> None:
    (project / "app.py").write_text("'😀é'; " + FIXABLE, encoding="utf-8")
    (found,) = findings(project, "app.py")
    assert list(found) == FINDING
    assert {key: found[key] for key in FINDING[:7]} == {
        "path": "app.py",
        "line": 1,
        "column": 14,
        "end_line": 1,
        "end_column": 20,
        "code": "replaceable-import",
        "severity": "information",
    }
    assert "os.cpu_count" in found["message"]
    assert set(found["fix"]) == {"title", "safety"}
    assert found["fix"]["safety"] == "safe"


def test_check_finds_nothing(project: Path) -> None:
    (project / "clean.py").write_text("import json\n")
    assert run(project, "check", "clean.py").stdout == ""
    ran = run(project, "check", "--output-format", "json")
    assert (json.loads(ran.stdout), ran.returncode) == ([], 0)


def test_check_by_severity(project: Path) -> None:
    (project / "app.py").write_text(FIXABLE, encoding="utf-8")
    (project / "partly.py").write_text(PARTLY)
    assert [one["path"] for one in findings(project)] == ["app.py"]
    hints = findings(project, "--min-severity", "hint")
    assert [(one["path"], one["severity"]) for one in hints] == [("app.py", "information"), ("partly.py", "hint")]
    assert run(project, "check", "--min-severity", "warning").returncode == 0
    assert run(project, "check", "partly.py").returncode == 0


def test_check_for_a_target(project: Path) -> None:
    (project / "app.py").write_text(NEWER)
    assert findings(project) == []
    assert [one["severity"] for one in findings(project, "--target", "3.11")] == ["information"]
    assert findings(project, "--target", "3.9-3.12") == []
    (found,) = findings(project, "--target", "3.11-3.12")
    assert "target setting" in found["message"]
    # What the command line says goes before the project's own settings.
    (project / "pyproject.toml").write_text('[tool.stdlib-ls]\ntarget = "3.9"\n')
    assert len(findings(project, "--target", "3.11")) == 1


@pytest.mark.parametrize("target", ["3", "abc", "3.12-3.9", ""])
def test_a_target_that_is_none(project: Path, target: str) -> None:
    if not target:
        assert run(project, "check", "--target").returncode == 2
        return
    ran = run(project, "check", "--target", target)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert target in ran.stderr
    assert "Traceback" not in ran.stderr


def test_check_walks_folders(project: Path) -> None:
    for name in ("b/app.py", "a/app.py", ".hidden/app.py", "venv/app.py", "node_modules/x.py", "__pycache__/x.py"):
        (project / name).parent.mkdir()
        (project / name).write_text(FIXABLE, encoding="utf-8")
    (project / "venv/pyvenv.cfg").write_text("version = 3.11.4\n")
    (project / "notes.txt").write_text(FIXABLE, encoding="utf-8")
    # Emacs locks a file by a link that leads nowhere.
    (project / "a/.#app.py").symlink_to("user@host.1234:5678")
    ran = run(project, "check", "--output-format", "json")
    expected = [str(Path("a", "app.py")), str(Path("b", "app.py"))]
    assert [one["path"] for one in json.loads(ran.stdout)] == expected
    assert (ran.returncode, ran.stderr) == (1, "")


def test_check_names_what_it_cannot_read(project: Path) -> None:
    broken = {
        "bad_bytes.py": b"import psutil\nprint(psutil.cpu_count(), '\xe9')\n",
        "bad_bytes_only.py": b"'\xe9'\n",
        "bad_cookie.py": b"# coding: klingon\nimport psutil\nprint(psutil.cpu_count())\n",
        "utf16.py": FIXABLE.encode("utf-16"),
    }
    for name, content in broken.items():
        (project / name).write_bytes(content)
    (project / "gone.py").symlink_to("nowhere")
    (project / "good.py").write_text(FIXABLE, encoding="utf-8")
    ran = run(project, "check", ".", "missing.py")
    named = [line.split(": ")[1] for line in ran.stderr.splitlines()]
    assert sorted(named) == sorted([*broken, "gone.py", "missing.py"])
    assert ran.stdout.startswith("good.py:1:8: ")
    assert ran.returncode == 2
    assert run(project, "check", "--fix").returncode == 2
    assert (project / "good.py").read_text(encoding="utf-8") == FIXED
    assert all((project / name).read_bytes() == content for name, content in broken.items())


def test_check_copes_with_what_is_half_typed(project: Path) -> None:
    (project / "app.py").write_text("import psutil\nprint(psutil.cpu_count()\ndef (:\n\0")
    (project / "empty.py").write_text("")
    ran = run(project, "check", "--fix")
    assert ran.returncode in (0, 1)
    assert ran.stderr == ""


def test_names_that_no_console_can_show(project: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    try:
        (project / name).write_text(FIXABLE, encoding="utf-8")
    except OSError:
        pytest.skip("this file system has no such names")
    for arguments in ((), ("--output-format", "json")):
        ran = run(project, "check", *arguments, PYTHONIOENCODING="utf-8:strict")
        assert (ran.returncode, ran.stderr) == (1, "")
        assert r"caf\udce9.py" in ran.stdout
        json.loads(ran.stdout if arguments else "[]")
    ran = run(project, "check", "--diff", PYTHONIOENCODING="ascii:strict")
    assert ran.returncode == 1
    assert r"\xe9\U0001f600" in ran.stdout


@pytest.mark.parametrize(
    ("encoding", "cookie", "newline"),
    [
        ("utf-8", "", "\n"),
        ("utf-8", "", "\r\n"),
        ("utf-8-sig", "", "\n"),
        ("utf-8-sig", "", "\r\n"),
        ("latin-1", "# -*- coding: latin-1 -*-\n", "\n"),
        ("cp1252", "# vim: set fileencoding=cp1252 :\n", "\r\n"),
        ("utf-8", "#!/usr/bin/env python\n\f\n", "\n"),
    ],
)
def test_fix_keeps_every_other_byte(project: Path, encoding: str, cookie: str, newline: str) -> None:
    special = "é" if encoding in ("latin-1", "cp1252") else "é😀\u2028"
    before, after = (
        f"{cookie}import {name}\nx = '{special}'  \t\nprint({name}.cpu_count())\n# {special}"
        .replace("\n", newline).encode(encoding)
        for name in ("psutil", "os")
    )  # fmt: skip
    file = project / "app.py"
    file.write_bytes(before)
    file.chmod(0o755)
    ran = run(project, "check", "--fix")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert file.read_bytes() == after
    assert file.stat().st_mode & 0o777 == 0o755
    stamp = file.stat().st_mtime_ns
    assert run(project, "check", "--fix").returncode == 0
    assert file.stat().st_mtime_ns == stamp, "a file with nothing to fix is not written"


def test_fix_leaves_what_is_not_safe_or_not_asked_for(project: Path) -> None:
    (project / "partly.py").write_text(PARTLY)
    (project / "app.py").write_text(FIXABLE, encoding="utf-8")
    assert run(project, "check", "--fix", "--min-severity", "warning").returncode == 0
    assert (project / "app.py").read_text(encoding="utf-8") == FIXABLE
    ran = run(project, "check", "--fix", "--min-severity", "hint")
    assert ran.returncode == 1
    assert ran.stdout.startswith("partly.py:1:8: hint ")
    assert (project / "partly.py").read_text() == PARTLY
    assert (project / "app.py").read_text(encoding="utf-8") == FIXED


def test_diff_changes_nothing(project: Path) -> None:
    source = "import psutil\nx = 1\f\nprint(psutil.cpu_count())"
    (project / "app.py").write_text(source)
    ran = run(project, "check", "--diff")
    assert ran.stdout == (
        "--- app.py\n+++ app.py\n@@ -1,3 +1,3 @@\n"
        "-import psutil\n+import os\n x = 1\f\n"
        "-print(psutil.cpu_count())\n\\ No newline at end of file\n"
        "+print(os.cpu_count())\n\\ No newline at end of file\n"
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    assert (project / "app.py").read_text() == source
    (project / "app.py").write_text("import json\n")
    assert run(project, "check", "--diff").returncode == 0


def test_settings_of_the_project(project: Path) -> None:
    (project / "app.py").write_text(FIXABLE, encoding="utf-8")
    (project / "pyproject.toml").write_text('[tool.stdlib-ls]\ndiagnostics.replaceable-import = "warning"\nodd = 1\n')
    ran = run(project, "check", "--min-severity", "warning")
    assert "warning [replaceable-import]" in ran.stdout
    assert len(ran.stderr.splitlines()) == 1
    assert "odd" in ran.stderr
    (project / "pyproject.toml").write_text('[tool.stdlib-ls]\nalternatives.allow = { psutil = "the cluster" }\n')
    assert findings(project) == []


# check --newest

OLDER = "import imp, asynchat, tomllib, psutil\n\nprint(imp, asynchat, tomllib, psutil.cpu_count())\n"


@pytest.mark.parametrize(
    ("tree", "specifier", "note", "gone"),
    [
        ({}, ">=3.10,<3.14", "3.10 (oldest supported: requires-python in pyproject.toml) to 3.13 (", 2),
        ({}, ">=3.10,<3.12", "3.10 (oldest supported: requires-python in pyproject.toml) to 3.11 (", 0),
        ({".python-version": "3.11\n"}, ">=3.10,<3.14", "3.11 (in use: .python-version) to 3.13 (", 2),
        ({".venv/pyvenv.cfg": "version = 3.12.1\n"}, ">=3.10", "3.12 (in use: .venv/pyvenv.cfg) to 3.15 (newest", 2),
        ({".python-version": "3.14"}, ">=3.10,<3.13", "3.12 (requires-python in pyproject.toml), so nothing", 0),
        ({}, None, "(oldest supported: assumed) to 3.15 (newest known)", 2),
    ],
)
def test_check_what_newer_pythons_break(
    project: Path, tree: dict[str, str], specifier: str | None, note: str, gone: int
) -> None:
    (project / "app.py").write_text(OLDER)
    (project / "pyproject.toml").write_text(f'[project]\nrequires-python = "{specifier}"\n' if specifier else "")
    for name, text in tree.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)
    ran = run(project, "check", "--newest")
    assert ran.stdout.count("warning [removed-module]") == len(ran.stdout.splitlines()) == gone
    (said,) = ran.stderr.splitlines()
    assert said.startswith(f"stdlib-ls: {project}: from Python ") and note in said
    assert ran.returncode == int(gone > 0)


def test_check_newest_of_scripts_and_by_target(project: Path) -> None:
    (project / ".python-version").write_text("3.11")
    (project / "script.py").write_text(f'# /// script\n# requires-python = ">=3.9,<3.12"\n# ///\n{OLDER}')
    ran = run(project, "check", "--newest", "--min-severity", "hint")
    assert "from Python 3.9 (oldest supported: requires-python in script metadata) to 3.11 (" in ran.stderr
    codes = re.findall(r"(\w+) \[([\w-]+)\]", ran.stdout)
    assert codes == [("hint", "deprecated-module")] * 2, "neither psutil nor tomllib is about newer Pythons"
    ran = run(project, "check", "--newest", "--target", "3.9-3.12", "script.py")
    assert "from Python 3.11 (in use: .python-version) to 3.12 (target setting)" in ran.stderr
    assert ran.stdout.count("removed-module") == 2


# Files that list requirements, and modules that are gone.

LISTED = """\
[project]
name = "tried"
requires-python = ">=3.11"
dependencies = [
  "enum34",  # è
  "tomli>=2; python_version < '3.11'",
  "six", "typing"
]
"""


def test_requirements_in_walked_folders(project: Path) -> None:
    (project / "pyproject.toml").write_text(LISTED, encoding="utf-8")
    (project / "requirements").mkdir()
    for name in ("requirements.txt", "requirements/dev.txt", "requirements/constraints.txt", "notes.txt", "other.toml"):
        (project / name).write_text("six\nenum34\n")
    (project / "setup.cfg").write_text("[options]\ninstall_requires =\n    uuid\n")
    assert findings(project) == []
    found = findings(project, "--min-severity", "hint")
    places = [(one["path"], one["line"], one["column"], one["end_column"]) for one in found]
    assert places == [
        ("pyproject.toml", 5, 4, 10),
        ("pyproject.toml", 6, 4, 9),
        ("pyproject.toml", 7, 11, 17),
        ("requirements.txt", 2, 1, 7),
        ("setup.cfg", 3, 5, 9),
        (str(Path("requirements", "dev.txt")), 2, 1, 7),
    ]
    assert {(one["code"], one["severity"]) for one in found} == {("superfluous-requirement", "hint")}
    assert found[0]["fix"] == {"title": "Remove the requirement enum34", "safety": "safe"}
    assert "requires-python" in found[1]["message"]


def test_requirements_named_one_by_one(project: Path) -> None:
    for name in ("requirements.txt", "requirements-dev.in", "notes.txt"):
        (project / name).write_text("enum34\n")
        ran = run(project, "check", "--min-severity", "hint", name)
        assert (ran.returncode, ran.stderr) == (int(name != "notes.txt"), "")
        assert ran.stdout.startswith(f"{name}:1:1: hint [superfluous-requirement]") == (name != "notes.txt")


def test_fixing_requirements(project: Path) -> None:
    (project / "pyproject.toml").write_text(LISTED, encoding="utf-8")
    (project / "requirements.txt").write_bytes(b"\xef\xbb\xbfsix\r\nenum34 \\\r\n  --hash=sha256:aa\r\nattrs")
    ran = run(project, "check", "--min-severity", "hint", "--diff")
    assert {'-  "enum34",  # è', '-  "six", "typing"', '+  "six"', "-enum34 \\"} <= set(ran.stdout.splitlines())
    assert (project / "pyproject.toml").read_text(encoding="utf-8") == LISTED
    ran = run(project, "check", "--min-severity", "hint", "--fix")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    head, _, _ = LISTED.partition("  ")
    assert (project / "pyproject.toml").read_text(encoding="utf-8") == head + '  "six"\n]\n'
    assert (project / "requirements.txt").read_bytes() == b"\xef\xbb\xbfsix\r\nattrs"


def test_requirements_as_other_programs_write_them(project: Path) -> None:
    text = "six\r\nenum34\r\n"
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        (project / "requirements.txt").write_bytes(mark + text.encode(encoding))
        assert len(findings(project, "--min-severity", "hint")) == 1
        run(project, "check", "--min-severity", "hint", "--fix")
        assert (project / "requirements.txt").read_bytes() == mark + "six\r\n".encode(encoding)
    (project / "requirements.txt").write_bytes(b"# \xe9\nenum34\n")
    ran = run(project, "check", "--min-severity", "hint")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("stdlib-ls: requirements.txt: cannot be read")


def test_a_broken_pyproject_lists_nothing(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\ndependencies = ["enum34"\n')
    ran = run(project, "check", "--min-severity", "hint")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert len(ran.stderr.splitlines()) == 1
    assert "pyproject.toml:3: not valid TOML" in ran.stderr


def test_requirements_of_an_older_project(project: Path) -> None:
    (project / "pyproject.toml").write_text(LISTED.replace(">=3.11", ">=3.3"), encoding="utf-8")
    assert findings(project, "--min-severity", "hint") == []
    assert len(findings(project, "--min-severity", "hint", "--target", "3.11")) == 3


def test_a_team_has_superfluous_packages_of_its_own(project: Path) -> None:
    (project / "own.yaml").write_text(
        "package: acme-json\nimports: []\nadvice: superfluous\nshadows: [json]\n"
        "summary: Our json of old.\nkeep_when: Never.\n"
    )
    (project / "pyproject.toml").write_text('[tool.stdlib-ls]\ncatalogs = ["own.yaml"]\n')
    (project / "requirements.txt").write_text("acme_json\n")
    (found,) = findings(project, "--min-severity", "hint")
    assert "json is part of every Python 3" in found["message"]


def test_gone_module(project: Path) -> None:
    (project / "app.py").write_text("import pkg_resources\n\npkg_resources.require('x')\n")
    (found,) = findings(project, "--min-severity", "warning")
    assert (found["code"], found["severity"], found["line"], found["column"]) == ("gone-module", "warning", 1, 8)
    (project / "requirements.txt").write_text("setuptools<82\n")
    assert findings(project, "--min-severity", "hint") == []
    (project / "requirements.txt").write_text("setuptools<83\n")
    assert len(findings(project, "--min-severity", "hint")) == 1


# show


def test_show_superfluous_packages(project: Path) -> None:
    ran = run(project, "show", "enum34", "typing")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("enum34: Enumerations for Pythons before 3.4.")
    (card,) = json.loads(run(project, "show", "--json", "enum34").stdout)
    assert (card["kind"], card["advice"], card["replacements"]) == ("package", "superfluous", [])


def test_show(project: Path) -> None:
    ran = run(project, "show", "json", "os.path.join", "psutil")
    assert (ran.returncode, ran.stderr) == (0, "")
    for text in ("json: ", "os.path.join: ", "psutil: ", "https://docs.python.org/", "os.cpu_count"):
        assert text in ran.stdout
    assert "\033" not in ran.stdout, "colours are for terminals"
    assert not re.search(r"`|\*\*", ran.stdout)


def test_show_in_json(project: Path) -> None:
    names = ["json", "no.such.name", "tomllib.loads", "asynchat", "psutil", "len"]
    ran = run(project, "show", "--json", *names)
    module, unknown, new, gone, package, builtin = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert "no.such.name" in ran.stderr
    assert unknown is None
    for entry in (module, new, gone, builtin):
        assert list(entry) == CARD
    assert "JSON" in module["summary"]
    assert (module["name"], module["kind"], module["module"], module["added"]) == ("json", "module", "json", None)
    assert (new["name"], new["module"], new["added"]) == ("tomllib.loads", "tomllib", "3.11")
    assert new["signature"].startswith("(")
    assert new["docs"].startswith("https://docs.python.org/3")
    assert new["docs"].endswith("#tomllib.loads")
    assert gone["removed"] == "3.12"
    assert set(CARD) | {"advice", "replacements"} <= set(package)
    assert (package["name"], package["kind"], package["advice"]) == ("psutil", "package", "partial")
    assert {"match", "fix", "safety"} <= set(package["replacements"][0])


def test_show_finds_packages_by_either_name(project: Path) -> None:
    ran = run(project, "show", "--json", "python-dateutil", "dateutil", "dateutil.parser")
    assert [entry["name"] for entry in json.loads(ran.stdout)] == ["python-dateutil"] * 3


def test_show_tells_packages_of_one_import_name_apart(project: Path) -> None:
    names = ["docopt", "docopt-ng", "pycryptodome", "pycrypto"]
    ran = run(project, "show", "--json", *names)
    assert [entry["name"] for entry in json.loads(ran.stdout)] == names


def test_show_judges_by_the_target(project: Path) -> None:
    assert "3.11" in run(project, "show", "tomllib", "--target", "3.9").stdout
    assert run(project, "show", "tomllib", "--target", "3.9").stdout != run(project, "show", "tomllib").stdout
    assert run(project, "show", "tomllib", "--target", "x").returncode == 2
    assert run(project, "show").returncode == 2


# search


def test_search(project: Path) -> None:
    ran = run(project, "search", "temporary", "directory")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "tempfile.TemporaryDirectory  " in ran.stdout
    assert len(ran.stdout.splitlines()) == 10
    assert not re.search(r"`|\033", ran.stdout)
    assert ran.stdout == run(project, "search", "temporary directory").stdout
    assert len(run(project, "search", "--limit", "3", "temporary").stdout.splitlines()) == 3


def test_search_in_json(project: Path) -> None:
    ran = run(project, "search", "--json", "topological sort")
    found = json.loads(ran.stdout)
    assert list(found[0]) == ["name", "kind", "summary"]
    assert (found[0]["name"], found[0]["kind"]) == ("graphlib.TopologicalSorter", "class")
    nothing = run(project, "search", "--json", "xyzzyplugh")
    assert (nothing.returncode, json.loads(nothing.stdout)) == (1, [])


def test_search_in_a_range(project: Path) -> None:
    assert "tomllib" in run(project, "search", "read toml", "--target", "3.11").stdout
    assert "tomllib" not in run(project, "search", "read toml", "--target", "3.9-3.10").stdout
    assert "3.11+" in run(project, "search", "tomllib", "--target", "3.10").stdout
    ran = run(project, "search", "telnet", "--target", "3.12")
    assert "gone in 3.13" in ran.stdout


def test_search_for_nothing(project: Path) -> None:
    ran = run(project, "search", "xyzzyplugh")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "other words" in ran.stderr
    assert run(project, "search").returncode == 2
    assert run(project, "search", "--limit", "0", "unzip").returncode == 2


# deps


@pytest.fixture
def dependent(project: Path) -> Path:
    """A project with a dependency of each kind that matters here."""
    listed = 'dependencies = ["psutil", "exceptiongroup", "numpy"]\n'
    (project / "pyproject.toml").write_text(f'[project]\nrequires-python = ">=3.10"\n{listed}')
    (project / "src").mkdir()
    (project / "src/app.py").write_text(FIXABLE + NEWER, encoding="utf-8")
    (project / "src/other.py").write_text("import orjson\n\norjson.dumps({})\n")
    return project


def test_deps(dependent: Path) -> None:
    ran = run(dependent, "deps")
    assert (ran.returncode, ran.stderr) == (0, "")
    rows = [line.split() for line in ran.stdout.split("\n\n")[1].splitlines()]
    assert rows == [
        ["name", "declared", "files", "uses", "covered", "verdict"],
        ["psutil", "pyproject.toml:3", "1", "1", "1", "can", "go"],
        ["exceptiongroup", "pyproject.toml:3", "1", "1", "0", "from", "3.11"],
        ["numpy", "pyproject.toml:3", "-", "-", "-", "not", "imported"],
    ]
    assert "exceptiongroup, not covered before 3.11: exceptiongroup.ExceptionGroup" in ran.stdout
    # A folder or file below stands for the project around it.
    assert run(dependent, "deps", "src").stdout == run(dependent / "src", "deps", "app.py").stdout == ran.stdout
    assert "from 3.11" not in run(dependent, "deps", "--target", "3.11").stdout


def test_deps_in_json(dependent: Path) -> None:
    found = json.loads(run(dependent, "deps", "--json").stdout)
    fields = ["project", "range", "source", "files", "dependencies", "undeclared", "left_out", "not_read"]
    assert list(found) == fields
    assert (found["project"], found["range"], found["files"]) == (str(dependent.resolve()), f"3.10–{NEWEST}", 2)
    assert found["dependencies"][1] == {
        "name": "exceptiongroup",
        "declared": [{"path": "pyproject.toml", "line": 3}],
        "imports": [{"path": "src/app.py", "line": 4}],
        "files": 1,
        "guarded": 0,
        "uses": 1,
        "covered": 0,
        "uncovered": [{"name": "exceptiongroup.ExceptionGroup", "count": 1}],
        "verdict": "from 3.11",
        "from": "3.11",
        "why": "",
    }
    assert [(one["name"], one["declared"]) for one in found["undeclared"]] == [("orjson", [])]


def test_deps_of_nothing(project: Path) -> None:
    ran = run(project, "deps")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "0 declared dependencies, 0 Python files" in ran.stdout
    ran = run(project, "deps", "missing")
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", "stdlib-ls: missing: no such file or folder\n")
    (project / "bad.py").write_bytes(b"x = '\xe9'\n")
    (project / "pyproject.toml").write_text("not TOML")
    ran = run(project, "deps")
    assert ran.returncode == 2
    assert "bad.py: cannot be read" in ran.stderr and "pyproject.toml:1: not valid TOML" in ran.stderr


# why-version


def test_why_version(project: Path) -> None:
    (project / "src").mkdir()
    (project / "src/app.py").write_text("import json\n")
    for path in ("src/app.py", "src", "."):
        lines = run(project, "why-version", path).stdout.splitlines()
        assert lines[0] == 'oldest 3.10: requires-python in pyproject.toml (">=3.10")'
        assert lines[1].startswith("newest 3.")
    (project / "src/script.py").write_text('# /// script\n# requires-python = ">=3.12"\n# ///\n')
    ran = run(project, "why-version", "src/script.py")
    assert ran.stdout.startswith("oldest 3.12: ")
    assert "passed over: requires-python in pyproject.toml" in ran.stdout
    ran = run(project, "why-version", "--target", "3.9-3.12")
    assert re.findall(r"^(?:oldest|newest) \S+(?=:)", ran.stdout, re.MULTILINE) == ["oldest 3.9", "newest 3.12"]
    assert run(project, "why-version").returncode == 0


def test_why_version_of_nothing(project: Path) -> None:
    ran = run(project, "why-version", "missing.py")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "missing.py" in ran.stderr
    (project / "odd.py").write_bytes(b"\xff\xfe\0")
    assert run(project, "why-version", "odd.py").returncode == 0


# explain


def test_explain(project: Path) -> None:
    pages = sorted((Path(__file__).resolve().parents[1] / "docs/rules").glob("*.md"))
    assert pages
    for page in pages:
        ran = run(project, "explain", page.stem)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, page.read_text(encoding="utf-8"), "")


def test_self_test(project: Path) -> None:
    (project / "json.py").write_text("raise RuntimeError")
    ran = run(project, "self-test")
    assert ran.stdout == f"stdlib-ls {__version__} works on Python {sys.version.split()[0]}\n"
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("missing", ["pygls", "tree_sitter"])
def test_self_test_of_an_incomplete_installation(project: Path, tmp_path: Path, missing: str) -> None:
    hidden = (
        f"import sys; sys.modules[{missing!r}] = None; from stdlib_ls.cli import main; sys.exit(main(['self-test']))"
    )
    ran = subprocess.run([sys.executable, "-c", hidden], cwd=project, capture_output=True, encoding="utf-8")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"this installation does not work on {sys.executable}: " in ran.stderr and missing in ran.stderr


def test_explain_what_is_no_rule(project: Path) -> None:
    ran = run(project, "explain", "removed-modul")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "did you mean removed-module?" in ran.stderr
    assert {f"  {code}" for code in RULE_CODES} <= set(ran.stderr.splitlines())
    assert run(project, "explain", "../README").returncode == 2
    assert run(project, "explain").returncode == 2


# The program as such.


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_server_in_a_terminal_says_what_it_waits_for(project: Path) -> None:
    """Somebody has typed the name of the program, to see what it does."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "stdlib_ls"], cwd=project, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout and process.stderr
            assert b"waiting for an editor" in process.stderr.readline()
            time.sleep(0.5)  # The signal shall find it at work; earlier, it ends as well.
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == -signal.SIGINT
            assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
        finally:
            process.kill()
            os.close(ours)
            os.close(theirs)


def test_version(project: Path) -> None:
    ran = run(project, "--version")
    assert (ran.stdout, ran.returncode) == (f"stdlib-ls {__version__}\n", 0)


@pytest.mark.parametrize("arguments", [["dance"], ["check", "--dance"], ["--tcp", "nowhere"], ["--tcp", "host:99999"]])
def test_usage_errors(project: Path, arguments: list[str]) -> None:
    ran = run(project, *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert arguments[-1] in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_port_that_is_taken(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = run(project, "--tcp", f"127.0.0.1:{taken.getsockname()[1]}")
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1


def test_a_reader_that_has_seen_enough(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as out:
        ran = subprocess.run([*COMMAND, "show", "json"], cwd=project, stdout=out, stderr=subprocess.PIPE, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(
    "arguments", [["check", "--fix"], ["show", "json", "psutil"], ["deps"], ["why-version"], ["--version"]]
)
def test_the_protocol_is_loaded_by_the_server_only(project: Path, arguments: list[str]) -> None:
    (project / "app.py").write_text(FIXABLE, encoding="utf-8")
    probe = (
        "import sys\n"
        "from stdlib_ls import cli\n"
        "try: cli.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", probe, *arguments], cwd=project, capture_output=True, timeout=120)
    loaded = set(ran.stderr.decode().splitlines()[-1].split())
    assert "stdlib_ls" in loaded
    assert not loaded & {"pygls", "lsprotocol", "cattrs", "attrs", "attr", "asyncio", "yaml"}


def test_a_fix_takes_no_name_away_that_another_file_wants(tmp_path: Path) -> None:
    files = {
        "compat.py": "from six import text_type\nprint(text_type)\n",
        "main.py": "from compat import text_type\n",
        "mod.py": "import psutil\nprint(psutil.cpu_count())\n",
        "test_mod.py": 'from unittest.mock import patch\nwith patch("mod.psutil.cpu_count"): pass\n',
        "free.py": "import psutil\nprint(psutil.cpu_count())\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    run(tmp_path, "check", "--fix", "--target", "3.11")
    changed = {name for name, text in files.items() if (tmp_path / name).read_text(encoding="utf-8") != text}
    assert changed == {"free.py"}
