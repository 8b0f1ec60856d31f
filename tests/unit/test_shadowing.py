"""The rule shadowed-module: what it is silent about, what it says, and what Python itself makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from interpreters import Interpreter, find_interpreters

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.actions import actions, combine
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.shadowing import LOADED_BY_TOOLS
from stdlib_ls.features.source_file import SourceFile, context_of
from stdlib_ls.project import Projects
from stdlib_ls.project.first_party import NEVER_HIDDEN, SOMETIMES_BUILT_IN

USE = "import random\nprint(random.randint(1, 6))\n"
RUN = f'{USE}if __name__ == "__main__":\n    print()\n'
PYPROJECT = {"pyproject.toml": '[project]\nname = "dice"\nrequires-python = ">=3.10"\n'}
INSTALLED = {"pyproject.toml": '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "dice"\n'}
VIRTUAL = {"pyproject.toml": INSTALLED["pyproject.toml"] + "[tool.uv]\npackage = false\n"}


def judged(top: Path, files: dict[str, str], name: str) -> tuple[SourceFile, list[Diagnostic]]:
    """What is said of one file of a tree, once the tree is on the disk."""
    for shown, content in files.items():
        (top / shown).parent.mkdir(parents=True, exist_ok=True)
        (top / shown).write_text(content, encoding="utf-8")
    path, text = top / name, files[name]
    file = SourceFile(text, context_of(Catalog(), Projects().of(path), path, text))
    return file, [one for one in diagnostics(file) if one.code == "shadowed-module"]


def places(top: Path, files: dict[str, str], name: str) -> list[str]:
    file, found = judged(top, files, name)
    lines = [file.position(one.start, "utf-32")[0] + 1 for one in found]
    return [f"{line} {file.slice(one.start, one.end)}" for line, one in zip(lines, found, strict=True)]


SILENT: dict[str, tuple[dict[str, str], str]] = {
    "no such file": ({"game.py": USE}, "game.py"),
    "module of a nested package": (
        {**PYPROJECT, "pkg/__init__.py": "", "pkg/utils/__init__.py": "", "pkg/utils/random.py": "",
         "pkg/utils/dice.py": USE},
        "pkg/utils/dice.py",
    ),
    "the nested module itself": (
        {**PYPROJECT, "pkg/__init__.py": "", "pkg/random.py": USE},
        "pkg/random.py",
    ),
    "main of a package": ({"pkg/__init__.py": "", "pkg/__main__.py": "import sys\n"}, "pkg/__main__.py"),
    "main of a folder": ({"__main__.py": "import __main__\nprint(__main__)\n"}, "__main__.py"),
    "folder without modules of its own": ({"random/dice.py": "", "game.py": USE}, "game.py"),
    "stub beside": ({"random.pyi": "", "game.py": USE}, "game.py"),
    "in a stub": ({"random.py": "", "game.pyi": USE}, "game.pyi"),
    "in a stub of the same name": ({"random.pyi": "import random\n"}, "random.pyi"),
    "another folder's imports": ({**PYPROJECT, "random.py": "", "tests/test_game.py": USE}, "tests/test_game.py"),
    "relative import": ({"random.py": "", "game.py": "from .random import randint\n"}, "game.py"),
    "relative import of the same name": ({"random.py": "", "game.py": "from . import random\n"}, "game.py"),
    "part of a package, by its relative imports": (
        {"random.py": "", "game.py": f"from . import other\n{USE}"},
        "game.py",
    ),
    "folder that is imported from by name": (
        {"core/random.py": "", "core/game.py": f"import core.other\n{USE}"},
        "core/game.py",
    ),
    "namespace folder below an application": (
        {".git/HEAD": "", "main.py": "", "core/random.py": "", "core/game.py": USE},
        "core/game.py",
    ),
    "the module of such a folder": (
        {".git/HEAD": "", "app/main.py": "", "app/core/logging.py": "import logging\nlogging.getLogger()\n"},
        "app/core/logging.py",
    ),
    "namespace package below src": (
        {**INSTALLED, "src/company/random.py": "", "src/company/game.py": USE},
        "src/company/game.py",
    ),
    "src that may be a package": ({**PYPROJECT, "src/random.py": "", "src/game.py": USE}, "src/game.py"),
    "package in src that may be a package": (
        {**PYPROJECT, "src/random.py": "", "src/pkg/__init__.py": "", "src/pkg/game.py": USE},
        "src/pkg/game.py",
    ),
    "src that is a package": (
        {**PYPROJECT, "src/random.py": "", "src/score.py": "", "src/game.py": f"import src.score\n{RUN}"},
        "src/game.py",
    ),
    "application without `__init__.py`": (
        {".git/HEAD": "", "app/main.py": "", "app/logging.py": "import logging\nlogging.getLogger()\n"},
        "app/logging.py",
    ),
    "package of the same name as a neighbour": (
        {".git/HEAD": "", "app/redis.py": "", "app/random.py": "", "app/game.py": f"import redis\n{USE}"},
        "app/game.py",
    ),
    "neighbour that the root has as well": (
        {".git/HEAD": "", "score.py": "", "app/score.py": "", "app/random.py": "",
         "app/game.py": f"import score\n{USE}"},
        "app/game.py",
    ),
    "folder beside others, in no project": ({"a.py": "", "in/random.py": "", "in/game.py": USE}, "in/game.py"),
    "installed from src": (
        {**INSTALLED, "src/random/__init__.py": "", "src/pkg/__init__.py": "", "src/pkg/game.py": USE},
        "src/pkg/game.py",
    ),
    "module installed from src": ({**INSTALLED, "src/random.py": "", "src/game.py": USE}, "src/game.py"),
    "installed beside": ({**INSTALLED, "random.py": "", "pkg/__init__.py": "", "pkg/game.py": USE}, "pkg/game.py"),
    "installed by setup.py": ({"setup.py": "", "random.py": "", "pkg/__init__.py": "", "pkg/game.py": USE},
                              "pkg/game.py"),
    "root that is a package": ({**PYPROJECT, "__init__.py": "", "random.py": "", "game.py": USE}, "game.py"),
    "loaded before any script": ({"os.py": "", "game.py": "import os\nprint(os.sep)\n"}, "game.py"),
    "built into every Python": ({"time.py": "", "game.py": "import time\nprint(time.time())\n"}, "game.py"),
    "built into some Pythons": ({"math.py": "", "game.py": "import math\nprint(math.pi)\n"}, "game.py"),
    "meant for the site": ({"sitecustomize.py": "", "game.py": "import sitecustomize\n"}, "sitecustomize.py"),
    "tests of one's own": ({"test.py": "", "game.py": "import test\n"}, "test.py"),
    "future statement": (
        {"__future__.py": "", "game.py": "from __future__ import annotations\n"},
        "game.py",
    ),
    "gone before the oldest Python": (
        {**PYPROJECT, "formatter.py": "", "game.py": "import formatter\n"},
        "formatter.py",
    ),
    "gone from a newer Python": (
        {**PYPROJECT, "cgi.py": "", "game.py": "import cgi\ncgi.FieldStorage()\n"},
        "game.py",
    ),
    "not yet in the oldest Python": (
        {**PYPROJECT, "tomllib.py": "", "game.py": "import tomllib\ntomllib.loads('')\n"},
        "game.py",
    ),
    "its own name, not the standard library's": (
        {"queue.py": "", "game.py": "from queue import JobQueue\nJobQueue()\n"},
        "game.py",
    ),
    "a member of its own": (
        {"queue.py": "", "game.py": "import queue\nqueue.run_jobs(queue.Queue())\n"},
        "game.py",
    ),
    "a submodule of its own": (
        {"email/__init__.py": "", "game.py": "import email.outbox\n"},
        "game.py",
    ),
    "everything of its own": ({"types.py": "", "game.py": "from types import *\nUser()\n"}, "game.py"),
    "guarded": (
        {"random.py": "", "game.py": "try:\n    import random\nexcept ImportError:\n    random = None\n"},
        "game.py",
    ),
    "for type checkers": (
        {"random.py": "", "game.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import random\n"},
        "game.py",
    ),
    "branch that no supported Python runs": (
        {**PYPROJECT, "random.py": "", "game.py": "import sys\nif sys.version_info < (3, 9):\n    import random\n"},
        "game.py",
    ),
    "comment and string": ({"random.py": "", "game.py": "# import random\nx = 'import random'\n"}, "game.py"),
    "suppressed": ({"random.py": "", "game.py": "import random  # stdlib-ls: ignore[shadowed-module]\n"}, "game.py"),
    "the standard library's own folder": (
        {"Lib/site.py": "", "Lib/abc.py": "", "Lib/os.py": "", "Lib/random.py": "import random\n"},
        "Lib/random.py",
    ),
    "installed code": (
        {"lib/site-packages/random.py": "", "lib/site-packages/game.py": USE},
        "lib/site-packages/game.py",
    ),
    "virtual environment": (
        {".venv/pyvenv.cfg": "", ".venv/random.py": "", ".venv/game.py": USE},
        ".venv/game.py",
    ),
    "notebook": ({"random.py": "", "game.ipynb": USE}, "game.ipynb"),
    "switched off": (
        {"pyproject.toml": '[tool.stdlib-ls.diagnostics]\nshadowed-module = "off"\n', "random.py": "", "game.py": USE},
        "game.py",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "name"), SILENT.values(), ids=SILENT)
def test_silence(tmp_path: Path, files: dict[str, str], name: str) -> None:
    assert places(tmp_path, files, name) == []


TOLD: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "script beside": ({"random.py": "", "game.py": USE}, "game.py", ["1 random"]),
    "package beside": (
        {"email/__init__.py": "", "post.py": "from email.message import EmailMessage\nEmailMessage()\n"},
        "post.py",
        ["1 email"],
    ),
    "compiled module beside": (
        {"random.cpython-311-x86_64-linux-gnu.so": "", "game.py": USE},
        "game.py",
        ["1 random"],
    ),
    "the package `json`": ({"json/__init__.py": "", "a.py": "import json\njson.dumps(1)\n"}, "a.py", ["1 json"]),
    "not used yet": ({"random.py": "", "game.py": "import random\n"}, "game.py", ["1 random"]),
    "alias": ({"random.py": "", "game.py": "import random as r\nr.choice('ab')\n"}, "game.py", ["1 random"]),
    "member": ({"random.py": "", "game.py": "from random import choice\nchoice('ab')\n"}, "game.py", ["1 random"]),
    "attribute of a value": (
        {"types.py": "", "game.py": "import types\ntypes.ModuleType('a').b.c()\n"},
        "game.py",
        ["1 types"],
    ),
    "star import that is used": (
        {"turtle.py": "", "game.py": "from turtle import *\nforward(9)\n"},
        "game.py",
        ["1 turtle"],
    ),
    "several in one statement": (
        {"random.py": "", "game.py": "import json, random, shelve\n"},
        "game.py",
        ["1 random"],
    ),
    "one for several members": (
        {"random.py": "", "game.py": "from random import choice, randint\nchoice([randint(1, 6)])\n"},
        "game.py",
        ["1 random"],
    ),
    "inside a function": (
        {"random.py": "", "game.py": "def f():\n    import random\n    return random.random()\n"},
        "game.py",
        ["2 random"],
    ),
    "half typed": ({"random.py": "", "game.py": "import random\nprint(random.\n"}, "game.py", ["1 random"]),
    "itself": ({"random.py": "# Dice.\nimport random\nrandom.roll()\n"}, "random.py", ["2 random"]),
    "itself, by a name of its own": ({"random.py": "from random import roll\n"}, "random.py", ["1 random"]),
    "root of a project": ({**PYPROJECT, "random.py": "", "game.py": USE}, "game.py", ["1 random"]),
    "root of a project that is installed": ({**INSTALLED, "random.py": "", "tasks.py": USE}, "tasks.py", ["1 random"]),
    "package below the root": (
        {**PYPROJECT, "random.py": "", "pkg/__init__.py": "", "pkg/game.py": USE},
        "pkg/game.py",
        ["1 random"],
    ),
    "script in src": ({**PYPROJECT, "src/random.py": "", "src/game.py": RUN}, "src/game.py", ["1 random"]),
    "module in src, which is searched": (
        {**PYPROJECT, "src/random.py": "", "src/score.py": "", "src/game.py": f"import score\n{USE}"},
        "src/game.py",
        ["2 random"],
    ),
    "package in src, which is searched": (
        {**PYPROJECT, "src/random/__init__.py": "", "src/pkg/__init__.py": "",
         "src/pkg/game.py": f"from pkg import score\n{USE}"},
        "src/pkg/game.py",
        ["2 random"],
    ),
    "src that is declared": (
        {"pyproject.toml": '[tool.setuptools.packages.find]\nwhere = ["src"]\n', "src/random.py": "",
         "src/pkg/__init__.py": "", "src/pkg/game.py": USE},
        "src/pkg/game.py",
        ["1 random"],
    ),
    "project that is never installed": (
        {**VIRTUAL, "random.py": "", "pkg/__init__.py": "", "pkg/game.py": USE},
        "pkg/game.py",
        ["1 random"],
    ),
    "folder of scripts that import each other": (
        {".git/HEAD": "", "main.py": "", "week1/random.py": "", "week1/score.py": "",
         "week1/game.py": f"from score import count\n{USE}"},
        "week1/game.py",
        ["2 random"],
    ),
    "folder beside others, in no project": ({"a.py": "", "in/random.py": "", "in/game.py": RUN}, "in/game.py",
                                            ["1 random"]),
    "script in a folder of scripts": (
        {**INSTALLED, "scripts/random.py": "", "scripts/game.py": RUN},
        "scripts/game.py",
        ["1 random"],
    ),
    "script with a first line for the shell": (
        {".git/HEAD": "", "main.py": "", "bin/random.py": "", "bin/game.py": f"#!/usr/bin/env python3\n{USE}"},
        "bin/game.py",
        ["2 random"],
    ),
    "gone only after the newest Python": (
        {"pyproject.toml": '[project]\nrequires-python = ">=3.9,<3.12"\n', "asyncore.py": "",
         "a.py": "import asyncore\n"},
        "a.py",
        ["1 asyncore"],
    ),
    "in the file itself": ({"random.py": "#!/usr/bin/python\n\ndef roll(): ...\n"}, "random.py", ["3 def"]),
    "in an empty file": ({"random.py": ""}, "random.py", ["1 "]),
    "in a package's own file": ({"email/__init__.py": '"""Post.\n\nOurs."""\n'}, "email/__init__.py", ['1 """Post.']),
    "in the file itself, in src": (
        {**PYPROJECT, "src/mailbox.py": "import post\n", "src/post.py": ""},
        "src/mailbox.py",
        ["1 import"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "name", "expected"), TOLD.values(), ids=TOLD)
