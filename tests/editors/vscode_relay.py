"""Hands what comes to a port on to a socket that is a file, so that a browser reaches what has no network."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from pathlib import Path


class Relay(socketserver.ThreadingTCPServer):
    """Listens on a port of this machine until it is closed."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, target: Path) -> None:
        self.target = target
        super().__init__(("127.0.0.1", port), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self.shutdown()
        self.server_close()


class _Handler(socketserver.BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as behind, contextlib.suppress(OSError):
            behind.connect(str(self.server.target))
            back = threading.Thread(target=_pump, args=(behind, self.request), daemon=True)
            back.start()
            _pump(self.request, behind)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Copy what comes until it ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
