"""The project's view of its dependencies, for clients: file by file, so that other requests are answered in between."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from stdlib_ls.lsp.server import Server
from stdlib_ls.lsp.transport import asked
from stdlib_ls.lsp.workspace import path_of

if TYPE_CHECKING:
    from stdlib_ls.features.source_file import SourceFile

_SLICE_SECONDS = 0.01
# So many turns of the event loop it takes to read a message and to handle it.
_TURNS = 4


async def dependencies(ls: Server, *uris: object) -> dict[str, Any] | None:
    """What the project around a file or folder uses of its dependencies; None where there is no project to look at."""
    # Few ask for it, and it takes a while to import.
    from stdlib_ls.dependencies.report import as_json, as_text  # noqa: PLC0415
    from stdlib_ls.dependencies.survey import Survey  # noqa: PLC0415

    uri = next((one for one in uris if isinstance(one, str)), "")
    file = ls.judged_file(uri)
    # What is no file on this machine, such as a cell, may be part of one; else the first folder is meant.
    path = path_of(uri) or (file and file.context.path) or next(iter(ls.roots.folders.values()), None)
    if path is None:
        return None

    def opened(path: Path) -> SourceFile | None:
        uri = ls.open_paths().get(path)
        return ls.judged_file(uri) if uri else None

    work = _Work(ls)
    survey = Survey(ls.catalog, ls.projects, path, opened)
    try:
        for files in survey.steps():
            await work.pause(files)
    finally:
        work.end(survey.files)
    return {"text": as_text(survey), **as_json(survey)}


class _Work:
    """Work on behalf of a command: tells the client how far it is, lets others pass, and ends when it is told to."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._token, self._answer = asked.get()
        self._until = time.monotonic() + _SLICE_SECONDS
        if self._token is not None:
            begin = types.WorkDoneProgressBegin("Looking at dependencies", cancellable=True)
            server.work_done_progress.begin(self._token, begin)

    async def pause(self, files: int) -> None:
        """Let others pass where enough has been done at a time; raises CancelledError where nobody wants the rest."""
        if time.monotonic() < self._until:
            return
        if self._token is not None:
            progress = self._server.work_done_progress
            stopped = progress.tokens.get(self._token)
            if stopped and stopped.cancelled() and self._answer:
                self._answer.cancel()
            progress.report(self._token, types.WorkDoneProgressReport(message=f"{files} files"))
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if self._answer and self._answer.cancelled():
            raise asyncio.CancelledError
        self._until = time.monotonic() + _SLICE_SECONDS

    def end(self, files: int) -> None:
        """Tell the client that nothing more will come."""
        if self._token is not None:
            progress = self._server.work_done_progress
            progress.end(self._token, types.WorkDoneProgressEnd(message=f"{files} files"))
            progress.tokens.pop(self._token, None)
