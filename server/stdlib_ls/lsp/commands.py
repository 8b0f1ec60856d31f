"""The server's own commands, which only read: clients offer them to people under names of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lsprotocol import types

from stdlib_ls.features.cards import Card
from stdlib_ls.features.hover import card_at
from stdlib_ls.features.lookup import look_up
from stdlib_ls.features.render import render
from stdlib_ls.features.requirements import RequirementsFile, requirement_card
from stdlib_ls.features.search import LIMIT, as_json, search
from stdlib_ls.lsp import convert
from stdlib_ls.lsp.dependencies import dependencies
from stdlib_ls.lsp.server import Server
from stdlib_ls.lsp.workspace import path_of


def searched(ls: Server, question: str, *limits: object) -> list[dict[str, str]]:
    """Names by what they are for, best first; at most `limits[0]` of them."""
    # The framework knows no arguments that may be left out, only that there may be more.
    limit = next((max(1, one) for one in limits if isinstance(one, int)), LIMIT)
    return [as_json(entry) for entry in search(question, ls.workspace_context(), limit)]


def card(ls: Server, asked: Any) -> dict[str, str | None] | None:
    """The card of a name, or of what stands at {"uri": .., "position": ..}, with the page that documents it."""
    found = _card_by_name(ls, asked) if isinstance(asked, str) else _card_by_place(ls, asked)
    if found is None:
        return None
    text = render(found, ls.client.hover_format, "whole")
    return {"name": found.title, "text": text, "documentation": found.link[1] if found.link else None}


def _card_by_name(ls: Server, name: str) -> Card | None:
    found = look_up(name, ls.workspace_context())
    return found.card if found else None


def _card_by_place(ls: Server, asked: Mapping[str, Any]) -> Card | None:
    uri = str(asked["uri"])
    position = types.Position(int(asked["position"]["line"]), int(asked["position"]["character"]))
    file = ls.judged_file(uri)
    if file is None:
        return None
    offset = convert.to_offset(ls.text_of(uri), position, ls.encoding)
    found = requirement_card(file, offset) if isinstance(file, RequirementsFile) else card_at(file, offset)
    return found[0] if found else None


def versions(ls: Server, *uris: object) -> dict[str, Any]:
    """The range of Pythons that a file is judged by, and who says so; without a file, that of the workspace."""
    uri = next((one for one in uris if isinstance(one, str)), "")
    file = ls.judged_file(uri)
    text = file.script_text() if file else ""
    project = ls.roots.project_of(file.context.path if file else path_of(uri))
    held = file.context.versions if file else project.version_range(text)
    return {
        "range": str(held),
        "source": held.lowest_source,
        "assumed": held.assumed,
        "text": "\n".join(project.explain(text)),
    }


# What clients ask for by `workspace/executeCommand`.
COMMANDS: Mapping[str, Callable[..., Any]] = {
    "stdlib-ls.server.search": searched,
    "stdlib-ls.server.card": card,
    "stdlib-ls.server.versions": versions,
    "stdlib-ls.server.dependencies": dependencies,
}
