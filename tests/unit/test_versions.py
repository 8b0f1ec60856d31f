"""Versions and ranges: what is read from specifiers and targets."""

from __future__ import annotations

import re

import pytest

from stdlib_ls.versions import (
    NEWEST_KNOWN,
    OLDEST_KNOWN,
    VersionRange,
    clamp,
    parse_specifier,
    parse_target,
    parse_version,
    show_version,
)

SPECIFIERS = {
    "": (None, None),
    "*": (None, None),
    ">=3.9": ((3, 9), None),
    ">= 3.9": ((3, 9), None),
    ">=3.9,<3.13": ((3, 9), (3, 12)),
    " >=3.9 , <3.13 ,": ((3, 9), (3, 12)),
    ">=3.9 <3.13": ((3, 9), (3, 12)),
    ">=3.9,<4": ((3, 9), None),
    ">=3.9,<4.0": ((3, 9), None),
    ">=3.9.2": ((3, 9), None),
    # 3.9.1 is greater than 3.9.
    ">3.9": ((3, 9), None),
    ">3.9.1": ((3, 9), None),
    "<3.13.1": (None, (3, 13)),
    "<3.13.0": (None, (3, 12)),
    "<=3.12": (None, (3, 12)),
    "<=3": (None, None),
    "<3": (None, (2, 7)),
    "==3.11": ((3, 11), (3, 11)),
    "==3.11.*": ((3, 11), (3, 11)),
    "===3.11.4": ((3, 11), (3, 11)),
    "==3.*": ((3, 0), None),
    "3.11": ((3, 11), (3, 11)),
    "~=3.9": ((3, 9), None),
    "~=3.9.1": ((3, 9), (3, 9)),
    "~3.9": ((3, 9), (3, 9)),
    "~3": ((3, 0), None),
    "^3.9": ((3, 9), None),
    "^3.9.1,<3.12": ((3, 9), (3, 11)),
    "^2.7 || ^3.6": ((2, 7), None),
    "~3.9 || ~3.11": ((3, 9), (3, 11)),
    "~3.9 | <3.8": (None, (3, 9)),
    ">=3.9,!=3.9.*,!=3.10.*": ((3, 11), None),
    ">=3.9,!=3.9.1": ((3, 9), None),
    ">=3.9,!=3.11.*": ((3, 9), None),
    "<=3.12,!=3.12.*": (None, (3, 11)),
    ">=3.13.0rc1": ((3, 13), None),
    ">=3.9,<3.14.0a0": ((3, 9), (3, 13)),
    ">=3.9.*": ((3, 9), None),
    ">=3.9, something": (None, None),
    "three": (None, None),
    ">=": (None, None),
    ">=3.9; python": (None, None),
    ">=" + "9" * 5000: (None, None),
}


@pytest.mark.parametrize(("text", "ends"), SPECIFIERS.items(), ids=[text[:30] or "empty" for text in SPECIFIERS])
def test_specifier_gives_its_ends(text: str, ends: object) -> None:
    assert parse_specifier(text) == ends


# Poetry's own and broken ones mean nothing to `packaging`, and `<=3` is read as what its author meant: Python 3.
_AGREED = [text for text in SPECIFIERS if re.fullmatch(r"[\d.<>=!~, *abcr]{1,99}", text) and text not in ("<=3", "*")]


@pytest.mark.parametrize("text", _AGREED)
def test_specifier_agrees_with_packaging(text: str) -> None:
    specifiers = pytest.importorskip("packaging.specifiers")
    try:
        allowed = specifiers.SpecifierSet(text)
    except specifiers.InvalidSpecifier:
        # A blank instead of a comma, a version without an operator, `~3`: Poetry takes them.
        return
    # The patch numbers that occur in the table, and one that is greater than all of them.
    minors = [(3, minor) for minor in range(30)]
    fits = [one for one in minors if any(allowed.contains(f"{show_version(one)}.{patch}") for patch in (0, 1, 2, 4, 9))]
    lowest, newest = parse_specifier(text)
    if fits:
        assert (lowest or (3, 0)) <= fits[0]
        assert (newest or (3, 29)) >= fits[-1]
        assert clamp(lowest, newest) == clamp(lowest and fits[0], fits[-1])


TARGETS = {
    "3.11": ((3, 11), None),
    " 3.11.4 ": ((3, 11), None),
    "3.9-3.12": ((3, 9), (3, 12)),
    "3.9 - 3.12": ((3, 9), (3, 12)),
    "3.9–3.12": ((3, 9), (3, 12)),
    "3.11-3.11": ((3, 11), (3, 11)),
    ">=3.9,<3.13": ((3, 9), (3, 12)),
    "<3.13": (None, (3, 12)),
    "3.12-3.9": None,
    "": None,
    "3": None,
    "py311": None,
    "latest": None,
    ">=": None,
    "9" * 5000 + ".1": None,
}


@pytest.mark.parametrize(("text", "ends"), TARGETS.items(), ids=[text[:30] or "empty" for text in TARGETS])
def test_target_gives_its_ends(text: str, ends: object) -> None:
    assert parse_target(text) == ends


def test_a_range_can_be_read_back_as_a_target() -> None:
    assert parse_target(str(VersionRange((3, 9), (3, 12)))) == ((3, 9), (3, 12))


@pytest.mark.parametrize(
    ("text", "version"),
    [("3.11.4", (3, 11)), ("3", (3, 0)), (" 3.10", (3, 10)), ("3.11rc1", (3, 11)), ("x", None), ("", None)],
)
def test_version_is_what_a_text_begins_with(text: str, version: object) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("ends", "clamped"),
    [
        ((None, None), (OLDEST_KNOWN, NEWEST_KNOWN)),
        (((3, 6), (3, 99)), ((3, 6), NEWEST_KNOWN)),
        (((3, 99), None), (NEWEST_KNOWN, NEWEST_KNOWN)),
        (((2, 7), (2, 7)), ((2, 7), (2, 7))),
        (((3, 12), (3, 10)), ((3, 12), (3, 12))),
        (((3, 10), (3, 12)), ((3, 10), (3, 12))),
    ],
)
def test_clamped_ends_are_known_and_in_order(ends: tuple[object, object], clamped: object) -> None:
    assert clamp(*ends) == clamped  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shown", "one"),
    [("3.11", VersionRange((3, 11), (3, 11))), ("3.9–3.12", VersionRange((3, 9), (3, 12)))],
)
def test_range_shows_both_ends_or_the_one(shown: str, one: VersionRange) -> None:
    assert str(one) == shown


def test_a_range_without_a_source_is_assumed() -> None:
    assert VersionRange().assumed
    assert not VersionRange(lowest_source="requires-python in pyproject.toml").assumed
