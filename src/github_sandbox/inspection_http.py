"""``/_sandbox``: the request log, the snapshot, the fault script and the clock for other processes."""

from __future__ import annotations

import json
from typing import Any

from github_sandbox.clock import VirtualClock
from github_sandbox.exchange import Answer, Incoming, json_answer
from github_sandbox.services import Services
from github_sandbox.snapshot import snapshot


def handle(services: Services, incoming: Incoming) -> Answer:
    """GET/DELETE requests, GET snapshot, GET violations, POST/GET/DELETE faults, POST clock {"advance": seconds}."""
    name = incoming.path.removeprefix("/_sandbox").strip("/")
    try:
        return _answered(services, incoming.method, name, incoming.body)
    except (ValueError, TypeError, KeyError) as error:
        return json_answer(Answer(422), {"message": str(error)})


def _answered(services: Services, method: str, name: str, body: bytes) -> Answer:
    match method, name:
        case "GET", "requests":
            return _ok(services.requests.as_json())
        case "DELETE", "requests":
            services.requests.clear()
        case "GET", "snapshot":
            return _ok(snapshot(services.world))
        case "GET", "violations":
            return _ok(services.violations)
        case "GET", "faults":
            return _ok([fault.as_json() for fault in services.faults.all()])
        case "POST", "faults":
            data = json.loads(body)
            added = services.faults.script(data if isinstance(data, list) else [data])
            return json_answer(Answer(201), {"added": len(added)})
        case "DELETE", "faults":
            services.faults.clear()
        case "POST", "clock" if isinstance(services.clock, VirtualClock):
            return _ok({"now": services.clock.advance(float(json.loads(body)["advance"]))})
        case _:
            known = "requests, snapshot, violations, faults, or clock (of a sandbox with virtual time)"
            return json_answer(Answer(404), {"message": known})
    return Answer(204)


def _ok(content: Any) -> Answer:
    return json_answer(Answer(200), content)
