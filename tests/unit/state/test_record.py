from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.errors import ConflictError
from action_patterns.state.once import OnceRecord
from action_patterns.state.record import Holder, read

HOLDER = Holder(repository="acme/api", run_id=7, attempt=2, url="https://x/runs/7/attempts/2")
MARKER = OnceRecord(operation="announce", state="completed", holder=HOLDER, since=datetime(2026, 7, 10, tzinfo=UTC))
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts, texts, st.none() | st.integers(1, 9_999))
def test_a_marker_survives_its_message(operation: str, metadata: str, ttl_days: int | None) -> None:
    marker = MARKER.model_copy(update={"operation": operation, "metadata": metadata, "ttl_days": ttl_days})
    message = marker.message() + "\nNonce: 00\n"
    assert read(OnceRecord, message, name="refs/x") == marker


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Merge pull request #1",
        "{}",
        '{"version":2}',
        MARKER.message().replace('"version": 1', '"version": 2'),
        "{broken",
    ],
)
def test_what_cannot_be_read_is_an_error_and_never_absent(message: str) -> None:
    with pytest.raises(ConflictError, match="refs/x") as caught:
        read(OnceRecord, message, name="refs/x")
    assert "Do not treat it as absent" in caught.value.remediation


def test_the_stored_text_is_golden() -> None:
    """Records in the field outlive the version that wrote them."""
    assert MARKER.message() == (
        "once: announce: completed\n\n"
        '{"version": 1, "operation": "announce", "state": "completed", "holder": {"repository": "acme/api",'
        ' "repository_id": "", "run_id": 7, "attempt": 2,'
        ' "url": "https://x/runs/7/attempts/2"}, "since": "2026-07-10T00:00:00Z", "ttl_days": null,'
        ' "metadata": "", "claim": "", "runner": "", "lease_seconds": null, "renewed_at": null}\n'
    )
