"""stdlib-ls in Sublime Text: has LSP start the server, and shows what the server's own commands answer."""

from __future__ import annotations

import html
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sublime
from LSP.plugin import Error, LspPlugin, LspTextCommand, uri_from_view

if TYPE_CHECKING:
    from LSP.protocol import ExecuteCommandParams

PANEL = "stdlib-ls"


class StdlibLs(LspPlugin):
    """The server; its command and settings are in LSP-stdlib-ls.sublime-settings."""


def plugin_loaded() -> None:
    """Sublime Text calls this when the package is there."""
    StdlibLs.register()


def plugin_unloaded() -> None:
    """Sublime Text calls this before the package goes."""
    StdlibLs.unregister()


class StdlibLsCardCommand(LspTextCommand):
    """Shows the card of the symbol under the caret."""

    def run(self, edit: sublime.Edit, **_: Any) -> None:
        """Ask for the card of the place."""
        _ask(self, "card", [_place(self.view)], lambda card: _show(self.view, card["text"]))


class StdlibLsDocumentationCommand(LspTextCommand):
    """Opens the page that documents the symbol under the caret."""

    def run(self, edit: sublime.Edit, **_: Any) -> None:
        """Ask for the card of the place, and follow its link."""
        _ask(self, "card", [_place(self.view)], lambda card: _open_page(card["documentation"]))


class StdlibLsVersionsCommand(LspTextCommand):
    """Shows which Pythons the file is judged by, and who says so."""

    def run(self, edit: sublime.Edit, **_: Any) -> None:
        """Ask for the versions of the file."""
        _ask(self, "versions", [uri_from_view(self.view)], lambda versions: _show(self.view, versions["text"]))


class StdlibLsDependenciesCommand(LspTextCommand):
    """Shows what the standard library can do of what the project's dependencies are used for."""

    def run(self, edit: sublime.Edit, **_: Any) -> None:
        """Ask for the report on the file's project."""
        _ask(self, "dependencies", [uri_from_view(self.view)], lambda report: _show(self.view, report["text"]))


class StdlibLsSearchCommand(LspTextCommand):
    """Finds members of the standard library by what they are for."""

    def run(self, edit: sublime.Edit, **_: Any) -> None:
        """Ask what to look for, let the answers be picked from, and show the card; with Ctrl or Cmd, its page."""
        window = self.view.window()
        if window:
            window.show_input_panel("Search the standard library:", "", self._search, None, None)

    def _search(self, question: str) -> None:
        _ask(self, "search", [question], self._pick)

    def _pick(self, found: list[dict[str, str]]) -> None:
        window = self.view.window()
        if not window:
            return
        items = [sublime.QuickPanelItem(one["name"], html.escape(one["summary"]), one["kind"]) for one in found]

        def picked(index: int, event: dict[str, Any]) -> None:
            if index >= 0:
                self._answer(found[index]["name"], bool(event.get("modifier_keys", {}).get("primary")))

        window.show_quick_panel(items, picked, sublime.QuickPanelFlags.WANT_EVENT)

    def _answer(self, name: str, wants_page: bool) -> None:
        def answered(card: dict[str, Any]) -> None:
            if wants_page:
                _open_page(card["documentation"])
            else:
                _show(self.view, card["text"])

        _ask(self, "card", [name], answered)


def _ask(command: LspTextCommand, name: str, arguments: list[Any], then: Callable[[Any], None]) -> None:
    """Have the server carry out one of its commands, and hand over what it answers, where that is anything."""
    session = command.session_by_name()
    if session is None:
        return

    def answered(answer: Any) -> None:
        if isinstance(answer, Error):
            sublime.status_message(f"stdlib-ls: {answer}")
        elif answer:
            then(answer)
        else:
            sublime.status_message("stdlib-ls: nothing found")

    params: ExecuteCommandParams = {"command": f"stdlib-ls.server.{name}", "arguments": arguments}
    session.execute_command(params, progress=True, view=command.view).then(answered)


def _place(view: sublime.View) -> dict[str, Any]:
    line, character = view.rowcol_utf16(view.sel()[0].b if len(view.sel()) else 0)
    return {"uri": uri_from_view(view), "position": {"line": line, "character": character}}


def _show(view: sublime.View, text: str) -> None:
    window = view.window()
    if window:
        panel = window.create_output_panel(PANEL)
        panel.assign_syntax("scope:text.html.markdown")
        panel.settings().set("word_wrap", True)
        panel.run_command("append", {"characters": text})
        window.run_command("show_panel", {"panel": f"output.{PANEL}"})


def _open_page(address: str | None) -> None:
    if address:
        webbrowser.open(address)
    else:
        sublime.status_message("stdlib-ls: no page documents this")
