"""What the server answers to, and how: each handler turns a message into one call of a feature.

`TABLE` is the table of contents. Handlers are plain functions that run one after the other: the next message
never sees a half-finished one. Only a look at a whole workspace or project lets others pass between two files.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types

from stdlib_ls.features.actions import FIX_ALL, Action, actions, fix_all
from stdlib_ls.features.hover import hover
from stdlib_ls.features.render import render
from stdlib_ls.features.requirements import RequirementsFile, requirement_hover
from stdlib_ls.features.search import search
from stdlib_ls.features.source_file import Encoding, SourceFile
from stdlib_ls.lsp import convert
from stdlib_ls.lsp.commands import COMMANDS
from stdlib_ls.lsp.server import Server
from stdlib_ls.lsp.transport import Ready, can_wait_on_stdin


def initialize(ls: Server, params: types.InitializeParams) -> None:
    ls.start_with(params)
    if ls.client.pulls_diagnostics:
        # What is advertised follows from what is registered, and nobody shall get diagnostics both ways.
        of_all = ls.settings.diagnostics_workspace
        pulled = types.DiagnosticOptions(False, of_all, work_done_progress=of_all or None)
        ls.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, pulled)(diagnosed)
        if of_all:
            ls.feature(types.WORKSPACE_DIAGNOSTIC)(workspace_diagnosed)
    if ls.settings.search_symbols:
        # Other servers own the search for the workspace's symbols, so this one joins in only where it is asked to.
        ls.feature(types.WORKSPACE_SYMBOL)(symbols_searched)
    if ls.settings.signature_enabled:
        # So do signatures, where another server shows them.
        options = types.SignatureHelpOptions(trigger_characters=["(", ","])
        ls.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, options)(signed)


def diagnosed(ls: Server, params: types.DocumentDiagnosticParams) -> types.RelatedFullDocumentDiagnosticReport:
    return types.RelatedFullDocumentDiagnosticReport(ls.diagnostics(params.text_document.uri))


async def workspace_diagnosed(ls: Server, params: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
    # The one handler that others may overtake: it takes as long as the workspace is large.
    from stdlib_ls.lsp.workspace_diagnostics import Survey  # noqa: PLC0415 - few ask for it

    return await Survey(ls, params).run()


def initialized(ls: Server, params: types.InitializedParams) -> None:
    ls.roots.ask_for_settings()
    ls.roots.watch()


def changed_folders(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    # The framework keeps the list of them; what is asked for are the settings in those that are new.
    ls.roots.ask_for_settings()
    ls.refresh()


def changed_configuration(ls: Server, params: types.DidChangeConfigurationParams) -> None:
    if ls.client.answers_configuration:
        ls.roots.ask_for_settings()
    else:
        ls.configure(params.settings)


def changed_files(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    ls.refresh()


def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
    ls.saved(params.text_document.uri)


def saved_notebook(ls: Server, params: types.DidSaveNotebookDocumentParams) -> None:
    ls.refresh()


def renamed_files(ls: Server, params: types.RenameFilesParams) -> None:
    ls.lose_files(one.old_uri for one in params.files)


def deleted_files(ls: Server, params: types.DeleteFilesParams) -> None:
    ls.lose_files(one.uri for one in params.files)


def hovered(ls: Server, params: types.HoverParams) -> types.Hover | None:
    file = ls.judged_file(params.text_document.uri)
    if file is None:
        return None
    shown = ls.text_of(params.text_document.uri)
    offset = convert.to_offset(shown, params.position, ls.encoding)
    found = requirement_hover(file, offset) if isinstance(file, RequirementsFile) else hover(file, offset)
    if found is None:
        return None
    card, start, end = found
    text = render(card, ls.client.hover_format, file.context.settings.hover_detail)
    contents = convert.to_markup(text, ls.client.hover_format)
    return types.Hover(contents, convert.to_range(shown, start, end, ls.encoding))


def completed(ls: Server, params: types.CompletionParams) -> Ready | None:
    return ls.completions.answer(params)


def resolved(ls: Server, item: types.CompletionItem) -> types.CompletionItem:
    return ls.completions.resolve(item)


def signed(ls: Server, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    return ls.completions.sign(params)


def acted(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    file = ls.judged_file(uri)
    if file is None or not ls.client.literal_actions:
        return []
    shown = ls.text_of(uri)
    start = convert.to_offset(shown, params.range.start, ls.encoding)
    end = convert.to_offset(shown, params.range.end, ls.encoding)
    return [
        convert.to_action(shown, action, changes, ls.encoding, ls.client)
        for action in wanted_actions(file, start, end, params.context.only)
        if (changes := ls.document_edits(uri, action.edits)) is not None
        and (ls.client.renames_files or not action.rename)
    ]


def symbols_searched(ls: Server, params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
    context = ls.workspace_context()
    found = search(params.query, context) if params.query.strip() else []
    return [convert.to_symbol(entry, context) for entry in found]


def wanted_actions(file: SourceFile, start: int, end: int, only: Sequence[str] | None) -> list[Action]:
    """The actions of the kinds that the client asks for: quick fixes by default, fix-all only by name."""
    found: list[Action] = []
    if not only or any(_includes(kind, "quickfix") for kind in only):
        found += actions(file, start, end)
    if only and any(_includes(kind, FIX_ALL) for kind in only):
        found += filter(None, [fix_all(file)])
    return found


def _includes(wanted: str, kind: str) -> bool:
    wanted = str(getattr(wanted, "value", wanted))
    return not wanted or kind == wanted or kind.startswith(wanted + ".")


_EVERY_FILE = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**/*"), "file")]
)

TABLE: Sequence[tuple[str, Callable[..., Any], Any]] = (
    (types.INITIALIZE, initialize, None),
    (types.INITIALIZED, initialized, None),
    (types.WORKSPACE_DID_CHANGE_CONFIGURATION, changed_configuration, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, changed_files, None),
    (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, changed_folders, None),
    (types.WORKSPACE_DID_RENAME_FILES, renamed_files, _EVERY_FILE),
    (types.WORKSPACE_DID_DELETE_FILES, deleted_files, _EVERY_FILE),
    (types.TEXT_DOCUMENT_DID_SAVE, saved, None),
    (types.NOTEBOOK_DOCUMENT_DID_SAVE, saved_notebook, None),
    (types.TEXT_DOCUMENT_HOVER, hovered, None),
    (
        types.TEXT_DOCUMENT_COMPLETION,
        completed,
        types.CompletionOptions(trigger_characters=[".", " "], resolve_provider=True),
    ),
    (types.COMPLETION_ITEM_RESOLVE, resolved, None),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        acted,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL]),
    ),
    # TEXT_DOCUMENT_DIAGNOSTIC and WORKSPACE_SYMBOL join them for clients that pull, when they have said so.
    # Opening, changing and closing documents and notebooks goes to the server itself, by way of its protocol class.
)


def create_server() -> Server:
    """A server with everything that it answers to."""
    server = Server()
    for name, command in COMMANDS.items():
        server.command(name)(command)
    for method, handler, options in TABLE:
        server.feature(method, options)(handler)
    return server


def serve(address: tuple[str, int] | None = None, encoding: Encoding | None = None) -> None:
    """Serve over stdio, or to whoever connects to a (host, port); columns in an encoding, whatever the client says."""
    # The workspace's own modules must never be imported by accident, nor its folder be kept busy.
    os.chdir(Path(__file__).anchor)
    # pygls warns of what clients do all day, such as cancelling what is answered already.
    logging.getLogger("pygls").setLevel(logging.ERROR)
    server = create_server()
    server.agreed_encoding = encoding
    if address:
        server.start_tcp(*address)
    elif can_wait_on_stdin():
        server.start_pipe()
    else:
        server.start_io()
