"""Takes the pictures of the VS Code extension, out of a real one: python docs/tools/vscode.py [NAME ...]

They go to clients/vscode/images/. Pillow, where it is installed, makes them smaller. For `walkthrough`, which shows
other pictures, run it once more after these are there.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "clients" / "vscode" / "images"
sys.path.insert(0, str(ROOT / "tests" / "editors"))

from drive_vscode import Driver  # noqa: E402
from editor import Setup, until  # noqa: E402
from vscode_workbench import MENU  # noqa: E402

PROJECT = '[project]\nname = "workshop"\nversion = "1"\nrequires-python = ">=3.11"\n'
SAMPLE = '''\
"""Keep the orders of the workshop."""

import json
import secrets
import subprocess
from pathlib import Path

import psutil


def save(orders: list[dict[str, str]], folder: Path) -> Path:
    target = folder / f"{secrets.token_hex(4)}.json"
    target.write_text(json.dumps(orders, indent=2))
    return target


def print_label(text: str) -> None:
    subprocess.run(["lpr"], input=text, text=True, check=True)


def workers() -> int:
    return psutil.cpu_count() or 1
'''
# The text, and as little as can be of what is around it.
PLAIN: dict[str, Any] = {
    "breadcrumbs.enabled": False,
    "editor.fontSize": 14,
    "editor.minimap.enabled": False,
    "editor.overviewRulerBorder": False,
    "editor.scrollbar.vertical": "hidden",
    "window.commandCenter": False,
    "workbench.activityBar.location": "hidden",
    "workbench.layoutControl.enabled": False,
    "workbench.sideBar.location": "right",
    "workbench.statusBar.visible": False,
}
SIZE = {"width": 920, "height": 760}
MARGIN = 16


@contextmanager
def session(scheme: str) -> Iterator[Driver]:
    """VS Code with the sample in front, in the default theme for a dark or a light screen."""
    with tempfile.TemporaryDirectory(prefix="stdlib-ls-pictures-") as made:
        project, home = Path(made, "workshop"), Path(made, "home")
        for one in (project, home):
            one.mkdir()
        (project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        browser = {"viewport": SIZE, "device_scale_factor": 2, "color_scheme": scheme}
        settings = {**PLAIN, "workbench.colorTheme": f"{scheme.capitalize()} 2026"}
        driver = Driver(Setup(project, home), browser=browser, editor_settings=settings)
        try:
            driver.open("orders.py", SAMPLE)
            driver.probe.ask("run", "workbench.action.closeSidebar")
            until(driver.diagnostics, "the message about psutil")
            driver.window.wait_for(".squiggly-info, .squiggly-hint")
            yield driver
        finally:
            driver.quit()


def hover(driver: Driver, name: str) -> None:
    """The card of a function."""
    driver.window.open_hover("subprocess.run(", "run")
    until(driver.window.settled_hover, "the card")
    take(driver, name, [".monaco-hover:not(.hidden)"], ["def print_label", "def workers"])
    driver.window.close_hover()


def completion(driver: Driver, name: str) -> None:
    """The menu, with the text beside a row."""
    driver.window.focus_editor()
    driver.window.put_cursor("return target", "return")
    driver.window.press("Home", "Enter", "ArrowUp")
    driver.window.type("key = secrets.")
    driver.window.open_menu()
    driver.window.menu("token_urlsafe")
    take(driver, name, [MENU, ".suggest-details-container"], ["target.write_text", "key = secrets."])
    driver.window.press("Escape")
    driver.probe.ask("run", "workbench.action.files.revert")


def diagnostic(driver: Driver, name: str) -> None:
    """The message about an import, in its hover."""
    driver.window.open_hover("import psutil", "psutil")
    until(driver.window.settled_hover, "the message")
    take(driver, name, [".monaco-hover:not(.hidden)"], ["import json", "import psutil"])
    driver.window.close_hover()


def quickfix(driver: Driver, name: str) -> None:
    """The fixes for it."""
    driver.window.put_cursor("import psutil", "psutil")
    driver.window.press("Control+.")
    driver.window.wait_for(".action-widget .monaco-list-row.action")
    take(driver, name, [".action-widget"], ["import json", "import psutil"])
    driver.window.press("Escape")


def search(driver: Driver, name: str) -> None:
    """The answers to a question."""
    driver.window.command("stdlib-ls: Search the Standard Library")
    driver.window.click(".quick-input-widget input[placeholder*='unzip']")
    driver.window.type("secure token")
    driver.window.wait_for(".quick-input-list .monaco-list-row", "secrets.token_hex")
    take(driver, name, [".quick-input-widget"], [])
    driver.window.press("Escape")


def walkthrough(driver: Driver, name: str) -> None:
    """The first page of the walkthrough."""
    driver.window.resize(1200, 640)  # In a narrow one, there is no room for the pictures.
    driver.probe.ask("run", "workbench.action.openWalkthrough", "stdlib-ls.stdlib-ls#start")
    driver.window.wait_for(".getting-started-step")
    driver.window.settle(1000)
    driver.window.picture(IMAGES / f"{name}.png")


def take(driver: Driver, name: str, widgets: list[str], lines: list[str]) -> None:
    """A picture of some widgets, and of some lines of the text with their numbers."""
    driver.window.settle(600)  # Cards fade in.
    boxes = [driver.window.box(one) for one in widgets]
    if lines:
        tops = [driver.window.place(one, one)[1] for one in lines]
        boxes.append({"x": MARGIN, "y": min(tops) - 10, "width": 600, "height": max(tops) - min(tops) + 20})
    left = max(0, min(one["x"] for one in boxes) - MARGIN)
    top = max(0, min(one["y"] for one in boxes) - MARGIN)
    right = min(SIZE["width"], max(one["x"] + one["width"] for one in boxes) + MARGIN)
    bottom = max(one["y"] + one["height"] for one in boxes) + MARGIN
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    driver.window.picture(IMAGES / f"{name}.png", clip)


def reduce(path: Path) -> None:
    """Write a picture with at most 256 colours, if Pillow is there."""
    try:
        image: Any = importlib.import_module("PIL.Image")
    except ImportError:
        return
    with image.open(path) as picture:
        reduced = picture.convert("RGB").quantize(256, dither=image.Dither.NONE)
    reduced.save(path, optimize=True)


SCENES: dict[str, tuple[str, Callable[[Driver, str], None]]] = {
    "hover-dark": ("dark", hover),
    "diagnostic": ("dark", diagnostic),
    "quickfix": ("dark", quickfix),
    "search": ("dark", search),
    "completion": ("dark", completion),
    "hover-light": ("light", hover),
    "walkthrough": ("light", walkthrough),
}


def main() -> None:
    """Take the pictures that are named, or all."""
    wanted = sys.argv[1:] or list(SCENES)
    for scheme in ("dark", "light"):
        names = [name for name in wanted if SCENES[name][0] == scheme]
        if names:
            with session(scheme) as driver:
                for name in names:
                    SCENES[name][1](driver, name)
                    reduce(IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
