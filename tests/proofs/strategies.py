"""What a proof's `random` can ask for: named strategies, each of which draws Python source.

    random: {TEXT: text, N: small integers, FILE: "io.StringIO(<json text>)"}

A value is the name of a strategy, or source in which <name> stands for what a strategy draws.
The same values come out on every machine and in every run, as long as Hypothesis stays pinned.
"""

from __future__ import annotations

import base64
import csv
import io
import ipaddress
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture import providers

EXAMPLES = 80
_NAMED = re.compile(r"<([a-z][a-z0-9 -]*)>")
_DRAWING = Lock()

# Otherwise it would lie in whatever directory the tests are run from.
set_hypothesis_home_dir(Path(__file__).resolve().parents[2] / ".venv/hypothesis")
# Hypothesis mixes in constants of the program that it finds loaded; every edit of that would change the proofs.
providers._get_local_constants = providers.Constants  # type: ignore[attr-defined]

Source = st.SearchStrategy[str]


class UnknownStrategy(ValueError):
    """A proof's `random` that names what the table does not have."""


@cache
def drawn(domain: tuple[tuple[str, str], ...], count: int = EXAMPLES) -> tuple[dict[str, str], ...]:
    """Different bindings, at most count, for holes and what is wanted in them, given as pairs."""
    found: dict[str, dict[str, str]] = {}

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.fixed_dictionaries({hole: strategy(wanted) for hole, wanted in domain}))
    def note(bindings: dict[str, str]) -> None:
        found.setdefault(repr(bindings), bindings)

    with _DRAWING:
        note()
    return tuple(found.values())


def strategy(wanted: str) -> Source:
    """The strategy of a name, or the one that fills in the <names> of a piece of source."""
    if wanted in STRATEGIES:
        return STRATEGIES[wanted]
    names = _NAMED.findall(wanted)
    unknown = [name for name in names if name not in STRATEGIES] or ([] if names else [wanted])
    if unknown:
        raise UnknownStrategy(f"{', '.join(unknown)} is no strategy; known are {', '.join(sorted(STRATEGIES))}")

    def fill(values: Iterable[str]) -> str:
        left = iter(values)
        return _NAMED.sub(lambda _: next(left), wanted)

    return st.tuples(*(STRATEGIES[name] for name in names)).map(fill)


def source(value: object) -> str:
    """Python source in ASCII that evaluates to a value, without any import of its own."""
    if isinstance(value, float) and repr(value).lstrip("-") in ("nan", "inf"):
        return f"float('{value!r}')"
    if isinstance(value, list):
        return f"[{', '.join(map(source, value))}]"
    if isinstance(value, tuple):
        return f"({''.join(source(item) + ', ' for item in value).rstrip()})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{source(key)}: {source(item)}' for key, item in value.items())}}}"
    text = ascii(value)
    return text.replace("datetime.", "__import__('datetime').") if text.startswith("datetime.") else text


def _of(values: st.SearchStrategy[Any], shown: Callable[[Any], str] = source) -> Source:
    return values.map(shown)


def _one_of(*sources: str) -> Source:
    return st.sampled_from(sources)


def _joined(parts: Mapping[str, st.SearchStrategy[Any]], form: str) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(dict(parts)).map(lambda values: form.format(**values))


# Values.
_any_text = st.text(st.characters(), max_size=12)
_clean_text = st.text(max_size=12)
_ascii = st.text(st.characters(max_codepoint=127), max_size=12)
_small = st.integers(-5, 12)
_whole = st.integers() | st.integers(-300, 300)
_finite = st.floats(allow_nan=False, allow_infinity=False)
_numbers = _whole | st.floats()
_atoms = st.none() | st.booleans() | _whole | st.floats() | _any_text | st.binary(max_size=8)
_hashable = st.none() | st.booleans() | _whole | _finite | _any_text | st.tuples(_small, _clean_text)
_anything = st.recursive(
    _atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(_hashable, inner, max_size=3)
    ),
    max_leaves=6,
)


def _json(atoms: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.text(st.characters(max_codepoint=0xD7FF, exclude_characters="/\x7f"), max_size=8)

    def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)

    return st.recursive(atoms, nested, max_leaves=8)


# What every writer and reader of JSON agrees on: the floats are those that all write alike.
_plain_floats = st.integers(-(10**6), 10**6).map(lambda number: number / 8)
_json_atoms = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _plain_floats
_usual_text = st.text(st.characters(max_codepoint=0xD7FF), max_size=8)
_modest_atoms = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | _plain_floats | _usual_text
_plain_json = _json(_json_atoms | _clean_text)
_wide_json = _json(st.none() | st.booleans() | st.integers() | _finite | _any_text)


