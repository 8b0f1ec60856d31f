"""Makes text of cards: Markdown for clients that take it, plain text for those that do not, colours for terminals.

The Markdown is a small subset that every client shows alike: bold, code, lists, fenced code, one link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from stdlib_ls.features.cards import Card

Format = Literal["markdown", "plaintext", "ansi"]

_CODE = re.compile(r"`([^`]+)`")
_SPECIAL = re.compile(r"([\\*_\[\]<>#|~])")
_BOLD, _DIM, _CYAN, _YELLOW, _END = "\033[1m", "\033[2m", "\033[36m", "\033[33m", "\033[0m"


def render(card: Card, form: Format = "markdown", detail: str = "full") -> str:
    """A card as text; `detail` "brief" leaves members, choices and the example out."""
    paragraphs = {"markdown": _markdown, "plaintext": _plain, "ansi": _ansi}[form](card, detail == "full")
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _markdown(card: Card, full: bool) -> Iterator[str]:
    summary = escape(card.summary)
    yield f"**`{card.title}`**" + (f": {summary}" if summary else f" ({card.kind})")
    yield escape(card.versions)
    yield "\n".join(f"- {escape(line)}" for line in card.lines)
    if full:
        yield "\n".join(f"- `{name}`: {escape(text)}" for name, text in card.members)
    yield "\n".join(f"- ⚠ {escape(pitfall)}" for pitfall in card.pitfalls)
    if full:
        yield "\n".join(f"- {_choice(card, name)}: {escape(text)}" for name, text in card.choose)
        yield f"```python\n{card.example}\n```" if card.example else ""
    if card.link:
        yield f"[{escape(card.link[0])}]({card.link[1]})"


def _choice(card: Card, name: str) -> str:
    return "Keep it" if card.kind == "package" and name == card.title else f"Rather `{name}`"


def escape(text: str) -> str:
    """Prose with backticks as Markdown in which nothing else has a meaning; `__init__` stays `__init__`."""
    pieces = _CODE.split(text)
    return "".join(f"`{piece}`" if number % 2 else _SPECIAL.sub(r"\\\1", piece) for number, piece in enumerate(pieces))


def _plain(card: Card, full: bool) -> Iterator[str]:
    summary = unquote(card.summary)
    yield f"{card.title}: {summary}" if summary else f"{card.title} ({card.kind})"
    yield unquote(card.versions)
    yield "\n".join(f"- {unquote(line)}" for line in card.lines)
    if full:
        yield "\n".join(f"- {name}: {unquote(text)}" for name, text in card.members)
    yield "\n".join(f"! {unquote(pitfall)}" for pitfall in card.pitfalls)
    if full:
        yield "\n".join(f"- {unquote(_choice(card, name))}: {unquote(text)}" for name, text in card.choose)
        yield "\n".join(f"    {line}" for line in card.example.splitlines())
    if card.link:
        yield card.link[1]


def unquote(text: str) -> str:
    """Prose without its backticks."""
    return _CODE.sub(r"\1", text)


def _ansi(card: Card, full: bool) -> Iterator[str]:
    for number, paragraph in enumerate(_plain(card, full)):
        if number == 0:
            yield paragraph.replace(card.title, f"{_BOLD}{_CYAN}{card.title}{_END}", 1)
        elif paragraph.startswith("! "):
            yield f"{_YELLOW}{paragraph}{_END}"
        elif paragraph.startswith(("    ", "http")):
            yield f"{_DIM}{paragraph}{_END}"
        else:
            yield paragraph
