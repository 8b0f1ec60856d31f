"""Code actions: what is on offer for a range, in which order, and what fixing all does."""

from __future__ import annotations

import ast

import pytest

from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.actions import FIX_ALL, Action, actions, fix_all
from stdlib_ls.features.edits import apply_edits
from stdlib_ls.features.source_file import Context, SourceFile
from stdlib_ls.settings import Settings
from stdlib_ls.versions import VersionRange

SAFE = "import psutil\n\nx = 1\nprint(psutil.cpu_count())\n"
REVIEW = "import simplejson\n\nprint(simplejson.dumps({}))\n"


@pytest.fixture
def file_context(catalog: Catalog) -> Context:
    return Context(catalog, VersionRange((3, 11), (3, 14), "a test"))


def marked(text: str) -> tuple[str, int, int]:
    """The text without its two marks, and where they are."""
    first, inside, last = text.split("|")
    return first + inside + last, len(first.encode()), len((first + inside).encode())


def on_offer(text: str, file_context: Context) -> list[Action]:
    plain, start, end = marked(text)
    return actions(SourceFile(plain, file_context), start, end)


def after(text: str, action: Action) -> str:
    return apply_edits(text.encode(), action.edits).decode()


RANGES = {
    "in the statement": ("import ps||util\nprint(psutil.cpu_count())\n", True),
    "before the statement": ("||import psutil\nprint(psutil.cpu_count())\n", True),
    "behind the statement": ("import psutil||\nprint(psutil.cpu_count())\n", True),
    "in the keyword": ("imp||ort psutil\nprint(psutil.cpu_count())\n", True),
    "on a use": ("import psutil\nprint(psutil.cpu_||count())\n", True),
    "before a use": ("import psutil\nprint(||psutil.cpu_count())\n", True),
    "behind a use": ("import psutil\nprint(psutil.cpu_count||())\n", True),
    "around a use": ("import psutil\nx = 1\n|print(psutil.cpu_count())\n|", True),
    "around everything": ("|import psutil\nprint(psutil.cpu_count())\n|", True),
    "elsewhere": ("import psutil\nx ||= 1\nprint(psutil.cpu_count())\n", False),
    "on the line of a use": ("import psutil\npri||nt(psutil.cpu_count())\n", False),
    "around something else": ("import psutil\n|x = 1|\nprint(psutil.cpu_count())\n", False),
    "on another module of the statement": ("import o||s, psutil\nprint(psutil.cpu_count())\n", True),
    "on the bracket": ("from psutil import (||\n    cpu_count,\n)\ncpu_count()\n", True),
}


@pytest.mark.parametrize(("text", "offered"), RANGES.values(), ids=RANGES.keys())
def test_ranges(text: str, offered: bool, file_context: Context) -> None:
    found = on_offer(text, file_context)
    assert [one.title for one in found] == (
        ["Replace psutil.cpu_count with os.cpu_count (1 use)", "Ignore replaceable-import for psutil on this line"]
        if offered
        else []
    )


def test_real_fixes_come_first_and_suppressions_last(file_context: Context) -> None:
    found = on_offer("|import psutil, simplejson\npsutil.cpu_count(), simplejson.dumps(1)\n|", file_context)
    assert [one.title.split()[0] for one in found] == ["Replace", "Replace", "Ignore", "Ignore"]
    assert [one.kind for one in found] == ["quickfix"] * 4
    assert all(one.diagnostic for one in found)


def test_only_safe_fixes_are_preferred(file_context: Context) -> None:
    found = on_offer("|import psutil, simplejson\npsutil.cpu_count(), simplejson.dumps(1)\n|", file_context)
    assert [one.preferred for one in found] == [True, False, False, False]


def test_titles_of_fixes_that_need_a_look_say_so(file_context: Context) -> None:
    fix, _ = actions(SourceFile(REVIEW, file_context), 0, 0)
    assert fix.title.startswith("Replace simplejson.dumps with json.dumps (1 use), look at: ")


def test_where_nothing_can_be_fixed_the_suppression_stays(file_context: Context) -> None:
    (only,) = on_offer("||import psutil\nos = psutil.cpu_count(), psutil.users()\n", file_context)
    assert only.title == "Ignore replaceable-import for psutil on this line"


def test_what_moves_a_part_is_a_choice(file_context: Context) -> None:
    source = "import psutil\npsutil.cpu_count(), psutil.users()\n"
    fix, _ = on_offer(f"||{source}", file_context)
    assert fix.title == "Replace psutil.cpu_count with os.cpu_count (1 use) and keep psutil for the rest"
    assert not fix.preferred
    assert fix_all(SourceFile(source, file_context)) is None


