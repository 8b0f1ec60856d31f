"""Reads the built HTML of CPython's documentation: what is described where, and what is said about versions.

Everything is kept as plain data, so that it can be cached; the texts of notes are for classifying them only,
and stay in the cache.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facts.html_tree import Node, parse_html

Record = dict[str, Any]

CACHE_FORM = 4  # Part of the name of cached files: raise it whenever what is read changes.
CHAPTERS = ("library", "builtins", "reference", "distutils", "extending")
OBJECT_KINDS = frozenset(
    "function class exception method classmethod staticmethod attribute property data decorator decoratormethod"
    " awaitablefunction awaitablemethod coroutinefunction coroutinemethod abstractmethod type".split()
)
VERSION_CLASSES = frozenset(("versionadded", "versionchanged", "deprecated", "deprecated-removed", "versionremoved"))
_EVENTS = {
    "new in": "added",
    "added in": "added",
    "changed": "changed",
    "soft deprecated": "soft",
    "deprecated": "deprecated",
    "removed": "removed",
}
_PLATFORM = re.compile(
    r"(Unix|POSIX|Windows|Linux|macOS|Mac OS X|Mac|FreeBSD|NetBSD|OpenBSD|DragonFlyBSD|BSD|Solaris|illumos|AIX|VxWorks"
    r"|WASI|Emscripten|WebAssembly|Android|iOS|Cygwin|QNX|glibc|musl|Darwin|Apple|tvOS|watchOS|GNU/kFreeBSD"
    r"|HP-UX|32-bit|64-bit)\b",
    re.I,
)


def read_documentation(folder: Path, cache: Path) -> Record:
    """Everything of a folder of HTML: `objects`, `modules`, `index` and `inventory`; from the cache where it can be."""
    if cache.is_file():
        cached: Record = json.loads(cache.read_text(encoding="utf-8"))
        return cached
    objects: list[Record] = []
    modules: Record = {}
    for chapter in CHAPTERS:
        for path in sorted((folder / chapter).glob("*.html")):
            _Page(f"{chapter}/{path.name}", parse_html(path.read_text(encoding="utf-8")), objects, modules).read()
    found = {
        "objects": objects,
        "modules": modules,
        "index": _module_index(folder),
        "inventory": list(inventory(folder)),
    }
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(json.dumps(found), encoding="utf-8")
    return found


def inventory(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Name, role and address of every Python object in the documentation's own inventory."""
    data = (folder / "objects.inv").read_bytes().split(b"\n", 4)[4]
    for line in zlib.decompress(data).decode().splitlines():
        parts = re.match(r"(.+?)\s+py:(\S+)\s+-?\d+\s+(\S*)\s", line)
        if parts:
            name, role, address = parts.groups()
            yield name, role, address[:-1] + name if address.endswith("$") else address


def _module_index(folder: Path) -> Record:
    found: Record = {}
    for link in parse_html((folder / "py-modindex.html").read_text(encoding="utf-8")).walk("a"):
        address, _, name = link.attributes.get("href", "").partition("#module-")
        if name and link.parent:
            platforms = [one.text().strip("()") for one in link.parent.elements if one.tag == "em"]
            found[name] = {"doc": f"{address}#module-{name}", "platform": platforms[-1] if platforms else None}
    return found


