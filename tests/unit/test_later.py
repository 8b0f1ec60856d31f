"""Work that is put off until the client pauses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter, sleep

import pytest

from stdlib_ls.lsp import later
from stdlib_ls.lsp.later import Later


def slow(done: list[str], name: str) -> Callable[[], None]:
    def work() -> None:
        sleep(0.03)
        done.append(name)

    return work


def cheap(done: list[str], name: str) -> Callable[[], None]:
    return lambda: done.append(name)


def test_cheap_work_is_done_at_once() -> None:
    done: list[str] = []
    runner = Later()
    for name in "abc":
        runner.run("file", cheap(done, name))
    assert done == ["a", "b", "c"]


def test_of_dear_work_the_newest_of_each_key_is_done_once_there_is_a_pause() -> None:
    done: list[str] = []

    async def typing() -> None:
        runner = Later()
        runner.run("file", slow(done, "first"))
        for name in "abc":
            runner.run("file", slow(done, name))
        runner.run("other", cheap(done, "other"))
        assert done == ["first", "other"]
        end = perf_counter() + 5
        while len(done) < 3 and perf_counter() < end:
            await asyncio.sleep(0.01)

    asyncio.run(typing())
    assert done == ["first", "other", "c"]


def test_dropped_work_is_never_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "_PAUSE_SECONDS", 0)
    done: list[str] = []

    async def closing() -> None:
        runner = Later()
        runner.run("file", slow(done, "first"))
        runner.run("file", slow(done, "closed"))
        runner.drop("file")
        await asyncio.sleep(0.05)

    asyncio.run(closing())
    assert done == ["first"]
