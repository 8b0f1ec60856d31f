"""The replacements for the packages that people use most are proved against them on the running Python.

`run_all.py` does the same for all packages on every interpreter found.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from environments import MORE_PACKAGES, PACKAGES, PYODIDE_LACKS, PYODIDES, python_with_packages, why_not
from interpreters import running
from prove import Verdict, jobs_of, objection, packages
from run_all import counts, prove_all

pytestmark = pytest.mark.proofs

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
PINS = re.compile(r"([A-Za-z0-9._-]+)==[\w.!+]+(?:; python_version [<>]=? \"3\.\d+\")?$")


def pins(file: Path) -> list[str]:
    """The normal names of the packages that a file pins; a line that is no pin is an error."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = [PINS.match(line) for line in lines]
    assert [line for line, pin in zip(lines, found, strict=True) if not pin] == []
    return [re.sub(r"[-_.]+", "-", pin[1]).lower() for pin in found if pin]


NAMES = sorted({path.stem for path in (CATALOG / "alternatives").glob("*.yaml")} & set(pins(PACKAGES)))


@pytest.fixture(scope="module")
def verdicts(say: Callable[[str], None]) -> dict[str, list[Verdict]]:
    """What became of the rows of each package that has any."""
    here = running()
    proved = prove_all({here: python_with_packages(here)})
    say(f"proofs on {here}: {counts(one for rows in proved.values() for one in rows)} proved/refused/not run")
    return {name: rows for (name, _), rows in proved.items()}


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_proved_or_needs_what_is_not_here(name: str, verdicts: dict[str, list[Verdict]]) -> None:
    unproved = [
        verdict
        for verdict in verdicts.get(name, [])
        if verdict.outcome != "proved" and not (verdict.outcome == "not run" and is_not_here(verdict.why))
    ]
    assert unproved == []


def is_not_here(why: str) -> bool:
    """Whether a reason names a Python newer than this one, or a module that this one was packaged without."""
    needed = why.removeprefix("needs ")
    if re.fullmatch(r"3\.\d+", needed):
        return tuple(map(int, needed.split("."))) > sys.version_info[:2]
    try:
        importlib.import_module(needed)
    except ModuleNotFoundError:
        return True
    return False


def test_every_row_with_a_fix_gets_a_verdict(verdicts: dict[str, list[Verdict]]) -> None:
    for package in packages():
        wanted = [row["match"] for row in package.get("replacements", ()) if "fix" in row]
        assert [verdict.match for verdict in verdicts.get(package["package"], [])] == wanted


def test_the_packages_are_pinned() -> None:
    wanted = {one["package"] for one in packages() if any("fix" in row for row in one.get("replacements", ()))}
    assert sorted(wanted - {*pins(PACKAGES), *pins(MORE_PACKAGES)}) == []


def test_what_pyodide_lacks_is_known_by_rows_of_the_catalog() -> None:
    matches = [row["match"] for one in packages() for row in one.get("replacements", ()) if "fix" in row]
    assert [start for start in PYODIDE_LACKS if not any(match.startswith(start) for match in matches)] == []
    assert why_not(PYODIDES[0], "mock.ThreadingMock") == "needs threads"
    assert why_not(running(), "mock.ThreadingMock") == why_not(PYODIDES[0], "typing_extensions.Protocol") == ""


@pytest.mark.parametrize(
    ("observations", "why"),
    [
        ([("f()", "1", "1")], ""),
        ([("f()", "1", "1"), ("f(2)", "raised TypeError", "raised TypeError")], ""),
        ([("program", "held", "held")], ""),
        ([("f()", "1", "2")], "f(): '1' against '2'"),
        ([("program", "failed: AssertionError", "held")], "program: 'failed: AssertionError' against 'held'"),
        ([("f()", "raised NameError", "raised NameError")], "f(): 'raised NameError' against 'raised NameError'"),
        (
            [("f()", "could not start: x", "could not start: x")],
            "f(): 'could not start: x' against 'could not start: x'",
        ),
        ([("f()", "raised TypeError", "raised TypeError")], "every input raises; give one that does not"),
    ],
)
def test_what_proves_nothing_is_refused(observations: list[tuple[str, str, str]], why: str) -> None:
    assert objection(observations) == why


def test_a_proof_runs_each_side_with_its_own_names() -> None:
    row = {
        "match": "p.f($X, $$REST)",
        "fix": "os.g($X, $$REST)",
        "proof": {"inputs": [{"X": "1"}, {"X": "2", "REST": "k=3"}]},
    }
    jobs = [(old["expression"], new["expression"]) for old, new in jobs_of(row) if new]
    assert jobs == [("p.f((1))", "os.g((1))"), ("p.f((2), k=3)", "os.g((2), k=3)")]
