"""The diagnostics of a whole workspace: file by file, so that other requests are answered in between.

Clients ask again every few seconds, so what was found in a file is remembered by a short name, and a file that
has not changed is not looked into again.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lsprotocol import types

from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.source_file import Context, context_of
from stdlib_ls.lsp import convert
from stdlib_ls.lsp.server import Server
from stdlib_ls.lsp.workspace import path_of
from stdlib_ls.project import Project
from stdlib_ls.project.disk import Stamp, settled, stamp
from stdlib_ls.walk import Walker, script_text

_SLICE_SECONDS = 0.01
# So many turns of the event loop it takes to read a message and to handle it.
_TURNS = 4

_log = logging.getLogger(__name__)

Report = types.WorkspaceFullDocumentDiagnosticReport | types.WorkspaceUnchangedDocumentDiagnosticReport


class Known(NamedTuple):
    """What was found in a file ("" for nothing), and what that rests on."""

    name: str
    stamp: Stamp
    project: Project
    generation: int


class _Walker(Walker):
    """Looks at files as the server looks at open ones: through the paths by which they were reached."""

    def context(self, path: Path, content: str) -> Context:
        """What the files around a path say."""
        return context_of(self.catalog, self.projects.of(path), path, script_text(content))


class Survey:
    """One look at the whole workspace, on behalf of one request."""

    def __init__(self, server: Server, params: types.WorkspaceDiagnosticParams) -> None:
        self._server = server
        self._walker = _Walker(server.catalog, server.projects, hints=True)
        self._known: dict[Path, Known] = server.surveyed
        self._before = {path: one for one in params.previous_result_ids if (path := path_of(one.uri))}
        self._progress = params.work_done_token
        self._partial = params.partial_result_token
        self._found: list[Report] = []
        self._seen: set[Path] = set()
        self._open = server.open_paths()
        self._project = server.projects.of(None)

    async def run(self) -> types.WorkspaceDiagnosticReport:
        """Look at every file, then take back what was said of those that are gone; gives what was not sent before."""
        if self._progress is not None:
            begin = types.WorkDoneProgressBegin("Checking the workspace", cancellable=True)
            self._server.work_done_progress.begin(self._progress, begin)
        try:
            await self._look_at_files()
        finally:
            if self._progress is not None:
                seen = f"{len(self._seen)} files"
                self._server.work_done_progress.end(self._progress, types.WorkDoneProgressEnd(message=seen))
                self._server.work_done_progress.tokens.pop(self._progress, None)
        for path in self._known.keys() - self._seen:
            del self._known[path]
        gone = (one.uri for path, one in self._before.items() if path not in self._seen)
        self._found += [types.WorkspaceFullDocumentDiagnosticReport(uri, []) for uri in gone]
        if self._partial is not None:
            self._send_found()
        return types.WorkspaceDiagnosticReport(self._found)

    async def _look_at_files(self) -> None:
        until = time.monotonic() + _SLICE_SECONDS
        for path in self._paths():
            if path:
                self._look_at(path)
            if time.monotonic() > until:
                await self._let_others_pass()
                self._open = self._server.open_paths()
                until = time.monotonic() + _SLICE_SECONDS

    def _paths(self) -> Iterator[Path | None]:
        """The files of all folders, each once; None now and then where there are none for long."""
        for top in list(self._server.roots.folders.values()):
            for paths in self._walker.files_by_folder(top):
                yield None
                self._project = self._server.projects.of(paths[0]) if paths else self._project
                for path in paths:
                    if path not in self._seen:
                        self._seen.add(path)
                        yield path

    async def _let_others_pass(self) -> None:
        if self._partial is not None:
            self._send_found()
        if self._progress is not None:
            cancelled = self._server.work_done_progress.tokens.get(self._progress)
            if cancelled and cancelled.cancelled():
                raise asyncio.CancelledError
            report = types.WorkDoneProgressReport(message=f"{len(self._seen)} files")
            self._server.work_done_progress.report(self._progress, report)
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    def _send_found(self) -> None:
        if self._found:
            value = types.WorkspaceDiagnosticReportPartialResult(self._found)
            assert self._partial is not None
            self._server.protocol.notify(types.PROGRESS, types.ProgressParams(self._partial, value))
            self._found = []

    def _look_at(self, path: Path) -> None:
        """Say of a file what is found in it, or that it is what was found before."""
        before = self._before.get(path)
        project, now = self._project, stamp(path)
        uri = self._open.get(path)
        known = None if uri else self._known.get(path)
        holds = known and (known.stamp, known.generation) == (now, self._server.generation) and known.project is project
        if known and holds and known.name == (before.value if before else ""):
            if before:
                self._found.append(types.WorkspaceUnchangedDocumentDiagnosticReport(before.uri, before.value))
            return
        found = self._server.diagnostics(uri) if uri else self._judged(path)
        name = hashlib.sha256(repr(found).encode("utf-8", "surrogatepass")).hexdigest()[:16] if found else ""
        self._known[path] = Known(name, settled(now), project, self._server.generation)
        address, version = uri or path.as_uri(), self._server.version_of(uri) if uri else None
        if before and before.value == name:
            self._found.append(types.WorkspaceUnchangedDocumentDiagnosticReport(address, name, version))
        elif found or before:
            full = types.WorkspaceFullDocumentDiagnosticReport(address, found, version, result_id=name or None)
            self._found.append(full)

    def _judged(self, path: Path) -> list[types.Diagnostic]:
        try:
            text = self._walker.read(path)
            file = self._walker.opened(path, text) if text else None
            found = diagnostics(file) if file else []
            server = self._server
            return [convert.to_diagnostic(file, one, server.encoding, server.client) for one in found if file]
        except Exception:
            # One file that is too much for a rule must not cost the others theirs.
            _log.exception("%s cannot be judged", path)
            return []
