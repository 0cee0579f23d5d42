"""Answers of GitHub to a read that leave open whether a thing exists."""

from __future__ import annotations

from typing import Any

from github_sandbox import Fault, Sandbox

REFUSALS: dict[str, dict[str, Any]] = {
    "bad credentials": {"status": 401, "body": {"message": "Bad credentials"}},
    "no right": {"status": 403, "body": {"message": "Resource not accessible by integration"}},
    "bad gateway": {"status": 502, "body": {"message": "Server Error"}},
    "hidden": {
        "status": 200,
        "body": {
            "data": {"repository": None},
            "errors": [{"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve"}],
        },
    },
    "no ref and an error": {
        "status": 200,
        "body": {
            "data": {"repository": {"id": "R_1", "ref": None}},
            "errors": [{"type": "FORBIDDEN", "path": ["repository", "ref"], "message": "Resource protected"}],
        },
    },
    "no data": {"status": 200, "body": {"data": None}},
    "no repository": {"status": 200, "body": {"data": {"repository": None}}},
}


def blind(sandbox: Sandbox, name: str) -> None:
    """Let every read of a ref that carries a text meet a refusal, over GraphQL and over REST."""
    sandbox.faults.add(Fault(path=r"/graphql$|/git/(ref|matching-refs)/", times=1_000, **REFUSALS[name]))