def _as_json(values: st.SearchStrategy[Any], **options: Any) -> st.SearchStrategy[str]:
    form = st.sampled_from([None, None, 1])
    return st.tuples(values, form, st.booleans()).map(
        lambda drawn: json.dumps(drawn[0], indent=drawn[1], ensure_ascii=drawn[2], **options)
    )


def _spoiled(texts: st.SearchStrategy[str], letters: str) -> st.SearchStrategy[str]:
    """Texts with one letter put in, taken out or exchanged."""

    def spoil(drawn: tuple[str, int, str, int]) -> str:
        text, at, letter, gone = drawn
        at %= len(text) + 1
        return text[:at] + letter + text[at + gone :]

    return st.tuples(texts, st.integers(0, 60), st.sampled_from(["", *letters]), st.integers(0, 1)).map(spoil)


# Dates and times.
_minutes = st.integers(-1439, 1439)
_zones = _minutes.map(lambda minutes: timezone(timedelta(minutes=minutes)))
_dates = st.dates(date(1, 1, 3), date(9999, 12, 29))
_naive = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29))
_aware = st.tuples(_naive, _zones).map(lambda drawn: drawn[0].replace(tzinfo=drawn[1]))
_offset = _joined(
    {"sign": st.sampled_from("+-"), "h": st.integers(0, 23), "m": st.integers(0, 59)}, "{sign}{h:02}:{m:02}"
)
_zone = st.just("Z") | _offset
_positive_zone = _zone.filter(lambda zone: zone != "-00:00")
_day = _dates.map(lambda day: day.isoformat())
_hours = st.integers(-23, 23) | st.integers(-46, 46).map(lambda half: half / 2)
_clock = _naive.map(lambda moment: moment.time().replace(microsecond=0, fold=0).isoformat())
_fraction = st.just("") | st.integers(0, 999_999).map(lambda number: f".{number:06}")
_moment = _joined({"day": _day, "clock": _clock, "fraction": _fraction}, "{day}T{clock}{fraction}")

# Paths and addresses.
_part = st.sampled_from(["", ".", "..", "a", "b", "f.txt", ".x", "a.b.c", "\u00e9 \u00fc", "x" * 30]) | _ascii.map(
    lambda text: text.replace("\0", "").replace("/", "")
)
_path = st.tuples(st.sampled_from(["", "", "/", "//"]), st.lists(_part, max_size=4), st.sampled_from(["", "/"])).map(
    lambda drawn: drawn[0] + "/".join(drawn[1]) + drawn[2]
)
# Of a directory that only the proof itself changes; the names are those that its files often have there.
_name_below = st.sampled_from(["dir", "sub", "link", "broken", "f.txt", "empty", "none", "\u00e9"])
_path_below = st.tuples(
    _name_below | st.text("ab.", min_size=3, max_size=5), st.sampled_from(["", "/", "/.", "/sub", "/f.txt"])
).map("".join)
_ipv4 = st.ip_addresses(v=4).map(str)
_ipv6 = st.ip_addresses(v=6).map(str)
# Which address ::ffff:1.2.3.4 stands for is judged by Pythons in different ways.
_plain_ipv6 = _ipv6.filter(lambda text: not ipaddress.IPv6Address(text).ipv4_mapped)


def _network(drawn: tuple[str, int]) -> str:
    address, length = drawn
    return str(ipaddress.ip_network((address, length), strict=False))


_networks = (st.tuples(_ipv4, st.integers(0, 32)) | st.tuples(_ipv6, st.integers(0, 128))).map(_network)

# Source of what can be walked through, once or more often, and of what cannot.
_lists = _of(st.lists(_atoms, max_size=6))
_walked = (
    _lists
    | _lists.map(lambda text: f"iter({text})")
    | _lists.map(lambda text: f"(item for item in {text})")
    | _of(st.lists(_atoms, max_size=5).map(tuple))
    | _of(_any_text)
    | _of(st.binary(max_size=6))
    | _of(st.dictionaries(_hashable, _atoms, max_size=4))
    | st.tuples(_small, _small).map(lambda ends: f"range({ends[0]}, {ends[1]})")
)
_bytes_like = _of(st.binary(max_size=80)).flatmap(
    lambda text: _one_of(text, text, f"bytearray({text})", f"memoryview({text})")
)
_not_walked = _of(st.none() | _small | _finite)
# Nothing between small and huge: a list of a thousand million items would be made, and not fit.
_counts = _of(_small | _small | st.sampled_from([2**63 - 1, 2**63, -(2**63), 2**70]))


