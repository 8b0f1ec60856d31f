"""Compiles `catalog/` into the one file that the program reads, and checks every file on the way.

    PYTHONPATH=catalog/tools python -m catalog_compiler CATALOG OUTPUT

The output is text: one record a line, `key TAB json`, sorted by the bytes of the key, so that the
reader (`store.py`) can look a name up in a memory map without loading anything else.

    i modules        every module with what completion shows of it
    m json           facts and card of a module
    l json           the members of a module or class, with what completion shows of them
    s json.dumps     facts and line of a symbol
    a psutil         what replaces the packages that are imported by this name
    p psutil         the import names of a distribution
    r enum34         a distribution that no import tells of: it only hides modules of the standard library
    x alternative    the schema of alternatives, for users' own catalogs
    f json           what takes the place of names below a top-level module that are going, or that older Pythons lack
    d json           the names below a top-level module that not every Python from 3.9 on has, or takes, as it is
    n p              what one may want to import whose name begins with this letter, capital or not
    w zip            what a word speaks of; this and `i names`, `y zip` are described in search_index.py
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from catalog_compiler.cards import check_card, line_key
from catalog_compiler.facts import Facts
from catalog_compiler.list_rows import LAST_RANK, import_records, list_row, popularity_ranks
from catalog_compiler.search_index import index_records
from stdlib_ls.catalog.alternatives import check_alternative, compiled_alternative
from stdlib_ls.catalog.source import Problem, Row, Source, check_schema
from stdlib_ls.catalog.store import full_name, import_roots
from stdlib_ls.versions import NEWEST_KNOWN, parse_version, show_version

Records = dict[str, Any]


# Parts of a card that become records of their own.
_NOT_SHOWN = ("members", "module", "submodules")


def main(arguments: list[str]) -> int:
    """Compile the first folder into the second file, and print what is wrong; gives the exit status."""
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
    popularity = _popularity(catalog / "popularity.tsv")
    records = dict(_fact_records(facts, cards, popularity))
    synonyms = _read(catalog / "synonyms.yaml").value["synonyms"]
    records.update(_dated_records(facts))
    successors, wrong = _load_successors(catalog, facts)
    records.update(_successor_records(successors, facts))
    more_problems += wrong
    records.update(list(import_records(records, popularity)))
    records.update(list(index_records(records, synonyms, popularity)))
    records["x alternative"] = json.loads((catalog / "schema/alternative.json").read_text(encoding="utf-8"))
    for package in packages:
        record = compiled_alternative(package, facts)
        for name in import_roots(package):
            records.setdefault(f"a {name}", []).append(record)
        records[f"p {package['package']}"] = package["imports"]
        if not package["imports"]:
            records[f"r {package['package']}"] = record
    return records, sorted(problems + more_problems + _check_classes(catalog, facts))


def write_records(records: Records, output: Path) -> None:
    """Write down the records in the order in which the program looks them up."""
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


def _popularity(path: Path) -> dict[str, int]:
    """How many programs use each name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: int(count) for name, count in (line.split("\t") for line in lines if not line.startswith("#"))}


def _check_classes(catalog: Path, facts: Facts) -> list[Problem]:
    source = _read(catalog / "classes.yaml")
    for index, name in enumerate(source.value["classes"]):
        if facts.symbols.get(name, {}).get("kind") not in ("class", "exception"):
            source.complain(("classes", index), "no such class in catalog/facts; correct the name")
    return source.problems


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


def _load_successors(catalog: Path, facts: Facts) -> tuple[Row, list[Problem]]:
    """The rows of `successors.yaml`, in the format of an alternative."""
    source = _read(catalog / "successors.yaml")
    if not source.problems:
        check_schema(source, json.loads((catalog / "schema/alternative.json").read_text(encoding="utf-8")))
    if not source.problems:
        check_alternative(source, source.value, facts)
    return ({} if source.problems else source.value), source.problems


