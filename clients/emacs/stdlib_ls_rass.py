"""Preset for the multiplexer rass: hovering shows what every server says, not only the first one.

It also sees to it that every server is asked for completions, wherever they are asked for.

The servers follow on the command line: `rass stdlib_ls_rass.py -- basedpyright-langserver --stdio -- stdlib-ls`.
"""

from __future__ import annotations

from typing import Any

from rassumfrassum.frassum import LspLogic, PayloadItem, Server

HOVER = "textDocument/hover"
# Less than Eglot waits for a connection.
START_MS = 25_000
RULE = {"markdown": "\n\n---\n\n", "plaintext": "\n\n"}


class StdlibLogic(LspLogic):  # type: ignore[misc]
    """The multiplexer's own logic, but for hovers, the characters that completion starts at, and slow starts."""

    async def on_client_request(self, method: str, params: Any, servers: list[Server]) -> Any:
        """Which servers a request goes to."""
        if method == HOVER:
            return [server for server in servers if server.caps.get("hoverProvider")]
        return await super().on_client_request(method, params, servers)

    def get_aggregation_timeout_ms(self, method: str | None) -> int:
        """How long an answer may be waited for; a server that is late at the start would stay unknown for good."""
        waiting: int = super().get_aggregation_timeout_ms(method)
        return START_MS if method == "initialize" else waiting

    def process_responses(self, method: str, items: list[PayloadItem]) -> tuple[Any, bool]:
        """One answer made of those of several servers."""
        if method == HOVER:
            # They come in the order in which the servers answered; shown is always the first server's first.
            order = list(self.servers)
            items = sorted(items, key=lambda item: order.index(id(item.server)))
            hovers = [item.payload for item in items if item.payload and not item.is_error]
            if len(hovers) > 1:
                return joined(hovers), False
        result, is_error = super().process_responses(method, items)
        if method == "initialize" and not is_error:
            self.share_blanks(result)
        return result, is_error

    def share_blanks(self, result: Any) -> None:
        """Take the blank from the characters that completion starts at.

        Only stdlib-ls has it, for imports; after a blank rass would ask no other server any more.
        """
        if sum("completionProvider" in server.caps for server in self.servers.values()) > 1:
            options = result["capabilities"]["completionProvider"]
            options["triggerCharacters"] = [one for one in options.get("triggerCharacters", []) if one != " "]


def joined(hovers: list[Any]) -> dict[str, Any]:
    """Several hovers as one. Each kind of contents that the protocol knows is read."""
    texts = [text_of(hover["contents"]) for hover in hovers]
    kind = "plaintext" if all(kind == "plaintext" for kind, _ in texts) else "markdown"
    return {**hovers[0], "contents": {"kind": kind, "value": RULE[kind].join(text for _, text in texts)}}


def text_of(contents: Any) -> tuple[str, str]:
    """The kind and the text of a hover's contents, which older servers give in older forms."""
    if isinstance(contents, list):
        return "markdown", "\n\n".join(text_of(one)[1] for one in contents)
    if isinstance(contents, str):
        return "markdown", contents
    if "language" in contents:
        return "markdown", f"```{contents['language']}\n{contents['value']}\n```"
    return contents["kind"], contents["value"].strip()


def logic_class() -> type[LspLogic]:
    """The class that rass shall use."""
    return StdlibLogic
