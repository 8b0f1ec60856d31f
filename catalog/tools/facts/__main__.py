"""Regenerates `catalog/facts/*.jsonl` from the documentation, typeshed and interpreters.

    python -m facts [--docs VERSION=FOLDER ...] [--into FOLDER] [--anew]

Sources are merged into the rows that are committed, so that nothing is lost that the inputs at hand cannot show:

* `rt`, the versions whose interpreters had a name, only grows.
  A version whose interpreter is not on this machine keeps its evidence, and so does one whose other build or patch
  release had the name.
* What documentation and typeshed say is read anew wherever one of the inputs at hand has the name.
* Dates stay as they are committed unless two sources agree on another; `dates.py` says how.
* `curated.json` settles by hand what the sources get wrong, and wins over everything.

`--anew` forgets the committed rows, which shows what the inputs at hand know by themselves.
Running it twice changes nothing the second time.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

from catalog_compiler.facts import Facts
from facts import artefacts
from facts.documentation import Documentation
from facts.evidence import Evidence, Row
from facts.links import add_links, keep_inventories, read_inventories
from facts.modules import FIELDS as MODULE_FIELDS
from facts.modules import module_rows
from facts.pages import CACHE_FORM, read_documentation
from facts.parameters import parameter_changes
from facts.returns import add_results
from facts.stubs import Stubs
from facts.symbols import FIELDS as SYMBOL_FIELDS
from facts.symbols import differing, symbol_rows
from facts.writing import signatures
from stdlib_ls.versions import NEWEST_KNOWN, OLDEST_KNOWN, show_version

FACTS = artefacts.ROOT / "catalog/facts"
INVENTORIES = artefacts.ROOT / "tests/catalog/inventories"


def main() -> None:
    """Regenerate the facts, and say what changed."""
    parser = argparse.ArgumentParser("facts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", action="append", default=[], metavar="VERSION=FOLDER")
    parser.add_argument("--into", type=Path, default=FACTS, metavar="FOLDER")
    parser.add_argument("--anew", action="store_true")
    options = parser.parse_args()
    committed = Facts(FACTS)
    evidence = gather(committed, dict(one.split("=", 1) for one in options.docs), options.anew)
    evidence.modules = module_rows(evidence)
    symbols = symbol_rows(evidence)
    finish(evidence, symbols)
    write(options.into, evidence, symbols)
    print(f"{len(evidence.modules)} modules and {len(symbols)} symbols")
    for line in [*tell("modules", committed.modules, evidence.modules), *tell("symbols", committed.symbols, symbols)]:
        print(line)


def gather(committed: Facts, given: dict[str, str], anew: bool) -> Evidence:
    """Reads everything, and asks the interpreters for every name that was found."""
    documents = []
    for version, folder in artefacts.documentation({version: Path(text) for version, text in given.items()}).items():
        stamp = int((folder / "objects.inv").stat().st_mtime)
        cache = artefacts.CACHE / f"read-{version}-{stamp}-{CACHE_FORM}.json"
        documents.append(Documentation(version, read_documentation(folder, cache)))
    newest = show_version(NEWEST_KNOWN)
    if not documents or documents[0].version != newest:
        sys.exit(f"nothing can be told without the documentation of {newest}, the newest version")
    stubs = Stubs(artefacts.typeshed(), OLDEST_KNOWN[1], NEWEST_KNOWN[1])
    curated = json.loads(Path(__file__).with_name("curated.json").read_text(encoding="utf-8"))
    modules, symbols = ({}, {}) if anew else (dict(committed.modules), dict(committed.symbols))
    evidence = Evidence(documents, stubs, {}, modules, symbols, curated, NEWEST_KNOWN[1])
    names = {name: [row["module"], name.removeprefix(row["module"] + ".")] for name, row in symbols.items()}
    for documented in evidence.documented.values():
        names.setdefault(".".join(evidence.split(documented)), list(evidence.split(documented)))
    for key, stub in stubs.names.items():
        if stub.kind:
            names.setdefault(".".join(key), list(key))
    question = {
        "modules": sorted(evidence.module_names),
        "names": list(names.values()),
        "signatures": True,
        "discover": True,
    }
    del evidence.__dict__["module_names"], evidence.__dict__["documented"]  # interpreters may know more modules
    answers = defaultdict(list)
    for interpreter, answer in artefacts.ask_interpreters(question):
        answers[interpreter.version[1]].append(answer)
        print(f"{interpreter}: {len(answer['found'])} of {len(names)} names")
    evidence.answers = dict(answers)
    return evidence


def finish(evidence: Evidence, symbols: dict[str, Row]) -> None:
    """Adds what needs all rows: signatures, parameters, what comes back, and the links of older documentation."""
    written, changes = signatures(evidence, symbols), parameter_changes(evidence, symbols)
    add_results(evidence, symbols)
    keep_inventories(INVENTORIES, evidence.documents)
    inventories = read_inventories(INVENTORIES)
    for name, row in symbols.items():
        if name in written:
            row["sig"] = written[name]
        told: dict[str, dict[str, str]] = {}
        for source in (row.get("params", {}), changes.get(name, {})):
            for parameter, versions in source.items():
                told.setdefault(parameter, {}).update(versions)
        told.update(evidence.curated["params"].get(name, {}))
        row["params"] = {parameter: one for parameter, one in sorted(told.items()) if one}
    for row in (*evidence.modules.values(), *symbols.values()):
        if "doc" in row:
            add_links(row, inventories)
    for rows, fields in ((evidence.modules, MODULE_FIELDS), (symbols, SYMBOL_FIELDS)):
        for name, row in rows.items():
            rows[name] = {field: row[field] for field in fields if row.get(field) or row.get(field) is False}


def write(folder: Path, evidence: Evidence, symbols: dict[str, Row]) -> None:
    """One file for each top-level module: a header row, then modules, then symbols, both sorted by name."""
    versions = ", ".join(f"3.{minor}" for minor in read_inventories(INVENTORIES))
    header = {
        "generated": "by catalog/tools/facts; do not edit",
        "sources": [
            f"CPython documentation {' and '.join(versions.rsplit(', ', 1))} (PSF licence)",
            f"typeshed, as shipped by {artefacts.TYPESHED.replace('==', ' ')} (Apache-2.0)",
            f"CPython interpreters 3.6 to 3.{evidence.newest}",
        ],
    }
    files: dict[str, list[Row]] = defaultdict(lambda: [header])
    for row in (*evidence.modules.values(), *symbols.values()):
        files[row.get("module", row["name"]).partition(".")[0]].append(row)
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.jsonl"):
        path.unlink()
    for top, rows in files.items():
        lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows]
        (folder / f"{top}.jsonl").write_text("".join(lines), encoding="utf-8")


def tell(what: str, before: dict[str, Row], after: dict[str, Row]) -> list[str]:
    """What changed: rows that came and went, and by field how many differ, with some of each."""
    came, gone = sorted(after.keys() - before.keys()), sorted(before.keys() - after.keys())
    lines = [f"{what}: {len(came)} added, {len(gone)} removed"]
    lines += [f"  + {name}" for name in came[:20]] + [f"  - {name}" for name in gone[:20]]
    by_field: dict[str, list[str]] = defaultdict(list)
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for name, field, old, new in differing(before, after):
        kinds[field]["set" if old is None else "dropped" if new is None else "changed"] += 1
        by_field[field].append(f"    {name}: {json.dumps(old)} -> {json.dumps(new)}")
    for field, examples in sorted(by_field.items()):
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds[field].items()))
        lines += [f"  {field}: {counts}", *sorted(examples)[:12]]
    return lines


if __name__ == "__main__":
    main()
