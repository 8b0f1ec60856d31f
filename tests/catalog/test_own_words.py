"""No line of a card is taken from a docstring: neither a whole sentence nor a long run of words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

CARDS = Path(__file__).resolve().parents[2] / "catalog/cards"
# A sentence as short as that may be what anybody would say.
SHORT = 4
RUN = 8

DOCSTRINGS = """
import importlib, inspect, json, sys
found = {}
for module in sys.stdin.read().split():
    try:
        loaded = importlib.import_module(module)
    except BaseException:
        continue
    texts = [loaded.__doc__ or ""]
    for name, value in vars(loaded).items():
        texts.append(str(getattr(value, "__doc__", None) or ""))
        if inspect.isclass(value):
            texts += [str(getattr(member, "__doc__", None) or "") for member in list(vars(value).values())]
    found[module] = texts
print(json.dumps(found))
"""


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def texts(card: dict[str, object]) -> Iterator[str]:
    """Every sentence of a card, wherever it stands in it."""
    for key, value in card.items():
        if key not in ("example", "output", "module"):
            yield from _texts(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def test_no_sentence_is_taken_from_a_docstring(say: Callable[[str], None]) -> None:
    cards = {
        path: yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader) for path in sorted(CARDS.rglob("*.yaml"))
    }
    # These open windows or print poems when they are imported.
    names = [card["module"] for card in cards.values() if card["module"] not in ("antigravity", "this")]
    asked = [sys.executable, "-W", "ignore", "-c", DOCSTRINGS]
    printed = subprocess.run(asked, input="\n".join(names), capture_output=True, text=True, check=True).stdout
    docstrings: dict[str, list[str]] = json.loads(printed.splitlines()[-1])
    sentences: set[tuple[str, ...]] = set()
    runs: set[tuple[str, ...]] = set()
    for text in (text for listed in docstrings.values() for text in listed):
        sentences.update(tuple(words(sentence)) for sentence in re.split(r"(?<=[.!?])\s|\n\s*\n", text))
        all_words = words(text)
        runs.update(tuple(all_words[start : start + RUN]) for start in range(len(all_words) - RUN + 1))
    taken, compared = [], 0
    for path, card in cards.items():
        for text in texts(card):
            told = words(text)
            compared += 1
            own_runs = (tuple(told[start : start + RUN]) for start in range(len(told) - RUN + 1))
            if (len(told) > SHORT and tuple(told) in sentences) or not runs.isdisjoint(own_runs):
                taken.append(f"{path.relative_to(CARDS)}: {text}")
    say(f"compared {compared} sentences of cards with {len(sentences)} sentences of docstrings")
    assert taken == []
