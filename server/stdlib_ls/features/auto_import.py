"""Names that nothing in a file binds, and the edit that imports one of them where isort would."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stdlib_ls.analysis.occurrences import classify
from stdlib_ls.features.call_place import Call, is_definition
from stdlib_ls.features.source_file import SourceFile

_BARE = re.compile(rb"(?<![\w\x80-\xff.])(?P<word>[A-Za-z][\w\x80-\xff]*)\Z")
# Where a name is bound, or none can stand. Targets of `for` and parameters of `lambda` go up to `in` and the colon.
_BINDS = re.compile(
    rb"(?:(?<![\w.])(?:def|class|as|global|nonlocal|del|type)[ \t]+|[\w\x80-\xff)\]}'\"]\s*\.[ \t]*"
    rb"|(?<![\w.])for\b(?:(?!\bin\b)[^\r\n])*|(?<![\w.])lambda\b[^:\r\n]*)\Z"
)
_DUMMY = "name_at_this_place"


def initial_at(file: SourceFile, before: bytes, offset: int, call: Call | None) -> str:
    """The first letter of the bare name that ends at an offset, or "" where no name with its import fits.

    One letter is enough to go by: a client asks once for each word.
    """
    found = _BARE.search(before)
    if not found or _BINDS.search(before, 0, found.start()) or not found["word"].isascii():
        return ""
    start = offset - len(found["word"])
    if call and is_definition(file, call) and not re.search(rb"[:=]", file.source[call.argument : start]):
        return ""
    return found["word"][:1].decode().lower() if _is_use(file, start, offset) else ""


def unavailable(file: SourceFile, labels: Iterable[str]) -> set[str] | None:
    """Those of some names that the file binds somewhere; None where nobody knows what a star import brings."""
    wanted = {label.encode(): label for label in labels}
    taken: set[str] = set()
    for site in file.sightings.imports():
        if site.imported.is_star:
            names = None if site.imported.level else file.context.catalog.public_names(site.imported.module)
            if names is None:
                return None
            taken |= names
    present = set().union(*(wanted.keys() & block.names for block in file.document.blocks))
    return taken | {wanted[name] for name in present if next(file.sightings.bindings(wanted[name]), None)}


def _is_use(file: SourceFile, start: int, offset: int) -> bool:
    """Whether the name at an offset would be looked up, not bound, nor be an attribute or a keyword's."""
    document = file.document
    if document.path_to(start)[-1].node.type != "identifier":
        document = document.patched(offset, _DUMMY)
    steps = document.path_to(start)[1:]
    occurrence = classify(steps, 0) if steps else None
    return occurrence is not None and occurrence.role == "use"