class _Page:
    def __init__(self, name: str, tree: Node, objects: list[Record], modules: Record) -> None:
        self.name, self.tree, self.objects, self.modules = name, tree, objects, modules
        self.body = next((one for one in tree.walk("div") if one.attributes.get("role") == "main"), tree)
        self.by_list: dict[Node, int] = {}
        self.sections: list[tuple[Node, Record]] = []

    def read(self) -> None:
        for one in self.body.walk("dl"):
            if _is_object(one):
                self.by_list[one] = len(self.objects)
                self.objects.append(self._object(one))
        for one in self.by_list:
            self._share_description(one)
        for one in self.body.walk():
            if one.id.startswith("module-"):
                self._module(one)
        for one in self.body.walk("div", "p"):
            if one.tag == "div" and VERSION_CLASSES & set(one.classes):
                self._event(one)
            elif "availability" in one.classes:
                self._availability(one)

    def _object(self, one: Node) -> Record:
        terms = [child for child in one.elements if child.tag == "dt"]
        spans = [child for owner in (one, *terms) for child in owner.elements if child.tag == "span"]
        return {
            "kind": one.classes[1] if one.classes[0] == "py" else one.classes[0],
            "page": self.name,
            "rows": [row for row in map(_term, terms) if row],
            "other_ids": [child.id for child in (one, *spans) if child.id],
            "events": [],
            "availability": None,
            "section_added": _section_added(one),
        }

    def _share_description(self, one: Node) -> None:
        """Descriptions that are stacked without a text share that of the next one."""
        following = _next_element(one)
        if following not in self.by_list or not _is_bare(_description(one)):
            return
        told = _description(following)
        if told is None or not told.elements or any(not _is_note(child) for child in told.elements):
            self.objects[self.by_list[one]]["next"] = self.by_list[following]

    def _module(self, anchor: Node) -> None:
        section = next(
            (one for one in (anchor, *anchor.owners()) if one.tag == "section" or "section" in one.classes), None
        )
        steps = [link.text() for one in self.tree.walk("li") if "nav-item" in one.classes for link in one.elements[:1]]
        module: Record = {
            "crumbs": [one for one in dict.fromkeys(steps) if one != "Python"],
            "events": [],
            "availability": None,
        }
        self.modules[anchor.id.removeprefix("module-")] = module
        if section and any(child.tag in ("h1", "h2", "h3") for child in section.elements):
            self.sections.append((section, module))

    def _event(self, one: Node) -> None:
        event = _version_event(one)
        if event is None:
            return
        owner, event["direct"] = _owner(one)
        if owner in self.by_list:
            self.objects[self.by_list[owner]]["events"].append(event)
        elif owner is None:
            before = one.parent.elements[: one.parent.elements.index(one)] if one.parent else []
            event["early"] = not any(child.tag == "section" or _is_object(child) for child in before)
            # The anchor of a second module may stand in the same section; the first one is spoken of.
            spoken_of = [module for section, module in self.sections if section is one.parent][:1]
            for module in spoken_of:
                module["events"].append(event)

    def _availability(self, one: Node) -> None:
        owner, direct = _owner(one)
        platforms = parse_availability(one.text())
        if owner is None:
            targets = [module for section, module in self.sections if section is one.parent]
        else:
            targets = [self.objects[self.by_list[owner]]] if direct and owner in self.by_list else []
        for target in targets:
            if target["availability"] is None:
                target["availability"] = platforms


def _is_object(one: Node) -> bool:
    kinds = one.classes[1:2] if one.classes[:1] == ["py"] else one.classes[:1]
    return one.tag == "dl" and bool(OBJECT_KINDS & set(kinds))


def _is_note(one: Node) -> bool:
    return any(name.startswith(("version", "deprecated", "availability")) for name in one.classes)


def _description(one: Node) -> Node | None:
    return next((child for child in one.elements if child.tag == "dd"), None)


def _is_bare(description: Node | None) -> bool:
    return description is None or not description.text()


def _next_element(one: Node) -> Node | None:
    siblings = one.parent.elements if one.parent else []
    return next(iter(siblings[siblings.index(one) + 1 :]), None)


def _term(term: Node) -> Record | None:
    """The name, prefix, words before it and signature of one line that is described."""
    row: Record = {"id": term.id, "name": "", "prefix": "", "words": []}
    signature: list[str] = []
    for child in term.children:
        if isinstance(child, str):
            signature += [child] if row["name"] else []
        elif {"headerlink", "viewcode-link"} & set(child.classes):
            continue
        elif "property" in child.classes and not row["name"]:
            row["words"] += child.text().split()
        elif {"descclassname", "sig-prename"} & set(child.classes):
            row["prefix"] += child.text()
        elif {"descname", "sig-name"} & set(child.classes):
            row["name"] = child.text()
        elif row["name"]:
            signature.append(child.text())
    if not row["name"]:
        return None
    text = re.sub(r"\s+", " ", "".join(signature)).replace("\u00b6", "").replace("\u2192", " -> ").strip()
    text = re.sub(r"\s+([,)\]])", r"\1", re.sub(r"([(\[])\s+", r"\1", text))
    row["signature"] = re.sub(r",(?=\S)", ", ", re.sub(r" +", " ", re.sub(r",\s*\)$", ")", text)))
    return row


