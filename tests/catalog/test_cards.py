"""Every card's example runs, and prints what the card says.

STDLIB_LS_FULL=1 runs them with every interpreter found that has the module, not only with the running one, and with
CPython in WebAssembly where no interpreter found has it.
"""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from environments import Pyodide, pyodides, python_with_packages
from interpreters import Interpreter, find_interpreters, running
from prove import Command

from author import can_run, run_example
from catalog_compiler.facts import Facts
from stdlib_ls.catalog.source import Row

CARDS = Path(__file__).resolve().parents[2] / "catalog/cards"


def read_card(module: str) -> Row:
    path = CARDS / Path(*module.split(".")).with_suffix(".yaml")
    card: Row = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return card


MODULES = sorted(".".join(path.relative_to(CARDS).with_suffix("").parts) for path in CARDS.rglob("*.yaml"))
EXAMPLES = {module: card for module in MODULES if "example" in (card := read_card(module))}

Runs = dict[str, dict[Interpreter, str]]


@pytest.fixture(scope="module")
def runs(facts: Facts, say: Callable[[str], None]) -> Runs:
    """By module and interpreter: what the example printed."""
    jobs = [(module, one) for module in EXAMPLES for one in interpreters_for(module, facts)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        printed = list(pool.map(lambda job: run_example(EXAMPLES[job[0]], command_of(job[1])), jobs))
    done: Runs = {module: {} for module in EXAMPLES}
    for (module, interpreter), output in zip(jobs, printed, strict=True):
        done[module][interpreter] = output
    used = sorted({str(one) for _, one in jobs})
    say(f"examples: {sum(map(bool, done.values()))} of {len(EXAMPLES)} ran, {len(jobs)} runs on {', '.join(used)}")
    return done


def interpreters_for(module: str, facts: Facts) -> list[Interpreter]:
    """Where an example is run: here, or on the newest that can; with STDLIB_LS_FULL on all, in WebAssembly at need."""
    found = [one for one in find_interpreters() if can_run(facts, module, one.version, one.platform)]
    if os.environ.get("STDLIB_LS_FULL"):
        return found or [one for one in pyodides() if can_run(facts, module, one.version, one.platform)]
    return [running()] if can_run(facts, module) else found[-1:]


def command_of(interpreter: Interpreter) -> Command:
    return python_with_packages(interpreter) if isinstance(interpreter, Pyodide) else (interpreter.path,)


def can_import(interpreter: Interpreter, module: str) -> bool:
    asked = [*command_of(interpreter), "-I", "-c", f"import {module}"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("module", EXAMPLES)
def test_the_example_is_a_program(module: str, facts: Facts) -> None:
    """Even where no interpreter here can run it."""
    imported: set[str | None] = set()
    for node in ast.walk(ast.parse(EXAMPLES[module]["example"])):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    if "removed" in facts.modules[module]:
        assert module not in imported, "the example of a removed module shows what to do now"


@pytest.mark.parametrize("module", EXAMPLES)
def test_the_example_prints_what_the_card_says(module: str, runs: Runs) -> None:
    if not runs[module]:
        pytest.skip("the facts say that no interpreter here has it")
    expected = EXAMPLES[module]["output"]
    for interpreter, printed in runs[module].items():
        if printed != expected and not can_import(interpreter, module):
            pytest.skip(f"Python {interpreter} was built without {module}")
        if "emscripten does not support" in printed:
            pytest.skip(f"Python {interpreter} has no processes")
        assert printed == expected, f"on Python {interpreter}"
