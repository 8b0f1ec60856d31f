"""The index behind the search: which words speak of which module or member, and how much.

It is made from the finished records of the catalog when that is compiled. The records are

    i names          every name that can be found, with how likely it is meant; its place in the list is its number
    w zip            numbers and weights of the names that a stem speaks of, [number, weight, number, weight, ...]
    w =mostcommon    the same for names as they are
    y zip            the stems that people use for the same thing
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from stdlib_ls.catalog.words import parts_of_compound, plain_words, stem, stems, whole

Record = dict[str, Any]

# How much it says that a word stands in each part of what is known of a name; long summaries share it out.
_OWN_NAME, _KEYWORD, _SUMMARY, _REACH_FOR, _OWNER, _MODULE_KEYWORD, _MODULE_SUMMARY = 8, 8, 6, 7, 3, 3, 1
_BRIEF = 3
# How likely a name is meant, in percent: what a card recommends more, what nobody documents or should use less.
_RECOMMENDED, _TOP_MODULE, _USUAL, _CLASS_MEMBER, _BARE_CONSTANT, _GOING = 140, 90, 100, 90, 60, 45


def index_records(
    records: dict[str, Record], synonyms: Iterable[list[str]], popularity: Mapping[str, int]
) -> Iterator[tuple[str, Any]]:
    """The records of the index over the records of modules (`m ...`) and symbols (`s ...`) that have a line.

    `synonyms` are groups of words that mean the same, `popularity` says how many programs use a name.
    """
    most = max(popularity.values(), default=1)
    names: list[list[Any]] = []
    words: dict[str, dict[int, int]] = defaultdict(dict)
    # Words of a letter or two would take names apart that are not put together.
    told = (word for record in records.values() if isinstance(record, dict) for word in plain_words(_prose(record)))
    vocabulary = {word for word in told if len(word) > 2} | {"is", "to"}
    for key, record in records.items():
        if key[:2] not in ("m ", "s ") or not _can_be_found(key[2:], record):
            continue
        module = record if key.startswith("m ") else records[f"m {record['module']}"]
        for word, weight in _weights(key[2:], record, module, vocabulary):
            words[word][len(names)] = max(weight, words[word].get(len(names), 0))
        likelihood = _likelihood(key[2:], record, module) * _renown(key[2:], record, popularity, most)
        names.append([key[2:], round(likelihood)])
    yield "i names", names
    for word, found in words.items():
        yield f"w {word}", [part for pair in found.items() for part in pair]
    alike: dict[str, set[str]] = defaultdict(set)
    for group in synonyms:
        for one in group:
            alike[stem(one)].update(stem(other) for other in group)
    for word, others in alike.items():
        yield f"y {word}", sorted(others - {word})


def _can_be_found(name: str, record: Record) -> bool:
    """Aliases are found under their main names; a special method is nothing that one looks for."""
    return "summary" in record and "alias" not in record and not name.rpartition(".")[2].startswith("_")


def _prose(record: Record) -> str:
    return " ".join([record.get("summary", ""), *record.get("keywords", ())])


def _weights(name: str, record: Record, module: Record, vocabulary: Collection[str]) -> Iterator[tuple[str, int]]:
    owner, _, own = name.rpartition(".")
    yield whole(own), _OWN_NAME
    words = len(set(stems(record["summary"])))
    parts = [(own, _OWN_NAME), (owner, _OWNER), (record["summary"], _SUMMARY * _BRIEF // max(words, _BRIEF))]
    parts += [(word, _OWN_NAME) for word in parts_of_compound(own.lower(), vocabulary)]
    parts += [(word, _KEYWORD) for word in record.get("keywords", ())]
    if record is not module:
        short = name.removeprefix(record["module"] + ".")
        parts.append((module.get("reach_for", {}).get(short, ""), _REACH_FOR))
        parts.append((module.get("summary", ""), _MODULE_SUMMARY))
        parts += [(word, _MODULE_KEYWORD) for word in module.get("keywords", ())]
    for text, weight in parts:
        for word in stems(text):
            yield word, weight


def _likelihood(name: str, record: Record, module: Record) -> int:
    is_for_tests_of_python = name.partition(".")[0] == "test"
    if is_for_tests_of_python or {"removed", "deprecated"} & (record.keys() | module.keys()):
        return _GOING
    if record is module:
        return _TOP_MODULE if "reach_for" in record else _BARE_CONSTANT
    short = name.removeprefix(record["module"] + ".")
    if short in module.get("reach_for", {}):
        return _RECOMMENDED
    if record["kind"] in ("data", "attribute", "exception"):
        return _BARE_CONSTANT
    return _CLASS_MEMBER if "." in short else _USUAL


def _renown(name: str, record: Record, popularity: Mapping[str, int], most: int) -> float:
    """How much likelier a name is meant for being used a lot, from 0.7 to 1.3.

    Uses of methods and of builtins are not counted: the former share those of their class, the latter are well known.
    """
    uses = popularity.get(name, 0)
    if record.get("module") == "builtins":
        uses = most // 4
    elif name.count(".") > record.get("module", name).count(".") + 1:
        uses = max(uses, popularity.get(name.rpartition(".")[0], 0) // 2)
    return 0.7 + 0.6 * math.log1p(uses) / math.log1p(most)
