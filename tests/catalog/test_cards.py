"""Every card's example runs, and prints what the card says.

STDLIB_LS_FULL=1 runs them with every interpreter found that has the module, not only with the running one.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from author import run_example
from availability import exists, is_on
from interpreters import Interpreter, find_interpreters, running

from stdlib_ls.catalog.facts import Facts, Row

CARDS = Path(__file__).resolve().parents[2] / "catalog/cards"
MODULES = sorted(".".join(path.relative_to(CARDS).with_suffix("").parts) for path in CARDS.rglob("*.yaml"))

Runs = dict[str, dict[Interpreter, tuple[Row, str]]]


@pytest.fixture(scope="module")
def runs(facts: Facts, say: Callable[[str], None]) -> Runs:
    """By module and interpreter: the card, and what its example printed."""
    interpreters = find_interpreters() if os.environ.get("STDLIB_LS_FULL") else [running()]
    jobs = [(module, one) for module in MODULES for one in interpreters if has_module(facts, module, one)]
    cards = {module: read_card(module) for module in MODULES}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        printed = list(pool.map(lambda job: run_example(cards[job[0]], job[1].path), jobs))
    done: Runs = {module: {} for module in MODULES}
    for (module, interpreter), output in zip(jobs, printed, strict=True):
        done[module][interpreter] = cards[module], output
    say(f"examples of {len(MODULES)} cards: {len(jobs)} runs on {', '.join(map(str, interpreters))}")
    return done


def has_module(facts: Facts, module: str, interpreter: Interpreter) -> bool:
    """Whether the facts say that an interpreter has a module."""
    row = facts.modules[module]
    return exists(facts, row, interpreter.version) and is_on(interpreter.platform, row)


def read_card(module: str) -> Row:
    path = CARDS / Path(*module.split(".")).with_suffix(".yaml")
    card: Row = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return card


def can_import(interpreter: Interpreter, module: str) -> bool:
    asked = [interpreter.path, "-I", "-c", f"import {module}"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("module", MODULES)
def test_the_example_prints_what_the_card_says(module: str, runs: Runs) -> None:
    if not runs[module]:
        pytest.skip("the facts say that no interpreter here has it")
    for interpreter, (card, printed) in runs[module].items():
        if printed != card["output"] and not can_import(interpreter, module):
            pytest.skip(f"Python {interpreter} was built without {module}")
        assert printed == card["output"], f"on Python {interpreter}"
