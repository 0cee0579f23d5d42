"""Answers of GitHub to a read that leave open whether a thing exists."""

from __future__ import annotations

from typing import Any

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
