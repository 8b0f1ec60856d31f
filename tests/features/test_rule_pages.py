"""Each rule has a page in `docs/rules`, and the example of each page gives what the page says.

The section "## Example" of a page holds, in this order,

* `Judged for Python 3.9 to 3.14.`: what the project supports;
* where it needs any, `Beside it lies random.py.`: a file of the project in the same folder;
* a fence with the source: `python`, or `toml` for a `pyproject.toml`, which says itself for which Pythons;
* a fence `text` with what `stdlib-ls check` prints of it, without the path.

What else stands there, such as what a fix makes of the source, is for readers.
`pytest --rewrite` writes what comes out into the page.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stdlib_ls.cli import main
from stdlib_ls.settings import RULE_CODES

FOLDER = Path(__file__).resolve().parents[2] / "docs/rules"
PAGES = sorted(FOLDER.glob("*.md"))

_SECTION = re.compile(r"(?ms)^## Example$(.*?)(?=^## )")
_JUDGED = re.compile(r"(?m)^Judged for Python 3\.(\d+) to 3\.(\d+)\.$")
_BESIDE = re.compile(r"(?m)^Beside it lies `?([\w./]+\.py)`?\.$")
_SOURCE = re.compile(r"(?ms)^```(python|toml)\n(.*?)^```$")
_FINDINGS = re.compile(r"(?ms)^```text\n(.*?)^```$")


def test_every_rule_has_a_page() -> None:
    assert {page.stem for page in PAGES} == set(RULE_CODES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_example(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    text = page.read_text(encoding="utf-8")
    example = _SECTION.search(text)
    assert text.startswith(f"# {page.stem}\n") and example, f"{page.name}: no title, or no example"
    file = _make_project(example[1], tmp_path)
    findings = _FINDINGS.search(example[1])
    assert findings, f"{page.name}: nothing says what the example gives"
    monkeypatch.chdir(tmp_path)
    main(["check", file, "--min-severity", "hint"])
    printed = "".join(line.removeprefix(f"{file}:") for line in capsys.readouterr().out.splitlines(keepends=True))
    assert f"[{page.stem}]" in printed
    if printed != findings[1] and request.config.getoption("--rewrite"):
        start = example.start(1) + findings.start(1)
        page.write_text(text[:start] + printed + text[start + len(findings[1]) :], encoding="utf-8")
        return
    assert printed == findings[1]


def _make_project(example: str, folder: Path) -> str:
    """Write a page's example into a folder, as the project that the page speaks of; gives the name of its file."""
    source = _SOURCE.search(example)
    assert source, "no source"
    for name in _BESIDE.findall(example):
        (folder / name).touch()
    if source[1] == "toml":
        (folder / "pyproject.toml").write_text(source[2], encoding="utf-8")
        return "pyproject.toml"
    judged = _JUDGED.search(example)
    assert judged, "nothing says for which Pythons the example is judged"
    supported = f'[project]\nrequires-python = ">=3.{judged[1]},<3.{int(judged[2]) + 1}"\n'
    (folder / "pyproject.toml").write_text(supported, encoding="utf-8")
    (folder / "example.py").write_text(source[2], encoding="utf-8")
    return "example.py"
