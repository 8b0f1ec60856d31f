"""The rows of modules."""

from __future__ import annotations

import re

from facts.documentation import Documentation
from facts.evidence import Evidence, Row, minor_of, show
from facts.stubs import is_public_module

FIELDS = (
    "name package added deprecated soft_deprecated removed removal_planned availability doc doc_since doc_version"
    " doc_before doc_last chapter chapter_last undocumented attribute_of user_supplied rt_import"
).split()
# Inside of these only what is documented is of use to anybody.
ONLY_DOCUMENTED = ("test", "idlelib", "turtledemo")


def module_rows(evidence: Evidence) -> dict[str, Row]:
    """Every module that is public and was seen, documented, or committed before; by name."""
    rows: dict[str, Row] = {}
    for name in sorted(evidence.module_names):
        before = evidence.modules.get(name)
        if before is None and not _is_of_use(evidence, name):
            continue
        row = _module_row(evidence, name, before or {}, rows)
        rows[name] = {field: row[field] for field in FIELDS if row.get(field) or row.get(field) is False}
    return rows


def _is_of_use(evidence: Evidence, name: str) -> bool:
    top = name.partition(".")[0]
    if not is_public_module(name) or top in evidence.curated["not_stdlib_modules"]:
        return False
    document = evidence.module_document(name)
    if top in ONLY_DOCUMENTED and name != top:
        return document is not None
    last = evidence.stubs.tree.span(name)[1] if name in evidence.stubs.modules else None
    is_for_windows = any(part in name for part in evidence.curated["windows_only_parts"])
    return document is not None or evidence.was_discovered(name) or (is_for_windows and (last is None or last >= 7))


def _module_row(evidence: Evidence, name: str, before: Row, rows: dict[str, Row]) -> Row:
    row = {"name": name, **before}
    is_package = row.get("package") or evidence.is_package(name) or name in evidence.stubs.tree.packages
    row["package"] = is_package or None
    document = evidence.module_document(name)
    if document and (minor_of(document.version) or 0) >= (minor_of(before.get("doc_version")) or 0):
        row.update(_documented(evidence, name, document))
    row["undocumented"] = "doc" not in row or None
    row["added"] = before.get("added") if before else _added(evidence, name, rows)
    row["removed"] = _removed(evidence, name, before)
    states = {evidence.module_state(name, minor) for minor in evidence.answers}
    if not before and "broken" in states and "ok" not in states:
        row["rt_import"] = False
    if name in evidence.curated["windows_only"]:
        row.setdefault("availability", ["Windows"])
    return {**row, **evidence.curated["modules"].get(name, {})}


def _documented(evidence: Evidence, name: str, document: Documentation) -> Row:
    """What the newest documentation that has the module says; where that only tells of its end, what older ones say."""
    is_newest = document is evidence.documents[0]
    row: Row = {
        "doc": document.index[name]["doc"],
        "doc_version": None if is_newest else document.version,
        "chapter": document.chapter(name),
    }
    told = document
    if document.is_gone(name):
        told = next((one for one in evidence.documents if name in one.index and not one.is_gone(name)), document)
        if told is not document:
            row["doc_last"] = f"{told.version}:{told.index[name]['doc']}"
            row["chapter_last"] = told.chapter(name)
    for one in dict.fromkeys((document, told)):
        event = one.module_event(name, "deprecated")
        if event:
            row["deprecated"] = event["version"]
            until = event.get("until")
            if until and (minor_of(until) or 0) > evidence.newest:
                row["removal_planned"] = until
        soft = one.module_event(name, "soft")
        row["soft_deprecated"] = soft["version"] if soft else None
    platforms = document.modules.get(name, {}).get("availability")
    listed = next(
        (one.index[name]["platform"] for one in evidence.documents if one.index.get(name, {}).get("platform")), None
    )
    if platforms or listed:
        row["availability"] = platforms or [part.strip() for part in re.split(r"[,/]", listed or "")]
    return row


def _added(evidence: Evidence, name: str, rows: dict[str, Row]) -> str | None:
    """For a module that is new here: by the documentation, typeshed and interpreters, the first that says it."""
    for document in evidence.documents:
        event = document.module_event(name, "added")
        if event and event["version"].startswith("3"):
            return ".".join(event["version"].split(".")[:2])
    first = evidence.stubs.tree.span(name)[0]
    if name in evidence.stubs.modules and first:
        return show(first)
    seen = [minor for minor in sorted(evidence.answers) if evidence.module_state(name, minor) in ("ok", "broken")]
    if seen and evidence.module_state(name, seen[0] - 1) == "absent":
        return show(seen[0])
    above: str | None = rows.get(name.rpartition(".")[0], {}).get("added")
    return above


def _removed(evidence: Evidence, name: str, before: Row) -> str | None:
    """The first version without a module; one that is documented or in typeshed was only left out of a build."""
    if "removed" in before:
        return str(before["removed"])
    last = evidence.stubs.tree.span(name)[1] if name in evidence.stubs.modules else None
    if last is not None and last < evidence.newest:
        return show(last + 1)
    document = evidence.module_document(name)
    is_current = document is evidence.documents[0] and not document.is_gone(name)
    seen = [minor for minor in evidence.answers if evidence.module_state(name, minor) in ("ok", "broken")]
    if is_current or name in evidence.stubs.modules or not seen:
        return None
    return show(max(seen) + 1) if evidence.module_state(name, max(seen) + 1) == "absent" else None
