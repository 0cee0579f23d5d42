"""Two legs of one run: the one that did not begin has no claim, so it neither completes nor fails the other's work."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from support.marker_stage import NO_CLAIM, once, the_marker
from support.stage import stage


@pytest.mark.parametrize("mode", ["complete", "fail"])
@pytest.mark.parametrize("claim", ["", NO_CLAIM])
def test_the_other_leg_is_refused_and_the_first_goes_on(mode: str, claim: str) -> None:
    with stage() as scene:
        first = once(scene, "begin").outputs
        second = once(scene, "begin").outputs
        assert (first.begun, second.begun, second.claim) == (True, False, None)
        if claim:
            finish = once(scene, mode, claim=claim)
            assert (finish.outputs.reason, finish.exit_code) == ("not-holder", 1)
        else:
            with pytest.raises(InputError, match="`claim` is not given"):
                once(scene, mode, claim=claim)
        assert the_marker(scene).state == "pending"
        assert once(scene, "fail", claim=first.claim).outputs.reason == "given-up"
        assert once(scene, "begin", run_id=70_002).outputs.begun, "a later run does the work"


def test_a_claim_ends_with_the_next_begin() -> None:
    with stage() as scene:
        first = once(scene, "begin").outputs
        rerun = once(scene, "begin", attempt=2).outputs
        assert rerun.begun and rerun.claim != first.claim
        assert once(scene, "complete", attempt=1, claim=first.claim).outputs.reason == "not-holder"
        assert once(scene, "complete", attempt=2, claim=rerun.claim).outputs.completed
        assert once(scene, "complete", attempt=2, claim=rerun.claim).outputs.outcome == "unchanged"


def test_a_claim_passes_between_jobs_as_it_is() -> None:
    """A masked value would be dropped, and so would one that a masked value is a part of: a token, say."""
    with stage() as scene:
        claim = once(scene, "begin").outputs.claim
        assert claim is not None
        assert len(claim) == 16 and set(claim) <= set("0123456789abcdef")
        assert claim not in scene.said.__dict__.get("hidden", ())
