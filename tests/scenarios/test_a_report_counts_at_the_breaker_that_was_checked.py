"""A claim belongs to one breaker. A report with another key or repository would let the breaker never open."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from support.breaker_stage import breaker, record
from support.lock_stage import lock_stage


@pytest.mark.parametrize("other", [{"key": "registy"}, {"repository": "acme/web"}])
def test_a_report_with_another_key_or_repository_is_refused(other: dict[str, str]) -> None:
    with lock_stage() as play:
        checks = play.job(lambda job: breaker(job, "check").outputs)
        play.play()

        def report(given: dict[str, str]) -> str:
            claim = checks.result.claim
            return breaker(checks, "report", result="failure", claim=claim, **given).outputs.reason

        with pytest.raises(InputError) as caught:
            report(other)
        (problem,) = caught.value.problems
        assert "which no `check` of this breaker gave" in problem.what
        assert record(play) is None, "nothing was counted"
        assert report({}) == "counted"
        assert report({"key": " registry"} | {"repository": "ACME/api"}) == "reported-before", "the same breaker"
