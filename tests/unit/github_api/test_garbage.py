"""Garbage in place of an answer, for each verb of each port: an error of ours that says so, within a bound.

`responses` answers in place of the network, below the HTTP client.
"""

from __future__ import annotations

import inspect
import json
import re
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
import responses

from action_patterns.errors import ActionPatternsError
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport import exchange
from action_patterns.github_api.transport.transport import Transport
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.git import TreeEntry
from action_patterns.ports.github import CAPABILITIES
from action_patterns.ports.pull_requests import NewPullRequest
from action_patterns.ports.ref_store import RefChange, StoredRef
from support import sample
from support.in_process import Address
from support.stage import RecordingLog, VirtualClock, context_of

SERVER = Address("https://github.invalid", "https://github.invalid/api/v3", "https://github.invalid/api/graphql")
OID = "1" * 40
MARKER = StoredRef(repository_id="R_1", name="refs/action-patterns/x", oid=None, message="")
ARGUMENTS: dict[str, Any] = {
    "etag": '"1"',
    "owner": "acme",
    "repositories": ["acme/api"],
    "repository": "acme/api",
    "repository_id": "R_1",
    "oid": OID,
    "paths": ["a.txt"],
    "branch": "bot",
    "base": "main",
    "head": "bot",
    "content": b"x",
    "base_tree": OID,
    "tree": OID,
    "entries": [TreeEntry(path="a.txt", mode="100644", text="x")],
    "parents": [OID],
    "message": "m",
    "before": None,
    "after": OID,
    "new": NewPullRequest(title="t", body="b", head="bot", base="main", draft=False),
    "number": 7,
    "pull_id": "PR_7",
    "fields": {"title": "t"},
    "labels": ["bot"],
    "label": "bot",
    "assignees": ["alice"],
    "reviewers": ["bob"],
    "team_reviewers": ["core"],
    "milestone": None,
    "method": "merge",
    "body": "b",
    "comment": 9,
    "author": "bot",
    "title": "t",
    "run_id": 1,
    "pages": 3,
    "name": "report",
    "team": "acme/core",
    "query": "org:acme api",
    "prefix": "refs/action-patterns/",
    "changes": (RefChange(MARKER, "record"),),
    "scope": "acme/api",
    "permission": "contents",
    "tag": "v1",
    "workflow_id": 5,
    "status": "queued",
    "release": 3,
    "force": True,
    "recursive": True,
}
BEFORE: dict[str, Any] = {"refs": MARKER, "git_refs": OID}
VERBS = [
    (capability, name)
    for capability, port in CAPABILITIES.items()
    for name, function in vars(port).items()
    if inspect.isfunction(function) and not name.startswith("_")
]
HTML = "<html><head><title>Sign in</title></head><body>Corporate portal</body></html>"
ELSEWHERE = {"Location": "https://portal.invalid/login"}
PLAIN = {"Location": "http://github.invalid/api/v3/x"}
ROUND = {"Location": "https://github.invalid/api/v3/round"}
GARBAGE: dict[str, tuple[int, str, dict[str, str]]] = {
    "a page": (200, HTML, {"Content-Type": "text/html"}),
    "nothing": (200, "", {}),
    "a space": (200, " ", {}),
    "half of it": (200, '{"data": {"repository": {"id": "R', {}),
    "null": (200, "null", {}),
    "a number": (200, "17", {}),
    "a text": (200, '"ok"', {}),
    "true": (200, "true", {}),
    "an empty list": (200, "[]", {}),
    "a list of numbers": (200, "[1, 2]", {}),
    "a list of nothing": (200, "[null]", {}),
    "an empty object": (200, "{}", {}),
    "an object of another kind": (200, '{"status": "ok", "version": 3}', {}),
    "no data": (200, '{"data": null}', {}),
    "empty data": (200, '{"data": {}}', {}),
    "data that is a list": (200, '{"data": []}', {}),
    "data of nothing": (200, '{"data": {"repository": null, "repositoryOwner": null, "r0": null, "viewer": null}}', {}),
    "errors that are a text": (200, '{"errors": "no"}', {}),
    "errors of nothing": (200, '{"data": {}, "errors": [null]}', {}),
    "errors that are numbers": (200, '{"errors": [1, {"path": {}, "type": 3, "message": null, "extensions": 1}]}', {}),
    "deep": (200, "[" * 20_000 + "]" * 20_000, {}),
    "deep objects": (200, '{"data":' * 5_000 + "1" + "}" * 5_000, {}),
    "huge": (200, "[" + ", ".join(['{"a": [1, 2, 3]}'] * 6_000) + "]", {}),
    "a number without end": (200, '{"id": ' + "9" * 20_000 + "}", {}),
    "half a character": (200, '{"full_name": "\\ud800"}', {}),
    "no content": (204, "", {}),
    "accepted": (202, "{}", {}),
    "odd limits": (200, "{}", {"X-RateLimit-Remaining": "x", "X-RateLimit-Reset": "-", "Retry-After": "?"}),
    "an odd link": (200, "[]", {"Link": '<http://[>; rel="next", <?>; rel=next; <<<'}),
    "a link in a circle": (200, "[]", {"Link": '<https://github.invalid/x?per_page=100>; rel="next"'}),
    "to another host": (301, "", ELSEWHERE),
    "to another scheme": (307, "", PLAIN),
    "in a circle": (307, "", ROUND),
    "nowhere": (301, "", {"Location": "http://[::1"}),
    "without a place": (302, HTML, {}),
    "a teapot": (418, HTML, {}),
    "a conflict": (409, "[]", {}),
    "a refusal without words": (403, "null", {}),
    "absent without words": (404, HTML, {}),
    "trouble": (500, HTML, {}),
}


