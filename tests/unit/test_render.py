"""Cards as text: what Markdown would take for markup stays as it is, plain text has no backticks."""

from __future__ import annotations

import re

import pytest

from stdlib_ls.features.cards import Card
from stdlib_ls.features.render import Format, escape, render, unquote

CARD = Card(
    title="pkg.__init__",
    kind="function",
    summary="Make *all* of `a_b` <now> with __init__.",
    versions="Fits Python 3.9–3.14 (requires_python in pyproject.toml)",
    lines=("Covered here: `p.f_x` by `q.f`.",),
    members=(("f_x", "Do [it]."), ("g", "Do `**that**`.")),
    pitfalls=("Never say `a|b` # or a|b.",),
    choose=(("other_one", "when *that* fits"),),
    example='import pkg\nprint("`__x__`")',
    link=(
        "pkg.__init__ in the Python 3.14 documentation",
        "https://docs.python.org/3.14/library/pkg.html#pkg.__init__",
    ),
)

MARKDOWN = r"""
**`pkg.__init__`**: Make \*all\* of `a_b` \<now\> with \_\_init\_\_.

Fits Python 3.9–3.14 (requires\_python in pyproject.toml)

- Covered here: `p.f_x` by `q.f`.

- `f_x`: Do \[it\].
- `g`: Do `**that**`.

⚠ Never say `a|b` \# or a\|b.

- Rather `other_one`: when \*that\* fits

```python
import pkg
print("`__x__`")
```

[pkg.\_\_init\_\_ in the Python 3.14 documentation](https://docs.python.org/3.14/library/pkg.html#pkg.__init__)
""".strip()

PLAIN = """
pkg.__init__: Make *all* of a_b <now> with __init__.

Fits Python 3.9–3.14 (requires_python in pyproject.toml)

- Covered here: p.f_x by q.f.

- f_x: Do [it].
- g: Do **that**.

! Never say a|b # or a|b.

- Rather other_one: when *that* fits

    import pkg
    print("`__x__`")

https://docs.python.org/3.14/library/pkg.html#pkg.__init__
""".strip()


def test_markdown() -> None:
    assert render(CARD, "markdown", "whole") == MARKDOWN


def test_plain_text() -> None:
    assert render(CARD, "plaintext", "whole") == PLAIN


@pytest.mark.parametrize("form", ["markdown", "plaintext", "ansi"])
def test_brief_leaves_members_choices_and_example_out(form: Format) -> None:
    brief = render(CARD, form, "brief")
    for kept in ("pkg.", "Fits Python", "Covered here", "Never say", "docs.python.org"):
        assert kept in brief
    for dropped in ("Do ", "Rather", "import pkg"):
        assert dropped not in brief


@pytest.mark.parametrize("form", ["markdown", "plaintext", "ansi"])
def test_full_fits_a_small_screen(form: Format) -> None:
    words = "Many words that say a lot about how this can go wrong, and when, and where, and why. "
    card = Card("a", "module", words, members=((("b", words)),) * 5, pitfalls=(words * 2,) * 3, example="x = 1\n" * 30)
    full = render(card, form, "full")
    rows = sum(-(-len(line) // 80) for line in full.splitlines())
    assert rows <= 26
    assert full.count(words.strip()) >= 4


def test_what_is_empty_is_left_out() -> None:
    assert render(Card("a", "module"), "markdown", "whole") == "**`a`** (module)"
    assert render(Card("a", "module"), "plaintext", "whole") == "a (module)"
    assert "\n\n\n" not in render(Card("a", "module", link=("b", "c")), "markdown", "whole")


def test_colours_hold_the_plain_text() -> None:
    assert re.sub("\033\\[\\d+m", "", render(CARD, "ansi", "whole")) == PLAIN


@pytest.mark.parametrize(
    ("text", "escaped", "plain"),
    [
        ("__init__", r"\_\_init\_\_", "__init__"),
        ("`__init__`", "`__init__`", "__init__"),
        ("2 * 3 * 4", r"2 \* 3 \* 4", "2 * 3 * 4"),
        ("a < b > c", r"a \< b \> c", "a < b > c"),
        ("<script>", r"\<script\>", "<script>"),
        ("[a](b)", r"\[a\](b)", "[a](b)"),
        ("`a` and `b_c`", "`a` and `b_c`", "a and b_c"),
        ("a\\b", r"a\\b", "a\\b"),
        ("~~a~~ | b # c", r"\~\~a\~\~ \| b \# c", "~~a~~ | b # c"),
        ("it's 5 `*", r"it's 5 `\*", "it's 5 `*"),
        ("", "", ""),
    ],
)
def test_escaping(text: str, escaped: str, plain: str) -> None:
    assert escape(text) == escaped
    assert unquote(text) == plain
