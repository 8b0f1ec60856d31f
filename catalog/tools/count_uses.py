"""Count which modules and members of the standard library published code uses.

    python catalog/tools/count_uses.py SITE_PACKAGES

SITE_PACKAGES is a folder with installed distributions. The more and the more different ones it has, the better.
Writes catalog/popularity.tsv: a name, and how many of the distributions use it, the most used first. A distribution
counts once, however often it uses a name, and names that fewer than two use are left out. Uses are those that the
program itself can see; members of values whose type it does not know are not among them.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

CATALOG = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CATALOG.parent / "server"))

from stdlib_ls.catalog.store import Catalog  # noqa: E402
from stdlib_ls.features.source_file import Context, SourceFile  # noqa: E402

LARGEST_BYTES = 300_000
FEWEST = 2


def main(folder: Path) -> None:
    """Count, and write what was found."""
    catalog = Catalog()
    context = Context(catalog)
    counted: Counter[str] = Counter()
    records = sorted(folder.glob("*.dist-info/RECORD"))
    for number, record in enumerate(records):
        counted.update({name for path in _sources(record) for name in _names_in(path, context)})
        print(f"{number + 1} of {len(records)}: {record.parent.name}", file=sys.stderr)
    kept = sorted(((name, count) for name, count in counted.items() if count >= FEWEST), key=lambda row: (-row[1], row))
    lines = [f"# Of {len(records)} distributions, how many use it; written by catalog/tools/count_uses.py."]
    lines += [f"{name}\t{count}" for name, count in kept]
    (CATALOG / "popularity.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(kept)} names used by at least {FEWEST} of {len(records)} distributions")


def _sources(record: Path) -> Iterator[Path]:
    with record.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            path = record.parents[1] / row[0]
            if path.suffix == ".py" and path.is_file() and path.stat().st_size <= LARGEST_BYTES:
                yield path


def _names_in(path: Path, context: Context) -> Iterator[str]:
    """The main name of everything of the standard library that a file imports or uses, and of all that is around it."""
    try:
        file = SourceFile(path.read_text(encoding="utf-8"), context)
    except ValueError:
        return
    for site in file.sightings.imports():
        if site.imported.level or not context.catalog.is_stdlib(site.imported.module):
            continue
        names = {site.imported.target, site.imported.module}
        names.update(sighting.name for sighting in file.sightings.uses_of(site))
        for name in names:
            yield from _known(name, context.catalog)


def _known(name: str, catalog: Catalog) -> Iterator[str]:
    while name:
        entry = catalog.find(name)
        if entry:
            yield entry.name
        name = name.rpartition(".")[0]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
