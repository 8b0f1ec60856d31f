"""Makes text of cards: Markdown for clients that take it, plain text for those that do not, colours for terminals.

The Markdown is a small subset that every client shows alike: bold, code, lists, fenced code, one link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

from stdlib_ls.catalog.store import Entry
from stdlib_ls.features.cards import Card, version_note
from stdlib_ls.versions import VersionRange, show_version

Format = Literal["markdown", "plaintext", "ansi"]

_CODE = re.compile(r"`([^`]+)`")
_SPECIAL = re.compile(r"([\\*_\[\]<>#|~])")
# What fits a float in a small terminal; long lines are broken there.
_ROWS, _COLUMNS = 24, 80
_KEPT = 512
# What may go where room is short, the dearest first. Traps must not be cut for the sake of an example.
_OPTIONAL = ("pitfalls", "members", "example", "choose")
_BOLD, _DIM, _CYAN, _YELLOW, _END = "\033[1m", "\033[2m", "\033[36m", "\033[33m", "\033[0m"


@lru_cache(_KEPT)
def render(card: Card, form: Format = "markdown", detail: str = "full") -> str:
    """A card as text.

    `detail` "full" fills about two dozen rows, "brief" leaves members, choices and the example out, "whole" shows all.
    """
    if detail == "full":
        card = fitted(card)
    elif detail == "brief":
        card = card._replace(members=(), choose=(), example="")
    paragraphs = {"markdown": _markdown, "plaintext": _plain, "ansi": _ansi}[form](card)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def fitted(card: Card, rows: int = _ROWS) -> Card:
    """The card without what does not fit into so many rows."""
    used = _rows(f"{card.title}: {card.summary}") + 1 + (_rows(card.versions) + 1 if card.versions else 0)
    used += sum(map(_rows, card.lines)) + bool(card.lines) + bool(card.link)
    kept: dict[str, Any] = {}
    for name in _OPTIONAL:
        value = getattr(card, name)
        if isinstance(value, str):
            needed = value.count("\n") + 4 if value else 0
            kept[name] = value if used + needed <= rows else ""
            used += needed if kept[name] else 0
            continue
        items: list[Any] = []
        for item in value:
            needed = _rows(": ".join(item) if isinstance(item, tuple) else item) + (not items)
            if used + needed > rows:
                break
            items.append(item)
            used += needed
        kept[name] = tuple(items)
    return card._replace(**kept)


def _rows(text: str) -> int:
    return -(-(len(text) + 2) // _COLUMNS)


def _markdown(card: Card) -> Iterator[str]:
    summary = escape(card.summary)
    yield f"**`{card.title}`**" + (f": {summary}" if summary else f" ({card.kind})")
    yield escape(card.versions)
    yield "\n".join(f"- {escape(line)}" for line in card.lines)
    yield "\n".join(f"- `{name}`: {escape(text)}" for name, text in card.members)
    # The sign is mark enough: two blanks end a line where a list would put a bullet before it.
    yield "  \n".join(f"⚠ {escape(pitfall)}" for pitfall in card.pitfalls)
    yield "\n".join(f"- Rather `{name}`: {escape(text)}" for name, text in card.choose)
    yield f"```python\n{card.example}\n```" if card.example else ""
    if card.link:
        yield f"[{escape(card.link[0])}]({card.link[1]})"


def escape(text: str) -> str:
    """Prose with backticks as Markdown in which nothing else has a meaning; `__init__` stays `__init__`."""
    pieces = _CODE.split(text)
    return "".join(f"`{piece}`" if number % 2 else _SPECIAL.sub(r"\\\1", piece) for number, piece in enumerate(pieces))


def _plain(card: Card) -> Iterator[str]:
    summary = unquote(card.summary)
    yield f"{card.title}: {summary}" if summary else f"{card.title} ({card.kind})"
    yield unquote(card.versions)
    yield "\n".join(f"- {unquote(line)}" for line in card.lines)
    yield "\n".join(f"- {name}: {unquote(text)}" for name, text in card.members)
    yield "\n".join(f"! {unquote(pitfall)}" for pitfall in card.pitfalls)
    yield "\n".join(f"- Rather {name}: {unquote(text)}" for name, text in card.choose)
    yield "\n".join(f"    {line}" for line in card.example.splitlines())
    if card.link:
        yield card.link[1]


def unquote(text: str) -> str:
    """Prose without its backticks."""
    return _CODE.sub(r"\1", text)


def _ansi(card: Card) -> Iterator[str]:
    for number, paragraph in enumerate(_plain(card)):
        if number == 0:
            yield paragraph.replace(card.title, f"{_BOLD}{_CYAN}{card.title}{_END}", 1)
        elif paragraph.startswith("! "):
            yield f"{_YELLOW}{paragraph}{_END}"
        elif paragraph.startswith(("    ", "http")):
            yield f"{_DIM}{paragraph}{_END}"
        else:
            yield paragraph


def render_hits(found: list[Entry], versions: VersionRange, *, colours: bool) -> str:
    """What a search found, for terminals: a name, what it is for, and what is amiss with it in the range."""
    width = min(max(len(entry.name) for entry in found), _COLUMNS // 2)
    start, end = (_BOLD + _CYAN, _END) if colours else ("", "")
    lines = []
    for entry in found:
        deprecated = show_version(entry.deprecated) if entry.deprecated else entry.is_deprecated
        note = version_note(entry.added, deprecated, entry.removed, versions)
        name = f"{start}{entry.name}{end}" + " " * (width - len(entry.name))
        lines.append(f"{name}  {unquote(entry.summary)}" + (f" ({note})" if note else ""))
    return "\n".join(lines)
