"""Between byte offsets and the protocol's positions, and from the features' values to the protocol's.

The only place that knows both sides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from lsprotocol import types

from stdlib_ls.catalog.store import Entry
from stdlib_ls.features.actions import Action
from stdlib_ls.features.cards import docs_link
from stdlib_ls.features.cells import CellView
from stdlib_ls.features.edits import Edit
from stdlib_ls.features.render import Format, unquote
from stdlib_ls.features.rules import Diagnostic
from stdlib_ls.features.source_file import Context, Encoding
from stdlib_ls.lsp.client import Client

if TYPE_CHECKING:
    from stdlib_ls.features.completion import Item
    from stdlib_ls.features.signature_help import ShownSignature, SignatureHelp

RULES_URL = "https://github.com/stdlib-ls/stdlib-ls/blob/main/docs/rules/{}.md"
SOURCE = "stdlib-ls"

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}
_TAGS = {"unnecessary": types.DiagnosticTag.Unnecessary, "deprecated": types.DiagnosticTag.Deprecated}
_KINDS = {
    "module": types.CompletionItemKind.Module,
    "function": types.CompletionItemKind.Function,
    "class": types.CompletionItemKind.Class,
    "exception": types.CompletionItemKind.Class,
    "method": types.CompletionItemKind.Method,
    "classmethod": types.CompletionItemKind.Method,
    "staticmethod": types.CompletionItemKind.Method,
    "property": types.CompletionItemKind.Property,
    "attribute": types.CompletionItemKind.Field,
    "data": types.CompletionItemKind.Constant,
    "argument": types.CompletionItemKind.Variable,
    "keyword": types.CompletionItemKind.Keyword,
}


# A document in the version that some edits are made for, and the edits.
DocumentEdits = tuple[types.OptionalVersionedTextDocumentIdentifier, Sequence[types.TextEdit]]


class Text(Protocol):
    """A document's lines and columns, and the bytes of the file that features see: its own, or that of all cells."""

    def offset(self, line: int, column: int, encoding: Encoding) -> int: ...

    def position(self, offset: int, encoding: Encoding) -> tuple[int, int]: ...


def to_offset(text: Text, position: types.Position, encoding: Encoding) -> int:
    return text.offset(position.line, position.character, encoding)


def to_range(text: Text, start: int, end: int, encoding: Encoding) -> types.Range:
    return types.Range(types.Position(*text.position(start, encoding)), types.Position(*text.position(end, encoding)))


def to_markup(text: str, form: Format) -> types.MarkupContent:
    kind = types.MarkupKind.Markdown if form == "markdown" else types.MarkupKind.PlainText
    return types.MarkupContent(kind, text)


def to_diagnostic(text: Text, found: Diagnostic, encoding: Encoding, client: Client) -> types.Diagnostic:
    return types.Diagnostic(
        range=to_range(text, found.start, found.end, encoding),
        severity=_SEVERITIES[found.severity],
        code=found.code,
        code_description=types.CodeDescription(RULES_URL.format(found.code)) if client.links_codes else None,
        source=SOURCE,
        message=found.message,
        tags=[_TAGS[tag] for tag in found.tags] if found.tags and client.tags_diagnostics else None,
    )


def to_edits(text: Text, edits: Iterable[Edit], encoding: Encoding) -> list[types.TextEdit]:
    return [types.TextEdit(to_range(text, edit.start, edit.end, encoding), edit.text) for edit in edits]


def to_action(
    text: Text,
    action: Action,
    changes: Sequence[DocumentEdits],
    encoding: Encoding,
    client: Client,
) -> types.CodeAction:
    """An action on a document; its edits may be of several, if that one is a cell."""
    if action.rename:
        old, new = (path.as_uri() for path in action.rename)
        edit = types.WorkspaceEdit(document_changes=[types.RenameFile(old, new)])
    elif client.versions_edits:
        edit = types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(one, edits) for one, edits in changes])
    else:
        edit = types.WorkspaceEdit(changes={one.uri: edits for one, edits in changes})
    found = action.diagnostic
    if found and isinstance(text, CellView) and found.start not in text:
        found = None  # A diagnostic belongs to its own document.
    return types.CodeAction(
        title=action.title,
        kind=action.kind,
        diagnostics=[to_diagnostic(text, found, encoding, client)] if found else None,
        is_preferred=True if action.preferred and client.prefers_actions else None,
        edit=edit,
    )


def to_item(item: Item, client: Client) -> types.CompletionItem:
    """A candidate without its documentation."""
    purpose = unquote(item.summary)
    made = types.CompletionItem(
        label=item.label,
        kind=_KINDS.get(item.kind, types.CompletionItemKind.Variable),
        sort_text=item.sort,
        data=item.name,
    )
    if client.shows_label_details:
        # Both stand in every row, behind the name and at its end; `detail` would say the same above the card.
        made.label_details = types.CompletionItemLabelDetails(f"  {purpose}" if purpose else None, item.note or None)
    else:
        made.detail = f"{purpose} ({item.note})" if purpose and item.note else purpose or item.note or None
    if item.deprecated and client.tags_completions:
        made.tags = [types.CompletionItemTag.Deprecated]
    return made


def to_signature_help(found: SignatureHelp, client: Client) -> types.SignatureHelp:
    """The signatures of a callable, with notes on parameters that not every Python takes."""
    shown = [
        types.SignatureInformation(
            label=one.label,
            documentation=to_markup(unquote(found.summary), "plaintext") if found.summary else None,
            parameters=[
                types.ParameterInformation(
                    label=(part.start, part.end) if client.reads_label_offsets else one.label[part.start : part.end],
                    documentation=part.note or None,
                )
                for part in one.parameters
            ],
            active_parameter=_active(one) if client.reads_active_of_signature else None,
        )
        for one in found.signatures
    ]
    return types.SignatureHelp(shown, found.active, _active(found.signatures[found.active]))


def _active(one: ShownSignature) -> int:
    # Beyond the last one there is no parameter; without a number clients would point at the first.
    return len(one.parameters) if one.active is None else one.active


def to_symbol(entry: Entry, context: Context) -> types.SymbolInformation:
    """A search's answer. What stands for its place is its page in the documentation, which editors open."""
    start = types.Position(0, 0)
    container, _, name = entry.name.rpartition(".")
    kind = types.SymbolKind[_KINDS[entry.kind].name] if entry.kind in _KINDS else types.SymbolKind.Variable
    return types.SymbolInformation(
        location=types.Location(docs_link(entry, context)[1], types.Range(start, start)),
        name=f"{name}: {unquote(entry.summary)}",
        kind=kind,
        container_name=container or None,
        tags=[types.SymbolTag.Deprecated] if entry.is_deprecated else None,
    )
