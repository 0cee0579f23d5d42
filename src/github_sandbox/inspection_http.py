"""``/_sandbox``: the request log, the snapshot and the fault script for other processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from github_sandbox.dispatch import Answer, Incoming
from github_sandbox.faults import Fault

if TYPE_CHECKING:
    from github_sandbox.sandbox import Sandbox


def handle(sandbox: Sandbox, incoming: Incoming) -> Answer:
    """GET/DELETE requests, GET snapshot, GET violations, POST/DELETE faults."""
    name = incoming.path.removeprefix("/_sandbox").strip("/")
    match incoming.method, name:
        case "GET", "requests":
            return _answer(200, sandbox.requests.as_json())
        case "DELETE", "requests":
            sandbox.requests.clear()
            return Answer(204)
        case "GET", "snapshot":
            return _answer(200, sandbox.snapshot())
        case "GET", "violations":
            return _answer(200, sandbox.violations)
        case "POST", "faults":
            try:
                data = json.loads(incoming.body)
                faults = [Fault(**item) for item in (data if isinstance(data, list) else [data])]
            except (ValueError, TypeError) as error:
                return _answer(422, {"message": str(error)})
            for fault in faults:
                sandbox.faults.add(fault)
            return _answer(201, {"added": len(faults)})
        case "DELETE", "faults":
            sandbox.faults.clear()
            return Answer(204)
        case _:
            return _answer(404, {"message": "requests, snapshot, violations or faults"})


def _answer(status: int, content: Any) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(content).encode())
