"""GitHub's refusals in this product's words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns import registry
from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    ConflictError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.github_api.transport.error_mapping import (
    GraphQLProblem,
    classify,
    from_graphql,
    from_limit,
    from_response,
    graphql_errors,
    message_of,
)
from action_patterns.github_api.transport.token_kind import TokenKind, token_kind
from action_patterns.limits.refusal import Refusal
from action_patterns.ports.permissions import needed, spelled

REQUEST = "POST /repos/acme/api/pulls"


@pytest.mark.parametrize(
    ("status", "message", "kind", "said"),
    [
        (401, "Bad credentials", AuthenticationError, "missing, expired, revoked"),
        (403, "Resource not accessible by integration", PermissionDeniedError, "may not do this"),
        (403, "Repository was archived so is read-only.", RefusedError, "archived"),
        (404, "Not Found", NotFoundError, "may not see it"),
        (410, "Issues are disabled", NotFoundError, "410"),
        (301, "Moved Permanently", LostRaceError, "has moved"),
        (307, "Temporary Redirect", LostRaceError, "has moved"),
        (409, "Git Repository is empty.", ConflictError, "empty"),
        (422, "Validation Failed", RefusedError, "Validation Failed"),
        (400, "Problems parsing JSON", RefusedError, "Problems parsing JSON"),
        (451, "Repository access blocked", RefusedError, "blocked"),
        (500, "Server Error", UnavailableError, "500"),
        (503, "Unavailable", UnavailableError, "503"),
    ],
)
def test_each_status(status: int, message: str, kind: type[ActionPatternsError], said: str) -> None:
    error = from_response(status, {"x-github-request-id": "ABC"}, {"message": message}, REQUEST)
    assert type(error) is kind
    assert said in error.message
    assert REQUEST in error.message
    assert message in error.message
    assert error.remediation
    assert error.request_id == "ABC"


def test_the_permission_github_asks_for_is_named() -> None:
    headers = {"x-accepted-github-permissions": "pull_requests=write"}
    assert "pull_requests=write" in from_response(403, headers, {"message": "No"}, REQUEST).message


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"message": "Validation Failed"}, "Validation Failed"),
        ({"message": "V", "errors": [{"message": "No commits between a and b"}]}, "V: No commits between a and b"),
        ({"message": "V", "errors": [{"resource": "Issue", "field": "title", "code": "missing"}]},
         "V: Issue title missing"),
        ({"message": "V", "errors": ["plain", "plain"]}, "V: plain"),
        ({"message": "V", "errors": "text"}, "V"),
        ({"message": "V", "errors": [{}]}, "V"),
        ({"message": "Rule violations found\n\nCannot update this ref.\n\n"},
         "Rule violations found: Cannot update this ref"),
        ({"message": "V.", "errors": ["It must be so."]}, "V: It must be so"),
        ({}, "no message"),
        (None, "no message"),
        ([], "no message"),
        ("<html>", "no message"),
    ],
)  # fmt: skip
def test_githubs_message_with_its_details(data: object, text: str) -> None:
    assert message_of(data) == text


@pytest.mark.parametrize(
    ("status", "data", "expected"),
    [
        (200, {"data": {}}, (200, "")),
        (201, {"number": 1}, (200, "")),
        (204, None, (200, "")),
        (200, [], (200, "")),
        (502, {"message": "Bad Gateway"}, (502, "Bad Gateway")),
        (301, {"message": "Moved"}, (301, "Moved")),
        (200, {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]},
         (429, "API rate limit exceeded")),
        (200, {"errors": [{"message": "Something went wrong while executing your query."}]},
         (502, "Something went wrong while executing your query.")),
        (200, {"errors": [{"type": "SERVICE_UNAVAILABLE", "message": "x"}]}, (502, "x")),
        (200, {"errors": [{"message": "The query timed out"}]}, (502, "The query timed out")),
        (200, {"errors": [{"type": "NOT_FOUND", "message": "a"}, {"message": "b"}]}, (200, "a; b")),
    ],
)  # fmt: skip
def test_the_status_that_decides(status: int, data: Any, expected: tuple[int, str]) -> None:
    assert classify(status, data, reading=False) == expected


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"message": "Could not resolve", "path": ["repository", "base"]}, 502),
        ({"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much", "path": ["repository"]}, 502),
        ({"type": "NOT_FOUND", "message": "no such file", "path": ["repository", "f0"]}, 200),
        ({"type": "FORBIDDEN", "message": "not yours", "path": ["repository", "open"]}, 200),
        ({"message": "Field 'x' doesn't exist on type 'Repository'"}, 200),
    ],
)
def test_a_read_with_a_hole_is_no_answer_unless_the_hole_is_settled(error: dict[str, Any], status: int) -> None:
    answer = {"data": {"repository": None}, "errors": [error]}
    assert classify(200, answer, reading=True)[0] == status
    assert classify(200, answer, reading=False)[0] == 200


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("NOT_FOUND", NotFoundError),
        ("FORBIDDEN", PermissionDeniedError),
        ("INSUFFICIENT_SCOPES", PermissionDeniedError),
        ("UNPROCESSABLE", RefusedError),
        ("STALE_DATA", RefusedError),
        ("", RefusedError),
    ],
)
def test_each_type_of_graphql_error(kind: str, error: type[ActionPatternsError]) -> None:
    mapped = from_graphql(
        [GraphQLProblem("one", kind), GraphQLProblem("two")], "POST /graphql", {"x-github-request-id": "ABC"}
    )
    assert type(mapped) is error
    assert "one; two" in mapped.message
    assert mapped.request_id == "ABC"


@pytest.mark.parametrize(("primary", "said"), [(True, "primary rate limit"), (False, "secondary rate limit")])
def test_a_limit_that_cannot_be_waited_for(primary: bool, said: str) -> None:
    when = datetime(2026, 7, 1, 12, 34, tzinfo=UTC)
    error = from_limit(Refusal(2040.0, when, primary), REQUEST, "ABC")
    assert said in error.message
    assert "12:34 UTC" in error.remediation
    assert (error.resumes_at, error.retryable, error.request_id) == (when, True, "ABC")


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["message", "errors", "x"]), inner),
    max_leaves=6,
)


@given(json_values)
def test_whatever_is_under_errors_is_read(errors: object) -> None:
    status, text = classify(200, {"errors": errors}, reading=True)
    assert (status == 200) == (not text or not any(problem.path for problem in graphql_errors({"errors": errors})))
    assert bool(graphql_errors({"errors": errors})) == bool(errors)


@given(st.integers(300, 599), json_values)
def test_whatever_a_server_answers_is_an_error_of_ours(status: int, data: object) -> None:
    assert isinstance(from_response(status, {}, data, REQUEST), ActionPatternsError)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("ghp_x", "scope `repo`"),
        ("github_pat_x", "the organization may have to approve it"),
        ("gho_x", "scope `repo`"),
        ("ghu_x", "and the person the same access"),
        ("ghs_x", "have the installation accept it"),
        ("x", "Give it `contents: write`"),
    ],
)
def test_a_refusal_names_the_remedy_for_each_kind_of_token(token: str, said: str) -> None:
    kind = token_kind(token)
    permissions = (("contents", "write"), ("metadata", "read"))
    refused = from_response(403, {}, {"message": "Forbidden"}, "POST /x", token_kind=kind, permissions=permissions)
    assert said in refused.remediation
    assert kind.removesuffix(" of an unknown kind") in refused.message


KINDS = [token_kind(token) for token in ("ghp_x", "github_pat_x", "gho_x", "ghu_x", "ghs_x", "x")]
NAMED = re.compile(r"`([a-z-]+: (?:read|write))`")


@pytest.mark.parametrize("name", registry.ACTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_names_the_permissions_of_the_action_that_ran_and_no_others(name: str, kind: TokenKind) -> None:
    permissions = needed(registry.load(name).uses)
    refused = from_response(403, {}, {"message": "No"}, REQUEST, token_kind=kind, permissions=permissions)
    over_graphql = from_graphql(
        [GraphQLProblem("No", "FORBIDDEN")], REQUEST, {}, token_kind=kind, permissions=permissions
    )
    expected = {each for each in spelled(permissions) if each != "metadata: read"}
    for error in (refused, over_graphql):
        named = set(NAMED.findall(error.remediation))
        assert named == (set() if "scope" in error.remediation else expected)
        assert ("`workflow`" in error.remediation) == (
            kind == "classic personal access token" and "contents: write" in expected
        )


def test_a_signature_github_does_not_take_is_no_matter_of_the_token() -> None:
    refused = from_response(401, {}, {"message": "A JSON web token could not be decoded"}, "GET /x", as_app=True)
    assert "`app-private-key`" in refused.remediation
    assert "`token`" not in refused.remediation
