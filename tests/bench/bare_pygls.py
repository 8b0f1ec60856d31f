"""A bare pygls server, as a floor to measure ours against: the word as hover, every module, one regex.

python tests/bench/bare_pygls.py        (over stdio)
"""

from __future__ import annotations

import re
import sys

from lsprotocol import types
from pygls.lsp.server import LanguageServer

MODULES = sorted(name for name in sys.stdlib_module_names if not name.startswith("_"))
IMPORT = re.compile(r"^import (ps\w*)", re.MULTILINE)

server = LanguageServer("bare-pygls", "1")


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hover(ls: LanguageServer, params: types.HoverParams) -> types.Hover | None:
    """The word under the cursor."""
    document = ls.workspace.get_text_document(params.text_document.uri)
    word = document.word_at_position(params.position)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, word)) if word else None


@server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["."]))
def completion(ls: LanguageServer, params: types.CompletionParams) -> types.CompletionList:
    """Every top-level module, wherever the cursor is."""
    return types.CompletionList(False, [types.CompletionItem(name) for name in MODULES])


def publish(ls: LanguageServer, uri: str) -> None:
    """One diagnostic for each import of something that begins with ps."""
    document = ls.workspace.get_text_document(uri)
    found = []
    for match in IMPORT.finditer(document.source):
        line = document.source.count("\n", 0, match.start())
        span = types.Range(types.Position(line, 7), types.Position(line, 7 + len(match[1])))
        found.append(types.Diagnostic(span, f"{match[1]} is imported"))
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, document.version))


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def opened(ls: LanguageServer, params: types.DidOpenTextDocumentParams) -> None:
    """Judge the new text."""
    publish(ls, params.text_document.uri)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def changed(ls: LanguageServer, params: types.DidChangeTextDocumentParams) -> None:
    """Judge the changed text."""
    publish(ls, params.text_document.uri)


if __name__ == "__main__":
    server.start_io()
