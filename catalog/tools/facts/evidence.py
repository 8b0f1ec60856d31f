"""All that is known of a name, from wherever: the documentation, typeshed, the interpreters at hand."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from facts.documentation import Documentation
from facts.stubs import Stubs

Row = dict[str, Any]
Answers = dict[int, list[dict[str, Any]]]


def minor_of(version: str | None) -> int | None:
    """The minor version of a text such as "3.9.2"; 0 for what is older than Python 3."""
    if not version:
        return None
    major, minor = version.split(".")[:2]
    return int(minor) if major == "3" else 0


def show(minor: int | None) -> str | None:
    """The inverse of `minor_of`."""
    return None if minor is None else f"3.{minor}"


def read_minors(text: str) -> set[int]:
    """The minor versions of "3.6-3.8,3.10"."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(minor_of(first) or 0, (minor_of(last or first) or 0) + 1))
    return found


def show_minors(minors: set[int]) -> str:
    """The inverse of `read_minors`."""
    parts: list[list[int]] = []
    for minor in sorted(minors):
        if parts and parts[-1][1] == minor - 1:
            parts[-1][1] = minor
        else:
            parts.append([minor, minor])
    return ",".join(f"3.{first}" if first == last else f"3.{first}-3.{last}" for first, last in parts)


@dataclass
class Evidence:
    """Everything that was read; `documents` are newest first, `newest` is the newest minor version known."""

    documents: list[Documentation]
    stubs: Stubs
    answers: Answers
    modules: dict[str, Row]
    symbols: dict[str, Row]
    curated: dict[str, Any]
    newest: int

    @cached_property
    def module_names(self) -> set[str]:
        """Every module that any source speaks of, so that names can be taken apart."""
        found = {*self.modules, *self.stubs.modules}
        for document in self.documents:
            found |= document.index.keys()
        for answer in self._all_answers():
            found.update(name for name, error in answer["errors"].items() if error is None)
        return found

    def split(self, documented: str) -> tuple[str, str]:
        """Module and path of a documented name; what has no module is a built-in."""
        parts = documented.split(".")
        for end in range(len(parts) - 1, 0, -1):
            if ".".join(parts[:end]) in self.module_names:
                return ".".join(parts[:end]), ".".join(parts[end:])
        return "builtins", documented

    @cached_property
    def documented(self) -> dict[str, str]:
        """Full names, with the names that the documentation has for them."""
        found: dict[str, str] = {}
        for document in self.documents:
            for name in document.addresses:
                found.setdefault(".".join(self.split(name)), name)
        return found

    @cached_property
    def listed(self) -> dict[str, set[int]]:
        """The names in the `__all__` of modules, with the minor versions that list them."""
        found: dict[str, set[int]] = defaultdict(set)
        for minor, answers in self.answers.items():
            for answer in answers:
                for module, names in answer["public"].items():
                    for name in names:
                        found[f"{module}.{name}"].add(minor)
        return found

    def document_of(self, name: str) -> Documentation | None:
        """The newest documentation that has a name."""
        documented = self.documented.get(name)
        return next((one for one in self.documents if documented in one.addresses), None)

    def module_document(self, module: str) -> Documentation | None:
        """The newest documentation that has a module."""
        return next((one for one in self.documents if module in one.index), None)

    def module_state(self, module: str, minor: int) -> str:
        """Whether a version has a module: ok, absent, broken (there, but it cannot be imported), or unknown."""
        states = [_state(module, answer["errors"]) for answer in self.answers.get(minor, ())]
        return next((state for state in ("ok", "broken", "absent") if state in states), "unknown")

    def found(self, name: str) -> dict[int, str]:
        """The minor versions in which interpreters have a name, with what it is there."""
        found: dict[int, str] = {}
        for minor, answers in self.answers.items():
            for answer in answers:
                module, _, last = name.rpartition(".")
                kind = answer["found"].get(name) or answer["public"].get(module, {}).get(last)
                if kind and found.get(minor, "instance") == "instance":
                    found[minor] = kind
        return found

    def first_found(self, name: str, module: str) -> int | None:
        """The first minor version that has a name, where the one before has its module, but not the name."""
        first = min(self.found(name), default=0)
        return first if self.module_state(module, first - 1) == "ok" else None

    def first_lacking(self, name: str, module: str) -> int | None:
        """The minor version after the last one that has a name, where that has the module, but not the name."""
        found = self.found(name)
        last = max(found, default=0)
        return last + 1 if last and self.module_state(module, last + 1) == "ok" else None

    def _all_answers(self) -> list[dict[str, Any]]:
        return [answer for answers in self.answers.values() for answer in answers]

    def was_discovered(self, module: str) -> bool:
        """Whether an interpreter was shipped with a module."""
        return any(module in answer["discovered"] for answer in self._all_answers())

    def is_package(self, module: str) -> bool:
        """Whether an interpreter has a module as a package."""
        return any(module in answer["packages"] for answer in self._all_answers())


def _state(module: str, errors: dict[str, str | None]) -> str:
    error = errors.get(module, "ModuleNotFoundError: No module named '" + module + "'")
    if error is None:
        return "ok"
    missing = re.search(r"^ModuleNotFoundError: No module named '([^']+)'", error)
    is_absent = missing is not None and (module + ".").startswith(missing.group(1) + ".")
    return "absent" if is_absent or "is not a package" in error else "broken"
