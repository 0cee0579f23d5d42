"""What a fault does to an answer that was already made."""

from __future__ import annotations

import json
from typing import Any

from github_sandbox.exchange import Answer, json_answer
from github_sandbox.faults import Fault


def replaced(fault: Fault, now: float) -> Answer | None:
    """The fault's own answer, if it has one; ``now``: seconds on the sandbox's clock."""
    if fault.reset or fault.hold_seconds:
        return Answer(0, cut=True)
    if fault.status is None:
        return None
    text = isinstance(fault.body, str)
    body = fault.body if isinstance(fault.body, str) else json.dumps(fault.body or {"message": "Server Error"})
    kind = "text/html" if text else "application/json; charset=utf-8"
    headers = {"Content-Type": kind} | dict(fault.headers)
    if fault.reset_in_seconds is not None:
        headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(now) + fault.reset_in_seconds)}
    return Answer(fault.status, headers, body.encode())


def spoilt(fault: Fault, answer: Answer) -> Answer:
    """``answer`` as the client gets to see it."""
    if fault.null_field:
        answer = _without(answer, fault.null_field.split("."), fault.error_type)
    if fault.truncate is not None:
        answer.sent = int(len(answer.body) * fault.truncate)
    answer.slow_seconds = fault.slow_seconds
    return answer


def _without(answer: Answer, path: list[str], kind: str) -> Answer:
    """GraphQL partial data: the field is null, an error says so. A path that is not in the answer changes nothing."""
    try:
        content = json.loads(answer.body)
    except ValueError:
        return answer
    at: Any = content.get("data")
    for name in path[:-1]:
        at = at.get(name) if isinstance(at, dict) else None
    if not isinstance(at, dict) or path[-1] not in at:
        return answer
    at[path[-1]] = None
    error = {"type": kind, "path": path, "message": "Something went wrong while resolving this field."}
    content.setdefault("errors", []).append(error)
    return json_answer(answer, content)
