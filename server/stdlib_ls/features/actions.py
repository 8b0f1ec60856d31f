"""Code actions: the fixes and the suppressions on offer for a range of a file.

They are computed from the file and the range: some clients send no diagnostics back.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.edits import Edit, apply_edits, keeps_form
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.source_file import SourceFile

FIX_ALL = "source.fixAll.stdlib-ls"
_IMPORT = re.compile(r"\bimport [\w.]+")


class Action(NamedTuple):
    """A change that a person may choose; `diagnostic` is what it answers to, `rename` an old and a new path."""

    title: str
    kind: str
    edits: tuple[Edit, ...]
    diagnostic: Diagnostic | None = None
    preferred: bool = False
    rename: tuple[Path, Path] | None = None


def actions(file: SourceFile, start: int, end: int) -> list[Action]:
    """The actions for the bytes `start:end`, real fixes first, suppressions last."""
    touched = [one for one in diagnostics(file) if _touches(one, start, end)]
    fixes = []
    for diagnostic in touched:
        fix = diagnostic.find_fix()
        if fix:
            fixes.append(Action(fix.title, "quickfix", fix.edits, diagnostic, preferred=fix.safe, rename=fix.rename))
    suppressions = [_suppression(file, diagnostic) for diagnostic in touched]
    return [*fixes, *filter(None, suppressions)]


def fix_all(file: SourceFile) -> Action | None:
    """Every safe fix of a file in one action, or None where there is none."""
    edits = combine(file, diagnostics(file))
    return Action("Fix all that stdlib-ls is sure of", FIX_ALL, tuple(edits)) if edits else None


def combine(file: SourceFile, found: list[Diagnostic]) -> list[Edit]:
    """The edits of all safe fixes of some diagnostics, in order.

    A fix that gets in another's way, imports the same, or with which the sum would not parse, is left out: it has
    its turn in the text that results.
    """
    is_python = keeps_form(file.source, file.source)
    edits: list[Edit] = []
    imported: set[str] = set()
    for diagnostic in found:
        fix = diagnostic.find_fix()
        if fix is None or not fix.safe:
            continue
        lines = {line for edit in fix.edits for line in _IMPORT.findall(edit.text)}
        overlap = any(edit.start < other.end and other.start < edit.end for edit in fix.edits for other in edits)
        together = sorted({*edits, *fix.edits})
        if (
            overlap
            or lines & imported
            or (is_python and not keeps_form(file.source, apply_edits(file.source, together)))
        ):
            continue
        edits, imported = together, imported | lines
    return edits


def _touches(diagnostic: Diagnostic, start: int, end: int) -> bool:
    """Whether a range touches a diagnostic or one of the places that it speaks of."""
    spans = [(diagnostic.start, diagnostic.end), *diagnostic.places]
    return any(span_start <= end and start <= span_end for span_start, span_end in spans)


def _suppression(file: SourceFile, diagnostic: Diagnostic) -> Action | None:
    lines = file.document.lines
    line = lines.line_of(diagnostic.start)
    end = lines.starts[line + 1] if line + 1 < len(lines.starts) else len(file.source)
    end -= len(file.source[:end]) - len(file.source[:end].rstrip(b"\r\n"))
    text = file.source[lines.starts[line] : end]
    if text.endswith(b"\\") or b'"""' in text or b"'''" in text:
        return None  # No comment can stand at the end of this line.
    comment = f"  # stdlib-ls: ignore[{diagnostic.code}]"
    title = f"Ignore {diagnostic.code} for {diagnostic.subject} on this line"
    return Action(title, "quickfix", (Edit(end, end, comment),), diagnostic)
