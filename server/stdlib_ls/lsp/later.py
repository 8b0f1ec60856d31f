"""Puts dear work off until the client pauses, so that what it asks while somebody types is answered first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

_CHEAP_SECONDS, _PAUSE_SECONDS = 0.01, 0.02


class Later:
    """Runs work by keys: at once where it was cheap the last time, else after a pause, the newest of each key only."""

    def __init__(self) -> None:
        self._took: dict[str, float] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}

    def run(self, key: str, work: Callable[[], None]) -> None:
        """Run some work soon; what still waits under its key is dropped."""
        self.drop(key)
        if self._took.get(key, 0) < _CHEAP_SECONDS:
            self._measure(key, work)
        else:
            self._waiting[key] = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self._measure, key, work)

    def drop(self, key: str) -> None:
        """Forget the work that waits under a key."""
        waiting = self._waiting.pop(key, None)
        if waiting:
            waiting.cancel()

    def _measure(self, key: str, work: Callable[[], None]) -> None:
        self._waiting.pop(key, None)
        start = perf_counter()
        work()
        self._took[key] = perf_counter() - start
