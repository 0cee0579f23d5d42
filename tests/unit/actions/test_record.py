from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from action_patterns.actions.record import ACTION, Facts, RecordInputs, decide, run, validate
from action_patterns.contracts import TargetResult
from action_patterns.contracts.result import Recorder
from action_patterns.errors import InputError
from action_patterns.ports.bundle import Ports
from support.report_builders import context, items_plan, plan

PLAN = plan("acme/api", "Acme/Web", name="licences")
NOW = datetime(2026, 7, 1, tzinfo=UTC)
ID = Recorder("report", "licences").id


def given(**changes: Any) -> RecordInputs:
    values = {"target": "acme/api", "index": 0, "outcome": "updated", "reason": "done", **changes}
    return RecordInputs(**values)


@dataclass
class Disk:
    """Files in memory."""

    files: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        return self.files[path]

    def write(self, path: str, text: str) -> str:
        self.files[f"/temp/{path}"] = text.encode()
        return f"/temp/{path}"


class Quiet:
    """A log and a clock that say and tell the same every time."""

    def info(self, message: str) -> None: ...

    def redact(self, text: str) -> str:
        return text.replace("hunter2", "***")

    def now(self) -> datetime:
        return NOW


def ports(disk: Disk) -> Ports:
    quiet: Any = Quiet()
    nothing: Any = None
    files: Any = disk
    return Ports(
        context=context(),
        github=nothing,
        checkout=nothing,
        files=files,
        processes=nothing,
        machine=nothing,
        clock=quiet,
        log=quiet,
        random=nothing,
    )


def test_the_record_is_one_that_report_reads() -> None:
    disk = Disk({"plan.json": PLAN.encode().encode()})
    finish = run(
        given(
            plan="plan.json",
            message="All done.",
            pull_request_number=7,
            pull_request_url="https://github.com/acme/api/pull/7",
        ),
        ports(disk),
    )
    assert finish.outputs.path == f"/temp/action-patterns-records/report.licences.{ID}.00000-a2.json"
    assert finish.outputs.artifact_name == "licences-records-0-a2"
    assert finish.exit_code == 0
    read = TargetResult.decode(disk.files[finish.outputs.path].decode(), name="record")
    assert read == TargetResult(
        plan_id=PLAN.plan_id,
        index=0,
        target="acme/api",
        attempt=2,
        job="report",
        name="licences",
        outcome="updated",
        reason="done",
        message="All done.",
        pull_request_number=7,
        pull_request_url="https://github.com/acme/api/pull/7",
        finished_at=NOW,
    )


@pytest.mark.parametrize("outcome", ["failed", "blocked", "missing", "skipped"])
def test_no_outcome_fails_the_step(outcome: str) -> None:
    assert run(given(outcome=outcome), ports(Disk())).exit_code == 0


def test_a_tier_goes_into_the_record_beside_a_result_of_upsert_pr() -> None:
    result = TargetResult(plan_id="x", index=9, target="acme/api", attempt=1, outcome="created", reason="opened")
    facts = Facts(PLAN, context(), result)
    for made in (facts, facts._replace(result=None)):
        decided = decide(given(tier="cached", tier_index=2), made).result
        assert (decided.tier, decided.tier_index, decided.is_degraded) == ("cached", 2, True)
        without = decide(given(), made).result
        assert (without.tier, without.tier_index, without.is_degraded) == ("", None, False)


@pytest.mark.parametrize("changes", [{"tier": "Not a code"}, {"tier_index": 0}, {"tier_index": 1_001}])
def test_a_tier_that_is_none_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        given(**({"tier": "cached", "tier_index": 2} | changes))


def test_without_a_plan_the_record_says_so_by_its_plan_id() -> None:
    decision = decide(given(), Facts(None, context()))
    assert decision.result.plan_id == f"run-{context().run_id}"
    assert decision.artifact_name == "action-patterns-records-0-a2"


def test_a_name_and_a_directory_can_be_chosen() -> None:
    decision = decide(given(name="mine", records="there"), Facts(PLAN, context()))
    assert (decision.artifact_name, decision.path) == (
        "mine-records-0-a2",
        f"there/report.mine.{Recorder('report', 'mine').id}.00000-a2.json",
    )


def test_two_attempts_and_two_targets_never_share_a_file() -> None:
    names = {
        decide(given(index=index), Facts(None, replace(context(), run_attempt=attempt))).path
        for index in (0, 1, 10)
        for attempt in (1, 2, 11)
    }
    assert len(names) == 9


def test_the_target_takes_the_spelling_of_the_plan() -> None:
    assert decide(given(target="acme/WEB", index=1), Facts(PLAN, context())).result.target == "Acme/Web"


@pytest.mark.parametrize(("target", "index", "there"), [("acme/web", 0, "acme/api"), ("acme/api", 2, "nothing")])
def test_a_target_that_is_not_in_the_roster_at_that_index_is_refused(target: str, index: int, there: str) -> None:
    with pytest.raises(InputError) as caught:
        validate(given(target=target, index=index, plan="plan.json"), Facts(PLAN, context()))
    assert there in caught.value.message
    assert "matrix.index" in caught.value.remediation


@pytest.mark.parametrize(
    "changes",
    [
        {"target": "a/b\n"},
        {"target": ""},
        {"target": "a\u202eb"},
        {"target": "x" * 201},
        {"index": -1},
        {"outcome": "success"},
        {"reason": "Some words"},
        {"reason": "some words"},
        {"reason": ""},
        {"name": "a/b"},
        {"name": "a\nb"},
        {"name": "a[b]"},
        {"name": "sync {a,b}"},
        {"pull_request_number": 0},
        {"pull_request_url": "javascript:alert(1)"},
        {"pull_request_url": "https://x y"},
    ],
)
def test_values_that_report_could_not_show_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        given(**changes)


@pytest.mark.parametrize("target", ["api", "a/b/c", "node 20"])
def test_a_name_of_no_repository_needs_a_plan_that_has_it(target: str) -> None:
    with pytest.raises(InputError, match="which is no name of a repository, and there is no `plan`"):
        validate(given(target=target), Facts(None, context()))
    validate(given(target=target, plan="plan.json"), Facts(items_plan(target), context()))


def test_a_file_that_is_no_plan_is_refused() -> None:
    with pytest.raises(InputError, match=r"plan\.json holds the byte 0xff, which is not UTF-8, in line 1"):
        run(given(plan="plan.json"), ports(Disk({"plan.json": b"\xff{"})))


def test_it_needs_no_permission() -> None:
    assert ACTION.uses == ()
