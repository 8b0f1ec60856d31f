"""The facts against real interpreters: what they claim is there, what they deny is not, nothing public is missing, and
parameters came and went when they say so.

`facts_allowlist.txt` says where and why an interpreter may disagree.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from interpreters import Interpreter

from availability import exists, is_on
from catalog_compiler.facts import Facts
from facts.artefacts import ask_interpreters
from stdlib_ls.catalog.source import Row
from stdlib_ls.versions import parse_version

HERE = Path(__file__).parent
ALLOWLIST = HERE / "facts_allowlist.txt"
KINDS = ("missing", "unverified", "present", "unlisted", "lacks", "takes", "requires")
# As in `inspect`: what can be passed by name, and the kind of **kwargs.
BY_NAME, KEYWORDS = (1, 3), 4

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the interpreters behind the facts ran on Linux")


@dataclass(frozen=True)
class Complaint:
    """An interpreter disagrees with the facts about a name; `kind` is one of KINDS."""

    kind: str
    interpreter: Interpreter
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.interpreter} {self.name}"


@dataclass
class Allowance:
    """One line of the allowlist."""

    line: int
    kind: str
    where: str
    patterns: list[str]
    used: set[str] = field(default_factory=set)

    def speaks_of(self, interpreter: Interpreter) -> bool:
        return any(_within(interpreter.release, part) for part in self.where.rstrip("?").split(","))

    def allows(self, complaint: Complaint) -> bool:
        """Whether the line covers a complaint; notes which of its patterns did."""
        if self.kind != complaint.kind or not self.speaks_of(complaint.interpreter):
            return False
        fitting = [pattern for pattern in self.patterns if fnmatchcase(complaint.name, pattern)]
        self.used.update(fitting)
        return bool(fitting)


@dataclass(frozen=True)
class Judgement:
    """What all interpreters said."""

    complaints: list[Complaint]
    counts: dict[Interpreter, Counter[str]]
    allowances: list[Allowance]

    def not_allowed(self, *kinds: str) -> list[str]:
        return [
            str(complaint)
            for complaint in self.complaints
            if complaint.kind in kinds and not any(allowance.allows(complaint) for allowance in self.allowances)
        ]


@pytest.fixture(scope="module")
def judgement(facts: Facts, say: Callable[[str], None]) -> Judgement:
    symbols = [[owner(facts, row), name.removeprefix(owner(facts, row) + ".")] for name, row in facts.symbols.items()]
    modules = [name for name, row in facts.modules.items() if "attribute_of" not in row]
    question = {"modules": modules, "names": symbols, "signatures": True}
    complaints: list[Complaint] = []
    counts: dict[Interpreter, Counter[str]] = {}
    for interpreter, answer in ask_interpreters(question):
        counted = counts[interpreter] = Counter()
        complaints += judge(facts, interpreter, answer, counted)
        complaints += judge_parameters(facts, interpreter, answer["parameters"], counted)
        say(
            f"facts on {interpreter}: claimed {counted['claimed']}, found {share(counted, 'found', 'claimed')}; "
            f"denied {counted['denied']}, absent {share(counted, 'absent', 'denied')}; "
            f"public {counted['public']}, listed {share(counted, 'listed', 'public')}; "
            f"parameters {counted['parameters']}, agreed {share(counted, 'agreed', 'parameters')}"
        )
    return Judgement(complaints, counts, list(allowances(ALLOWLIST.read_text(encoding="utf-8"))))


def share(counted: Counter[str], part: str, whole: str) -> str:
    return f"{counted[part]} ({counted[part] / counted[whole]:.2%})"


def judge(facts: Facts, interpreter: Interpreter, answer: dict[str, Any], counted: Counter[str]) -> Iterator[Complaint]:
    """Where an interpreter disagrees with the facts."""
    imported = {name for name, error in answer["errors"].items() if error is None}
    found = imported | answer["found"].keys()
    for row in (*facts.modules.values(), *facts.symbols.values()):
        # What a module has can only be told where it can be imported; the module itself is judged in any case.
        if can_be_asked(row) and ("module" not in row or owner(facts, row) in imported):
            yield from judge_row(facts, row, interpreter, row["name"] in found, counted)
    for name, public in answer["public"].items():
        yield from unlisted(facts, interpreter, [f"{name}.{member}" for member in public], counted)
    top_level = [name for name in answer["top_level"] if not name.startswith("_") or name in facts.modules]
    yield from unlisted(facts, interpreter, top_level, counted)


def judge_row(
    facts: Facts, row: Row, interpreter: Interpreter, is_found: bool, counted: Counter[str]
) -> Iterator[Complaint]:
    name, version = row["name"], interpreter.version
    if not exists(facts, row, version):
        counted.update(denied=1, absent=not is_found)
        if is_found:
            yield Complaint("present", interpreter, name)
    elif all(is_on("linux", one) for one in with_owners(facts, name)):
        counted.update(claimed=1, found=is_found)
        if not is_found:
            yield Complaint("unverified" if "unverified" in row else "missing", interpreter, name)


def judge_parameters(
    facts: Facts, interpreter: Interpreter, taken: dict[str, Any], counted: Counter[str]
) -> Iterator[Complaint]:
    """Where a function takes a parameter that it has not yet, or not any more, or lacks one, or cannot do without."""
    for name, row in facts.symbols.items():
        parameters = {parameter: default for parameter, kind, default in taken.get(name, ()) if kind in BY_NAME}
        takes_all = any(kind == KEYWORDS for _, kind, _ in taken.get(name, ()))
        for parameter, changes in row.get("params", {}).items():
            versions = {what: parse_version(text) or (3, 0) for what, text in changes.items()}
            if name not in taken or (takes_all and parameter not in parameters):
                continue  # it is not there, or nobody can see what it takes
            came, went = versions.get("added", (3, 0)), versions.get("removed", (4, 0))
            problem = ""
            if (came <= interpreter.version < went) != (parameter in parameters):
                problem = "takes" if parameter in parameters else "lacks"
            elif "optional" in versions and parameters.get(parameter) is None:
                problem = "requires" if interpreter.version >= versions["optional"] else ""
            counted.update(parameters=1, agreed=not problem)
            if problem:
                yield Complaint(problem, interpreter, f"{name}({parameter})")


def unlisted(facts: Facts, interpreter: Interpreter, names: list[str], counted: Counter[str]) -> Iterator[Complaint]:
    for name in names:
        row = facts.symbols.get(name) or facts.modules.get(name)
        is_listed = row is not None and exists(facts, row, interpreter.version)
        counted.update(public=1, listed=is_listed)
        if not is_listed:
            yield Complaint("unlisted", interpreter, name)


def owner(facts: Facts, row: Row) -> str:
    """The module to import for a symbol; `sys.monitoring` is documented as one, but is an attribute of `sys`."""
    module = facts.modules[row["module"]]
    return str(module.get("attribute_of", module["name"]))


def can_be_asked(row: Row) -> bool:
    """Whether a fact is about something that an interpreter can look up."""
    return not {"not_importable", "user_supplied", "attribute_of"} & row.keys() and row.get("rt_import", True)


def with_owners(facts: Facts, name: str) -> Iterator[Row]:
    """The row of a name, and those of the classes and modules that it is in."""
    while name:
        row = facts.symbols.get(name) or facts.modules.get(name)
        if row:
            yield row
        name = name.rpartition(".")[0]


def allowances(text: str) -> Iterator[Allowance]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        rule, _, reason = line.partition(" # ")
        kind, where, *patterns = rule.split()
        assert kind in KINDS and patterns and reason.strip(), f"{ALLOWLIST.name}:{number}: cannot be read"
        yield Allowance(number, kind, where, patterns)


def _within(release: tuple[int, ...], part: str) -> bool:
    """Whether a release is in a range such as "3.9-3.11.3"; an end without a patch number stands for all of them."""
    if part == "*":
        return True
    low, _, high = part.partition("-")
    first, last = (tuple(int(digits) for digits in re.findall(r"\d+", end)) for end in (low, high or low))
    return first <= release and release[: len(last)] <= last


def test_what_the_facts_claim_is_there(judgement: Judgement) -> None:
    assert judgement.not_allowed("missing", "unverified") == []


def test_what_the_facts_deny_is_not_there(judgement: Judgement) -> None:
    assert judgement.not_allowed("present") == []


def test_every_public_name_is_in_the_facts(judgement: Judgement) -> None:
    assert judgement.not_allowed("unlisted") == []


def test_parameters_came_and_went_when_the_facts_say(judgement: Judgement) -> None:
    assert judgement.not_allowed("lacks", "takes", "requires") == []


def test_every_line_of_the_allowlist_is_needed(judgement: Judgement) -> None:
    judgement.not_allowed(*KINDS)
    unused = [
        f"{ALLOWLIST.name}:{allowance.line}: {pattern} is not needed any more; drop it"
        for allowance in judgement.allowances
        if not allowance.where.endswith("?") and any(map(allowance.speaks_of, judgement.counts))
        for pattern in allowance.patterns
        if pattern not in allowance.used
    ]
    assert unused == []