def test_findings(tmp_path: Path, files: dict[str, str], name: str, expected: list[str]) -> None:
    assert places(tmp_path, files, name) == expected


def test_messages(tmp_path: Path) -> None:
    files = {
        **PYPROJECT,
        "game.py": USE,
        "random.py": "import random\n",
        "types.py": "",
        "pkg/__init__.py": "",
        "pkg/a.py": "import types\ntypes.ModuleType('a')\n",
    }
    messages = {name: [one.message for one in judged(tmp_path, files, name)[1]] for name in files if name[-3:] == ".py"}
    assert messages == {
        "game.py": [
            "This imports random.py, not the standard library's random: the folder of a script comes first"
            " on Python's search path. Rename random.py."
        ],
        "random.py": [
            "This file imports itself, not the standard library's random: the folder of a script comes first"
            " on Python's search path. Rename random.py."
        ],
        "types.py": [
            "types.py hides the standard library's types from what runs here: the folder of a script comes first"
            " on Python's search path. The debugger pdb and the test runner unittest import it too. Rename types.py."
        ],
        "pkg/__init__.py": [],
        "pkg/a.py": [
            "This imports types.py, not the standard library's types: the folder that a program is started from"
            " comes first on Python's search path. The debugger pdb and the test runner unittest import it too."
            " Rename types.py."
        ],
    }


