"""Runs every case of `tests/cases`; `pytest --rewrite` writes what comes out into them."""

from __future__ import annotations

from collections import Counter

import pytest
from case_files import FOLDER, Case, read_cases, write_expectation
from probes import PROBES

from stdlib_ls.catalog.store import Catalog

CASES = [case for path in sorted(FOLDER.glob("*/*.md")) for case in read_cases(path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, catalog: Catalog, request: pytest.FixtureRequest) -> None:
    actual = PROBES[case.feature](case, catalog)
    if actual == case.expected:
        return
    if request.config.getoption("--rewrite"):
        write_expectation(case, actual)
        return
    assert actual == case.expected, f"{case.path}:{case.line}: {case.title}"


def test_titles_are_unique() -> None:
    names = Counter((case.path, case.title) for case in CASES)
    assert [name for name, count in names.items() if count > 1] == []
