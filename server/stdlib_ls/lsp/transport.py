"""How messages travel: from stdin without a thread pool, out of ready-made bytes, past values nobody knows.

pygls hands each header line and each body to a pool of threads; reading stdin on the event loop takes a third
of the time. Where the platform cannot (Windows), pygls' own way is used.
"""

from __future__ import annotations

import asyncio
import enum
import inspect
import json
import logging
import os
import stat
import sys
import typing
from collections.abc import Generator
from concurrent.futures import Future
from contextvars import ContextVar
from threading import Event
from typing import Any, NamedTuple

import cattrs
from lsprotocol import converters, types
from pygls.exceptions import JsonRpcException
from pygls.io_ import StdoutWriter, run_async
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

_READ_LIMIT = 1 << 26
_log = logging.getLogger(__name__)

# Of the command that is being answered: the token by which the client wants to hear of its progress, and the answer
# that is awaited. Cancelling reaches that answer, but not whoever works it out.
asked: ContextVar[tuple[int | str | None, Future[Any] | None]] = ContextVar("asked", default=(None, None))


class Ready(NamedTuple):
    """A result that is JSON already."""

    json: str


class DocumentStore(typing.Protocol):
    """What keeps the text of the client's buffers."""

    def open_document(self, params: types.DidOpenTextDocumentParams) -> None: ...

    def change_document(self, params: types.DidChangeTextDocumentParams) -> None: ...

    def close_document(self, params: types.DidCloseTextDocumentParams) -> None: ...

    def open_notebook(self, params: types.DidOpenNotebookDocumentParams) -> None: ...

    def change_notebook(self, params: types.DidChangeNotebookDocumentParams) -> None: ...

    def close_notebook(self, params: types.DidCloseNotebookDocumentParams) -> None: ...


class Protocol(LanguageServerProtocol):
    """pygls' protocol with ready-made answers, and with the server itself as the document store.

    pygls' own store costs a millisecond for each change of a large file, and splits lines where editors do not.
    """

    @property
    def _store(self) -> DocumentStore:
        return typing.cast(DocumentStore, self._server)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._store.open_document(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._store.change_document(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._store.close_document(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        self._store.open_notebook(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        self._store.change_notebook(params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        self._store.close_notebook(params)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """As pygls does it, which cannot cancel an answer that leaves its table at once; so that is done before."""
        for asker, answer in list(self._request_futures.items()):
            if asker != self.msg_id:
                answer.cancel()
        return (yield from super().lsp_shutdown(*args))

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(self, params: types.ExecuteCommandParams) -> Generator[Any, Any, Any]:
        """As pygls does it, which keeps to itself what an answer that takes long needs to know of its question."""
        asked.set((params.work_done_token, self._request_futures.get(self.msg_id or "")))
        return (yield from super().lsp_workspace__execute_command(params))

    def structure_message(self, data: dict[str, Any]) -> Any:
        """As pygls does it, except that a request that makes no sense gets an answer: its client waits for one."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        if error is None and isinstance(result, Ready) and self.writer is not None:
            self._result_types.pop(msg_id, None)
            body = f'{{"jsonrpc":"2.0","id":{json.dumps(msg_id)},"result":{result.json}}}'.encode()
            sent = self.writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            if inspect.isawaitable(sent):
                asyncio.ensure_future(sent)  # noqa: RUF006
            return
        super()._send_response(msg_id, result, error)


def lenient_converter() -> cattrs.Converter:
    """lsprotocol's converter, except that a number or text that is no member of an enumeration passes as it is.

    Clients are ahead of the protocol's package now and then, and one unknown kind must not end the session.
    """
    converter = converters.get_converter()

    def structure(value: Any, kind: Any) -> Any:
        try:
            return kind(value)
        except ValueError:
            if issubclass(kind, enum.Enum):
                return value
            raise

    # The protocol's enumerations are numbers or texts too, and cattrs goes by that first.
    for base in (int, str):
        converter.register_structure_hook(base, structure)
    return converter


def can_wait_on_stdin() -> bool:
    """Whether the event loop can watch stdin: a pipe or socket, and not on Windows."""
    mode = os.fstat(sys.stdin.fileno()).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode))


async def serve_pipe(protocol: Protocol, stop: Event) -> None:
    """Read messages from stdin on the event loop until it ends or `stop` is set."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_READ_LIMIT)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    protocol.set_writer(StdoutWriter(sys.stdout.buffer))
    await _serve(reader, protocol, stop)


async def serve_socket(address: tuple[str, int], protocol: Protocol, stop: Event) -> None:
    """Wait for one client at an address, and serve it until it goes. pygls would not end then, from Python 3.12 on."""
    connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Future()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if connected.done():
            writer.close()
        else:
            connected.set_result((reader, writer))

    listener = await asyncio.start_server(take, *address, limit=_READ_LIMIT)
    reader, writer = await connected
    listener.close()
    protocol.set_writer(writer)
    await _serve(reader, protocol, stop)
    writer.close()


async def _serve(reader: asyncio.StreamReader, protocol: Protocol, stop: Event) -> None:
    try:
        await run_async(stop, reader, protocol, _log, lambda error, _: _log.error("%s", error))
    except (asyncio.IncompleteReadError, ConnectionError):
        _log.info("the client has gone")
