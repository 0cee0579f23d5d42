"""Documents that cross a process: equal documents are equal bytes, and what is not one is refused by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Plan, PlanEntry, RunReport, Target, TargetResult, document
from action_patterns.contracts.document import Document
from action_patterns.errors import InputError
from support.report_builders import plan
from support.report_builders import record as record_of


def record(index: int = 0, **fields: Any) -> TargetResult:
    return record_of(index, "acme/api", **fields)


WITH_FACTS = Target(
    repository="acme/api",
    types=("go", "node"),
    visibility="internal",
    pushed_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
    permission="maintain",
    properties={"team": "web", "tiers": ("1", "2")},
    has=("go.mod", "deploy/*.tf"),
    open_pull_request=True,
)
FACTS = plan().model_copy(update={"roster": (PlanEntry(index=0, target=WITH_FACTS, expected_head_oid=None),)})
DOCUMENTS: list[Document] = [plan("acme/api", "acme/web"), plan(), record(outcome="failed"), FACTS]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: type(d).__name__)
def test_a_document_is_read_back_as_it_was(document: Document) -> None:
    again = type(document).decode(document.encode(), name="x.json")
    assert again == document
    assert again.encode() == document.encode()
    assert again.digest() == document.digest()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_in_a_document_survives(text: str) -> None:
    document = record(message=text, reason=text)
    assert TargetResult.decode(document.encode(), name="x") == document


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema_version": 2}, "schema_version"),
        ({"surprise": 1}, "surprise"),
        ({"attempt": 0}, "attempt"),
        ({"outcome": "exploded"}, "outcome"),
        ({"started_at": "2026-07-01T00:00:00"}, "started_at"),
    ],
    ids=["another version", "an unknown key", "out of range", "an unknown word", "a time without a zone"],
)
def test_what_is_not_quite_a_document_is_refused(change: dict[str, Any], said: str) -> None:
    text = json.dumps(json.loads(record().encode()) | change)
    with pytest.raises(InputError) as refused:
        TargetResult.decode(text, name="a/b.json")
    (problem,) = refused.value.problems
    assert said in problem.what
    assert problem.file == "a/b.json"


@given(st.text())
def test_any_other_text_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        Plan.decode(text, name="plan.json")


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(InputError) as refused:
        TargetResult.decode("{}", name="x")
    assert len(refused.value.problems) == 6


@pytest.mark.parametrize("model", [Plan, TargetResult, RunReport])
def test_every_document_has_a_version_in_its_schema(model: type[Document]) -> None:
    schema = model.model_json_schema()
    assert schema["properties"]["schema_version"]["const"] == 1
    assert schema["additionalProperties"] is False


def test_a_document_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        plan().name = "x"  # type: ignore[misc]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"version":' * 50_000, '{"version": ' + "[" * 500 + "]" * 500 + "}"])
def test_a_text_that_is_nested_without_end_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        Plan.decode(text, name="plan.json")


def test_a_text_that_is_too_long_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_DOCUMENT_BYTES", 10)
    with pytest.raises(InputError, match=r"plan\.json has 11 characters; at most 10"):
        Plan.decode("[" * 11, name="plan.json")
