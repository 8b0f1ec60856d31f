"""The cells of a notebook: what is a magic and what is Python, and where an edit of the whole belongs."""

from __future__ import annotations

import random
import re
import sysconfig
from pathlib import Path

import pytest

from stdlib_ls.analysis.magics import Reading, read_cell
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.cells import Cell, JoinedCells
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.edits import Edit
from stdlib_ls.features.source_file import Context


def shown(text: str) -> str:
    source = text.encode()
    return seen_by_parser(source, read_cell(source)).decode()


def seen_by_parser(source: bytes, reading: Reading) -> bytes:
    """The cell as it is shown, without what is put behind it."""
    return reading._replace(closing=b"").shown(source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # At the beginning of a logical line, indented or not.
        ("%matplotlib inline\nimport os", "0                 \nimport os"),
        ("if x:\n    !ls -l\r\n\tpass", "if x:\n    0     \r\n\tpass"),
        ("x = 1\n%lsmagic", "x = 1\n0       "),
        ("?", "0"),
        # The backslash at the end of its line continues it, an apostrophe opens no string.
        ("!echo it's \\\n  two\nx = 'a'", "0           \n     \nx = 'a'"),
        ("!ls \\", "0    "),
        # To the right of the first assignment.
        ("x = !ls\ny=%sx ls", "x = 0  \ny=0     "),
        ("a, b = !ls", "a, b = 0  "),
        ("f(x=1); y = %pwd", "f(x=1); y = 0   "),
        # Help, whose object keeps its name.
        ("os.path?\n?os.path\njson.dumps??  ", "os.path \n+os.path\njson.dumps    "),
        # What a magic may evaluate is still in use, what is said to a shell only in brackets and after a dollar.
        ("%mine a.b(c, 'd') if", "+     a.b+c+  d     "),
        ("%mine a \\\n  b", "+     a+\\\n  b"),
        ("%mine a\\\nb", "+     a \n "),
        ("!pip install a {b.c} $d", "+               b.c+  d"),
        ("%pip install psutil", "0                  "),
        ("!echo 😀", "0         "),
        # Those that run a statement let it stand.
        ("%time x = f()", "0    ;x = f()"),
        ("  %timeit -n 10 -r3 -o f(x)", "  0                   ;f(x)"),
        ("%timeit", "0      "),
        ("%time %mine a", "+      mine+a"),
        # Whole cells.
        ("%%bash\nimport json\n", "      \n           \n"),
        ("\n  %%HTML\n<b>é</b>", "\n        \n         "),
        ("%%time\nimport json", "0     \nimport json"),
        ("%%timeit x = 1\nf(x)", "0       ;x = 1\nf(x)"),
        ("%%capture out\n%pwd", "0            \n0   "),
        ("%%mine\nf(x)\n  # y", "      \nf+x \n+   y"),
        ("%%time?\nimport a", "0      \nimport a"),
        # A cell magic that does not come first is a magic of its line.
        ("x = 1\n%%bash\ny", "x = 1\n0     \ny"),
    ],
)
def test_magics(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert len(expected.encode()) == len(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "x = (a\n % b)",
        "x = a \\\n  % b",
        "x = [\n  a\n\n% b]",
        "x = '''\n%time\n!ls\nwhat?\n'''",
        'def f():\n    """Is it?\n    %s\n    ?"""',
        "x = 'a\\\n%b'",
        "x  # why?",
        "# %%\n# !ls?",
        "'?'",
        "x != y\nz = a % b\nx %= 3\nx = y != z",
        "x = a if b else'''\n''' \"(\" '''\n%'''",
        "x = f'{a!r:>{b}}' % c",
        "cd ..",
    ],
)
def test_no_magics(text: str) -> None:
    assert read_cell(text.encode()) == ((), b"")


def test_there_are_none_in_the_standard_library() -> None:
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("[a-j]*.py")):
        assert read_cell(path.read_bytes()) == ((), b""), path


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("f(a, [1", "])"),
        ("x = '''a\n(", "'''"),
        ('f({"""', '"""})'),
        ("x = 1 + \\", "\n"),
        ("x = (1)\n(", ")"),
        (")]", ""),
        ("'(", ""),
        ("%%bash\n((", ""),
        ("!ls ( \\", ""),
    ],
)
def test_what_a_cell_leaves_open(text: str, closing: str) -> None:
    assert read_cell(text.encode()).closing.decode() == closing


