"""A team's own catalog files: alternatives in the project's format, also towards in-house modules.

Read with a safe loader. A bad entry is named with file, line and cure, and the rest is used.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from stdlib_ls.catalog.store import Catalog

Packages = list[dict[str, Any]]

_KEPT = 16


def read_own(catalog: Catalog, paths: list[Path]) -> tuple[Packages, list[str]]:
    """The packages of some files, compiled, and what is wrong with the files.

    Cheap to call again: a file is read anew only when it has changed.
    """
    packages: Packages = []
    problems: list[str] = []
    for path in paths:
        try:
            stamp = path.stat().st_mtime_ns
        except OSError as error:
            problems.append(f"{path}: cannot be read: {error.strerror}; correct `catalogs` in the settings")
            continue
        found, wrong = _read_file(catalog, path, stamp)
        packages += found
        problems += wrong
    return packages, problems


@lru_cache(_KEPT)
def _read_file(catalog: Catalog, path: Path, _stamp: int) -> tuple[Packages, list[str]]:
    # YAML and the checks are wanted by those only who have catalogs of their own.
    from stdlib_ls.catalog.alternatives import check_alternative, compiled_alternative  # noqa: PLC0415
    from stdlib_ls.catalog.source import Source, check_schema  # noqa: PLC0415

    try:
        source = Source(path, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return [], [f"{path}: cannot be read: {error}"]
    packages: Packages = []
    values = source.value if isinstance(source.value, list) else [source.value]
    for index, value in enumerate(values if source.value is not None else ()):
        at = (index,) if isinstance(source.value, list) else ()
        check_schema(source, _without_proofs(catalog.alternative_schema()), value, at)
        if source.is_clean(at):
            check_alternative(source, value, catalog, at, in_house=True)
        if source.is_clean(at):
            packages.append(compiled_alternative(value, catalog, in_house=True))
    return packages, [str(problem) for problem in source.problems]


def _without_proofs(schema: Any) -> Any:
    """The schema with proofs left to the team."""
    if isinstance(schema, dict):
        return {key: _without_proofs(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_without_proofs(value) for value in schema if value != "proof"]
    return schema
