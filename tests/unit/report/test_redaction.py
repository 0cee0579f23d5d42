"""A secret in a value is gone from every channel: escaped or cut in half it could not be found any more."""

from __future__ import annotations

import re

import pytest

from action_patterns.contracts import ErrorRecord, RunReport
from action_patterns.escape import CODE_CHARACTERS, MESSAGE_CHARACTERS
from action_patterns.redaction import Secrets
from action_patterns.report.build import build
from action_patterns.report.render import comment, junit
from action_patterns.report.render.headline import NOTE_CHARACTERS
from action_patterns.report.render.view import Page
from support.report_builders import SERVER, context, job, plan, record

TOKEN = "ghs_16C7_e42F292c6912_E7710c838347Ae178B4a"


def channels(text: str, reason: str) -> tuple[RunReport, dict[str, str]]:
    """A run in which whatever others may write is this text."""
    secrets = Secrets()
    secrets.add(TOKEN)
    error = ErrorRecord(category="conflict", message=text, remediation=text, retryable=False, request_id=text)
    outcomes = ("failed", "blocked", "deferred", "updated", "planned", "skipped", "unchanged")
    names = [f"acme/{index}" for index in range(len(outcomes))]
    records = [
        record(
            index,
            names[index],
            outcome,
            reason=reason,
            message=text,
            error=error if outcome in ("failed", "blocked", "deferred") else None,
            changed_fields=(text,),
            files=(text,),
            planned_requests=(text,),
        )
        for index, outcome in enumerate(outcomes)
    ]
    told = build(
        plan(*names, name=text),
        records,
        context(),
        notes=(text,),
        nothing_to_compare=text,
        redact=secrets.redact,
        jobs=[job(index, url=f"{SERVER}/{text.replace(' ', '/')}") for index in range(len(outcomes))],
    )
    page = Page(context=context())
    return told.report, {
        "summary": told.markdown,
        "log": told.text,
        "HTML": told.html,
        "JSON": told.report.encode(),
        "JUnit": junit.render(told.report),
        "comment": comment.fit(told.report, page),
    }


@pytest.mark.parametrize("limit", [12, CODE_CHARACTERS, MESSAGE_CHARACTERS, NOTE_CHARACTERS])
def test_no_channel_shows_a_token_or_a_part_of_one(limit: int) -> None:
    text = f"{'x' * (limit - 12)} {TOKEN} y"  # from the second limit on, the token lies across what is clipped there
    report, told = channels(text, f"{'x' * (CODE_CHARACTERS - 12)} {TOKEN}")
    for channel, rendered in told.items():
        plain = re.sub(r"[\\\u2060\s]", "", rendered)
        assert "ghs_" not in plain, channel
        assert "***" in plain, channel
    assert report.verdict == "partial"


def test_words_of_a_closed_set_are_not_taken_for_texts() -> None:
    redacted = record(0, "acme/updated", "updated", message="updated").redacted(
        lambda text: text.replace("updated", "***")
    )
    assert (redacted.outcome, redacted.target, redacted.message) == ("updated", "acme/***", "***")
