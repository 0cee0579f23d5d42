"""What a proxy, a load balancer or a broken connection makes of an answer: no answer, or an error that says what came.

`responses` answers in place of the network, below the HTTP client: status, headers and bytes are as they arrive.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import IncompleteRead, ProtocolError

from action_patterns.errors import ActionPatternsError, AnswerLostError, RateLimitedError, UnavailableError
from action_patterns.github_api.transport.transport import Response, Transport
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.resilience.attempts import MAX_ATTEMPTS
from action_patterns.resilience.classification import OperationClass
from support.in_process import Address
from support.stage import TARGET, RecordingLog, VirtualClock, context_of

SERVER = Address("https://github.invalid", "https://github.invalid/api/v3", "https://github.invalid/api/graphql")
URL = re.compile(rf"https://github\.invalid(:443)?/api/v3/repos/{TARGET}")
GOOD = json.dumps({"full_name": TARGET}).encode()
HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

UNREADABLE = {
    "nothing": b"",
    "a page of HTML": HTML,
    "cut in the middle": GOOD[: len(GOOD) // 2],
    "cut inside a character": '{"name": "é"}'.encode()[:11],
    "two answers in one": GOOD + GOOD,
    "bytes that are no text": b"\x00\xff\xfe\x80" * 20,
    "a compressed body that says it is none": gzip.compress(GOOD),
}


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=True) as mock:
        yield mock


class Client:
    """A transport on virtual time, and what it asks."""

    def __init__(self, seconds: float = 3_600.0) -> None:
        self.clock = VirtualClock()
        self.transport = Transport(
            Credentials("ghs_token"), context_of(SERVER), self.clock, RecordingLog(), Allowance(seconds=seconds)
        )

    def ask(self, kind: OperationClass = "safe", method: str = "GET") -> Response:
        return self.transport.send(
            kind, "read" if kind == "safe" else "content", method, f"/repos/{TARGET}", scope=TARGET
        )


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_read_is_repeated_until_an_answer_can_be_read(wire: responses.RequestsMock, body: bytes) -> None:
    broken = wire.add("GET", URL, body=body, content_type="application/json")
    wire.add("GET", URL, body=GOOD, content_type="application/json")
    client = Client()
    assert client.ask().data == {"full_name": TARGET}
    assert broken.call_count == 1
    assert client.clock.slept, "it waits before it asks again"


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_write_that_may_have_taken_effect_is_never_sent_again(wire: responses.RequestsMock, body: bytes) -> None:
    broken = wire.add("POST", URL, body=body, status=201, content_type="application/json")
    with pytest.raises(AnswerLostError, match="It may have taken effect"):
        Client().ask("unsafe", "POST")
    assert broken.call_count == 1


@pytest.mark.parametrize("number", [errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN])
def test_a_network_that_goes_while_an_answer_is_awaited_leaves_a_write_that_may_have_taken_effect(
    wire: responses.RequestsMock, number: int
) -> None:
    gone = requests.ConnectionError(ProtocolError("Connection aborted.", OSError(number, "gone")))
    broken = wire.add("POST", URL, body=gone)
    with pytest.raises(AnswerLostError):
        Client().ask("unsafe", "POST")
    assert broken.call_count == 1


BROKEN: dict[str, Exception] = {
    "the connection is reset": requests.ConnectionError("reset"),
    "the body ends too early": requests.exceptions.ChunkedEncodingError(ProtocolError("x", IncompleteRead(10, 90))),
    "the compression is broken": requests.exceptions.ContentDecodingError("incorrect header check"),
    "no answer comes": requests.ReadTimeout("read timed out"),
    "the encryption breaks off": requests.exceptions.SSLError("EOF occurred in violation of protocol"),
}


@pytest.mark.parametrize("error", BROKEN.values(), ids=BROKEN)
def test_a_connection_that_stays_broken_is_named_after_the_last_attempt(
    wire: responses.RequestsMock, error: Exception
) -> None:
    broken = wire.add("GET", URL, body=error)
    with pytest.raises(UnavailableError, match=type(error).__name__) as raised:
        Client().ask()
    assert broken.call_count == MAX_ATTEMPTS
    assert f"failed {MAX_ATTEMPTS} times" in raised.value.message


@pytest.mark.parametrize("status", [404, 410, 422])
@pytest.mark.parametrize("body", [b"", HTML, b"\xff\xfe", b"[]", b'"text"', b"null", b"17"], ids=repr)
def test_a_refusal_whose_body_is_not_githubs_is_still_a_refusal(
    wire: responses.RequestsMock, status: int, body: bytes
) -> None:
    wire.add("GET", URL, status=status, body=body, content_type="text/html")
    with pytest.raises(ActionPatternsError) as raised:
        Client().ask()
    assert raised.value.message
    assert raised.value.remediation
    assert len(raised.value.message) < 2_000


HEADERS: dict[str, dict[str, str]] = {
    "a time that is none": {"Retry-After": "soon"},
    "a date": {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"},
    "less than nothing": {"Retry-After": "-5"},
    "an empty time": {"Retry-After": ""},
    "the end is past all time": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 30},
    "no number is left": {"X-RateLimit-Remaining": "", "X-RateLimit-Reset": ""},
    "the end is no number": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "NaN"},
    "the end is infinite": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "inf"},
    "numbers are words": {"X-RateLimit-Remaining": "none", "X-RateLimit-Limit": "unlimited"},
}


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_a_limit_whose_headers_are_nonsense_is_waited_for_or_given_up_and_never_a_crash(
    wire: responses.RequestsMock, headers: dict[str, str]
) -> None:
    limited: dict[str, Any] = {"message": "You have exceeded a secondary rate limit."}
    wire.add("GET", URL, status=429, json=limited, headers=headers)
    wire.assert_all_requests_are_fired = False
    wire.add("GET", URL, body=GOOD, content_type="application/json")
    client = Client()
    with contextlib.suppress(RateLimitedError, UnavailableError):
        assert client.ask().data == {"full_name": TARGET}
        assert client.clock.slept
    assert all(0 <= seconds <= 3_600 for seconds in client.clock.slept)


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_a_success_with_such_headers_is_a_success(wire: responses.RequestsMock, headers: dict[str, str]) -> None:
    wire.add("GET", URL, body=GOOD, headers=headers, content_type="application/json")
    assert Client().ask().data == {"full_name": TARGET}


def test_the_names_of_headers_count_in_any_case(wire: responses.RequestsMock) -> None:
    limited = {"message": "API rate limit exceeded"}
    wire.add("GET", URL, status=429, json=limited, headers={"rEtRy-AfTeR": "17"})
    wire.add("GET", URL, body=GOOD, content_type="application/json")
    client = Client()
    client.ask()
    assert sum(client.clock.slept) == pytest.approx(17, abs=2)


def test_text_is_read_as_utf_8_whatever_the_header_says(wire: responses.RequestsMock) -> None:
    body = json.dumps({"name": "grün €"}, ensure_ascii=False).encode()
    wire.add("GET", URL, body=body, content_type="application/json")
    assert Client().ask().data == {"name": "grün €"}
