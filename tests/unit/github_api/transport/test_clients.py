"""What goes over the wire for GraphQL, which needs no PyGithub, and for REST, which does."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from action_patterns import registry
from action_patterns.errors import RefusedError
from action_patterns.github_api.transport.clients import Clients
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

        do_GET = do_POST

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


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_takes_the_token_to_another_server(server: Server, status: int) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.redirects["/api/graphql"] = (status, f"{elsewhere}/elsewhere")
    with pytest.raises(RefusedError, match=f"{status}: GraphQL is at {elsewhere}/elsewhere instead"):
        server.graphql()
    assert server.paths == ["/api/graphql"]


def test_a_circle_of_redirects_ends(server: Server) -> None:
    server.redirects["/api/graphql"] = (301, "/api/graphql")
    with pytest.raises(RefusedError, match="301"):
        server.graphql()
    assert len(server.paths) == 5


def test_each_thread_has_clients_of_its_own_and_keeps_them(server: Server) -> None:
    clients, token = server.clients(), AccessToken("ghp_x")
    together = threading.Barrier(2)

    def made() -> tuple[int, int, int]:
        together.wait()
        assert clients.rest(token) is clients.rest(token)
        assert clients._session() is clients._session()
        return threading.get_ident(), id(clients.rest(token)), id(clients._session())

    with ThreadPoolExecutor(2) as pool:
        one, other = (future.result() for future in [pool.submit(made), pool.submit(made)])
    assert all(mine != theirs for mine, theirs in zip(one, other, strict=True))
    assert clients.rest(token) is not clients.rest(AccessToken("ghp_x"))


def test_graphql_goes_without_pygithub(server: Server) -> None:
    script = f"""
import sys
sys.path[:0] = [{str(SOURCES)!r}, {str(SOURCES.parent / "tests")!r}]
from action_patterns.github_api.transport.clients import Clients
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import AccessToken
from types import SimpleNamespace
here = SimpleNamespace(api_url={server.url!r} + "/api/v3", graphql_url={server.url!r} + "/api/graphql")
clients = Clients(here)
print(clients.send("POST", here.graphql_url, {{"query": "{{}}"}}, AccessToken("ghp_x"))[0])
print(sorted({{"github", "jwt", "cryptography", "nacl"}} & set(sys.modules)))
clients.send("GET", "/user", None, AccessToken("ghp_x"))
print("github" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n") == ["200", "[]", "True", ""], done.stderr
