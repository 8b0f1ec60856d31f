"""What the files of a project say of names in each other's modules: a fix must not take such a name away."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from stdlib_ls.features.edits import apply_edits
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.source_file import SourceFile

_FROM = re.compile(rb"\bfrom\s+(?:[\w.]*\.)?(\w*)\s+import\s+(\([^)]*\)|[^\n]*)")
_THROUGH = re.compile(rb"\b(\w+)\.(\w+)\b")
_WORD = re.compile(rb"\w+|\*")


class Mentions:
    """The names that files bring in from a module by its last name, or reach through it, strings included."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._names: dict[bytes, set[bytes]] = {}
        for path in paths:
            try:
                raw = path.read_bytes()
            except OSError:
                continue  # Whoever checks the file says so.
            for module, names in (*_FROM.findall(raw), *_THROUGH.findall(raw)):
                self._names.setdefault(module, set()).update(_WORD.findall(names))

    def are_wanted(self, path: Path, names: Iterable[str]) -> bool:
        """Whether some file speaks of one of some names in the module at a path."""
        module = path.parent.name if path.stem == "__init__" else path.stem
        said = self._names.get(module.encode("utf-8", "surrogateescape"), set())
        return bool(said) and (b"*" in said or any(name.encode() in said for name in names))


def vanishing_names(file: SourceFile, diagnostic: Diagnostic) -> set[str]:
    """The names that a module no longer binds by imports of its own once the fix of a diagnostic has been applied."""
    fix = diagnostic.find_fix()
    if fix is None:
        return set()
    fixed = SourceFile(apply_edits(file.source, fix.edits).decode("utf-8", "surrogatepass"), file.context)
    return _imported(file) - _imported(fixed)


def _imported(file: SourceFile) -> set[str]:
    return {site.imported.local for site in file.sightings.imports() if not site.imported.place.scopes}
