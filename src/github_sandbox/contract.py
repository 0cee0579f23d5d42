"""Checks an exchange against GitHub's published OpenAPI description, trimmed to the routes served here."""

from __future__ import annotations

import hashlib
import re
import threading
import urllib.parse
from functools import lru_cache
from typing import Any

_SLASHY = re.compile(
    r"^(/repos/[^/]+/[^/]+/(?:git/(?:ref|refs|matching-refs)|contents|compare|rules/branches|branches|commits))/"
    r"(.+?)(/check-runs|/rename)?$"
)
_COMMON_REFUSALS = {301, 304, 307, 400, 401, 403, 404, 405, 409, 422, 429}


# Known gaps of the published description. GitHub sends (or takes) these, the description does not allow them:
# (side, where in the path, what the problem says).
ALLOWED = (
    # An author who is no GitHub user is null; the description lists a user or an empty object.
    ("reply", re.compile(r""), re.compile(r"\b(author|committer): None is not valid under any")),
    # state_reason is nullable, but its enum does not contain null.
    ("reply", re.compile(r"/issues/|/issues$"), re.compile(r"^state_reason: None is not one of")),
    # So is the conclusion of a job that has not ended.
    ("reply", re.compile(r"/jobs$"), re.compile(r"^jobs\.\d+\.conclusion: None is not one of")),
    # A label made by adding it to an issue has no description; pull-request-simple wants a text there.
    ("reply", re.compile(r"/pulls"), re.compile(r"labels\.\d+\.description: None ")),
    # A bare array of names, which PyGithub sends and GitHub takes.
    ("request", re.compile(r"/issues/\d+/labels$"), re.compile(r"^: \[.*is not valid under any")),
    # null takes the milestone off: nullable stands beside oneOf, where openapi-core does not look.
    ("request", re.compile(r"/issues/\d+$"), re.compile(r"^milestone: None is not valid")),
    # The same refusal is described twice, as one of two shapes that do not exclude each other.
    ("reply", re.compile(r"/contents/"), re.compile(r"^: \{.*'status': '409'")),
    # The list describes an account as a user and an enterprise at once.
    ("reply", re.compile(r"^/app/installations$"), re.compile(r"account: '\w+' is a required property")),
    # The root folder has no template of its own: GET .../contents answers like .../contents/{path}.
    ("", re.compile(r"/contents$"), re.compile(r"PathNotFound")),
)


_PASSING = re.compile(rb"(?<=://)[\w.:-]+|\b[0-9a-f]{40}\b|\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""What is another in every sandbox, and all the same to the description: its address, ids of objects, times."""


class Contract:
    """Not thread safe inside openapi-core: one lock around each check.

    A check takes longer than the exchange, and thousands of exchanges are equal: what was found to fit is not checked
    a second time.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        from openapi_core import Config, OpenAPI

        self._lock = threading.Lock()
        self._fitted: set[bytes] = set()
        self._api = OpenAPI.from_dict(document, config=Config(spec_validator_cls=None))

    def check(self, method: str, path: str, query: str, body: bytes, status: int, reply: bytes) -> list[str]:
        """One line per problem. The request is checked when it was accepted, the reply when it has a body.

        Redirects, and the /repositories/{id} form they lead to, are not described and not checked.
        """
        if path.startswith("/repositories/") or status in (301, 304, 307):
            return []
        exchange = b"\0".join([method.encode(), path.encode(), query.encode(), b"%d" % status, body, reply])
        key = hashlib.blake2b(_PASSING.sub(b"", exchange), digest_size=16).digest()
        if key in self._fitted:
            return []
        problems = self._problems(method, path, query, body, status, reply)
        if not problems:
            self._fitted.add(key)
        return problems

    def _problems(self, method: str, path: str, query: str, body: bytes, status: int, reply: bytes) -> list[str]:
        from openapi_core.testing import MockRequest, MockResponse

        if match := _SLASHY.match(path):
            path = f"{match[1]}/{urllib.parse.quote(urllib.parse.unquote(match[2]), safe='')}{match[3] or ''}"
        request = MockRequest(
            "https://api.github.com", method.lower(), path, args=dict(urllib.parse.parse_qsl(query)),
            data=body or None, content_type="application/json",
        )  # fmt: skip
        problems = []
        with self._lock:
            if status < 400:
                problems += self._run("request", self._api.validate_request, request)
            if reply:
                answer = MockResponse(data=reply, status_code=status, content_type="application/json")
                problems += self._run("reply", self._api.validate_response, request, answer)
        return [
            f"{method} {path} {status}: {side}: {problem}"
            for side, problem in problems
            if not _allowed(path, side, status, problem)
        ]

    def _run(self, side: str, check: Any, *arguments: Any) -> list[tuple[str, str]]:
        try:
            check(*arguments)
        except Exception as error:  # noqa: BLE001 - openapi-core's errors share no useful base
            details = getattr(error.__cause__, "schema_errors", None) or ()
            texts = [f"{'.'.join(map(str, e.absolute_path))}: {e.message[:160]}" for e in details]
            return [(side, text) for text in texts] or [(side, repr(error.__cause__ or error)[:240])]
        return []


def _allowed(path: str, side: str, status: int, problem: str) -> bool:
    if status in _COMMON_REFUSALS and "ResponseNotFound" in problem:
        return True  # a refusal GitHub gives without documenting it for that route
    return any(s in ("", side) and where.search(path) and what.search(problem) for s, where, what in ALLOWED)


@lru_cache(maxsize=1)
def contract() -> Contract:
    """The check over the trimmed description, loaded on first use."""
    from github_sandbox.schemas import openapi_document

    return Contract(openapi_document())
