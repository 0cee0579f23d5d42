"""Each row of the ledger's decisions: which targets a claim takes, and what is kept of an end."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.state.ledger.record import Claim, Entry
from action_patterns.state.ledger.table import (
    ClaimRequest,
    Ended,
    Finished,
    FinishRequest,
    Wanted,
    claim,
    clean,
    counts,
    finish,
    free,
    is_expired,
    suspects,
)
from action_patterns.state.record import Holder

HOUR = 3_600
NOW = 100 * HOUR


def step(name: str = "us", *, run_id: int = 1, attempt: int = 1, lease: int = 6 * HOUR) -> Claim:
    url = f"https://github.com/acme/api/actions/runs/{run_id}"
    return Claim(name, Holder(repository="acme/api", run_id=run_id, attempt=attempt, url=url), "work", lease)


US, OTHER = step(), step("other", run_id=2)
PENDING = Entry("pending", "d", NOW - HOUR, OTHER)


def claimed(entry: Entry | None, *, digest: str = "d", us: Claim = US, **request: Any) -> tuple[str, Entry | None]:
    """Return how a claim of one target ends, and the target after it."""
    table = {} if entry is None else {"t": entry}
    asked = ClaimRequest(us=us, wanted=(Wanted("t", digest),), now=NOW, **request)
    after, answer = claim(table, asked)
    (kind,) = [name for name in ("todo", "done", "parked", "held") if getattr(answer, name)]
    assert getattr(answer, kind) == ("t",)
    if kind != "todo":
        assert after == table
    return ("resumed" if answer.resumed else kind), after.get("t")


OURS = Entry("pending", "d", NOW, US)


@pytest.mark.parametrize(
    ("entry", "digest", "kind", "after"),
    [
        (None, "d", "todo", OURS),
        (Entry("done", "d", 1), "d", "done", None),
        (Entry("done", "d", 1), "e", "todo", OURS._replace(digest="e")),
        (Entry("parked", "d", 1, OTHER, 3, "tests"), "d", "parked", None),
        (Entry("parked", "d", 1, OTHER, 3, "tests"), "e", "todo", OURS._replace(digest="e")),
        (Entry("failed", "d", 1, OTHER, 2, "tests"), "d", "todo", OURS._replace(failures=2, reason="tests")),
        (Entry("failed", "d", 1, OTHER, 2, "tests"), "e", "todo", OURS._replace(digest="e")),
        (Entry("released", "d", 1, OTHER, 1, "tests"), "d", "todo", OURS._replace(failures=1, reason="tests")),
        (PENDING, "d", "held", None),
        (PENDING, "e", "held", None),
        (PENDING._replace(at=NOW - 6 * HOUR + 1), "d", "held", None),
        (PENDING._replace(at=NOW - 6 * HOUR), "d", "resumed", OURS),
        (
            PENDING._replace(at=NOW - 6 * HOUR, failures=1, reason="x"),
            "d",
            "resumed",
            OURS._replace(failures=1, reason="x"),
        ),
        (PENDING._replace(by=step("before")), "d", "held", None),
        (PENDING._replace(by=US), "d", "todo", OURS),
    ],
)
def test_a_claim_takes_what_is_left(entry: Entry | None, digest: str, kind: str, after: Entry | None) -> None:
    assert claimed(entry, digest=digest) == (kind, entry if after is None else after)


def test_an_earlier_attempt_of_this_run_is_dead_and_another_job_of_it_is_not() -> None:
    again = step("again", attempt=2)
    assert claimed(PENDING._replace(by=step("before")), us=again)[0] == "resumed"
    assert claimed(PENDING._replace(by=step("beside", attempt=2)), us=again)[0] == "held"
    assert claimed(PENDING._replace(by=step("later", attempt=3)), us=again)[0] == "held"
    assert claimed(PENDING._replace(by=step("other", run_id=2)), us=again)[0] == "held"


def test_a_claim_whose_run_is_over_is_dead() -> None:
    assert claimed(PENDING, over=frozenset({"other"}))[0] == "resumed"
    assert claimed(PENDING, over=frozenset({"another"}))[0] == "held"


def test_only_living_claims_of_other_runs_are_asked_about_and_each_once() -> None:
    expired = PENDING._replace(at=0, by=step("expired", run_id=3))
    table = {"a": PENDING, "b": PENDING, "c": OURS, "d": Entry("failed", "d", 1, step("f", run_id=4)), "e": expired}
    table |= {"f": PENDING._replace(by=step("beside")), "not wanted": PENDING._replace(by=step("x", run_id=5))}
    wanted = tuple(Wanted(name, "d") for name in "abcdefg")
    assert suspects(table, ClaimRequest(us=US, wanted=wanted, now=NOW)) == (OTHER,)


FAILED = Entry("failed", "d", NOW - 1, US, 1, "tests")


def ended(entry: Entry | None, end: Any, reason: str = "", *, us: Claim = US, park_after: int = 0) -> tuple[str, Any]:
    """Return how a finish of one target ends, and the target after it."""
    table = {} if entry is None else {"t": entry}
    asked = FinishRequest(us=us, ends={"t": Ended(end, reason)}, now=NOW, park_after=park_after)
    after, answer = finish(table, asked)
    (kind,) = [name for name in Finished.__dataclass_fields__ if getattr(answer, name)]
    if kind in ("unchanged", "lost", "unknown"):
        assert after == table
        return kind, None
    assert after["t"].state == kind
    return kind, after["t"]


@pytest.mark.parametrize(
    ("entry", "end", "expected"),
    [
        (OURS, "done", Entry("done", "d", NOW)),
        (OURS._replace(failures=2, reason="x"), "done", Entry("done", "d", NOW)),
        (OURS, "failed", Entry("failed", "d", NOW, US, 1, "why")),
        (OURS._replace(failures=2, reason="x"), "failed", Entry("failed", "d", NOW, US, 3, "why")),
        (OURS, "released", Entry("released", "d", NOW, US)),
        (OURS._replace(failures=2, reason="x"), "released", Entry("released", "d", NOW, US, 2, "x")),
        (None, "done", "unknown"),
        (None, "failed", "unknown"),
        (None, "released", "unchanged"),
        (PENDING, "done", "lost"),
        (PENDING, "failed", "lost"),
        (PENDING, "released", "lost"),
        (Entry("failed", "d", 1, OTHER, 1), "done", "lost"),
        (Entry("done", "d", 1), "done", "unchanged"),
        (Entry("done", "d", 1), "failed", "unchanged"),
        (FAILED, "failed", "unchanged"),
        (FAILED, "released", "unchanged"),
        (FAILED, "done", Entry("done", "d", NOW)),
        (FAILED._replace(state="parked"), "failed", "unchanged"),
        (FAILED._replace(state="released"), "failed", Entry("failed", "d", NOW, US, 2, "why")),
        (FAILED._replace(state="released"), "done", Entry("done", "d", NOW)),
        (FAILED._replace(state="released"), "released", "unchanged"),
    ],
)
def test_an_end_is_kept_by_the_claim_that_has_the_target(entry: Entry | None, end: str, expected: Any) -> None:
    kind, after = ended(entry, end, "why")
    assert (kind if isinstance(expected, str) else after) == expected


def test_a_rerun_of_a_failed_job_counts_as_a_further_failure_and_may_succeed() -> None:
    again = step(attempt=2)
    assert ended(FAILED, "failed", "why", us=again) == ("failed", Entry("failed", "d", NOW, again, 2, "why"))
    assert ended(FAILED, "done", us=again)[1] == Entry("done", "d", NOW)


@pytest.mark.parametrize(
    ("before", "park_after", "state"), [(1, 3, "failed"), (2, 3, "parked"), (5, 3, "parked"), (9, 0, "failed")]
)
def test_a_target_is_parked_after_so_many_failures(before: int, park_after: int, state: str) -> None:
    kind, after = ended(OURS._replace(failures=before), "failed", "why", park_after=park_after)
    assert (kind, after.failures, after.reason, after.by) == (state, before + 1, "why", US)


def test_a_long_reason_is_cut() -> None:
    assert len(ended(OURS, "failed", "x" * 500)[1].reason) == 200


def test_only_failed_and_parked_targets_are_freed() -> None:
    table = {
        "a": Entry("failed", "d", 1, US, 1),
        "b": Entry("parked", "d", 1, US, 3),
        "c": Entry("done", "d", 1),
        "d": PENDING,
        "e": Entry("parked", "d", 1, US, 3),
    }
    after, freed = free(table, ["a", "b", "c", "d", "none"])
    assert freed == ("a", "b")
    assert set(after) == {"c", "d", "e"}


def test_cleaning_keeps_what_is_young_or_may_live() -> None:
    old = NOW - 50 * HOUR
    table = {
        "old done": Entry("done", "d", old),
        "young done": Entry("done", "d", old + 1),
        "old failed": Entry("failed", "d", old, US, 1),
        "old parked": Entry("parked", "d", old, US, 3),
        "old dead": Entry("pending", "d", old, US),
        "old living": Entry("pending", "d", old, step("long", lease=50 * HOUR + 1)),
        "young dead": Entry("pending", "d", NOW - 10 * HOUR, US),
    }
    after, litter = clean(table, NOW, older_than_seconds=50 * HOUR, prefix="")
    assert set(litter) == {"old done", "old failed", "old parked", "old dead"}
    assert set(after) == set(table) - set(litter)
    assert clean(table, NOW, older_than_seconds=50 * HOUR, prefix="old d")[1] == ("old done", "old dead")
    assert set(clean(table, NOW, older_than_seconds=0, prefix="")[0]) == {"old living"}


def test_states_are_counted() -> None:
    assert counts([PENDING, FAILED, FAILED]) == {"pending": 1, "done": 0, "failed": 2, "parked": 0, "released": 0}


def test_a_target_without_a_claim_never_expires() -> None:
    assert not is_expired(Entry("done", "d", 0), NOW)
