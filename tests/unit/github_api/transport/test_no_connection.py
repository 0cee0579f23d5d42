"""A request that was not sent: address, cause and remedy are named; what lasts is tried once."""

from __future__ import annotations

import http.server
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from action_patterns.errors import InputError, UnreachableError
from action_patterns.github_api.client import Client as GitHubClient
from action_patterns.github_api.transport import exchange
from action_patterns.github_api.transport.transport import Transport
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.resilience.attempts import MAX_ATTEMPTS
from action_patterns.runner import environment
from support.in_process import Address
from support.stage import RecordingLog, VirtualClock, context_of

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _of_no_other_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr(exchange, "_SESSIONS", exchange.Sessions())


class Client:
    """A transport on virtual time, over GraphQL or REST."""

    def __init__(self, origin: str, token: str = "ghp_x") -> None:
        self.clock, self.log = VirtualClock(), RecordingLog()
        self.address = Address(origin, f"{origin}/api/v3", f"{origin}/api/graphql")
        context = replace(context_of(self.address), authorities=environment.authorities(os.environ))
        self.transport = Transport(Credentials(token), context, self.clock, self.log, Allowance())

    def ask(self, way: str, method: str = "GET") -> Any:
        if way == "GraphQL":
            return self.transport.send(
                "safe", "graphql", "POST", self.address.graphql_url, {"query": "{x}"}, scope="a/b"
            )
        kind = "safe" if method == "GET" else "unsafe"
        return self.transport.send(kind, "read", method, "/repos/a/b", None if kind == "safe" else {}, scope="a/b").data

    @property
    def tries(self) -> int:
        return 1 + len(self.clock.slept)


BOTH = pytest.mark.parametrize("way", ["GraphQL", "REST"])


