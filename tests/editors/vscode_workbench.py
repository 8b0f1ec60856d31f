"""VS Code's window, driven by mouse and keys; what is read is what it shows.

Each method runs on the browser's thread.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from editor import PATIENCE, Menu, until
from playwright.sync_api import Error, Locator
from vscode_browser import SHARED, on_stage

T = TypeVar("T")

SIZE = {"width": 1280, "height": 860}
EDITOR = ".part.editor .editor-group-container.active .monaco-editor[role=code]"
HOVER = ".monaco-hover:not(.hidden) .monaco-hover-content:visible"
MENU = ".suggest-widget.visible"
# The shortest time after which nothing will come any more: VS Code waits 300 ms before it asks for a card.
SILENCE = 1.5

# The middle of a word in the first shown line of code that holds a part.
_PLACE = """([editor, part, word]) => {
  const plain = (text) => text.replace(/\\u00a0/g, " ");
  const lines = [...document.querySelectorAll(`${editor} .view-line`)];
  lines.sort((a, b) => parseInt(a.style.top) - parseInt(b.style.top));
  const line = lines.find((one) => plain(one.textContent).includes(part));
  if (!line) return null;
  let start = plain(line.textContent).indexOf(part) + part.indexOf(word), end = start + word.length;
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT), range = document.createRange();
  for (let node, seen = 0; (node = walker.nextNode()); seen += node.data.length) {
    const holds = (at) => at >= seen && at <= seen + node.data.length;
    if (holds(start) && start < seen + node.data.length) range.setStart(node, start - seen);
    if (holds(end)) { range.setEnd(node, end - seen); break; }
  }
  const box = range.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""

# Of each row of the menu that is drawn: its number, how many there are, its label, its text, whether it is chosen.
_ROWS = f"""() => [...document.querySelectorAll("{MENU} .monaco-list-row")].map((row) => [
  Number(row.ariaPosInSet) - 1, Number(row.ariaSetSize), row.querySelector(".label-name").textContent,
  row.innerText, row.classList.contains("focused"),
])"""


@dataclass(frozen=True)
class Row:
    """A row of the completion menu, as far as it is drawn: only those near the chosen one are."""

    index: int
    count: int
    label: str
    text: str
    is_chosen: bool


