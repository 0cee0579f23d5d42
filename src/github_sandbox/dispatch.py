"""One request from arrival to response: secondary limits, faults, the effect, the request log."""

from __future__ import annotations

import itertools
import threading
import traceback
from contextlib import nullcontext
from email.utils import formatdate

from github_sandbox import fault_effects, limits, request_info
from github_sandbox.fault_kinds import SECONDARY, refusal
from github_sandbox.faults import Fault, RequestFacts
from github_sandbox.history_view import HistoryView
from github_sandbox.http_messages import HttpRequest, HttpResponse
from github_sandbox.request_info import GIT_AREA, GRAPHQL_AREA, RequestInfo
from github_sandbox.request_log import CONTENT, READ, WRITE, RequestRecord
from github_sandbox.services import Services

INSIDE = "/_sandbox"
BLOCKED_CONTENT = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content creation."
    " Please retry your request again later."
)


class Dispatcher:
    """Handles the requests to one sandbox. Thread safe: every effect happens under the world's lock.

    ``closing`` is set when the server stops, which ends every delay.
    """

    def __init__(self, services: Services, closing: threading.Event | None = None) -> None:
        self._services = services
        self._numbers = itertools.count(1)
        self._closing = closing or threading.Event()

    def handle(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(INSIDE):
            from github_sandbox import inspection_http

            return inspection_http.handle(self._services, request)
        info = request_info.describe(self._services, request)
        caller = info.token.budget_key if info.token else None
        ledger = self._services.ledger
        refused = ledger.enter(caller, info.classes)
        try:
            fault = self._services.faults.due(_facts(request, info))
            response = self._refusal(refused) if refused else self._with_fault(request, info, fault)
        finally:
            ledger.leave(caller)
        response.headers.setdefault("Date", formatdate(self._services.clock(), usegmt=True))
        response.headers.setdefault("X-GitHub-Request-Id", f"5A4D:{next(self._numbers):06X}")
        self._record(request, info, response, fault)
        return response

    def _with_fault(self, request: HttpRequest, info: RequestInfo, fault: Fault | None) -> HttpResponse:
        """Execute the request under the fault, and return the response that the client receives."""
        if fault is None:
            return self._effect(request, info)
        replacement = fault_effects.replacement(fault, self._services.clock())
        if fault.when == "before":
            self._closing.wait(fault.delay + fault.hold_seconds)
            if replacement is not None:
                return replacement
        if fault.duplicate:
            self._record(request, info, self._effect(request, info), fault)
        response = self._effect(request, info, stale=fault.stale)
        if fault.when == "after":
            self._closing.wait(fault.delay + fault.hold_seconds)
            response = replacement or response
        return fault_effects.damaged(fault, response)

    def _effect(self, request: HttpRequest, info: RequestInfo, *, stale: bool = False) -> HttpResponse:
        services = self._services
        try:
            if info.area == GIT_AREA:
                from github_sandbox import git_http

                return git_http.handle(services, request, info.token, info.secret)
            with services.world.lock:
                if info.kind == WRITE:
                    services.world.next_turn()
                with self._view(info, stale=stale):
                    if info.area == GRAPHQL_AREA:
                        from github_sandbox.graphql_api import serving

                        return serving.respond(services, request, info)
                    from github_sandbox.rest import serving as rest_serving

                    return rest_serving.respond(services, request, info)
        except Exception:  # noqa: BLE001 - the user must see a defect of the sandbox
            return HttpResponse(status=500).with_json(
                {"message": "sandbox defect", "traceback": traceback.format_exc()}
            )

    def _view(self, info: RequestInfo, *, stale: bool) -> nullcontext[None] | HistoryView:
        """Return the view a read gets: the state now, before the last write, or as long ago as lists lag."""
        if info.kind != READ:
            return nullcontext()
        if stale:
            return HistoryView(self._services.world, None)
        if info.lists and self._services.lag.lists > 0:
            return HistoryView(self._services.world, self._services.clock() - self._services.lag.lists)
        return nullcontext()

    def _refusal(self, refused: limits.Refusal) -> HttpResponse:
        enforced = self._services.limits
        message = BLOCKED_CONTENT if refused.limit.startswith(CONTENT.partition("-")[0]) else SECONDARY
        headers = {"Retry-After": str(refused.wait_seconds)} if enforced.retry_after else {}
        status = enforced.secondary_status
        return HttpResponse(status=status, headers=headers).with_json(refusal(message, status))

    def _record(self, request: HttpRequest, info: RequestInfo, response: HttpResponse, fault: Fault | None) -> None:
        self._services.requests.append(
            RequestRecord(
                method=request.method,
                path=info.path,
                query=request.query,
                route=info.route,
                operation=info.operation,
                kind=info.kind,
                status=0 if response.cut else response.status,
                token_login=info.token.account.login if info.token else None,
                graphql_operation=info.graphql.name if info.graphql else None,
                classes=info.classes,
                fault=fault.name if fault else None,
            )
        )


def _facts(request: HttpRequest, info: RequestInfo) -> RequestFacts:
    login = info.token.account.login if info.token else None
    return RequestFacts(
        method=request.method,
        path=info.path,
        route=info.route,
        names=info.names,
        classes=info.classes,
        token_login=login,
    )
