"""Plans, records and reports are recognised by what they are."""

from __future__ import annotations

import json

import pytest

from action_patterns.content.own_documents import kind_of
from action_patterns.report.build import build
from action_patterns.report.render import junit
from support.report_builders import context, plan, record

RENDERED = build(plan("acme/a"), [record(0, "acme/a")], context())


def laid_out_otherwise(text: str) -> bytes:
    document = json.loads(text)
    return b"\xef\xbb\xbf\n" + json.dumps(dict(sorted(document.items(), reverse=True)), indent=4).encode()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("plan", plan("acme/a").encode()),
        ("record", record(0, "acme/a").encode()),
        ("report", RENDERED.report.encode()),
    ],
)
def test_a_document_of_ours_in_any_layout(kind: str, text: str) -> None:
    assert kind_of(text.encode()) == kind
    assert kind_of(laid_out_otherwise(text)) == kind


def test_a_report_for_people_and_for_other_tools() -> None:
    assert kind_of(RENDERED.html.encode()) == "report"
    assert kind_of(junit.render(RENDERED.report).encode()) == "report"


def test_a_document_that_was_cut_off() -> None:
    assert kind_of(plan("acme/a").encode()[:150].encode()) == "record"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b'{"schema_version": 1}',
        b'{"schema_version": 1, "plan_id": "x"}',
        b'{"schema_version": 1, "plan_id": "x", "roster": []}',
        b'["schema_version", "plan_id"]',
        b'{"a": {"schema_version": 1, "plan_id": 1, "roster": 1, "packing": 1}}',
        b"<!doctype html><html><head></head></html>",
        b'<?xml version="1.0"?><testsuites><testsuite/></testsuites>',
        b"plan_id: 1\nschema_version: 1\n",
        b"{" * 100_000 + b'"schema_version" "plan_id"',
    ],
)
def test_a_file_of_other_tools(content: bytes) -> None:
    assert kind_of(content) is None
