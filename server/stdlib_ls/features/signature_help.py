"""Signature help: the parameters of the standard-library call that a place is in, and which one is being written."""

from __future__ import annotations

from typing import NamedTuple

from stdlib_ls.catalog.store import Entry
from stdlib_ls.features.call_place import Call, call_at, callee_of
from stdlib_ls.features.cards import version_note
from stdlib_ls.features.signatures import Parameter, parameters, signatures_of
from stdlib_ls.features.source_file import Context, SourceFile


class ShownParameter(NamedTuple):
    """A parameter's place in the label of its signature, in characters, and what is said of it."""

    start: int
    end: int
    note: str


class ShownSignature(NamedTuple):
    """A signature as it is shown; `active` is the parameter at the place, or None."""

    label: str
    parameters: tuple[ShownParameter, ...]
    active: int | None


class SignatureHelp(NamedTuple):
    """The signatures of a callable, which of them fits, and what it is for."""

    signatures: tuple[ShownSignature, ...]
    active: int
    summary: str


def signature_help(file: SourceFile, offset: int) -> SignatureHelp | None:
    """The signatures at a byte offset; None where nobody can tell what is called, or nothing is known of it."""
    call = call_at(file, offset)
    callee = callee_of(file, call) if call else None
    texts = signatures_of(callee) if callee else []
    if call is None or callee is None or not texts:
        return None
    shown = tuple(_shown(callee, text, call, file.context) for text in texts)
    fits = [index for index, one in enumerate(shown) if one.active is not None]
    return SignatureHelp(shown, fits[0] if fits else 0, callee.summary)


def _shown(callee: Entry, text: str, call: Call, context: Context) -> ShownSignature:
    name = callee.name.rpartition(".")[2]
    found = [one for one in parameters(text) if one.end]
    noted = tuple(
        ShownParameter(len(name) + one.start, len(name) + one.end, _note(callee, one.name, context)) for one in found
    )
    return ShownSignature(name + text, noted, _active(found, callee, call))


def _note(callee: Entry, name: str, context: Context) -> str:
    added, removed = callee.parameters.get(name, (None, None))
    return version_note(added, "", removed, context.versions)


def _active(found: list[Parameter], callee: Entry, call: Call) -> int | None:
    """The parameter that the argument at the place goes to."""
    if call.current:
        return next((index for index, one in enumerate(found) if one.name == call.current and one.by_name), None)
    if call.is_starred or call.keywords:
        return None
    # A method that is reached through its class takes the instance first.
    place = call.positional - (callee.kind == "method" and not call.through_value)
    for index, one in enumerate(found):
        if one.position is not None and (one.position == place or (one.takes_rest and one.position <= place)):
            return index
    return None
