"""Why the compiled catalog is a sorted text file: the same records as a memory-mapped text and in SQLite.

    python tests/bench/catalog_forms.py

Prints, for a fresh process each (medians of 15), what it takes to open the catalog and answer the first look-up,
then a look-up and the listing of a module's symbols once it is open.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from stdlib_ls.catalog.store import DEFAULT_PATH

ROUNDS, LOOKUPS = 15, 2000

COMMON = """
import json, sys, time
path = sys.argv[1]
begun = time.perf_counter()
"""
# Both import json beforehand: each form needs it to read a record.
TEXT = (
    COMMON
    + """
import mmap
with open(path, "rb") as file:
    data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
def position(wanted):
    low, high = 0, len(data)
    while low < high:
        middle = (low + high) // 2
        start = data.rfind(b"\\n", 0, middle) + 1
        if data[start:start + len(wanted)] < wanted:
            low = data.find(b"\\n", middle) + 1
        else:
            high = start
    return low
def find(key):
    at = position(key.encode() + b"\\t")
    return json.loads(data[data.find(b"\\t", at) + 1:data.find(b"\\n", at)])
def under(prefix):
    at, wanted, found = position(prefix.encode()), prefix.encode(), 0
    while data[at:at + len(wanted)] == wanted:
        at, found = data.find(b"\\n", at) + 1, found + 1
    return found
"""
)
SQLITE = (
    COMMON
    + """
import sqlite3
base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
def find(key):
    return json.loads(base.execute("select value from record where key = ?", (key,)).fetchone()[0])
def under(prefix):
    query = "select key from record where key >= ? and key < ?"
    return len(base.execute(query, (prefix, prefix + "\\uffff")).fetchall())
"""
)
WORK = f"""
assert find("s json.dumps")["kind"] == "function"
opened = time.perf_counter()
for _ in range({LOOKUPS}):
    find("s os.path.join")
looked = time.perf_counter()
count = under("s os.")
listed = time.perf_counter()
print(json.dumps([1e3 * (opened - begun), 1e6 * (looked - opened) / {LOOKUPS}, 1e3 * (listed - looked), count]))
"""


def main() -> None:
    """Build the SQLite twin, run both in turn, print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        twin = Path(folder) / "catalog.db"
        base = sqlite3.connect(twin)
        base.execute("create table record (key text primary key, value text) without rowid")
        lines = (line.split("\t", 1) for line in DEFAULT_PATH.read_text(encoding="utf-8").splitlines())
        base.executemany("insert into record values (?, ?)", lines)
        base.commit()
        base.close()
        forms = {"text in a memory map": (TEXT, DEFAULT_PATH), "SQLite": (SQLITE, twin)}
        sizes = {name: path.stat().st_size // 1024 for name, (_, path) in forms.items()}
        figures: dict[str, list[list[float]]] = {name: [] for name in forms}
        for _ in range(ROUNDS):
            for name, (program, path) in forms.items():
                command = [sys.executable, "-I", "-c", program + WORK, str(path)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                figures[name].append(json.loads(done.stdout))
    print(f"{'form':22} {'open + first':>14} {'look-up':>10} {'list os.*':>12} {'KiB':>8}")
    for name, rows in figures.items():
        first, each, listing, _ = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:22} {first:11.2f} ms {each:7.1f} us {listing:9.2f} ms {sizes[name]:8}")


if __name__ == "__main__":
    main()
