"""A small language client for tests: one message after the other, over stdio or TCP.

Nothing here sleeps. Every wait ends with the message that is waited for, or fails after `PATIENCE` seconds,
which only a server that hangs ever reaches.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

PATIENCE = 60.0

Message = dict[str, Any]


class ServerError(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: Message) -> None:
        super().__init__(f"{error.get('code')}: {error.get('message')}")
        self.code = error.get("code")


class Hung(Exception):
    """The server did not say what was waited for; the message holds what it wrote to stderr."""


class Client:
    """Starts a server and talks to it; with an address it connects there, once the command has been started.

    `settings` answers workspace/configuration, by section. What the server sends of its own accord is kept in
    `received` until `wait_for` takes it out. The server handles one message after the other, so once a request is
    answered, everything that it had to say about earlier messages has been received.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        address: tuple[str, int] | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.settings = dict(settings or {})
        self.received: list[Message] = []
        self.process: subprocess.Popen[bytes] | None = None
        self._command, self._address, self._cwd, self._env = command, address, cwd, env
        self._answers: dict[int, Message] = {}
        self._versions: dict[str, int] = {}
        self._asked = 0
        self._incoming: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._ended = False
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the client
        self._socket: socket.socket | None = None
        self._out: BinaryIO

    # Life.

    def __enter__(self) -> Client:
        reads: BinaryIO
        if self._command is not None:
            pipe = subprocess.DEVNULL if self._address else subprocess.PIPE
            self.process = subprocess.Popen(
                self._command, stdin=pipe, stdout=pipe, stderr=self._stderr, cwd=self._cwd, env=self._env
            )
        if self._address:
            self._socket = self._connect(self._address)
            stream = self._socket.makefile("rwb")
            reads = self._out = stream  # type: ignore[assignment]
        else:
            assert self.process and self.process.stdin and self.process.stdout
            self._out, reads = self.process.stdin, self.process.stdout  # type: ignore[assignment]
        threading.Thread(target=self._read, args=[reads], daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process and self.process.poll() is None:
            if kind is None and not self._ended:
                try:
                    self.stop()
                except (Hung, OSError, ServerError):
                    self.process.kill()
            else:
                self.process.kill()
            self.process.wait()
        self.hang_up()
        if self.process and self.process.stdout:
            self.process.stdout.close()
        self._stderr.close()

    def stop(self) -> int | None:
        """Shut the server down and end it the proper way; gives its exit status (None without a process)."""
        self.request("shutdown")
        self.notify("exit")
        return self.wait()

    def wait(self) -> int | None:
        """Wait until the server has ended by itself; gives its exit status (None without a process)."""
        try:
            return self.process.wait(PATIENCE) if self.process else None
        except subprocess.TimeoutExpired:
            raise Hung(f"the server goes on running\n{self.stderr()}") from None

    def hang_up(self) -> None:
        """Close the connection without a word, as a client that was killed does."""
        with contextlib.suppress(OSError):  # The server may have gone first.
            self._out.close()
        if self._socket:
            self._socket.close()

    def stderr(self) -> str:
        """What the server has written to stderr."""
        self._stderr.seek(0)
        return self._stderr.read().decode(errors="replace")

    # Talk.

    def initialize(
        self,
        capabilities: Mapping[str, Any],
        root: Path | None = None,
        options: Any = None,
        **more: Any,
    ) -> Message:
        """Begin the session; gives the whole answer."""
        folders = [{"uri": root.as_uri(), "name": root.name}] if root else None
        params = {
            "processId": None,
            "rootUri": root.as_uri() if root else None,
            "workspaceFolders": folders,
            "capabilities": capabilities,
            **({} if options is None else {"initializationOptions": options}),
            **more,
        }
        answer: Message = self.request("initialize", params)
        self.notify("initialized", {})
        return answer

    def request(self, method: str, params: Any = None) -> Any:
        """The result of a request; raises ServerError where the answer is an error."""
        return self.result(self.ask(method, params))

    def ask(self, method: str, params: Any = None) -> int:
        """Send a request without waiting; gives its id for `result`."""
        self._asked += 1
        self._send({"id": self._asked, "method": method, **({} if params is None else {"params": params})})
        return self._asked

    def result(self, asked: int) -> Any:
        """Wait for the answer to a request that was sent with `ask`."""
        self._pump(lambda: asked in self._answers, f"the answer to request {asked}")
        answer = self._answers.pop(asked)
        if "error" in answer:
            raise ServerError(answer["error"])
        return answer["result"]

    def notify(self, method: str, params: Any = None) -> None:
        self._send({"method": method, **({} if params is None else {"params": params})})

    def open(self, uri: str, text: str, language: str = "python") -> None:
        self._versions[uri] = 1
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, *changes: Mapping[str, Any] | str) -> None:
        """Send changes in one message: content changes as in the protocol, or a whole new text."""
        self._versions[uri] = self._versions.get(uri, 0) + 1
        listed = [{"text": change} if isinstance(change, str) else change for change in changes]
        identifier = {"uri": uri, "version": self._versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": listed})

    def save(self, uri: str) -> None:
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def close(self, uri: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def at(self, method: str, uri: str, line: int, character: int) -> Any:
        """The result of a request about a place, such as "hover"."""
        position = {"line": line, "character": character}
        return self.request(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": position})

    def wait_for(self, method: str, predicate: Callable[[Any], object] = lambda _: True) -> Any:
        """The params of the first message of the server that fits, taken out of `received`."""
        found: list[Message] = []

        def look() -> bool:
            found[:] = [one for one in self.received if one["method"] == method and predicate(one.get("params"))][:1]
            return bool(found)

        self._pump(look, method)
        self.received.remove(found[0])
        return found[0].get("params")

    def methods(self) -> list[str]:
        """The methods of all that the server has sent of its own accord and `wait_for` has not taken."""
        return [one["method"] for one in self.received]

    # Messages.

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._out.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._out.flush()

    def _pump(self, is_done: Callable[[], bool], wanted: str) -> None:
        """Take in messages until something is there."""
        end = time.monotonic() + PATIENCE
        while not is_done():
            try:
                message = self._incoming.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise Hung(f"no {wanted}; received {self.methods()}\n{self.stderr()}") from None
            if message is None:
                self._ended = True
                raise Hung(f"no {wanted}: the server has closed the connection\n{self.stderr()}")
            self._take(message)

    def _take(self, message: Message) -> None:
        if "method" not in message:
            self._answers[message["id"]] = message
            return
        self.received.append(message)
        if "id" in message:
            answer = self._answer(message["method"], message.get("params"))
            self._send({"id": message["id"], **answer})

    def _answer(self, method: str, params: Any) -> Message:
        if method == "workspace/configuration":
            return {"result": [self.settings.get(item.get("section")) for item in params["items"]]}
        if method.endswith(("/refresh", "/registerCapability", "/unregisterCapability", "/create")):
            return {"result": None}
        return {"error": {"code": -32601, "message": f"{method} is not what this client answers"}}

    def _read(self, stream: BinaryIO) -> None:
        """Runs in a thread, since reading a pipe cannot be given an end."""
        try:
            while header := stream.readline():
                length = 0
                while header.strip():
                    name, _, value = header.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                    header = stream.readline()
                self._incoming.put(json.loads(stream.read(length)))
        except (OSError, ValueError):
            pass  # Closed in the middle of a message.
        self._incoming.put(None)

    def _connect(self, address: tuple[str, int]) -> socket.socket:
        """Knock until the server, which was started a moment ago, opens."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                connected = socket.create_connection(address, timeout=PATIENCE)
            except OSError:
                if time.monotonic() > end or (self.process and self.process.poll() is not None):
                    raise Hung(f"nobody at {address}\n{self.stderr()}") from None
                time.sleep(0.02)
            else:
                connected.settimeout(None)
                return connected
