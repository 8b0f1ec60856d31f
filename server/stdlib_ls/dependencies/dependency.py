"""One dependency of a project: what is known of it, what the project's files do with it, and the verdict on that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from stdlib_ls.features.usage import Usage
from stdlib_ls.versions import Version, show_version

# Packages that others were proved to replace; of all others the catalog says why they stay.
_REPLACEABLE = ("drop-in", "equivalent", "partial")


class Place(NamedTuple):
    """A line, counted from 1, of a file, whose path is relative to the project."""

    path: str
    line: int


@dataclass
class Dependency:
    """One distribution: where it is declared, if it is, and what the project's files do with it.

    `package` is what the catalog says of it, or None. `reason` is why a setting lets it stay, or None. `superfluous`
    are the findings on its declarations. `gaps` counts what is not covered by name, `uncovered` are the uses among it,
    and `since` are the Pythons from which each file is covered. `mentioned` are files that only name it,
    `shared` those that reach it through another file of the project, and `is_unsure` says that not all was read.
    """

    name: str
    package: dict[str, Any] | None
    reason: str | None = None
    declared: list[Place] = field(default_factory=list)
    superfluous: list[str] = field(default_factory=list)
    imports: list[Place] = field(default_factory=list)
    guarded: int = 0
    uses: int = 0
    uncovered: int = 0
    gaps: Counter[str] = field(default_factory=Counter)
    needs_look: bool = False
    since: list[Version | None] = field(default_factory=list)
    names: dict[Path, frozenset[str]] = field(default_factory=dict)
    mentioned: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    is_unsure: bool = False

    def add(self, path: Path, shown: str, usage: Usage) -> None:
        """Count what one more file does with it."""
        self.imports += [Place(shown, line) for line in usage.lines]
        self.guarded += usage.guarded
        self.uses += usage.uses
        self.uncovered += usage.uncovered
        self.gaps.update(usage.gaps)
        self.needs_look = self.needs_look or usage.review
        self.since.append(usage.since)
        self.names[path] = usage.names

    @property
    def files(self) -> int:
        return len(self.names)

    @property
    def covered(self) -> int:
        """The uses that the standard library covers on every Python of the project."""
        return self.uses - self.uncovered

    @property
    def is_replaceable(self) -> bool:
        return self.package is not None and self.package["advice"] in _REPLACEABLE

    @property
    def can_go(self) -> bool:
        """Whether all that is seen of it is covered, as it is now."""
        return self.is_replaceable and bool(self.imports) and not self.gaps

    @property
    def needs(self) -> Version | None:
        """The Python from which all of it is covered, where the project supports older ones."""
        known = [version for version in self.since if version]
        return max(known) if self.is_replaceable and self.gaps and len(known) == len(self.since) else None

    @property
    def verdict(self) -> str:
        """What can be said of it, in a word or two."""
        if self.declared and len(self.superfluous) == len(self.declared):
            return "superfluous"
        if self.package is None:
            return "unknown"
        if self.package["advice"] == "superfluous":
            return "keep"
        if not self.imports:
            return "not imported"
        if self.can_go:
            return "can go, look first" if self.looks else "can go"
        if self.needs:
            return f"from {show_version(self.needs)}"
        return "partly" if self.is_replaceable and self.covered else "keep"

    @property
    def looks(self) -> list[str]:
        """What to look at before it goes."""
        reasons = ["some replacements differ: `stdlib-ls check --min-severity hint` names them"] * self.needs_look
        reasons += [f"also named in {_some(self.mentioned)}"] * bool(self.mentioned)
        reasons += [f"imported from here by {_some(self.shared)}"] * bool(self.shared)
        return reasons + ["not every file could be read"] * self.is_unsure

    @property
    def why(self) -> str:
        """What the verdict rests on, where it is more than the numbers."""
        verdict = self.verdict
        if verdict == "superfluous":
            return self.superfluous[0]
        if verdict == "can go, look first":
            return "; ".join(self.looks)
        if verdict == "keep":
            return self.reason or (self.package or {}).get("keep_when", "")
        return f"named in {_some(self.mentioned)}" if self.mentioned and not self.imports else ""


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - 2} more" if len(paths) > 2 else ""
    return ", ".join(paths[:2]) + more
