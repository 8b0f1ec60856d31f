"""What the compiler says about mistakes in cards and alternatives: file, line, key, and what to do about it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from catalog_compiler.compile import compile_catalog, main

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
CARD_FILE, ALTERNATIVE_FILE = "cards/tomllib.yaml", "alternatives/psutil.yaml"

CARD = """\
module: tomllib
topics: [Data Persistence and Databases]
summary: Read TOML files.
reach_for:
  load: Read an open file.
example: |
  print(1)
output: |
  1
pitfalls:
  - Nothing here writes TOML.
choose:
  json: when programs write the file, too
see: [json, os.path]
keywords: [config]
members:
  load: Read an open file.
  loads: Read a string.
  TOMLDecodeError: Raised for what is not TOML.
"""
ALTERNATIVE = """\
package: psutil
imports: [psutil]
advice: partial
summary: Processes and system load.
keep_when: You need more.
replacements:
  - match: psutil.cpu_count()
    fix: os.cpu_count()
    safety: safe
    proof: {}
  - match: psutil.disk_usage($PATH)
    fix: shutil.disk_usage($PATH)
    safety: review
    differs:
      - The result has another type.
    proof:
      inputs:
        - {PATH: "'/'"}
  - match: psutil.virtual_memory
    none: Nothing knows.
