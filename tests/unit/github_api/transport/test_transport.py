"""How one request is sent: when, how often, and which answers end it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from action_patterns.errors import (
    AnswerLostError,
    AuthenticationError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    UnavailableError,
)
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.exchange import OversizeError
from action_patterns.github_api.transport.tokens import Authorization, GivenToken
from action_patterns.github_api.transport.transport import Response, Transport
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.pull_requests import NewPullRequest
from action_patterns.resilience.classification import OperationClass
from support.report_builders import context
from support.stage import RecordingLog, VirtualClock

Answer = Response | Callable[[], Response]


class Scripted(Transport):
    """Gives answers in order. One answer too few is a request too many."""

    def __init__(self, *answers: Answer, clock: VirtualClock | None = None, spacing: float = 1.0) -> None:
        self.clock = clock or VirtualClock()
        super().__init__(
            Credentials("ghp_x"), replace(context(), write_spacing_seconds=spacing), self.clock, RecordingLog()
        )
        self.answers = list(answers)
        self.sent: list[float] = []

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        self.sent.append(self.clock.monotonic())
        answer = self.answers.pop(0)
        return answer if isinstance(answer, Response) else answer()


def ok(data: Any) -> Response:
    return Response(200, {}, data)


class AlwaysNew(GivenToken):
    """A source that has another token whenever one is refused."""

    def renew(self, scope: str, refused: Authorization) -> bool:
        return True


def test_a_refused_token_is_renewed_once_for_a_request() -> None:
    refusal = Response(401, {}, {"message": "Bad credentials"})
    transport = Scripted(refusal, refusal)
    transport._tokens = AlwaysNew("ghp_x")
    with pytest.raises(AuthenticationError):
        transport.send("safe", "read", "GET", "/repos/acme/api", scope="acme/api")
    assert len(transport.sent) == 2


def test_a_token_that_expired_between_two_requests_is_renewed_for_each() -> None:
    refusal = Response(401, {}, {"message": "Bad credentials"})
    transport = Scripted(refusal, ok({}), refusal, ok({}))
    transport._tokens = AlwaysNew("ghp_x")
    for _ in range(2):
        transport.send("safe", "read", "GET", "/repos/acme/api", scope="acme/api")
    assert len(transport.sent) == 4


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/heads/other/main"])
def test_a_branch_is_not_read_from_an_answer_about_another(ref: str) -> None:
    client = Client(Scripted(ok({"ref": ref, "object": {"sha": "1" * 40}})))
    with pytest.raises(LostRaceError, match="the branch bot"):
        client.git.read_branch("acme/api", "bot")


def test_a_list_without_the_part_of_an_organization_is_no_list() -> None:
    short = Response(200, {"x-github-sso": "partial-results; organizations=21955855,20582480"}, [])
    with pytest.raises(PermissionDeniedError, match="left out") as raised:
        Client(Scripted(short)).issues.comments("acme/api", 7)
    assert "single sign-on" in raised.value.remediation


PULL = {"number": 7, "head": {"ref": "another"}}


def test_a_pull_request_is_not_taken_from_an_answer_about_another_branch() -> None:
    client = Client(Scripted(ok(PULL)))
    with pytest.raises(LostRaceError, match="a pull request from bot"):
        client.pulls.create("acme/api", NewPullRequest(title="t", body="", head="bot", base="main", draft=False))


@pytest.mark.parametrize("number", [8, 6, 70])
def test_labels_and_people_are_not_taken_from_an_answer_about_another_number(number: int) -> None:
    client = Client(Scripted(ok(PULL)))
    with pytest.raises(LostRaceError, match=f"#{number}"):
        client.pulls.set_issue_fields("acme/api", number, labels=[], assignees=[])


def test_an_edit_over_rest_is_not_taken_from_an_answer_about_another_number() -> None:
    unserved = Response(404, {}, {"message": "Not Found"})
    client = Client(Scripted(unserved, ok({"body": ""}), ok(PULL)))
    client.pulls._fallback.read("acme/api", lambda: client.pulls._calls.query("{}", {}, scope="acme/api"), lambda: None)
    with pytest.raises(LostRaceError, match="#8"):
        client.pulls.update("acme/api", 8, "", {"title": "x"})


def limited(status: int, remaining: int, clock: VirtualClock) -> Response:
    headers = {
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-reset": str(clock.now().timestamp() + 600),
    }
    return Response(status, headers, {"message": "Not Found"} if status == 404 else {})


@pytest.mark.parametrize("status", [200, 404])
def test_after_the_last_request_of_the_limit_none_is_sent_before_the_reset(status: int) -> None:
    clock = VirtualClock()
    transport = Scripted(limited(status, 0, clock), ok({}), clock=clock)
    with suppress(NotFoundError):
        transport.send("safe", "read", "GET", "/repos/acme/api/branches/x", scope="acme/api")
    transport.send("safe", "read", "GET", "/repos/acme/api", scope="acme/api")
    assert transport.sent == [0.0, pytest.approx(601.0)]


def test_requests_that_are_in_flight_may_use_what_is_left() -> None:
    clock = VirtualClock()

    def while_another_is_in_flight() -> Response:
        transport.send("safe", "read", "GET", "/repos/acme/other", scope="acme/api")
        return ok({})

    transport = Scripted(while_another_is_in_flight, limited(200, 1, clock), ok({}), clock=clock)
    for _ in range(2):
        transport.send("safe", "read", "GET", "/repos/acme/api", scope="acme/api")
    assert transport.sent == [0.0, 0.0, pytest.approx(601.0)]


def test_a_request_may_take_what_is_left_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def send(*_: object, seconds: float) -> tuple[int, dict[str, str], str]:
        given.append(seconds)
        clock.sleep(50)
        return 200, {}, "{}"

    clock = VirtualClock()
    transport = Transport(Credentials("ghp_x"), context(), clock, RecordingLog(), Allowance(seconds=120))
    monkeypatch.setattr(transport._clients, "send", send)
    for _ in range(3):
        transport.send("safe", "read", "GET", "/repos/acme/api", scope="acme/api")
    assert given == [120.0, 70.0, 20.0]
    with pytest.raises(RateLimitedError, match="2 minutes this run may take are over"):
        transport.send("safe", "read", "GET", "/repos/acme/api", scope="acme/api")


def test_files_of_a_commit_that_is_gone_are_not_absent() -> None:
    client = Client(Scripted(ok({"data": {"repository": {"object": None}}})))
    with pytest.raises(NotFoundError):
        client.git.read_files("acme/api", "1" * 40, ["a.txt"])


def test_files_of_a_repository_that_is_hidden_are_not_absent() -> None:
    answer = {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "path": ["repository"]}]}
    client = Client(Scripted(ok(answer)))
    with pytest.raises(NotFoundError):
        client.git.read_files("acme/api", "1" * 40, ["a.txt"])


def oversize() -> Response:
    raise OversizeError("the answer is too large")


@pytest.mark.parametrize("kind", ["safe", "idempotent"])
def test_an_answer_that_is_too_large_is_not_asked_for_again(kind: OperationClass) -> None:
    transport = Scripted(oversize, ok({}))
    with pytest.raises(UnavailableError, match="too large"):
        transport.send(kind, "read", "GET", "/repos/acme/api", scope="acme/api")
    assert len(transport.sent) == 1


def test_a_post_whose_answer_is_too_large_is_looked_up() -> None:
    transport = Scripted(oversize, ok({}))
    with pytest.raises(AnswerLostError):
        transport.send("unsafe", "content", "POST", "/repos/acme/api/pulls", {}, scope="acme/api")
    assert len(transport.sent) == 1