SAMPLE = 5
"""How many kinds of garbage `make test` plays; `make proof` plays all."""


def error_of(client: Client, capability: str, name: str) -> ActionPatternsError | None:
    """Call a verb, and return its error. None: it took the answer."""
    verb: Callable[..., object] = getattr(getattr(client, capability), name)
    given = {}
    for parameter in inspect.signature(vars(CAPABILITIES[capability])[name]).parameters.values():
        if parameter.name == "before" and capability in BEFORE:
            given["before"] = BEFORE[capability]
        elif parameter.name not in ("self", "narrowed") and parameter.default is inspect.Parameter.empty:
            given[parameter.name] = ARGUMENTS[parameter.name]
    try:
        verb(**given)
    except ActionPatternsError as error:
        return error
    return None


@pytest.mark.slow
@pytest.mark.parametrize("garbage", sample.some(SAMPLE, GARBAGE, "garbage"))
@pytest.mark.parametrize("graphql", [True, False])
def test_each_verb_takes_it_for_what_it_is(
    garbage: str, record_property: Callable[[str, object], None], *, graphql: bool
) -> None:
    status, body, headers = GARBAGE[garbage]
    began, most = time.process_time(), 0
    for capability, name in VERBS:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
            anything = re.compile(r"https://github\.invalid.*")
            if not graphql:
                wire.add("POST", re.compile(r".*/api/graphql$"), status=404, json={"message": "Not Found"})
            for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
                wire.add(method, anything, status=status, body=body, headers=headers)
            transport = Transport(
                Credentials("ghp_token"), context_of(SERVER), VirtualClock(), RecordingLog(), Allowance(seconds=600)
            )
            error = error_of(Client(transport), capability, name)
            if error is not None:
                assert error.category != "defect", f"{capability}.{name}: {error.message}"
                assert error.remediation
                assert len(error.message) < 2_000, f"{capability}.{name}"
            most = max(most, len(wire.calls))
    assert most <= 60, "an endless list is read"
    assert time.process_time() - began < 60
    record_property("garbage", len(VERBS))


@pytest.mark.slow
def test_an_answer_without_end_is_left_off_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "MAX_ANSWER_BYTES", 1024 * 1024)
    body = json.dumps({"a": "x" * 8 * 1024 * 1024})
    with responses.RequestsMock() as wire:
        wire.add("GET", re.compile(r"https://github\.invalid.*"), body=body)
        transport = Transport(Credentials("ghp_token"), context_of(SERVER), VirtualClock(), RecordingLog(), Allowance())
        client = Client(transport)
        tracemalloc.start()
        try:
            with pytest.raises(ActionPatternsError, match="more than"):
                client.git.read_commit("acme/api", OID)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 12 * 1024 * 1024, "what stands in the mock is 8 MB"
