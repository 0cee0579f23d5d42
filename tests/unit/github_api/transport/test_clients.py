"""What goes over the wire for GraphQL, which needs no PyGithub, and for REST, which does."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from action_patterns import registry
from action_patterns.errors import UnexpectedAnswerError
from action_patterns.github_api.transport import exchange
from action_patterns.github_api.transport.clients import Clients
from action_patterns.github_api.transport.exchange import MAX_REDIRECTS, NotReadyError, OversizeError
from action_patterns.github_api.transport.tokens import AccessToken
from support.memory_ports import context

SOURCES = Path(registry.__file__).parents[1]


@dataclass
class Server:
    """Answers by path: a location to redirect to with a status, or 200."""

    url: str = ""
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.seen]

    def clients(self) -> Clients:
        return Clients(context(api_url=f"{self.url}/api/v3", graphql_url=f"{self.url}/api/graphql"))

    def graphql(self, token: str = "ghp_x") -> tuple[int, str]:
        status, _, text = self.clients().send("POST", f"{self.url}/api/graphql", {"query": "{}"}, AccessToken(token))
        return status, text


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.seen.append((self.command, self.path, headers, body))
            status, location = made.redirects.get(self.path, (200, ""))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("X-Request", "Kept")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_DELETE = do_POST

        def log_message(self, *_: object) -> None:
            """Quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{http.server_port}"
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    http.shutdown()
    http.server_close()


def test_graphql_and_rest_say_the_same_of_themselves(server: Server) -> None:
    clients, token = server.clients(), AccessToken("ghp_x")
    clients.send("POST", f"{server.url}/api/graphql", {"query": "{}"}, token)
    status, headers, text = clients.send("POST", "/repos/o/r/git/blobs", {"query": "{}"}, token)
    assert (status, headers["x-request"], text) == (200, "Kept", "{}")
    assert server.paths == ["/api/graphql", "/api/v3/repos/o/r/git/blobs"]
    said = [
        [headers[name] for name in ("authorization", "user-agent", "x-github-api-version", "content-type")]
        for _, _, headers, _ in server.seen
    ]
    assert said == [["token ghp_x", "action-patterns", "2022-11-28", "application/json"]] * 2
    assert [json.loads(body) for _, _, _, body in server.seen] == [{"query": "{}"}] * 2


