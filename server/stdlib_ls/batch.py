"""`stdlib-ls check`: the diagnostics of whole trees of files, and their fixes."""

from __future__ import annotations

import argparse
import difflib
import io
import json
import sys
from pathlib import Path
from typing import Any

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.actions import combine
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.edits import apply_edits
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.mentions import Mentions, vanishing_names
from stdlib_ls.project import Projects
from stdlib_ls.settings import SEVERITIES, Settings
from stdlib_ls.versions import show_version
from stdlib_ls.walk import Text, Walker, script_text

_FOUND, _WRONG = 1, 2
_HINT = SEVERITIES.index("hint")
_MOST_ROUNDS = 10
# What newer Pythons do to a program that works on an older one.
_RULES_OF_NEWER_PYTHONS = ("removed-", "deprecated-")


def check(options: argparse.Namespace, settings: Settings) -> int:
    """Report, or fix, what is found in some files and folders. Gives the exit status."""
    checker = _Checker(settings, options.min_severity, newest=options.newest)
    findings: list[dict[str, Any]] = []
    paths = list(checker.files(options.paths or [Path()]))
    if options.fix or options.diff:
        checker.mentions = Mentions(paths)
    for path in paths:
        text = checker.read(path)
        if text is None:
            continue
        file = checker.opened(path, text)
        if file.context.quiet:
            continue
        if options.fix or options.diff:
            fixed = checker.fixed(path, file)
            if fixed != file.source:
                checker.write(path, text, fixed, diff=options.diff)
                file = file.with_text(fixed.decode("utf-8", "surrogatepass"))
        with_fix = options.output_format == "json"
        findings += [_finding(path, file, one, with_fix=with_fix) for one in checker.diagnostics(file)]
    if options.output_format == "json":
        print(json.dumps(findings, indent=2))
    elif not options.diff:
        for one in findings:
            print(f"{one['path']}:{one['line']}:{one['column']}: {one['severity']} [{one['code']}] {one['message']}")
    for problem in (*checker.notes, *checker.problems):
        print(f"stdlib-ls: {problem}", file=sys.stderr)
    if checker.failed:
        return _WRONG
    return _FOUND if findings or (options.diff and checker.changed) else 0


class _Checker(Walker):
    """What one run of `check` shares between files."""

    def __init__(self, settings: Settings, least: str, *, newest: bool) -> None:
        self._least = SEVERITIES.index(least)
        super().__init__(Catalog(), Projects(settings), hints=self._least <= _HINT)
        self.changed = False
        self.mentions = Mentions(())
        self.notes: list[str] = []
        self._newest = newest

    def context(self, path: Path, content: str) -> Context:
        """What the files around a path say; of the Pythons only those ahead where `--newest` asks for them."""
        context = super().context(path, content)
        if not self._newest or context.quiet:
            return context
        project = self.projects.of(path.resolve())
        ahead = project.range_ahead(script_text(content))
        ends = ((ahead.lowest, ahead.lowest_source), (ahead.newest, ahead.newest_source))
        note = f"{project.root or path.parent}: from Python " + " to ".join(
            f"{show_version(version)} ({source})" for version, source in ends
        )
        is_ahead = ahead.lowest <= ahead.newest
        note += "" if is_ahead else ", so nothing lies ahead"
        self.notes += [] if note in self.notes else [note]
        return context._replace(versions=ahead) if is_ahead else context._replace(quiet=True)

    def diagnostics(self, file: SourceFile) -> list[Diagnostic]:
        """The findings that the options ask for."""
        found = [one for one in diagnostics(file) if SEVERITIES.index(one.severity) >= self._least]
        return [one for one in found if not self._newest or one.code.startswith(_RULES_OF_NEWER_PYTHONS)]

    def fixed(self, path: Path, file: SourceFile) -> bytes:
        """The source with every safe fix applied that no other file minds; one fix may clear the way for another."""
        for _ in range(_MOST_ROUNDS):
            found = self.diagnostics(file)
            wanted = [one for one in found if self.mentions.are_wanted(path, vanishing_names(file, one))]
            edits = combine(file, [one for one in found if one not in wanted])
            if not edits:
                break
            file = file.with_text(apply_edits(file.source, edits).decode("utf-8", "surrogatepass"))
        return file.source

    def write(self, path: Path, text: Text, fixed: bytes, *, diff: bool) -> None:
        """Write a fixed file in its own encoding, or print the difference."""
        self.changed = True
        content = fixed.decode("utf-8", "surrogatepass")
        if diff:
            for line in difflib.unified_diff(_lines(text.content), _lines(content), str(path), str(path)):
                print(line, end="" if line.endswith("\n") else "\n\\ No newline at end of file\n")
            return
        try:
            path.write_bytes(text.mark + content.encode(text.encoding))
        except (OSError, UnicodeEncodeError) as error:
            self.fail(f"{path}: cannot be written: {error}")


def _lines(text: str) -> list[str]:
    """The lines as `patch` counts them; form feeds and the like do not end one."""
    return list(io.StringIO(text, newline="\n"))


def _finding(path: Path, file: SourceFile, one: Diagnostic, *, with_fix: bool) -> dict[str, Any]:
    line, column = file.position(one.start, "utf-32")
    end_line, end_column = file.position(one.end, "utf-32")
    fix = one.find_fix() if with_fix else None
    return {
        "path": str(path),
        "line": line + 1,
        "column": column + 1,
        "end_line": end_line + 1,
        "end_column": end_column + 1,
        "code": one.code,
        "severity": one.severity,
        "message": one.message,
        "fix": {"title": fix.title, "safety": "safe" if fix.safe else "review"} if fix else None,
    }
