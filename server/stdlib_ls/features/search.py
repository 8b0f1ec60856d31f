"""Search by purpose: "unzip", "temporary file", "most common elements" lead to the names that do it, best first.

Each word of the question is looked up in an index of stems and names (`catalog/search_index.py`). The score of a name
is the sum over the words of how much the word says of it, times how rare the word is (inverse document frequency,
Spärck Jones 1972); what answers only part of the question loses more than that part.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from stdlib_ls.catalog.store import Catalog, Entry
from stdlib_ls.catalog.words import STOP_WORDS, plain_words, stem, whole
from stdlib_ls.features.render import unquote
from stdlib_ls.features.source_file import Context
from stdlib_ls.versions import VersionRange

LIMIT = 20
# The very name says more than a word, one that only means the same says less, as does what the last word may become.
_WHOLE, _PAIR, _SYNONYM, _LONGER = 3.0, 1.3, 0.6, 0.3
# A word that so few names have is not rarer in what people ask.
_COMMON = 10


def search(question: str, context: Context, limit: int = LIMIT) -> list[Entry]:
    """The modules and members that a question in plain words asks for, best first, within the range of Pythons.

    Whoever asks by the full name gets that first.
    """
    catalog = context.catalog
    found: dict[str, Entry] = {}
    for name in (question.strip(), *ranked(question, catalog)):
        entry = catalog.find(name) or catalog.find(f"builtins.{name}")
        if entry and entry.summary and _fits(entry, context.versions):
            found.setdefault(entry.name, entry)
        if len(found) >= limit:
            break
    return list(found.values())


def as_json(entry: Entry) -> dict[str, str]:
    """The fields that `search --json` and the server's command promise."""
    return {"name": entry.name, "kind": entry.kind, "summary": unquote(entry.summary)}


def _fits(entry: Entry, versions: VersionRange) -> bool:
    """Whether some Python of the range has the thing."""
    is_gone = entry.removed and entry.removed <= versions.lowest
    return not is_gone and not (entry.added and entry.added > versions.newest)


def ranked(question: str, catalog: Catalog) -> list[str]:
    """Every name that a word of the question speaks of, best first."""
    names = catalog.findable_names()
    scores: dict[int, float] = defaultdict(float)
    answered: dict[int, float] = defaultdict(float)
    asked = 0.0
    words = plain_words(question)
    for position, word in enumerate(words):
        if word in STOP_WORDS or word in words[:position]:
            continue
        found = _speaks_of(words, position, catalog)
        direct = sum(1 for _ in catalog.names_of_word(stem(word))) or len(found)
        rarity = math.log(1 + len(names) / (direct + _COMMON))
        asked += rarity
        for number, weight in found.items():
            scores[number] += rarity * weight
            answered[number] += rarity

    def worth(number: int) -> float:
        return scores[number] * answered[number] / asked * names[number][1]

    best = sorted(scores, key=lambda number: (-worth(number), number))
    return [names[number][0] for number in best]


def _speaks_of(words: list[str], position: int, catalog: Catalog) -> dict[int, float]:
    """The numbers of the names that a word of the question speaks of, and how much it says of each."""
    found: dict[int, float] = {}
    for weight, reading in _readings(words, position, catalog):
        for number, value in catalog.names_of_word(reading):
            found[number] = max(found.get(number, 0.0), value * weight)
    return found


def _readings(words: list[str], position: int, catalog: Catalog) -> Iterator[tuple[float, str]]:
    """The keys of the index to look a word up by, each with how much it counts."""
    word = words[position]
    yield 1.0, stem(word)
    yield _WHOLE, whole("".join(words))
    # "url encode" may mean urlencode.
    for pair in (words[max(0, position - 1) : position + 1], words[position : position + 2]):
        if len(pair) == 2:
            yield _PAIR, whole("".join(pair))
    for other in catalog.synonyms(stem(word)):
        yield _SYNONYM, other
    if position == len(words) - 1 and len(word) > 2:
        # It may still be in the making.
        for longer in catalog.words_from(word):
            yield _LONGER, longer