class _Good(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b'{"data": {"x": 1}}'
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def do_CONNECT(self) -> None:
        self.send_error(407)

    def log_message(self, *_: object) -> None:
        pass


class _Proxy(_Good):
    def do_GET(self) -> None:
        self.send_error(407)

    do_POST = do_GET


@contextmanager
def served(
    handler: type[http.server.BaseHTTPRequestHandler] = _Good,
    context: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
) -> Iterator[int]:
    class Server(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        def handle_error(self, *_: object) -> None:
            pass

    server = Server((host, 0), handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A company's certificate authority, and a server's context with a certificate of it."""
    directory = tmp_path_factory.mktemp("ca")
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Corp")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (directory / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (directory / "key.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "ca.pem", directory / "key.pem")
    return directory / "ca.pem", context


def closed_port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@BOTH
def test_a_server_that_refuses_from_the_start_gets_one_more_try_after_a_second(way: str) -> None:
    client = Client(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(UnreachableError, match=r"http://127\.0\.0\.1:\d+ refused the connection") as raised:
        client.ask(way)
    assert client.clock.slept == [1.0]
    assert "githubstatus" not in raised.value.remediation


def test_a_write_that_was_not_sent_is_sent_again_and_never_looked_up() -> None:
    client = Client(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(UnreachableError, match="was not sent"):
        client.ask("REST", "POST")
    assert client.tries == 2


@BOTH
def test_a_server_that_has_answered_is_tried_as_often_as_any_lost_connection(way: str) -> None:
    with served() as port:
        client = Client(f"http://127.0.0.1:{port}")
        client.ask(way)
    exchange._SESSIONS.session.close()
    client.transport._clients = type(client.transport._clients)(
        context_of(client.address)
    )  # connections of that server
    with pytest.raises(UnreachableError):
        client.ask(way)
    assert client.tries == MAX_ATTEMPTS


@pytest.mark.parametrize(
    ("code", "tries", "said"),
    [
        (socket.EAI_NONAME, 1, "there is no host of the name ghes.corp"),
        (socket.EAI_AGAIN, 2, "no name server gave the address of https://ghes.corp"),
    ],
)
def test_a_name_that_does_not_exist_and_a_name_server_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, code: int, tries: int, said: str
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "x")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    client = Client("https://ghes.corp")
    with pytest.raises(UnreachableError, match=said):
        client.ask("GraphQL")
    assert client.tries == tries


@BOTH
def test_a_certificate_of_a_company_is_named_once(way: str, authority: tuple[Path, ssl.SSLContext]) -> None:
    with served(context=authority[1]) as port:
        client = Client(f"https://127.0.0.1:{port}")
        with pytest.raises(
            UnreachableError, match=rf"the certificate of https://127.0.0.1:{port} is not trusted"
        ) as raised:
            client.ask(way)
    assert client.tries == 1
    assert "SSL_CERT_FILE" in raised.value.remediation


@pytest.mark.slow
@pytest.mark.parametrize(
    "variable",
    ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_DIR", "PIP_CERT"],
)
def test_a_companys_authority_may_be_named_by_any_of_the_variables(
    monkeypatch: pytest.MonkeyPatch, authority: tuple[Path, ssl.SSLContext], variable: str, tmp_path: Path
) -> None:
    place = authority[0]
    if variable == "SSL_CERT_DIR":
        # OpenSSL finds a certificate in a directory by the hash of its subject.
        place = tmp_path
        (tmp_path / "hashed.pem").write_bytes(authority[0].read_bytes())
        hashed = _subject_hash(authority[0])
        (tmp_path / f"{hashed}.0").write_bytes(authority[0].read_bytes())
    monkeypatch.setenv(variable, str(place))
    with served(context=authority[1]) as port:
        assert Client(f"https://127.0.0.1:{port}").ask("REST") == {"data": {"x": 1}}


def _subject_hash(certificate: Path) -> str:
    command = ["openssl", "x509", "-subject_hash", "-noout", "-in", str(certificate)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_files_of_all_variables_count_together(
    monkeypatch: pytest.MonkeyPatch, authority: tuple[Path, ssl.SSLContext], tmp_path: Path
) -> None:
    (tmp_path / "other.pem").write_text("no certificate\n")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(authority[0]))
    with served(context=authority[1]) as port:
        assert Client(f"https://127.0.0.1:{port}").ask("REST") == {"data": {"x": 1}}


def test_a_list_is_not_asked_for_in_smaller_parts_when_the_connection_is_refused() -> None:
    client = Client(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(UnreachableError):
        GitHubClient(client.transport).repositories.list_owner("acme")
    assert client.tries == 2


def test_a_file_of_authorities_that_is_absent_is_a_certificate_that_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch, authority: tuple[Path, ssl.SSLContext]
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/absent.pem")
    with served(context=authority[1]) as port, pytest.raises(UnreachableError, match="not trusted"):
        Client(f"https://127.0.0.1:{port}").ask("REST")


@BOTH
def test_a_server_without_encryption_at_an_encrypted_address_is_named_once(way: str) -> None:
    with served() as port:
        client = Client(f"https://127.0.0.1:{port}")
        with pytest.raises(UnreachableError, match="does not speak TLS"):
            client.ask(way)
    assert client.tries == 1


@BOTH
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_asks_for_a_password_is_named_once(way: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(_Proxy) as port:
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{port}")
        client = Client(f"{scheme}://ghes.corp")
        with pytest.raises(UnreachableError, match=rf"proxy before {scheme}://ghes.corp asks for a user"):
            client.ask(way)
    assert client.tries == 1


def test_a_proxy_that_is_off_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{closed_port()}")
    client = Client("https://ghes.corp")
    with pytest.raises(UnreachableError, match="the proxy that HTTPS_PROXY names") as raised:
        client.ask("REST")
    assert client.tries == 2
    assert "NO_PROXY" in raised.value.remediation


@pytest.mark.parametrize("token", ["ghp_a\nb", "ghp_\u20ac", " ghp_x\t\r\n y", "ghp_\x7f"])
def test_a_token_that_is_none_is_refused_before_the_first_request_and_not_shown(token: str) -> None:
    with pytest.raises(InputError, match="characters that no token has") as raised:
        Client("http://127.0.0.1:1", token)
    assert token not in str(raised.value)


@BOTH
def test_a_host_may_be_an_ipv6_address(way: str) -> None:
    if not _has_ipv6():
        pytest.skip("This machine has no ::1.")
    with served(host="::1") as port:
        assert Client(f"http://[::1]:{port}").ask(way)


def _has_ipv6() -> bool:
    try:
        with closing(socket.socket(socket.AF_INET6)) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True
