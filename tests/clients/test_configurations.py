"""The configurations for editors that no test drives: they parse, say only what the server understands, and agree.

What a file says is compared with the server's own tables, so that neither a typo nor a change of the server passes
unnoticed; what a README quotes is compared with the file itself.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Any

import pytest

from stdlib_ls import __version__
from stdlib_ls.cli import main
from stdlib_ls.features.manifests import kind_of
from stdlib_ls.lsp.commands import COMMANDS
from stdlib_ls.settings import RULE_CODES, SETTINGS, Setting, Settings, read_settings

CLIENTS = Path(__file__).resolve().parents[2] / "clients"
FOLDERS = ("helix", "jetbrains", "jupyter", "sublime", "zed")
# What editors call a language server that may be at work in the same buffer; a typo here would go unnoticed in the
# server, since it cannot know all names.
NEIGHBOURS = {"pylance", "pyright", "basedpyright", "ty", "pyrefly", "zuban", "jedi", "pylsp", "ruff", "pycharm"}

Document = dict[str, Any]
Place = tuple[str, ...]


def parse_toml(text: str) -> Any:
    return importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli").loads(text)


def parse_commented_json(text: str) -> Any:
    """JSON as Zed and Sublime Text read it: with comments, and with commas after the last one."""
    string = r'("(?:\\.|[^"\\\n])*")'
    bare = re.sub(rf"{string}|//[^\n]*|/\*.*?\*/", lambda found: found[1] or "", text, flags=re.DOTALL)
    return json.loads(re.sub(rf"{string}|,(?=\s*[\]}}])", lambda found: found[1] or "", bare))


# Each file with how it is read, and where settings of ours stand in it.
FILES: dict[str, tuple[Callable[[str], Any], tuple[Place, ...]]] = {
    "helix/config.toml": (parse_toml, ()),
    "helix/languages.toml": (parse_toml, (("language-server", "stdlib-ls", "config"),)),
    "jetbrains/stdlib-ls/settings.json": (json.loads, (("stdlib-ls",),)),
    "jetbrains/stdlib-ls/settings.schema.json": (json.loads, ()),
    "jetbrains/stdlib-ls/template.json": (json.loads, ()),
    "jupyter/stdlib-ls.json": (json.loads, ()),
    "sublime/LSP-stdlib-ls/Default.sublime-commands": (parse_commented_json, ()),
    "sublime/LSP-stdlib-ls/LSP-stdlib-ls.sublime-settings": (
        parse_commented_json,
        (("settings",), ("initialization_options",)),
    ),
    "sublime/LanguageServers.sublime-settings": (parse_commented_json, (("stdlib-ls", "settings"),)),
    "zed/Cargo.toml": (parse_toml, ()),
    "zed/extension.toml": (parse_toml, ()),
    "zed/settings.json": (parse_commented_json, (("lsp", "stdlib-ls", "settings"),)),
    "zed/tasks.json": (parse_commented_json, ()),
}
READMES = ("README.md", *(f"{folder}/README.md" for folder in FOLDERS if folder != "jupyter"))


def parsed(name: str) -> Any:
    return FILES[name][0]((CLIENTS / name).read_text(encoding="utf-8"))


def complaints(document: Document, place: Place) -> list[str]:
    """What the server would say against the settings at a place of a document."""
    table: Any = document
    for key in place:
        table = table[key]
    # Sublime Text has the section in front of each name.
    named = {name.removeprefix("stdlib-ls."): value for name, value in table.items()}
    settings, wrong = read_settings(named, ".".join(place), Settings())
    return wrong + [f"{name} is no neighbour" for name in settings.beside or () if name not in NEIGHBOURS]


def test_every_configuration_is_looked_at() -> None:
    kinds = (".toml", ".json", ".sublime-settings", ".sublime-commands")
    there = {
        path.relative_to(CLIENTS).as_posix()
        for folder in FOLDERS
        for path in (CLIENTS / folder).rglob("*")
        if path.suffix in kinds and "target" not in path.parts
    }
    assert there == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_only_what_the_server_understands(name: str) -> None:
    document = parsed(name)
    for place in FILES[name][1]:
        assert complaints(document, place) == []


@pytest.mark.parametrize(
    "table", [{"bside": ["ty"]}, {"beside": "ty"}, {"beside": ["tye"]}, {"hover": {"detail": "brif"}}]
)
def test_a_wrong_setting_would_be_noticed(table: Document) -> None:
    assert complaints({"config": table}, ("config",))


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command that a configuration starts, as words."""
    yield "helix/languages.toml", [parsed("helix/languages.toml")["language-server"]["stdlib-ls"]["command"]]
    for bound in parsed("helix/config.toml")["keys"]["normal"]["space"]["l"].values():
        if ":sh " in bound:
            yield "helix/config.toml", bound.partition(":sh ")[2].split()
    for task in parsed("zed/tasks.json"):
        yield "zed/tasks.json", [task["command"], *task["args"]]
    for arguments in parsed("jetbrains/stdlib-ls/template.json")["programArgs"].values():
        yield "jetbrains/stdlib-ls/template.json", arguments.split()
    servers = parsed("jupyter/stdlib-ls.json")["LanguageServerManager"]["language_servers"]
    yield "jupyter/stdlib-ls.json", servers["stdlib-ls"]["argv"]
    yield "sublime/LanguageServers", parsed("sublime/LanguageServers.sublime-settings")["stdlib-ls"]["command"]
    yield "sublime/LSP-stdlib-ls", parsed("sublime/LSP-stdlib-ls/LSP-stdlib-ls.sublime-settings")["command"]