def test_a_netrc_of_the_machine_does_not_replace_the_token(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password other\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.graphql()
    assert server.seen[0][2]["authorization"] == "token ghp_x"


def test_a_permanent_redirect_within_the_server_is_followed_with_token_and_body(server: Server) -> None:
    server.redirects["/api/graphql"] = (301, "/api/v4/graphql")
    assert server.graphql() == (200, "{}")
    assert server.paths == ["/api/graphql", "/api/v4/graphql"]
    assert server.seen[1][2]["authorization"] == "token ghp_x"
    assert server.seen[1][3] == b'{"query": "{}"}'


def rest(server: Server, method: str = "GET", path: str = "/repos/acme/api/pulls?head=acme%3Abot") -> tuple[int, str]:
    status, _, text = server.clients().send(method, path, None, AccessToken("ghp_x"))
    return status, text


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("ask", [Server.graphql, rest], ids=["graphql", "rest"])
def test_no_redirect_takes_the_token_to_another_server(
    server: Server, status: int, ask: Callable[[Server], object]
) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    for path in ("/api/graphql", "/api/v3/repos/acme/api/pulls?head=acme%3Abot"):
        server.redirects[path] = (status, f"{elsewhere}/elsewhere")
    with pytest.raises(UnexpectedAnswerError, match=f"{status}, which leads to {elsewhere}/elsewhere"):
        ask(server)
    assert len(server.paths) == 1


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_of_rest_keeps_the_query_and_the_method(server: Server, status: int) -> None:
    server.redirects["/api/v3/repos/acme/api/pulls?head=acme%3Abot"] = (
        status,
        f"{server.url}/api/v3/repositories/7/pulls?head=acme%3Abot",
    )
    assert rest(server, "POST") == (200, "{}")
    assert [(method, path) for method, path, _, _ in server.seen] == [
        ("POST", "/api/v3/repos/acme/api/pulls?head=acme%3Abot"),
        ("POST", "/api/v3/repositories/7/pulls?head=acme%3Abot"),
    ]
    assert server.seen[1][2]["authorization"] == "token ghp_x"


@pytest.mark.parametrize("ask", [Server.graphql, rest], ids=["graphql", "rest"])
def test_a_circle_of_redirects_ends(server: Server, ask: Callable[[Server], object]) -> None:
    for path in ("/api/graphql", "/api/v3/repos/acme/api/pulls?head=acme%3Abot"):
        server.redirects[path] = (301, path)
    with pytest.raises(UnexpectedAnswerError, match="301"):
        ask(server)
    assert len(server.paths) == MAX_REDIRECTS + 1


def test_an_answer_that_is_not_ready_is_asked_for_by_our_own_retries(server: Server) -> None:
    """PyGithub would ask once a second for as long as the server says so."""
    server.redirects["/api/v3/repos/acme/api"] = (202, "")
    with pytest.raises(NotReadyError):
        rest(server, path="/repos/acme/api")
    assert len(server.paths) == 1


@pytest.mark.parametrize("ask", [Server.graphql, rest], ids=["graphql", "rest"])
def test_an_answer_without_end_is_not_kept(
    server: Server, ask: Callable[[Server], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MAX_ANSWER_BYTES", 1)
    with pytest.raises(OversizeError):
        ask(server)


@contextmanager
def slow(*pieces: bytes) -> Iterator[str]:
    """A server whose every read is in time: a piece each 50 ms, ten seconds in all."""
    stop = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.recv(65_536)
            for piece in pieces:
                connection.sendall(piece)
                if stop.wait(10 / len(pieces)):
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    stop.set()
    thread.join(10)
    listening.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
TRICKLES = {
    "a body": (HEAD + b"Content-Length: 202\r\n\r\n{", *[b" "] * 200, b"}"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 200, b"2\r\n{}\r\n0\r\n\r\n"),
    "headers": (HEAD, *[b"X-Slow: 1\r\n"] * 90, b"Content-Length: 2\r\n\r\n{}"),
    "one header": (HEAD + b"X-Slow: ", *[b"x"] * 200, b"\r\nContent-Length: 2\r\n\r\n{}"),
}


@pytest.mark.parametrize("pieces", TRICKLES.values(), ids=TRICKLES)
@pytest.mark.parametrize("kind", ["graphql", "rest"])
def test_an_answer_that_trickles_in_is_not_waited_for_beyond_the_deadline(pieces: tuple[bytes, ...], kind: str) -> None:
    with slow(*pieces) as url:
        clients = Clients(context(api_url=f"{url}/api/v3", graphql_url=f"{url}/api/graphql"))
        place = f"{url}/api/graphql" if kind == "graphql" else "/repos/acme/api"
        with pytest.raises(requests.ReadTimeout, match="within 1 s"):
            clients.send("POST", place, {}, AccessToken("ghp_x"), seconds=0.5)


def test_after_a_late_answer_the_next_request_is_sent(server: Server) -> None:
    clients = server.clients()
    graphql = f"{server.url}/api/graphql"
    with slow(*TRICKLES["a body"]) as url:
        clients._context = context(api_url=url, graphql_url=graphql)
        with pytest.raises(requests.ReadTimeout):
            clients.send("GET", "/repos/acme/api", None, AccessToken("ghp_x"), seconds=0)
    assert clients.send("POST", graphql, {}, AccessToken("ghp_x"))[0] == 200


def test_a_call_after_an_interrupted_one_gets_its_own_answer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is cancelled revokes its token: the answer to the interrupted request says nothing about that."""
    clients, asked, token = server.clients(), threading.Event(), AccessToken("ghp_x")

    def interrupt(*_: object) -> tuple[int, dict[str, str], str]:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        asked.wait(10)
        return 200, {}, "of the interrupted request"

    with monkeypatch.context() as during:
        during.setattr(clients, "_send", interrupt)
        with pytest.raises(KeyboardInterrupt):
            clients.send("GET", "/repos/acme/api", None, token)
    asked.set()
    assert clients.send("DELETE", "/installation/token", None, token)[2] == "{}"


def test_each_thread_has_clients_of_its_own_and_keeps_them(server: Server) -> None:
    clients, token = server.clients(), AccessToken("ghp_x")
    together = threading.Barrier(2)

    def made() -> tuple[int, int, int]:
        together.wait()
        assert clients.rest(token) is clients.rest(token)
        assert exchange.session() is exchange.session()
        return threading.get_ident(), id(clients.rest(token)), id(exchange.session())

    with ThreadPoolExecutor(2) as pool:
        one, other = (future.result() for future in [pool.submit(made), pool.submit(made)])
    assert all(mine != theirs for mine, theirs in zip(one, other, strict=True))
    assert clients.rest(token) is not clients.rest(AccessToken("ghp_x"))


def test_graphql_goes_without_pygithub(server: Server) -> None:
    script = f"""
import sys
sys.path[:0] = [{str(SOURCES)!r}, {str(SOURCES.parent / "tests")!r}]
from action_patterns.github_api.transport import exchange
from action_patterns.github_api.transport.clients import Clients
from action_patterns.github_api.transport.exchange import MAX_REDIRECTS, NotReadyError, OversizeError
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import AccessToken
from types import SimpleNamespace
here = SimpleNamespace(authorities=(), api_url={server.url!r} + "/api/v3", graphql_url={server.url!r} + "/api/graphql")
clients = Clients(here)
print(clients.send("POST", here.graphql_url, {{"query": "{{}}"}}, AccessToken("ghp_x"))[0])
print(sorted({{"github", "jwt", "cryptography", "nacl"}} & set(sys.modules)))
clients.send("GET", "/user", None, AccessToken("ghp_x"))
print("github" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n") == ["200", "[]", "True", ""], done.stderr
