"""Makes an SVG picture of terminal screens: `tmux capture-pane -epN >one; capture.py one ... >picture.svg`.

Several screens stand one below the other, without the blank lines at their ends. Each piece of text has its own
place and width, so that the columns are right in any font; the lines of boxes are drawn, so that they meet.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, SIZE, MARGIN = 8.4, 18, 14, 14
FONTS = "ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
BACKGROUND, FOREGROUND = "#14161b", "#e0e2ea"
PALETTE = (
    "#07080d #ffc0b9 #b3f6c0 #fce094 #a6dbff #ffcaff #8cf8f7 #eef1f8 "
    "#4f5258 #ffc0b9 #b3f6c0 #fce094 #a6dbff #ffcaff #8cf8f7 #eef1f8"
).split()
# What the numbers without further parts change.
PLAIN: dict[int, dict[str, Any]] = {
    1: {"bold": True},
    2: {"faint": True},
    3: {"italic": True},
    7: {"swapped": True},
    9: {"strike": True},
    22: {"bold": False, "faint": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"swapped": False},
    29: {"strike": False},
    39: {"front": None},
    49: {"back": None},
}
# From the middle of a cell: what is drawn to the left, right, up and down; corners are round.
BOXES = {"─": "lr", "│": "ud", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu"}


@dataclass(frozen=True)
class Style:
    """How a cell looks."""

    front: str | None = None
    back: str | None = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    swapped: bool = False

    @property
    def colours(self) -> tuple[str, str | None]:
        """Colour of the text, and of what is behind it unless that is the background."""
        if self.swapped:
            return self.back or BACKGROUND, self.front or FOREGROUND
        return self.front or FOREGROUND, self.back


@dataclass(frozen=True)
class Cell:
    """A character, the column that it stands in, and how many it fills."""

    text: str
    column: int
    width: int
    style: Style


def cells(line: str, style: Style) -> tuple[list[Cell], Style]:
    """The cells of a line of a screen, and the style that goes on in the next line."""
    found: list[Cell] = []
    column = 0
    for code, character in re.findall(r"\033\[([\d;:]*)m|\033\][^\033\a]*(?:\a|\033\\)|([^\033])", line):
        if not character:
            style = changed(style, code)
        elif unicodedata.combining(character) or character in "\ufe0e\ufe0f\u200d":
            if found:
                found[-1] = replace(found[-1], text=found[-1].text + character)
        else:
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            found.append(Cell(character, column, width, style))
            column += width
    return found, style


def changed(style: Style, code: str) -> Style:
    """A style after the numbers of one escape sequence."""
    numbers = iter(code.split(";"))
    for text in numbers:
        number, *parts = [int(part or 0) for part in (text or "0").split(":")]
        if number == 0:
            style = Style()
        elif number in (38, 48, 58):
            colour = wide_colour(iter(parts) if parts else (int(one or 0) for one in numbers))
            if number != 58:
                style = replace(style, front=colour) if number == 38 else replace(style, back=colour)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            style = replace(style, front=PALETTE[number - 30 if number < 90 else number - 82])
        elif 40 <= number <= 47 or 100 <= number <= 107:
            style = replace(style, back=PALETTE[number - 40 if number < 100 else number - 92])
        elif number in PLAIN:
            style = replace(style, **PLAIN[number])
        elif number == 4:
            style = replace(style, underline=parts != [0])
    return style


def wide_colour(numbers: Iterator[int]) -> str:
    """The colour that follows 38 or 48: one of 256, or red, green and blue (with colons, after a colour space)."""
    if next(numbers) == 5:
        number = next(numbers)
        if number < 16:
            return PALETTE[number]
        if number >= 232:
            return "#" + f"{8 + 10 * (number - 232):02x}" * 3
        steps = (number - 16) // 36, (number - 16) // 6 % 6, (number - 16) % 6
        return "#" + "".join(f"{55 + 40 * step if step else 0:02x}" for step in steps)
    return "#" + "".join(f"{next(numbers):02x}" for _ in range(3))


def draw(line: list[Cell], top: float) -> Iterator[str]:
    """The elements of a line."""
    for back, group in groupby(line, lambda cell: cell.style.colours[1]):
        run = list(group)
        if back and back != BACKGROUND:
            width = sum(cell.width for cell in run) * WIDTH
            place = f'x="{left(run[0]):.1f}" y="{top}" width="{width:.1f}" height="{HEIGHT}"'
            yield f'<rect {place} fill="{back}" shape-rendering="crispEdges"/>'
    for run in runs(line):
        text = "".join(cell.text for cell in run)
        if text in BOXES:
            yield box(run[0], top)
        else:
            width = sum(cell.width for cell in run) * WIDTH
            place = f'x="{left(run[0]):.1f}" y="{top + HEIGHT * 0.74:.1f}" textLength="{width:.1f}"'
            yield f"<text {place}{looks(run[0].style)}>{escape(text, quote=False)}</text>"


def runs(line: list[Cell]) -> Iterator[list[Cell]]:
    """Cells that can be one piece of text: ASCII of one style, with single blanks inside only; others one by one."""
    for _, group in groupby(line, lambda cell: (cell.style, cell.text.isascii() or cell.column)):
        run = list(group)
        # Several blanks would be drawn as one, and a text of a given length with blanks at its ends would be drawn out.
        for found in re.finditer(r"\S+(?: \S+)*", "".join(cell.text[0] for cell in run)):
            yield run[found.start() : found.end()]


def left(cell: Cell) -> float:
    """Where a cell begins."""
    return MARGIN + cell.column * WIDTH


def looks(style: Style) -> str:
    """The attributes of a piece of text."""
    decoration = " ".join(
        name for name, there in (("underline", style.underline), ("line-through", style.strike)) if there
    )
    wanted = {
        "fill": style.colours[0],
        "font-weight": "bold" if style.bold else "",
        "font-style": "italic" if style.italic else "",
        "opacity": "0.6" if style.faint else "",
        "text-decoration": decoration,
    }
    return "".join(f' {name}="{value}"' for name, value in wanted.items() if value)


def box(cell: Cell, top: float) -> str:
    """A character of a frame as a line."""
    x, y = left(cell) + WIDTH / 2, top + HEIGHT / 2
    ends = {"l": (x - WIDTH / 2, y), "r": (x + WIDTH / 2, y), "u": (x, top), "d": (x, top + HEIGHT)}
    (start, end) = (ends[side] for side in BOXES[cell.text])
    path = f"M{start[0]:.1f} {start[1]:.1f}Q{x:.1f} {y:.1f} {end[0]:.1f} {end[1]:.1f}"
    return f'<path d="{path}" stroke="{cell.style.colours[0]}" fill="none"/>'


def picture(screens: list[str]) -> str:
    """The picture of some screens."""
    elements: list[str] = []
    top, columns = 0.0, 0
    for screen in screens:
        style = Style()
        drawn: list[str] = []
        shown = 0
        for number, line in enumerate(screen.split("\n")):
            found, style = cells(line, style)
            columns = max([columns, *(cell.column + cell.width for cell in found)])
            drawn += draw(found, top + MARGIN + number * HEIGHT)
            shown = number + 1 if any(cell.text != " " for cell in found) else shown
        height = shown * HEIGHT + 2 * MARGIN
        elements += [f'<rect y="{top}" width="100%" height="{height}" rx="8" fill="{BACKGROUND}"/>', *drawn]
        top += height + MARGIN
    size = f'width="{columns * WIDTH + 2 * MARGIN:.0f}" height="{top - MARGIN:.0f}"'
    box_size = f'viewBox="0 0 {columns * WIDTH + 2 * MARGIN:.0f} {top - MARGIN:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box_size} font-family="{FONTS}" font-size="{SIZE}">'
    return "\n".join([head, *elements, "</svg>\n"])


if __name__ == "__main__":
    sys.stdout.write(picture([Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]]))
