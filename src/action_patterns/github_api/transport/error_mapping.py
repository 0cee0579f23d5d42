"""GitHub's refusals in this product's words: what happened, why, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    ConflictError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.github_api.transport import access_policies
from action_patterns.github_api.transport.token_kind import TokenKind
from action_patterns.limits.refusal import Refusal
from action_patterns.ports.permissions import AccessLevel, spelled

Permissions = Sequence[tuple[str, AccessLevel]]
"""Permissions of the action that runs; empty: not known."""

_GRANT: dict[TokenKind, str] = {
    "classic personal access token": "Give it the scope `repo`{workflow}, and authorize it for the organization if that"
    " uses SAML.",
    "fine-grained personal access token": "Give it {needed}; the organization may have to approve it.",
    "OAuth token": "Give it the scope `repo`.",
    "user access token of a GitHub App": "Give the App {needed}, and the person the same access.",
    "installation access token": "Give the App {needed} and have the installation accept it; for GITHUB_TOKEN write"
    " them under `permissions` of the job.",
    "token of an unknown kind": "Give it {needed}.",
}
_WORKFLOW_SCOPE = " (and `workflow` for files below `.github/workflows`)"


def grant(kind: TokenKind, permissions: Permissions) -> str:
    """Return what to give a token of this kind so that the action may run: its permissions, and no others."""
    # Every token has `metadata: read`: it cannot be given.
    words = [f"`{each}`" for each in spelled(each for each in permissions if each[0] != "metadata")]
    needed = " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
    writes = ("contents", "write") in permissions
    return _GRANT[kind].format(
        needed=needed or "the permissions that the action's README lists", workflow=_WORKFLOW_SCOPE if writes else ""
    )


def message_of(data: object) -> str:
    """GitHub's message with the details of `errors[]`, on one line."""
    if not isinstance(data, Mapping):
        return "no message"
    parts = [str(data.get("message", "no message"))]
    errors = data.get("errors")
    if isinstance(errors, Sequence) and not isinstance(errors, str):
        for error in errors:
            if isinstance(error, Mapping):
                detail = error.get("message") or " ".join(
                    str(error[k]) for k in ("resource", "field", "code") if k in error
                )
                parts.append(str(detail))
            else:
                parts.append(str(error))
    # A ruleset's message goes on over several lines, and some end like a sentence.
    lines = (line.strip().removesuffix(".") for part in parts for line in part.splitlines())
    return ": ".join(dict.fromkeys(line for line in lines if line))


SETTLED = frozenset({"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"})
"""GraphQL errors that another try would bring again."""


class GraphQLProblem(NamedTuple):
    """An entry of `errors` in a GraphQL answer (GraphQL specification, section 7.1.7)."""

    message: str
    type: str = ""
    path: tuple[str, ...] | None = None
    saml_failure: bool = False


def graphql_errors(data: object) -> list[GraphQLProblem]:
    """Return the errors of a GraphQL answer. One of another form counts as an error with what it says."""
    found = data.get("errors") if isinstance(data, Mapping) else None
    if not found:
        return []
    return [_problem(each) for each in (found if isinstance(found, list) else [found])]


def _problem(error: object) -> GraphQLProblem:
    if not isinstance(error, Mapping):
        return GraphQLProblem(str(error))
    path, extensions = error.get("path"), error.get("extensions")
    return GraphQLProblem(
        message=str(error.get("message") or "no message"),
        type=str(error.get("type") or ""),
        path=tuple(map(str, path)) if isinstance(path, list) else None,
        saml_failure=isinstance(extensions, Mapping) and bool(extensions.get("saml_failure")),
    )


def classify(status: int, data: object, *, reading: bool) -> tuple[int, str]:
    """The status that decides what to do, and GitHub's message ("" when there is nothing to say).

    GraphQL reports limits, its own time-outs and fields it could not resolve in a 200: they count as the status REST
    would have sent. A read whose answer has holes for no settled reason is no answer.
    """
    if status >= 300:
        return status, message_of(data)
    errors = graphql_errors(data)
    if not errors:
        return 200, ""
    text = "; ".join(error.message for error in errors)
    kinds = {error.type for error in errors}
    if "RATE_LIMITED" in kinds:
        return 429, text
    said = text.lower()
    holes = reading and any(error.path is not None and error.type not in SETTLED for error in errors)
    if holes or kinds & {"SERVICE_UNAVAILABLE", "INTERNAL"} or "something went wrong" in said or "timed out" in said:
        return 502, text
    return 200, text


