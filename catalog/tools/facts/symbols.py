"""The rows of symbols: functions, classes, data, and the members of classes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from facts import dates
from facts.documentation import Documentation
from facts.evidence import Evidence, Row, minor_of, read_minors, show_minors
from facts.modules import ONLY_DOCUMENTED
from facts.stubs import StubName

FIELDS = (
    "name module kind alias_of added changed deprecated soft_deprecated removed removal_planned availability platforms"
    " doc doc_since doc_version doc_before doc_gone sig params returns enters unless_mode bases in_all instance"
    " not_importable rt unverified"
).split()
_KINDS = {
    "decorator": "function",
    "decoratormethod": "method",
    "type": "class",
    "awaitablefunction": "function",
    "coroutinefunction": "function",
    "awaitablemethod": "method",
    "coroutinemethod": "method",
    "abstractmethod": "method",
}
_TOP_LEVEL = {"method": "function", "attribute": "data"}
_PUBLIC_PRIVATE = ("_asdict", "_replace", "_fields", "_make", "_field_defaults")


def symbol_rows(evidence: Evidence) -> dict[str, Row]:
    """Every symbol that was committed before, is documented, public in typeshed and seen, or listed in an `__all__`."""
    aliases = _aliases(evidence)
    aliases.update({name: row["alias_of"] for name, row in evidence.symbols.items() if "alias_of" in row})
    for name in evidence.symbols.keys() & aliases.keys():
        if "alias_of" not in evidence.symbols[name]:
            del aliases[name]
    rows: dict[str, Row] = {}
    for name, module in sorted(_candidates(evidence).items()):
        before = evidence.symbols.get(name, {})
        row = symbol_row(evidence, name, module, before, aliases.get(name))
        if before or _is_of_use(evidence, row, aliases):
            # The members of a class look at it while they are dated.
            rows[name] = evidence.symbols[name] = {field: row[field] for field in FIELDS if row.get(field)}
    return rows


def _candidates(evidence: Evidence) -> dict[str, str]:
    """The names to look at, with their modules."""
    found = {name: row["module"] for name, row in evidence.symbols.items()}
    for documented in evidence.documented.values():
        module, path = evidence.split(documented)
        found.setdefault(f"{module}.{path}", module)
    for (module, path), stub in evidence.stubs.names.items():
        if stub.kind:
            found.setdefault(f"{module}.{path}", module)
    for name in evidence.listed:
        found.setdefault(name, name.rpartition(".")[0])
    return {name: module for name, module in found.items() if module in evidence.modules}


def _is_of_use(evidence: Evidence, row: Row, aliases: dict[str, str]) -> bool:
    """Whether a name that is new here deserves a row."""
    name, module = row["name"], row["module"]
    path = name.removeprefix(module + ".")
    last = path.rpartition(".")[2]
    is_documented, is_listed = name in evidence.documented, name in evidence.listed
    if (minor_of(row.get("removed")) or 99) < 8 or "module" in evidence.found(name).values():
        return False
    if name in evidence.modules and name not in evidence.curated["modules"]:
        return False
    if is_documented:
        return True
    if module.partition(".")[0] in ONLY_DOCUMENTED:
        return False
    if any(re.search(one, name) for one in evidence.curated["drop"]):
        return False
    if "." in path and (f"{module}.{path.partition('.')[0]}" in aliases or re.fullmatch("__.*__", last)):
        return False  # members stand below the main name of their class, those with double underscores if documented
    if last.startswith("_") and not is_listed and last not in _PUBLIC_PRIVATE:
        return False
    return is_listed or _is_seen(evidence, row)


def _is_seen(evidence: Evidence, row: Row) -> bool:
    """Whether interpreters have a name that only typeshed speaks of, or cannot be expected to have it here."""
    name, module = row["name"], row["module"]
    path = name.removeprefix(module + ".")
    stub = evidence.stubs.find(module, path)
    if evidence.found(name):
        return True
    is_elsewhere = "linux" not in (row.get("platforms") or ["linux"]) or module in evidence.curated["windows_only"]
    if "." in path:
        return is_elsewhere or bool(evidence.found(name.rpartition(".")[0]))
    is_broken = evidence.modules[module].get("rt_import") is False
    return (is_elsewhere or is_broken) and not (stub and stub.is_for_stubs_only)


def symbol_row(evidence: Evidence, name: str, module: str, before: Row, alias: str | None) -> Row:
    """The row of one symbol, all fields of it, from what was committed before and the evidence at hand."""
    path = name.removeprefix(module + ".")
    stub = evidence.stubs.find(module, path)
    document = evidence.document_of(name)
    if document and (minor_of(document.version) or 0) < (minor_of(before.get("doc_version")) or 0):
        document = None
    found = evidence.found(name)
    if document is None and "doc" in before:
        # What was documented, where that is not at hand now, stands as it is.
        return {**before, "rt": show_minors({*read_minors(before.get("rt", "")), *found})}
    row: Row = {**before, "name": name, "module": module}
    row["kind"] = _kind(evidence, row, stub, document)
    if stub and not before:
        row["alias_of"] = alias
    if stub and stub.kind in ("class", "exception"):
        row["bases"] = stub.bases if not alias else row.get("bases")
    if stub:
        row["platforms"] = stub.platforms if len(stub.platforms) < 3 else None
    if document:
        row.update(_documented(evidence, name, document))
    row.update(_deprecation(evidence, row, stub, document))
    row["added"] = dates.added(evidence, row, before)
    row["removed"] = dates.removed(evidence, row, before)
    row["rt"] = show_minors({*read_minors(before.get("rt", "")), *found})
    row["in_all"] = before.get("in_all") or name in evidence.listed
    if found and not before.get("rt"):
        row["instance"] = set(found.values()) == {"instance"}
    row.update(_standing(evidence, row, document))
    row.update(evidence.curated["symbols"].get(name, {}))
    for field in ("added", "removed"):  # patch numbers are of no use to anybody
        row[field] = ".".join(row[field].split(".")[:2]) if row[field] else None
    return row


def _documented(evidence: Evidence, name: str, document: Documentation) -> Row:
    documented = evidence.documented[name]
    described = document.described.get(documented)
    return {
        "doc": document.addresses[documented],
        "doc_version": None if document is evidence.documents[0] else document.version,
        "changed": document.changed(documented),
        "soft_deprecated": document.soft_deprecated(documented),
        "availability": described.availability if described else None,
    }


def _deprecation(evidence: Evidence, row: Row, stub: StubName | None, document: Documentation | None) -> Row:
    """By the documentation, else by typeshed, whose decorator may not say since when."""
    if not stub and not document:
        return {}
    since, until = document.deprecated(evidence.documented[row["name"]]) if document else (None, None)
    gone = stub.removal_planned if stub else None
    if stub and not since and stub.deprecated_in and max(stub.deprecated_in) == max(stub.everywhere):
        first = min(stub.deprecated_in)
        since = stub.deprecated or (f"3.{first}" if first > min(stub.everywhere) else None)
        row["deprecated"] = since or True
    elif since or document:
        row["deprecated"] = since
    planned = [one for one in (until, gone) if one and (minor_of(one) or 0) > evidence.newest]
    return {"deprecated": row.get("deprecated"), "removal_planned": planned[0] if planned else None}


def _standing(evidence: Evidence, row: Row, document: Documentation | None) -> Row:
    """How far a name that no interpreter has can be trusted."""
    name, module = row["name"], row["module"]
    if row["rt"]:
        return {"not_importable": None, "unverified": None, "doc_gone": None}
    is_elsewhere = "linux" not in (row.get("platforms") or ["linux"]) or module in evidence.curated["windows_only"]
    states = {evidence.module_state(module, minor) for minor in evidence.answers}
    marks: Row = {}
    if document and "ok" in states and not is_elsewhere:
        marks["not_importable"] = True
        if document is not evidence.documents[0] and not row["removed"]:
            newer = evidence.documents[evidence.documents.index(document) - 1]
            marks["doc_gone"] = row.get("doc_gone") or newer.version
    elif "doc" not in row and evidence.found(name.rpartition(".")[0]) and "ok" in states:
        marks["unverified"] = True
    return marks


def _kind(evidence: Evidence, row: Row, stub: StubName | None, document: Documentation | None) -> str:
    """Typeshed's word for members, since it tells properties from attributes; for others also what interpreters see."""
    name, module = row["name"], row["module"]
    if "kind" in row and not stub:
        return str(row["kind"])
    is_member = "." in name.removeprefix(module + ".")
    found = evidence.found(name)
    sight = found[max(found)] if found else ""
    documented = evidence.documented.get(name, "")
    described = document.described.get(documented) if document else None
    by_docs = (described.kind if described else document.roles[documented]) if document else ""
    by_docs = _KINDS.get(by_docs, by_docs)
    if by_docs == "method" and described:
        by_docs = next(
            (kind for kind in ("classmethod", "staticmethod") if kind[:6] in " ".join(described.words)), by_docs
        )
    by_stub = stub.kind if stub else ""
    if "exception" in (sight, by_docs, by_stub):
        return "exception"
    if is_member:
        if by_stub == "attribute" and by_docs in ("method", "classmethod", "staticmethod"):
            return by_docs
        by_docs = {"function": "method", "data": "attribute"}.get(by_docs, by_docs)
        return by_stub or by_docs or (sight if sight in ("method", "property", "class") else "attribute")
    by_docs = _TOP_LEVEL.get(by_docs, by_docs)
    if by_stub in ("class", "function"):
        return sight if sight in ("class", "function") and by_docs == sight else by_stub
    if sight == "class" and by_docs != "data":
        return "class"
    return by_docs or (sight if sight in ("class", "function", "data") else "") or "data"