"""

# For each: what to put in the place of what, and how what the compiler says then begins: line, key, message, cure.
CARD_MISTAKES = {
    "not YAML": (
        "[config]",
        "[config",
        "16: not YAML: expected ',' or ']', but got ':', while parsing a flow sequence",
    ),
    "duplicate key": ("  loads: ", "  load: ", "18: members.load: given twice, first in line 17; keep one of them"),
    "unquoted version": ("[config]", "[3.10]", '15: keywords[0]: YAML reads 3.10 as a float; put it in quotes: "3.10"'),
    "unquoted on": ("[config]", "[on]", '15: keywords[0]: YAML reads on as a bool; put it in quotes: "on"'),
    "on as a key": (
        "keywords: [config]",
        "on: [config]",
        '15: on: YAML does not read on as text; put it in quotes: "on"',
    ),
    "unknown key": (
        "keywords:",
        "tags:",
        "15: tags: unknown key; known are module, topics, summary, instead, provided_by, reach_for, example",
    ),
    "missing key": ("summary: Read TOML files.\n", "", "1: the key 'summary' is missing; add it. Wanted: One sentence"),
    "member without summary": (
        "loads: Read a string.",
        "loads: {pitfalls: []}",
        "18: members.loads: the key 'summary' is missing; add it. Wanted: One sentence of at most 100 characters",
    ),
    "wrong type": ("[config]", "config", "15: keywords: expected array. Wanted: Words that people search for"),
    "too long": (
        "Read TOML files.",
        "Read " + "very " * 20 + "good files.",
        "3: summary: 116 characters are too many. Wanted: One sentence of at most 100 characters",
    ),
    "no full stop": ("TOML files.", "TOML files", "3: summary: 'Read TOML files' does not fit. Wanted: One sentence"),
    "full stop in a phrase": (
        "write the file, too",
        "write the file, too.",
        "13: choose.json: 'when programs write the file, too.' does not fit. Wanted: A phrase of at most",
    ),
    "version in prose": (
        "Read TOML files.",
        "Read TOML files since 3.11.",
        "3: summary: 'Read TOML files since 3.11.' does not fit. Wanted: One sentence of at most 100 characters that"
        " ends with a full stop and names no version.",
    ),
    "version in a member's line": (
        "Read a string.",
        "Read a string, from 3.11 on.",
        "18: members.loads: 'Read a string, from 3.11 on.' does not fit. Wanted: One sentence",
    ),
    "too many": (
        "  load: Read an open file.\nexample",
        "".join(f"  m{number}: Do it.\n" for number in range(8)) + "example",
        "4: reach_for: at most 7 allowed, 8 given. Wanted: The members that matter most",
    ),
    "too few": ("[Data Persistence and Databases]", "[]", "2: topics: at least 1 wanted, 0 given. Wanted: A list of"),
    "unknown topic": (
        "[Data Persistence",
        "[Text Processing, Data Persistance",
        "2: topics[1]: 'Data Persistance and Databases' is not in catalog/topics.yaml; use one of its topics",
    ),
    "wrong path": ("module: tomllib", "module: json", "1: module: the file's path says tomllib; make the two agree"),
    "dangling member": (
        "  loads: Read a string.",
        "  loads: Read a string.\n  dumps: Write a string.",
        "19: members.dumps: tomllib has no dumps; correct the name or drop the line",
    ),
    "dangling reach_for": (
        "reach_for:\n  load:",
        "reach_for:\n  read:",
        "5: reach_for.read: tomllib has no read; correct the name or drop the line",
    ),
    "dangling see": (
        "os.path]",
        "path]",
        "14: see[1]: path is neither a module nor a member; write its full dotted name",
    ),
    "dangling choose": (
        "  json: when",
        "  jason: when",
        "13: choose.jason: jason is neither a module nor a member; write its full dotted name",
    ),
    "missing member": ("  loads: Read a string.\n", "", "16: members: no line for loads; add one"),
    "third person": (
        "Read a string.",
        "Reads a string.",
        "18: members.loads: begins in the third person; write the imperative: Read, not Reads",
    ),
    "gerund": (
        "Read TOML files.",
        "Reading TOML files.",
        "3: summary: begins with a gerund; write the imperative: Read, not Reading",
    ),
    "empty words": (
        "Read TOML files.",
        "This module reads TOML files.",
        "3: summary: begins with empty words; say what it is for",
    ),
    "only the name": (
        "Raised for what is not TOML.",
        "A toml decode error.",
        "19: members.TOMLDecodeError: only says the name again; say what it is for",
    ),
    "status in a line": (
        "Read a string.",
        "Read a string, which was added in version 2.",
        "18: members.loads: speaks of a version or status; leave that to the facts",
    ),
    "status in a pitfall": (
        "Nothing here writes TOML.",
        "Writing was removed.",
        "11: pitfalls[0]: speaks of a version or status; leave that to the facts",
    ),
    "small letter": (
        "Read a string.",
        "read a string.",
        "18: members.loads: begins with a small letter; write a sentence",
    ),
    "no example": ("example: |\n  print(1)\noutput: |\n  1\n", "", "1: no example; add it"),
    "no output": (
        "output: |\n  1\n",
        "",
        "6: example: example and output belong together; add the other",
    ),
    "pattern without constants": (
        "  load: Read an open file.\n  loads",
        "  load: Read an open file.\n  X*: Flag.\n  loads",
        "18: members.X*: no constant needs this line; correct the pattern or drop the line",
    ),
    "unknown submodule": (
        "keywords: [config]",
        "submodules: {parser: Do the work.}",
        "15: submodules.parser: tomllib has no such submodule; correct the name or drop the line",
    ),
    "empty file": (CARD, "", "1: expected object. Wanted: What people need to know about one standard-library module."),
    "control character": (
        "[config]",
        "[con\0fig]",
        "15: not text that YAML allows: special characters are not allowed",
    ),
}
ALTERNATIVE_MISTAKES = {
    "wrong path": ("package: psutil", "package: ps-util", "1: package: the file is called psutil; make the two agree"),
    "unknown advice": ("advice: partial", "advice: perhaps", "3: advice: 'perhaps' is not one of drop-in, equivalent,"),
    "unknown key": (
        "    safety: safe",
        "    safety: safe\n    since: '3.4'",
        "10: replacements[0].since: unknown key; known are match, fix, safety, rest, when, equal_from, differs, proof",
    ),
    "row without a proof": (
        "    safety: safe\n    proof: {}",
        "    safety: safe",
        "7: replacements[0]: the key 'proof' is missing; add it. Wanted: identical, a program that asserts, or {setup,",
    ),
    "unquoted version": (
        "    safety: safe",
        "    safety: safe\n    equal_from: 3.10",
        '10: replacements[0].equal_from: YAML reads 3.10 as a float; put it in quotes: "3.10"',
    ),
    "match does not parse": (
        "match: psutil.cpu_count()",
        "match: psutil.cpu_count(",
        "7: replacements[0].match: psutil.cpu_count( is not a Python expression with $HOLES: ",
    ),
    "match without a name": (
        "match: psutil.cpu_count()",
        "match: $X.cpu_count()",
        "7: replacements[0].match: $X.cpu_count() does not begin with a dotted name; write it out in full",
    ),
    "fix does not parse": (
        "fix: os.cpu_count()",
        "fix: os.cpu_count() +",
        "8: replacements[0].fix: os.cpu_count() + is not a Python expression with $HOLES: ",
    ),
    "match outside imports": (
        "match: psutil.cpu_count()",
        "match: psutils.cpu_count()",
        "7: replacements[0].match: begins with psutils.cpu_count, which is not under psutil; add it to imports, or",
    ),
    "fix that names nothing": (
        "fix: os.cpu_count()",
        "fix: os.cpu_counts()",
        "8: replacements[0].fix: os.cpu_counts is neither in the standard library nor a builtin; write full dotted",
    ),
    "fix from nowhere": (
        "fix: os.cpu_count()",
        "fix: sys_info.count()",
        "8: replacements[0].fix: sys_info.count is neither in the standard library nor a builtin",
    ),
    "unknown hole": (
        "fix: shutil.disk_usage($PATH)",
        "fix: shutil.disk_usage($FOLDER)",
        "12: replacements[1].fix: the holes $FOLDER do not occur in match; use those that do",
    ),
    "hole without a value": (
        "{PATH: \"'/'\"}",
        "{FOLDER: \"'/'\"}",
        "18: replacements[1].proof.inputs[0]: the holes PATH have no value; give them one",
    ),
    "needless equal_from": (
        "    safety: safe",
        "    safety: safe\n    equal_from: '3.4'",
        "10: replacements[0].equal_from: the facts already say 3.4; drop the key",
    ),
    "review without differs": (
        "    differs:\n      - The result has another type.\n",
        "",
        "13: replacements[1].safety: a row to review says under differs what to look at; add it",
    ),
    "safe with differs": (
        "    safety: safe",
        "    safety: safe\n    differs: [It is slower.]",
        "10: replacements[0].differs: a safe row differs in nothing; make it review, or drop the key",
    ),
    "fixes in a keep package": (
        "advice: partial",
        "advice: keep",
        "3: advice: keep packages have no fixes; choose partial, or drop them",
    ),
}


@pytest.fixture
def catalog_folder(tmp_path: Path) -> Path:
    """A catalog of one card and one package."""
    shutil.copytree(CATALOG / "schema", tmp_path / "schema")
    for file in ("topics.yaml", "synonyms.yaml", "popularity.tsv"):
        shutil.copy(CATALOG / file, tmp_path)
    write(tmp_path, "classes.yaml", "classes: [shutil.Error]")
    write(
        tmp_path, "successors.yaml", "package: python\nimports: [json]\nadvice: partial\nsummary: S.\nkeep_when: K.\n"
    )
    (tmp_path / "facts").mkdir()
    for module in ("tomllib", "json", "os", "shutil", "builtins", "errno", "imghdr", "token"):
        shutil.copy(CATALOG / f"facts/{module}.jsonl", tmp_path / "facts")
    write(tmp_path, CARD_FILE, CARD)
    write(tmp_path, ALTERNATIVE_FILE, ALTERNATIVE)
    return tmp_path


def write(folder: Path, file: str, text: str) -> None:
    (folder / file).parent.mkdir(exist_ok=True, parents=True)
    (folder / file).write_text(text, encoding="utf-8")


def problems(folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/") for problem in compile_catalog(folder)[1]]


def test_a_right_catalog_has_no_problems(catalog_folder: Path) -> None:
    assert problems(catalog_folder) == []


@pytest.mark.parametrize("mistake", CARD_MISTAKES)
def test_mistakes_in_cards(mistake: str, catalog_folder: Path) -> None:
    old, new, expected = CARD_MISTAKES[mistake]
    assert CARD.count(old) == 1
    write(catalog_folder, CARD_FILE, CARD.replace(old, new))
    [problem] = problems(catalog_folder)
    assert problem.startswith(f"{CARD_FILE}:{expected}")


@pytest.mark.parametrize("mistake", ALTERNATIVE_MISTAKES)
def test_mistakes_in_alternatives(mistake: str, catalog_folder: Path) -> None:
    old, new, expected = ALTERNATIVE_MISTAKES[mistake]
    assert ALTERNATIVE.count(old) == 1
    write(catalog_folder, ALTERNATIVE_FILE, ALTERNATIVE.replace(old, new))
    [problem] = problems(catalog_folder)
    assert problem.startswith(f"{ALTERNATIVE_FILE}:{expected}")


SUPERFLUOUS = """\
package: tomllib
imports: []
advice: superfluous
shadows: [tomllib]
gone: tomllib 2.0
summary: Read TOML.
keep_when: Never.
"""
SUPERFLUOUS_MISTAKES = {
    "an import name": ("imports: []", "imports: [tomllib]", "2: imports: superfluous packages have no import names"),
    "no import name": (
        "advice: superfluous\nshadows: [tomllib]",
        "advice: keep",
        "2: imports: at least one import name",
    ),
    "nothing hidden": ("shadows: [tomllib]\n", "", "3: advice: superfluous packages, and only they, say under shadows"),
    "no such module": (
        "shadows: [tomllib]",
        "shadows: [tomlib]",
        "4: shadows[0]: tomlib is not in the standard library",
    ),
    "no release": ("gone: tomllib 2.0", "gone: tomllib", "5: gone: 'tomllib' does not fit. Wanted: The release from"),
}


@pytest.mark.parametrize("mistake", SUPERFLUOUS_MISTAKES)
def test_mistakes_in_superfluous_packages(mistake: str, catalog_folder: Path) -> None:
    file = "alternatives/tomllib.yaml"
    write(catalog_folder, file, SUPERFLUOUS)
    records, found = compile_catalog(catalog_folder)
    assert found == [] and records["r tomllib"]["shadows"] == ["tomllib"] and "a tomllib" not in records
    old, new, expected = SUPERFLUOUS_MISTAKES[mistake]
    write(catalog_folder, file, SUPERFLUOUS.replace(old, new))
    [problem] = problems(catalog_folder)
    assert problem.startswith(f"{file}:{expected}")


def small_card(module: str, **more: object) -> str:
    parts = {"module": module, "topics": ["Unix"], "summary": "Do what must be done.", **more}
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in parts.items())


RUNS = {"reach_for": {"errorcode": "All names."}, "example": "print(1)\n", "output": "1\n"}


def test_constants_may_share_a_line(catalog_folder: Path) -> None:
    lines = {"errorcode": "Dict from numbers to names.", "ENO*": "No such thing.", "E*": "Number of a system error."}
    write(catalog_folder, "cards/errno.yaml", small_card("errno", **RUNS, members=lines))
    records, found = compile_catalog(catalog_folder)
    assert found == []
    said = [records[f"s errno.{name}"]["summary"] for name in ("errorcode", "ENOENT", "EPERM")]
    assert said == list(lines.values())


def test_what_is_gone_wants_a_way_out(catalog_folder: Path) -> None:
    lines: dict[str, object] = {"tests": "Functions that guess.", "what": "Guess a picture's format."}
    write(catalog_folder, "cards/imghdr.yaml", small_card("imghdr", members=lines))
    assert problems(catalog_folder) == ["cards/imghdr.yaml:1: no instead; add it"]
    way_out = "Use `filetype` from PyPI."
    write(catalog_folder, "cards/imghdr.yaml", small_card("imghdr", members=lines, instead=way_out))
    records, found = compile_catalog(catalog_folder)
    assert found == []
    assert [records[key]["instead"] for key in ("m imghdr", "s imghdr.what")] == [way_out] * 2


def test_a_way_out_that_does_not_exist(catalog_folder: Path) -> None:
    lines: dict[str, object] = {"tests": "Functions that guess.", "what": "Guess a picture's format."}
    card = small_card("imghdr", members=lines, instead="Use `json.guess.that()`, or `filetype.guess` from PyPI.")
    write(catalog_folder, "cards/imghdr.yaml", card)
    said = "cards/imghdr.yaml:5: instead: json.guess.that is neither a module nor a member; correct the name"
    assert problems(catalog_folder) == [said]


def test_a_member_that_is_gone_wants_a_way_out_of_its_own(catalog_folder: Path) -> None:
    lines = {"*": "Kind of token.", "ASYNC": "The word async."}
    known = dict.fromkeys(("ISTERMINAL", "ISNONTERMINAL", "ISEOF"), "Say so.")
    card = small_card("token", **{**RUNS, "reach_for": {"ISEOF": "The end."}}, members={**lines, **known})
    write(catalog_folder, "cards/token.yaml", card)
    assert problems(catalog_folder) == [
        "cards/token.yaml:7: members.*: AWAIT is deprecated or removed; say what to use instead",
        "cards/token.yaml:7: members.ASYNC: ASYNC is deprecated or removed; say what to use instead",
    ]


def test_classes_that_do_not_exist(catalog_folder: Path) -> None:
    write(catalog_folder, "classes.yaml", "classes:\n  - shutil.Error\n  - shutil.Terror\n  - shutil.copy\n")
    assert problems(catalog_folder) == [
        "classes.yaml:3: classes[1]: no such class in catalog/facts; correct the name",
        "classes.yaml:4: classes[2]: no such class in catalog/facts; correct the name",
    ]


def test_every_mistake_of_a_file_is_named(catalog_folder: Path) -> None:
    write(
        catalog_folder, CARD_FILE, CARD.replace("  loads: Read a string.\n", "").replace("[json, os.path]", "[jason]")
    )
    assert problems(catalog_folder) == [
        f"{CARD_FILE}:14: see[0]: jason is neither a module nor a member; write its full dotted name",
        f"{CARD_FILE}:16: members: no line for loads; add one",
    ]


def test_a_row_with_neither_fix_nor_none_is_told_what_it_may_have(catalog_folder: Path) -> None:
    write(catalog_folder, ALTERNATIVE_FILE, ALTERNATIVE.replace("none: Nothing knows.", "when: statement"))
    said = problems(catalog_folder)
    assert [problem.partition(" Wanted")[0] for problem in said] == [
        f"{ALTERNATIVE_FILE}:19: replacements[2]: the key 'none' is missing; add it.",
        f"{ALTERNATIVE_FILE}:20: replacements[2].when: unknown key; known are match, none",
    ]


def test_a_file_that_is_not_utf_8_is_a_problem_of_its_own(catalog_folder: Path) -> None:
    (catalog_folder / CARD_FILE).write_bytes(CARD.replace("Read a string", "Lies ein Stück").encode("latin-1"))
    [problem] = problems(catalog_folder)
    assert problem.startswith(f"{CARD_FILE}:18: not text that YAML allows")


def test_problems_of_one_file_do_not_keep_the_others_out(catalog_folder: Path) -> None:
    write(catalog_folder, "cards/json.yaml", CARD)
    write(catalog_folder, "cards/os.yaml", "module: [")
    write(catalog_folder, "alternatives/broken.yaml", "package: [")
    records, found = compile_catalog(catalog_folder)
    assert {Path(problem.file).name for problem in found} == {"json.yaml", "os.yaml", "broken.yaml"}
    assert records["m tomllib"]["summary"] == "Read TOML files."
    assert "summary" not in records["m json"]
    assert records["a psutil"][0]["replacements"][0]["since"] == "3.4"


def test_the_command_names_problems_and_writes_the_rest(
    catalog_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = catalog_folder / "out/catalog.txt"
    assert main([str(catalog_folder), str(output)]) == 0
    whole = output.read_bytes()
    write(catalog_folder, "cards/json.yaml", "module: [")
    assert main([str(catalog_folder), str(output)]) == 1
    assert output.read_bytes() == whole
    said = capsys.readouterr().err
    assert f"{catalog_folder}/cards/json.yaml:1: not YAML" in said
    assert "1 problems; the files named above are left out" in said


def test_the_catalog_itself_is_in_order() -> None:
    assert list(map(str, compile_catalog(CATALOG)[1])) == []
