"""Run web servers on loopback that keep the requests they get and answer as a test says."""

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class ReceivedRequest(NamedTuple):
    """One request."""

    path: str
    headers: Mapping[str, str]
    data: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        return json.loads(self.data)


class Reply(NamedTuple):
    """An answer, after ``delay`` seconds; with ``drip``, one byte every so many seconds."""

    data: bytes = b'{"errcode":0,"code":0}'
    status: int = 200
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    drip: float = 0.0


class WebServer(ThreadingHTTPServer):
    """Gives its answers in turn, and the last one again and again."""

    daemon_threads = True

    def __init__(self, *replies: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = list(replies or [Reply()])
        self.received: list[ReceivedRequest] = []
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}/hook"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Ignore a client that hangs up while it is being answered."""


class _Handler(BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:  # the name that the library asks for
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(ReceivedRequest(self.path, dict(self.headers), data))
        replies = self.server.replies
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        time.sleep(reply.delay)
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.data)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        step = 1 if reply.drip else max(len(reply.data), 1)
        for start in range(0, len(reply.data), step):
            self.wfile.write(reply.data[start : start + step])
            time.sleep(reply.drip)

    def log_message(self, *_words: Any) -> None:  # noqa: ANN401
        """Write no log."""


@contextmanager
def run_web_server(*replies: Reply, secure: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Run a server for as long as the block does."""
    with WebServer(*replies) as server:
        if secure is not None:
            server.socket = secure.wrap_socket(server.socket, server_side=True)
            server.scheme = "https"
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
