"""What the documentation of one Python version says of modules and symbols, by documented name."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from facts.pages import Record

# A note with a text behind the version speaks of the whole symbol only where the text begins like this;
# any other speaks of a parameter, a value, a behaviour. What these get wrong stands in curated.json.
_WHOLE = {
    "added": re.compile(
        r"(Previously, (a plain|BadStatusLine|descriptors)|Replaces |See (PEP|the )|This function (was|has been)"
        r"|This class was|Before 3\.11 |\w+\(\) is renamed|On older Python versions|\[1\]|Added under the name"
        r"|The \w+\(\) method itself|Previous versions of CPython would|Added Path\.)"
    ),
    "deprecated": re.compile(
        r"(It is now possible to use @|Use |use |Prefer |Deprecated in favou?r|The recommended API|Implement |Insert "
        r"|This (method|function|ABC|class|emulation|constant|defect|attribute)\b|The import machinery|NPN has been"
        r"|The \w+(\(\))? (function|class|method) is deprecated and will|Calls to this function|All jumps are"
        r"|OpenSSL has (deprecated|removed)|SSLv\d is deprecated|The option is deprecated since|No type checker ever"
        r"|TLS clients and servers require|\S+ now supports? (subscripting|\[\])|Classes Pattern and Match"
        r"|\w+ is deprecated in favor of the|\S+\(\) has been superseded|Python 2 is no longer|It was largely untested"
        r"|The method only existed|\w+ is being removed|It uses the same ordering|Since Python 3\.2 and 2\.7\.9"
        r"|\w+ is deprecated, it depends|If previously used)"
    ),
    "soft": re.compile(r"(In favor of|The subprocess module|\w+\(\) has been soft|This function)"),
}
_MODULE_ADDED = re.compile(r"(\[?1\]?$|\[1\]|The module was added|Formerly, this module)")
_MODULE_DEPRECATED = re.compile(
    r"(The \w+ module is deprecated|Please use|Due to lack|This Tk extension|Python 3\.9 (switched|will switch)"
    r"|distutils\.sysconfig has been merged|Use bdist_wheel)"
)
_MEMBER_ADDED = re.compile(
    r"\b(attributes?|methods?|properties|property|members?)\b.*\b(added|new)\b"
    r"|(Added|Add)\b.*\b(attributes?|methods?|properties|property|members?)\b"
)
_ELSEWHERE = ("c-api", "howto", "whatsnew", "faq", "tutorial")


def version_key(version: str) -> tuple[int, ...]:
    """By which versions are sorted."""
    return tuple(int(part) for part in version.split("."))


def first_sentence(text: str) -> str:
    """What a text says first, which is what it is about."""
    return re.split(r"(?<=[.])\s", text)[0]


def is_whole(event: Record) -> bool:
    """Whether a note speaks of all that it stands below."""
    pattern = _WHOLE.get(event["what"])
    return not event["note"] or bool(pattern and pattern.match(event["note"]))


@dataclass
class Described:
    """One documented name."""

    kind: str
    section_added: str | None
    signatures: list[str] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    availability: list[str] | None = None


class Documentation:
    """The documentation of one version: its addresses by name, and what it says."""

    def __init__(self, version: str, found: Record) -> None:
        self.version = version
        self.modules: Record = found["modules"]
        self.index: Record = found["index"]
        self.addresses: dict[str, str] = {}
        self.roles: dict[str, str] = {}
        for name, role, address in found["inventory"]:
            if role != "module" and not address.startswith(_ELSEWHERE):
                self.addresses[name], self.roles[name] = address, role
        self.described: dict[str, Described] = {}
        self._describe(found["objects"])

    def _describe(self, objects: list[Record]) -> None:
        names = {address: name for name, address in self.addresses.items()}
        groups = [_names_of(one, names) for one in objects]
        told_at = []  # where the text of each description is
        for one in objects:
            told = one
            while "next" in told:
                told = objects[told["next"]]
            told_at.append(told)
        together: dict[int, set[str]] = defaultdict(set)
        for group, told in zip(groups, told_at, strict=True):
            together[id(told)] |= {name for name, _ in group}
        for one, group, told in zip(objects, groups, told_at, strict=True):
            without_id = [row for row in one["rows"] if not row["id"]]
            for name, row in group:
                described = self.described.setdefault(name, Described(one["kind"], one["section_added"]))
                rows = [row] + [other for other in without_id if other["name"] == row["name"]]
                described.signatures += [other["signature"] for other in rows]
                described.words.update(row["words"])
                described.events += [_for_name(event, name, together[id(told)]) for event in told["events"]]
                described.availability = described.availability or told["availability"]
            for row in [] if group else without_id:  # a second description, without an address of its own
                name = row["prefix"] + row["name"]
                if row["prefix"] and name in self.addresses:
                    self.described.setdefault(name, Described(one["kind"], None)).events += one["events"]

    def events(self, name: str, *kinds: str) -> list[Record]:
        """The notes on a name that are of these kinds."""
        described = self.described.get(name)
        return [event for event in described.events if event["what"] in kinds] if described else []

    def added(self, name: str) -> str | None:
        """The version that brought a name."""
        found = [event for event in self.events(name, "added") if event["direct"] and _speaks_of_all(event)]
        own = [event["version"] for event in found if event.get("own")]
        return min(own or [event["version"] for event in found], key=version_key, default=None)

    def changed(self, name: str) -> list[str]:
        """The versions that changed something about a name, oldest first."""
        own = self.added(name)
        events = self.events(name, "changed", "added", "other")
        found = {one["version"] for one in events if one["what"] == "changed" or one["version"] != own}
        return sorted((one for one in found if one.startswith("3")), key=version_key)

    def deprecated(self, name: str) -> tuple[str | None, str | None]:
        """Since when a name is deprecated, and when it is to be removed."""
        for event in self.events(name, "deprecated"):
            if event["direct"] and _speaks_of_all(event):
                return event["version"], event.get("until")
        return None, None

    def soft_deprecated(self, name: str) -> str | None:
        """Since when a name should not be used in new code."""
        return next((event["version"] for event in self.events(name, "soft") if is_whole(event)), None)

    def member_added(self, owner: str, member: str) -> str | None:
        """The version that a note on a class gives for one of its members."""
        for event in self.events(owner, "added", "changed", "other"):
            sentence = first_sentence(event["note"])
            if _MEMBER_ADDED.search(sentence) and member in _last_parts(event["code"]) and member in sentence:
                return str(event["version"])
        return None

    def module_event(self, name: str, what: str) -> Record | None:
        """The note at the head of a module's page that says since when the module is there, or deprecated."""
        pattern = {"added": _MODULE_ADDED, "deprecated": _MODULE_DEPRECATED}.get(what)
        for event in self.modules.get(name, {}).get("events", ()):
            speaks_of_all = not event["note"] or (pattern and pattern.match(event["note"]))
            if event["what"] == what and event["early"] and speaks_of_all:
                found: Record = event
                return found
        return None

    def chapter(self, name: str) -> str | None:
        """The heading of the part of the library reference that has a module's page."""
        crumbs = self.modules.get(name, {}).get("crumbs") or []
        return crumbs[min(1, len(crumbs) - 1)] if crumbs else None

    def is_gone(self, name: str) -> bool:
        """Whether the module's page only tells that it was removed."""
        return "removed" in " ".join(self.modules.get(name, {}).get("crumbs", ())).lower()