def test_severities(tmp_path: Path) -> None:
    files = {"random.py": "", "game.py": USE}
    assert [one.severity for one in judged(tmp_path, files, "game.py")[1]] == ["warning"]
    assert [one.severity for one in judged(tmp_path, files, "random.py")[1]] == ["hint"]


def test_renaming(tmp_path: Path) -> None:
    files = {"random.py": "", "my_random.py": "", "email/__init__.py": "", "game.py": f"{USE}import email\n"}
    file, found = judged(tmp_path, files, "game.py")
    offered = [one for one in actions(file, 0, len(file.source)) if one.rename]
    assert [(one.title, one.edits, one.preferred) for one in offered] == [
        ("Rename random.py to my_random_2.py", (), False),
        ("Rename email to my_email", (), False),
    ]
    assert [one.rename for one in offered] == [
        (tmp_path / "random.py", tmp_path / "my_random_2.py"),
        (tmp_path / "email", tmp_path / "my_email"),
    ]
    assert combine(file, found) == []


def test_once_the_file_has_gone(tmp_path: Path) -> None:
    projects, path = Projects(), tmp_path / "game.py"
    (tmp_path / "random.py").touch()
    path.write_text(USE, encoding="utf-8")

    def count() -> int:
        file = SourceFile(USE, context_of(Catalog(), projects.of(path), path, ""))
        return len([one for one in diagnostics(file) if one.code == "shadowed-module"])

    assert count() == 1
    (tmp_path / "random.py").rename(tmp_path / "dice.py")
    assert count() == 0


