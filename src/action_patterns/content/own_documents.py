"""Documents that this product writes: plans, records and reports. They are recognised by their kind, not by their name.

They name every target, private ones too, and belong to a run. So they are no content of a pull request.
"""

from __future__ import annotations

import json

_SCHEMA, _PLAN_ID = b'"schema_version"', b'"plan_id"'
_KINDS = (
    ("plan", {"roster", "packing"}),
    ("report", {"verdict", "counts"}),
    ("record", {"target", "outcome"}),
)
"""Kind, and the keys that tell it from the others (see contracts)."""
_HEADER = {"schema_version", "plan_id"}

GENERATOR = '<meta name="generator" content="action-patterns">'
"""Line of every HTML report's head (HTML standard: "Standard metadata names", generator)."""
_JUNIT = (b"<testsuite", b'<property name="run"', b'<property name="commit"', b'<property name="verdict"')


def kind_of(content: bytes) -> str | None:
    """Return `plan`, `record` or `report` for a document of ours, in any layout; None for any other content."""
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{") and _SCHEMA in text and _PLAN_ID in text:
        return _json_kind(text)
    if text[:15].lower() == b"<!doctype html>" and GENERATOR.encode() in text[:2_000]:
        return "report"
    if text.startswith(b"<") and all(part in text for part in _JUNIT):
        return "report"
    return None


def _json_kind(text: bytes) -> str | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        # A document that was cut off names targets too; its first keys are the header.
        start = text[:200]
        return "record" if _SCHEMA in start and _PLAN_ID in start else None
    if isinstance(document, dict) and document.keys() >= _HEADER:
        return next((kind for kind, keys in _KINDS if document.keys() >= keys), None)
    return None
