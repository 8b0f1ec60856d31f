"""Whether the analysis of a file gets slower with catalog entries that the file does not import.

    python tests/bench/catalog_growth.py

Compiles catalogs with few and with many alternatives, up to ten times as many as there are, and prints for each the
median times of opening it and of judging the same file of 400 lines: what it imports stays the same.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from catalog_compiler.compile import Records, compile_catalog, write_records
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.source_file import Context, SourceFile

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
ROUNDS = 31
SOURCE = "import os\nimport psutil\nimport six\n" + "".join(
    f"def f{number}(x):\n    y = os.path.join(x, str(psutil.cpu_count()))\n    return six.text_type(y)\n\n"
    for number in range(100)
)


def main() -> None:
    """Print one row for each size."""
    records, _ = compile_catalog(CATALOG)
    entries = {key: value for key, value in records.items() if key.startswith("a ")}
    needed = {key: entries[key] for key in ("a psutil", "a six")}
    rest: Records = {key: value for key, value in records.items() if not key.startswith("a ")}
    copies = {f"{key}_{copy}": value for copy in range(9) for key, value in entries.items()}
    print("import names   size KiB   open ms   judge ms")
    for chosen in (needed, entries, {**entries, **copies}):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "catalog.txt"
            write_records({**rest, **chosen}, path)
            opened, judged = [], []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                catalog = Catalog(path)
                opened.append(time.perf_counter() - begun)
                file = SourceFile(SOURCE, Context(catalog))
                begun = time.perf_counter()
                assert len(diagnostics(file)) == 2
                judged.append(time.perf_counter() - begun)
            figures = (1e3 * statistics.median(opened), 1e3 * statistics.median(judged))
            print(f"{len(chosen):12} {path.stat().st_size // 1024:10} {figures[0]:9.3f} {figures[1]:10.2f}")


if __name__ == "__main__":
    main()
