"""The server's state: open files, the projects around them, and what the client can do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from stdlib_ls import __version__
from stdlib_ls.catalog.store import Catalog
from stdlib_ls.features.diagnostics import diagnostics
from stdlib_ls.features.edits import Edit
from stdlib_ls.features.manifests import kind_of
from stdlib_ls.features.requirements import RequirementsFile
from stdlib_ls.features.source_file import Context, Encoding, SourceFile, context_of
from stdlib_ls.lsp import convert
from stdlib_ls.lsp.client import Client, read_client
from stdlib_ls.lsp.later import Later
from stdlib_ls.lsp.notebooks import Notebook, Notebooks, sync_options
from stdlib_ls.lsp.transport import Protocol, lenient_converter, serve_pipe, serve_socket
from stdlib_ls.lsp.workspace import Roots, path_of
from stdlib_ls.project import Projects
from stdlib_ls.project.claims import parse_toml
from stdlib_ls.settings import Settings

if TYPE_CHECKING:
    from stdlib_ls.lsp.completions import Completions

_log = logging.getLogger(__name__)
_PROJECT_FILE = "pyproject.toml"
_PYTHON = (".py", ".pyi", ".pyw")
_CELL = "vscode-notebook-cell:"
# Documents of other kinds, such as `git:`, are shown but not edited: they get cards and no diagnostics.
_EDITED = ("file:", "untitled:", "vscode-interactive:", _CELL)


@dataclass
class OpenFile:
    """A buffer of the client: its text with all that is known of it, its version, and its path if it has one."""

    file: SourceFile
    version: int | None
    path: Path | None
    # Somebody took away the file, so nothing is wrong with it, unless the buffer lives on.
    is_gone: bool = False

    @property
    def configures(self) -> bool:
        """Whether the buffer says how Python files are judged."""
        return self.path is not None and self.path.name == _PROJECT_FILE


class Server(LanguageServer):
    """Holds the open files, the projects around them, and what the client can do."""

    def __init__(self) -> None:
        super().__init__(
            "stdlib-ls",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            notebook_document_sync=sync_options(),
            protocol_cls=Protocol,
            converter_factory=lenient_converter,
        )
        self.catalog = Catalog()
        self.client = Client()
        self.encoding: Encoding = "utf-16"
        # Where the command line says it, since the client cannot.
        self.agreed_encoding: Encoding | None = None
        self.projects = Projects()
        self.roots = Roots(self)
        # What the last looks at the whole workspace found, for the next one.
        self.surveyed: dict[Path, Any] = {}
        # How often everything was to be judged again; what was found before does not hold for sure.
        self.generation = 0
        self._files: dict[str, OpenFile] = {}
        self.notebooks = Notebooks()
        self._logged: set[str] = set()
        self._later = Later()
        self._completions: Completions | None = None

    # The open files.

    def open_document(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take over a buffer of the client."""
        self.roots.ask_again()
        document = params.text_document
        path = path_of(document.uri)
        kind = kind_of(path, document.language_id)
        if document.language_id != "python" and not kind and not (path and path.suffix in _PYTHON):
            return
        context = Context(self.catalog, quiet=True)
        if document.uri.startswith(_CELL):
            self._after_cells_change(self.notebooks.open_cell(document, context), [document.uri])
            return
        text = document.text
        file = RequirementsFile(text, context, kind, parse_toml) if kind else SourceFile(text, context)
        if self.roots.have_changed(held.path for held in (*self._files.values(), *self.notebooks)):
            self.refresh()  # Not every client watches files.
        self._files[document.uri] = OpenFile(file, document.version, path)
        self._after_change(document.uri)

    def change_document(self, params: types.DidChangeTextDocumentParams) -> None:
        """Follow the client's edits of a buffer, each made on the outcome of the one before."""
        uri = params.text_document.uri
        if uri.startswith(_CELL):
            self._after_cells_change(self.notebooks.change_cell(params, self.encoding), [uri])
        held = self._files.get(uri)
        if held is None:
            return
        held.version, held.is_gone = params.text_document.version, False
        for change in params.content_changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start = convert.to_offset(held.file, change.range.start, self.encoding)
                end = convert.to_offset(held.file, change.range.end, self.encoding)
                held.file.replace(start, max(start, end), change.text)
            else:
                held.file.update(change.text)
        self._after_change(uri)

    def close_document(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a buffer; what is on disk holds again."""
        uri = params.text_document.uri
        self._later.drop(uri)
        if uri.startswith(_CELL):
            self._forget_cells(self.notebooks.close(uri))
        held = self._files.pop(uri, None)
        if held and held.configures and held.path:
            self.projects.override(held.path, None)
            self.refresh()
        if held and not self.client.pulls_diagnostics:
            self._push(uri, [])

    def judged_file(self, uri: str) -> SourceFile | None:
        """An open buffer, its context brought up to date with the files around it: Python, or a RequirementsFile."""
        notebook = self.notebooks.holding(uri)
        if notebook:
            return self._brought_up_to_date(notebook.file, notebook.path, notebook.uri)
        held = self._files.get(uri)
        return self._brought_up_to_date(held.file, held.path, uri) if held else None

    def python_file(self, uri: str) -> SourceFile | None:
        """The same of a Python buffer; None for any other."""
        file = self.judged_file(uri)
        return None if isinstance(file, RequirementsFile) else file

    def _brought_up_to_date(self, file: SourceFile, path: Path | None, uri: str) -> SourceFile:
        project = self.roots.project_of(path)
        self._log_once(project.problems)
        context = context_of(self.catalog, project, path, file.script_text())
        if path is None:
            # Nobody knows where the buffer will be saved, and which files will lie beside it.
            context = context._replace(shadow=Context(self.catalog).shadow)
        self._log_once(list(context.problems))
        file.context = context if uri.startswith(_EDITED) else context._replace(quiet=True)
        return file

    def text_of(self, uri: str) -> convert.Text:
        """What the lines and columns of an open buffer are counted in."""
        notebook = self.notebooks.holding(uri)
        return notebook.view(uri) if notebook else self._files[uri].file

    def document_edits(self, uri: str, edits: Iterable[Edit]) -> list[convert.DocumentEdits] | None:
        """Edits of a buffer's file as edits of documents; None where an edit belongs to no single cell."""
        notebook = self.notebooks.holding(uri)
        if notebook:
            return notebook.to_edits(edits, self.encoding)
        document = types.OptionalVersionedTextDocumentIdentifier(uri, self.version_of(uri))
        return [(document, convert.to_edits(self._files[uri].file, edits, self.encoding))]

    def workspace_context(self) -> Context:
        """What a question is judged by that concerns no file: the project in the first folder of the workspace."""
        return context_of(self.catalog, self.roots.project_of(None), None, "")

    def version_of(self, uri: str) -> int | None:
        """The version of an open buffer."""
        held = self._files.get(uri)
        return held.version if held else None

    def _after_change(self, uri: str) -> None:
        held = self._files[uri]
        if held.configures and held.path:
            self.projects.override(held.path, held.file.slice(0, len(held.file.source)))
            self.refresh()
        else:
            self._later.run(uri, partial(self.publish, uri))

    # Notebooks.

    def open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Take over a notebook of the client."""
        context = Context(self.catalog, quiet=True)
        notebook = self.notebooks.open(params, path_of(params.notebook_document.uri), context)
        self._after_cells_change(notebook, notebook.cells)

    def change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Follow what has happened to a notebook; what its cells put out is none of it."""
        found = self.notebooks.change(params, self.encoding)
        if found:
            self._after_cells_change(*found)

    def close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None:
        """Forget a notebook."""
        self._forget_cells(self.notebooks.close(params.notebook_document.uri))

    def _after_cells_change(self, notebook: Notebook | None, changed: Collection[str]) -> None:
        """Bring the diagnostics of a notebook to the client, those of the cells that did not change as well."""
        if notebook is None:
            return
        told, notebook.told = notebook.told, self._cell_diagnostics(notebook)
        others = [uri for uri, found in notebook.told.items() if uri not in changed and found != told.get(uri, [])]
        if self.client.pulls_diagnostics:
            if others:
                self.workspace_diagnostic_refresh(None)
            return
        for uri in (*filter(notebook.told.__contains__, changed), *others):
            self._push(uri, notebook.told[uri], notebook.documents[uri].version)
        self._take_back(uri for uri, found in told.items() if found and uri not in notebook.told)

    def _cell_diagnostics(self, notebook: Notebook) -> dict[str, list[types.Diagnostic]]:
        file = self._brought_up_to_date(notebook.file, notebook.path, notebook.uri)
        found: dict[str, list[types.Diagnostic]] = {uri: [] for uri in notebook.cells}
        for uri, cell, one in notebook.by_cell(diagnostics(file)):
            found[uri].append(convert.to_diagnostic(cell, one, self.encoding, self.client))
        return found

    def _forget_cells(self, notebook: Notebook | None) -> None:
        if notebook and not self.client.pulls_diagnostics:
            self._take_back(notebook.told)

    def _take_back(self, uris: Iterable[str]) -> None:
        for uri in uris:
            self._push(uri, [])

    # Diagnostics go one way only, pushed or pulled, as the client can.

    def publish(self, uri: str) -> None:
        """Push the diagnostics of a buffer, unless the client pulls them."""
        if self.client.pulls_diagnostics:
            return
        self._push(uri, self.diagnostics(uri), self.version_of(uri))

    def _push(self, uri: str, found: list[types.Diagnostic], version: int | None = None) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version=version))

    def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """The diagnostics of a buffer as the client wants them."""
        notebook = self.notebooks.holding(uri)
        if notebook:
            return self._cell_diagnostics(notebook)[uri]
        held, file = self._files.get(uri), self.judged_file(uri)
        found = diagnostics(file) if file and not (held and held.is_gone) else []
        return [convert.to_diagnostic(file, one, self.encoding, self.client) for one in found if file]

    def refresh(self) -> None:
        """Have every open file judged again."""
        self.generation += 1
        if not self.client.pulls_diagnostics:
            for uri in self._files:
                self.publish(uri)
            for notebook in self.notebooks:
                self._after_cells_change(notebook, ())
        elif self._files or any(self.notebooks) or self.settings.diagnostics_workspace:
            self.workspace_diagnostic_refresh(None)

    def saved(self, uri: str) -> None:
        """A buffer has become a file, and whatever it says may concern all others."""
        if uri in self._files:
            self._files[uri].is_gone = False
        self.refresh()

    def lose_files(self, uris: Iterable[str]) -> None:
        """Files, or all files of folders, are no longer where they were; their diagnostics go with them."""
        for lost in uris:
            for uri, held in self._files.items():
                held.is_gone = held.is_gone or uri == lost or uri.startswith(f"{lost.rstrip('/')}/")
        self.refresh()

    def open_paths(self) -> dict[Path, str]:
        """The addresses of the open files by their paths."""
        return {held.path: uri for uri, held in self._files.items() if held.path}

    # Settings.

    @property
    def settings(self) -> Settings:
        """The settings of what lies in no folder of the workspace."""
        return self.roots.settings

    def start_with(self, params: types.InitializeParams) -> None:
        """Take in what the client says of itself, and its first settings."""
        self.client = read_client(params.capabilities)
        declared = _ENCODINGS.get(str(getattr(self.workspace, "position_encoding", "utf-16")), "utf-16")
        self.encoding = self.agreed_encoding or declared
        self._log_once(self.roots.start(params.initialization_options))

    def configure(self, general: object, folders: Sequence[Path] = (), tables: Sequence[object] = ()) -> None:
        """Take over the client's settings; what is wrong with them is named once, in its log."""
        self._log_once(self.roots.configure(general, folders, tables))
        if self._completions:
            self._completions.forget()
        self.refresh()

    def _log_once(self, messages: list[str]) -> None:
        for message in messages:
            if message not in self._logged:
                self._logged.add(message)
                self.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))

    @property
    def completions(self) -> Completions:
        """What answers to what is being typed."""
        if self._completions is None:
            # For what it costs to import, see there.
            from stdlib_ls.lsp.completions import Completions  # noqa: PLC0415

            self._completions = Completions(self)
        return self._completions

    def start_pipe(self) -> None:
        """Serve over stdio, reading it on the event loop."""
        self._start(serve_pipe)

    def start_tcp(self, host: str, port: int) -> None:
        """Serve the one who connects."""
        self._start(partial(serve_socket, (host, port)))

    def _start(self, serve: Callable[[Protocol, Event], Coroutine[Any, Any, None]]) -> None:
        self._stop_event = Event()
        try:
            asyncio.run(serve(cast(Protocol, self.protocol), self._stop_event))
        except (BrokenPipeError, KeyboardInterrupt):
            _log.info("the client has gone")
        finally:
            self.shutdown()  # type: ignore[no-untyped-call]

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Errors go to the log. The user's window is not the place for them."""
        _log.error("%s: %s", source.__name__ if isinstance(source, type) else source, error, exc_info=error)


_ENCODINGS: dict[str, Encoding] = {"utf-8": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"}
