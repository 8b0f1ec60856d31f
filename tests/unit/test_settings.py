"""Settings: what is read from the tables of pyproject.toml and of editors, and what is said of mistakes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from stdlib_ls.settings import OWN_SEVERITY, RULE_CODES, SETTINGS, Settings, read_settings

BASE = Settings(target="3.10", hover_detail="brief", diagnostics={"gone-module": "error"}, catalogs=("a.yaml",))

# A table, and the fields in which the settings then differ from the defaults.
READ: dict[str, tuple[Any, dict[str, Any]]] = {
    "nothing": ({}, {}),
    "not sent": (None, {}),
    "null": ({"target": None, "hover": {"detail": None}, "diagnostics": {"gone-module": None}}, {}),
    "nested": ({"hover": {"enabled": False, "detail": "brief"}}, {"hover_enabled": False, "hover_detail": "brief"}),
    "dotted": ({"hover.detail": "brief"}, {"hover_detail": "brief"}),
    "target": ({"target": " >=3.9,<3.13 "}, {"target": ">=3.9,<3.13"}),
    "empty target": ({"target": ""}, {}),
    "completion": ({"completion": {"mode": "always"}}, {"completion_mode": "always"}),
    "severities": ({"diagnostics": {"gone-module": "off"}}, {"diagnostics": {"gone-module": "off"}}),
    "dotted severity": ({"diagnostics.gone-module": "off"}, {"diagnostics": {"gone-module": "off"}}),
    "severities in both ways": (
        {"diagnostics.gone-module": "off", "diagnostics": {"removed-module": "hint"}},
        {"diagnostics": {"gone-module": "off", "removed-module": "hint"}},
    ),
    "a switch among the severities": (
        {"diagnostics": {"workspace": True, "gone-module": "off"}},
        {"diagnostics_workspace": True, "diagnostics": {"gone-module": "off"}},
    ),
    "a dotted switch among the severities": ({"diagnostics.workspace": True}, {"diagnostics_workspace": True}),
    "reasons": ({"alternatives": {"allow": {"Foo_Bar": "fast"}}}, {"alternatives_allow": {"foo-bar": "fast"}}),
    "dotted reason": ({"alternatives.allow.zope.event": "x"}, {"alternatives_allow": {"zope-event": "x"}}),
    "packages without reasons": ({"alternatives": {"allow": ["six"]}}, {"alternatives_allow": {"six": ""}}),
    "catalogs": ({"catalogs": ["x.yaml"]}, {"catalogs": ("x.yaml",)}),
    "no other server": ({"beside": []}, {"beside": ()}),
    "other servers": ({"beside": ["ty", "ruff"]}, {"beside": ("ty", "ruff")}),
    "the rule's own severity": ({"diagnostics": {"gone-module": "default"}}, {}),
    "the rule's own severity after another": (
        {"diagnostics.gone-module": "off", "diagnostics": {"gone-module": "default"}},
        {},
    ),
    "docs": ({"docs": {"url": "https://docs.python.org/de/"}}, {"docs_url": "https://docs.python.org/de"}),
}


@pytest.mark.parametrize(("table", "changed"), READ.values(), ids=READ)
def test_table_is_read(table: object, changed: dict[str, Any]) -> None:
    assert read_settings(table, "here", Settings()) == (Settings(**changed), [])


# A table with one mistake, and its message.
MISTAKES: dict[str, tuple[Any, str]] = {
    "choice": ({"hover": {"detail": "short"}}, 'hover.detail cannot be "short", only "full" or "brief"'),
    "switch": ({"hover.enabled": "yes"}, 'hover.enabled cannot be "yes", only true or false'),
    "switch among the severities": (
        {"diagnostics": {"workspace": "hint"}},
        'diagnostics.workspace cannot be "hint", only true or false',
    ),
    "choice is a switch": (
        {"completion": {"mode": True}},
        'completion.mode cannot be true, only "auto", "always" or "o',
    ),
    "number": ({"target": 3.1}, 'target cannot be 3.1, only a text such as "3.11", "3.9-3.12" or'),
    "target": ({"target": "newest"}, 'target cannot be "newest", only a text such as'),
    "severity": (
        {"diagnostics": {"gone-module": "loud"}},
        'diagnostics.gone-module cannot be "loud", only "default", "off"',
    ),
    "severity is a list": (
        {"diagnostics": {"gone-module": ["off"]}},
        "diagnostics.gone-module cannot be ['off'], only",
    ),
    "severities": ({"diagnostics": "off"}, 'diagnostics cannot be "off", only a table of rule codes'),
    "rule": ({"diagnostics": {"gone-modul": "off"}}, "unknown rule diagnostics.gone-modul; did you mean gone-module?"),
    "reason": (
        {"alternatives": {"allow": {"six": 3}}},
        "alternatives.allow.six cannot be 3, only a text that says why",
    ),
    "packages": ({"alternatives": {"allow": ["six", 3]}}, "alternatives.allow cannot be ['six', 3], only a table of"),
    "catalogs": ({"catalogs": "x.yaml"}, 'catalogs cannot be "x.yaml", only a list of texts'),
    "docs": ({"docs": {"url": "javascript:x"}}, 'docs.url cannot be "javascript:x", only an address'),
    "unknown": ({"hover": {"detial": "full"}}, "unknown setting hover.detial; did you mean hover.detail?"),
    "unknown and far": ({"zzz": {"a": 1, "b": 2}}, "unknown setting zzz"),
    "no table inside": ({"hover": True}, "unknown setting hover"),
    "below a value": ({"hover.detail.more": True}, "unknown setting hover.detail.more; did you mean hover.detail?"),
    "no table": ([1], "expected a table of settings, not [1]"),
    "long": ({"hover": {"detail": "x" * 500}}, 'hover.detail cannot be "xxx'),
}


@pytest.mark.parametrize(("table", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_named_once_and_changes_nothing(table: object, message: str) -> None:
    settings, messages = read_settings(table, "pyproject.toml", BASE)
    assert settings == BASE
    assert len(messages) == 1
    assert messages[0].startswith(f"pyproject.toml: {message}")
    assert len(messages[0]) < 250


def test_mistake_does_not_spoil_its_neighbours() -> None:
    table = {"hover": {"detail": 1, "enabled": False}, "diagnostics": {"gone-module": "x", "removed-module": "off"}}
    settings, messages = read_settings(table, "here", BASE)
    assert len(messages) == 2
    assert not settings.hover_enabled
    assert settings.diagnostics == {"gone-module": "error", "removed-module": "off"}


def test_later_table_goes_over_the_earlier_one() -> None:
    settings, _ = read_settings({"catalogs": ["b.yaml"], "diagnostics": {"removed-module": "off"}}, "here", BASE)
    assert settings.catalogs == ("b.yaml",)
    assert settings.target == "3.10"
    assert settings.diagnostics == {"gone-module": "error", "removed-module": "off"}
    assert BASE.diagnostics == {"gone-module": "error"}


def test_allowed_packages_are_found_in_any_spelling() -> None:
    settings, _ = read_settings({"alternatives.allow": {"Foo_Bar": "fast"}}, "here", Settings())
    assert settings.allowed_because("foo.bar") == "fast"
    assert settings.allowed_because("six") is None


def test_settings_can_be_a_key() -> None:
    assert hash(Settings(diagnostics={"gone-module": "off"})) == hash(Settings())


def test_table_describes_every_field() -> None:
    assert [row.field for row in SETTINGS.values()] == [one.name for one in fields(Settings)]
    for row in SETTINGS.values():
        assert row.description.endswith(".")
        # A default is one of the allowed values, and reading it changes nothing.
        default = list(row.default) if isinstance(row.default, tuple) else row.default
        assert read_settings({row.name: default}, "here", Settings()) == (Settings(), [])


@pytest.mark.parametrize("code", RULE_CODES)
@pytest.mark.parametrize("severity", SETTINGS["diagnostics"].allowed)
def test_every_rule_takes_every_severity(code: str, severity: str) -> None:
    settings, messages = read_settings({"diagnostics": {code: severity}}, "here", Settings())
    held = {} if severity == OWN_SEVERITY else {code: severity}
    assert (settings.diagnostics, messages) == (held, [])
