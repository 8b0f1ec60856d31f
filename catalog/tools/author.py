"""Helps authors of cards.

python catalog/tools/author.py list MODULE      the members that still need a line, with their signatures
python catalog/tools/author.py check FILE ...   every complaint about these cards, their examples run
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

CATALOG = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CATALOG.parent / "server"))

from availability import exists, is_on  # noqa: E402
from catalog_compiler.cards import check_card, line_key  # noqa: E402
from catalog_compiler.facts import Facts  # noqa: E402
from stdlib_ls.catalog.source import (  # noqa: E402
    Row,
    Source,
    check_schema,
)
from stdlib_ls.versions import Version  # noqa: E402


def list_members(module: str) -> None:
    """Print the members that still need a line, and those that need a word on what to use instead."""
    facts = Facts(CATALOG / "facts")
    path = (CATALOG / "cards").joinpath(*module.split(".")).with_suffix(".yaml")
    lines = Source(path, path.read_text(encoding="utf-8")).value.get("members", {}) if path.exists() else {}
    print(f"{module}: {_status(facts.modules[module])}")
    for name in facts.members.get(module, ()):
        row, short = facts.symbols[name], name.removeprefix(module + ".")
        key = line_key(lines, short, row["kind"])
        if key is None and (facts.wants_a_line(row) or facts.wants_instead(row)):
            print(f"  {short}: {row['kind']} {row.get('docsig') or row.get('sig', '')}{_status(row)}")
        elif facts.wants_instead(row) and "instead" not in lines[key]:
            print(f"  {short}: has a line, but does not say what to use instead{_status(row)}")


def check(paths: list[Path]) -> int:
    """Print every complaint about these cards; 1 if there is any."""
    facts = Facts(CATALOG / "facts")
    schema = json.loads((CATALOG / "schema/card.json").read_text(encoding="utf-8"))
    topics = Source("topics.yaml", (CATALOG / "topics.yaml").read_text(encoding="utf-8")).value["topics"]
    failed = 0
    for path in paths:
        source = Source(path, path.read_text(encoding="utf-8"))
        if not source.problems:
            check_schema(source, schema)
        if not source.problems:
            name = ".".join(path.resolve().relative_to(CATALOG / "cards").with_suffix("").parts)
            check_card(source, name, topics, facts)
        if not source.problems and "example" in source.value and can_run(facts, source.value["module"]):
            printed = run_example(source.value)
            if printed != source.value["output"]:
                source.complain(("output",), f"the example printed {printed!r}")
        for problem in source.problems:
            print(problem)
        failed += bool(source.problems)
    print(f"{len(paths) - failed} cards in order, {failed} with problems")
    return 1 if failed else 0


def run_example(card: Row, command: tuple[str, ...] = (sys.executable,)) -> str:
    """What a card's example prints, with the end of the traceback where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "card_example.py"
        script.write_text(card["example"], encoding="utf-8")
        done = subprocess.run(
            [*command, "-X", "utf8", str(script)],
            cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip
    return done.stdout + done.stderr[-500:]


def can_run(facts: Facts, module: str, version: Version = sys.version_info[:2], platform: str = sys.platform) -> bool:
    """Whether a Python can run a module's example, the running one by default; a removed one's shows what to do now."""
    row = facts.modules[module]
    return "removed" in row or (exists(facts, row, version) and is_on(platform, row))


def _status(row: Row) -> str:
    words = [f"{field} {row[field]}" for field in ("added", "deprecated", "removed") if field in row]
    return f"  ({', '.join(words)})" if words else ""


if __name__ == "__main__":
    if sys.argv[1:2] == ["list"] and len(sys.argv) == 3:
        list_members(sys.argv[2])
    elif sys.argv[1:2] == ["check"] and len(sys.argv) > 2:
        sys.exit(check([Path(name) for name in sys.argv[2:]]))
    else:
        sys.exit(__doc__)
