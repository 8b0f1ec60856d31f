"""The cells of a notebook as one file: what one cell imports the later ones know.

The code cells stand one below the other in one text, each with a line end of its own behind it, and their
magics are shown to the parser as harmless code. Lines and columns are always counted in the text of the
cell as its author sees it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from stdlib_ls.analysis.lines import LineIndex, decode, encode
from stdlib_ls.features.edits import Edit
from stdlib_ls.features.source_file import Context, Encoding, SourceFile

if TYPE_CHECKING:
    from stdlib_ls.analysis.magics import Reading


class Cell:
    """The text of one cell. It never changes; an edit makes another one."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._lines = LineIndex(source)

    @classmethod
    def of(cls, text: str) -> Cell:
        return cls(encode(text))

    def offset(self, line: int, column: int, encoding: Encoding) -> int:
        """The byte offset in the cell of a 0-based position."""
        return self._lines.offset(self.source, line, column, encoding)

    def position(self, offset: int, encoding: Encoding) -> tuple[int, int]:
        """The 0-based (line, column) of a byte offset in the cell; one outside is brought to the nearer end."""
        return self._lines.position(self.source, min(max(offset, 0), len(self.source)), encoding)

    def replaced(self, start: int, end: int, text: str) -> Cell:
        """The cell with `text` in place of the bytes `start:end`."""
        return Cell(self.source[:start] + encode(text) + self.source[end:])

    @cached_property
    def reading(self) -> Reading:
        """Its magics, and what it leaves open."""
        # Its patterns take three milliseconds to compile, for which nobody shall wait who has no notebook.
        from stdlib_ls.analysis.magics import read_cell  # noqa: PLC0415

        return read_cell(self.source)

    @cached_property
    def shown(self) -> bytes:
        """What the parser sees: as many bytes in as many lines, without magics, and an end that no other cell feels."""
        return self.reading.shown(self.source) + b"\n"


class CellView:
    """One cell of some that were joined, in terms of the bytes of the whole."""

    def __init__(self, cell: Cell, base: int) -> None:
        self._cell = cell
        self._base = base

    def offset(self, line: int, column: int, encoding: Encoding) -> int:
        """The byte offset in the joined text of a position in the cell."""
        return self._base + self._cell.offset(line, column, encoding)

    def position(self, offset: int, encoding: Encoding) -> tuple[int, int]:
        """The (line, column) in the cell of a byte offset in the joined text."""
        return self._cell.position(offset - self._base, encoding)

    def __contains__(self, offset: int) -> bool:
        """Whether a byte offset of the joined text lies in the cell, or at its end."""
        return 0 <= offset - self._base <= len(self._cell.source)

    def own_edit(self, edit: Edit) -> Edit | None:
        """An edit of the joined text as one of this cell; None if it goes beyond the cell or touches a magic."""
        start, end = edit.start - self._base, edit.end - self._base
        length = len(self._cell.source)
        text = edit.text
        if start < end == length + 1 and not self._cell.reading.closing:
            # Whole lines: the end of the last one is there in the joined text only.
            end, text = length, text.removesuffix("\n")
        if not 0 <= start <= end <= length:
            return None
        if any(start < magic.end and end > magic.start for magic in self._cell.reading.magics):
            return None
        return Edit(start, end, text)


class JoinedCells:
    """Code cells in their order, and the one file that they make up."""

    def __init__(self, context: Context) -> None:
        self.file = SourceFile("", context)
        self._cells: list[Cell] = []
        self._bases: list[int] = []

    def update(self, cells: Iterable[Cell]) -> None:
        """Make these the cells; what has not changed is not looked at again."""
        self._cells = list(cells)
        texts = [cell.shown for cell in self._cells]
        self._bases = list(accumulate(map(len, texts), initial=0))[:-1]
        self.file.update(decode(b"".join(texts)))

    def index_at(self, offset: int) -> int:
        """Which cell a byte offset of the joined text is in."""
        return max(0, bisect_right(self._bases, offset) - 1)

    def view(self, index: int) -> CellView:
        return CellView(self._cells[index], self._bases[index])

    def spread(self, edits: Iterable[Edit]) -> dict[int, list[Edit]] | None:
        """Edits of the joined text by cell, in its own bytes; None if one of them belongs to no single cell."""
        found: dict[int, list[Edit]] = {}
        for edit in edits:
            index = self.index_at(edit.start)
            own = self.view(index).own_edit(edit)
            if own is None:
                return None
            found.setdefault(index, []).append(own)
        return found