def _aliases(evidence: Evidence) -> dict[str, str]:
    """Names of the same object, and the main one of them: documented, best under the name that it was defined by."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (module, path), stub in evidence.stubs.names.items():
        if stub.kind and "." not in path and module in evidence.modules:
            groups[stub.origin].append((module, path))
    found: dict[str, str] = {}
    for origin, names in groups.items():
        main = min(names, key=lambda one: _rank(evidence, origin, *one))
        for one in names:
            full = ".".join(one)
            if one != main and full not in evidence.curated["not_aliases"]:
                found[full] = ".".join(main)
    return found


def _rank(evidence: Evidence, origin: str, module: str, path: str) -> tuple[object, ...]:
    full = f"{module}.{path}"
    documented = evidence.documented.get(full)
    return (
        not (documented and module == "collections.abc"),
        documented not in evidence.documents[0].addresses,
        documented is None,
        path != origin.rpartition(".")[2],
        full != origin,
        full.count("."),
        len(full),
        full,
    )


def differing(rows: dict[str, Row], others: dict[str, Row]) -> Iterator[tuple[str, str, object, object]]:
    """Name, field, and both values of whatever is not the same in rows that both have."""
    for name in rows.keys() & others.keys():
        for field in rows[name].keys() | others[name].keys():
            if rows[name].get(field) != others[name].get(field):
                yield name, field, rows[name].get(field), others[name].get(field)