class Workbench:
    """A window of VS Code in a browser."""

    @on_stage
    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        self.context = SHARED.take().new_context(**{"viewport": SIZE, **(options or {})})
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page = self.context.new_page()
        self.is_closed = False

    @on_stage
    def go(self, address: str) -> None:
        """Load the window; returns once it stands."""
        self.page.goto(address, wait_until="commit")
        self.page.wait_for_selector(".monaco-workbench .part.editor", timeout=2 * PATIENCE * 1000)

    @on_stage
    def close(self) -> None:
        """Close the window, if it is not closed yet."""
        if not self.is_closed:
            self.is_closed = True
            try:
                self.context.close()
            finally:
                SHARED.give_back()

    @on_stage
    def picture(self, path: Path, clip: Mapping[str, float] | None = None) -> None:
        """Write a picture of the window, or of a part of it."""
        self.page.screenshot(path=path, clip=dict(clip) if clip else None)  # type: ignore[arg-type]

    @on_stage
    def box(self, selector: str) -> dict[str, float]:
        """Where an element is."""
        box = self.page.locator(f"{selector} >> visible=true").first.bounding_box()
        assert box, selector
        return {name: float(box[name]) for name in ("x", "y", "width", "height")}

    @on_stage
    def resize(self, width: int, height: int) -> None:
        """Make the window larger or smaller."""
        self.page.set_viewport_size({"width": width, "height": height})

    @on_stage
    def settle(self, milliseconds: float) -> None:
        """Give what fades in or slides its time, before a picture is taken."""
        self.page.wait_for_timeout(milliseconds)

    @on_stage
    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    @on_stage
    def type(self, text: str, delay: float = 5) -> None:
        """Type a text."""
        self.page.keyboard.type(text, delay=delay)

    @on_stage
    def shown(self, selector: str) -> list[str]:
        """The texts of all visible elements of a kind."""
        return [str(one.inner_text()) for one in self.page.locator(f"{selector} >> visible=true").all()]

    @on_stage
    def wait_for(self, selector: str, text: str = "", *, gone: bool = False) -> None:
        """Wait for an element with a text, or until it has gone."""
        self._locate(selector, text).first.wait_for(state="hidden" if gone else "visible")

    @on_stage
    def click(self, selector: str, text: str = "") -> None:
        """Click on the first element with a text."""
        self._locate(selector, text).first.click()

    def _locate(self, selector: str, text: str) -> Locator:
        return self.page.locator(selector, has_text=text) if text else self.page.locator(selector)

    # The text.

    @on_stage
    def frame_text(self, part: str) -> str:
        """The text of the web view that holds a part; "" where there is none (yet)."""
        for frame in self.page.frames[1:]:
            with contextlib.suppress(Error):  # It may be going or coming.
                text = str(frame.evaluate("document.body.innerText"))
                if part in text:
                    return text
        return ""

    @on_stage
    def place(self, part: str, word: str, within: str = EDITOR) -> tuple[float, float]:
        """Where on the screen the middle of a word is."""
        at = until(lambda: self.page.evaluate(_PLACE, [within, part, word]), f"{word!r} in {part!r} on the screen")
        return float(at[0]), float(at[1])

    @on_stage
    def put_cursor(self, part: str, word: str) -> None:
        """Click on a word."""
        self.page.mouse.click(*self.place(part, word))

    @on_stage
    def focus_editor(self) -> None:
        """Have keys go to the file."""
        self.page.keyboard.press("Control+1")

    # Cards.

    @on_stage
    def open_hover(self, part: str, word: str, within: str = EDITOR) -> str:
        """Put the mouse on a word; gives what opens there, "" if nothing does."""
        x, y = self.place(part, word, within)
        end = time.monotonic() + SILENCE
        self.page.mouse.move(x + 60, y + 90)
        self.page.mouse.move(x, y, steps=4)
        while not (text := self._hover_text()) and time.monotonic() < end:
            self.page.wait_for_timeout(50)
        return text

    @on_stage
    def settled_hover(self) -> str:
        """What the open hover shows once all servers have answered."""
        return settled(self._hover_text, self.page.wait_for_timeout)

    @on_stage
    def close_hover(self) -> None:
        """Take the mouse away."""
        self.page.mouse.move(5, SIZE["height"] - 5)
        self.page.keyboard.press("Escape")
        self.page.locator(HOVER).first.wait_for(state="hidden")

    def _hover_text(self) -> str:
        try:
            found = [str(one.inner_text()) for one in self.page.locator(HOVER).all()]
        except Error:  # It has just gone.
            return ""
        text = "\n".join(found)
        return "" if "Loading..." in text else text

    # Completion.

    @on_stage
    def open_menu(self) -> None:
        """Wait for the menu while typing; ask for it if it does not come by itself."""
        try:
            self.page.wait_for_selector(f"{MENU} .monaco-list-row", timeout=5000)
        except Error:
            self.page.keyboard.press("Control+Space")
            self.page.wait_for_selector(f"{MENU} .monaco-list-row")

    @on_stage
    def menu(self, label: str) -> Menu:
        """All rows of the open menu, and the text beside the row with a label."""
        rows: dict[int, Row] = {}
        while not rows or len(rows) < next(iter(rows.values())).count:
            rows.update({row.index: row for row in self._rows()})
            self.page.keyboard.press("PageDown")
        index = next((one.index for one in rows.values() if one.label == label), None)
        documentation = "" if index is None else self._documentation(index)
        return Menu(tuple((rows[one].label, " ".join(rows[one].text.split())) for one in sorted(rows)), documentation)

    def _rows(self) -> list[Row]:
        drawn = settled(lambda: self.page.evaluate(_ROWS), self.page.wait_for_timeout, 30)
        return [Row(*one) for one in drawn]

    def _documentation(self, index: int) -> str:
        """The text beside a row, which is gone to with the keys."""
        while (now := until(lambda: [one.index for one in self._rows() if one.is_chosen], "a chosen row")[0]) != index:
            step = abs(index - now)
            key = ("Page" if step > 12 else "Arrow") + ("Down" if index > now else "Up")
            for _ in range(step if step <= 12 else 1):
                self.page.keyboard.press(key)
        details = self.page.locator(".suggest-details-container .suggest-details")
        promise = self.page.locator(f"{MENU} .monaco-list-row.focused .can-expand-details")
        end = time.monotonic() + 2 * SILENCE
        while not (text := settled(lambda: self._details(details), self.page.wait_for_timeout)):
            if time.monotonic() > end:
                break  # Not every server has a text for every name.
            if not details.is_visible() and promise.count():
                self.page.keyboard.press("Control+Space")
        return text

    def _details(self, details: Locator) -> str:
        text = str(details.inner_text()) if details.is_visible() else ""
        return "" if "Loading..." in text else text.strip()

    # Menus and commands.

    @on_stage
    def choose_action(self, title: str) -> list[str]:
        """Take the row whose text holds a title from the open menu of actions; gives the texts of all rows."""
        rows = self.page.locator(".action-widget .monaco-list-row.action")
        rows.filter(has_text=title).first.wait_for()
        texts = [str(one) for one in rows.all_inner_texts()]
        rows.filter(has_text=title).first.click()
        return texts

    @on_stage
    def command(self, title: str) -> None:
        """Run a command by its title, as the palette shows it."""
        self.page.keyboard.press("F1")
        self.page.locator(".quick-input-widget input").first.wait_for()
        self.page.keyboard.type(title)
        row = self.page.locator(".quick-input-list .monaco-list-row", has_text=title).first
        row.wait_for()
        row.click()


def settled(read: Callable[[], T], wait: Callable[[float], None], pause: float = 150) -> T:
    """What a reader gives as soon as it gives the same thing twice."""
    value, before = read(), None
    while value != before:
        wait(pause)
        value, before = read(), value
    return value
