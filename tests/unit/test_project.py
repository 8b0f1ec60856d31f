"""Projects: what the files around a Python file say about its versions, its names and its settings."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from stdlib_ls.project import Project, Projects, find_project, is_off_limits
from stdlib_ls.settings import Settings
from stdlib_ls.versions import NEWEST_KNOWN, OLDEST_KNOWN, OLDEST_MAINTAINED, show_version

NEWEST = show_version(NEWEST_KNOWN)
OLDEST = show_version(OLDEST_KNOWN)
NOTHING_FOUND = f"{show_version(OLDEST_MAINTAINED)}-{NEWEST} | assumed | newest known"

Tree = Mapping[str, str | bytes]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A folder above which nothing is looked at."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(top: Path, tree: Tree) -> None:
    """Writes files by their paths; a path that ends in a slash is an empty folder."""
    for name, text in tree.items():
        path = top / name
        (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
        if not name.endswith("/"):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())


def requires(specifier: str) -> str:
    return f'[project]\nrequires-python = "{specifier}"\n'


def target(text: str) -> str:
    return f'[tool.stdlib-ls]\ntarget = "{text}"\n'


def script(specifier: str) -> str:
    return f'import os\n# /// script\n# requires-python = "{specifier}"\n# dependencies = []\n# ///\n'


def shown(project: Project, text: str = "") -> str:
    found = project.version_range(text)
    ends = "-".join(map(show_version, (found.lowest, found.newest)))
    return f"{ends} | {found.lowest_source} | {found.newest_source}"


def given(expected: str, tree: Tree, text: str = "", editor: str | None = None) -> tuple[Tree, str, str | None, str]:
    """A tree, the text of its `app/code.py` (which is always there), the editor's target, and the range expected."""
    return tree, text, editor, expected


