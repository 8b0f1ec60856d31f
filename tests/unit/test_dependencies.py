"""The project's view of its dependencies: trees of files, and what is said of each dependency."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.dependencies.dependency import Dependency
from stdlib_ls.dependencies.report import as_json, as_text
from stdlib_ls.dependencies.survey import Survey, project_folder
from stdlib_ls.features.source_file import SourceFile
from stdlib_ls.features.usage import Usage, usages
from stdlib_ls.project import Projects

Tree = Mapping[str, str | bytes]
USED = "import psutil\n\nprint(psutil.cpu_count())\n"
GROUP = "from exceptiongroup import ExceptionGroup\n\nraise ExceptionGroup('', [ValueError()])\n"


class Case(NamedTuple):
    """A tree, and of each dependency its verdict with the numbers of files, uses and covered uses; then why."""

    tree: Tree
    expected: Mapping[str, str]
    undeclared: Mapping[str, str] = {}


def pyproject(*dependencies: str, python: str = ">=3.10", more: str = "") -> str:
    listed = ", ".join(f"'{one}'" if '"' in one else f'"{one}"' for one in dependencies)
    return f'[project]\nname = "tried"\nrequires-python = "{python}"\ndependencies = [{listed}]\n{more}'


def one(dependency: str, source: str, expected: str, python: str = ">=3.10") -> Case:
    """A project with one dependency and one file."""
    name = dependency.partition(";")[0].strip()
    return Case({"pyproject.toml": pyproject(dependency, python=python), "app.py": source}, {name: expected})


VERDICTS = {
    # What can go.
    "all covered exactly": one("psutil", USED, "can go 1/1/1"),
    "several files": Case(
        {"pyproject.toml": pyproject("psutil"), "a.py": USED, "sub/b.py": USED, "c.py": "import json\n"},
        {"psutil": "can go 2/2/2"},
    ),
    "some need a look": one(
        "pytz",
        "import pytz\n\npytz.timezone('Europe/Berlin')\n",
        "can go, look first 1/1/1: some replacements differ: `stdlib-ls check --min-severity hint` names them",
    ),
    "named in strings elsewhere": Case(
        {"pyproject.toml": pyproject("psutil"), "a.py": USED, "tests/b.py": "patch('psutil.cpu_count')\n"},
        {"psutil": "can go, look first 1/1/1: also named in tests/b.py"},
    ),
    "named in vendored code": Case(
        {"pyproject.toml": pyproject("psutil"), "a.py": USED, "vendor/b.py": "import psutil\n"},
        {"psutil": "can go, look first 1/1/1: also named in vendor/b.py"},
    ),
    "taken from here by another file": Case(
        {"pyproject.toml": pyproject("psutil"), "compat.py": USED, "b.py": "from compat import psutil\n"},
        {"psutil": "can go, look first 1/1/1: imported from here by b.py"},
    ),
    "a file that cannot be read": Case(
        {"pyproject.toml": pyproject("psutil"), "a.py": USED, "b.py": b"x = '\xe9'\n"},
        {"psutil": "can go, look first 1/1/1: not every file could be read"},
    ),
    "a fallback that nothing needs any more": one(
        "tomli",
        "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n\ntomllib.loads('')\n",
        "can go 1/1/1",
        python=">=3.11",
    ),
    "a fallback that nothing needs, though it may be newer": one(
        "tomli",
        "try:\n    import tomli as tomllib\nexcept ImportError:\n    import tomllib\n\ntomllib.loads('')\n",
        "can go, look first 1/1/1: some replacements differ: `stdlib-ls check --min-severity hint` names them",
        python=">=3.11",
    ),
    "a fallback for others": one(
        "tomli",
        "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n",
        "can go 1/0/0",
        python=">=3.11",
    ),
    # From a later Python on.
    "from a later Python": one("exceptiongroup", GROUP, "from 3.11 1/1/0"),
    "the same where that is the oldest": one("exceptiongroup", GROUP, "can go 1/1/1", python=">=3.11"),
    "the same where nobody says what is supported": Case(
        {"requirements.txt": "exceptiongroup\n", "app.py": GROUP}, {"exceptiongroup": "can go 1/1/1"}
    ),
    "a fallback that goes later": one(
        "tomli",
        "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n\ntomllib.loads('')\n",
        "from 3.11 1/1/0",
    ),
    "a branch that goes later": one(
        "tomli",
        "import sys\n\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli as tomllib\n\n"
        "tomllib.loads('')\n",
        "from 3.11 1/1/0",
    ),
    "the latest of several files": Case(
        {
            "pyproject.toml": pyproject("typing-extensions"),
            "a.py": "from typing_extensions import Self\n\nx: Self\n",
            "b.py": "from typing_extensions import override\n\n@override\ndef f(): ...\n",
        },
        {"typing-extensions": "from 3.12 2/2/0"},
    ),
    "one file never": Case(
        {
            "pyproject.toml": pyproject("exceptiongroup"),
            "a.py": GROUP,
            "b.py": "import exceptiongroup\n\nprint(exceptiongroup._catch)\n",
        },
        {"exceptiongroup": "keep 2/2/0"},
    ),
    # What stays.
    "partly": one("six", "import six\n\nsix.text_type\nsix.with_metaclass(type)\n", "partly 1/2/1"),
    "what cannot be seen": one("six", "import six\n\nsix.text_type\n\n__all__ = ['six']\n", "partly 1/1/1"),
    "nothing covered": one("six", "import six\n\nsix.with_metaclass(type)\n", "keep 1/1/0"),
    "the catalog says so": one("numpy", "import numpy\n\nnumpy.array([1])\n", "keep 1/1/0"),
    "imported and never used": one("psutil", "import psutil\n", "keep 1/0/0"),
    "a package's interface": Case(
        {"pyproject.toml": pyproject("psutil"), "pkg/__init__.py": "import psutil\n"}, {"psutil": "keep 1/0/0"}
    ),
    "a star import": one("six", "from six import *\n\nprint(text_type)\n", "keep 1/0/0"),
    "a setting says so": Case(
        {
            "pyproject.toml": pyproject("psutil", more='[tool.stdlib-ls.alternatives.allow]\npsutil = "We like it."\n'),
            "app.py": USED,
        },
        {"psutil": "keep 1/1/0: We like it."},
    ),
    "a comment says so": one(
        "psutil", USED.replace("\n\n", "  # stdlib-ls: ignore[replaceable-import]\n\n"), "keep 1/1/0"
    ),
    "optional": one(
        "psutil",
        "try:\n    import psutil\nexcept ImportError:\n    psutil = None\n\npsutil and psutil.cpu_count()\n",
        "keep 1/2/0",
    ),
    "optional in one file of two": Case(
        {
            "pyproject.toml": pyproject("psutil"),
            "a.py": USED,
            "b.py": "try:\n    import psutil\nexcept ImportError:\n    HAS_IT = False\nelse:\n    psutil.cpu_count()\n",
        },
        {"psutil": "partly 2/2/1"},
    ),
    "for type checkers": one(
        "psutil",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import psutil\n\ndef f(x: 'psutil.Process'): ...\n",
        "keep 1/0/0",
    ),
    "imported again under a guard": one(
        "psutil",
        "import psutil\n\ntry:\n    import psutil\nexcept ImportError:\n    pass\n\npsutil.cpu_count()\n",
        "keep 1/1/0",
    ),
    "a rebound name": one(
        "psutil", "import psutil\nif input():\n    psutil = object()\n\npsutil.cpu_count()\n", "keep 1/1/0"
    ),
    # What is not imported.
    "not imported": one("psutil", "import json\n", "not imported 0/0/0"),
    "not imported but named": one(
        "psutil", "importlib.import_module('psutil')\n", "not imported 0/0/0: named in app.py"
    ),
    "the project's own module of that name": Case(
        {"pyproject.toml": pyproject("psutil"), "app.py": USED, "psutil.py": "def cpu_count(): ...\n"},
        {"psutil": "not imported 0/0/0"},
    ),
    "relative imports": Case(
        {"pyproject.toml": pyproject("psutil"), "pkg/__init__.py": "", "pkg/a.py": "from . import psutil\npsutil.x\n"},
        {"psutil": "not imported 0/0/0"},
    ),
    # What only shadows the library, or is never installed.
    "superfluous": Case(
        {
            "pyproject.toml": pyproject("argparse", "six"),
            "app.py": "import argparse, six\n\nargparse.ArgumentParser(six.text_type)\n",
        },
        {
            "six": "can go 1/1/1",
            "argparse": "superfluous 0/0/0: argparse has been part of Python since 3.2;"
            " the distribution argparse adds nothing to it. Remove the requirement.",
        },
    ),
    "a marker that never holds": one(
        'tomli; python_version < "3.10"',
        "import tomli\n\ntomli.loads('')\n",
        "superfluous 1/1/0: tomli is never installed: its marker holds on no Python from 3.10 on"
        " (requires-python in pyproject.toml). Remove it.",
    ),
    "a marker that holds on some": one('tomli; python_version < "3.11"', "import json\n", "not imported 0/0/0"),
    "declared again where it is needed": Case(
        {"pyproject.toml": pyproject('psutil; python_version < "3.9"'), "requirements.txt": "psutil\n", "a.py": USED},
        {"psutil": "can go 1/1/1"},
    ),
    "superfluous by a comment's leave": Case(
        {"requirements.txt": "argparse  # noqa\n", "app.py": ""},
        {"argparse": "keep 0/0/0"},
    ),
    # What nobody knows.
    "unknown": one("Some.Thing-else", "import some_thing_else\n\nsome_thing_else.x\n", "unknown 1/1/0"),
    "unknown with the import name of a known one": one(
        "dateutil", "from dateutil import tz\n\ntz.tzutc()\n", "unknown 1/1/0"
    ),
    "unknown in capitals": one("SimpleITK", "import SimpleITK\n\nSimpleITK.x\n", "unknown 1/1/0"),
    "unknown under another name": one("mysqlclient", "import MySQLdb\n\nMySQLdb.x\n", "unknown 0/0/0"),
    "namespaces": Case(
        {
            "pyproject.toml": pyproject("google", "google-cloud-storage", "google-auth", "google-cloud-bigquery"),
            "app.py": "import google.auth\nfrom google.cloud import storage, bigquery\n\n"
            "storage.Client(google.auth.x, bigquery.x)\nstorage.Blob\n",
        },
        {
            "google": "unknown 0/0/0",
            "google-cloud-storage": "unknown 1/2/0",
            "google-auth": "unknown 1/1/0",
            "google-cloud-bigquery": "unknown 1/1/0",
        },
    ),
    "a namespace that the project has a part in": Case(
        {
            "pyproject.toml": pyproject("google-cloud-storage"),
            "google/mine.py": "",
            "app.py": "from google.cloud import storage\nimport google.mine\n\nstorage.Client(google.mine.x)\n",
        },
        {"google-cloud-storage": "unknown 1/1/0"},
    ),
    "a package that is the project's own": Case(
        {
            "pyproject.toml": pyproject("foo-bar"),
            "foo/__init__.py": "",
            "foo/bar/__init__.py": "",
            "app.py": "import foo.bar\n\nfoo.bar.x\n",
        },
        {"foo-bar": "unknown 0/0/0"},
    ),
    "backports share a folder": Case(
        {
            "pyproject.toml": pyproject("backports.strenum", "backports.zstd"),
            "app.py": "from backports.strenum import StrEnum\n\nclass A(StrEnum): ...\n",
        },
        {"backports.strenum": "from 3.11 1/1/0", "backports.zstd": "not imported 0/0/0"},
    ),
    # What is imported and not declared.
    "undeclared": Case({"pyproject.toml": pyproject(), "a.py": USED}, {}, {"psutil": "can go 1/1/1"}),
    "undeclared and optional": Case(
        {"pyproject.toml": pyproject(), "a.py": "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n"}, {}
    ),
    "undeclared and optional in one place of two": Case(
        {
            "pyproject.toml": pyproject(),
            "a.py": "try:\n    from numpy import array, zeros\nexcept ImportError:\n    pass\n",
            "b.py": "import numpy\n\nnumpy.ones(3)\n",
        },
        {},
        {"numpy": "keep 2/1/0"},
    ),
    "undeclared and unknown": Case({"pyproject.toml": pyproject(), "a.py": "import nobody_knows\n"}, {}),
    "needed to build": Case(
        {
            "pyproject.toml": pyproject(more='[build-system]\nrequires = ["setuptools", "psutil"]\n'),
            "hook.py": USED,
            "setup.py": "import numpy\n\nsetup(include_dirs=numpy.get_include())\n",
        },
        {},
    ),
    "one name of two distributions": Case(
        {"pyproject.toml": pyproject(), "a.py": "import docopt\n\ndocopt.docopt('')\n"},
        {},
        {"docopt-ng or docopt": "unknown 1/1/0"},
    ),
    "one name of two distributions, one declared": Case(
        {"pyproject.toml": pyproject("docopt-ng"), "a.py": "import docopt\n\ndocopt.docopt('')\n"},
        {"docopt-ng": "keep 1/1/0"},
    ),
    "one name of two distributions, both declared": Case(
        {"pyproject.toml": pyproject("docopt-ng", "docopt"), "a.py": "import docopt\n\ndocopt.docopt('')\n"},
        {"docopt-ng": "keep 1/1/0", "docopt": "keep 1/1/0"},
    ),
    # Where the files are.
    "no further than another project": Case(
        {
            "pyproject.toml": pyproject("psutil", "six"),
            "packages/inner/pyproject.toml": pyproject("numpy"),
            "packages/inner/src/a.py": USED,
            "packages/notes.py": "import six\n\nsix.text_type\n",
        },
        {"psutil": "not imported 0/0/0", "six": "can go 1/1/1"},
    ),
    "environments are not looked into": Case(
        {"pyproject.toml": pyproject("psutil"), "env/pyvenv.cfg": "", "env/a.py": USED, ".tox/a.py": USED},
        {"psutil": "not imported 0/0/0"},
    ),
    "the project itself": Case({"pyproject.toml": pyproject("tried[all]"), "a.py": "import tried\n"}, {}),
    "an older Python than any that is known": one("psutil", USED, "from 3.4 1/1/0", python=">=2.7"),
}


def write(top: Path, tree: Tree) -> Survey:
    """Writes a tree and looks at it."""
    (top / ".git").mkdir(parents=True, exist_ok=True)
    for name, text in tree.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    survey = Survey(Catalog(), Projects(), top)
    for _ in survey.steps():
        pass
    return survey


def shown(found: Dependency, expected: str = "") -> str:
    """What is said of a dependency; why only where that is expected, or where it is not the catalog's own words."""
    text = f"{found.verdict} {found.files}/{found.uses}/{found.covered}"
    silent = found.verdict == "keep" and ": " not in expected
    return f"{text}: {found.why}" if found.why and not silent else text


