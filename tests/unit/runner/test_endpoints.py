"""Hosts, asked by real sockets: how far the way goes, and the proxy between."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from action_patterns.ports.machine import Endpoint, Reply
from action_patterns.runner.endpoints import ask, ask_all

ENDS = dt.datetime(2040, 1, 2, 3, 4, tzinfo=dt.UTC)


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on a port of this machine, with one thread for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

        def handle(connection: socket.socket) -> None:
            with connection:
                try:
                    serve(connection)
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def head_of(connection: socket.socket) -> bytes:
    found = b""
    while b"\r\n\r\n" not in found:
        part = connection.recv(4_096)
        if not part:
            break
        found += part
    return found


def answering(status: str = "200 OK", seen: list[bytes] | None = None) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        request = head_of(connection)
        if seen is not None:
            seen.append(request)
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: /next\r\n\r\n".encode())

    return serve


def asked(port: int, scheme: Any = "http", variables: Mapping[str, str] | None = None, **fields: Any) -> Reply:
    given: dict[str, Any] = {"host": "127.0.0.1", "path": "/health?a=b", "timeout_seconds": 5.0} | fields
    authorities = given.pop("authorities", ())
    return ask(Endpoint(scheme=scheme, port=port, **given), variables or {}, authorities)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(ENDS)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


def secured(certificate: Path, serve: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def wrapped(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as inner:
            serve(inner)

    return wrapped


def test_a_get_is_sent_and_its_status_is_the_answer() -> None:
    seen: list[bytes] = []
    with listening(answering("301 Moved", seen)) as port:
        assert asked(port) == Reply(status=301, location="/next")
    assert seen[0].startswith(b"GET /health?a=b HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}\r\n".encode() in seen[0]
    assert b"HEAD" not in seen[0]


def test_tcp_connects_and_sends_nothing() -> None:
    with listening(lambda connection: connection.sendall(b"hello")) as port:
        assert asked(port, "tcp") == Reply()


def test_a_port_without_a_server_takes_no_connection() -> None:
    with listening(answering()) as port:
        pass
    found = asked(port)
    assert (found.failed, found.transient) == ("connect", True)
    assert "refused" in found.detail


def test_a_name_that_does_not_exist_has_its_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert asked(1, host="none.invalid") == Reply(failed="dns", detail="Name or service not known")


def test_a_server_that_hangs_up_or_talks_nonsense_does_not_answer() -> None:
    with listening(lambda connection: None) as port:
        assert asked(port).failed == "answer"
    with listening(lambda connection: connection.sendall(b"220 smtp ready\r\n\r\n")) as port:
        assert asked(port).failed == "answer"


def test_a_server_that_sends_a_byte_now_and_then_is_left_at_the_deadline() -> None:
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        head_of(connection)
        while not over.wait(0.02):
            connection.sendall(b"x")

    with listening(drip) as port:
        found = asked(port, timeout_seconds=0.2)
        over.set()
    assert (found.failed, found.detail) == ("answer", "no answer within 0.2 seconds")


def test_a_server_that_is_silent_in_the_handshake_is_left_at_the_deadline() -> None:
    over = threading.Event()
    with listening(lambda _: over.wait(10) and None) as port:
        found = asked(port, "tls", timeout_seconds=0.1)
        over.set()
    assert (found.failed, found.detail) == ("answer", "no answer within 0.1 seconds")


def test_a_certificate_is_verified_and_its_end_is_read(certificate: Path) -> None:
    with listening(secured(certificate, answering())) as port:
        trusted = asked(port, "https", authorities=(str(certificate), "/nowhere/absent.pem"))
        assert trusted == Reply(status=200, location="/next", expires=ENDS)
        assert asked(port, "tls", authorities=(str(certificate),)) == Reply(expires=ENDS)
        refused = asked(port, "https")
        assert refused.failed == "certificate"
        assert "self-signed" in refused.detail.replace("self signed", "self-signed")


def test_a_port_without_tls_is_named_so() -> None:
    def plain(connection: socket.socket) -> None:
        connection.recv(4_096)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listening(plain) as port:
        assert asked(port, "https").failed == "tls"


def relay(seen: list[bytes], status: str = "200 OK") -> Callable[[socket.socket], None]:
    """A proxy that tunnels, or refuses to."""

    def serve(connection: socket.socket) -> None:
        request = head_of(connection)
        seen.append(request)
        connection.sendall(f"HTTP/1.1 {status}\r\n\r\n".encode())
        if not status.startswith("200"):
            return
        host, _, port = request.split()[1].decode().rpartition(":")
        with socket.create_connection((host, int(port))) as onward:
            back = threading.Thread(target=pump, args=(onward, connection), daemon=True)
            back.start()
            pump(connection, onward)
            back.join(5)

    return serve


def pump(source: socket.socket, target: socket.socket) -> None:
    while part := source.recv(65_536):
        target.sendall(part)
    target.shutdown(socket.SHUT_WR)


def test_a_proxy_tunnels_https_and_gets_its_password(certificate: Path) -> None:
    seen: list[bytes] = []
    with listening(secured(certificate, answering())) as port, listening(relay(seen)) as proxy:
        variables = {"HTTPS_PROXY": f"http://ann:s%20x@127.0.0.1:{proxy}"}
        found = asked(port, "https", variables, authorities=(str(certificate),))
    assert found == Reply(status=200, location="/next", expires=ENDS, proxy=f"127.0.0.1:{proxy}")
    assert seen[0].startswith(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n".encode())
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"ann:s x") in seen[0]


def test_a_proxy_gets_the_whole_address_of_http() -> None:
    seen: list[bytes] = []
    with listening(answering(seen=seen)) as proxy:
        found = asked(
            8080, variables={"http_proxy": f"127.0.0.1:{proxy}", "HTTP_PROXY": "http://other:1"}, host="a.invalid"
        )
    assert found.status == 200
    assert seen[0].startswith(b"GET http://a.invalid:8080/health?a=b HTTP/1.1\r\n")


@pytest.mark.parametrize("without", ["127.0.0.1", "*", ".other,127.0.0.1"])
def test_a_host_of_no_proxy_is_asked_without_one(without: str) -> None:
    with listening(answering()) as port:
        variables = {"http_proxy": "http://127.0.0.1:1", "NO_PROXY": without}
        assert asked(port, variables=variables) == Reply(status=200, location="/next")


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "503 Busy"])
def test_a_proxy_that_refuses_is_the_part_that_failed(status: str) -> None:
    with listening(relay([], status)) as proxy:
        found = asked(443, "https", {"https_proxy": f"http://127.0.0.1:{proxy}"}, host="a.invalid")
    assert (found.failed, found.proxy) == ("proxy", f"127.0.0.1:{proxy}")
    assert found.detail == f"it answered {status[:3]} instead of connecting"
    assert found.transient is status.startswith("5")


def test_a_proxy_of_http_that_wants_a_password_is_the_part_that_failed() -> None:
    with listening(answering("407 Proxy Authentication Required")) as proxy:
        found = asked(80, variables={"http_proxy": f"http://127.0.0.1:{proxy}"}, host="a.invalid")
    detail = "it answered 407 instead of asking the host"
    assert found == Reply(failed="proxy", detail=detail, proxy=f"127.0.0.1:{proxy}")


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1", "http://", "http://host:port", "http://127.0.0.1:0"])
def test_an_odd_address_of_a_proxy_is_named_and_not_shown(address: str) -> None:
    found = asked(443, "https", {"https_proxy": address})
    assert found == Reply(failed="proxy", detail="its variable names no address of the form http://host:port")


def test_hosts_are_asked_side_by_side_and_answered_in_their_order() -> None:
    gate = threading.Barrier(5)

    def serve(connection: socket.socket) -> None:
        request = head_of(connection)
        gate.wait(10)  # none is answered before all are there
        connection.sendall(b"HTTP/1.1 " + request.split()[1][1:] + b" x\r\nContent-Length: 0\r\n\r\n")

    with listening(serve) as port:
        places = [
            Endpoint(scheme="http", host="127.0.0.1", port=port, path=f"/{200 + n}", timeout_seconds=10)
            for n in range(5)
        ]
        assert [each.status for each in ask_all(places, {}, ())] == [200, 201, 202, 203, 204]
    assert ask_all([], {}, ()) == []
