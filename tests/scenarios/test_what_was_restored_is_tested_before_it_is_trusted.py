"""A truncated cache, or a mark that a job left before it died, fails `validate`, and the work is done."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import InputError
from action_patterns.ports.processes import Ended
from support.editions import WITH_LEASES, only_on, without_github
from support.skip_stage import Job, alone, night, skip
from support.stage import stage

GOOD, BAD = Ended(exit_code=0), Ended(exit_code=1, output="dist.tar: unexpected end of file")
CACHE = {"backend": "cache", "key": None}
ALONE = without_github(why="A cache asks GitHub nothing.")


@ALONE
@pytest.mark.parametrize(
    ("hit", "commands", "reason"),
    [
        ("true", [GOOD], "restored"),
        ("true", [BAD], "invalid"),
        ("true", [Ended(exit_code=124, timed_out=True)], "invalid"),
        ("false", [], "not-restored"),
        ("", [], "not-restored"),
        ("TRUE", [], "not-restored"),
        (None, [], "not-restored"),
    ],
)
def test_only_an_exact_hit_that_passes_is_trusted(hit: str | None, commands: list[Ended], reason: str) -> None:
    with alone() as scene:
        found = skip(scene, "check", Job(commands=commands), hit=hit, validate_="tar -tf dist.tar", **CACHE).outputs
        assert (found.skip, found.reason, found.claim) == (reason == "restored", reason, None)


@ALONE
def test_a_digest_of_an_earlier_step_is_enough() -> None:
    with alone() as scene:
        digest = skip(scene, "digest").outputs.digest
        found = skip(scene, "check", digest=digest, hit="true", **CACHE).outputs
        assert (found.skip, found.digest) == (True, digest)


@ALONE
def test_forced_work_is_done_though_it_was_restored() -> None:
    with alone() as scene:
        assert skip(scene, "check", hit="true", force=True, **CACHE).outputs.reason == "forced"


@ALONE
@pytest.mark.parametrize(
    ("mode", "inputs", "said"),
    [
        ("check", {"max_age": "7d", **CACHE}, "`max-age` has no effect with `backend: cache`"),
        ("check", {"hit": "true"}, "`hit` has no effect with `backend: store`"),
        ("complete", {"backend": "cache"}, "the cache itself is the proof"),
        ("digest", {"hit": "true"}, "`hit` has no effect with `mode: digest`"),
        ("check", {"digest": "abc", "files": ""}, "`digest` is 'abc'"),
        ("check", {"digest": "a" * 64, "files": "src/**"}, "`digest` and `files` are given"),
    ],
)
def test_an_input_without_effect_is_refused(mode: str, inputs: dict[str, Any], said: str) -> None:
    with alone() as scene, pytest.raises(InputError, match=said):
        skip(scene, mode, **inputs)


@only_on(*WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others.")
def test_a_proof_too_is_trusted_only_if_what_the_work_left_passes() -> None:
    with stage() as scene:
        night(scene, Job(run_id=1))
        bad = skip(scene, "check", Job(run_id=2, commands=[BAD]), validate_="test -f dist.tar")
        assert (bad.outputs.skip, bad.outputs.reason) == (False, "invalid")
        assert bad.annotations[0].level == "warning"
        assert skip(scene, "check", Job(run_id=2, commands=[GOOD]), validate_="test -f dist.tar").outputs.skip


@only_on(*WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others.")
def test_validate_runs_only_where_the_work_would_be_skipped() -> None:
    with stage() as scene:
        assert skip(scene, "check", Job(commands=[]), validate_="exit 1").outputs.reason == "not-proved"
