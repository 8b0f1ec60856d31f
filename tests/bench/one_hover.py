"""What the catalog costs: its size, the time to open it, and time and memory of one hover and one search.

    python tests/bench/one_hover.py [CHECKOUT ...]

Each figure is the median of 15 fresh processes. Several checkouts of the project, each with a compiled catalog, are
measured in turn within one run, so that their ratios mean something on a busy machine.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

ROUNDS = 15
HERE = Path(__file__).resolve().parents[2]
DATA = "server/stdlib_ls/data/catalog.txt"

WORK = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
def memory():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
from stdlib_ls.features.hover import hover
from stdlib_ls.features.render import render
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.catalog.store import Catalog
before = memory() if sys.platform == "linux" else 0
begun = time.perf_counter()
context = Context(Catalog())
opened = time.perf_counter()
file = SourceFile("import json, os.path\\njson.dumps({})\\nos.path.join('a')\\n", context)
card, *_ = hover(file, 27)
assert card.summary and "json.dumps" in render(card)
hovered = time.perf_counter()
for number in range(200):
    card, *_ = hover(file, 27 if number % 2 else 45)
    render(card)
warm = time.perf_counter()
after = memory() if sys.platform == "linux" else 0
try:
    from stdlib_ls.features.search import search
    search("temporary file", context)
    searched = time.perf_counter()
    for _ in range(20):
        search("temporary file", context)
    search_ms = [1e3 * (searched - warm), 1e3 * (time.perf_counter() - searched) / 20]
except ImportError:
    search_ms = [0, 0]
print(json.dumps([1e3 * (opened - begun), 1e3 * (hovered - opened), 1e6 * (warm - hovered) / 200, after - before,
                  *search_ms]))
"""
FIGURES = (
    *("open, ms", "first hover, ms", "warm hover, us", "own memory of both, KiB"),
    *("first search, ms", "warm search, ms"),
)


def main(checkouts: list[Path]) -> None:
    """Measure every checkout in turn, print the medians side by side."""
    found: dict[Path, list[list[float]]] = {checkout: [] for checkout in checkouts}
    for _ in range(ROUNDS):
        for checkout in checkouts:
            command = [sys.executable, "-c", WORK, str(checkout / "server")]
            found[checkout].append(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
    print("figure".ljust(34), *(checkout.name.rjust(14) for checkout in checkouts))
    print("size of the catalog, KiB".ljust(34), *(f"{(one / DATA).stat().st_size // 1024:14}" for one in checkouts))
    for number, figure in enumerate(FIGURES):
        medians = [statistics.median(row[number] for row in found[checkout]) for checkout in checkouts]
        print(figure.ljust(34), *(f"{median:14.2f}" for median in medians))


if __name__ == "__main__":
    main([Path(argument).resolve() for argument in sys.argv[1:]] or [HERE])
