"""Rewriting puts the new expectation in its place and leaves the rest of a case file alone."""

from __future__ import annotations

from pathlib import Path

from case_files import read_cases, write_expectation

TEXT = """# A title

Words for readers.

versions: 3.9-3.12

## First
```python
impo<|>rt a
```

Why it is so.

```text
old
```

## Second
show: first 3
newlines: crlf
```python
␌x
y<|>
```

## Third
```python
z
```

```text
kept
```
"""


def test_cases_are_read(tmp_path: Path) -> None:
    path = tmp_path / "hover" / "a.md"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    first, second, third = read_cases(path)
    assert (first.name, first.expected, first.options) == ("hover/a:First", "old", {"versions": "3.9-3.12"})
    assert (first.text, first.cursors) == ("import a\n", [4])
    assert (second.text, second.cursors, second.expected) == ("\fx\r\ny\r\n", [5], None)
    assert second.options == {"versions": "3.9-3.12", "show": "first 3", "newlines": "crlf"}
    assert (third.text, third.cursors) == ("z\n", [])


def test_expectations_are_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "fixes" / "a.md"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    first, second, _ = read_cases(path)
    write_expectation(first, "new\nand more")
    write_expectation(second, "with\n```\nfences")
    expected = TEXT.replace("```text\nold\n```", "```python\nnew\nand more\n```")
    expected = expected.replace("y<|>\n```\n", "y<|>\n```\n\n````python\nwith\n```\nfences\n````\n")
    assert path.read_text(encoding="utf-8") == expected
    assert [case.expected for case in read_cases(path)] == ["new\nand more", "with\n```\nfences", "kept"]