def test_what_is_switched_off_has_no_actions(catalog: Catalog) -> None:
    settings = Settings(diagnostics={"replaceable-import": "off"})
    assert actions(SourceFile(SAFE, Context(catalog, settings=settings)), 0, 0) == []
    assert fix_all(SourceFile(SAFE, Context(catalog, settings=settings))) is None


SUPPRESSED = {
    "a plain line": ("import psutil\nx = 1\n", "import psutil  # stdlib-ls: ignore[replaceable-import]\nx = 1\n"),
    "CRLF": ("import psutil\r\nx = 1\r\n", "import psutil  # stdlib-ls: ignore[replaceable-import]\r\nx = 1\r\n"),
    "the last line": ("import psutil", "import psutil  # stdlib-ls: ignore[replaceable-import]"),
    "a comment": ("import psutil  # why\n", "import psutil  # why  # stdlib-ls: ignore[replaceable-import]\n"),
    "brackets": (
        "from psutil import (\n    cpu_count,\n)\ncpu_count()\n",
        "from psutil import (  # stdlib-ls: ignore[replaceable-import]\n    cpu_count,\n)\ncpu_count()\n",
    ),
    "more statements": (
        'import psutil; x = "é😀"\n',
        'import psutil; x = "é😀"  # stdlib-ls: ignore[replaceable-import]\n',
    ),
    "a backslash": (
        "import psutil, \\\n    os\n",
        None,
    ),
}


@pytest.mark.parametrize(("text", "expected"), SUPPRESSED.values(), ids=SUPPRESSED.keys())
def test_suppressions_silence(text: str, expected: str | None, file_context: Context) -> None:
    found = [one for one in actions(SourceFile(text, file_context), 0, 0) if one.title.startswith("Ignore")]
    if expected is None:
        assert found == []
        return
    silenced = after(text, found[0])
    assert silenced == expected
    ast.parse(silenced)
    assert actions(SourceFile(silenced, file_context), 0, 0) == []


def test_fixing_all_takes_safe_fixes_only(file_context: Context) -> None:
    text = "import psutil\nimport simplejson\nfrom six import text_type\n\n"
    text += "psutil.LINUX, simplejson.dumps(1), text_type(1)\n"
    action = fix_all(SourceFile(text, file_context))
    assert action is not None
    assert (action.kind, action.preferred) == (FIX_ALL, False)
    assert after(text, action) == (
        'import sys\nimport simplejson\n\n(sys.platform == "linux"), simplejson.dumps(1), str(1)\n'
    )


def test_fixing_all_where_nothing_is_safe(file_context: Context) -> None:
    assert fix_all(SourceFile(REVIEW, file_context)) is None


def test_fixing_all_twice_settles_what_got_in_each_others_way(file_context: Context) -> None:
    text = "import psutil, six\n\nprint(six.text_type(psutil.cpu_count()))\n"
    seen = [text]
    while action := fix_all(SourceFile(seen[-1], file_context)):
        seen.append(after(seen[-1], action))
        ast.parse(seen[-1])
    assert seen[-1] == "import os\n\nprint(str(os.cpu_count()))\n"
    assert len(seen) <= 3


def test_fixing_all_imports_nothing_twice(file_context: Context) -> None:
    text = "import psutil\nfrom six import MAXSIZE\nimport six\n\npsutil.LINUX, MAXSIZE, six.MAXSIZE\n"
    seen = [text]
    while action := fix_all(SourceFile(seen[-1], file_context)):
        seen.append(after(seen[-1], action))
    assert seen[-1].count("import sys") == 1
    assert "psutil" not in seen[-1]


def test_a_byte_order_mark_stays(file_context: Context) -> None:
    text = "\ufeffimport psutil\nprint(psutil.cpu_count())\n"
    action = fix_all(SourceFile(text, file_context))
    assert action is not None
    assert after(text, action) == "\ufeffimport os\nprint(os.cpu_count())\n"


def test_fixes_that_would_leave_an_empty_block_together_are_made_one_by_one(file_context: Context) -> None:
    rest = "except ValueError:\n    pass\nprint(six.text_type(1), range(2))\n"
    text = f"try:\n    import six\n    from six.moves import range\n{rest}"
    while action := fix_all(SourceFile(text, file_context)):
        text = after(text, action)
        compile(text, "fixed", "exec")
    assert text == "try:\n    pass\nexcept ValueError:\n    pass\nprint(str(1), range(2))\n"
