"""The settings: one table of them, and how the tables that users write are read into it.

The fields of `Settings` are that table; the messages, the readers and the editors' schemas follow from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from stdlib_ls.versions import parse_target

RULE_CODES = (
    "replaceable-import",
    "superfluous-requirement",
    "gone-module",
    "removed-module",
    "removed-member",
    "not-yet-available",
    "deprecated-module",
    "deprecated-member",
    "obsolete-fallback",
    "shadowed-module",
)
SEVERITIES = ("off", "hint", "information", "warning", "error")
# In place of a severity: that of the rule itself, whatever a wider setting says.
OWN_SEVERITY = "default"

Kind = Literal["target", "switch", "choice", "severities", "reasons", "texts", "address"]


def _setting(name: str, kind: Kind, default: Any, description: str, allowed: tuple[str, ...] = ()) -> Any:
    metadata = {"name": name, "kind": kind, "description": description, "allowed": allowed}
    if isinstance(default, dict):
        return field(default_factory=dict, hash=False, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user can choose; a fresh one holds the defaults."""

    target: str | None = _setting(
        "target",
        "target",
        None,
        'The Python versions to judge by, such as "3.11" (from 3.11 on), "3.9-3.12" or ">=3.9,<3.13".'
        " Without it they come from the project's files.",
    )
    hover_enabled: bool = _setting("hover.enabled", "switch", True, "Whether hovering shows cards.")
    hover_detail: str = _setting(
        "hover.detail", "choice", "full", "How much of a card hovering shows.", allowed=("full", "brief")
    )
    completion_mode: str = _setting(
        "completion.mode",
        "choice",
        "auto",
        "Whether completions are offered. With auto, what the other Python servers complete is left to them; where the"
        " editor does not say which there are, that is keyword arguments and names that come with their import.",
        allowed=("auto", "always", "off"),
    )
    beside: tuple[str, ...] | None = _setting(
        "beside",
        "texts",
        None,
        "The other Python language servers at work in the same editor, such as pylance, ty or ruff."
        " The editor's plugin fills it in; what they complete is left to them.",
    )
    signature_enabled: bool = _setting(
        "signature.enabled",
        "switch",
        False,
        "Whether the signatures of the standard library are shown while a call is being written."
        " Only the editor can set it, and it is read when the server starts.",
    )
    search_symbols: bool = _setting(
        "search.symbols",
        "switch",
        False,
        "Whether the editor's search for symbols of the workspace finds the standard library, too."
        " Only the editor can set it, and it is read when the server starts.",
    )
    diagnostics_workspace: bool = _setting(
        "diagnostics.workspace",
        "switch",
        False,
        "Whether editors that ask get the diagnostics of all files of the workspace, not only of those that are open."
        " Only the editor can set it, and it is read when the server starts.",
    )
    diagnostics: Mapping[str, str] = _setting(
        "diagnostics",
        "severities",
        {},
        "The severity of each rule that shall differ from its default.",
        (OWN_SEVERITY, *SEVERITIES),
    )
    alternatives_allow: Mapping[str, str] = _setting(
        "alternatives.allow", "reasons", {}, "Packages that stay, each with the reason why; nothing is said about them."
    )
    catalogs: tuple[str, ...] = _setting(
        "catalogs", "texts", (), "Catalog files of your own, relative to the file that names them."
    )
    docs_url: str = _setting(
        "docs.url", "address", "https://docs.python.org", "Where links to the documentation lead: a mirror, say."
    )

    def allowed_because(self, package: str) -> str | None:
        """The reason for which a distribution may stay ("" where none is given), or None where it is not allowed."""
        return self.alternatives_allow.get(normal_package(package))


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: the name as users write it, the kind of value, its default, and what it is for."""

    name: str
    field: str
    kind: Kind
    default: Any
    allowed: tuple[str, ...]
    description: str


def _rows() -> Iterator[Setting]:
    defaults = Settings()
    for one in fields(Settings):
        row = one.metadata
        yield Setting(
            row["name"], one.name, row["kind"], getattr(defaults, one.name), row["allowed"], row["description"]
        )


SETTINGS: Mapping[str, Setting] = {row.name: row for row in _rows()}


def normal_package(name: str) -> str:
    """A distribution's name in its one normal spelling: "Foo_Bar" gives "foo-bar"."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def read_settings(table: object, where: str, base: Settings) -> tuple[Settings, list[str]]:
    """The settings of `base` with those of `table` over them, and one message for each thing wrong with `table`.

    `table` is a mapping from TOML or JSON, nested ({"hover": {"detail": ..}}) or dotted ({"hover.detail": ..});
    `where` says in the messages where it stands. A broken value keeps what `base` has, and None means "not set".
    """
    if table is None:
        return base, []
    if not isinstance(table, Mapping):
        return base, [f"{where}: expected a table of settings, not {_show(table)}"]
    messages: list[str] = []
    changes: dict[str, Any] = {}
    for name, value in _flatten(table):
        row = SETTINGS.get(name)
        if row is None:
            messages.append(f"{where}: unknown setting {name}{closest(name, SETTINGS)}")
        elif value is not None:
            before = changes.get(row.field, getattr(base, row.field))
            changes[row.field], wrong = _READERS[row.kind](value, row, before)
            messages += [f"{where}: {complaint}" for complaint in wrong]
    return replace(base, **changes), messages


