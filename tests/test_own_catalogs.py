"""A team's own catalogs: merged, judged, fixed; bad entries are named and the rest is used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.edits import apply_edits
from stdlib_ls.features.source_file import SourceFile, context_of
from stdlib_ls.project import Projects

PYPROJECT = '[project]\nrequires-python = ">=3.11"\n[tool.stdlib-ls]\ncatalogs = ["own.yaml"]\n'

COOLJSON = """\
- package: cool-json
  imports: [cooljson]
  advice: equivalent
  summary: JSON as we did it before.
  keep_when: You are in the old service.
  replacements:
    - match: cooljson.dump_text($OBJ)
      fix: acme.text.dump($OBJ)
      safety: safe
    - match: cooljson.parse($TEXT)
      fix: json.loads($TEXT)
      safety: safe
"""


def judged(root: Path, own: str, source: str) -> tuple[SourceFile, list[str], tuple[str, ...]]:
    """A file of a project with an own catalog, its messages, and what is wrong with the catalog."""
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "own.yaml").write_text(own, encoding="utf-8")
    path = root / "main.py"
    file = SourceFile(source, context_of(Catalog(), Projects().of(path), path, ""))
    return file, [one.message for one in diagnostics(file)], file.context.problems


def test_in_house_modules_take_over(tmp_path: Path) -> None:
    file, messages, problems = judged(
        tmp_path, COOLJSON, "import cooljson\nprint(cooljson.dump_text(1), cooljson.parse('1'))\n"
    )
    assert problems == ()
    assert messages == [
        "acme.text.dump covers cooljson.dump_text, json.loads covers cooljson.parse:"
        " all that this file uses of cool-json."
    ]
    fix = diagnostics(file)[0].find_fix()
    assert fix is not None
    assert apply_edits(file.source, fix.edits).decode() == (
        "import acme.text\nimport json\nprint(acme.text.dump(1), json.loads('1'))\n"
    )


def test_an_own_entry_wins(tmp_path: Path) -> None:
    own = "package: psutil\nimports: [psutil]\nadvice: keep\nsummary: S.\nkeep_when: We want it.\n"
    _, messages, problems = judged(tmp_path, own, "import psutil\npsutil.cpu_count()\n")
    assert (messages, problems) == ([], ())


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("- package: broken\n  imports: [broken]\n  advice: nonsense\n  summary: S.\n  keep_when: K.\n", "own.yaml:15"),
        ("- package: 3.10\n", "own.yaml:13"),
        ("- just text\n", "own.yaml:13"),
        (
            "- {package: p, imports: [p], advice: partial, summary: S., keep_when: K.,"
            " replacements: [{match: 'q.x()', none: N.}]}\n",
            "not under p",
        ),
    ],
    ids=["bad value", "unquoted", "no mapping", "foreign match"],
)
def test_a_bad_entry_does_not_take_the_others_with_it(tmp_path: Path, entry: str, problem: str) -> None:
    _, messages, problems = judged(tmp_path, COOLJSON + entry, "import cooljson\ncooljson.parse('1')\n")
    assert len(messages) == 1
    assert any(problem in one for one in problems), problems


def test_a_missing_or_changed_file(tmp_path: Path) -> None:
    _, messages, _ = judged(tmp_path, COOLJSON, "import cooljson\ncooljson.parse('1')\n")
    assert len(messages) == 1
    (tmp_path / "own.yaml").write_text("[]\n", encoding="utf-8")
    os.utime(tmp_path / "own.yaml", ns=(1, 1))
    path = tmp_path / "main.py"
    context = context_of(Catalog(), Projects().of(path), path, "")
    assert context.catalog.packages("cooljson") == []
    (tmp_path / "own.yaml").unlink()
    context = context_of(Catalog(), Projects().of(path), path, "")
    assert "own.yaml: cannot be read" in context.problems[0]
