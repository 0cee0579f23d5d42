"""Whatever happened before: a rerun changes nothing, a killed run is finished, and people lose nothing."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from action_patterns.pull_request.ownership.trailers import parse
from action_patterns.pull_request.reasons import BY_CODE
from action_patterns.pull_request.spec.desired import Desired
from support.fake_repository import KilledError, Moment
from support.sample import examples
from support.situations import Event, base_gets, desired_states, histories, lived, run

whatever = settings(deadline=None, max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])


def told(history: list[Event]) -> None:
    for event in history:
        note(event.__name__)


@whatever
@given(histories(), desired_states())
def test_a_second_run_writes_nothing(history: list[Event], desired_state: Desired) -> None:
    told(history)
    world = lived(history, desired_state)
    first = run(world, desired_state)
    note(f"first: {first.decision.outcome} {first.decision.reason} {world.github.journal}")
    world.github.journal.clear()
    second = run(world, desired_state)
    assert world.github.journal == []
    assert second.decision.outcome in ("unchanged", "skipped", "blocked")


@whatever
@given(histories(), desired_states())
def test_a_run_killed_at_any_write_is_finished_by_the_next(history: list[Event], desired_state: Desired) -> None:
    told(history)
    before = lived(history, desired_state)
    clean = deepcopy(before)
    run(clean, desired_state)
    note(f"clean: {clean.github.journal[len(before.github.journal) :]}")
    moments: tuple[Moment, ...] = ("before", "after")
    for moment in moments:
        for write in count(1):
            world = deepcopy(before)
            world.github.die(write, moment)
            try:
                run(world, desired_state)
            except KilledError:
                world.github.live()
                run(world, desired_state)
                assert world.repository.state() == clean.repository.state(), f"killed {moment} write {write}"
            else:
                break


@whatever
@given(histories(), desired_states())
def test_no_commit_of_a_person_is_lost(history: list[Event], desired_state: Desired) -> None:
    told(history)
    world = lived(history, desired_state)
    repository = world.repository

    def reachable() -> set[str]:
        tips = [*repository.refs.values(), *(p.head_oid for p in repository.pulls if p.state == "MERGED")]
        return {oid for tip in tips if tip in repository.commits for oid in repository.history(tip)}

    before = reachable() & repository.by_people
    run(world, desired_state)
    assert before <= reachable() or desired_state.policies.on_human_commits == "overwrite"


@whatever
@given(histories(), desired_states())
def test_what_people_wrote_outside_our_block_survives(history: list[Event], desired_state: Desired) -> None:
    told(history)
    world = lived(history, desired_state)
    kept = [
        (number, text)
        for text, number in (world.texts or {}).items()
        if text in world.repository.pull(number).title + world.repository.pull(number).body
    ]
    run(world, desired_state)
    for number, text in kept:
        pull = world.repository.pull(number)
        assert text in pull.title + pull.body


@whatever
@given(histories(), desired_states())
def test_afterwards_the_branch_is_one_commit_of_ours_with_the_desired_content(
    history: list[Event], desired_state: Desired
) -> None:
    told(history)
    world = lived(history, desired_state)
    ended = run(world, desired_state)
    if ended.decision.reason not in ("opened", "content", "fields", "up-to-date", "adopted", "reopened"):
        return
    assert ended.pull_request is not None
    pull = world.repository.pull(ended.pull_request.number)
    repository = world.repository
    assert pull.state == "OPEN"
    assert pull.base == (desired_state.base or "main")
    base, head = repository.history(repository.refs[pull.base]), repository.history(pull.head_oid)
    trailers = parse(repository.commits[pull.head_oid].message)
    files = repository.files(pull.head_oid)
    if trailers is None or trailers.kept or pull.head_oid in repository.by_people:
        assert desired_state.policies.on_human_commits != "overwrite"
        for change in desired_state.changes:
            assert files.get(change.path) == (None if change.mode is None else (change.mode, change.content))
        return
    parents = repository.commits[pull.head_oid].parents
    assert parents[-1] in base
    if world.always_leases:  # Otherwise what the branch was may be behind it.
        assert [oid for oid in head if oid not in base] == [pull.head_oid], "one commit, on top of a commit of the base"
    for change in desired_state.changes:
        if change.mode is None:
            assert change.path not in files
        elif change.path in ended.decision.files:
            assert files[change.path] == (change.mode, change.content)


@whatever
@given(histories(), desired_states(), st.booleans())
def test_a_base_that_moves_elsewhere_is_followed_where_that_is_desired(
    history: list[Event], desired_state: Desired, recheck: bool
) -> None:
    told(history)
    desired_state = replace(desired_state, policies=replace(desired_state.policies, on_base_moved="rewrite"))
    world = lived(history, desired_state)
    run(world, desired_state)
    for number in range(1 + recheck):
        base_gets("elsewhere.txt", f"{number}\n".encode(), desired_state.base or "main")(world)
    ended = run(world, desired_state)
    if ended.decision.reason not in ("content", "fields", "up-to-date") or ended.after_oid is None:
        return
    tip = world.repository.commits[ended.after_oid]
    trailers = parse(tip.message)
    if trailers is not None and not trailers.kept and ended.after_oid not in world.repository.by_people:
        assert tip.parents[-1] == world.repository.refs[desired_state.base or "main"]


@whatever
@given(histories(), desired_states())
def test_a_dry_run_writes_nothing_and_names_what_a_real_run_sends(history: list[Event], desired_state: Desired) -> None:
    told(history)
    world = lived(history, desired_state)
    world.github.journal.clear()
    planned = run(world, desired_state, dry_run=True)
    assert world.github.journal == []
    applied = run(world, desired_state)
    assert bool(planned.planned_requests) == bool(world.github.journal)
    assert planned.decision.outcome in ("planned", "blocked") or not world.github.journal
    assert planned.decision.reason in BY_CODE
    if applied.refused_fields != planned.refused_fields and planned.decision.reason == "fields":
        # GitHub refused the only fields that were left: no dry run can know that.
        assert applied.decision.reason in ("fields", "up-to-date")
    else:
        assert planned.decision.reason == applied.decision.reason
    if planned.decision.outcome == "planned":
        assert applied.decision.outcome in ("created", "updated", "closed") or applied.decision.reason == "up-to-date"
    else:
        assert planned.decision.outcome == applied.decision.outcome


@whatever
@given(histories(), desired_states())
def test_there_is_never_a_second_open_pull_request(history: list[Event], desired_state: Desired) -> None:
    told(history)
    world = lived(history, desired_state)
    run(world, desired_state)
    opened = [p for p in world.repository.pulls if p.state == "OPEN" and not p.foreign_head]
    assert len(opened) <= 1
