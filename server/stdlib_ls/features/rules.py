"""What a rule gives: diagnostics, each with the way to its fix. The rules themselves are in files of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from stdlib_ls.features.edits import Fix

Severity = Literal["hint", "information", "warning", "error"]
Tag = Literal["unnecessary", "deprecated"]


def no_fix() -> Fix | None:
    """For what only a person can mend."""
    return None


class Diagnostic(NamedTuple):
    """One finding: its byte span, rule code, severity and message.

    `subject` is the name that it is about, `places` are the spans at which its fix is wanted besides its own,
    and `find_fix` works the fix out: that is dear, and most are never asked for.
    """

    start: int
    end: int
    code: str
    severity: Severity
    message: str
    subject: str
    places: tuple[tuple[int, int], ...] = ()
    find_fix: Callable[[], Fix | None] = no_fix
    tags: tuple[Tag, ...] = ()
