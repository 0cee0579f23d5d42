"""Checks of REST requests and responses against GitHub's OpenAPI description, trimmed to the served routes."""

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


# Known gaps of the published description: GitHub sends or accepts these, and the description does not allow them.
# (side, pattern of the path, pattern of the problem).
ALLOWED = (
    # An author who is not a GitHub user is null; the description allows a user or an empty object.
    ("reply", re.compile(r""), re.compile(r"\b(author|committer): None is not valid under any")),
    # state_reason is nullable, but its enum does not contain null.
    ("reply", re.compile(r"/issues/|/issues$"), re.compile(r"^state_reason: None is not one of")),
    # The conclusion of a job that has not ended is null, and its enum does not contain null either.
    ("reply", re.compile(r"/jobs$"), re.compile(r"^jobs\.\d+\.conclusion: None is not one of")),
    # A label that GitHub created with an issue has no description; pull-request-simple requires a text.
    ("reply", re.compile(r"/pulls"), re.compile(r"labels\.\d+\.description: None ")),
    # PyGithub sends a bare array of names, and GitHub accepts it.
    ("request", re.compile(r"/issues/\d+/labels$"), re.compile(r"^: \[.*is not valid under any")),
    # null removes the milestone. nullable stands beside oneOf, which openapi-core ignores.
    ("request", re.compile(r"/issues/\d+$"), re.compile(r"^milestone: None is not valid")),
    # The description has two shapes for the same refusal, and they do not exclude each other.
    ("reply", re.compile(r"/contents/"), re.compile(r"^: \{.*'status': '409'")),
    # The list describes an account as a user and an enterprise at once.
    ("reply", re.compile(r"^/app/installations$"), re.compile(r"account: '\w+' is a required property")),
    # The root folder has no template: GitHub answers GET .../contents like .../contents/{path}.
    ("", re.compile(r"/contents$"), re.compile(r"PathNotFound")),
)


_ADDRESS = re.compile(rb"://[\w.:/-]+")
_ID_OR_TIME = re.compile(rb"\b[0-9a-f]{40}\b|\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
"""The parts that differ between sandboxes and that the description does not restrict: addresses, object ids, times."""
_REPOSITORY = re.compile(r"^/repos/[^/]+/[^/]+")
_SAYS_NOTHING = {"nullable", "description", "example", "examples", "default", "deprecated", "title", "readOnly"}
"""The parts of a schema that restrict no value, beside its type."""


def _unrestricted(document: Any) -> dict[str, set[str]]:
    """Return the names of properties that may be any string, and any integer, at every place of the description."""
    found: dict[str, set[str]] = {}

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            properties = node.get("properties")
            for name, schema in properties.items() if isinstance(properties, dict) else ():
                of_type = isinstance(schema, dict) and not schema.keys() - _SAYS_NOTHING - {"type"}
                found.setdefault(name, set()).add(str(schema.get("type", "")) if of_type else "")
            for part in node.values():
                visit(part)
        elif isinstance(node, list):
            for part in node:
                visit(part)

    visit(document)
    return {kind: {name for name, kinds in found.items() if kinds == {kind}} for kind in ("string", "integer")}


class Contract:
    """The check. openapi-core is not thread safe, so one lock surrounds each check.

    A check takes longer than the request, and thousands of requests are equal. So a valid pair of request and response
    is not checked a second time.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        from github_sandbox.contract_schemas import description  # what it imports takes long

        self._lock = threading.Lock()
        self._valid: set[bytes] = set()
        self._api = description(document)
        free = {kind: "|".join(map(re.escape, sorted(names))) for kind, names in _unrestricted(document).items()}
        # It begins with a quote, not with what is before it: `re` then looks only where one is.
        self._unrestricted = re.compile(
            rb'"(?<=[{ ,]")(?:(%s)":\s?"(?:[^"\\]|\\.)*"|(%s)":\s?\d{1,15}(?![\d.eE]))'
            % (free["string"].encode(), free["integer"].encode())
        )

    def check(self, method: str, path: str, query: str, body: bytes, status: int, reply: bytes) -> list[str]:
        """Return one line per problem. An accepted request is checked, and a response with a body.

        Redirects and the /repositories/{id} form they lead to are not in the description, so they are not
        checked.
        """
        if path.startswith("/repositories/") or status in (301, 304, 307):
            return []
        place = _REPOSITORY.sub("/repos", path)
        exchange = b"\0".join([method.encode(), place.encode(), query.encode(), b"%d" % status, body, reply])
        form = _ID_OR_TIME.sub(b"", _ADDRESS.sub(b"://", self._unrestricted.sub(rb'"\1\2', exchange)))
        key = hashlib.blake2b(form, digest_size=16).digest()
        if key in self._valid:
            return []
        problems = self._problems(method, path, query, body, status, reply)
        if not problems:
            self._valid.add(key)
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
        return True  # a refusal that GitHub sends without documenting it for that route
    return any(s in ("", side) and where.search(path) and what.search(problem) for s, where, what in ALLOWED)


@lru_cache(maxsize=1)
def contract() -> Contract:
    """Return the check over the trimmed description, loaded on first use."""
    from github_sandbox.schemas import openapi_document

    return Contract(openapi_document())
