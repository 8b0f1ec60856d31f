"""The generated facts while the catalog is being built: every module and symbol, by dotted name."""

from __future__ import annotations

import json
from pathlib import Path

from stdlib_ls.catalog.source import Row, Source
from stdlib_ls.versions import Version, parse_version


class Facts:
    """`catalog/facts/*.jsonl`, all of it in memory. Built for the compiler and the tests, not for answers.

    `most_used` are the classes whose members want lines of their own, from `catalog/classes.yaml`.
    """

    def __init__(self, folder: Path) -> None:
        self.modules: dict[str, Row] = {}
        self.symbols: dict[str, Row] = {}
        self.members: dict[str, list[str]] = {}
        classes = Source("classes.yaml", (folder.parent / "classes.yaml").read_text(encoding="utf-8"))
        self.most_used = frozenset(classes.value["classes"])
        for path in sorted(folder.glob("*.jsonl")):
            lines = path.read_text(encoding="utf-8").splitlines()
            for line in lines[1:]:
                row: Row = json.loads(line)
                if "module" in row:
                    self.symbols[row["name"]] = row
                    self.members.setdefault(row["module"], []).append(row["name"])
                else:
                    self.modules[row["name"]] = row

    def find(self, name: str) -> Row | None:
        """The row of a dotted name: a module, a symbol, or a member reached through an alias or a base class."""
        row = self.modules.get(name) or self.symbols.get(name)
        if row or "." not in name:
            return row
        owner_name, _, member = name.rpartition(".")
        owner = self.find(owner_name)
        if not owner or "module" not in owner:
            return None
        above = [owner["alias_of"]] if "alias_of" in owner else owner.get("bases", ())
        for base in above:
            found = self.find(f"{base if '.' in base else 'builtins.' + base}.{member}")
            if found:
                return found
        return None

    def is_stdlib(self, name: str) -> bool:
        """Whether a dotted name begins with a module of the standard library."""
        return name.partition(".")[0] in self.modules

    def added(self, name: str) -> Version | None:
        """The first version that has the name and its module, or None where that is older than the facts reach."""
        row = self.find(name)
        assert row is not None, name
        module = self.modules.get(row.get("module", ""), {})
        found = [parse_version(one["added"]) for one in (row, module) if "added" in one]
        return max(filter(None, found), default=None)

    def is_public(self, row: Row) -> bool:
        """Whether a symbol of a module's own level is documented or in `__all__`, under its main name."""
        member = row["name"].removeprefix(row["module"] + ".")
        return (
            ("doc" in row or "in_all" in row)
            and not {"alias_of", "not_importable", "doc_gone"} & row.keys()
            and "." not in member
            and not member.startswith("_")
        )

    def wants_a_line(self, row: Row) -> bool:
        """Whether a card must say something of a symbol: the public ones, and what the most used classes document."""
        owner, _, member = row["name"].rpartition(".")
        if owner in self.most_used:
            return "doc" in row and not {"not_importable", "doc_gone"} & row.keys() and not member.startswith("_")
        return self.is_public(row)

    def wants_instead(self, row: Row) -> bool:
        """Whether a card must say what to use in place of a module or symbol.

        So it is for what is deprecated or gone while that which holds it lives on.
        """
        is_module = "module" not in row
        if not self.is_going(row) or not (is_module or "doc" in row or "in_all" in row):
            return False
        if {"alias_of", "not_importable", "doc_gone"} & row.keys() or (is_module and "undocumented" in row):
            return False
        owner_name = row["name"].rpartition(".")[0]
        owners = (self.find(name) for name in (owner_name, row.get("module", owner_name)))
        return not any(owner and self.is_going(owner) for owner in owners)

    @staticmethod
    def is_going(row: Row) -> bool:
        """Whether a module or symbol is deprecated or has been removed."""
        return "removed" in row or "deprecated" in row
