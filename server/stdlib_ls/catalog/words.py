"""Words as the search compares them: small letters, without endings, names taken apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

import snowballstemmer

# Words that say nothing about what somebody looks for.
STOP_WORDS = frozenset(
    "a about all an and any are as at be been being by can could do does each every everything few for from get"
    " give had has have how i if in inside into is it its just like made make many me much my need no not of off"
    " on one only onto or other our over own per python should so some something than that the their them then"
    " there these they thing things this those to too under us use used using very via want was way we were what"
    " when where which while who whose why will with within without would you your".split()
)
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WORD = re.compile(r"[^\W_]+")
_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(20_000)
def stem(word: str) -> str:
    """A word without its ending, in small letters: "parsing" and "Parse" give "pars"."""
    stemmed: str = _STEMMER.stemWord(word.lower())
    return stemmed


def plain_words(text: str) -> list[str]:
    """The words of a text in small letters, names as they are: "Counter.most_common" gives counter, most, common."""
    return [word.lower() for word in _WORD.findall(text)]


def stems(text: str) -> Iterator[str]:
    """The stems of the telling words of a text, names in it taken apart."""
    for word in _WORD.findall(text):
        for piece in {word, *_PIECE.findall(word)}:
            if piece.lower() not in STOP_WORDS:
                yield stem(piece)


def whole(name: str) -> str:
    """A name as one word, which no stem is: "most_common" gives "=mostcommon"."""
    return "=" + "".join(plain_words(name))


def parts_of_compound(name: str, vocabulary: Collection[str]) -> list[str]:
    """The words that a name in small letters is put together from, as "urlencode" is; none if it is not."""
    for middle in range(len(name) - 2, 1, -1):
        first, rest = name[:middle], name[middle:]
        if first in vocabulary:
            others = [rest] if rest in vocabulary else parts_of_compound(rest, vocabulary)
            if others:
                return [first, *others]
    return []
