"""One request from arrival to answer: faults, secondary limits, the effect, the record."""

from __future__ import annotations

import itertools
import threading
import traceback
from contextlib import nullcontext

from github_sandbox import limits, spoiling, subject
from github_sandbox.exchange import Answer, Incoming, json_answer
from github_sandbox.fault_kinds import SECONDARY, refusal
from github_sandbox.faults import Fault, Occasion
from github_sandbox.history_view import HistoryView
from github_sandbox.request_log import CONTENT, READ, WRITE, RequestRecord
from github_sandbox.services import Services
from github_sandbox.subject import GIT_AREA, GRAPHQL_AREA, Subject

__all__ = ["Answer", "Dispatcher", "Incoming"]

INSIDE = "/_sandbox"
BLOCKED_CONTENT = (
    "You have exceeded a secondary rate limit and have been temporarily blocked from content creation."
    " Please retry your request again later."
)


class Dispatcher:
    """Serves one services. Thread safe: every effect happens under the world's lock.

    ``closing``: set when the server stops, which ends every delay.
    """

    def __init__(self, services: Services, closing: threading.Event | None = None) -> None:
        self._services = services
        self._numbers = itertools.count(1)
        self._closing = closing or threading.Event()

    def handle(self, incoming: Incoming) -> Answer:
        if incoming.path.startswith(INSIDE):
            from github_sandbox import inspection_http

            return inspection_http.handle(self._services, incoming)
        about = subject.of(self._services, incoming)
        caller = about.token.budget_key if about.token else None
        ledger = self._services.ledger
        refused = ledger.enter(caller, about.classes)
        try:
            fault = self._services.faults.due(_occasion(incoming, about))
            answer = self._refusal(refused) if refused else self._troubled(incoming, about, fault)
        finally:
            ledger.leave(caller)
        answer.headers.setdefault("X-GitHub-Request-Id", f"5A4D:{next(self._numbers):06X}")
        self._record(incoming, about, answer, fault)
        return answer

    def _troubled(self, incoming: Incoming, about: Subject, fault: Fault | None) -> Answer:
        """The effect, with whatever the fault makes of it."""
        if fault is None:
            return self._effect(incoming, about)
        trouble = spoiling.replaced(fault, self._services.clock())
        if fault.when == "before":
            self._closing.wait(fault.delay + fault.hold_seconds)
            if trouble is not None:
                return trouble
        if fault.duplicate:
            self._record(incoming, about, self._effect(incoming, about), fault)
        answer = self._effect(incoming, about, stale=fault.stale)
        if fault.when == "after":
            self._closing.wait(fault.delay + fault.hold_seconds)
            answer = trouble or answer
        return spoiling.spoilt(fault, answer)

    def _effect(self, incoming: Incoming, about: Subject, *, stale: bool = False) -> Answer:
        services = self._services
        try:
            if about.area == GIT_AREA:
                from github_sandbox import git_http

                return git_http.handle(services, incoming, about.token, about.secret)
            with services.world.lock:
                if about.kind == WRITE:
                    services.world.next_turn()
                with self._seen_from(about, stale=stale):
                    if about.area == GRAPHQL_AREA:
                        from github_sandbox.graphql_api import serving

                        return serving.answer(services, incoming, about)
                    from github_sandbox.rest import serving as rest_serving

                    return rest_serving.answer(services, incoming, about)
        except Exception:  # noqa: BLE001 - a defect of the sandbox must be visible to its user
            return json_answer(Answer(500), {"message": "sandbox defect", "traceback": traceback.format_exc()})

    def _seen_from(self, about: Subject, *, stale: bool) -> nullcontext[None] | HistoryView:
        """The moment a read looks from: now, before the last write, or as far back as lists lag."""
        if about.kind != READ:
            return nullcontext()
        if stale:
            return HistoryView(self._services.world, None)
        if about.lists and self._services.lag.lists > 0:
            return HistoryView(self._services.world, self._services.clock() - self._services.lag.lists)
        return nullcontext()

    def _refusal(self, refused: limits.Refusal) -> Answer:
        enforced = self._services.limits
        message = BLOCKED_CONTENT if refused.limit.startswith(CONTENT.partition("-")[0]) else SECONDARY
        headers = {"Retry-After": str(refused.wait_seconds)} if enforced.retry_after else {}
        status = enforced.secondary_status
        return json_answer(Answer(status, headers), refusal(message, status))

    def _record(self, incoming: Incoming, about: Subject, answer: Answer, fault: Fault | None) -> None:
        self._services.requests.append(
            RequestRecord(
                method=incoming.method,
                path=about.path,
                query=incoming.query,
                route=about.route,
                operation=about.operation,
                kind=about.kind,
                status=0 if answer.cut else answer.status,
                token_login=about.token.account.login if about.token else None,
                graphql_operation=about.graphql.name if about.graphql else None,
                classes=about.classes,
                fault=fault.name if fault else None,
            )
        )


def _occasion(incoming: Incoming, about: Subject) -> Occasion:
    login = about.token.account.login if about.token else None
    return Occasion(incoming.method, about.path, about.route, about.names, about.classes, login)