def _flatten(table: Mapping[object, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Each setting with its value, whether its name was nested or dotted."""
    for key, value in table.items():
        name = f"{above}{key}"
        holder = next((one for one in SETTINGS if name.startswith(f"{one}.")), None)
        if name in SETTINGS and not _is_table(name):
            yield name, value
        elif holder:
            # The rest of the name is a key of a setting that is a table itself: `diagnostics.gone-module`.
            yield (holder, {name[len(holder) + 1 :]: value}) if _is_table(holder) else (name, value)
        elif isinstance(value, Mapping) and any(one.startswith(f"{name}.") for one in SETTINGS):
            yield from _flatten(value, f"{name}.")
        else:
            yield name, value


def _is_table(name: str) -> bool:
    return isinstance(SETTINGS[name].default, Mapping)


# A reader takes the value, its row and what held before; it gives what holds now and what is wrong with the value.
_Reading = tuple[Any, list[str]]


def _read_target(value: object, row: Setting, before: Any) -> _Reading:
    if value == "":
        return before, []
    if isinstance(value, str) and parse_target(value):
        return value.strip(), []
    # Without quotes TOML reads 3.10 as the number 3.1, so a number is never guessed at.
    return before, [_wrong(row.name, value, 'a text such as "3.11", "3.9-3.12" or ">=3.9,<3.13"')]


def _read_switch(value: object, row: Setting, before: Any) -> _Reading:
    return (value, []) if isinstance(value, bool) else (before, [_wrong(row.name, value, "true or false")])


def _read_choice(value: object, row: Setting, before: Any) -> _Reading:
    return (value, []) if value in row.allowed else (before, [_wrong(row.name, value, _any_of(row.allowed))])


def _read_severities(value: object, row: Setting, before: Any) -> _Reading:
    if not isinstance(value, Mapping):
        return before, [_wrong(row.name, value, "a table of rule codes and severities")]
    kept, wrong = dict(before), []
    for code, severity in value.items():
        if code not in RULE_CODES:
            wrong.append(f"unknown rule {row.name}.{code}{closest(str(code), RULE_CODES)}")
        elif severity == OWN_SEVERITY:
            kept.pop(code, None)
        elif severity in row.allowed:
            kept[code] = severity
        elif severity is not None:
            wrong.append(_wrong(f"{row.name}.{code}", severity, _any_of(row.allowed)))
    return kept, wrong


def _read_reasons(value: object, row: Setting, before: Any) -> _Reading:
    if isinstance(value, (list, tuple)):
        # A plain list names the packages and gives no reasons.
        value = dict.fromkeys(map(str, value), "") if all(isinstance(one, str) for one in value) else value
    if not isinstance(value, Mapping):
        return before, [_wrong(row.name, value, "a table of packages and reasons, or a list of packages")]
    kept, wrong = dict(before), []
    for package, reason in value.items():
        if isinstance(reason, str):
            kept[normal_package(str(package))] = reason
        elif reason is not None:
            wrong.append(_wrong(f"{row.name}.{package}", reason, "a text that says why the package stays"))
    return kept, wrong


def _read_texts(value: object, row: Setting, before: Any) -> _Reading:
    if isinstance(value, (list, tuple)) and all(isinstance(one, str) and one for one in value):
        return tuple(value), []
    return before, [_wrong(row.name, value, "a list of texts")]


def _read_address(value: object, row: Setting, before: Any) -> _Reading:
    if isinstance(value, str) and re.fullmatch(r"(?:https?|file)://[^\s<>\"]+", value):
        return value.rstrip("/"), []
    return before, [_wrong(row.name, value, "an address that begins with https://, http:// or file://")]


_READERS: Mapping[Kind, Callable[[object, Setting, Any], _Reading]] = {
    "target": _read_target,
    "switch": _read_switch,
    "choice": _read_choice,
    "severities": _read_severities,
    "reasons": _read_reasons,
    "texts": _read_texts,
    "address": _read_address,
}


def _wrong(name: str, value: object, expected: str) -> str:
    return f"{name} cannot be {_show(value)}, only {expected}"


def _show(value: object) -> str:
    """The value roughly as its author wrote it: double quotes, and no more of it than fits a message."""
    if isinstance(value, bool):
        return str(value).lower()
    shown = f'"{value}"' if isinstance(value, str) else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _any_of(values: tuple[str, ...]) -> str:
    quoted = [f'"{value}"' for value in values]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def closest(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """The end of a message about an unknown name: which known one may be meant, or nothing."""
    import difflib  # noqa: PLC0415 - only a mistake needs it, and every start would pay for it

    found = difflib.get_close_matches(name, known, 1, 0.5)
    return f"; did you mean {found[0]}?" if found else ""