@pytest.mark.parametrize("name", VERDICTS)
def test_verdicts(tmp_path: Path, name: str) -> None:
    tree, expected, undeclared = VERDICTS[name]
    survey = write(tmp_path, tree)
    assert {one.name: shown(one, expected.get(one.name, "")) for one in survey.dependencies} == dict(expected)
    assert {one.name: shown(one) for one in survey.undeclared} == dict(undeclared)


def test_every_kind_of_declaration(tmp_path: Path) -> None:
    survey = write(
        tmp_path,
        {
            "pyproject.toml": "[project]\ndependencies = [\n  'one',\n]\n"
            "[project.optional-dependencies]\nx = ['two', 'tried[y]']\n"
            "[dependency-groups]\ndev = [\n  'three', {include-group = 'x'}]\n"
            "[tool.poetry.dependencies]\npython = '^3.10'\nfour = '^1'\n"
            "[tool.poetry.group.dev.dependencies]\nfive = {version = '^1', markers = \"extra == 'x'\"}\n"
            "[tool.poetry.dev-dependencies]\nsix = '*'\n"
            "[build-system]\nrequires = ['seven']\n",
            "setup.cfg": "[options]\ninstall_requires =\n    eight\n    One\n",
            "requirements.txt": "# all of them\nnine==1 --hash=x\n-r other.txt\n",
            "requirements-dev.in": "ten\n",
            "requirements/test.txt": "eleven\n",
            "docs/requirements.txt": "twelve\n",
            "constraints.txt": "thirteen\n",
            "requirements-locked.txt": "# This file is autogenerated by pip-compile\nfourteen==1\n",
        },
    )
    places = {one.name: [f"{place.path}:{place.line}" for place in one.declared] for one in survey.dependencies}
    assert places == {
        "one": ["pyproject.toml:3", "setup.cfg:4"],
        "two": ["pyproject.toml:6"],
        "tried": ["pyproject.toml:6"],
        "three": ["pyproject.toml:9"],
        "four": ["pyproject.toml:12"],
        "five": ["pyproject.toml:14"],
        "six": ["pyproject.toml:16"],
        "eight": ["setup.cfg:3"],
        "nine": ["requirements.txt:2"],
        "ten": ["requirements-dev.in:1"],
        "eleven": ["requirements/test.txt:1"],
        "twelve": ["docs/requirements.txt:1"],
    }


