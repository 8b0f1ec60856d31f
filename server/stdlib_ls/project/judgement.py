"""From claims to the version range, and to the account of it that `why-version` prints."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from stdlib_ls.project.claims import Claim
from stdlib_ls.versions import NEWEST_KNOWN, Ends, VersionRange, clamp, show_version

_ASSUMED = VersionRange()


def judge(claims: Sequence[Claim], root: Path | None) -> VersionRange:
    """The range that claims give, the strongest first; their files are shown relative to `root`.

    The first lowest end wins, and a newest end counts only from a claim that comes no later than that.
    """
    low, high = _deciding(claims)
    newest = high.newest if high else None
    # A project that ends before the assumed oldest version begins where it ends.
    lowest = low.lowest if low else min(_ASSUMED.lowest, newest or _ASSUMED.lowest)
    is_bounded = high and newest and newest <= NEWEST_KNOWN
    return VersionRange(
        *clamp(lowest, newest),
        lowest_source=source(low, root) if low else _ASSUMED.lowest_source,
        newest_source=source(high, root) if high and is_bounded else _ASSUMED.newest_source,
    )


def declared_ends(claims: Sequence[Claim]) -> Ends:
    """Both ends as the project declares them, also where nothing is known of Pythons that old or new.

    An end that only a pin or an environment gives is None: it says what somebody works with, not what is supported.
    """
    low, high = _deciding(claims)
    return (low.lowest if low and low.key else None), (high.newest if high and high.key else None)


def ahead(claims: Sequence[Claim], root: Path | None) -> VersionRange:
    """From the Python in use, else the oldest that is supported, to the newest.

    A pin or an environment says which Python is in use, unless script metadata says that others run the file.
    Where it is newer than the newest, nothing lies ahead.
    Somebody has asked for what lies ahead, so even an assumed end counts as known.
    """
    judged = judge(claims, root)
    low, high = _deciding(claims)
    of_a_script = low is not None and low.file is None and low.key.endswith("script metadata")
    in_use = None if of_a_script else next((one for one in claims if one.lowest and not one.key), None)
    if in_use is None or in_use.lowest is None:
        return replace(judged, lowest_source=f"oldest supported: {judged.lowest_source}")
    newest = min(high.newest, NEWEST_KNOWN) if high and high.newest else judged.newest
    return replace(judged, lowest=in_use.lowest, newest=newest, lowest_source=f"in use: {source(in_use, root)}")


def source(claim: Claim, root: Path | None) -> str:
    """Where a claim stands, as messages name it: "requires-python in pyproject.toml"."""
    if claim.file is None:
        return claim.key
    file = Path(os.path.relpath(claim.file, root)).as_posix() if root else claim.file.as_posix()
    return f"{claim.key} in {file}" if claim.key else file


def explain(claims: Sequence[Claim], root: Path | None, folders: Sequence[Path]) -> list[str]:
    """Lines that say where each end of the range comes from, what was passed over and why, and where was looked."""
    judged = judge(claims, root)
    low, high = _deciding(claims)
    lines = [
        f"oldest {show_version(judged.lowest)}: {_because(low, root, judged.lowest_source)}{_moved(low, judged)}",
        f"newest {show_version(judged.newest)}: {_because(high, root, judged.newest_source)}",
    ]
    decided = False
    for claim in claims:
        if claim is not low and claim is not high:
            speaks = claim.lowest or claim.newest
            reason = "an earlier source decides" if decided or speaks else "names no version that can be read"
            lines.append(f"passed over: {_because(claim, root, '')}: {reason}")
        decided = decided or claim is low
    lines += [f"looked in: {folder}" for folder in folders]
    return lines


def _deciding(claims: Sequence[Claim]) -> tuple[Claim | None, Claim | None]:
    """The claims that give the lowest and the newest end."""
    high: Claim | None = None
    for claim in claims:
        high = high or (claim if claim.newest else None)
        if claim.lowest:
            return claim, high
    return None, high


def _because(claim: Claim | None, root: Path | None, otherwise: str) -> str:
    if claim is None:
        return otherwise
    return f'{source(claim, root)} ("{claim.said}")'


def _moved(low: Claim | None, judged: VersionRange) -> str:
    if low is None or low.lowest is None or low.lowest == judged.lowest:
        return ""
    return ", brought to the newest known version"