def from_response(
    status: int,
    headers: Mapping[str, str],
    data: object,
    request: str,
    *,
    token_kind: TokenKind = "token of an unknown kind",  # noqa: S107 - a kind, no token
    permissions: Permissions = (),
    as_app: bool = False,
    saml_failure: bool = False,
) -> ActionPatternsError:
    """The error for a REST answer that is no success and no limit. `request` is `METHOD /path`, for the message."""
    text = message_of(data)
    said = f"GitHub answered {status} to {request}: {text}."
    request_id = headers.get("x-github-request-id")
    if status == 401 and as_app:
        return AuthenticationError(
            f"{said} GitHub does not take the App's signature.",
            remediation="Check that `app-private-key` is a key of the App that `app-client-id` names, that it was not"
            " deleted in the App's settings, and that this machine's clock is right.",
            request_id=request_id,
        )
    if status == 401:
        return AuthenticationError(
            f"{said} The token is missing, expired, revoked or malformed.",
            remediation="Pass a valid token as `token`. Check that the secret exists in this repository or organization"
            " and that it is not empty; a GitHub App's installation token lives one hour.",
            request_id=request_id,
        )
    if remedy := _of_posts(status, text.lower()):
        kind = NotFoundError if status == 410 else RefusedError
        return kind(said, remediation=remedy, request_id=request_id)
    if status == 403 and "archived" in text.lower():
        return RefusedError(said, remediation="Unarchive the repository, or exclude it.", request_id=request_id)
    if status == 403 and (way := access_policies.remedy(text, headers, saml_failure=saml_failure)):
        return PermissionDeniedError(said, remediation=way, request_id=request_id)
    if status == 403:
        needed = headers.get("x-accepted-github-permissions")
        return PermissionDeniedError(
            f"{said} The {token_kind.removesuffix(' of an unknown kind')} is valid and may not do this."
            + (f" It needs: {needed}." if needed else ""),
            remediation=f"{grant(token_kind, permissions)} Check that it covers this repository. Do not use a broader"
            " token than the job needs.",
            request_id=request_id,
        )
    if status in (404, 410):
        return NotFoundError(
            f"{said} It does not exist, or this token may not see it.",
            remediation="Check the spelling of `owner/name`, and that the token has access to the repository: GitHub"
            " answers 404, not 403, for what a token may not see.",
            request_id=request_id,
        )
    if 300 <= status < 400:
        # Renamed while we were writing. A redirect does not carry a write; the next read finds the new name.
        return LostRaceError(
            f"{said} The repository has moved.",
            remediation="Use its new name wherever a workflow or an input names it, and run again.",
            request_id=request_id,
        )
    if status == 409:
        return ConflictError(
            said, remediation="Run again; if it stays, look at the state of the repository.", request_id=request_id
        )
    if status >= 500:
        return UnavailableError(
            said,
            remediation="Run again in a few minutes; see https://www.githubstatus.com.",
            request_id=request_id,
        )
    return RefusedError(
        said,
        remediation="Correct what the message names; the same request gets the same answer.",
        request_id=request_id,
    )


def _of_posts(status: int, text: str) -> str:
    """Return the remedy of a post that GitHub does not take for a reason of its place. Empty: for another reason."""
    if status == 410 and "issues" in text and "disabled" in text:
        return (
            "Issues are disabled in this repository, so no token can help. Enable them in its settings under"
            " Features, or write a comment on a pull request instead (`kind: comment`)."
        )
    if status == 403 and "locked" in text:
        return (
            "A person locked this conversation. Unlock it, or name another issue or pull request. Do not give the token"
            " more permissions: an App's token is refused with every permission."
        )
    if status in (403, 422) and "2500 comments" in text.replace(",", ""):
        return (
            "GitHub takes 2,500 comments on one issue or pull request. Name another one, or use a tracking issue"
            " (`kind: issue`)."
        )
    return ""


def from_graphql(
    errors: Sequence[GraphQLProblem],
    request: str,
    headers: Mapping[str, str],
    *,
    token_kind: TokenKind = "token of an unknown kind",  # noqa: S107 - a kind, no token
    permissions: Permissions = (),
) -> ActionPatternsError:
    """The error for `errors` in a GraphQL answer; the first decides its kind, all are named."""
    kind = errors[0].type
    text = "; ".join(error.message for error in errors)
    saml_failure = any(error.saml_failure for error in errors)
    status = {"NOT_FOUND": 404, "FORBIDDEN": 403, "INSUFFICIENT_SCOPES": 403}.get(kind, 403 if saml_failure else 422)
    return from_response(
        status,
        headers,
        {"message": text},
        f"{request} (GraphQL {kind or 'error'})",
        token_kind=token_kind,
        permissions=permissions,
        saml_failure=saml_failure,
    )


def out_of_time(seconds: float, request: str, resumes_at: datetime) -> RateLimitedError:
    """The error for a request that GitHub's pace does not allow within the time this run may take."""
    return RateLimitedError(
        f"The {seconds / 60:.0f} minutes this run may take are over at the pace GitHub allows ({request}).",
        remediation="Run again: what is done stays done. Give it more time (`max-minutes`, and the job's"
        " `timeout-minutes`) or fewer targets at once.",
        resumes_at=resumes_at,
    )


def from_limit(
    refusal: Refusal, request: str, request_id: str | None, *, refused_times: int | None = None
) -> RateLimitedError:
    """The error for a limit that cannot be waited for, or (`refused_times`) was waited for often enough."""
    which = "primary rate limit is used up" if refusal.primary else "secondary rate limit asks for a pause"
    when = refusal.resumes_at.strftime("%H:%M UTC")
    why = (
        f"the wait of {refusal.seconds:.0f} s is longer than this run may wait"
        if refused_times is None
        else f"it was waited for and came back, {refused_times} times"
    )
    return RateLimitedError(
        f"GitHub's {which} ({request}); {why}.",
        remediation=f"Run again after {when}: what is done stays done. If it keeps happening, lower"
        " `max-parallel`, or use a GitHub App, whose limit grows with the organization. Do not retry in a loop: GitHub"
        " may block the token.",
        request_id=request_id,
        resumes_at=refusal.resumes_at,
    )