def test_no_byte_moves() -> None:
    choose = random.Random(7)
    pieces = "% %% ! ? = == \\ ( ) [ ] { } ' ''' \" \"\"\" # a b.c é 😀 time timeit bash $ ; : \t \f 0 -n".split(" ")
    pieces += [" ", "\n", "\n", "\r\n", "\r", "\\\n", "\n%", "\n!", "%%time\n", " = !", "?\n"]
    for _ in range(3000):
        source = "".join(choose.choices(pieces, k=choose.randint(1, 25))).encode()
        reading = read_cell(source)
        seen = seen_by_parser(source, reading)
        assert len(seen) == len(source)
        assert [found.span() for found in re.finditer(rb"[\r\n]", seen)] == [
            found.span() for found in re.finditer(rb"[\r\n]", source)
        ]
        ends = [at for blank in reading.magics for at in (blank.start, blank.end)]
        assert ends == sorted(ends)
        seen.decode()


def joined(catalog: Catalog, *texts: str) -> JoinedCells:
    cells = JoinedCells(Context(catalog))
    cells.update(map(Cell.of, texts))
    return cells


def test_places_of_cells(catalog: Catalog) -> None:
    texts = ["a = 1", "", "😀 = 2\n", "%time\nb = 3"]
    cells = joined(catalog, *texts)
    assert cells.file.source.decode() == "a = 1\n\n😀 = 2\n\n0    \nb = 3\n"
    for index, text in enumerate(texts):
        view = cells.view(index)
        for line, content in enumerate(text.split("\n")):
            for column in (0, len(content.encode())):
                offset = view.offset(line, column, "utf-8")
                assert view.position(offset, "utf-8") == (line, column)
                assert cells.index_at(offset) == index
                assert [other for other in range(4) if offset in cells.view(other)] == [index]
    assert cells.view(2).position(cells.view(2).offset(0, 2, "utf-16"), "utf-32") == (0, 1)
    assert cells.view(2).position(0, "utf-8") == (0, 0)
    assert cells.view(0).position(99, "utf-8") == (0, 5)


def test_columns_beside_a_blanked_emoji(catalog: Catalog) -> None:
    view = joined(catalog, "x", "!echo 😀 {json}").view(1)
    assert view.position(view.offset(0, 10, "utf-16"), "utf-16") == (0, 10)
    assert view.offset(0, 10, "utf-16") - view.offset(0, 9, "utf-32") == 0


def test_edits_belong_to_cells(catalog: Catalog) -> None:
    cells = joined(catalog, "a = 1", "b = 2", "%mine c\nd = 4")
    assert cells.spread([Edit(0, 1, "x"), Edit(6, 7, "y")]) == {0: [Edit(0, 1, "x")], 1: [Edit(0, 1, "y")]}
    # The line end of a cell's last line is in the joined text only.
    assert cells.spread([Edit(0, 6, "")]) == {0: [Edit(0, 5, "")]}
    assert cells.spread([Edit(0, 6, "x\n")]) == {0: [Edit(0, 5, "x")]}
    assert cells.spread([Edit(5, 5, "  # x")]) == {0: [Edit(5, 5, "  # x")]}
    # Across a border, or in a magic.
    assert cells.spread([Edit(0, 1, "x"), Edit(4, 7, "")]) is None
    assert cells.spread([Edit(18, 19, "x")]) is None
    assert cells.spread([Edit(12, 12, "x"), Edit(20, 21, "e")]) == {2: [Edit(0, 0, "x"), Edit(8, 9, "e")]}


def test_a_use_in_a_magic_is_a_use(catalog: Catalog) -> None:
    def severities(*texts: str) -> list[str]:
        return [one.severity for one in diagnostics(joined(catalog, *texts).file)]

    uses = "import psutil", "psutil.cpu_count()"
    assert severities(*uses) == ["information"]
    assert severities(*uses, "!pip install psutil\n%pip install psutil\n%%time") == ["information"]
    assert severities(*uses, "%timeit psutil.cpu_count()") == ["information"]
    for doubtful in ("%timeit psutil.cpu_percent()", "%mine psutil.x", "!echo {psutil.x}", "%%mine\npsutil.x"):
        assert severities(*uses, doubtful) == ["hint"], doubtful
