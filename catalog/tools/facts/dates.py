"""In which version a name came and went, where the sources may disagree."""

from __future__ import annotations

from collections import Counter

from facts.evidence import Evidence, Row, minor_of, read_minors, show

_ATTRIBUTES = ("attribute", "property")


def added(evidence: Evidence, row: Row, before: Row) -> str | None:
    """The version that a symbol was added in.

    What is committed was decided with more interpreters and older typeshed than may be at hand, so it stays
    unless at least two of three sources (documentation, typeshed, interpreters) agree on another version.
    A name that is new here is dated by the documentation, unless interpreters prove that it is older or younger;
    then by typeshed and interpreters; then by a note at the head of its section or on its class; then by its class
    and module, since nothing is older than what it is in.
    """
    claims = _claims(evidence, row)
    if before:
        votes = Counter(minor_of(claim) for claim in claims.values() if claim)
        winner, count = votes.most_common(1)[0] if votes else (None, 0)
        if count > 1 and winner and winner != minor_of(before.get("added")):
            return show(winner)
        committed: str | None = before.get("added")
        return committed
    version = _decide(evidence, row, **claims) or _inherited(evidence, row)
    module_added = minor_of(evidence.modules.get(row["module"], {}).get("added"))
    return show(module_added) if version and (minor_of(version) or 0) < (module_added or 0) else version


def _claims(evidence: Evidence, row: Row) -> dict[str, str | None]:
    """What each source says for itself."""
    name, module = row["name"], row["module"]
    path = name.removeprefix(module + ".")
    documented = evidence.documented.get(name, "")
    versions = [one for document in evidence.documents if (one := document.added(documented))]
    by_docs = next(iter(versions), None)
    by_stubs = evidence.stubs.added(module, path)
    by_sight = evidence.first_found(name, module)
    found = evidence.found(name)
    is_loose = row["kind"] in _ATTRIBUTES and not by_stubs and not by_docs and "." in path
    if by_sight and (is_loose or set(found.values()) == {"instance"}):
        by_sight = None  # where an attribute of instances is stored says nothing about it
    if row["kind"] == "data" and module in evidence.curated["build_dependent"]:
        by_sight = None
    return {
        "docs": by_docs if by_docs and by_docs.startswith("3") else None,
        "stubs": show(by_stubs),
        "sight": show(by_sight),
    }


def _decide(evidence: Evidence, row: Row, docs: str | None, stubs: str | None, sight: str | None) -> str | None:
    is_attribute = row["kind"] in _ATTRIBUTES
    is_limited = bool(row.get("platforms") or row.get("availability"))
    if not docs:
        if stubs and sight and is_attribute:
            return min(stubs, sight, key=minor_of)  # type: ignore[arg-type]
        return sight or stubs
    first = minor_of(sight)
    if first and first != minor_of(docs):
        owner = row["name"].rpartition(".")[0]
        came_with_owner = evidence.first_found(owner, row["module"]) == first
        is_proof = first > (minor_of(docs) or 0) and not (is_attribute or is_limited or came_with_owner)
        if is_proof or stubs == sight:
            return sight
    return docs


def _inherited(evidence: Evidence, row: Row) -> str | None:
    name, module = row["name"], row["module"]
    owner, _, last = name.rpartition(".")
    found = evidence.found(name)
    documented = evidence.documented.get(name, "")
    for document in evidence.documents:
        described = document.described.get(documented)
        section = described.section_added if described and module not in evidence.curated["no_section_added"] else None
        note = document.member_added(evidence.documented.get(owner, ""), last)
        for version in (section, note):
            if version and version.startswith("3") and not (found and min(found) < (minor_of(version) or 0)):
                return version
    for above in (evidence.symbols.get(owner), evidence.modules.get(module)):
        version = (above or {}).get("added")
        if version and not (found and min(found) < (minor_of(version) or 0)):
            return str(version)
    return None


def removed(evidence: Evidence, row: Row, before: Row) -> str | None:
    """The first version without a symbol: the interpreters' word, else typeshed's; what is in a module goes with it.

    What is committed stays: that some build or patch release lacks a name, or still has it, changes nothing.
    """
    if "removed" in before:
        return str(before["removed"])
    name, module = row["name"], row["module"]
    path = name.removeprefix(module + ".")
    seen = max({*evidence.found(name), *read_minors(before.get("rt", ""))}, default=0)
    by_sight = evidence.first_lacking(name, module)
    by_stubs = evidence.stubs.removed(module, path) if evidence.stubs.find(module, path) else None
    is_build_dependent = module in evidence.curated["build_dependent"] and row["kind"] == "data"
    is_instance = evidence.found(name).get(seen) == "instance"
    if evidence.document_of(name) is evidence.documents[0] or is_build_dependent or is_instance:
        by_sight = None
    module_gone = minor_of(evidence.modules.get(module, {}).get("removed"))
    return show(next((claim for claim in (by_sight, by_stubs, module_gone) if claim and claim > seen), None))
