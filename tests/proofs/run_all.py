"""Proves every replacement of the catalog on every interpreter found, and prints a table: what `make proofs` runs.

    python tests/proofs/run_all.py

Each cell counts the rows proved, refused and not run; what was refused or not run follows with the reason.
Ends with 1 where a row was refused, or an interpreter could not be used.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from environments import NoEnvironment, pyodides, python_with_more_packages, why_not
from interpreters import Interpreter, find_interpreters, running
from prove import Command, Verdict, packages, prove_package

OLDEST = (3, 10)

Verdicts = dict[tuple[str, Interpreter], list[Verdict]]


def main() -> int:
    candidates = (*pyodides(), *find_interpreters(), running())
    found = {one.version: one for one in candidates if one.version >= OLDEST}
    found = dict(sorted(found.items()))
    pythons: dict[Interpreter, Command] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for interpreter, result in zip(found.values(), pool.map(environment, found.values()), strict=True):
            if isinstance(result, NoEnvironment):
                print(f"Python {interpreter} cannot be used: {result}", file=sys.stderr)
            else:
                pythons[interpreter] = result
    verdicts = prove_all(pythons)
    print_table(verdicts, list(pythons))
    print_reasons(verdicts)
    print_coverage(verdicts)
    is_refused = any(verdict.outcome == "refused" for rows in verdicts.values() for verdict in rows)
    return 1 if is_refused or len(pythons) < len(found) else 0


def environment(interpreter: Interpreter) -> Command | NoEnvironment:
    try:
        return python_with_more_packages(interpreter)
    except NoEnvironment as error:
        return error


def prove_all(pythons: dict[Interpreter, Command]) -> Verdicts:
    """The verdicts on every package of the catalog with every interpreter, by both."""
    jobs = [(package, one) for package in packages() for one in pythons]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda job: prove_package(job[0], pythons[job[1]], partial(why_not, job[1])), jobs)
        return {(package["package"], one): rows for (package, one), rows in zip(jobs, results, strict=True) if rows}


def counts(verdicts: Iterable[Verdict]) -> str:
    """How many rows were proved, refused and not run, as a cell of the table."""
    outcomes = Counter(verdict.outcome for verdict in verdicts)
    return "/".join(str(outcomes[name]) for name in ("proved", "refused", "not run"))


def print_table(verdicts: Verdicts, interpreters: list[Interpreter]) -> None:
    names = list(dict.fromkeys(name for name, _ in verdicts))
    width = max(map(len, names), default=0) + 2
    print("proved/refused/not run".ljust(width) + "".join(f"{one!s:>16}" for one in interpreters))
    for name in names:
        print(name.ljust(width) + "".join(f"{counts(verdicts.get((name, one), [])):>16}" for one in interpreters))
    totals = [[verdict for (_, at), rows in verdicts.items() if at == one for verdict in rows] for one in interpreters]
    print("all".ljust(width) + "".join(f"{counts(total):>16}" for total in totals))


def print_coverage(verdicts: Verdicts) -> None:
    """On how many versions the rows were proved, and those that were on none."""
    proved: dict[tuple[str, int, str], set[tuple[int, int]]] = {}
    for (name, interpreter), rows in verdicts.items():
        for number, verdict in enumerate(rows):
            versions = proved.setdefault((name, number, verdict.match), set())
            if verdict.outcome == "proved":
                versions.add(interpreter.version[:2])
    several, one = (sum(len(versions) >= least for versions in proved.values()) for least in (2, 1))
    print(f"rows: {len(proved)}, proved on at least one minor version: {one}, on two or more: {several}")
    for (name, _, match), versions in proved.items():
        if not versions:
            print(f"proved nowhere: {name}: {match}")


def print_reasons(verdicts: Verdicts) -> None:
    """Each refused row, and for each package why how many rows were not run."""
    for (name, interpreter), rows in verdicts.items():
        reasons = Counter(verdict.why for verdict in rows if verdict.outcome == "not run")
        if reasons:
            shown = ", ".join(f"{count} × {why}" for why, count in sorted(reasons.items()))
            print(f"not run on {interpreter}: {name}: {shown}")
    for (name, interpreter), rows in verdicts.items():
        for verdict in rows:
            if verdict.outcome == "refused":
                print(f"REFUSED on {interpreter}: {name}: {verdict.match}: {verdict.why}")


if __name__ == "__main__":
    sys.exit(main())