@pytest.mark.parametrize(
    ("name", "words"), list(commands()), ids=lambda one: " ".join(one) if isinstance(one, list) else one
)
def test_every_command_is_one_of_ours(name: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert words[0] == "stdlib-ls"
    with pytest.raises(SystemExit) as left:
        main([*words[1:], "--help"])
    assert left.value.code == 0, capsys.readouterr().err


BLOCK = re.compile(r"^```(\S+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(readme: str) -> list[tuple[str, str, str]]:
    """The blocks of code of a README: language, the file that is quoted or "", and the code."""
    return [(found[1], found[2] or "", found[3]) for found in BLOCK.finditer((CLIENTS / readme).read_text("utf-8"))]


@pytest.mark.parametrize("readme", READMES)
def test_a_readme_quotes_its_files_word_for_word(readme: str) -> None:
    for language, quoted, code in blocks(readme):
        if quoted:
            assert code == (CLIENTS / readme).with_name(quoted).read_text(encoding="utf-8"), quoted
        elif language in ("toml", "json"):
            document = parse_toml(code) if language == "toml" else parse_commented_json(code)
            for name, value in document.items():
                assert name != "settings" or complaints({name: value}, (name,)) == []


def test_each_main_file_is_quoted() -> None:
    quoted = {f"{PurePath(readme).parent}/{name}" for readme in READMES for _, name, _ in blocks(readme) if name}
    assert {"helix/languages.toml", "zed/settings.json", "sublime/LanguageServers.sublime-settings"} <= quoted


@pytest.mark.parametrize("readme", READMES)
def test_the_links_of_a_readme_lead_somewhere(readme: str) -> None:
    path = CLIENTS / readme
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_the_overview_has_every_client() -> None:
    text = (CLIENTS / "README.md").read_text(encoding="utf-8")
    for folder in CLIENTS.iterdir():
        if (folder / "README.md").exists():
            assert f"({folder.name}/README.md)" in text, folder.name


def test_the_extension_of_zed_agrees_with_itself() -> None:
    manifest, crate = parsed("zed/extension.toml"), parsed("zed/Cargo.toml")
    assert (manifest["id"], manifest["schema_version"]) == ("stdlib-ls", 1)
    assert manifest["version"] == crate["package"]["version"] == __version__
    # The server's name is also that of the command that the extension looks for, and of its settings.
    [(server, entry)] = manifest["language_servers"].items()
    assert server in parsed("zed/settings.json")["lsp"]
    assert server == "stdlib-ls" and entry["languages"] == ["Python", "TOML"]
    assert server in parsed("zed/settings.json")["languages"]["Python"]["language_servers"]
    assert f'json!({{ "{server}": settings }})' in (CLIENTS / "zed/src/lib.rs").read_text(encoding="utf-8")


def test_the_neighbours_are_those_that_are_started() -> None:
    helix = parsed("helix/languages.toml")
    [python] = [one for one in helix["language"] if one["name"] == "python"]
    assert python["language-servers"] == [*helix["language-server"]["stdlib-ls"]["config"]["beside"], "stdlib-ls"]
    zed = parsed("zed/settings.json")
    started = zed["languages"]["Python"]["language_servers"]
    assert started == [*zed["lsp"]["stdlib-ls"]["settings"]["beside"], "stdlib-ls"]


@pytest.mark.parametrize(
    "name",
    ["a.py", "a.pyi", "a.pyw", "requirements.txt", "requirements-dev.txt", "requirements.in", "pyproject.toml"],
)
def test_jetbrains_hands_over_the_files_that_the_server_looks_at(name: str) -> None:
    mappings = parsed("jetbrains/stdlib-ls/template.json")["fileTypeMappings"]
    ids = [one["languageId"] for one in mappings if any(fnmatchcase(name, p) for p in one["fileType"]["patterns"])]
    assert len(ids) == 1
    assert ids == ["python"] or kind_of(PurePath("untitled"), ids[0]) == kind_of(PurePath(name)) or ids == ["toml"]


def schema_of(row: Setting) -> Document:
    """How JSON Schema says what a setting can be."""
    text: Document = {"type": "string"}
    chosen: Document = {"type": "string", "enum": list(row.allowed)}
    kinds: Mapping[str, Document] = {
        "target": text,
        "address": text,
        "switch": {"type": "boolean"},
        "choice": chosen,
        "texts": {"type": "array", "items": text},
        "reasons": {"type": "object", "additionalProperties": text},
        "severities": {
            "type": "object",
            "additionalProperties": False,
            "properties": dict.fromkeys(RULE_CODES, chosen),
        },
    }
    default = {} if row.default is None or row.kind in ("severities", "reasons") else {"default": row.default}
    return {"description": row.description, **kinds[row.kind], **default}


def test_the_schema_for_jetbrains_is_that_of_the_settings(request: pytest.FixtureRequest) -> None:
    below: Document = {"type": "object", "additionalProperties": False, "properties": {}}
    for row in SETTINGS.values():
        *rooms, last = row.name.split(".")
        room = below
        for name in rooms:
            room = room["properties"].setdefault(name, {"type": "object", "properties": {}})
            room["additionalProperties"] = False
        known = room["properties"].get(last, {}).get("properties", {})
        room["properties"][last] = schema_of(row)
        if known:
            room["properties"][last]["properties"].update(known)
    expected = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"stdlib-ls": below},
    }
    path = CLIENTS / "jetbrains/stdlib-ls/settings.schema.json"
    if request.config.getoption("--rewrite"):
        path.write_text(json.dumps(expected, indent=2) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(expected))


def test_the_commands_of_sublime_text_exist_on_both_sides() -> None:
    plugin = (CLIENTS / "sublime/LSP-stdlib-ls/plugin.py").read_text(encoding="utf-8")
    classes = re.findall(r"^class (\w+)Command\(", plugin, re.MULTILINE)
    written = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in classes}
    offered = {one["command"] for one in parsed("sublime/LSP-stdlib-ls/Default.sublime-commands")}
    assert written and written == offered - {"lsp_restart_server", "edit_settings"}
    asked = {f"stdlib-ls.server.{name}" for name in re.findall(r'_ask\(self, "(\w+)"', plugin)}
    assert asked and asked <= set(COMMANDS)
