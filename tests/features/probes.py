"""One helper for each feature: what it says of a case, as a text that reads well beside the source.

Only these helpers know how the features are called; renaming something there changes one of them.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from case_files import Case

from stdlib_ls.analysis.table import Sighting
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.completion import IMPORTS, Item, completion, items
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.edits import apply_edits
from stdlib_ls.features.hover import hover
from stdlib_ls.features.import_placement import import_edit
from stdlib_ls.features.judgement import Verdict, verdicts
from stdlib_ls.features.manifests import kind_of
from stdlib_ls.features.render import Format, render
from stdlib_ls.features.requirements import RequirementsFile, requirement_hover
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.signature_help import signature_help
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.project.claims import parse_toml
from stdlib_ls.settings import Settings, read_settings
from stdlib_ls.versions import VersionRange, parse_version

NOTHING = "nothing"
_DEFAULT_RANGE = "3.10-3.14"
_DEFAULT_SOURCE = "requires-python in pyproject.toml"


def source_file(case: Case, catalog: Catalog) -> SourceFile:
    return SourceFile(case.text, context(case.options, catalog))


def context(options: Mapping[str, str], catalog: Catalog) -> Context:
    low, _, high = options.get("versions", _DEFAULT_RANGE).partition("-")
    lowest, newest = parse_version(low), parse_version(high or low)
    assert lowest and newest, options
    first_party = {name.strip() for name in options.get("first-party", "").split(",")}
    return Context(
        catalog,
        VersionRange(lowest, newest, lowest_source=options.get("source", _DEFAULT_SOURCE)),
        _settings(options.get("settings", "")),
        first_party.__contains__,
        first_party.__contains__,
        quiet=options.get("quiet") == "yes",
        is_init=PurePosixPath(options.get("path", "module.py")).name == "__init__.py",
    )


def _settings(text: str) -> Settings:
    """Settings written as `hover.detail=brief, alternatives.allow=["psutil"]`."""
    table: dict[str, object] = {}
    for one in filter(None, text.split(", ")):
        name, _, value = one.partition("=")
        table[name] = json.loads(value) if value[:1] in ("[", "{", '"') or value in ("true", "false") else value
    settings, complaints = read_settings(table, "case", Settings())
    assert not complaints, complaints
    return settings


def probe_hover(case: Case, catalog: Catalog) -> str:
    """A line for each cursor: the span and what it names.

    `show` asks for the line of versions, the other lines, or the whole card as markdown or plaintext.
    """
    file, show = source_file(case, catalog), case.options.get("show", "")
    answers = []
    for cursor in case.cursors:
        found = hover(file, cursor)
        if found is None:
            answers.append(NOTHING)
            continue
        card, start, end = found
        assert start <= cursor <= end
        if show in ("markdown", "plaintext"):
            form: Format = "markdown" if show == "markdown" else "plaintext"
            answers.append(render(card, form, file.context.settings.hover_detail))
            continue
        line = f"{file.slice(start, end)}: {card.title} ({card.kind})"
        shown = [card.versions] if show == "versions" else card.lines if show == "lines" else ()
        answers.append("\n".join([line, *(f"  {extra}" for extra in shown)]))
    return "\n".join(answers)


def probe_completion(case: Case, catalog: Catalog) -> str:
    """What is completed at each cursor, and the candidates that `show` asks for: `path*, _*`, or `first 5`.

    `show: import pathlib.Path` shows the file after that candidate has brought its import, `show: signature` the
    signatures at the cursor instead.
    """
    file, show = source_file(case, catalog), case.options.get("show", "first 5")
    if show == "signature":
        return "\n".join(_signatures_at(file, cursor) for cursor in case.cursors)
    if show.startswith(IMPORTS):
        return "\n".join(_imported_at(file, cursor, show.removeprefix(IMPORTS), case) for cursor in case.cursors)
    return "\n".join(_completion_at(file, cursor, show) for cursor in case.cursors)


def _completion_at(file: SourceFile, cursor: int, show: str) -> str:
    wanted = completion(file, cursor)
    if wanted is None:
        return NOTHING
    answers = []
    for group in wanted.groups:
        found = [item for item in items(group, file.context) if item.label not in wanted.taken]
        if show.startswith("first "):
            found = found[: int(show.removeprefix("first "))]
        else:
            wishes = show.split(", ")
            found = [item for item in found if any(fnmatchcase(item.label, wish) for wish in wishes)]
        answers += [_HEADS[group.kind].format(group.of) if group.of else "top-level modules", *map(_item_line, found)]
    return "\n".join(answers)


_HEADS = {
    "members": "{}",
    "modules": "modules of {}",
    "arguments": "arguments of {}",
    "names": "names with {}",
    "words": "keyword",
}


def _item_line(item: Item) -> str:
    shown = item.summary if item.kind == "argument" else ""
    notes = ", ".join(filter(None, (shown, item.note, "struck out" if item.deprecated else "")))
    return f"  {item.label} ({item.kind})" + (f" {notes}" if notes else "")


def _imported_at(file: SourceFile, cursor: int, name: str, case: Case) -> str:
    wanted = completion(file, cursor)
    offered = [item for group in wanted.groups for item in items(group, file.context)] if wanted else []
    labels = [item.label for item in offered if item.name == IMPORTS + name]
    edit = import_edit(file, name, cursor)
    if not wanted or not labels or labels[0] in wanted.taken or edit is None:
        return NOTHING
    fixed = apply_edits(file.source, [edit]).decode()
    if _parses(file.source):
        assert _parses(fixed.encode()), fixed
    return _visible(fixed, case)


def _signatures_at(file: SourceFile, cursor: int) -> str:
    """Each signature with the active parameter in braces, the best fitting one marked, and what is said of it."""
    found = signature_help(file, cursor)
    if found is None:
        return NOTHING
    lines = []
    for index, one in enumerate(found.signatures):
        label, note = one.label, ""
        if one.active is not None:
            part = one.parameters[one.active]
            label = f"{label[: part.start]}{{{label[part.start : part.end]}}}{label[part.end :]}"
            note = f" {part.note}" if part.note else ""
        lines.append(f"{'>' if index == found.active else ' '} {label}{note}")
    return "\n".join(lines)


def probe_diagnostics(case: Case, catalog: Catalog) -> str:
    """Each diagnostic as `line:column name severity code`, and where `show` asks for messages its message below."""
    file = source_file(case, catalog)
    answers = []
    for one in diagnostics(file):
        line, column = file.position(one.start, "utf-32")
        place = f"{line + 1}:{column + 1} {file.slice(one.start, one.end).splitlines()[0]}"
        message = f"\n  {one.message}" if case.options.get("show") == "messages" else ""
        answers.append(f"{place}: {one.severity} {one.code}{message}")
    return "\n".join(answers) or NOTHING


def probe_fixes(case: Case, catalog: Catalog) -> str:
    """For each diagnostic its fix: `# safe: title` or `# review: title` or `# no fix`, and what the file becomes."""
    file = source_file(case, catalog)
    answers = []
    for one in diagnostics(file):
        fix = one.find_fix()
        if fix is None:
            answers.append("# no fix")
            continue
        fixed = apply_edits(file.source, fix.edits).decode()
        assert _parses(fixed.encode()) or not _parses(file.source), fixed
        for verdict in verdicts(file):
            if verdict.span == (one.start, one.end):
                _has_gone(case, fixed, verdict, file, catalog)
        # What to look at is the catalog's affair.
        title = fix.title.partition(", look at")[0]
        answers.append(f"# {'safe' if fix.safe else 'review'}: {title}\n{_visible(fixed, case)}")
    return "\n".join(answers) or "# nothing"


def _parses(source: bytes) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _has_gone(case: Case, fixed: str, verdict: Verdict, file: SourceFile, catalog: Catalog) -> None:
    """A fix takes the package out of the statement for good, or what can move: a second run finds nothing to do."""
    name = file.slice(*verdict.span)
    again = SourceFile(fixed, context(case.options, catalog))
    after = [one for one in verdicts(again) if again.slice(*one.span) == name]
    before = [one for one in verdicts(file) if file.slice(*one.span) == name]
    if verdict.complete:
        assert len(after) < len(before), f"{name} is still imported:\n{fixed}"
    else:
        moved = sum(len(one.covered) for one in before) - sum(len(one.covered) for one in after)
        assert moved > 0, f"nothing has moved from {name}:\n{fixed}"
        assert sum(len(one.gaps) for one in before) == sum(len(one.gaps) for one in after), fixed


def _visible(fixed: str, case: Case) -> str:
    """The text as case files show it; a line end that is missing or of another kind than asked for shows up."""
    ending = {"crlf": "\r\n", "cr": "\r"}.get(case.options.get("newlines", ""), "\n")
    if ending != "\n":
        fixed = fixed.replace("\n", "␊") if ending == "\r" else fixed.replace("\r\n", "\0").replace("\n", "␊")
        fixed = fixed.replace("\0", "\n").replace(ending, "\n")
    fixed = fixed.removesuffix("\n") if fixed.endswith("\n") else f"{fixed}␃"
    return fixed.replace("\r", "␍").replace("\f", "␌")


def probe_sightings(case: Case, catalog: Catalog) -> str:
    """Every import with what it stands for and the guards around it, and below it its uses."""
    file = source_file(case, catalog)
    return "\n".join(_sighting_lines(file)) or NOTHING


def _sighting_lines(file: SourceFile) -> Iterator[str]:
    for site in file.sightings.imports():
        imported = site.imported
        line = file.position(site.base + imported.start, "utf-32")[0] + 1
        guards = "".join(f" [{guard}]" for guard in sorted(imported.place.guards))
        guards += _reached(file, site.base + imported.start)
        yield f"{line} {imported.local} = {'.' * imported.level}{imported.target}{guards}"
        for use in file.sightings.uses_of(site):
            line = file.position(use.start, "utf-32")[0] + 1
            yield f"  {line} {file.slice(use.start, use.end)} = {use.name}{_doubts(use)}{_reached(file, use.start)}"


def _reached(file: SourceFile, offset: int) -> str:
    """The Pythons that run a place, where that is not the whole range."""
    reached = file.versions_at(offset)
    return "" if reached == file.context.versions else f" [on {reached or 'none or nobody knows which'}]"


def _doubts(use: Sighting) -> str:
    others = f" or {', '.join(use.names[1:])}" if use.other_heads else ""
    return others + (" or unknown" if use.doubtful else "")


def probe_requirements(case: Case, catalog: Catalog) -> str:
    """What is said of the requirements in a file whose name is `path`, or the title of the card at each cursor.

    `show: messages` adds the message, `show: fixes` what the file becomes by each fix. What `versions` gives are
    also the ends that the project declares, unless their `source` says otherwise.
    """
    kind = kind_of(PurePosixPath(case.options.get("path", "pyproject.toml")))
    assert kind, f"{case.path}:{case.line}: such a file lists no requirements"
    known = context(case.options, catalog)
    is_declared = known.versions.lowest_source == _DEFAULT_SOURCE
    newest = known.versions.newest if "versions" in case.options else None
    declared = (known.versions.lowest, newest) if is_declared else (None, None)
    file = RequirementsFile(case.text, known._replace(declared=declared), kind, parse_toml)
    if case.cursors:
        return "\n".join(_requirement_at(file, cursor) for cursor in case.cursors)
    answers, show = [], case.options.get("show", "")
    for one in diagnostics(file):
        line, column = file.position(one.start, "utf-32")
        answers.append(f"{line + 1}:{column + 1} {file.slice(one.start, one.end)}: {one.severity} {one.code}")
        if show == "messages":
            answers[-1] += f"\n  {one.message}"
        elif show == "fixes":
            answers.append(_requirement_gone(file, one, case))
    return "\n".join(answers) or NOTHING


def _requirement_at(file: RequirementsFile, cursor: int) -> str:
    found = requirement_hover(file, cursor)
    if found is None:
        return NOTHING
    card, start, end = found
    assert start <= cursor <= end
    return f"{file.slice(start, end)}: {card.title} ({card.kind})"


def _requirement_gone(file: RequirementsFile, one: Diagnostic, case: Case) -> str:
    """The text after a fix; in TOML exactly one value has gone, and everything else is as it was."""
    fix = one.find_fix()
    if fix is None:
        return "# no fix"
    assert fix.safe and fix.title == f"Remove the requirement {file.slice(one.start, one.end)}"
    fixed = apply_edits(file.source, fix.edits).decode()
    if file.kind == "pyproject":
        before, after = (Counter(_leaves(parse_toml(text))) for text in (case.text, fixed))
        gone = before - after
        # A key of Poetry's may hold several values.
        assert not after - before and (gone.total() == 1 or len(set(map(_table_of, gone))) == 1), fixed
    return _visible(fixed, case)


def _table_of(leaf: str) -> str:
    return leaf.partition(" = ")[0].rpartition(".")[0]


def _leaves(value: object, keys: str = "") -> Iterator[str]:
    """Every value of a table with the keys that lead to it; places in lists do not count."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{keys}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{keys}[]")
    else:
        yield f"{keys} = {value!r}"


PROBES: Mapping[str, Callable[[Case, Catalog], str]] = {
    "hover": probe_hover,
    "completion": probe_completion,
    "diagnostics": probe_diagnostics,
    "fixes": probe_fixes,
    "sightings": probe_sightings,
    "requirements": probe_requirements,
}
