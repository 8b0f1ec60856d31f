"""The plugin for Neovim: how it is loaded, how it keeps its server alive beside others, and its help."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drive_neovim import BY_HAND, CLIENT, NAME, Driver, lines_of_readme
from editor import ROOT, Setup, is_running, until
from neovim_session import SAMPLE, Start, health, said, settings_of_the_client, starter, with_sample

from stdlib_ls.settings import RULE_CODES, SETTINGS, Setting

pytestmark = [pytest.mark.editor, pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals")]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    return starter(tmp_path)


@pytest.fixture
def editor(start: Start) -> Iterator[Driver]:
    with with_sample(start) as running:
        yield running


# The life of the server.


def kill_server(editor: Driver) -> None:
    (server,) = until(editor.servers, "a server")
    os.kill(server, signal.SIGKILL)
    until(lambda: not is_running(server), "the end of the server")


def test_crashes_have_a_limit_and_a_way_back(start: Start) -> None:
    with start() as editor:
        editor.open("other.py", "import psutil\n")
        editor.open("sample.py", SAMPLE)
        for _ in range(3):
            kill_server(editor)
            until(editor.servers, "the next server")
            editor.wait_for_servers()
        kill_server(editor)
        said(editor, "the server has ended 4 times in 3 minutes and stays off. :StdlibLs restart starts it")
        assert not editor.servers()
        editor.nvim.command("StdlibLs restart")
        editor.wait_for_servers()
        assert "json: " in editor.hover("import json", "json")
        editor.nvim.command("edit other.py")
        editor.wait_for_servers()


def test_server_that_is_switched_off_stays_off(editor: Driver) -> None:
    (server,) = editor.servers()
    editor.lua("vim.lsp.enable(..., false)", NAME)
    until(lambda: not is_running(server), "the end of the server")
    editor.lua("vim.wait(300)")
    assert not editor.servers()


# Other servers.


@pytest.mark.parametrize(
    ("name", "command", "known"),
    [
        ("pyright", ["pyright-langserver", "--stdio"], "pyright"),
        ("types", ["/opt/node/bin/basedpyright-langserver", "--stdio"], "basedpyright"),
        ("ty", ["uvx", "ty", "server"], "ty"),
        ("python", ["uvx", "ty", "server"], "ty"),
        ("pyrefly", ["pyrefly", "lsp"], "pyrefly"),
        ("zubanls", ["zubanls"], "zuban"),
        ("jedi_language_server", ["jedi-language-server"], "jedi"),
        ("python-lsp-server", ["python", "-m", "pylsp"], "pylsp"),
        ("ruff_lsp", ["ruff-lsp"], "ruff"),
        ("RUFF", ["RUFF.EXE", "server"], "ruff"),
        ("pylance", ["node", "server.js"], "pylance"),
        ("lua_ls", ["lua-language-server"], None),
        ("typos_lsp", ["typos-lsp"], None),
    ],
)
def test_other_servers_are_known_by_name_or_command(
    known_as: Callable[[str, list[str]], str | None], name: str, command: list[str], known: str | None
) -> None:
    assert known_as(name, command) == known


@pytest.fixture(scope="module")
def known_as(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, list[str]], str | None]]:
    folder = tmp_path_factory.mktemp("known")
    running = Driver(Setup(folder, folder))
    code = "local name, cmd = ...; return require('stdlib_ls.beside').known_as({ name = name, config = { cmd = cmd } })"
    yield lambda name, command: running.lua(code, name, command)
    running.quit()
    running.kill()


def test_server_alone_is_told_so(editor: Driver) -> None:
    until(lambda: settings_of_the_client(editor).get("beside") == [], "the news of no neighbours")
    assert editor.complete("Template", "Template").rows, "names that come with their import"


def test_server_is_told_who_comes_and_goes(start: Start) -> None:
    with start(neighbours=True, settings={"hover": {"detail": "brief"}}) as editor:
        editor.open("sample.py", SAMPLE)
        until(lambda: settings_of_the_client(editor).get("beside") == ["jedi", "ruff"], "the news of the neighbours")
        assert settings_of_the_client(editor)["hover"] == {"detail": "brief"}
        assert speakers(editor, "json.") == {"jedi_language_server"}
        editor.lua("vim.lsp.enable('jedi_language_server', false)")
        until(lambda: settings_of_the_client(editor).get("beside") == ["ruff"], "the news of the end of one")
        assert speakers(editor, "json.") == {NAME}


def test_server_that_completes_nothing_takes_nothing_over(start: Start) -> None:
    with start(neighbours=True) as editor:
        editor.lua(
            """
            vim.api.nvim_create_autocmd("LspAttach", { callback = function(event)
              local client = vim.lsp.get_client_by_id(event.data.client_id)
              if client.name == "jedi_language_server" then client.server_capabilities.completionProvider = nil end
            end })
            """
        )
        editor.open("sample.py", SAMPLE)
        until(lambda: settings_of_the_client(editor).get("beside") == ["ruff"], "the news of the neighbours")


def speakers(editor: Driver, typed: str) -> set[str]:
    """The servers behind the rows of a menu."""
    editor.press("<Esc>Go")
    editor.type(typed)
    until(editor.rows, f"a menu after {typed!r}")
    found = editor.lua(
        """
        return vim.tbl_map(function(item)
          return vim.lsp.get_client_by_id(item.user_data.nvim.lsp.client_id).name
        end, vim.fn.complete_info({ "items" }).items)
        """
    )
    editor.press("<C-e><Esc>u")
    return set(found)


# How it is loaded, and what of it can be changed.


def test_subfolder_of_a_plugin_after_start(start: Start) -> None:
    """As a plugin manager does that loads a plugin late: the README's function is called with the plugin's folder."""
    with start("vim.o.cmdheight = 2") as editor:
        editor.nvim.command("edit sample.py")
        assert not editor.nvim.funcs.exists(":StdlibLs")
        specification = lines_of_readme("plugin.dir")
        editor.lua(f"local wanted = {specification}\nwanted.config({{ dir = ... }})", str(ROOT))
        editor.wait_for_servers()
        assert editor.nvim.funcs.exists(":StdlibLs") == 2


@pytest.mark.parametrize("kind", ["start", "opt"])
def test_package(start: Start, tmp_path: Path, kind: str) -> None:
    place = tmp_path / "home" / "data" / "nvim" / "site" / "pack" / "stdlib-ls" / kind
    place.mkdir(parents=True)
    (place / "stdlib-ls").symlink_to(CLIENT)
    with start("vim.cmd.packadd('stdlib-ls')" if kind == "opt" else "") as editor:
        editor.open("sample.py", SAMPLE)
        assert "json: " in editor.hover("import json", "json")
        assert not editor.complaints()


def test_server_can_be_left_off(start: Start) -> None:
    with start(f"vim.g.stdlib_ls_enable = false\n{BY_HAND}") as editor:
        editor.nvim.command("edit sample.py")
        editor.lua("vim.wait(300)")
        assert not editor.servers()
        report = health(editor)
        assert "The server is not enabled" in report
        editor.nvim.command("bwipeout")
        editor.lua("vim.lsp.enable(...)", NAME)
        editor.open("sample.py", SAMPLE)


def test_only_what_is_wanted_is_loaded_at_the_start(start: Start) -> None:
    with start() as editor:
        loaded = "return vim.tbl_filter(function(one) return one:find('^stdlib_ls') end, vim.tbl_keys(package.loaded))"
        assert editor.lua(loaded) == []


@pytest.mark.parametrize("only_python", [False, True])
def test_filetypes_can_be_changed(start: Start, only_python: bool) -> None:
    with start() as editor:
        if only_python:
            editor.lua("vim.lsp.config(..., { filetypes = { 'python' } })", NAME)
        editor.nvim.command("edit pyproject.toml")
        if only_python:
            editor.lua("vim.wait(300)")
            assert not editor.clients()
        else:
            editor.wait_for_servers()


def test_toml_of_others_starts_no_server(start: Start) -> None:
    with start() as editor:
        editor.nvim.command("edit Cargo.toml")
        editor.lua("vim.wait(300)")
        assert editor.nvim.funcs.getbufvar("", "&filetype") == "toml"
        assert not editor.clients() and not editor.servers()


def test_root_markers_can_be_changed(start: Start) -> None:
    with start() as editor:
        editor.lua("vim.lsp.config(..., { root_markers = { '.mine' } })", NAME)
        (editor.setup.project / "inner").mkdir()
        (editor.setup.project / "inner" / ".mine").touch()
        editor.open("inner/sample.py", SAMPLE)
        assert editor.lua("return vim.lsp.get_clients()[1].root_dir") == str(editor.setup.project / "inner")


def test_file_outside_of_any_project(start: Start) -> None:
    with start(requires="") as editor:
        editor.open("single.py", SAMPLE)
        assert "json: " in editor.hover("import json", "json")
        assert not editor.complaints()


def test_recipe_for_older_versions_has_a_server(start: Start) -> None:
    """What it uses is still there in this Neovim."""
    with start(lines_of_readme("vim.lsp.start({")) as editor:
        editor.open("package/sample.py", SAMPLE)
        assert editor.lua("return vim.lsp.get_clients()[1].root_dir") == str(editor.setup.project)
        assert "json: " in editor.hover("import json", "json")
        assert not editor.complaints()


# Help.


def test_help_opens_and_its_references_lead_somewhere(start: Start, tmp_path: Path) -> None:
    copy = tmp_path / "plugin"
    shutil.copytree(CLIENT, copy)
    with start(f"vim.opt.runtimepath:append([[{copy}]])") as editor:
        editor.nvim.command(f"helptags {copy}/doc")
        editor.nvim.command("help stdlib-ls")
        assert editor.nvim.current.buffer.name.endswith("doc/stdlib-ls.txt")
        text = editor.text()
        references = set(re.findall(r"(?<=\|)[^|\s]+(?=\|)", text))
        assert len(references) > 10
        for one in sorted(references):
            editor.nvim.command(f"help {one}")
        for command in editor.nvim.funcs.getcompletion("StdlibLs ", "cmdline"):
            editor.nvim.command(f"help :StdlibLs-{command}")
        assert not editor.complaints()


def test_card_in_the_help_looks_as_it_does(editor: Driver) -> None:
    (shown,) = re.findall(r">\n\n(    import os\.path\n.*?)    ╭─+╮\n(.*?)    ╰", help_text(), re.S)
    code, card = textwrap.dedent(shown[0]), shown[1].replace("│", "")
    editor.open("picture.py", code)
    assert card.split() == editor.hover("os.path.join(", "join").split()


def help_text() -> str:
    return (CLIENT / "doc" / "stdlib-ls.txt").read_text(encoding="utf-8")


def test_help_has_every_setting(pytestconfig: pytest.Config) -> None:
    """`--rewrite` brings it up to date."""
    text = help_text()
    begin, end = "|:checkhealth| names it.\n", "\n" + "=" * 78 + "\nHEALTH"
    before, after = text.index(begin) + len(begin), text.index(end)
    expected = "".join(map(entry_of_setting, SETTINGS.values()))
    if pytestconfig.getoption("--rewrite"):
        text = text[:before] + expected + text[after:]
        (CLIENT / "doc" / "stdlib-ls.txt").write_text(text, encoding="utf-8")
    assert text[before : text.index(end)] == expected


def entry_of_setting(row: Setting) -> str:
    """A setting as the help tells of it."""
    if row.name == "beside":  # The plugin's own.
        return ""
    tag = f"*stdlib-ls-{row.name}*"
    values = ", ".join(json.dumps(one) for one in row.allowed)
    default = "" if row.default in (None, {}, ()) else f" The default is {json.dumps(row.default)}."
    lines = [row.description, f"{f'One of {values}.' if values else ''}{default}".strip()]
    if row.kind == "severities":
        lines.append(f"The rules are {', '.join(RULE_CODES)}.")
    body = "\n".join(textwrap.fill(line, 70, break_on_hyphens=False) for line in lines if line)
    return f"\n{row.name}{tag:>{78 - len(row.name)}}\n{textwrap.indent(body, ' ' * 8)}\n"
