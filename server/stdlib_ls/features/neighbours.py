"""What the other Python language servers in an editor complete themselves, and what therefore is left to this one.

The table was measured by asking each server (`tests/bench/neighbours.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from stdlib_ls.settings import Settings

# Modules and names in import statements, what follows a dot, keyword arguments, names that come with their import.
Kind = Literal["imports", "members", "arguments", "names"]

ALL: frozenset[Kind] = frozenset(("imports", "members", "arguments", "names"))
# What is offered as long as nobody says which servers there are.
_UNCONTESTED: frozenset[Kind] = frozenset(("imports", "members"))
# The servers that leave something. Any other one, Pylance and whatever is not known yet included, is taken to do all.
_LEFT: Mapping[str, frozenset[Kind]] = {
    "ruff": ALL,
    "jedi": frozenset(("names",)),
    "pylsp": frozenset(("names",)),
    "zuban": frozenset(("names",)),
}


def left_to_us(settings: Settings) -> frozenset[Kind]:
    """The kinds of completion to offer under some settings."""
    if settings.completion_mode == "off":
        return frozenset()
    if settings.completion_mode == "always":
        return ALL
    if settings.beside is None:
        return _UNCONTESTED
    return ALL.intersection(*(_LEFT.get(name.lower(), frozenset()) for name in settings.beside))
