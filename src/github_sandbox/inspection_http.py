"""The control endpoint ``/_sandbox``: request log, snapshot, fault script and clock for other processes."""

from __future__ import annotations

import json
from typing import Any

from github_sandbox.clock import VirtualClock
from github_sandbox.http_messages import HttpRequest, HttpResponse
from github_sandbox.services import Services
from github_sandbox.snapshot import snapshot


def handle(services: Services, request: HttpRequest) -> HttpResponse:
    """Answer GET/DELETE requests, GET snapshot, GET violations, POST/GET/DELETE faults, POST clock {"advance":
    seconds}.
    """
    name = request.path.removeprefix("/_sandbox").strip("/")
    try:
        return _answered(services, request.method, name, request.body)
    except (ValueError, TypeError, KeyError) as error:
        return HttpResponse(status=422).with_json({"message": str(error)})


def _answered(services: Services, method: str, name: str, body: bytes) -> HttpResponse:
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
            return HttpResponse(status=201).with_json({"added": len(added)})
        case "DELETE", "faults":
            services.faults.clear()
        case "POST", "clock" if isinstance(services.clock, VirtualClock):
            return _ok({"now": services.clock.advance(float(json.loads(body)["advance"]))})
        case _:
            known = "requests, snapshot, violations, faults, or clock (of a sandbox with virtual time)"
            return HttpResponse(status=404).with_json({"message": known})
    return HttpResponse(status=204)


def _ok(content: Any) -> HttpResponse:
    return HttpResponse(status=200).with_json(content)
