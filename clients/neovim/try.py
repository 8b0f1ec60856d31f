"""A first look at stdlib-ls: opens Neovim on a tour, or prints the tour where there is no terminal.

Both work on a copy of tour.py in a project of its own, with the server that is installed beside this Python.
What is printed comes from a real session with that server. The exit status is 0 if all of it was there.
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from neovim import arguments, environment, find_neovim, install_neovim

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "tests" / "lsp"))

from client import Client  # noqa: E402

PROJECT = """\
[project]
name = "tour"
version = "1"
requires-python = ">=3.11"
"""
ITEMS = {"resolveSupport": {"properties": ["documentation"]}}
CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "hover": {"contentFormat": ["plaintext"]},
        "completion": {"completionItem": ITEMS},
        "publishDiagnostics": {},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
    },
}
SEVERITIES = ("", "error", "warning", "information", "hint")


def main() -> int:
    """Open Neovim where somebody can look at it, or print the tour."""
    with tempfile.TemporaryDirectory(prefix="stdlib-ls-tour-") as made:
        folder = Path(made).resolve()
        project = folder / "project"
        project.mkdir()
        (project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        shutil.copy(HERE / "tour.py", project)
        if sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI"):
            complaint = "" if find_neovim() else install_neovim()
            nvim = find_neovim()
            if nvim:
                command = [str(nvim), *arguments(), "tour.py"]
                return subprocess.run(command, cwd=project, env=environment(folder), check=False).returncode
            print(f"No Neovim 0.11 or later on PATH, and none could be installed:\n{complaint}\n", file=sys.stderr)
        return PrintedTour(project / "tour.py").run()


class PrintedTour:
    """A session with the server over the tour, shown as text; keeps a list of what should be there and is not."""

    def __init__(self, path: Path) -> None:
        self.path, self.uri = path, path.as_uri()
        self.text = path.read_text(encoding="utf-8")
        self.version = 1
        self.missing: list[str] = []

    def run(self) -> int:
        """Print the whole tour."""
        command = shutil.which("stdlib-ls", path=str(Path(sys.executable).parent))
        if not command:
            print("stdlib-ls is not installed beside this Python; see `make try`.", file=sys.stderr)
            return 1
        with Client([command], cwd=self.path.parent) as self.client:
            self.client.initialize(CAPABILITIES, self.path.parent)
            self.client.open(self.uri, self.text)
            self.cards()
            self.completion()
            self.advice()
            self.fix("import simplejson as json", "json.loads(text)")
            self.search("temporary directory", "tempfile.TemporaryDirectory")
            self.why("oldest 3.11", "requires-python")
        for missing in self.missing:
            print(f"Missing: {missing}", file=sys.stderr)
        return 1 if self.missing else 0

    # The stations of the tour.

    def cards(self) -> None:
        """What K shows."""
        self.card("import json", "json", "json")
        self.card("os.path.join(", "join", "os.path.join")
        self.card("ET.parse(", "ET", "xml.etree.ElementTree")
        self.card("import psutil", "psutil", "psutil")
        self.card("print(psutil", "print", "print")

    def completion(self) -> None:
        """What the menu offers, once a little has been typed."""
        self.menu("import z", "zipfile", "zlib", "zoneinfo")
        self.menu("from collections import ", "Counter", "defaultdict", "deque")
        self.menu("json.", "dumps", "loads")

    def advice(self) -> None:
        """The messages, and how they follow the file."""
        title("Messages about the file")
        self.messages(self.published(), "psutil", "simplejson", "tomli", "batched", "makeSuite")
        title("The message about psutil once virtual_memory is used too")
        self.change(self.text.replace("# print(", "print("))
        self.messages([one for one in self.published() if "psutil" in one["message"]], "virtual_memory")
        self.change(self.text)

    def card(self, line: str, word: str, name: str) -> None:
        """The card of a word in a line."""
        title(f"The card of {word} in `{self.line(line)}`")
        found = self.client.at("hover", self.uri, *self.place(line, word))
        text = found["contents"]["value"] if found else ""
        show(text.splitlines())
        self.expect(text.startswith(name), f"the card of {name}")

    def menu(self, typed: str, *expected: str) -> None:
        """The first rows of the menu after a new last line, and how many there are."""
        self.change(f"{self.text}{typed}")
        line, start = self.text.count("\n"), typed.rpartition(" ")[2].rpartition(".")[2]
        found = self.client.at("completion", self.uri, line, len(typed)) or {"items": []}
        self.change(self.text)
        rows = [one for one in found["items"] if one["label"].startswith(start)]
        rows.sort(key=lambda one: (one["label"] not in expected, one.get("sortText", one["label"])))
        title(f"Completion of `{typed}`: {len(rows)} names")
        for one in rows[:6]:
            show([f"{one['label']:<18} {one.get('detail') or ''}".rstrip()], hanging=19)
        for label in expected:
            self.expect(any(one["label"] == label and one.get("detail") for one in rows), f"{label} after `{typed}`")

    def messages(self, found: list[dict[str, Any]], *expected: str) -> None:
        """Messages with their places, as a compiler prints them."""
        for one in found:
            start = one["range"]["start"]
            place = f"{self.path.name}:{start['line'] + 1}:{start['character'] + 1}"
            show([f"{place}: {SEVERITIES[one['severity']]}: {one['message']} [{one['code']}]"])
        for name in expected:
            self.expect(any(name in one["message"] for one in found), f"a message about {name}")
        silent = [one["message"] for one in found if "orjson" in one["message"] or "numpy" in one["message"]]
        self.expect(not silent, "silence about orjson and numpy")

    def fix(self, line: str, *expected: str) -> None:
        """The first action for an import, carried out."""
        row, column = self.place(line, "import")
        place = {"line": row, "character": column}
        asked = {
            "textDocument": {"uri": self.uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": []},
        }
        offered = self.client.request("textDocument/codeAction", asked) or []
        title(f"Actions for `{self.line(line)}`, and what the first one does")
        show(f"- {one['title']}" for one in offered)
        after = apply(self.text, offered[0]["edit"]["changes"][self.uri]) if offered else self.text
        before_lines, after_lines = self.text.splitlines(), after.splitlines()
        show(difflib.unified_diff(before_lines, after_lines, "before", "after", lineterm="", n=1))
        self.expect("import simplejson" not in after, "the fix of the import of simplejson")
        for text in expected:
            self.expect(text in after, f"`{text}` after the fix")

    def search(self, question: str, expected: str) -> None:
        """What the server finds by purpose."""
        asked = {"command": "stdlib-ls.server.search", "arguments": [question, 4]}
        found = self.client.request("workspace/executeCommand", asked) or []
        title(f"Search for `{question}`")
        for one in found:
            show([f"{one['name']}: {one['summary']}"])
        self.expect(any(one["name"] == expected for one in found), f"{expected} among the answers")

    def why(self, *expected: str) -> None:
        """Which Pythons the tour is judged by, and who says so."""
        asked = {"command": "stdlib-ls.server.versions", "arguments": [self.uri]}
        lines = (self.client.request("workspace/executeCommand", asked) or {"text": ""})["text"].splitlines()
        title("Why this version")
        show(lines)
        for text in expected:
            self.expect(any(text in line for line in lines), f"`{text}` among the reasons for the version")

    # The means.

    def change(self, text: str) -> None:
        """Make the buffer hold a text."""
        self.version += 1
        self.client.change(self.uri, text)

    def published(self) -> list[dict[str, Any]]:
        """The messages about the buffer as it is, which the server may put off for a moment."""
        named = "textDocument/publishDiagnostics"
        return list(self.client.wait_for(named, lambda told: told["version"] == self.version)["diagnostics"])

    def line(self, part: str) -> str:
        """The line of the tour that holds a text."""
        return self.text.splitlines()[self.place(part, part)[0]].strip()

    def place(self, part: str, word: str) -> tuple[int, int]:
        """Line and column of a word in the first line that holds a text."""
        lines = enumerate(self.text.splitlines())
        return next((row, text.index(part) + part.index(word)) for row, text in lines if part in text)

    def expect(self, there: bool, what: str) -> None:
        """Take down what is not there."""
        if not there:
            self.missing.append(what)


def apply(text: str, edits: Iterable[dict[str, Any]]) -> str:
    """A text after edits. The tour holds ASCII only, so columns are columns in any encoding."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = []
    for one in edits:
        start, end = (starts[at["line"]] + at["character"] for at in (one["range"]["start"], one["range"]["end"]))
        spans.append((start, end, one["newText"]))
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def title(text: str) -> None:
    """Print the head of a station."""
    print(f"\n== {text}\n")


def show(lines: Iterable[str], hanging: int = 2) -> None:
    """Print lines as wide as the terminal is, what does not fit further in on the next line."""
    width = min(shutil.get_terminal_size((110, 24)).columns, 110) - 4
    for line in lines:
        blanks = " " * (len(line) - len(line.lstrip()) + hanging)
        print(textwrap.indent(textwrap.fill(line, width, subsequent_indent=blanks), "    "))


if __name__ == "__main__":
    sys.exit(main())
