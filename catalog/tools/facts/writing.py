"""The signature of each symbol, in the form that `signatures.Writer` describes."""

from __future__ import annotations

import ast
import builtins
import re

from facts.evidence import Evidence, Row, read_minors
from facts.signatures import KEYWORDS, REST, Parameter, Signature, Writer, merge_overloads

_NOT_FOR_PEOPLE = ("object", "Any", "Self", "Callable", "type")
_LONGEST_DEFAULT, _MOST = 40, 4
_SELF = re.compile(r"^\(self, ")
_OWNER = re.compile(r"^\((?:self|cls)(?:, /)?(?:, |(?=[\[)]))")


def signatures(evidence: Evidence, symbols: dict[str, Row]) -> dict[str, str | list[str]]:
    """By name; a list where a function can be called in really different ways."""
    classes = {row["name"].rpartition(".")[2] for row in symbols.values() if row["kind"] in ("class", "exception")}
    known = {*classes, *(name for name, one in vars(builtins).items() if isinstance(one, type))}
    writer = Writer((known - {*_NOT_FOR_PEOPLE}).__contains__)
    found: dict[str, str | list[str]] = {}
    for name, row in symbols.items():
        texts = [] if "alias_of" in row else list(dict.fromkeys(_write(evidence, row, writer)))[:_MOST]
        if texts:
            found[name] = texts[0] if len(texts) == 1 else texts
    return found


def _write(evidence: Evidence, row: Row, writer: Writer) -> list[str]:
    name, module = row["name"], row["module"]
    stub = evidence.stubs.find(module, name.removeprefix(module + "."))
    if row["kind"] in ("data", "attribute", "property"):
        text = writer.simple(stub.annotation, 60) if stub else ""
        return [f": {text}"] if text else []
    overloads = merge_overloads(stub.signatures) if stub else []
    document = evidence.document_of(name)
    described = document.described.get(evidence.documented[name]) if document else None
    printed = [one for one in described.signatures if one.startswith("(")] if described else []
    if row["kind"] != "function":
        # The first parameter of a class may really be called cls: that of ast.MatchClass is.
        owner = _OWNER if row["kind"].endswith("method") else _SELF
        printed = [owner.sub("(", one) for one in printed]
    if printed:
        return [writer.annotate(one, overloads) for one in printed]
    minor, seen = _seen(evidence, name)
    is_blind = ("doc" in row and document is None) or minor < max(read_minors(row.get("rt", "")), default=0)
    if "sig" in row and is_blind:
        # What documentation or a newer interpreter told, which is not at hand now, still holds.
        return list(row["sig"]) if isinstance(row["sig"], list) else [row["sig"]]
    if all(one.kind in (REST, KEYWORDS) for one in seen) and (overloads or not minor):
        return [writer.write(one) for one in overloads]
    return [writer.write(Signature(seen), overloads)]


def _seen(evidence: Evidence, name: str) -> tuple[int, tuple[Parameter, ...]]:
    """The newest minor version at hand that tells parameters, and these, with defaults as they would be written."""
    for minor in sorted(evidence.answers, reverse=True):
        for answer in evidence.answers[minor]:
            if name in answer["parameters"]:
                return minor, tuple(
                    Parameter(one, kind, "", None if default is None else readable(default))
                    for one, kind, default in answer["parameters"][name]
                )
    return 0, ()


def readable(default: str) -> str:
    """A default as source would have it: `<class 'json.JSONEncoder'>` is JSONEncoder; dots where there is no way."""
    named = re.fullmatch(r"<(?:class|built-in function|function|enum)? ?'?([\w.]+)'?(?: at 0x\w+|: .*)?>", default)
    if named:
        return named.group(1).removeprefix("builtins.")
    try:
        ast.parse(default, mode="eval")
    except SyntaxError:
        return "..."
    return default if len(default) <= _LONGEST_DEFAULT else "..."
