"""The compiled catalog as it is read: look-ups, laziness, and the shape of every record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_compiler.compile import compile_catalog, write_records
from stdlib_ls.catalog.store import Catalog, CatalogMissing, Row
from stdlib_ls.versions import OLDEST_KNOWN, VersionRange

SOURCE = Path(__file__).resolve().parents[2] / "catalog"
DOCS = re.compile(r"(library|reference|builtins|distutils|tutorial|using|howto)/[\w.-]+\.html(#[\w.()-]+)?")

LOOK_UPS = {
    # what is asked: what is found
    "json": "json",
    "json.dumps": "json.dumps",
    "os.path": "os.path",
    "os.path.join": "os.path.join",
    "xml.etree.ElementTree": "xml.etree.ElementTree",
    "builtins.str.split": "builtins.str.split",
    # aliases are shown as they are written, what they have under its main name
    "posixpath.join": "posixpath.join",
    "typing.Match.group": "re.Match.group",
    "asyncio.queues.Queue.put": "asyncio.Queue.put",
    # base classes, at any distance
    "pathlib.Path.parent": "pathlib.PurePath.parent",
    "pathlib.PosixPath.read_text": "pathlib.Path.read_text",
    "collections.OrderedDict.get": "builtins.dict.get",
    "json.JSONDecodeError.args": "builtins.BaseException.args",
    # nothing
    "json.nothing": None,
    "jso": None,
    "jsonx": None,
    "json.": None,
    ".json": None,
    "": None,
    "modules": None,
    "json\tx": None,
    "json\n": None,
    "naïve.\udcff": None,
    "numpy": None,
    "json.dumps.nothing": None,
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalog") / "catalog.txt"
    write_records(compile_catalog(SOURCE)[0], path)
    return path


@pytest.fixture
def catalog(compiled: Path) -> Catalog:
    return Catalog(compiled)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What has been decoded from now on."""
    seen: list[Any] = []
    loads = json.loads

    def counting(text: bytes) -> Any:
        seen.append(text)
        return loads(text)

    monkeypatch.setattr(json, "loads", counting)
    return seen


def records(path: Path) -> Iterator[tuple[str, Any]]:
    for line in path.read_bytes().splitlines():
        key, _, value = line.partition(b"\t")
        yield key.decode(), json.loads(value)


@pytest.mark.parametrize(("asked", "expected"), LOOK_UPS.items())
def test_look_up(asked: str, expected: str | None, catalog: Catalog) -> None:
    found = catalog.find(asked)
    assert (found.name if found else None) == expected


def test_an_entry_says_what_facts_and_people_say(catalog: Catalog) -> None:
    module = catalog.module("tomllib")
    assert module and module.is_module
    assert module.added == (3, 11) and module.docs == "library/tomllib.html#module-tomllib"
    assert module.summary and module.card["reach_for"] and "members" not in module.card
    member = catalog.find("tomllib.loads")
    assert member and not member.is_module and member.kind == "function" and member.summary and member.card == {}
    assert catalog.module("tomllib.loads") is None
    gone = catalog.find("asynchat.fifo") or catalog.find("asynchat.async_chat")
    assert gone and gone.removed == (3, 12) and gone.docs_version == (3, 11)


def test_an_alias_has_dates_of_its_own_and_the_rest_of_its_main_name(catalog: Catalog) -> None:
    main, alias = catalog.find("collections.abc.Mapping"), catalog.find("collections.Mapping")
    assert main and alias and (main.removed, alias.removed) == (None, (3, 10))
    assert alias.docs == main.docs
    assert [row.label for row in catalog.members("collections.Mapping")] == [
        row.label for row in catalog.members("collections.abc.Mapping")
    ]
    main, alias = catalog.find("os.path.join"), catalog.find("posixpath.join")
    assert main and alias and main.summary and (alias.summary, alias.docs) == (main.summary, main.docs)
    main, alias = catalog.find("re.Match"), catalog.find("typing.Match")
    assert main and alias and (main.is_deprecated, alias.deprecated) == (False, (3, 9))


@pytest.mark.parametrize(
    ("asked", "entered", "mode", "expected"),
    [
        ("re.match", False, "", "re.Match"),
        ("pathlib.Path", False, "", "pathlib.Path"),
        ("builtins.OSError", False, "", "builtins.OSError"),
        ("enum.Enum", False, "", "builtins.type"),
        # "Self" is the class in the name, aliases have what their main names have
        ("datetime.datetime.now", False, "", "datetime.datetime"),
        ("pathlib.PosixPath.cwd", False, "", "pathlib.PosixPath"),
        ("collections.Counter.fromkeys", False, "", None),
        ("xml.etree.ElementTree.fromstring", False, "", "xml.etree.ElementTree.Element"),
        # modes
        ("builtins.open", False, "w", "io.TextIOWrapper"),
        ("builtins.open", True, "", "io.TextIOWrapper"),
        ("builtins.open", True, "rb", None),
        ("pathlib.PosixPath.open", False, "?", None),
        ("re.match", False, "b?", "re.Match"),
        # what `with` binds
        ("zipfile.ZipFile", True, "", "zipfile.ZipFile"),
        ("concurrent.futures.ThreadPoolExecutor", True, "", "concurrent.futures.ThreadPoolExecutor"),
        ("tempfile.TemporaryDirectory", True, "", "builtins.str"),
        ("sqlite3.connect", True, "", "sqlite3.Connection"),
        ("contextlib.suppress", True, "", None),
        ("builtins.str", True, "", None),
        # nothing known, or no call
        ("json.loads", False, "", None),
        ("pathlib.PurePath.parent", False, "", None),
        ("json", False, "", None),
        ("json.nothing", False, "", None),
        ("numpy.array", False, "", None),
    ],
)
def test_what_calls_give(asked: str, entered: bool, mode: str, expected: str | None, catalog: Catalog) -> None:
    assert catalog.result_of(asked, entered=entered, mode=mode) == expected