@pytest.mark.parametrize("python", find_interpreters(), ids=str)
def test_who_wins(tmp_path: Path, python: Interpreter) -> None:
    """Every module that is not listed as an exception loses to a file beside the script; those that never do win."""
    names = [row.label for row in Catalog().modules() if "." not in row.label and not row.label.startswith("_")]
    for name in names:
        (tmp_path / f"{name}.py").write_text("LOCAL = 1\n", encoding="utf-8")
    (tmp_path / "run.py").write_text(
        "import sys\nfor name in sys.argv[1:]:\n    print(name, hasattr(__import__(name), 'LOCAL'))\n"
    )

    def winners(asked: set[str], *options: str) -> set[str]:
        command = [python.path, *options, "run.py", *sorted(asked)]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return {line.split()[0] for line in ran.stdout.splitlines() if line.endswith("True")}

    # Without `site`, whose `.pth` files may have loaded anything.
    losing = {*names} - NEVER_HIDDEN - SOMETIMES_BUILT_IN
    assert winners(losing, "-S") == losing
    elsewhere = {"nt", "posix", "pwd"}
    assert winners({*names} & (NEVER_HIDDEN - elsewhere)) == set()


@pytest.mark.parametrize("tool", LOADED_BY_TOOLS)
def test_what_tools_import(tool: str) -> None:
    code = f"import json, sys; import {tool.rsplit(maxsplit=1)[-1]}; print(json.dumps(list(sys.modules)))"
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert LOADED_BY_TOOLS[tool] <= set(json.loads(ran.stdout))
