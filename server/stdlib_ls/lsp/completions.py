"""Completion lists, their items and signatures, as the client wants them.

Nothing of this is imported before the first question: the patterns behind it take milliseconds to compile, for which
the first hover shall not wait.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lsprotocol import types

from stdlib_ls.features.completion import IMPORTS, Completion, Group, completion, item_card, items
from stdlib_ls.features.import_placement import import_edit
from stdlib_ls.features.render import render
from stdlib_ls.features.signature_help import signature_help
from stdlib_ls.features.source_file import Context
from stdlib_ls.lsp import convert
from stdlib_ls.lsp.transport import Ready

if TYPE_CHECKING:
    from stdlib_ls.lsp.server import Server

_KEPT_LISTS = 64


class Completions:
    """Answers questions about what is being typed.

    Lists are the same for everybody who asks at the same kind of place, so they are kept as JSON.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lists: dict[tuple[Group, object, object], list[tuple[str, str]]] = {}
        # What a client asks to have resolved was in the last list that it got.
        self._context = Context(server.catalog)
        self._place = ("", 0)

    def forget(self) -> None:
        """Make all lists anew: they were made under other settings."""
        self._lists.clear()

    def answer(self, params: types.CompletionParams) -> Ready | None:
        """The list for a place, with documentation and edits where the client will not ask for them."""
        uri = params.text_document.uri
        file = self._server.python_file(uri)
        if file is None:
            return None
        offset = convert.to_offset(self._server.text_of(uri), params.position, self._server.encoding)
        after_blank = params.context is not None and params.context.trigger_character == " "
        wanted = completion(file, offset, after_blank=after_blank)
        if wanted is None:
            return None
        self._context, self._place = file.context, (uri, offset)
        return self._joined(wanted)

    def resolve(self, item: types.CompletionItem) -> types.CompletionItem:
        """An item of the last list with what was left out there."""
        if isinstance(item.data, str):
            item.documentation = self._documentation(item.data)
            if item.data.startswith(IMPORTS) and self._server.client.resolves_edits:
                item.additional_text_edits = self._import_edits(item.data)
        return item

    def sign(self, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        """The signatures of the call at a place."""
        file = self._server.python_file(params.text_document.uri)
        if file is None:
            return None
        shown = self._server.text_of(params.text_document.uri)
        found = signature_help(file, convert.to_offset(shown, params.position, self._server.encoding))
        return convert.to_signature_help(found, self._server.client) if found else None

    def _joined(self, wanted: Completion) -> Ready:
        entries = (entry for group in wanted.groups for entry in self._kept_entries(group))
        found = [made for label, made in entries if label not in wanted.taken]
        return Ready(f'{{"isIncomplete":false,"items":[{",".join(found)}]}}')

    def _kept_entries(self, group: Group) -> list[tuple[str, str]]:
        if group.kind == "names" and not self._server.client.resolves_edits:
            return self._entries(group)  # Their edits are of one file.
        key = (group, self._context.versions, self._context.settings)
        kept = self._lists.get(key)
        if kept is None:
            if len(self._lists) >= _KEPT_LISTS:
                self._lists.clear()
            kept = self._lists[key] = self._entries(group)
        return kept

    def _entries(self, group: Group) -> list[tuple[str, str]]:
        """The candidates of a group by their labels, each as JSON."""
        client, serialize = self._server.client, self._server.protocol._serialize_message
        made = []
        for item in items(group, self._context):
            entry = convert.to_item(item, client)
            if not client.resolves_documentation and group.kind != "arguments":
                entry.documentation = self._documentation(item.name, brief=True)
            if item.name.startswith(IMPORTS) and not client.resolves_edits:
                entry.additional_text_edits = self._import_edits(item.name)
            made.append((item.label, json.dumps(entry, default=serialize, separators=(",", ":"))))
        return made

    def _import_edits(self, name: str) -> list[types.TextEdit] | None:
        """What imports a candidate, `import NAME`, where the last list was asked for; None where nothing can."""
        server, (uri, offset) = self._server, self._place
        file, notebook = server.python_file(uri), server.notebooks.holding(uri)
        if file is None or offset > len(file.source):
            return None
        cell = convert.to_offset(server.text_of(uri), types.Position(0, 0), server.encoding) if notebook else None
        edit = import_edit(file, name.removeprefix(IMPORTS), offset, cell)
        made = server.document_edits(uri, [edit]) if edit else None
        # An edit of another document is none that can come along.
        return list(made[0][1]) if made and len(made) == 1 and made[0][0].uri == uri else None

    def _documentation(self, name: str, *, brief: bool = False) -> types.MarkupContent | None:
        """The card of a candidate; brief where a whole list of them is sent."""
        card = item_card(name, self._context)
        form = self._server.client.completion_format
        detail = "brief" if brief else self._context.settings.hover_detail
        return convert.to_markup(render(card, form, detail), form) if card else None
