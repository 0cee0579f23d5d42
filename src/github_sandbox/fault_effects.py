"""Effects of a fault on a response."""

from __future__ import annotations

import json
from typing import Any

from github_sandbox.faults import Fault
from github_sandbox.http_messages import HttpResponse


def replacement(fault: Fault, now: float) -> HttpResponse | None:
    """Return the response that the fault sends instead; None: none. ``now``: seconds on the sandbox's clock."""
    if fault.reset or fault.hold_seconds:
        return HttpResponse(status=0, cut=True)
    if fault.status is None:
        return None
    text = isinstance(fault.body, str)
    body = fault.body if isinstance(fault.body, str) else json.dumps(fault.body or {"message": "Server Error"})
    kind = "text/html" if text else "application/json; charset=utf-8"
    headers = {"Content-Type": kind} | dict(fault.headers)
    if fault.reset_in_seconds is not None:
        headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(now) + fault.reset_in_seconds)}
    return HttpResponse(status=fault.status, headers=headers, body=body.encode())


def damaged(fault: Fault, response: HttpResponse) -> HttpResponse:
    """Return ``response`` as the client receives it."""
    if fault.null_field:
        response = _with_null(response, fault.null_field.split("."), fault.error_type)
    if fault.incomplete:
        response = _incomplete(response)
    if fault.truncate is not None:
        response.sent = int(len(response.body) * fault.truncate)
    response.slow_seconds = fault.slow_seconds
    return response


def _incomplete(response: HttpResponse) -> HttpResponse:
    """Return a search that ended early. Another response stays."""
    try:
        content = json.loads(response.body)
    except ValueError:
        return response
    if not isinstance(content, dict) or "incomplete_results" not in content:
        return response
    items = content["items"][: len(content["items"]) // 2]
    return response.with_json(content | {"incomplete_results": True, "items": items})


def _with_null(response: HttpResponse, path: list[str], kind: str) -> HttpResponse:
    """Return GraphQL partial data: the field is null, and an error names it. An absent path changes nothing."""
    try:
        content = json.loads(response.body)
    except ValueError:
        return response
    at: Any = content.get("data")
    for name in path[:-1]:
        at = at.get(name) if isinstance(at, dict) else None
    if not isinstance(at, dict) or path[-1] not in at:
        return response
    at[path[-1]] = None
    error = {"type": kind, "path": path, "message": "Something went wrong while resolving this field."}
    content.setdefault("errors", []).append(error)
    return response.with_json(content)