def _toml(drawn: list[tuple[str, Any]]) -> str:
    lines = {key: json.dumps(value, ensure_ascii=False) for key, value in drawn}
    return "\n".join(f"{key} = {value}" for key, value in lines.items())


# What JSON and TOML write alike: no null, no empty exponent, no control character, plain keys.
_toml_text = st.text(
    st.characters(min_codepoint=0xA0, exclude_categories=["Cs"]) | st.sampled_from("ab c\\\"'#=[]"), max_size=8
)
_toml_atoms = st.booleans() | st.integers(-(2**63), 2**63 - 1) | _plain_floats | _toml_text
_toml_pairs = st.tuples(st.text("ab-_9", min_size=1, max_size=5), _toml_atoms | st.lists(_plain_floats, max_size=3))
_tomls = st.lists(_toml_pairs, max_size=5).map(_toml)

_entities = st.sampled_from(["&amp;", "&lt;", "&gt;", "&quot;", "&eacute;", "&hellip;"]) | st.integers(
    0xA0, 0xD7FF
).flatmap(lambda code: st.sampled_from([f"&#{code};", f"&#x{code:x};"]))
_encoded = st.binary(max_size=24).map(base64.b64encode)
_cells = st.lists(st.text("ab ,;\"'\u00e9\n", max_size=5), min_size=1, max_size=4)


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


_csvs = st.lists(_cells, max_size=4).map(_csv)
_noons = st.dates(date(1972, 1, 1), date(2036, 12, 31)).map(lambda day: datetime(day.year, day.month, day.day, 12))

