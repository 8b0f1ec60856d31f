"""Code that others wrote: installed, vendored, or the standard library itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from stdlib_ls.project.folder import Folder

_FOREIGN_NAMES = frozenset(
    (
        *("site-packages", "dist-packages", "__pypackages__", "node_modules", "bundled", "typings"),
        *("_vendor", "_vendored", "vendor", "vendored", "vendors", "third_party", "thirdparty"),
        *("extern", "_extern", "external", "externals"),
    )
)
# Where `python -m venv .` has made the project's own folder an environment, only these are the environment's.
_ENVIRONMENT_NAMES = frozenset(("bin", "include", "lib", "lib64", "share", "Include", "Lib", "Scripts"))
_INSTALLED_LIBRARY = re.compile(r"[/\\]lib(?:32|64)?[/\\](?:python|pypy)\d+\.\d+t?(?:[/\\]|$)")


def is_foreign(chain: Sequence[Folder]) -> bool:
    """Whether the files in the first of these folders are foreign: by its path, or by what the folders above it are."""
    if not chain:
        return False
    folder = chain[0].path
    if not _FOREIGN_NAMES.isdisjoint(folder.parts) or _INSTALLED_LIBRARY.search(str(folder)):
        return True
    return any(one.is_standard_library or _is_inside_environment(folder, one) for one in chain)


def _is_inside_environment(folder: Path, environment: Folder) -> bool:
    if not environment.is_environment:
        return False
    below = folder.relative_to(environment.path).parts
    return not environment.is_marked or bool(below and below[0] in _ENVIRONMENT_NAMES)
