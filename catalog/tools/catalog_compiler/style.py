"""The style of cards, as far as a program can judge it: how a line begins, and that it says something."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog_compiler.facts import Facts
from stdlib_ls.catalog.source import Key, Row, Source

# Versions and status come from the facts, which know them for the reader's own range of Pythons.
_STATUS = re.compile(
    r"\b(Python [23]\b|(?:is|was|are|were|been) (?:deprecated|removed)|no longer supported|soft-deprecated"
    r"|(?:deprecated|removed|added|new|changed) (?:in|since) (?:Python|version))",
    re.IGNORECASE,
)
# Lines begin with an imperative ("Read ..."), so neither with a verb in the third person nor with a gerund.
_THIRD_PERSON = re.compile(
    r"(?:Accept|Add|Allow|Append|Apply|Ask|Attach|Begin|Build|Call|Cancel|Change|Check|Clear|Close|Collect|Combine|Compare"
    r"|Compile|Compute|Connect|Contain|Convert|Copie|Count|Create|Decode|Define|Delete|Describe|Do|Draw|Emit|Encode|Execute"
    r"|Extract|Feed|Fetche|Fill|Find|Forget|Format|Get|Give|Handle|Hold|Indicate|Insert|Join|Keep|Let|Limit|List|Load|Look"
    r"|Make|Mark|Match|Matche|Move|Open|Parse|Perform|Place|Print|Provide|Put|Raise|Read|Receive|Record|Register|Remove"
    r"|Rename|Replace|Report|Represent|Reset|Return|Run|Save|Search|Searche|Send|Set|Show|Sort|Split|Start|Stop|Store|Strip"
    r"|Take|Tell|Test|Transform|Trie|Turn|Update|Use|Wait|Wrap|Write|Yield)s\b"
)
_GERUND = re.compile(r"(?:Return|Gett|Sett|Mak|Creat|Read|Writ|Check|Giv|Tell|Tak|Add|Remov|Build|Runn|Convert)ing\b")
_EMPTY_START = re.compile(
    r"This\b|Used (?:to|for)\b|(?:A|The) (?:module|function|method|class|exception) (?:that|which|to|for)\b"
)
# Words that do not tell one thing from another.
_FILLERS = frozenset(
    "a an the of for to in on is and or it its this that as by with return returns get make call do use give whether"
    " function method class exception object constant value module package error raised when something".split()
)


def check_style(source: Source, facts: Facts) -> None:
    """Complain about lines that begin badly, speak of versions or only say the name again."""
    module = source.value["module"]
    for key, name, line in _lines(source.value):
        kind = (facts.find(f"{module}.{name}") or {}).get("kind", "") if name else "module"
        for complaint in complaints(line, f"{module}.{name}" if name else module, kind):
            source.complain(key, complaint)
    for key, text in _other_texts(source.value):
        if _STATUS.search(text):
            source.complain(key, "speaks of a version or status; leave that to the facts")


def complaints(line: str, name: str, kind: str) -> Iterator[str]:
    """What is wrong with the one-line summary of a name of some kind."""
    if not line[:1].isupper() and line[:1] not in "`\"'(0123456789":
        yield "begins with a small letter; write a sentence"
    if _STATUS.search(line):
        yield "speaks of a version or status; leave that to the facts"
    if _EMPTY_START.match(line):
        yield "begins with empty words; say what it is for"
    if kind in ("function", "method", "classmethod", "staticmethod", "module"):
        if _THIRD_PERSON.match(line):
            yield "begins in the third person; write the imperative: Read, not Reads"
        if _GERUND.match(line):
            yield "begins with a gerund; write the imperative: Read, not Reading"
    words = set(re.findall(r"[a-z0-9]+", line.lower())) - _FILLERS
    if (words and all(word in name.lower() for word in words)) or not words:
        yield "only says the name again; say what it is for"


def _lines(card: Row) -> Iterator[tuple[Key, str, str]]:
    """Every one-line summary of a card: where it stands, the member's name or nothing, the line."""
    yield ("summary",), "", card["summary"]
    for name, line in card.get("members", {}).items():
        yield ("members", name), name, line if isinstance(line, str) else line["summary"]


def _other_texts(card: Row) -> Iterator[tuple[Key, str]]:
    """What else stands in a card in prose."""
    for section in ("reach_for", "choose"):
        for name, text in card.get(section, {}).items():
            yield (section, name), text
    for index, text in enumerate(card.get("pitfalls", ())):
        yield ("pitfalls", index), text
    for name, line in card.get("members", {}).items():
        for index, text in enumerate(line.get("pitfalls", ()) if isinstance(line, dict) else ()):
            yield ("members", name, "pitfalls", index), text
