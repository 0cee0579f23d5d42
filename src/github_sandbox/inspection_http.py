"""``/_sandbox``: the request log, the snapshot, the fault script and the clock for other processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from github_sandbox.clock import VirtualClock
from github_sandbox.exchange import Answer, Incoming, json_answer

if TYPE_CHECKING:
    from github_sandbox.sandbox import Sandbox


def handle(sandbox: Sandbox, incoming: Incoming) -> Answer:
    """GET/DELETE requests, GET snapshot, GET violations, POST/GET/DELETE faults, POST clock {"advance": seconds}."""
    name = incoming.path.removeprefix("/_sandbox").strip("/")
    try:
        return _answered(sandbox, incoming.method, name, incoming.body)
    except (ValueError, TypeError, KeyError) as error:
        return json_answer(Answer(422), {"message": str(error)})


def _answered(sandbox: Sandbox, method: str, name: str, body: bytes) -> Answer:
    match method, name:
        case "GET", "requests":
            return _ok(sandbox.requests.as_json())
        case "DELETE", "requests":
            sandbox.requests.clear()
        case "GET", "snapshot":
            return _ok(sandbox.snapshot())
        case "GET", "violations":
            return _ok(sandbox.violations)
        case "GET", "faults":
            return _ok([fault.as_json() for fault in sandbox.faults.all()])
        case "POST", "faults":
            data = json.loads(body)
            added = sandbox.faults.script(data if isinstance(data, list) else [data])
            return json_answer(Answer(201), {"added": len(added)})
        case "DELETE", "faults":
            sandbox.faults.clear()
        case "POST", "clock" if isinstance(sandbox.clock, VirtualClock):
            return _ok({"now": sandbox.clock.advance(float(json.loads(body)["advance"]))})
        case _:
            known = "requests, snapshot, violations, faults, or clock (of a sandbox with virtual time)"
            return json_answer(Answer(404), {"message": known})
    return Answer(204)


def _ok(content: Any) -> Answer:
    return json_answer(Answer(200), content)
