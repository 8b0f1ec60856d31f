"""What only Vim has: the command :StdlibLs, help, ALE's fixers, and what ALE knows of a linter."""

from __future__ import annotations

import itertools
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from editor import ROOT, until
from editor_session import started

if sys.platform == "win32":
    pytest.skip("Vim is driven in a terminal", allow_module_level=True)

CLIENT = ROOT / "clients" / "vim"
HELP = CLIENT / "doc" / "stdlib-ls.txt"
ACTIONS = ("card", "dependencies", "docs", "restart", "search", "why")
SAMPLE = """\
import json
import psutil

x = "🎉"; print(json.dumps(x), psutil.cpu_count())
"""
PAGE = "https://docs.python.org/3.15/library/json.html#json.dumps"

_numbers = itertools.count()

pytestmark = pytest.mark.editor


@pytest.fixture(scope="module")
def vim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Vim for all tests that leave it as it was; its browser writes down what it is to show."""
    folder = tmp_path_factory.mktemp("vim")
    with started("vim", folder) as running:
        vim: Any = running
        vim.browsed = folder / "browsed"
        vim.ask(f"execute(\"let g:stdlib_ls_browser = ['sh', '-c', 'echo $1 >>{vim.browsed}', 'browser']\")")
        yield vim


@pytest.fixture
def opened(vim: Any) -> Any:
    """Vim with one window on a sample that it has not seen, and nothing browsed yet."""
    vim.command("only")
    vim.browsed.write_text("")
    vim.open(f"sample{next(_numbers)}.py", SAMPLE)
    until(vim.diagnostics, "diagnostics")
    return vim


def preview(vim: Any) -> str:
    """The text of the preview window, once there is one."""
    windows = "filter(range(1, winnr('$')), 'getwinvar(v:val, \"&previewwindow\")')"
    lines = until(lambda: vim.ask(f"map({windows}, 'getbufline(winbufnr(v:val), 1, \"$\")')"), "a preview window")
    return "\n".join(lines[0])


def browsed(vim: Any) -> str:
    """The pages that were opened in the browser."""
    written: str = until(vim.browsed.read_text, "a page in the browser")
    return written.strip()


def test_card_of_the_name_under_the_cursor(opened: Any) -> None:
    opened.go("json.dumps(x)", "dumps")
    opened.command("StdlibLs card")
    assert preview(opened).startswith("json.dumps: Turn an object into a JSON string.\n")
    assert opened.ask("&filetype") == "python", "the cursor stays where it was"


def test_card_behind_an_emoji(opened: Any) -> None:
    """The last letter of one name: counted in other units, it would be in the next one."""
    opened.go("json.dumps(x)", "n.dumps")
    opened.command("StdlibLs card")
    assert preview(opened).startswith("json: ")


def test_card_of_a_name_that_is_given(opened: Any) -> None:
    opened.command("StdlibLs card os.path.join")
    assert preview(opened).startswith("os.path.join: ")


def test_card_of_what_was_just_typed(opened: Any) -> None:
    """ALE tells the server of changes when it lints, which is later."""
    opened.press("G", "o")
    opened.type("from pathlib import Path")
    opened.command("StdlibLs card")
    assert preview(opened).startswith("pathlib.Path: ")


def test_nothing_to_show_is_one_line(opened: Any) -> None:
    opened.go('x = "', "x")
    opened.command("StdlibLs card")
    until(lambda: "stdlib-ls: no card of x" in opened.screen(), "the line")
    assert opened.ask("winnr('$')") == 1


def test_page_of_the_documentation(opened: Any) -> None:
    opened.go("json.dumps(x)", "dumps")
    opened.command("StdlibLs docs")
    assert browsed(opened) == PAGE


def test_search_lists_names_cards_and_pages(opened: Any) -> None:
    opened.command("StdlibLs search object to JSON string")
    until(lambda: opened.ask("bufname('')").startswith("stdlib-ls:"), "the list")
    lines = opened.ask("getline(1, '$')")
    row = next(number for number, line in enumerate(lines, 1) if line.startswith("json.dumps "))
    assert lines[row - 1].endswith("Turn an object into a JSON string.")
    opened.ask(f"cursor({row}, 1)")
    opened.press("Enter")
    assert preview(opened).startswith("json.dumps: ")
    opened.press("g", "x")
    assert browsed(opened) == PAGE
    opened.press("q")
    until(lambda: opened.ask("&filetype") == "python", "the file")


def test_search_that_is_asked_again_takes_the_place_of_the_list(opened: Any) -> None:
    for question in ("zip", "zip", "secure token"):
        opened.command(f"StdlibLs search {question}")
        until(lambda question=question: opened.ask("bufname('')") == f"stdlib-ls:{question}", "the list")  # type: ignore[misc]
        assert opened.ask("getline(1)")
        assert opened.ask("winnr('$')") == 2
        opened.command("wincmd p")
    assert not opened.complaints()


def test_page_of_the_card_that_is_shown(opened: Any) -> None:
    opened.command("StdlibLs card json.dumps")
    preview(opened)
    opened.command("wincmd P")
    opened.press("g", "x")
    assert browsed(opened) == PAGE
    opened.press("q")
    until(lambda: opened.ask("winnr('$')") == 1, "the end of the preview")


def test_why_and_dependencies(opened: Any) -> None:
    opened.command("StdlibLs why")
    assert "3.11" in preview(opened) and "requires-python" in preview(opened)
    opened.command("pclose")
    opened.command("StdlibLs dependencies")
    assert "psutil" in preview(opened)


def test_restart(opened: Any) -> None:
    (before,) = opened.servers()
    opened.command("StdlibLs restart")
    found = until(lambda: [one for one in opened.servers() if one != before], "another server")
    assert len(found) == 1
    opened.go("json.dumps(x)", "dumps")
    opened.command("StdlibLs card")
    assert "json.dumps" in preview(opened)
    assert not opened.complaints()


def test_unknown_action_is_named(opened: Any) -> None:
    opened.command("StdlibLs cart")
    until(lambda: f"stdlib-ls: no cart, only {', '.join(ACTIONS)}" in opened.screen(), "the line")


def test_actions_are_completed(opened: Any) -> None:
    assert opened.ask("getcompletion('StdlibLs ', 'cmdline')") == list(ACTIONS)
    assert opened.ask("getcompletion('StdlibLs se', 'cmdline')") == ["search"]


def test_help(opened: Any, tmp_path: Path) -> None:
    """Vim finds the help, and everything that is explained there exists."""
    text = HELP.read_text(encoding="utf-8")
    shutil.copy(HELP, tmp_path)
    opened.ask(f"execute('helptags {tmp_path}')")
    assert "stdlib-ls-clients" in (tmp_path / "tags").read_text()
    for action in ACTIONS:
        assert f"*:StdlibLs-{action}*" in text
    for variable in re.findall(r"\*g:(\w+)\*", text):
        sources = "".join(path.read_text(encoding="utf-8") for path in CLIENT.rglob("*.vim"))
        assert variable.removeprefix("ale_") in sources


def test_fixer_follows_others(opened: Any) -> None:
    """It gets the lines that the fixer before it has changed, and which the server has not seen."""
    opened.insert("print(psutil.cpu_count())\n")
    opened.ask("setbufvar('', 'ale_fixers', [{buffer, lines -> ['# The first line.'] + lines}, 'stdlib_ls'])")
    opened.fix_all()
    fixed = SAMPLE.replace("import json\nimport psutil\n", "import json\nimport os\n").replace("psutil.", "os.")
    assert opened.text() == f"# The first line.\n{fixed}print(os.cpu_count())\n"


def test_fixer_leaves_what_needs_no_fix(opened: Any) -> None:
    opened.open("fine.py", "import json\n\n\nprint(json.dumps(1))\n")
    opened.fix_all()
    assert opened.text() == "import json\n\n\nprint(json.dumps(1))\n"
    assert not opened.ask("&modified")


def test_information_is_no_warning(opened: Any) -> None:
    """ALE alone would call everything a warning that is no error."""
    assert [item["type"] for item in opened.ask("getloclist(0)")] == ["I"]
    assert opened.ask("ale#statusline#Count(bufnr('')).warning") == 0
    opened.open("warned.py", "import distutils\n\nprint(distutils)\n")
    until(opened.diagnostics, "diagnostics")
    assert opened.ask("getloclist(0)")[0]["type"] == "W"


@pytest.mark.parametrize(("name", "is_wanted"), [("pyproject.toml", True), ("Cargo.toml", False)])
def test_toml(vim: Any, name: str, is_wanted: bool) -> None:
    vim.command("only")
    vim.command(f"edit {name}")
    until(lambda: vim.ask("expand('%:t')") == name, "the file")
    assert bool(vim.ask("stdlib_ls#ale#Serves(bufnr(''))")) == is_wanted


def test_ale_completes_with_the_other_server(tmp_path: Path) -> None:
    """It asks one only: names of the file itself, which ours does not know, must not be lost."""
    with started("vim", tmp_path, neighbours=True) as running:
        vim: Any = running
        vim.open("sample.py", "import json\n\nsome_name_of_mine = 1\n")
        until(lambda: vim.ask("len(filter(values(ale#lsp#GetConnections()), 'v:val.initialized'))") == 3, "servers")
        assert "some_name_of_mine" in vim.complete("some_na", "some_name_of_mine").labels
        held = vim.ask("map(values(ale#lsp#GetConnections()), 'get(v:val.config, \"stdlib-ls\", {})')")
        assert {"beside": ["jedi", "ruff"]} in [{**one, "beside": sorted(one["beside"])} for one in held if one]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("jedils", ["jedi"]),
        ("pylsp-all", ["pylsp"]),
        ("basedpyright-langserver", ["basedpyright"]),
        ("ty", ["ty"]),
        ("typos-lsp", []),
        ("efm-langserver", []),
    ],
)
def test_other_servers_have_the_names_that_ours_knows(vim: Any, name: str, known: list[str]) -> None:
    """What is no server for Python must not silence the completions."""
    assert vim.ask(f"stdlib_ls#KnownNames(['{name}'])") == known


def test_program_of_the_project_is_not_run(tmp_path: Path) -> None:
    """Other linters look for theirs in the project's virtual environment."""
    ran = tmp_path / "ran"
    with started("vim", tmp_path) as running:
        programs = tmp_path / "project" / ".venv" / "bin"
        programs.mkdir(parents=True)
        for name in ("stdlib-ls", "python", "python3"):
            (programs / name).write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
            (programs / name).chmod(0o755)
        running.open("sample.py", SAMPLE)
        until(running.diagnostics, "diagnostics")
    assert not ran.exists()