FOLDERS = {
    "its own folder": ("", {"pyproject.toml": "", "a.py": ""}, ""),
    "a file": ("src/a.py", {"pyproject.toml": "", "src/a.py": ""}, ""),
    "a file that is not there yet": ("src/b.py", {"pyproject.toml": "", "src/a.py": ""}, ""),
    "the nearest": ("inner/a.py", {"pyproject.toml": "", "inner/requirements.txt": "", "inner/a.py": ""}, "inner"),
    "a folder of lists": ("requirements/dev.txt", {"pyproject.toml": "", "requirements/dev.txt": ""}, ""),
    "lists alone": ("src/a.py", {"requirements/dev.txt": "", "src/a.py": ""}, ""),
    "setup.py": ("pkg/a.py", {"setup.py": "", "pkg/a.py": ""}, ""),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_folder_of_the_project(tmp_path: Path, name: str) -> None:
    path, tree, expected = FOLDERS[name]
    write(tmp_path, tree)
    assert project_folder(Projects(), tmp_path / path) == tmp_path / expected


def test_lists_without_any_other_mark(tmp_path: Path) -> None:
    for name in ("requirements.txt", "src/pkg/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert project_folder(Projects(), tmp_path / "src/pkg/a.py") == tmp_path


REPORT = """\
tried: 7 declared dependencies, 3 Python files
judged for Python 3.10–3.15 (requires-python in pyproject.toml)

name                          declared                    files  uses  covered  verdict
psutil                        pyproject.toml:4 +1             1     1        1  can go
argparse                      pyproject.toml:4                -     -        -  superfluous
exceptiongroup                pyproject.toml:4                1     1        0  from 3.11
six                           pyproject.toml:4                1     3        1  partly
numpy                         pyproject.toml:4                -     -        -  not imported
a-name-that-is-too-long-for…  …/table/requirements.txt:1      -     -        -  unknown
mypy-not-known                pyproject.toml:4                -     -        -  unknown

argparse has been part of Python since 3.2; the distribution argparse adds nothing to it. Remove
  the requirement.
exceptiongroup, not covered before 3.11: exceptiongroup.ExceptionGroup
six, not covered: six.moves.x (2 times)

not imported: no Python file imports these; they may be plugins or tools, or be imported in a
  way that cannot be seen

unknown: the catalog does not speak of these; imports of them were found by their own names

Imported, but no declaration was found:
name    first imported  files  uses  covered  verdict
orjson  plugin.py:1         1     1        1  can go, look first

setup.py: was not run, so what it requires is not known here

left out, as projects of their own: inner"""


def test_the_report(tmp_path: Path) -> None:
    long = "requirements/of/a/path/that/is/much/too/long/for/any/table/requirements.txt"
    survey = write(
        tmp_path / "tried",
        {
            "pyproject.toml": pyproject("psutil", "six", "exceptiongroup", "argparse", "mypy-not-known", "numpy"),
            "requirements.txt": "psutil\n",
            long: "a-name-that-is-too-long-for-the-table\n",
            "setup.py": "setup(install_requires=read())\n",
            "app.py": f"import six\n\nsix.text_type\nsix.moves.x\nsix.moves.x\n{USED}{GROUP}",
            "plugin.py": "import orjson\n\norjson.loads('')\n",
            "inner/pyproject.toml": "",
        },
    )
    text = as_text(survey)
    assert max(map(len, text.splitlines())) <= 100
    assert text == REPORT
    values = as_json(survey)
    assert values["left_out"] == ["inner"]
    assert values["not_read"] == ["setup.py"]
    assert [one["name"] for one in values["undeclared"]] == ["orjson"]
    six = next(one for one in values["dependencies"] if one["name"] == "six")
    assert six["uncovered"] == [{"name": "six.moves.x", "count": 2}]
    colours = as_text(survey, colours=True)
    assert "\033[32mcan go\033[0m" in colours
    print(text)


def test_a_file_that_is_too_much_for_a_rule(tmp_path: Path, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(file: SourceFile, owner_of: object) -> dict[str, Usage]:
        if b"too much" in file.source:
            raise RecursionError("too deep")
        return usages(file, owner_of)  # type: ignore[arg-type]

    monkeypatch.setattr("stdlib_ls.dependencies.survey.usages", fails)
    for name, text in {"pyproject.toml": pyproject("psutil"), "a.py": f"# too much\n{USED}", "b.py": USED}.items():
        (tmp_path / name).write_text(text)
    survey = Survey(catalog, Projects(), tmp_path)
    assert list(survey.steps())
    assert [(found.verdict, found.files) for found in survey.dependencies] == [("can go, look first", 1)]
    assert survey.failed and "a.py: cannot be judged" in survey.problems[0]