STRATEGIES: dict[str, Source] = {
    # Text and bytes.
    "text": _of(_any_text),
    "html text": _of(st.lists(_entities | st.text("ab \u00e9<>", max_size=3), max_size=6).map("".join)),
    "text without surrogates": _of(_clean_text),
    "ascii text": _of(_ascii),
    "words": _of(st.lists(st.text("abcXYZ\u00e9", min_size=1, max_size=14), max_size=12).map(" ".join)),
    "lines": _of(st.lists(st.text(" \tab\u00e9-", max_size=8), max_size=6).map("\n".join)),
    "bytes": _of(st.binary(max_size=80)),
    "short bytes": _of(st.binary(max_size=12)),
    "bytes-like": _bytes_like,
    "bytes-like or not": _bytes_like | _bytes_like | _of(_anything),
    "text or bytes": _of(_any_text | st.binary(max_size=12) | _clean_text.map(str.encode)),
    "base64": _of(_encoded | _encoded.map(bytes.decode)),
    # Numbers.
    "small integers": _of(_small),
    "counts": _counts,
    "counts or not": _counts | _counts | _of(st.none() | st.booleans() | st.floats() | _any_text),
    "sizes": _of(st.integers(1, 12)),
    "integers": _of(_whole),
    "positive integers": _of(st.integers(1, 2**70)),
    "bytes as integers": _of(st.integers(0, 255)),
    "days": _of(st.integers(-3000, 3000)),
    "offset seconds": _of(st.integers(-86_399, 86_399)),
    "floats": _of(st.floats()),
    "finite floats": _of(_finite),
    "numbers": _of(_numbers),
    "numbers or not": _of(_numbers) | _of(_anything),
    "hours or not": _of(_hours) | _of(_hours) | _of(_hours) | _of(_anything),
    "booleans": _of(st.booleans()),
    # Collections, and anything.
    "anything": _of(_anything),
    "hashable": _of(_hashable),
    "lists of integers": _of(st.lists(_whole, max_size=8)),
    "lists of small integers": _of(st.lists(_small, max_size=8)),
    "lists of numbers": _of(st.lists(_whole | _finite, max_size=8)),
    "lists of text": _of(st.lists(_any_text, max_size=6)),
    "lists of factors": _of(st.lists(_small | _finite | st.text(max_size=2), max_size=6)),
    "lists of anything or not": _of(st.lists(_anything, max_size=5) | _anything),
    "lists of anything": _of(st.lists(_anything, max_size=5)),
    "lists of hashables": _of(st.lists(_hashable, max_size=6)),
    "lists of lists": _of(st.lists(st.lists(_small, max_size=4), max_size=5)),
    "pairs": _of(st.tuples(_small, _small)),
    "lists of pairs": _of(st.lists(st.tuples(_small, _small), max_size=6)),
    "dictionaries or not": _of(st.dictionaries(_hashable, _atoms, max_size=5) | _anything),
    "dictionaries": _of(st.dictionaries(_hashable, _atoms, max_size=5)),
    "iterables": _walked,
    "filled iterables": _of(st.lists(_atoms, min_size=1, max_size=6)) | _of(st.text(min_size=1, max_size=6)),
    "iterables of hashables": _of(st.lists(_hashable, max_size=6)).flatmap(lambda text: _one_of(text, f"iter({text})")),
    "iterables or not": _walked | _walked | _walked | _walked | _not_walked,
    "iterables of iterables": st.lists(_walked, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
    "iterables of iterables or not": st.lists(_walked | _walked | _walked | _not_walked, max_size=4).map(
        lambda items: f"[{', '.join(items)}]"
    )
    | _walked,
    "arguments": st.lists(_walked | _walked | _walked | _not_walked, max_size=4).map(", ".join),
    "range arguments": st.lists(_of(_small), max_size=3).map(", ".join),
    "functions": _one_of(
        "str", "bool", "len", "int", "abs", "repr", "list", "lambda item: [item, item]", "lambda item: item",
        "lambda item: 1 / item", "lambda item: item[0]", "lambda item: item + item",
    ),
    "joining functions": _one_of(
        "__import__('operator').add", "__import__('operator').mul", "max", "min", "lambda one, two: two",
        "lambda one, two: [one, two]", "lambda one, two: one - two",
    ),
    # JSON.
    "json values": _of(_plain_json),
    "json values of all kinds": _of(_wide_json),
    "plain json values": _of(_json(_json_atoms | st.text(st.characters(codec="utf-8", exclude_characters="/\x7f")))),
    "json text": _of(_as_json(_plain_json)),
    # No letter makes a number of these that is too large for anybody.
    "json text or not": _of(_spoiled(_as_json(_json(_modest_atoms)), '{}[]:,"\\0-.n\u00e9 ')),
    "json lines without null": _of(
        st.lists(_plain_json.filter(lambda value: value is not None).map(json.dumps), max_size=5).map("\n".join)
    ),
    "json lines": _of(st.lists(_plain_json.map(json.dumps), max_size=5).map("\n".join)),
    "toml text": _of(_tomls),
    "toml text or not": _of(_spoiled(_tomls, "=[]\"'\\#.\n-+_09e\u00e9 ")),
    "csv text": _of(_csvs),
    # Dates and times.
    "dates": _of(_dates),
    "datetimes": _of(_naive),
    "aware datetimes": _of(_aware),
    "middays": _of(_noons),
    "datetimes or not": _of(_naive | _aware | st.times()) | _of(_naive | _aware | _anything),
    "times": _of(st.times()),
    "iso dates": _of(_day | _day.map(lambda text: text.replace("-", ""))),
    "iso times": _of(_joined({"clock": _clock, "zone": st.just("") | _zone}, "{clock}{zone}")),
    "iso times with usual zone": _of(_joined({"clock": _clock, "zone": st.just("") | _positive_zone}, "{clock}{zone}")),
    "iso datetimes": _of(_joined({"moment": _moment, "zone": st.just("") | _zone}, "{moment}{zone}")),
    "iso datetimes with usual zone": _of(
        _joined({"moment": _moment, "zone": st.just("") | _positive_zone}, "{moment}{zone}")
    ),
    "iso datetimes with zone": _of(_joined({"moment": _moment, "zone": _zone}, "{moment}{zone}")),
    "iso datetimes or not": _of(_spoiled(_joined({"moment": _moment, "zone": _zone}, "{moment}{zone}"), "0T:-+.Z9 ")),
    "iso dates or not": _of(_spoiled(_day, "0-W9 ")),
    "zone names": _one_of(*map(repr, (
        "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC",
        "America/St_Johns", "Asia/Tokyo", "Europe/Dublin", "Etc/GMT+5",
    ))),
    "time stamps": _of(st.integers(0, 2**31 - 2)),
    # Paths, addresses, identifiers.
    "paths": _of(_path),
    "paths below": _of(_path_below),
    "paths or not": _of(_path) | _of(_path) | _of(_path.map(os.fsencode) | _anything),
    "addresses": _of(_ipv4 | _plain_ipv6),
    "networks": _of(_networks),
    "uuids": _of(st.uuids().map(str)),
}  # fmt: skip