def _successor_records(successors: Row, facts: Facts) -> Iterator[tuple[str, Row]]:
    """For each top-level module what takes the place of names in it; what an alias is an alias of is one."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in successors.get("replacements", ()):
        rows[row["match"].partition(".")[0]].append(row)
    for name, fact in facts.symbols.items():
        main = facts.symbols.get(fact.get("alias_of", ""), {})
        is_member = name.rpartition(".")[0] == fact["module"]
        if main and is_member and Facts.is_going(fact) and not Facts.is_going(main) and "." in main["name"]:
            rows[name.partition(".")[0]].append({"match": name, "fix": main["name"], "safety": "safe"})
    for top, own in rows.items():
        yield f"f {top}", compiled_alternative({**successors, "imports": [top], "replacements": own}, facts)


def _read(path: Path) -> Source:
    # What is not UTF-8 becomes characters that YAML does not allow, and so a problem of this file alone.
    return Source(path, path.read_text(encoding="utf-8", errors="surrogateescape"))


def _fact_records(facts: Facts, cards: dict[str, Row], popularity: dict[str, int]) -> Iterator[tuple[str, Any]]:
    lines = _lines(facts, cards)
    ranks = popularity_ranks(popularity)
    lists: dict[str, list[list[Any]]] = defaultdict(list)
    for name, row in facts.symbols.items():
        record = _symbol_record(row, facts, lines)
        yield f"s {name}", record
        if not {"not_importable", "doc_gone"} & row.keys():
            owner, _, label = name.rpartition(".")
            rank = ranks.get(name, LAST_RANK)
            lists[owner].append(list_row(label, record, rank, on_instances="instance" in row))
    for owner, rows in lists.items():
        yield f"l {owner}", sorted(rows)
    modules = []
    for name, row in sorted(facts.modules.items()):
        card = {key: value for key, value in cards.get(name, {}).items() if key not in _NOT_SHOWN}
        record = _without_empty(
            {
                "kind": "module",
                "package": row.get("package"),
                "undocumented": row.get("undocumented"),
                "attribute_of": row.get("attribute_of"),
                **_shared_fields(row),
                **_instead(row, cards),
                **(card or _line_of_package(name, cards)),
            }
        )
        yield f"m {name}", record
        # Whoever imports an undocumented one reaches past the facade.
        rank = LAST_RANK if "undocumented" in row else ranks.get(name, LAST_RANK)
        modules.append(list_row(name, record, rank))
    yield "i modules", modules


def _dated_records(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    """For each top-level module the names below it about which some Python has a say of its own, inherited ones too."""
    found: dict[str, set[str]] = defaultdict(set)
    dated = {name for name, row in {**facts.modules, **facts.symbols}.items() if _is_dated(row)}
    for name in dated:
        top, _, rest = name.partition(".")
        found[top].add(rest)
    members: dict[str, list[str]] = defaultdict(list)
    for name in dated & facts.symbols.keys():
        members[name.rpartition(".")[0]].append(name.rpartition(".")[2])
    for name, row in facts.symbols.items():
        top, _, rest = name.partition(".")
        found[top].update(f"{rest}.{member}" for base in _bases(row, facts) for member in members.get(base, ()))
    for top, names in found.items():
        yield f"d {top}", sorted(names)


# What the documentation says of older additions is not checked against interpreters.
_OLDEST_DATED = (3, 6)


def _is_dated(row: Row) -> bool:
    added = parse_version(row.get("added", ""))
    return bool(added and added > _OLDEST_DATED) or any(key in row for key in ("deprecated", "removed", "params"))


def _bases(row: Row, facts: Facts) -> Iterator[str]:
    """The classes that a class has its members from, however far up; the main name of an alias is one."""
    for base in [row["alias_of"]] if "alias_of" in row else row.get("bases", ()):
        full = full_name(base)
        yield full
        yield from _bases(facts.symbols.get(full, {}), facts)


def _lines(facts: Facts, cards: dict[str, Row]) -> dict[str, Row]:
    """What the cards say of each symbol; what to use instead is inherited from its class and module."""
    lines: dict[str, Row] = {}
    for name, row in facts.symbols.items():
        module = row["module"]
        members = cards.get(module, {}).get("members", {})
        key = line_key(members, name.removeprefix(module + "."), row["kind"])
        line = members[key] if key else {}
        # The rows are sorted by name, so a class comes before its members.
        around = lines.get(name.rpartition(".")[0]) or _instead(facts.modules[module], cards)
        main = row.get("alias_of")
        if main and Facts.is_going(row) and not Facts.is_going(facts.symbols[main]):
            around = {"instead": f"Use `{main}`."}
            if "removed" not in row and facts.symbols[main]["module"] != module:
                around["kept"] = "true"  # As `typing.Iterable`: nobody is warned, and it stays.
        instead: Row = {key: around[key] for key in ("instead", "kept") if key in around}
        lines[name] = {**instead, **({"summary": line} if isinstance(line, str) else line)}
    return lines


def _instead(module: Row, cards: dict[str, Row]) -> Row:
    """What to use instead of a module: what its card says, or that of the package with which it goes."""
    name = module["name"]
    while name and Facts.is_going(module):
        if "instead" in cards.get(name, {}):
            return {"instead": cards[name]["instead"]}
        name = name.rpartition(".")[0]
    return {}


def _line_of_package(name: str, cards: dict[str, Row]) -> Row:
    """What the nearest package with a card says of a submodule without one."""
    package, _, rest = name.rpartition(".")
    while package:
        card = cards.get(package, {})
        for pattern, line in card.get("submodules", {}).items():
            if fnmatchcase(rest, pattern):
                return {"summary": line, "topics": card["topics"]}
        package, _, part = package.rpartition(".")
        rest = f"{part}.{rest}"
    return {}


def _symbol_record(row: Row, facts: Facts, lines: dict[str, Row]) -> Row:
    """The record of a symbol; an alias has what its main name has, but dates of its own."""
    own = _without_empty(
        {
            "kind": row["kind"],
            "module": row["module"],
            "bases": [_public_base(base, facts) for base in row.get("bases", ())],
            "signature": row.get("sig"),
            "parameters": row.get("params"),
            "returns": row.get("returns"),
            "enters": row.get("enters"),
            "unless_mode": row.get("unless_mode"),
            **_shared_fields(row),
            **lines.get(row["name"], {}),
        }
    )
    if "alias_of" not in row:
        return own
    main = _symbol_record(facts.symbols[row["alias_of"]], facts, lines)
    passed_on = ("summary", "pitfalls", "signature", "parameters", "returns", "enters", "unless_mode", "keywords")
    # What has the members of another class is as good as derived from it.
    return {**{key: main[key] for key in passed_on if key in main}, **own, "bases": [row["alias_of"]], "alias": True}


def _public_base(base: str, facts: Facts) -> str:
    """A base class under the name that the facts know: `concurrent.futures._base.Executor` without `_base`."""
    public = ".".join(part for part in base.split(".") if not part.startswith("_"))
    return public if base not in facts.symbols and public in facts.symbols else base


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
        "docs_since": row.get("doc_since"),
        "docs_before": [[*_ends(versions), place] for versions, place in row.get("doc_before", {}).items()],
        "docs_version": docs_version if docs_version != show_version(NEWEST_KNOWN) else None,
    }


def _ends(versions: str) -> tuple[str, str]:
    first, _, last = versions.partition("-")
    return first, last or first


def _before(version: str) -> str:
    major, minor = version.split(".")
    return f"{major}.{int(minor) - 1}"


def _without_empty(record: Row) -> Row:
    return {key: value for key, value in record.items() if value not in (None, False, [], "")}
