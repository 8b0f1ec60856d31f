"""Proves the catalog's replacements against the real packages, each side in a process of its own.

    python tests/proofs/prove.py [--python PYTHON]... [FILE.yaml ...]

PYTHON is an interpreter that has the packages of tests/proofs/packages.txt; the running one by default.
Prints a line for each row that was refused or not run, and a count for each interpreter.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from strategies import UnknownStrategy, drawn

from catalog_compiler.facts import Facts
from stdlib_ls.catalog.alternatives import compiled_alternative, leading_name, names_in
from stdlib_ls.catalog.source import Row
from stdlib_ls.versions import parse_version, show_version

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "catalog"
SIDE = Path(__file__).with_name("side.py")
TIMEOUT_SECONDS = 300

# What starts an interpreter: its path, or a program and its arguments.
Command = tuple[str, ...]
NOT_INSTALLED = "the package is not installed there"


class BadProof(ValueError):
    """A proof that cannot be run as it is written."""


class Observation(NamedTuple):
    """What came out of both sides for one input, which shown names."""

    shown: str
    old: str
    new: str
    is_random: bool = False


@dataclass(frozen=True)
class Verdict:
    """What became of one row: outcome is proved, refused or not run."""

    package: str
    match: str
    outcome: str
    why: str = ""


@cache
def facts() -> Facts:
    return Facts(CATALOG / "facts")


def prove_package(package: Row, python: Command, why_not: Callable[[str], str] = lambda _: "") -> list[Verdict]:
    """A verdict for each row of a package that has a fix, from an interpreter that has the package installed.

    why_not says for the match of a row why it cannot be run there, or "".
    """
    version = interpreter_version(python)
    is_there = package["package"] == "python" or _normal(package["package"]) in installed(python)
    rows = [row for row in package.get("replacements", ()) if "fix" in row]
    compiled = [row for row in compiled_alternative(package, facts())["replacements"] if "fix" in row]
    verdicts: dict[int, Verdict] = {}
    jobs: list[tuple[int, Row, Row | None]] = []
    for index, (row, record) in enumerate(zip(rows, compiled, strict=True)):
        needed = parse_version(record["since"] or "3.0")
        why = f"needs {record['since']}" if needed and version < needed else why_not(row["match"])
        missing = {name.partition(".")[0] for name in record["targets"]} & missing_modules(python)
        if missing and not why:
            why = f"needs {', '.join(sorted(missing))}"
        old = facts().find(record["anchor"]) or {}
        gone, came = (parse_version(old.get(end, "")) for end in ("removed", "added"))
        if came and came > version and not why:
            why = f"needs {show_version(came)}"
        if gone and gone <= version and not why:
            why = f"gone from {show_version(gone)}"
        if not why and not is_there:
            why = NOT_INSTALLED
        if why:
            verdicts[index] = Verdict(package["package"], row["match"], "not run", why)
            continue
        try:
            jobs += [(index, old, new) for old, new in jobs_of(row)]
        except (BadProof, UnknownStrategy) as error:
            verdicts[index] = Verdict(package["package"], row["match"], "refused", str(error))
    olds = iter(run_side(python, [old for _, old, _ in jobs]))
    news = iter(run_side(python, [new for _, _, new in jobs if new]))
    seen: dict[int, list[Observation]] = {}
    for index, old, new in jobs:
        shown = old.get("expression", "the program")
        observation = Observation(shown, next(olds), next(news) if new else "held", old.get("is_random", False))
        seen.setdefault(index, []).append(observation)
    for index, observations in seen.items():
        why = objection(observations)
        verdicts[index] = Verdict(package["package"], rows[index]["match"], "refused" if why else "proved", why)
    return [verdicts[index] for index in sorted(verdicts)]


def objection(observations: list[Observation]) -> str:
    """Why what both sides gave proves nothing, by the shortest input that shows it, or "" where it does."""
    wrong = [
        one
        for one in observations
        if one.old != one.new or one.old.startswith(("could not start", "raised NameError", "raised SyntaxError"))
    ]
    if wrong:
        shown, old, new, _ = min(wrong, key=lambda one: len(one.shown))
        return f"{shown}: {old!r} against {new!r}"
    for kind in ("", "random "):
        group = [one for one in observations if one.is_random == bool(kind)]
        if group and all(one.old.startswith("raised ") for one in group):
            return f"every {kind}input raises; give one that does not"
    return ""


def jobs_of(row: Row) -> Iterator[tuple[Row, Row | None]]:
    """The jobs that prove a row: (old side, new side), or one program that runs both."""
    old_names, new_names = [leading_name(row["match"])], list(names_in(row["fix"]))
    proof = row["proof"]
    if isinstance(proof, str):
        program = f"assert ({row['match']}) is ({row['fix']})" if proof.strip() == "identical" else proof
        yield {"names": old_names + new_names, "program": program}, None
        return
    shared = {"setup": proof.get("setup", ""), "observe": proof.get("observe", "repr(_)")}
    for is_random, bindings in inputs_of(proof):
        common = {**shared, "is_random": is_random}
        yield (
            {**common, "names": old_names, "expression": fill(row["match"], bindings)},
            {**common, "names": new_names, "expression": fill(row["fix"], bindings)},
        )


def inputs_of(proof: Row) -> Iterator[tuple[bool, dict[str, str]]]:
    """The bindings of a proof, and whether they are drawn; holes that are not drawn have those of `inputs` in turn."""
    wanted = tuple(sorted(proof.get("random", {}).items()))
    fixed: list[dict[str, str]] = proof.get("inputs", [] if wanted else [{}])
    yield from ((False, bindings) for bindings in fixed)
    others = cycle(fixed or [{}])
    yield from ((True, {**next(others), **bindings}) for bindings in (drawn(wanted) if wanted else ()))


def fill(pattern: str, bindings: dict[str, str]) -> str:
    """A pattern with its holes filled; a $$HOLE without a binding vanishes with the comma before it."""

    def put(found: re.Match[str]) -> str:
        text = bindings.get(found[3])
        if text is None and found[2]:
            return ""
        if text is None:
            raise BadProof(f"{pattern}: the proof's inputs do not bind ${found[3]}")
        if found[2] and text.lstrip().startswith(","):
            raise BadProof(f"{pattern}: the value of $${found[3]} begins with a comma, which the pattern has; drop it")
        return (found[1] or "") + (text if found[2] else f"({text})")

    return re.sub(r"(,\s*)?\$(\$?)([A-Z][A-Z0-9_]*)", put, pattern)


def run_side(python: Command, jobs: list[Row]) -> list[str]:
    if not jobs:
        return []
    try:
        done = subprocess.run(
            [*python, "-I", "-W", "ignore", str(SIDE)],
            input=json.dumps(jobs), capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return [f"could not start: not finished after {TIMEOUT_SECONDS} seconds"] * len(jobs)
    if done.returncode:
        return ["could not start: " + done.stderr.strip()[-400:]] * len(jobs)
    observed: list[str] = json.loads(done.stdout)
    return observed


@cache
def interpreter_version(python: Command) -> tuple[int, int]:
    asked = "import sys; print(*sys.version_info[:2])"
    major, minor = subprocess.run(
        [*python, "-I", "-c", asked], capture_output=True, text=True, check=True
    ).stdout.split()
    return int(major), int(minor)


@cache
def installed(python: Command) -> frozenset[str]:
    """The distributions that an interpreter has, by their normal names."""
    asked = "import importlib.metadata as m; print(*{d.metadata['Name'] for d in m.distributions()}, sep='\\n')"
    printed = subprocess.run([*python, "-I", "-c", asked], capture_output=True, text=True, check=True).stdout
    return frozenset(map(_normal, printed.split()))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def missing_modules(python: Command) -> frozenset[str]:
    """The standard library's modules that fixes name and that an interpreter was built or packaged without."""
    rows = [row for package in packages() for row in compiled_alternative(package, facts())["replacements"]]
    tops = sorted({target.partition(".")[0] for row in rows for target in row.get("targets", ())} - {"builtins"})
    jobs = [{"names": [], "program": f"import {top}"} for top in tops]
    failed = dict(zip(tops, run_side(python, jobs), strict=True))
    version = interpreter_version(python)
    return frozenset(
        top
        for top, seen in failed.items()
        if "ModuleNotFoundError" in seen and (facts().added(top) or (0, 0)) <= version
    )


def packages(paths: Iterable[Path] = ()) -> list[Row]:
    wanted = list(paths) or [*sorted((CATALOG / "alternatives").glob("*.yaml")), CATALOG / "successors.yaml"]
    loaded: list[Any] = [yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for path in wanted]
    return loaded


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", help="an interpreter that has the packages")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    refused = 0
    for path in options.python or [sys.executable]:
        python = (path,)
        verdicts = [verdict for package in packages(options.files) for verdict in prove_package(package, python)]
        for verdict in verdicts:
            if verdict.outcome != "proved":
                print(f"{verdict.outcome:8} {verdict.package}: {verdict.match}: {verdict.why}")
        counts = {name: sum(v.outcome == name for v in verdicts) for name in ("proved", "refused", "not run")}
        version = ".".join(map(str, interpreter_version(python)))
        print(f"Python {version}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
        refused += counts["refused"]
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
