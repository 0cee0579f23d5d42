"""GitHub's refusals in this product's words: what happened, why, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.github_api.pacing import Refusal


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
    return ": ".join(dict.fromkeys(part for part in parts if part))


def classify(status: int, data: object) -> tuple[int, str]:
    """The status that decides what to do, and GitHub's message ("" when there is nothing to say).

    GraphQL reports limits and its own time-outs in a 200: they count as the status REST would have sent.
    """
    if status >= 300:
        return status, message_of(data)
    errors = data.get("errors") if isinstance(data, Mapping) else None
    if not errors:
        return 200, ""
    text = "; ".join(str(error.get("message", "no message")) for error in errors)
    kinds = {error.get("type") for error in errors}
    if "RATE_LIMITED" in kinds:
        return 429, text
    if (
        kinds & {"SERVICE_UNAVAILABLE", "INTERNAL"}
        or "something went wrong" in text.lower()
        or "timed out" in text.lower()
    ):
        return 502, text
    return 200, text


def from_response(status: int, headers: Mapping[str, str], data: object, request: str) -> ActionPatternsError:
    """The error for a REST answer that is no success and no limit. `request` is `METHOD /path`, for the message."""
    text = message_of(data)
    said = f"GitHub answered {status} to {request}: {text}."
    request_id = headers.get("x-github-request-id")
    if status == 401:
        return AuthenticationError(
            f"{said} The token is missing, expired, revoked or malformed.",
            remediation="Pass a valid token as `token`. Check that the secret exists in this repository or organization"
            " and that it is not empty; a GitHub App's installation token lives one hour.",
            request_id=request_id,
        )
    if status == 403 and "archived" in text.lower():
        return RefusedError(said, remediation="Unarchive the repository, or exclude it.", request_id=request_id)
    if status == 403:
        needed = headers.get("x-accepted-github-permissions")
        return PermissionDeniedError(
            f"{said} The token is valid and may not do this." + (f" It needs: {needed}." if needed else ""),
            remediation="Give the token the permission (pull requests need `contents: write` and"
            " `pull-requests: write`), and check that its owner or App installation covers this repository."
            " Do not use a broader token than the job needs.",
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
        return ConflictError(
            f"{said} The repository has moved.",
            remediation="Use its new name. Do not rely on the redirect: it does not carry writes.",
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


def from_graphql(errors: Sequence[Mapping[str, Any]], request: str, request_id: str | None) -> ActionPatternsError:
    """The error for `errors` in a GraphQL answer; the first decides its kind, all are named."""
    kind = str(errors[0].get("type", ""))
    text = "; ".join(str(error.get("message", "no message")) for error in errors)
    status = {"NOT_FOUND": 404, "FORBIDDEN": 403, "INSUFFICIENT_SCOPES": 403}.get(kind, 422)
    headers = {"x-github-request-id": request_id} if request_id else {}
    return from_response(status, headers, {"message": text}, f"{request} (GraphQL {kind or 'error'})")


def from_limit(refusal: Refusal, request: str, request_id: str | None) -> RateLimitedError:
    """The error for a limit that cannot be waited for."""
    which = "primary rate limit is used up" if refusal.primary else "secondary rate limit asks for a pause"
    when = refusal.resumes_at.strftime("%H:%M UTC")
    return RateLimitedError(
        f"GitHub's {which} ({request}); the wait of {refusal.seconds:.0f} s is longer than this run may wait.",
        remediation=f"Run again after {when}: what is done stays done. If it keeps happening, lower"
        " `max-parallel`, or use a GitHub App, whose limit grows with the organization. Do not retry in a loop: GitHub"
        " may block the token.",
        request_id=request_id,
        resumes_at=refusal.resumes_at,
    )
