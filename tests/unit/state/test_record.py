from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.errors import ConflictError
from action_patterns.state.record import Holder, StateRecord, read, redact

HOLDER = Holder(repository="acme/api", run_id=7, attempt=2, url="https://x/runs/7/attempts/2")
MARKER = StateRecord(operation="announce", state="completed", holder=HOLDER, since=datetime(2026, 7, 10, tzinfo=UTC))
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts, texts, st.none() | st.integers(1, 9_999))
def test_a_marker_survives_its_message(operation: str, metadata: str, ttl_days: int | None) -> None:
    marker = MARKER.model_copy(update={"operation": operation, "metadata": metadata, "ttl_days": ttl_days})
    message = marker.message() + "\nNonce: 00\n"
    assert read(message, name="refs/x") == marker


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
        read(message, name="refs/x")
    assert "Do not treat it as absent" in caught.value.remediation


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_0123456789abcdefghij0123456789abcdef",
        "ghs_0123456789abcdefghij0123456789abcdef",
        "github_pat_11ABCDEFG0123456789_abcdefghij",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjMifQ.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE",
    ],
)
def test_what_looks_like_a_secret_is_replaced(secret: str) -> None:
    assert redact(f"see {secret}", ()) == "see ***"


def test_secrets_in_addresses_and_headers_are_replaced() -> None:
    assert redact("https://bot:hunter2@example.com/x", ()) == "https://***@example.com/x"
    assert redact("Authorization: Bearer abcdef123456", ()) == "Authorization: Bearer ***"


def test_known_secrets_are_replaced_and_the_rest_is_kept() -> None:
    assert redact("used hush for v1.0.0 (https://x/runs/7)", ["hush", ""]) == "used *** for v1.0.0 (https://x/runs/7)"
