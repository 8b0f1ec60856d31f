"""Write catalog/facts/ from an extraction of the standard library's facts.

    python catalog/tools/import_facts.py EXTRACTION_DIR

The extraction is two files, `stdlib-modules.jsonl` and `stdlib-symbols.jsonl`, merged from the
documentation's built HTML, typeshed and real interpreters.
What comes out is one file for each top-level module: a header row, then one JSON object a line,
modules before symbols and both sorted by name, so that the difference between two runs can be read.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]

FACTS = Path(__file__).resolve().parents[1] / "facts"
HEADER = {
    "generated": "by catalog/tools/import_facts.py; do not edit",
    "sources": [
        "CPython documentation 3.9, 3.11, 3.13, 3.14 and 3.15 (PSF licence)",
        "typeshed, as shipped by typeshed-client 2.14.0 (Apache-2.0)",
        "CPython interpreters 3.6 to 3.15",
    ],
}

# A module or symbol that had gone before this version is of no use to anybody any more.
OLDEST_REMOVAL = (3, 8)
# Names that were there in this version are "older than we track"; what is younger needs a version.
OLDEST_TRACKED = (3, 9)

# Typeshed describes these by one class or function, but no interpreter has them as the same object.
NOT_ALIASES = frozenset(
    "hashlib.blake2s hashlib.sha3_256 hashlib.sha3_384 hashlib.sha3_512 hashlib.shake_256 ntpath.realpath".split()
)

MODULE_FIELDS = (
    "name package added deprecated soft_deprecated removed removal_planned availability doc doc_version"
    " doc_last chapter chapter_last undocumented attribute_of user_supplied rt_import"
).split()
SYMBOL_FIELDS = (
    "name module kind alias_of added changed deprecated soft_deprecated removed removal_planned"
    " availability platforms doc doc_version doc_gone sig docsig bases in_all instance not_importable rt unverified"
).split()


def version(text: str) -> tuple[int, int]:
    """The (major, minor) pair of a dotted version, whatever follows it."""
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


def rows(path: Path) -> Iterator[Row]:
    """The rows of a JSON lines file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def is_of_use(row: Row) -> bool:
    """Whether somebody may still meet the module or symbol."""
    return "removed" not in row or version(row["removed"]) >= OLDEST_REMOVAL


def pick(row: Row, fields: list[str]) -> Row:
    """The wanted fields of a row, with patch numbers cut off its versions."""
    kept = {field: row[field] for field in fields if field in row}
    for field in ("added", "removed"):
        if field in kept:
            kept[field] = "{}.{}".format(*version(kept[field]))
    return kept


def date_by_sight(symbols: list[Row]) -> None:
    """Date the names that no source dates, but that interpreters do not have from the start.

    Constants, and names of some platforms, are left alone: whether they are there depends on the build.
    """
    by_name = {row["name"]: row for row in symbols}
    seen = {row["name"]: version(re.split("[-,]", row["rt"])[0]) for row in symbols if "rt" in row}
    module_seen: dict[str, tuple[int, int]] = {}
    for name, first in seen.items():
        module = by_name[name]["module"]
        module_seen[module] = min(first, module_seen.get(module, first))
    for name, first in seen.items():
        row = by_name[name]
        if "added" not in row and first > max(module_seen[row["module"]], OLDEST_TRACKED):
            main_name = by_name.get(row.get("alias_of", ""), {})
            if "added" in main_name:
                row["added"] = main_name["added"]
            elif row["kind"] != "data" and not {"platforms", "instance"} & row.keys():
                row["added"] = "{}.{}".format(*first)


def untangle_aliases(symbols: list[Row]) -> None:
    """Make one of two names that are called aliases of each other the main one: not a deprecated or longer one."""
    by_name = {row["name"]: row for row in symbols}
    for row in symbols:
        other = by_name.get(row.get("alias_of", ""), {})
        if row["name"] in NOT_ALIASES:
            del row["alias_of"]
        elif other.get("alias_of") == row["name"]:
            del min(row, other, key=lambda one: ("deprecated" in one, len(one["name"])))["alias_of"]


def main(extraction: Path) -> None:
    """Write all of catalog/facts anew."""
    modules = {row["name"]: row for row in rows(extraction / "stdlib-modules.jsonl") if is_of_use(row)}
    files: dict[str, list[Row]] = defaultdict(list)
    for name in sorted(modules):
        files[name.partition(".")[0]].append(pick(modules[name], MODULE_FIELDS))
    symbols = [row for row in rows(extraction / "stdlib-symbols.jsonl") if row["module"] in modules and is_of_use(row)]
    date_by_sight(symbols)
    untangle_aliases(symbols)
    for row in sorted(symbols, key=lambda row: row["name"]):
        files[row["module"].partition(".")[0]].append(pick(row, SYMBOL_FIELDS))
    FACTS.mkdir(exist_ok=True)
    for stale in FACTS.glob("*.jsonl"):
        stale.unlink()
    for top, content in files.items():
        with (FACTS / f"{top}.jsonl").open("w", encoding="utf-8") as file:
            for row in [HEADER, *content]:
                file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{len(modules)} modules and {len(symbols)} symbols in {len(files)} files")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
