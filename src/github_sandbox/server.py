"""The HTTP server: one loopback port, one thread per connection, keep-alive, and an immediate close."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from github_sandbox.dispatch import Dispatcher
from github_sandbox.http_messages import HttpRequest, HttpResponse
from github_sandbox.services import Services

SLOW_PIECES = 20


class Server:
    """A served sandbox: ``url`` for GITHUB_SERVER_URL, ``api_url`` for GITHUB_API_URL, ``graphql_url`` for
    GITHUB_GRAPHQL_URL.
    """

    def __init__(self, services: Services, port: int) -> None:
        self.services = services
        self._http = _Http(("127.0.0.1", port), _Handler)
        self._http.dispatcher = Dispatcher(services, self._http.closing)
        self.port: int = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.api_url = f"{self.url}/api/v3"
        self.graphql_url = f"{self.url}/api/graphql"
        services.world.base_url = self.url
        self._thread = threading.Thread(
            target=self._http.serve_forever, args=(0.02,), name="github-sandbox", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop accepting, and cut open and held connections; safe to call twice."""
        self._http.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._http.cut_all()
        self._thread.join(2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    dispatcher: Dispatcher

    def __init__(self, *args: Any) -> None:
        self._open: set[socket.socket] = set()
        self.closing = threading.Event()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def cut_all(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that goes away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "github-sandbox"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Http

    def _serve(self) -> None:
        try:
            body = self._read_body()
        except ValueError:
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.dispatcher.handle(
            HttpRequest(method=self.command, path=path, query=query, headers=headers, body=body)
        )
        self._send(response)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - http.server's names

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = bytearray()
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            data = bytes(body)
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return gzip.decompress(data) if self.headers.get("Content-Encoding") == "gzip" else data

    def _send(self, response: HttpResponse) -> None:
        if response.cut:
            self._cut()
            return
        self.send_response_only(response.status)  # without a Date of the machine's clock
        self.send_header("Server", self.version_string())
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(response)
        self.wfile.flush()
        if response.sent is not None:
            self.close_connection = True

    def _send_body(self, response: HttpResponse) -> None:
        body = response.body if response.sent is None else response.body[: response.sent]
        if not response.slow_seconds:
            self.wfile.write(body)
            return
        step = -(-len(body) // SLOW_PIECES) or 1
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            self.wfile.flush()
            if self.server.closing.wait(response.slow_seconds / SLOW_PIECES):
                self.close_connection = True
                return

    def _cut(self) -> None:
        # With SO_LINGER 0, close() sends a reset, as a broken connection does.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.wfile = self.connection.makefile("wb", 0)
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing: the request log has the record."""
