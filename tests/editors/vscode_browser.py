"""The browser in which VS Code is shown: one for all sessions, on a thread of its own.

Playwright's plain interface keeps an event loop running in the thread that it is used from, where no other test could
then run one.
"""

from __future__ import annotations

import functools
import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from playwright.sync_api import Browser, Playwright, sync_playwright

P = ParamSpec("P")
R = TypeVar("R")

# This machine only, whatever a page may ask for; and as root in a container, where Chromium has no sandbox.
_FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
_stage = ThreadPoolExecutor(1, thread_name_prefix="browser")


def find_chromium() -> str | None:
    """The browser to use: what CHROMIUM names, else what is on the PATH."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def on_stage(function: Callable[P, R]) -> Callable[P, R]:
    """Have a function run on the browser's thread."""

    @functools.wraps(function)
    def run(*arguments: P.args, **named: P.kwargs) -> R:
        if threading.current_thread().name.startswith("browser"):
            return function(*arguments, **named)
        return _stage.submit(function, *arguments, **named).result()

    return run


class SharedBrowser:
    """Starts the browser for the first who wants it, and ends it with the last one."""

    def __init__(self) -> None:
        self._users = 0
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def take(self) -> Browser:
        """The browser; to be given back. On the browser's thread only."""
        if not self._browser:
            chromium = find_chromium()
            assert chromium, "no Chromium on the PATH, and CHROMIUM names none"
            self._playwright = sync_playwright().start()
            self._browser = self._playwright.chromium.launch(
                executable_path=chromium, chromium_sandbox=False, args=list(_FLAGS)
            )
        self._users += 1
        return self._browser

    def give_back(self) -> None:
        """End the browser if nobody else uses it."""
        self._users -= 1
        if not self._users and self._browser and self._playwright:
            self._browser.close()
            self._playwright.stop()
            self._browser = self._playwright = None


SHARED = SharedBrowser()
