"""The replacements for the packages that people use most are proved against them on the running Python.

`run_all.py` does the same for all packages on every interpreter found.
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from environments import MORE_PACKAGES, PACKAGES, PYODIDE_LACKS, PYODIDES, python_with_packages, why_not
from interpreters import running
from prove import BadProof, Observation, Verdict, fill, inputs_of, jobs_of, objection, packages, prove_package, run_side
from run_all import counts, prove_all
from strategies import STRATEGIES, UnknownStrategy, drawn, source, strategy

pytestmark = pytest.mark.proofs

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
PINS = re.compile(r"([A-Za-z0-9._-]+)==[\w.!+]+(?:; python_version [<>]=? \"3\.\d+\")?$")


def pins(file: Path) -> list[str]:
    """The normal names of the packages that a file pins; a line that is no pin is an error."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = [PINS.match(line) for line in lines]
    assert [line for line, pin in zip(lines, found, strict=True) if not pin] == []
    return [re.sub(r"[-_.]+", "-", pin[1]).lower() for pin in found if pin]


# The library's own successors need no package.
STDLIB = "python"
NAMES = sorted({path.stem for path in (CATALOG / "alternatives").glob("*.yaml")} & set(pins(PACKAGES)) | {STDLIB})


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
    """Whether a reason names a Python newer or older than this one, or a module that this one was packaged without."""
    if why.startswith("gone from "):
        return True
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
    assert sorted(wanted - {STDLIB, *pins(PACKAGES), *pins(MORE_PACKAGES)}) == []


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
    assert objection([Observation(*one) for one in observations]) == why


def test_the_shortest_difference_is_named() -> None:
    seen = [Observation(f"f({number})", "1", "2", is_random=True) for number in (100, 7, 10)]
    assert objection(seen) == "f(7): '1' against '2'"


def test_inputs_that_work_do_not_excuse_random_ones_that_all_raise() -> None:
    seen = [Observation("f()", "1", "1"), Observation("f(2)", "raised TypeError", "raised TypeError", is_random=True)]
    assert objection(seen) == "every random input raises; give one that does not"


def test_a_proof_runs_each_side_with_its_own_names() -> None:
    row = {
        "match": "p.f($X, $$REST)",
        "fix": "os.g($X, $$REST)",
        "proof": {"inputs": [{"X": "1"}, {"X": "2", "REST": "k=3"}]},
    }
    jobs = [(old["expression"], new["expression"]) for old, new in jobs_of(row) if new]
    assert jobs == [("p.f((1))", "os.g((1))"), ("p.f((2), k=3)", "os.g((2), k=3)")]


def of_yaml(fix: str, **proof: object) -> Verdict:
    """The verdict on a row that replaces the reader of YAML, which is at hand here."""
    row = {"match": "yaml.safe_load($X)", "fix": fix, "safety": "safe", "proof": proof}
    (verdict,) = prove_package({"package": "PyYAML", "imports": ["yaml"], "replacements": [row]}, (sys.executable,))
    return verdict


def test_random_inputs_go_to_both_sides() -> None:
    digits = {"X": "'<small integers>'"}
    assert of_yaml("int($X)", random=digits).outcome == "proved"
    refused = of_yaml("abs(int($X))", random=digits, inputs=[{"X": "'1'"}])
    assert (refused.outcome, refused.why[:23]) == ("refused", "yaml.safe_load(('-1')):")
    assert of_yaml("int($X)", random={"X": "smal integers"}).why.startswith("smal integers is no strategy; known are")


def test_holes_that_are_not_drawn_take_their_values_from_the_inputs_in_turn() -> None:
    proof = {
        "random": {"N": "booleans"},
        "inputs": [{"N": "0", "MODE": "'r'"}, {"N": "1", "MODE": "'w'", "REST": "k=1"}],
    }
    random = [bindings for is_random, bindings in inputs_of(proof) if is_random]
    assert [one["MODE"] for one in random] == ["'r'", "'w'"]
    assert {one["N"] for one in random} == {"True", "False"}


@pytest.mark.parametrize("name", STRATEGIES)
def test_what_a_strategy_draws_is_source_in_ascii(name: str) -> None:
    values = [one["X"] for one in drawn((("X", name),), 10)]
    assert all(value.isascii() for value in values)
    for value in values:
        eval(f"({value}{',' if value else ''})")


def test_values_that_have_no_literal_have_a_source() -> None:
    value = [float("nan"), {"a": -float("inf")}, (1,), "\ud800é"]
    assert repr(eval(source(value))) == repr(value)


def test_the_same_values_are_drawn_whatever_else_is_loaded() -> None:
    asked = "import strategies; print(hash(str(strategies.drawn((('X', 'anything'),)))))"
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(Path(__file__).parent)}
    printed = {
        subprocess.run([sys.executable, "-c", before + asked], env=environment, capture_output=True, check=True).stdout
        for before in ("", "import stdlib_ls.cli; ")
    }
    assert len(printed) == 1


def test_every_strategy_that_the_catalog_names_is_there() -> None:
    wanted = {
        value
        for package in packages()
        for row in package.get("replacements", ())
        if isinstance(row.get("proof"), dict)
        for value in row["proof"].get("random", {}).values()
    }
    assert len([strategy(one) for one in wanted]) > 50
    with pytest.raises(UnknownStrategy):
        strategy("list(<nothing of the kind>)")


def test_the_value_of_further_arguments_does_not_begin_with_a_comma() -> None:
    with pytest.raises(BadProof, match=r"the value of .*REST begins with a comma"):
        fill("p.f($X, $$REST)", {"X": "1", "REST": " , k=3"})
    refused = of_yaml("int($X)", inputs=[{"Y": "1"}])
    assert (refused.outcome, refused.why) == ("refused", "yaml.safe_load($X): the proof's inputs do not bind $X")


def test_methods_of_builtins_need_no_import() -> None:
    job = {"names": ["bytes.fromhex", "dict.fromkeys"], "setup": "", "expression": "bytes.fromhex('0a')"}
    assert run_side((sys.executable,), [{**job, "observe": "repr(_)"}]) == [r"b'\n'"]


def test_a_job_leaves_nothing_behind_for_the_next() -> None:
    look = "(os.getcwd() == '/', os.environ.get('LEFT'), os.environ['PATH'] == 'x', warnings.filters[0][0])"
    setup = "import os, warnings"
    job = {"names": [], "setup": setup, "expression": "0", "observe": look}
    change = "\nos.chdir('/'); os.environ.update(LEFT='1', PATH='x'); warnings.simplefilter('error')"
    _, second = run_side((sys.executable,), [{**job, "setup": setup + change}, job])
    assert second == "(False, None, False, 'ignore')"