def _names_of(one: Record, names: dict[str, str]) -> list[tuple[str, Record]]:
    """The documented names of a description, each with the line that has its signature."""
    rows = [row for row in one["rows"] if row["id"]]
    group = {names[address]: row for row in rows if (address := f"{one['page']}#{row['id']}") in names}
    for other in one["other_ids"]:
        name = names.get(f"{one['page']}#{other}")
        if name:
            group.setdefault(name, rows[0] if rows else {"signature": "", "words": [], "name": ""})
    return list(group.items())


def _for_name(event: Record, name: str, together: set[str]) -> Record:
    """What a note means for one of several names that are described together: it may be about some of them."""
    last = name.rpartition(".")[2]
    lasts = {one.rpartition(".")[2] for one in together}
    sentence = first_sentence(event["note"])
    tells_added = sentence.startswith("Added ") and not re.search(r" on | support", sentence)
    if not sentence or len(lasts) < 2 or not (event["what"] in ("added", "deprecated") or tells_added):
        return event
    meant = _last_parts(event["code"]) & lasts
    if not meant or re.search(r" except | support ", sentence):
        return event
    what = "added" if event["what"] == "changed" else event["what"]
    return {**event, "what": what, "own": True} if last in meant else {**event, "what": "other"}


def _speaks_of_all(event: Record) -> bool:
    return bool(event.get("own")) or is_whole(event)


def _last_parts(names: list[str]) -> set[str]:
    return {name.removesuffix("()").rpartition(".")[2] for name in names}
