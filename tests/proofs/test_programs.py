"""Programs made from the proofs print the same before and after their fix, afterwards without the package at hand.

A proof compares two expressions; here the whole way is taken: a file that imports the package in one form or another
is analysed, fixed, and run by an interpreter that has nothing but the standard library.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from environments import python_with_packages
from interpreters import running
from prove import Command, fill, packages

from stdlib_ls.catalog.alternatives import leading_name
from stdlib_ls.catalog.source import Row
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.edits import apply_edits
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.versions import VersionRange

pytestmark = pytest.mark.proofs

FEWEST, MOST_FIXES = 150, 5
# What they tell depends on what is installed beside, so that it cannot be the same without them.
ABOUT_THE_INSTALLATION = ("entrypoints", "importlib-metadata", "setuptools")
TRIAL = """try:
    _ = {expression}
    print({observe})
except Exception as error:
    print(type(error).__name__)
"""
# Runs many programs, each by itself, and says what each has printed.
RUNNER = """
import contextlib, io, json, sys, warnings
warnings.simplefilter("ignore")
printed = []
for source in json.load(sys.stdin):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(source, "program", "exec", dont_inherit=True), {"__name__": "program"})
        except BaseException as error:
            print("ended with", type(error).__name__, error)
    printed.append(out.getvalue())
json.dump(printed, sys.stdout)
"""


class Program(NamedTuple):
    """A program in two forms: with the package, and after its fixes."""

    package: str
    before: str
    after: str


def test_fixed_programs_print_the_same(catalog: Catalog, say: Callable[[str], None]) -> None:
    context = Context(catalog, VersionRange(lowest=running().version, lowest_source="requires-python"))
    made = [list(programs_of(package, context)) for package in packages()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(compare, filter(None, made)))
    compared = [program for same, _ in outcomes for program in same]
    different = [text for _, wrong in outcomes for text in wrong]
    say(f"programs before and after their fix: {len(compared)} print the same, of {sum(map(len, made))} fixed")
    assert different == []
    assert len(compared) >= FEWEST


def programs_of(package: Row, context: Context) -> Iterator[Program]:
    """A program for each row with a fix that the file's fixes rid of the package."""
    if package["package"] in ABOUT_THE_INSTALLATION:
        return
    rows = [row for row in package.get("replacements", ()) if "fix" in row and "when" not in row]
    for number, row in enumerate(rows):
        before = program_of(row, with_from=number % 2 == 1)
        after = before and fixed(before, context)
        if after and leading_name(row["match"]).partition(".")[0] not in re.findall(r"\w+", after.partition("try:")[0]):
            yield Program(package["package"], before, after)


def program_of(row: Row, *, with_from: bool) -> str:
    """The inputs of a proof as a program that imports the package plainly, or by a `from` statement."""
    proof, anchor = row["proof"], leading_name(row["match"])
    module, _, member = anchor.rpartition(".")
    if not module:
        return ""
    if isinstance(proof, str):
        if proof.strip() != "identical":
            return ""
        trials = [TRIAL.format(expression=row["match"], observe='getattr(_, "__name__", repr(_))')]
        proof = {}
    else:
        observe = proof.get("observe", "repr(_)")
        inputs = proof.get("inputs", [{}])
        trials = [TRIAL.format(expression=fill(row["match"], one), observe=observe) for one in inputs]
    body = "".join(trials)
    bare = re.sub(rf"(?<![\w.]){re.escape(anchor)}\b", member, body)
    # A pattern may name more of the package than what it begins with.
    with_from = with_from and f"{anchor.partition('.')[0]}." not in bare
    head = f"from {module} import {member}\n" if with_from else f"import {module}\n"
    return f"{head}{proof.get('setup', '')}\n{bare if with_from else body}"


def fixed(text: str, context: Context) -> str:
    """What a program becomes when all of its fixes are applied, those that want a look included."""
    for _ in range(MOST_FIXES):
        file = SourceFile(text, context)
        fix = next((fix for one in diagnostics(file) if (fix := one.find_fix())), None)
        if fix is None:
            break
        text = apply_edits(file.source, fix.edits).decode()
    return text


def compare(programs: list[Program]) -> tuple[list[Program], list[str]]:
    """The programs of one package that do the same afterwards, and what is wrong with the others."""
    here = running()
    old = printed_by((*python_with_packages(here), "-I"), [program.before for program in programs])
    new = printed_by((here.path, "-I", "-S"), [program.after for program in programs])
    same, wrong = [], []
    for program, before, after in zip(programs, old, new, strict=True):
        if before.startswith("ended with"):
            continue  # What is imported is no module but something in one, or the package is not installed.
        if before == after:
            same.append(program)
        else:
            wrong.append(f"{program.before}\nprinted {before}\n\n{program.after}\nprinted {after}")
    return same, wrong


def printed_by(command: Command, sources: list[str]) -> list[str]:
    done = subprocess.run(
        [*command, "-c", RUNNER], input=json.dumps(sources), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    printed: list[str] = json.loads(done.stdout)
    return printed
