"""Claims about Python versions: what each kind of file says, read as text and never run.

Each `read_*` function takes the text or table of one file and gives its claims, in order of precedence.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from stdlib_ls.versions import Version, parse_specifier, parse_target, parse_version

Table = Mapping[str, Any]


class Claim(NamedTuple):
    """That `key` in `file` says `said`, and the ends which that gives; an end left open is None."""

    key: str
    file: Path | None
    said: str
    lowest: Version | None
    newest: Version | None = None


class BrokenTomlError(ValueError):
    """A text that is not TOML, with the line where that shows (None at its end)."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


def parse_toml(text: str) -> Table:
    """The table that a TOML text holds; raises BrokenTomlError."""
    # Imported late: a project without pyproject.toml does not need it.
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415
    else:
        # Type checkers need not have it installed.
        import tomli as tomllib  # type: ignore[import-not-found, unused-ignore] # noqa: PLC0415
    try:
        table: Table = tomllib.loads(text)
        return table
    except tomllib.TOMLDecodeError as error:
        found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL)
        line = int(found[2]) if found and found[2] else None
        raise BrokenTomlError(found[1] if found else str(error), line) from error
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, dates that are none, brackets without end.
        raise BrokenTomlError(str(error), None) from error


def dig(table: object, *keys: str) -> Any:
    """The value under nested keys, or None where one of them is missing or leads to no table."""
    for key in keys:
        table = table.get(key) if isinstance(table, Mapping) else None
    return table


def target_claim(key: str, file: Path | None, target: str) -> Claim:
    return Claim(key, file, target, *(parse_target(target) or (None, None)))


def read_pyproject(table: Table, file: Path) -> Iterator[Claim]:
    """The claims of `project.requires-python` and of Poetry's dependencies; those of our own table are settings."""
    poetry = dig(table, "tool", "poetry", "dependencies", "python")
    if isinstance(poetry, Mapping):
        poetry = poetry.get("version")
    said_by = {"requires-python": dig(table, "project", "requires-python"), "tool.poetry python": poetry}
    for key, said in said_by.items():
        if isinstance(said, str):
            yield Claim(key, file, said, *parse_specifier(said))


def read_setup_cfg(text: str, file: Path) -> Iterator[Claim]:
    """The claim of `python_requires` under `[options]`."""
    section = re.search(r"^\[options\][ \t]*$", text, re.MULTILINE)
    if section:
        body = text[section.end() :].partition("\n[")[0]
        # Comments may stand between the lines of a value, wherever they begin; older setuptools took dashes, too.
        uncommented = re.sub(r"^[ \t]*[#;].*\n", "", body, flags=re.MULTILINE)
        found = re.search(r"^python[_-]requires[ \t]*[=:][ \t]*(.*(?:\n[ \t]+\S.*)*)", uncommented, re.MULTILINE)
        if found:
            said = " ".join(found[1].split())
            yield Claim("python_requires", file, said, *parse_specifier(said))


# A literal that is the whole value: none that others follow, that is formatted or added to.
_LITERAL = r"""(?P<quote>["'])(?P<said>[^"'\\\n]*)(?P=quote)"""
_REQUIRED = re.compile(
    rf"""^[^#\n]*?\bpython_requires["']?\s*[=:]\s*(?:\(\s*)?(?:{_LITERAL}(?=\s*(?:[,)}}\#]|$))(?!\s*["'])|(?P<name>\w+)\s*[,)}}])""",
    re.MULTILINE,
)


def read_setup_py(text: str, file: Path) -> Iterator[Claim]:
    """The claim of a `python_requires="..."`, or of the one constant that it names, that stands in the text as such."""
    found = _REQUIRED.search(text)
    if found and found["name"]:
        assigned = rf"^{found['name']}[ \t]*(?::[^=\n]+)?=[ \t]*(?:{_LITERAL}[ \t]*(?:#.*)?$)?"
        constants = list(re.finditer(assigned, text, re.MULTILINE))
        found = constants[0] if len(constants) == 1 and constants[0]["quote"] else None
    if found:
        yield Claim("python_requires", file, found["said"], *parse_specifier(found["said"]))


# pyenv and uv spell it "3.11.4", "3.12-dev", "pypy3.10-7.3", "cpython-3.12.1-linux", "cpython@3.12" and "cp312";
# the numbers of other distributions ("miniconda3-4.7", "graalpy-23.1") are not Python's.
_PINNED = re.compile(r"(?:(?:c?python|pypy|cp|pp)?[-@]?)3\.?(\d{1,2})(?!\d)")


def read_python_version(text: str, file: Path) -> Iterator[Claim]:
    """The claim of the first line that is no comment; a pin gives the lowest end and leaves the newest open."""
    said = next((line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")), None)
    if said:
        found = _PINNED.match(said)
        if found:
            yield Claim("", file, said, (3, int(found[1])))
        else:
            yield Claim("", file, said, *(parse_specifier(said) if said[0] in "<>=~!" else (None, None)))


def read_pyvenv(text: str, file: Path) -> Iterator[Claim]:
    """The claim of a virtual environment: the version that it was made with."""
    found = re.search(r"^version(?:_info)?[ \t]*=[ \t]*(\d\S*)", text, re.MULTILINE)
    if found:
        yield Claim("", file, found[1], parse_version(found[1]))


_SCRIPT_START = re.compile(r"^# /// script[ \t]*\r?\n", re.MULTILINE)
_SCRIPT_BODY = re.compile(r"((?:#(?: [^\n]*)?\r?\n)*)# ///[ \t]*\r?(?:\n|\Z)")


def script_block(text: str) -> str | None:
    """The script metadata of a file (PEP 723), still with its `#` marks, or None where it has none."""
    # Nearly no file has it, and a plain search costs next to nothing.
    start = _SCRIPT_START.search(text) if "# /// script" in text else None
    body = _SCRIPT_BODY.match(text, start.end()) if start else None
    return body[1] if body else None


@lru_cache(maxsize=64)
def read_script(block: str) -> Claim | None:
    """The claim of script metadata; None where it says nothing of versions."""
    lines = (line.rstrip("\r").removeprefix("#").removeprefix(" ") for line in block.split("\n"))
    try:
        said = parse_toml("\n".join(lines)).get("requires-python")
    except BrokenTomlError as error:
        return Claim("script metadata", None, f"not valid TOML: {error}", None)
    if not isinstance(said, str):
        return None
    return Claim("requires-python in script metadata", None, said, *parse_specifier(said))
