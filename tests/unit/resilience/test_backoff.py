from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from action_patterns.resilience.backoff import CAP_SECONDS, backoff_seconds


@given(st.integers(1, 30), st.floats(0, 1, exclude_max=True))
def test_backoff_has_full_jitter_below_a_bound_that_doubles_up_to_its_cap(attempt: int, random: float) -> None:
    assert backoff_seconds(attempt, random) == random * min(CAP_SECONDS, 2.0**attempt)