def test_members_include_those_of_base_classes(catalog: Catalog) -> None:
    labels = [row.label for row in catalog.members("pathlib.PosixPath")]
    assert {"read_text", "parent"} <= set(labels)
    assert labels == sorted(set(labels))
    assert catalog.members("pathlib.Nothing") == []


def test_public_names(catalog: Catalog) -> None:
    names = catalog.public_names("json")
    assert names and {"dumps", "JSONDecodeError"} <= names and not [name for name in names if name.startswith("_")]
    assert catalog.public_names("json.dumps") is None
    assert catalog.public_names("numpy") is None


def test_what_belongs_to_the_standard_library(catalog: Catalog) -> None:
    assert catalog.is_stdlib("json") and catalog.is_stdlib("json.anything.else")
    assert not catalog.is_stdlib("jsonschema") and not catalog.is_stdlib("js")


def test_look_up_by_prefix(catalog: Catalog) -> None:
    names = list(catalog.names_under("bisect."))
    assert names == sorted(names) and {"bisect.bisect", "bisect.insort_left"} <= set(names)
    assert list(catalog.names_under("nothing.")) == []


def test_packages(catalog: Catalog) -> None:
    [package] = catalog.packages("dateutil")
    assert package["package"] == "python-dateutil"
    assert catalog.import_names("python-dateutil") == ["dateutil"]
    assert catalog.packages("json") == [] and catalog.import_names("dateutil") == []
    assert {"psutil", "six", "dateutil"} <= set(catalog.third_party_names())
    assert not [row for row in package["replacements"] if "proof" in row]


def test_distributions(catalog: Catalog) -> None:
    for name in ("python-dateutil", "enum34", "psutil"):
        package = catalog.distribution(name)
        assert package and package["package"] == name
    assert catalog.distribution("dateutil") is None and catalog.distribution("enum") is None
    assert catalog.packages("enum") == [] and catalog.packages("enum34") == []
    own = {"package": "ours", "imports": [], "advice": "superfluous", "shadows": ["json"], "replacements": []}
    assert catalog.with_own([own]).distribution("ours") == own and catalog.distribution("ours") is None


def test_rows_fit_ranges() -> None:
    row = Row("loads", "function", "", "3.11", "", "3.13")
    assert row.fits(VersionRange((3, 9), (3, 11))) and row.fits(VersionRange((3, 12), (3, 15)))
    assert not row.fits(VersionRange((3, 9), (3, 10))) and not row.fits(VersionRange((3, 13), (3, 15)))


@pytest.mark.parametrize("content", [None, ""])
def test_a_missing_file_says_what_to_do(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "catalog.txt"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CatalogMissing, match=f"{re.escape(str(path))}: .*make catalog"):
        Catalog(path)


def test_opening_decodes_nothing_and_a_look_up_little(compiled: Path, decoded: list[Any]) -> None:
    catalog = Catalog(compiled)
    list(catalog.names_under("json."))
    assert decoded == []
    catalog.find("json.dumps")
    assert len(decoded) == 1
    catalog.find("json.dumps")
    assert len(decoded) == 1
    catalog.find("pathlib.PosixPath.read_text")
    assert len(decoded) < 10


def test_records_are_sorted_and_each_can_be_reached(compiled: Path, catalog: Catalog) -> None:
    lines = compiled.read_bytes().splitlines(keepends=True)
    assert lines == sorted(lines) and all(line.endswith(b"\n") for line in lines)
    keys = [line.partition(b"\t")[0] for line in lines]
    assert len(keys) == len(set(keys))
    for key, record in records(compiled):
        kind, _, name = key.partition(" ")
        assert reached(catalog, kind, name, record), key


def reached(catalog: Catalog, kind: str, name: str, record: Any) -> bool:
    """Whether a record's content comes out of the catalog's own questions."""
    match kind:
        case "i" if name == "names":
            return bool(catalog.findable_names() == record)
        case "i":
            return [row.label for row in catalog.modules()] == [fields[0] for fields in record]
        case "m" | "s":
            return catalog.find(name) is not None
        case "l":
            return catalog.find(name) is None or {fields[0] for fields in record} <= {
                row.label for row in catalog.members(name)
            }
        case "a":
            return bool(catalog.packages(name) == record)
        case "p":
            return bool(catalog.import_names(name) == record)
        case "f":
            return bool(catalog.successors(name) == record)
        case "d":
            return bool(catalog.dated(name) == frozenset(record))
        case "n":
            return [row.label for row in catalog.importable(name)] == [fields[0] for fields in record]
        case "r":
            return bool(catalog.distribution(name) == record)
        case "w":
            return bool([part for pair in catalog.names_of_word(name) for part in pair] == record)
        case "y":
            return bool(catalog.synonyms(name) == record)
        case "x":
            return bool(catalog.alternative_schema() == record)
    return False


def test_docs_are_a_page_and_an_anchor(compiled: Path) -> None:
    pages = {key: record["docs"] for key, record in records(compiled) if key[0] in "ms" and "docs" in record}
    assert len(pages) > 10_000
    assert {key: page for key, page in pages.items() if not DOCS.fullmatch(page)} == {}


def test_docs_versions_are_such_as_are_online(compiled: Path) -> None:
    versions = {record["docs_version"] for key, record in records(compiled) if "docs_version" in record}
    assert versions <= {f"3.{minor}" for minor in range(OLDEST_KNOWN[1] - 1, 15)}
