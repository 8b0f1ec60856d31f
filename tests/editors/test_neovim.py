"""What a person does and sees in Neovim only: menus while typing, the plugin's commands, and its health check."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from drive_neovim import BY_HAND, NAME, Driver, user_configuration
from editor import until
from editor_session import PROJECT
from neovim_session import SAMPLE, Start, float_after, health, said, settings_of_the_client, starter, with_sample

from stdlib_ls.catalog.store import Catalog

pytestmark = [pytest.mark.editor, pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals")]

# Instead of starting a browser.
NOTE_ADDRESSES = "opened = {}; vim.ui.open = function(address) table.insert(opened, address) end"


@pytest.fixture
def start(tmp_path: Path) -> Start:
    return starter(tmp_path)


@pytest.fixture
def editor(start: Start) -> Iterator[Driver]:
    with with_sample(start) as running:
        yield running


# Menus.


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("import ", ["json", "os", "tomllib"]),
        ("from collections import ", ["Counter", "defaultdict", "deque"]),
        ("json.", ["dumps", "loads"]),
    ],
)
def test_menu_opens_while_typing(editor: Driver, catalog: Catalog, keys: str, names: list[str]) -> None:
    editor.press("Go")
    editor.type(keys)
    until(editor.nvim.funcs.pumvisible, "a menu that nobody has asked for")
    rows = dict(editor.rows())
    owner = keys.split()[1] + "." if keys.startswith("from") else keys if keys.endswith(".") else ""
    for name in names:
        entry = catalog.find(owner + name)
        assert entry and entry.summary.replace("`", "") in rows[name]


def test_menu_shows_the_purpose(editor: Driver, catalog: Catalog) -> None:
    entry = catalog.find("json.dumps")
    assert entry
    editor.press("Go")
    editor.type("json.")
    until(lambda: re.search(rf"\bdumps +Function +{re.escape(entry.summary[:30])}", editor.screen()), "the purpose")


def test_menu_opens_on_demand_and_fills_in(editor: Driver) -> None:
    editor.press("Gojson.du<C-x><C-o>")
    assert [label for label, _ in editor.rows()] == ["dumps", "dump"]
    editor.press("<C-n><C-y>")
    until(lambda: editor.text().endswith("\njson.dumps\n"), "the chosen name")


def test_search_among_the_symbols_of_the_workspace(start: Start) -> None:
    """What a setting asks for that is read when the server starts: the list of symbols opens with what was found."""
    with start(settings={"search": {"symbols": True}}) as editor:
        editor.open("sample.py", SAMPLE)
        editor.lua("vim.lsp.buf.workspace_symbol('topological sort')")
        until(lambda: "[Class] TopologicalSort" in editor.screen(), "the list of symbols")


# Commands.


def test_card_of_the_name_under_the_cursor(editor: Driver) -> None:
    editor.go("json.dumps(x)", "dumps")
    shown = float_after(editor, "StdlibLs card", "Fits Python 3.11–")
    assert shown.startswith("json.dumps: ")
    assert "**" not in shown and "`" not in shown, "marks of Markdown"
    editor.nvim.command("StdlibLs card")
    until(lambda: editor.nvim.current.window.handle == editor.floats()[0], "the cursor in the card")
    editor.press("q")
    until(lambda: not editor.floats(), "the end of the card")


def test_card_of_a_name_beside_that_of_another(editor: Driver) -> None:
    editor.go("json.dumps(x)", "dumps")
    float_after(editor, "StdlibLs card", "json.dumps: ")
    assert float_after(editor, "StdlibLs card os.path.join", "os.path.join: ").startswith("os.path.join: ")
    editor.close_floats()
    editor.go("x = os.path.join", "x")
    editor.nvim.command("StdlibLs card")
    said(editor, "no card on this name")
    assert not editor.floats()


def test_search_leads_to_a_card_and_to_its_page(editor: Driver) -> None:
    editor.lua(NOTE_ADDRESSES)
    editor.nvim.input(":StdlibLs search temporary directory<CR>")
    number = until(lambda: re.findall(r"^(\d+): tempfile\.TemporaryDirectory  ", editor.screen(), re.M), "the answers")[
        0
    ]
    rows = re.findall(r"^\d+: .*", editor.screen(), re.M)
    assert len(rows) > 5, "answers that take one line each"
    editor.press(f"{number}<CR>")
    until(lambda: editor.floats() and "tempfile.TemporaryDirectory: " in editor.read_float(), "the card")
    assert editor.nvim.current.window.handle == editor.floats()[0]
    editor.press("gx")
    (address,) = until(lambda: editor.lua("return opened"), "the page")
    assert re.fullmatch(
        r"https://docs\.python\.org/3\.\d+/library/tempfile\.html#tempfile\.TemporaryDirectory", address
    )
    editor.press("q")
    until(lambda: not editor.floats(), "the end of the card")


def test_search_asks_for_words(editor: Driver) -> None:
    editor.nvim.input(":StdlibLs search<CR>")
    until(lambda: "Search the standard library:" in editor.screen(), "the question")
    editor.press("secure token<CR>")
    until(lambda: "secrets.token_hex" in editor.screen(), "the answers")
    editor.press("<CR>")
    editor.nvim.command("StdlibLs search qqqxyzzy")
    said(editor, "nothing in the standard library answers to: qqqxyzzy")


@pytest.mark.parametrize("name", ["", "json.dumps"])
def test_page_of_the_documentation(editor: Driver, name: str) -> None:
    editor.lua(NOTE_ADDRESSES)
    editor.go("json.dumps(x)", "dumps")
    editor.nvim.command(f"StdlibLs docs {name}")
    (address,) = until(lambda: editor.lua("return opened"), "the page")
    assert address.endswith("/library/json.html#json.dumps")


def test_no_page_of_what_has_none(editor: Driver) -> None:
    editor.lua(NOTE_ADDRESSES)
    editor.nvim.command("StdlibLs docs psutil")
    said(editor, "no page in the documentation")
    assert not editor.lua("return opened")


def test_why_this_version(editor: Driver) -> None:
    shown = float_after(editor, "StdlibLs why", "oldest 3.11")
    assert 'requires-python in pyproject.toml (">=3.11")' in shown


def test_report_on_dependencies(editor: Driver) -> None:
    text = PROJECT.format("3.11") + 'dependencies = ["tomli"]\n'
    (editor.setup.project / "pyproject.toml").write_text(text, encoding="utf-8")
    editor.open("settings.py", "import tomli\n\nprint(tomli.loads(''))\n")
    editor.nvim.command("StdlibLs dependencies")
    until(lambda: len(editor.nvim.windows) == 2, "a window with the report")
    assert "tomli" in editor.text()
    assert not editor.nvim.current.buffer.options["modifiable"]
    editor.press("q")
    until(lambda: len(editor.nvim.windows) == 1, "the end of the report")


def test_restart_takes_the_configuration_as_it_is(editor: Driver) -> None:
    (before,) = editor.servers()
    editor.open("other.py", "import simplejson\n")
    editor.lua("vim.lsp.config(..., { settings = { ['stdlib-ls'] = { target = '3.13' } } })", NAME)
    editor.nvim.command("StdlibLs restart")
    until(lambda: before not in (now := editor.servers()) and len(now) == 1, "another server")
    editor.wait_for_servers()
    assert "oldest 3.13" in float_after(editor, "StdlibLs why", "oldest")
    editor.close_floats()
    editor.nvim.command("edit sample.py")
    editor.wait_for_servers()
    assert "Fits Python 3.13–" in editor.hover("import json", "json")
    assert "quit with exit code" not in editor.messages()


def test_subcommands_are_completed(editor: Driver) -> None:
    complete = editor.nvim.funcs.getcompletion
    assert complete("StdlibLs ", "cmdline") == ["card", "dependencies", "docs", "restart", "search", "why"]
    assert complete("StdlibLs d", "cmdline") == ["dependencies", "docs"]
    assert complete("StdlibLs docs j", "cmdline") == []
    editor.nvim.input(":StdlibLs nonsense<CR>")
    said(editor, "write :StdlibLs with one of card, dependencies, docs, restart, search, why")


@pytest.mark.parametrize("command", ["card json", "search json", "search", "docs json", "why", "dependencies"])
def test_commands_without_a_server(start: Start, command: str) -> None:
    with start() as editor:
        editor.nvim.command(f"StdlibLs {command}")
        said(editor, "the server does not run. It starts with a Python file; :checkhealth stdlib_ls")
        assert not editor.complaints()


# Health.


def test_health_when_all_is_well(editor: Driver) -> None:
    report = health(editor)
    assert re.search(r"OK Neovim 0\.\d+\.\d+\n", report)
    assert re.search(r"OK The command is \S+stdlib-ls\n", report)
    assert re.search(r"OK stdlib-ls \S+ works on Python 3\.\d+\.\d+", report)
    assert re.search(r"OK stdlib-ls \S+ runs in 1 buffer\n", report)
    assert "Judged by Python 3.11–" in report and "requires-python in pyproject.toml" in report
    assert "No other Python server is at work" in report
    assert "All servers of this buffer count columns in utf-16" in report
    assert "WARNING" not in report and "ERROR" not in report


def test_health_without_the_command(start: Start, tmp_path: Path) -> None:
    missing = f'{BY_HAND}\nvim.lsp.config("stdlib_ls", {{ cmd = {{ "{tmp_path}/no-such-command" }} }})'
    with start(missing) as editor:
        report = health(editor)
        assert f"ERROR The command `{tmp_path}/no-such-command` is not found on PATH" in report
        assert "pipx install /path/to/stdlib-ls" in report
        assert "The server does not run: it starts with the first Python file" in report


def test_health_with_a_command_that_does_not_work(start: Start, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'No module named stdlib_ls' >&2\nexit 1\n")
    broken.chmod(0o755)
    with start(f'{BY_HAND}\nvim.lsp.config("stdlib_ls", {{ cmd = {{ "{broken}" }} }})') as editor:
        report = health(editor)
        assert "ERROR It does not work: No module named stdlib_ls" in report
        assert "Install it anew" in report


def test_health_names_what_is_wrong(start: Start) -> None:
    with start(requires="", settings={"hover": {"detial": "brief"}}) as editor:
        editor.open("sample.py", SAMPLE)
        report = health(editor)
        assert "unknown setting hover.detial; did you mean hover.detail?" in report
        assert re.search(r"WARNING Judged by Python \S+, which is only assumed", report)
        assert "stdlib-ls-settings" in report


def test_health_of_servers_that_count_columns_differently(start: Start) -> None:
    with start(neighbours=True) as editor:
        editor.open("sample.py", SAMPLE)
        until(lambda: settings_of_the_client(editor).get("beside") == ["jedi", "ruff"], "the neighbours")
        report = health(editor)
        assert "Beside jedi, ruff: completion" in report
        assert "WARNING The servers of this buffer count columns differently" in report
    (advice,) = set(re.findall(r'vim\.lsp\.config\("\*".*?\}\)(?=`|\n)', report))
    with start(f"{advice}\n{user_configuration(editor.setup)}", neighbours=True) as editor:
        editor.open("sample.py", SAMPLE)
        assert "All servers of this buffer count columns in utf-16" in health(editor)