def _version_event(one: Node) -> Record | None:
    """What a note about a version says: what happened, when, and the text that is behind the version."""
    label = next((span.text() for span in one.walk("span") if "versionmodified" in span.classes), None)
    if label is None:
        return None
    versions = re.findall(r"\d+\.\d+(?:\.\d+)?", label)
    what = next((what for start, what in _EVENTS.items() if label.lower().startswith(start)), None)
    if what is None or not versions:
        return None
    if what == "changed" and "soft-deprecated" in one.classes:
        what = "soft"
    event: Record = {"what": what, "version": versions[0], "note": one.text()[len(label) :].strip(" :.\u2014")}
    if what == "deprecated" and len(versions) > 1:
        event["until"] = versions[1]
    event["code"] = [child.text() for child in one.walk("code", "em")]
    event["emphasis"] = [child.text() for child in one.walk("em")]
    return event


def _owner(one: Node) -> tuple[Node | None, bool]:
    """The description that an element is in, and whether it stands in it directly; None: it is in none of Python."""
    direct = True
    for owner in one.owners():
        if owner.tag == "dd" and owner.parent is not None:
            if _is_object(owner.parent):
                return owner.parent, direct
            if owner.parent.classes[:1] in (["std"], ["c"], ["describe"]):
                return owner.parent, False
        if owner.tag in ("dd", "li", "table", "blockquote", "td", "dl") or (
            owner.tag == "div" and (VERSION_CLASSES | {"admonition"}) & set(owner.classes)
        ):
            direct = False
    return None, direct


def _section_added(one: Node) -> str | None:
    """The version at the head of a section below the page's title: it speaks of everything in it."""
    for owner in one.owners():
        if owner.tag == "dd" and owner.parent is not None and _is_object(owner.parent):
            return None
        if owner.tag != "section" and "section" not in owner.classes:
            continue
        if [child.tag for child in owner.elements if re.fullmatch("h[1-5]", child.tag)][:1] == ["h1"]:
            return None
        for child in owner.elements:
            if child.tag == "section" or _is_object(child):
                break
            event = _version_event(child) if "versionadded" in child.classes else None
            if event and not event["note"]:
                return str(event["version"])
    return None


def parse_availability(text: str) -> list[str]:
    """The platforms of a line of text: `Unix, not WASI, Linux >= 3.17.` gives Unix, !WASI and Linux>=3.17."""
    text = re.sub(r"\([^)]*\)", "", text.partition(":")[2] or text)
    found = []
    for text_of_one in re.split(r",|\band\b|\bor\b", re.split(r"\.(?:\s|$|[A-Z])|;", text.strip(), maxsplit=1)[0]):
        part = re.sub(r"\s+", " ", text_of_one.strip(" ."))
        named = re.sub(r"^not (available )?(on |in )?", "", part)
        name = re.sub(r"^(most|some|recent|all|modern|only|systems?)\s+", "", named, flags=re.I)
        platform = _PLATFORM.match(name)
        if not platform:
            continue
        name = re.sub(r"\s*(>=|>|<|<=)\s*", r"\1", name)
        name = re.sub(r"\s+(or )?(systems?|platforms?|versions?|only|onwards|later.*|newer.*)$", "", name)
        name = re.sub(r"^([A-Za-z/0-9 -]+?) (\d[\d.]*)\+?$", r"\1>=\2", name)
        found.append(("!" if named != part else "") + (name if len(name) <= 40 else platform.group()))
    return found
