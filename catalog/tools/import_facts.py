"""Write catalog/facts/ from an extraction of the standard library's facts.

    python catalog/tools/import_facts.py EXTRACTION_DIR

The extraction is two files, `stdlib-modules.jsonl` and `stdlib-symbols.jsonl`, merged from the
documentation's built HTML, typeshed and real interpreters.
What comes out is one file for each top-level module: a header row, then one JSON object a line,
modules before symbols and both sorted by name, so that the difference between two runs can be read.
"""

from __future__ import annotations

import json
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

MODULE_FIELDS = (
    "name package added deprecated soft_deprecated removed removal_planned availability doc doc_version"
    " doc_last chapter chapter_last undocumented attribute_of"
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
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def is_of_use(row: Row) -> bool:
    return "removed" not in row or version(row["removed"]) >= OLDEST_REMOVAL


def pick(row: Row, fields: list[str]) -> Row:
    """The wanted fields of a row, with patch numbers cut off its versions."""
    kept = {field: row[field] for field in fields if field in row}
    for field in ("added", "removed"):
        if field in kept:
            kept[field] = "{}.{}".format(*version(kept[field]))
    return kept


def main(extraction: Path) -> None:
    modules = {row["name"]: row for row in rows(extraction / "stdlib-modules.jsonl") if is_of_use(row)}
    files: dict[str, list[Row]] = defaultdict(list)
    for name in sorted(modules):
        files[name.partition(".")[0]].append(pick(modules[name], MODULE_FIELDS))
    symbols = 0
    for row in sorted(rows(extraction / "stdlib-symbols.jsonl"), key=lambda row: row["name"]):
        if row["module"] in modules and is_of_use(row):
            files[row["module"].partition(".")[0]].append(pick(row, SYMBOL_FIELDS))
            symbols += 1
    FACTS.mkdir(exist_ok=True)
    for stale in FACTS.glob("*.jsonl"):
        stale.unlink()
    for top, content in files.items():
        with (FACTS / f"{top}.jsonl").open("w", encoding="utf-8") as file:
            for row in [HEADER, *content]:
                file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{len(modules)} modules and {symbols} symbols in {len(files)} files")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