RANGES = {
    "nothing": given(NOTHING_FOUND, {}),
    "pyproject": given(
        "3.10-3.12 | requires-python in pyproject.toml | requires-python in pyproject.toml",
        {"pyproject.toml": requires(">=3.10,<3.13")},
    ),
    "open end": given(
        f"3.10-{NEWEST} | requires-python in pyproject.toml | newest known", {"pyproject.toml": requires(">=3.10")}
    ),
    "byte order mark and CRLF": given(
        f"3.10-{NEWEST} | requires-python in pyproject.toml | newest known",
        {"pyproject.toml": b"\xef\xbb\xbf" + requires(">=3.10").replace("\n", "\r\n").encode()},
    ),
    "older and newer than known": given(
        f"3.6-{NEWEST} | requires-python in pyproject.toml | newest known",
        {"pyproject.toml": requires(">=3.6,<3.99")},
    ),
    "newer than known": given(
        f"{NEWEST}-{NEWEST} | requires-python in pyproject.toml | newest known", {"pyproject.toml": requires(">=3.99")}
    ),
    "poetry": given(
        f"3.10-{NEWEST} | tool.poetry python in pyproject.toml | newest known",
        {"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.10"\n'},
    ),
    "poetry, as a table": given(
        "3.10-3.11 | tool.poetry python in pyproject.toml | tool.poetry python in pyproject.toml",
        {"pyproject.toml": '[tool.poetry.dependencies]\npython = {version = ">=3.10,<3.12"}\n'},
    ),
    "setup.cfg": given(
        "3.10-3.12 | python_requires in setup.cfg | python_requires in setup.cfg",
        {"setup.cfg": "[metadata]\nname = x\n\n[options]\nzip_safe = no\npython_requires =\n    >=3.10,\n    <3.13\n"},
    ),
    "setup.cfg, in another section": given(
        NOTHING_FOUND, {"setup.cfg": "[options]\nzip_safe = no\n[other]\npython_requires = >=3.10\n"}
    ),
    "setup.py": given(
        f"3.10-{NEWEST} | python_requires in setup.py | newest known",
        {"setup.py": "raise SystemExit('ran')\n# python_requires='>=3.5'\nsetup(python_requires = \">=3.10, <4\")\n"},
    ),
    "setup.py with a mapping": given(
        f"3.10-{NEWEST} | python_requires in setup.py | newest known",
        {"setup.py": "setup(**{'python_requires': '>=3.10'})\n"},
    ),
    "setup.py that computes": given(NOTHING_FOUND, {"setup.py": "setup(python_requires=REQUIRED)\n"}),
    "setup.py with a constant": given(
        "3.10-3.12 | python_requires in setup.py | python_requires in setup.py",
        {"setup.py": "REQUIRED: str = '>=3.10,<3.13'  # both\nsetup(\n    python_requires=REQUIRED,\n)\n"},
    ),
    "setup.py with a constant that changes": given(
        NOTHING_FOUND, {"setup.py": "R = '>=3.10'\nR = R + ',<3.13'\nsetup(python_requires=R)\n"}
    ),
    "setup.py with a value over several lines": given(
        f"3.10-{NEWEST} | python_requires in setup.py | newest known",
        {"setup.py": "setup(\n    python_requires=(\n        '>=3.10'\n    ),\n)\n"},
    ),
    "setup.py with a value in parts": given(
        NOTHING_FOUND, {"setup.py": "setup(python_requires='>=3.10, '\n    '<3.13')\n"}
    ),
    "setup.py that formats": given(
        NOTHING_FOUND, {"setup.py": "setup(python_requires='>=3.{}'.format(10))\nsetup(python_requires=f'>=3.{10}')\n"}
    ),
    "setup.cfg with a dash and comments": given(
        "3.10-3.12 | python_requires in setup.cfg | python_requires in setup.cfg",
        {"setup.cfg": "[options]\npython-requires =\n    >=3.10,\n# not yet\n    ; 3.13 breaks\n    <3.13\n"},
    ),
    "metadata of one folder: pyproject, setup.cfg, setup.py": given(
        f"3.12-{NEWEST} | requires-python in pyproject.toml | newest known",
        {
            "pyproject.toml": requires(">=3.12"),
            "setup.cfg": "[options]\npython_requires = >=3.11\n",
            "setup.py": "setup(python_requires='>=3.10')\n",
        },
    ),
    "metadata without pyproject: setup.cfg, setup.py": given(
        f"3.11-{NEWEST} | python_requires in setup.cfg | newest known",
        {"setup.cfg": "[options]\npython_requires = >=3.11\n", "setup.py": "setup(python_requires='>=3.10')\n"},
    ),
    "requires-python before Poetry's": given(
        f"3.12-{NEWEST} | requires-python in pyproject.toml | newest known",
        {"pyproject.toml": requires(">=3.12") + '[tool.poetry.dependencies]\npython = "^3.10"\n'},
    ),
    "poetry, alternatives": given(
        f"3.10-{NEWEST} | tool.poetry python in pyproject.toml | newest known",
        {"pyproject.toml": '[tool.poetry.dependencies]\npython = "~3.10 || >=3.12,<4.0"\n'},
    ),
    "poetry, a tilde": given(
        "3.11-3.11 | tool.poetry python in pyproject.toml | tool.poetry python in pyproject.toml",
        {"pyproject.toml": '[tool.poetry.dependencies]\npython = "~3.11"\n'},
    ),
    "nearest pin": given(
        f"3.12-{NEWEST} | .python-version | newest known",
        {".python-version": "3.11", "app/.python-version": "3.12", "app/pyproject.toml": ""},
    ),
    "nearest environment": given(
        f"3.13-{NEWEST} | .venv/pyvenv.cfg | newest known",
        {
            "venv/pyvenv.cfg": "version = 3.12.1\n",
            "app/pyproject.toml": "",
            "app/.venv/pyvenv.cfg": "version_info = 3.13.0\r\n",
        },
    ),
    "environment of another name": given(
        f"3.12-{NEWEST} | env/pyvenv.cfg | newest known", {"env/pyvenv.cfg": "version = 3.12.3\n"}
    ),
    "environment file that is no folder": given(NOTHING_FOUND, {".env": "SECRET=1\n"}),
    "environment": given(
        f"3.12-{NEWEST} | .venv/pyvenv.cfg | newest known", {".venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.12.3\n"}
    ),
    "environment of virtualenv or uv": given(
        f"3.12-{NEWEST} | venv/pyvenv.cfg | newest known",
        {"venv/pyvenv.cfg": "home = /usr/bin\nversion_info = 3.12.3.final.0\n"},
    ),
    "pin before environment": given(
        f"3.13-{NEWEST} | .python-version | newest known",
        {".python-version": "3.13\n", ".venv/pyvenv.cfg": "version = 3.12.3\n"},
    ),
    "metadata before nearer pin": given(
        f"3.10-{NEWEST} | requires-python in pyproject.toml | newest known",
        {"app/.python-version": "3.13\n", "pyproject.toml": requires(">=3.10")},
    ),
    "only a newest end, and a pin": given(
        "3.11-3.12 | .python-version | requires-python in pyproject.toml",
        {"pyproject.toml": requires("<3.13"), ".python-version": "3.11"},
    ),
    "only a newest end": given(
        "3.10-3.10 | assumed | requires-python in pyproject.toml", {"pyproject.toml": requires("<3.11")}
    ),
    "nothing usable": given(NOTHING_FOUND, {"pyproject.toml": requires("python 3"), ".python-version": "system"}),
    "own target before metadata": given(
        "3.11-3.12 | target in pyproject.toml | target in pyproject.toml",
        {"pyproject.toml": requires(">=3.10") + target("3.11-3.12")},
    ),
    "script before own target": given(
        f"3.12-{NEWEST} | requires-python in script metadata | newest known",
        {"pyproject.toml": target("3.11")},
        script(">=3.12"),
    ),
    "script with CRLF": given(
        f"3.12-{NEWEST} | requires-python in script metadata | newest known",
        {"pyproject.toml": target("3.11")},
        script(">=3.12").replace("\n", "\r\n"),
    ),
    "broken script": given(
        f"3.11-{NEWEST} | target in pyproject.toml | newest known",
        {"pyproject.toml": target("3.11")},
        "# /// script\n# requires-python =\n# ///\n",
    ),
    "script without an end": given(
        f"3.11-{NEWEST} | target in pyproject.toml | newest known",
        {"pyproject.toml": target("3.11")},
        '# /// script\n# requires-python = ">=3.12"\nimport os\n# ///\n',
    ),
    "script with another type of value": given(NOTHING_FOUND, {}, "# /// script\n# requires-python = 3\n# ///\n"),
    "editor's target before all": given(
        f"3.13-{NEWEST} | target setting | newest known",
        {"pyproject.toml": requires(">=3.10,<3.12") + target("3.11")},
        script(">=3.12"),
        "3.13",
    ),
    "nearest project": given(
        f"3.12-{NEWEST} | requires-python in pyproject.toml | newest known",
        {"pyproject.toml": requires(">=3.10,<3.13"), "app/pyproject.toml": requires(">=3.12")},
    ),
    "nearest project before a farther target": given(
        f"3.12-{NEWEST} | requires-python in pyproject.toml | newest known",
        {"pyproject.toml": target("3.10"), "app/pyproject.toml": requires(">=3.12")},
    ),
    "nearest project says nothing": given(
        f"3.12-{NEWEST} | requires-python in ../pyproject.toml | newest known",
        {"pyproject.toml": requires(">=3.12"), "app/pyproject.toml": "[project]\nname = 'x'\n"},
    ),
    "pin below the root": given(
        f"3.12-{NEWEST} | app/.python-version | newest known", {"pyproject.toml": "", "app/.python-version": "3.12"}
    ),
    "walk stops at a repository": given(NOTHING_FOUND, {"pyproject.toml": requires(">=3.12"), "app/.git/": ""}),
    "tables of other shapes": given(NOTHING_FOUND, {"pyproject.toml": "project = 1\ntool = []\n"}),
}


@pytest.mark.parametrize(("tree", "text", "editor", "expected"), RANGES.values(), ids=RANGES)
def test_range(top: Path, tree: Tree, text: str, editor: str | None, expected: str) -> None:
    write(top, {"app/code.py": text, **tree})
    project = Projects(Settings(target=editor)).of(top / "app" / "code.py")
    assert shown(project, text) == expected
    assert project.problems == []
    assert project.explain(text)


@pytest.mark.parametrize(
    ("line", "lowest"),
    [
        ("3.11.4", "3.11"),
        ("# pinned\n\n3.12\n3.11\n", "3.12"),
        ("3.12-dev", "3.12"),
        ("3.13t", "3.13"),
        ("3.13+freethreaded", "3.13"),
        ("3.14.0rc2", "3.14"),
        ("3.12:latest", "3.12"),
        ("312", "3.12"),
        ("pp310", "3.10"),
        ("cpython-3.13.0rc1", "3.13"),
        ("3.11.4/envs/service", "3.11"),
        ("\ufeff3.12\r\n", "3.12"),
        ("3.12.1  # pinned", "3.12"),
        (">=3.11,<3.13", "3.11"),
        ("my-service-3.12", None),
        ("anaconda3-2024.10-1", None),
        ("stackless-3.7.5", None),
        ("/usr/bin/python3.12", None),
        ("cpython-3.12", "3.12"),
        ("cpython-3.12.1-linux-x86_64-gnu", "3.12"),
        ("cpython@3.12", "3.12"),
        ("python3.12", "3.12"),
        ("cp312", "3.12"),
        ("pypy3.10-7.3.16", "3.10"),
        ("pypy-3.10", "3.10"),
        (">=3.12", "3.12"),
        ("2.7.18", None),
        ("3", None),
        ("pypy-5.3.1", None),
        ("miniconda3-4.7.12", None),
        ("graalpy-23.1.0", None),
        ("system", None),
        ("", None),
    ],
)
def test_pin(top: Path, line: str, lowest: str | None) -> None:
    write(top, {".python-version": line})
    found = Projects().of(top / "code.py").version_range("")
    assert found.assumed == (lowest is None)
    assert lowest in (None, show_version(found.lowest))


def test_explain_names_ends_and_what_was_passed_over(top: Path) -> None:
    tree = {"pyproject.toml": requires(">=3.6,<3.13"), "app/setup.cfg": "[options]\npython_requires = *\n"}
    write(top, {**tree, ".python-version": "3.11"})
    lines = Projects().of(top / "app" / "code.py").explain("# /// script\n# x =\n# ///\n")
    assert lines[:2] == [
        'oldest 3.6: requires-python in ../pyproject.toml (">=3.6,<3.13")',
        'newest 3.12: requires-python in ../pyproject.toml (">=3.6,<3.13")',
    ]
    assert lines[2].startswith('passed over: script metadata ("not valid TOML')
    assert lines[3:] == [
        'passed over: python_requires in setup.cfg ("*"): names no version that can be read',
        'passed over: ../.python-version ("3.11"): an earlier source decides',
        f"looked in: {top / 'app'}",
        f"looked in: {top}",
    ]


def test_explain_without_anything(top: Path) -> None:
    lines = Projects().of(top / "code.py").explain("")
    assert lines == [
        f"oldest {show_version(OLDEST_MAINTAINED)}: assumed",
        f"newest {NEWEST}: newest known",
        f"looked in: {top}",
    ]


@pytest.mark.parametrize(
    ("tree", "root"),
    [
        ({}, ""),
        ({"a/pyproject.toml": ""}, "a"),
        ({"a/setup.cfg": ""}, "a"),
        ({"a/b/setup.py": ""}, "a/b"),
        ({"a/.git": "gitdir: elsewhere"}, "a"),
    ],
)
def test_root_is_the_nearest_folder_with_a_marker(top: Path, tree: Tree, root: str) -> None:
    write(top, {"a/b/code.py": "", **tree})
    assert Projects().of(top / "a/b/code.py").root == top / root


def test_home_folder_counts_only_for_files_right_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write(tmp_path, {"pyproject.toml": requires(">=3.12"), ".git/": "", "work/code.py": ""})
    projects = Projects()
    assert projects.of(tmp_path / "work/code.py").root == tmp_path / "work"
    assert projects.of(tmp_path / "work/code.py").version_range("").assumed
    assert not projects.of(tmp_path / "code.py").version_range("").assumed


# Settings and problems.


def test_own_table_goes_over_the_editor_except_for_the_target(top: Path) -> None:
    table = '[tool.stdlib-ls]\ntarget = "3.9"\nhover.detail = "brief"\ncatalogs = ["rules/x.yaml"]\n'
    write(top, {"pyproject.toml": table, "pkg/pyproject.toml": requires(">=3.12")})
    base = Settings(target="3.13", hover_detail="full", completion_mode="off", catalogs=("editor.yaml",))
    project = Projects(base).of(top / "pkg" / "code.py")
    assert project.settings.target == "3.13"
    assert project.settings.hover_detail == "brief"
    assert project.settings.completion_mode == "off"
    assert project.catalogs == [top / "rules/x.yaml"]


def test_catalogs_of_the_editor_are_relative_to_the_root(top: Path) -> None:
    assert Projects(Settings(catalogs=("x.yaml",))).of(top / "a/code.py").catalogs == [top / "x.yaml"]


def test_nearest_own_table_counts_alone(top: Path) -> None:
    write(top, {"pyproject.toml": "[tool.stdlib-ls.hover]\nenabled = false\ndetail = 'brief'\n"})
    write(top, {"pkg/pyproject.toml": "[tool.stdlib-ls]\nhover.enabled = false\n"})
    settings = Projects().of(top / "pkg" / "code.py").settings
    assert settings == Settings(hover_enabled=False)


# A tree, and how its only problem begins ("TOP" stands for the folder).
PROBLEMS: dict[str, tuple[Tree, str]] = {
    "broken TOML": ({"pyproject.toml": "[a]\nx = \ny = 1\n"}, "TOP/pyproject.toml:2: not valid TOML: "),
    "TOML that ends early": ({"pyproject.toml": "[a]\nx = '''\n"}, "TOP/pyproject.toml:3: not valid TOML: "),
    "TOML without end": ({"pyproject.toml": "x = " + "[" * 50_000}, "TOP/pyproject.toml:1: not valid TOML: "),
    "TOML with a huge number": ({"pyproject.toml": "x = " + "9" * 10_000}, "TOP/pyproject.toml:"),
    "not UTF-8": ({"pyproject.toml": b"x = '\xff'\n"}, "TOP/pyproject.toml: not UTF-8 (byte 5)"),
    "setup.py not UTF-8": ({"setup.py": b"# \xe4\n"}, "TOP/setup.py: not UTF-8 (byte 2)"),
    "a folder instead": ({"pyproject.toml/": ""}, "TOP/pyproject.toml: not a regular file"),
    "too large": ({"setup.cfg": b" " * ((1 << 20) + 1)}, "TOP/setup.cfg: larger than"),
    "broken setting": (
        {"pyproject.toml": "[tool.stdlib-ls]\ntarget = 3.10\n"},
        "TOP/pyproject.toml: [tool.stdlib-ls]: target cannot be 3.1, only",
    ),
    "settings that are no table": (
        {"pyproject.toml": "[tool]\nstdlib-ls = 3\n"},
        "TOP/pyproject.toml: [tool.stdlib-ls]: expected a table",
    ),
}


@pytest.mark.parametrize(("tree", "beginning"), PROBLEMS.values(), ids=PROBLEMS)
def test_problem_is_told_and_the_rest_is_used(top: Path, tree: Tree, beginning: str) -> None:
    write(top, {**tree, ".python-version": "3.12"})
    project = Projects().of(top / "a" / "code.py")
    assert [problem.replace(str(top), "TOP").startswith(beginning) for problem in project.problems] == [True]
    assert project.version_range("").lowest == (3, 12)
    assert any(line.startswith("problem: ") for line in project.explain(""))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in folders are a thing of Unix")
def test_pipe_is_not_waited_for(top: Path) -> None:
    os.mkfifo(top / "pyproject.toml")
    assert len(Projects().of(top / "code.py").problems) == 1


@pytest.mark.parametrize("name", ["a\0b/code.py", "x" * 5000 + "/code.py", "missing/folder/code.py"])
def test_impossible_paths_raise_nothing(top: Path, name: str) -> None:
    project = find_project(top / name)
    assert project.problems == []
    assert not project.is_first_party("numpy")
    assert not project.is_off_limits(top / name)


def test_buffer_without_a_file() -> None:
    project = find_project(None, Settings(target="3.12"))
    assert project.root is None
    assert shown(project, script(">=3.13")) == f"3.12-{NEWEST} | target setting | newest known"
    assert not project.is_first_party("numpy")
    assert project.shadowing_file("random") is None
    assert len(project.explain("")) == 2
    lowest = find_project(None).version_range(script(">=3.13"))
    assert (lowest.lowest, lowest.lowest_source) == ((3, 13), "requires-python in script metadata")


def test_relative_paths_and_folders(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(top, {"pyproject.toml": requires(">=3.12"), "a/b/": ""})
    monkeypatch.chdir(top / "a")
    assert find_project(Path("b/code.py")).root == top
    assert find_project(Path("b")).root == top
    assert find_project(Path("../code.py")).root == top
    assert find_project(Path()).root == top


# First-party names, seen from a file.
SCRIPTS: Tree = {
    "tools/run.py": "",
    "tools/helper.py": "",
    "tools/fast.cpython-311-x86_64-linux-gnu.so": b"",
    "tools/typed.pyi": "",
    "tools/pack/__init__.py": "",
    "tools/bare/part.py": "",
    "tools/data/table.csv": "",
    "tools/.venv/pyvenv.cfg": "",
    "tools/venv/pyvenv.cfg": "",
    "tools/venv/odd.py": "",
    "top_level.py": "",
    "src/inner/__init__.py": "",
    "src/inner/deep/__init__.py": "",
    "src/inner/deep/leaf.py": "",
    "lib/in_lib.py": "",
    "lib2/in_lib2.py": "",
}
NAMES: dict[str, tuple[str, str, str, str]] = {
    "script": (
        "tools/run.py",
        "",
        "run helper fast typed pack bare top_level tools inner",
        "data venv .venv part leaf deep table in_lib src numpy",
    ),
    "package": ("src/inner/deep/leaf.py", "", "inner top_level tools", "leaf deep helper numpy"),
    "project name": ("x/a.py", '[project]\nname = "My-App"\n', "my_app My_App", "my app"),
    "poetry": (
        "x/a.py",
        '[tool.poetry]\nname = "an-app"\npackages = [{include = "one/part", from = "lib"}, {include = 3}, 4]\n',
        "an_app one in_lib",
        "part in_lib2",
    ),
    "setuptools": (
        "x/a.py",
        '[tool.setuptools]\npackages = ["one", "one.two"]\npy-modules = ["three"]\npackage-dir = {"" = "lib"}\n',
        "one three in_lib",
        "two in_lib2",
    ),
    "setuptools finds": (
        "x/a.py",
        '[tool.setuptools.packages.find]\nwhere = ["lib", "lib2", "missing"]\n',
        "in_lib in_lib2",
        "numpy",
    ),
    "hatch": ("x/a.py", '[tool.hatch.build.targets.wheel]\npackages = ["lib/pack"]\n', "pack in_lib", "numpy in_lib2"),
    "uv": ("x/a.py", '[tool.uv.build-backend]\nmodule-name = "a.b"\nmodule-root = "lib"\n', "a in_lib", "b in_lib2"),
    "flit": ("x/a.py", '[tool.flit.module]\nname = "flat"\n', "flat", "numpy"),
    "odd shapes": (
        "x/a.py",
        "project.name = 3\ntool.setuptools.packages = 3\ntool.poetry.packages = {}\n",
        "tools",
        "numpy",
    ),
}


@pytest.mark.parametrize(("file", "pyproject", "own", "foreign"), NAMES.values(), ids=NAMES)
def test_first_party_names(top: Path, file: str, pyproject: str, own: str, foreign: str) -> None:
    write(top, {**SCRIPTS, "pyproject.toml": pyproject})
    project = Projects().of(top / file)
    found = {name for name in f"{own} {foreign}".split() if project.is_first_party(name)}
    assert found == set(own.split())


def test_shadowing_file(top: Path) -> None:
    write(top, {"random.py": "", "types.pyi": "", "email/__init__.py": "", "json/part.py": "", "app.py": ""})
    write(top, {"pkg/__init__.py": "", "pkg/queue.py": "", "pkg/code.py": ""})
    in_top, in_package = (Projects().of(top / name) for name in ("app.py", "pkg/code.py"))
    for project in (in_top, in_package):
        assert project.shadowing_file("random") == top / "random.py"
        assert project.shadowing_file("email") == top / "email/__init__.py"
        assert [project.shadowing_file(name) for name in ("types", "json", "queue", "os")] == [None] * 4


OFF_LIMITS = {
    "env/lib/python3.11/site-packages/requests/api.py": True,
    "usr/lib/python3/dist-packages/apt/cache.py": True,
    "usr/lib/python3.11/json/decoder.py": True,
    "opt/lib/pypy3.10/json/decoder.py": True,
    "cpython/Lib/json/decoder.py": True,
    "cpython/Tools/build/check.py": False,
    "env/src/tool.py": True,
    "pip/_vendor/rich/table.py": True,
    "app/third_party/x.py": True,
    "app/vendored/x.py": True,
    "web/node_modules/gyp/x.py": True,
    "app/types.pyi": True,
    "app/code.py": False,
    "app/third_party.py": False,
    "lib/python/tool.py": False,
    "lib/python3.11.py": False,
    # `python -m venv .` in the project's own folder.
    "mixed/code.py": False,
    "mixed/pkg/code.py": False,
    "mixed/bin/activate_this.py": True,
}


@pytest.mark.parametrize(("name", "expected"), OFF_LIMITS.items(), ids=OFF_LIMITS)
def test_off_limits(top: Path, name: str, expected: bool) -> None:
    write(top, {f"cpython/Lib/{module}.py": "" for module in ("os", "abc", "site")})
    write(top, {"env/pyvenv.cfg": "", "mixed/pyvenv.cfg": "", "mixed/pyproject.toml": ""})
    assert is_off_limits(top / name) is expected


def test_off_limits_for_a_relative_path(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(top, {"env/pyvenv.cfg": "", "env/src/": "", "app/": ""})
    monkeypatch.chdir(top / "app")
    assert is_off_limits(Path("../env/src/code.py"))
    assert not is_off_limits(Path("code.py"))


def test_running_standard_library_is_off_limits() -> None:
    assert is_off_limits(Path(os.__file__))


# Freshness: the next call sees every change.


def test_unchanged_project_is_the_same_object(top: Path) -> None:
    write(top, {"pyproject.toml": requires(">=3.12"), "a/code.py": ""})
    # What changed a moment ago is always read again.
    for path in (top / "pyproject.toml", top / ".git", top / "a", top):
        os.utime(path, (1, 1))
    projects = Projects()
    assert projects.of(top / "a/other.py") is projects.of(top / "a/code.py")


def test_changes_take_effect_at_once(top: Path) -> None:
    projects = Projects()
    file = top / "a" / "b" / "code.py"

    def lowest() -> str:
        return show_version(projects.of(file).version_range("").lowest)

    assert lowest() == show_version(OLDEST_MAINTAINED)
    write(top, {".venv/": ""})
    assert lowest() == show_version(OLDEST_MAINTAINED)
    write(top, {".venv/pyvenv.cfg": "version = 3.14.0"})
    assert lowest() == "3.14"
    write(top, {"a/.python-version": "3.13"})
    assert lowest() == "3.13"
    write(top, {"pyproject.toml": requires(">=3.12")})
    assert lowest() == "3.12"
    # As many bytes as before, written within a tick of the clock.
    write(top, {"pyproject.toml": requires(">=3.10")})
    assert lowest() == "3.10"
    write(top, {"a/b/pyproject.toml": requires(">=3.9")})
    assert lowest() == "3.9"
    (top / "a/b/pyproject.toml").unlink()
    assert lowest() == "3.10"
    write(top, {"a/.git": ""})
    assert lowest() == "3.13"


def test_new_modules_take_effect_at_once(top: Path) -> None:
    projects = Projects()
    write(top, {"a/code.py": "", "pyproject.toml": ""})
    steps = {"a/one.py": "one", "two.py": "two", "src/three.py": "three", "four/x.py": "four", "a/b/c.py": "b"}
    for path, name in steps.items():
        assert not projects.of(top / "a/code.py").is_first_party(name)
        write(top, {path: ""})
        assert projects.of(top / "a/code.py").is_first_party(name)
    # Now the file lies in a package, and is imported from the folder around it.
    assert projects.of(top / "a/code.py").is_first_party("one")
    write(top, {"a/__init__.py": ""})
    assert not projects.of(top / "a/code.py").is_first_party("one")


def test_open_buffer_goes_before_the_file(top: Path) -> None:
    projects = Projects()
    pyproject, file = top / "pyproject.toml", top / "a" / "code.py"
    projects.override(pyproject, requires(">=3.12"))
    assert projects.of(file).version_range("").lowest == (3, 12)
    write(top, {"pyproject.toml": requires(">=3.10")})
    assert projects.of(file).version_range("").lowest == (3, 12)
    # Half typed: what is on the disk holds, and the problem is told.
    projects.override(pyproject, '[project]\nrequires-python = ">=3.1')
    assert projects.of(file).version_range("").lowest == (3, 10)
    assert len(projects.of(file).problems) == 1
    projects.override(pyproject, None)
    assert projects.of(file).version_range("").lowest == (3, 10)
    assert projects.of(file).problems == []


def test_new_base_settings_take_effect(top: Path) -> None:
    projects = Projects()
    assert projects.of(top / "code.py").settings == Settings()
    projects.rebase(Settings(target="3.12"))
    assert projects.of(top / "code.py").version_range("").lowest == (3, 12)


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://docs.python.org/pt-br", True),
        ("https://docs.python.org", True),
        ("https://docs.python.org.example", False),
        ("https://example.org/docs", False),
        ("http://docs.python.org", False),
        ("file:///somewhere", False),
    ],
)
def test_a_project_leads_nobody_away(top: Path, address: str, is_taken: bool) -> None:
    write(top, {"pyproject.toml": f'[tool.stdlib-ls.docs]\nurl = "{address}"\n'})
    project = Projects().of(top / "code.py")
    assert (project.settings.docs_url == address) == is_taken
    assert bool([one for one in project.problems if "docs.url" in one]) != is_taken
    trusted = Projects(Settings(docs_url="https://mirror.example")).of(top / "code.py")
    assert trusted.settings.docs_url == (address if is_taken else "https://mirror.example")


def test_base_settings_of_folders(top: Path) -> None:
    projects = Projects()
    write(top, {"a/inner/": "", "ab/": "", "own/pyproject.toml": target("3.9")})
    assert projects.of(top / "a/code.py").settings.target is None
    inner, outer = Settings(target="3.13"), Settings(target="3.12", hover_detail="brief")
    projects.rebase(Settings(target="3.11"), {top / "a": outer, top / "a/inner": inner, top / "own": Settings()})
    expected = {"a/code.py": "3.12", "a/inner/deep/code.py": "3.13", "ab/code.py": "3.11", "own/code.py": "3.9"}
    for path, lowest in expected.items():
        assert show_version(projects.of(top / path).version_range("").lowest) == lowest
    assert projects.of(top / "a/x.py").settings.hover_detail == "brief"
    projects.rebase(Settings())
    assert projects.of(top / "a/code.py").version_range("").assumed


AHEAD = {
    "pin": ({".python-version": "3.11", ".venv/pyvenv.cfg": "version = 3.12.1"}, "", "3.11", "in use: .python-version"),
    "environment": ({"venv/pyvenv.cfg": "version = 3.12.1"}, "", "3.12", "in use: venv/pyvenv.cfg"),
    "nearest pin": ({".python-version": "3.11", "app/.python-version": "3.13"}, "", "3.13", "app/.python-version"),
    "a pin that says nothing": ({".python-version": "system", "venv/pyvenv.cfg": "version = 3.12"}, "", "3.12", "venv"),
    "older than supported": ({".python-version": "3.9"}, "", "3.9", "in use: .python-version"),
    "neither": ({}, "", "3.10", "oldest supported: requires-python in pyproject.toml"),
    "script": ({".python-version": "3.11"}, script(">=3.12"), "3.12", "oldest supported: requires-python in script"),
}


@pytest.mark.parametrize(("tree", "text", "lowest", "source"), AHEAD.values(), ids=AHEAD)
def test_range_ahead(top: Path, tree: Tree, text: str, lowest: str, source: str) -> None:
    write(top, {"pyproject.toml": requires(">=3.10,<3.14"), "app/code.py": "", **tree})
    found = Projects().of(top / "app" / "code.py").range_ahead(text)
    assert show_version(found.lowest) == lowest
    assert source in found.lowest_source
    assert show_version(found.newest) == (NEWEST if text else "3.13")


def test_range_ahead_of_what_is_in_use(top: Path) -> None:
    write(top, {"pyproject.toml": requires("<3.13"), ".python-version": "3.14"})
    found = Projects().of(top / "code.py").range_ahead("")
    assert found.lowest > found.newest
    assert not find_project(None).range_ahead("").assumed


def test_nothing_is_run_or_written_or_asked_for(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the project was trusted")

    trap = "open('ran', 'w')\nraise SystemExit\n"
    write(
        top, {"setup.py": trap, "conftest.py": trap, "sitecustomize.py": trap, "code.py": trap, "venv/bin/python": ""}
    )
    write(top, {"pyproject.toml": requires(">=3.12"), "venv/pyvenv.cfg": "version = 3.12"})
    before = sorted(top.rglob("*"))
    monkeypatch.chdir(top)
    for holder, name in ((subprocess, "Popen"), (os, "system"), (socket, "socket"), (Path, "write_text")):
        monkeypatch.setattr(holder, name, refuse)
    project = Projects().of(top / "code.py")
    assert project.version_range("").lowest == (3, 12)
    assert project.is_first_party("conftest")
    assert project.explain("")
    assert not project.is_off_limits(top / "code.py")
    assert sorted(top.rglob("*")) == before
