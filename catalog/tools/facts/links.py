"""Where each version of the documentation has a name.

`doc` is its address in the newest documentation that has it, `doc_version` that version if it is not the newest of
all, and `doc_since` the first version that is sure to have it there.
`doc_before` has the addresses of earlier versions: {"3.9-3.11": "library/..."} for 3.9, 3.11 and what is between.
Between two versions at hand that differ nothing is sure, so the newer one is linked.
The addresses of every version are kept with the tests (`tests/catalog/inventories/`), in case its documentation
cannot be had any more.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from facts.documentation import Documentation
from facts.evidence import Row, minor_of
from facts.pages import CHAPTERS

Addresses = dict[str, set[str]]


def keep_inventories(folder: Path, documents: list[Documentation]) -> None:
    """Writes the sorted addresses of each version at hand, byte for byte the same each time."""
    folder.mkdir(parents=True, exist_ok=True)
    for document in documents:
        found = {*document.addresses.values(), *(module["doc"] for module in document.index.values())}
        lines = "".join(f"{one}\n" for one in sorted(found) if one.startswith(CHAPTERS))
        path = folder / f"{document.version}.txt.gz"
        if not path.is_file() or gzip.decompress(path.read_bytes()) != lines.encode():
            path.write_bytes(gzip.compress(lines.encode(), mtime=0))


def read_inventories(folder: Path) -> dict[int, Addresses]:
    """By minor version and anchor: the addresses that have it."""
    found: dict[int, Addresses] = {}
    for path in folder.glob("*.txt.gz"):
        anchors: Addresses = found.setdefault(minor_of(path.name.removesuffix(".txt.gz")) or 0, {})
        for address in gzip.decompress(path.read_bytes()).decode().splitlines():
            anchors.setdefault(address.partition("#")[2], set()).add(address)
    return dict(sorted(found.items()))


def add_links(row: Row, inventories: dict[int, Addresses]) -> None:
    """Sets `doc_since` and `doc_before` of a row with a `doc`, or with the `doc_last` of a module that went."""
    version, _, address = row.get("doc_last", f"{row.get('doc_version', '')}:{row['doc']}").partition(":")
    anchor = address.partition("#")[2]
    last = minor_of(version) or max(
        minor for minor, anchors in inventories.items() if address in anchors.get(anchor, ())
    )
    if last < max(inventories) and "doc_last" not in row:
        row["doc_version"] = f"3.{last}"
    spans: list[tuple[str, list[int]]] = []
    for minor, anchors in inventories.items():
        there = anchors.get(anchor, set()) if minor <= last else set()
        place = address if address in there else min(there, default="")
        if spans and spans[-1][0] == place:
            spans[-1][1].append(minor)
        else:
            spans.append((place, [minor]))
    spans = [(place, minors) for place, minors in spans if place]
    row.pop("doc_since", None)
    row.pop("doc_before", None)
    if spans and spans[-1][0] == address:
        first = spans.pop()[1][0]
        # A version that brought the thing is sure to document it; one that only had it is not.
        if any((minor_of(row.get("added")) or 0) <= minor < first for minor in inventories):
            row["doc_since"] = f"3.{first}"
    if spans:
        row["doc_before"] = {
            f"3.{minors[0]}-3.{minors[-1]}" if len(minors) > 1 else f"3.{minors[0]}": place for place, minors in spans
        }
