"""Compiles `catalog/` into the one file that the program reads, and checks every file on the way.

    python -m stdlib_ls.catalog.compile CATALOG OUTPUT

The output is text: one record a line, `key TAB json`, sorted by the bytes of the key, so that the
reader (`store.py`) can look a name up in a memory map without loading anything else.

    i modules        every module with what completion shows of it
    m json           facts and card of a module
    l json           the members of a module or class, with what completion shows of them
    s json.dumps     facts and line of a symbol
    a psutil         what replaces the packages that are imported by this name
    x alternative    the schema of alternatives, for users' own catalogs
    p psutil         the import names of a distribution
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stdlib_ls.catalog.alternatives import check_alternative, compiled_alternative
from stdlib_ls.catalog.facts import Facts, Row
from stdlib_ls.catalog.source import Problem, Source, check_schema
from stdlib_ls.versions import NEWEST_KNOWN, show_version

Records = dict[str, Any]


def main(arguments: list[str]) -> int:
    catalog, output = Path(arguments[0]), Path(arguments[1])
    records, problems = compile_catalog(catalog)
    for problem in problems:
        print(problem, file=sys.stderr)
    write_records(records, output)
    print(f"{len(records)} records, {output.stat().st_size // 1024} KiB")
    if problems:
        print(f"{len(problems)} problems; the files named above are left out", file=sys.stderr)
    return 1 if problems else 0


def compile_catalog(catalog: Path) -> tuple[Records, list[Problem]]:
    """All records of a catalog folder, by key, and what is wrong with its files."""
    facts = Facts(catalog / "facts")
    cards, problems = load_cards(catalog, facts)
    packages, more_problems = load_alternatives(catalog, facts)
    records = dict(_fact_records(facts, cards))
    records["x alternative"] = json.loads((catalog / "schema/alternative.json").read_text(encoding="utf-8"))
    for package in packages:
        record = compiled_alternative(package, facts)
        for name in package["imports"]:
            records.setdefault(f"a {name}", []).append(record)
        records[f"p {package['package']}"] = package["imports"]
    return records, sorted(problems + more_problems)


def write_records(records: Records, output: Path) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    lines = sorted(
        key.encode() + b"\t" + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for key, value in records.items()
    )
    temporary = output.with_suffix(".new")
    temporary.write_bytes(b"".join(lines))
    temporary.replace(output)


def load_cards(catalog: Path, facts: Facts) -> tuple[dict[str, Row], list[Problem]]:
    """The cards by module name; a card with problems is left out."""
    schema = json.loads((catalog / "schema/card.json").read_text(encoding="utf-8"))
    topics = _read(catalog / "topics.yaml").value["topics"]
    cards: dict[str, Row] = {}
    problems: list[Problem] = []
    for path in sorted((catalog / "cards").rglob("*.yaml")):
        source = _read(path)
        if not source.problems:
            check_schema(source, schema)
        if not source.problems:
            name = ".".join(path.relative_to(catalog / "cards").with_suffix("").parts)
            check_card(source, name, topics, facts)
        problems += source.problems
        if not source.problems:
            cards[source.value["module"]] = source.value
    return cards, problems


def check_card(source: Source, name: str, topics: list[str], facts: Facts) -> None:
    """Complain about what a schema cannot see: names that do not exist, lines that are missing."""
    card = source.value
    module = card["module"]
    if module != name:
        source.complain(("module",), f"the file's path says {name}; make the two agree")
        return
    if module not in facts.modules:
        source.complain(("module",), "no such module in catalog/facts; correct the name")
        return
    for index, topic in enumerate(card["topics"]):
        if topic not in topics:
            source.complain(("topics", index), f"{topic!r} is not in catalog/topics.yaml; use one of its topics")
    for section in ("reach_for", "members"):
        for member in card[section]:
            if not facts.find(f"{module}.{member}"):
                source.complain((section, member), f"{module} has no {member}; correct the name or drop the line")
    references = [("choose", name) for name in card.get("choose", ())]
    references += [("see", index) for index in range(len(card.get("see", ())))]
    for section, key in references:
        target = card["see"][key] if section == "see" else key
        if not facts.find(target):
            source.complain((section, key), f"{target} is neither a module nor a member; write its full dotted name")
    for member in facts.members.get(module, ()):
        short = member.removeprefix(module + ".")
        if facts.wants_a_line(facts.symbols[member]) and short not in card["members"]:
            source.complain(("members",), f"no line for {short}; add one")


def load_alternatives(catalog: Path, facts: Facts) -> tuple[list[Row], list[Problem]]:
    """The alternatives of all packages; one with problems is left out."""
    schema = json.loads((catalog / "schema/alternative.json").read_text(encoding="utf-8"))
    packages: list[Row] = []
    problems: list[Problem] = []
    for path in sorted((catalog / "alternatives").glob("*.yaml")):
        source = _read(path)
        if not source.problems:
            check_schema(source, schema)
        if not source.problems:
            if source.value["package"] != path.stem:
                source.complain(("package",), f"the file is called {path.stem}; make the two agree")
            check_alternative(source, source.value, facts)
        problems += source.problems
        if not source.problems:
            packages.append(source.value)
    return packages, problems


def _read(path: Path) -> Source:
    # What is not UTF-8 becomes characters that YAML does not allow, and so a problem of this file alone.
    return Source(path, path.read_text(encoding="utf-8", errors="surrogateescape"))


def _fact_records(facts: Facts, cards: dict[str, Row]) -> Iterator[tuple[str, Any]]:
    lines = {
        f"{module}.{member}": {"summary": line} if isinstance(line, str) else line
        for module, card in cards.items()
        for member, line in card["members"].items()
    }
    lists: dict[str, list[list[Any]]] = defaultdict(list)
    for name, row in facts.symbols.items():
        record = _symbol_record(row, facts, lines)
        yield f"s {name}", record
        if not {"not_importable", "doc_gone"} & row.keys():
            lists[name.rpartition(".")[0]].append(_list_row(name.rpartition(".")[2], record))
    for owner, rows in lists.items():
        yield f"l {owner}", sorted(rows)
    modules = []
    for name, row in sorted(facts.modules.items()):
        card = {key: value for key, value in cards.get(name, {}).items() if key not in ("members", "module")}
        record = _without_empty(
            {
                "kind": "module",
                "package": row.get("package"),
                "undocumented": row.get("undocumented"),
                "attribute_of": row.get("attribute_of"),
                **_shared_fields(row),
                **card,
            }
        )
        yield f"m {name}", record
        modules.append([*_list_row(name, record), bool(row.get("undocumented"))])
    yield "i modules", modules


def _symbol_record(row: Row, facts: Facts, lines: dict[str, Row]) -> Row:
    """The record of a symbol; an alias has what its main name has, but dates and documentation of its own."""
    own = _without_empty(
        {
            "kind": row["kind"],
            "module": row["module"],
            "bases": row.get("bases"),
            "signature": row.get("sig") or row.get("docsig"),
            **_shared_fields(row),
            **lines.get(row["name"], {}),
        }
    )
    if "alias_of" not in row:
        return own
    main = _symbol_record(facts.symbols[row["alias_of"]], facts, lines)
    passed_on = ["summary", "pitfalls", "signature"] + ([] if "docs" in own else ["docs", "docs_version"])
    # What has the members of another class is as good as derived from it.
    return {**{key: main[key] for key in passed_on if key in main}, **own, "bases": [row["alias_of"]]}


def _shared_fields(row: Row) -> Row:
    docs, docs_version = row.get("doc"), row.get("doc_version")
    if "doc_last" in row:
        docs_version, docs = row["doc_last"].split(":")
    elif docs and not docs_version and "removed" in row:
        docs_version = _before(row["removed"])
    return {
        "added": row.get("added"),
        "deprecated": row.get("deprecated"),
        "removed": row.get("removed"),
        "availability": row.get("availability"),
        "docs": docs,
        "docs_version": docs_version if docs_version != show_version(NEWEST_KNOWN) else None,
    }


def _before(version: str) -> str:
    major, minor = version.split(".")
    return f"{major}.{int(minor) - 1}"


def _list_row(label: str, record: Row) -> list[Any]:
    return [label, record["kind"], record.get("summary", "")] + [
        record.get(field) or "" for field in ("added", "deprecated", "removed")
    ]


def _without_empty(record: Row) -> Row:
    return {key: value for key, value in record.items() if value not in (None, False, [], "")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
