"""What completion lists show of modules and members, made when the catalog is compiled.

A row is label, kind, summary, versions (added, deprecated, removed) and how much it is used, as `store.Row` has it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

Record = dict[str, Any]

LAST_RANK = 9
# So few programs use the others that their names would be in the way of what people mean.
_USES_TO_OFFER = 5
_OFFERED = 1_000


def popularity_ranks(popularity: Mapping[str, int]) -> dict[str, int]:
    """How much each name is used, from 0, the most, to 9: every step stands for about half as many programs."""
    most = math.log1p(max(popularity.values(), default=1))
    return {name: LAST_RANK - round(LAST_RANK * math.log1p(uses) / most) for name, uses in popularity.items()}


def list_row(label: str, record: Record, rank: int, *, on_instances: bool = False) -> list[Any]:
    """The row of a module or symbol in a list, without what the reader takes for granted at its end."""
    versions = [record.get(field) or "" for field in ("added", "deprecated", "removed")]
    row = [label, record["kind"], record.get("summary", ""), *versions]
    if on_instances:
        return [*row, rank, True]
    return row if rank == LAST_RANK else [*row, rank]


def import_records(records: Mapping[str, Record], popularity: Mapping[str, int]) -> Iterator[tuple[str, list[Any]]]:
    """The records of names that programs import a lot, by their first letter, the most used first.

    What is deprecated is left out; programs that use it under that name count for where it lives today.
    """
    uses: dict[str, int] = defaultdict(int)
    for name, count in popularity.items():
        record = _record(name, records)
        current = record["bases"][0] if record and "alias" in record and record.get("deprecated") else name
        uses[current] = max(uses[current], count)
    ranks = popularity_ranks(uses)
    wanted = sorted((-count, name) for name, count in uses.items() if count >= _USES_TO_OFFER)
    found: dict[str, list[Any]] = defaultdict(list)
    offered = [name for _, name in wanted if _is_importable(name, records)][:_OFFERED]
    for name in offered:
        record = _record(name, records)
        found[name.rpartition(".")[2][0].lower()].append(list_row(name, record, ranks[name]))
    for letter, rows in found.items():
        yield f"n {letter}", rows


def _record(name: str, records: Mapping[str, Record]) -> Record:
    return records.get(f"m {name}") or records.get(f"s {name}") or {}


def _is_importable(name: str, records: Mapping[str, Record]) -> bool:
    """Whether `import` brings a name, which nobody advises against and no builtin has."""
    record, (owner, _, own) = _record(name, records), name.rpartition(".")
    if not record or own.startswith("_") or "removed" in record or "deprecated" in record:
        return False
    is_module = f"m {name}" in records
    if "undocumented" in record or (not is_module and "undocumented" in records.get(f"m {owner}", "undocumented")):
        return False
    return owner not in ("builtins", "__future__") and f"s builtins.{own}" not in records
