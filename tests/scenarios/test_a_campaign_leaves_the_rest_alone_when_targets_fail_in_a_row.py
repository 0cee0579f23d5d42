"""A leg with a `breaker` stops after targets that fail in a row; legs that share one stop each other, and by a flag."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from action_patterns.distribution import apply as legs
from action_patterns.distribution import breaking
from action_patterns.errors import RateLimitedError
from github_sandbox import Fault
from support.campaign_steps import Step, seed, step
from support.editions import WITH_LEASES, only_on
from support.marker_stage import github_is
from support.stage import Stage, stage
from support.stores import STORES, store_of

pytestmark = only_on(*WITH_LEASES, why="Without a swap a leg counts its own targets, which is the same code.")

TARGETS = "owners: [acme], exclude: [store]"
LEG = 6
"""Targets of a leg: more than can fail before the breaker is open."""
WORKERS = 2
NAMES = [f"t{number:02}" for number in range(2 * LEG)]
THRESHOLD = 3
SHARED = {"breaker": "fleet", "breaker_threshold": str(THRESHOLD), "state_repository": "acme/store"}
LOCAL = {"breaker": "fleet", "breaker_threshold": str(THRESHOLD)}
STOPPED_AFTER = 4


class Campaign:
    """A plan of two legs."""

    def __init__(self, scene: Stage, folder: Path) -> None:
        self.scene, self.folder = scene, folder
        found = step(
            "discover", scene, folder, targets=TARGETS, distribution="distribution.yml", targets_per_job=str(LEG)
        )
        assert found.code == 0, found.log
        self.plan = {"plan": found.outputs["path"], "plan_digest": found.outputs["digest"]}

    def leg(self, number: int, **inputs: str) -> Step:
        """Work on the targets of one leg."""
        places = {"index": str(number), "first": str(LEG * number), "last": str(LEG * number + LEG - 1)}
        return step("apply", self.scene, self.folder, **places, **self.plan, **inputs)

    def report(self) -> Step:
        return step("report", self.scene, self.folder, records=str(self.folder / "temp/action-patterns"), **self.plan)

    def records(self, number: int) -> Counter[tuple[str, str]]:
        """Number of the leg's targets by outcome and reason."""
        return Counter((each["outcome"], each["reason"]) for each in self.messages(number))

    def messages(self, number: int) -> list[dict[str, Any]]:
        (folder,) = (self.folder / "temp/action-patterns").glob(f"ci-records-{number}-a*")
        return [json.loads(path.read_text()) for path in sorted(folder.iterdir())]

    def opened(self) -> list[str]:
        """Names of the targets that have their pull request."""
        return [name for name in NAMES if self.scene.sandbox.repository(f"acme/{name}").pulls()]

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Let GitHub refuse each tree."""
        refusal = {"message": "Resource not accessible by personal access token"}
        fault = Fault(path=r"/repos/acme/t\d+/git/trees", method="POST", times=10_000, status=403, body=refusal)
        with self.scene.sandbox.faults.during(fault):
            yield


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Campaign]:
    monkeypatch.setattr(legs, "WORKERS", WORKERS)
    with stage(seed("store", *NAMES), served=True, checked=False) as scene:
        yield Campaign(scene, tmp_path)


def test_a_leg_without_a_store_counts_its_own_targets_and_says_so(campaign: Campaign) -> None:
    with campaign.failing():
        done = campaign.leg(0, **LOCAL)
    found = campaign.records(0)
    failed, held = sum(n for (outcome, _), n in found.items() if outcome == "failed"), found["skipped", "breaker-open"]
    assert THRESHOLD <= failed < THRESHOLD + WORKERS
    assert held == LEG - failed > 0
    assert (done.code, done.outputs["held-back-count"], done.outputs["failed-count"]) == (1, str(held), str(failed))
    assert "has no `state-repository`: this leg counts its own targets only" in done.log
    (message,) = {each["message"] for each in campaign.messages(0) if each["outcome"] == "skipped"}
    assert "targets of this leg failed in a row" in message
    assert campaign.leg(1, **LOCAL).code == 0, "the other leg has its own count"
    report = campaign.report()
    assert (report.outputs["verdict"], report.code) == ("partial", 1)
    assert f"{held} repositories held back" in report.summary
    assert "`breaker-open`" in report.summary
    assert not campaign.scene.sandbox.repository("acme/store").refs("refs/action-patterns/")


def test_a_shared_breaker_stops_the_other_leg_and_one_target_closes_it(campaign: Campaign) -> None:
    with campaign.failing():
        assert campaign.leg(0, **SHARED).code == 1
    assert campaign.records(0)["skipped", "breaker-open"] > 0
    refused = campaign.leg(1, **SHARED)
    assert (refused.code, refused.outputs["held-back-count"], refused.outputs["writes"]) == (1, str(LEG), "0")
    assert campaign.records(1) == {("skipped", "breaker-open"): LEG}
    assert all("One job may probe from" in each["message"] for each in campaign.messages(1))
    report = campaign.report()
    assert (report.outputs["verdict"], report.code) == ("partial", 1)

    with campaign.failing(), github_is(timedelta(seconds=400), campaign.scene):
        before = len(campaign.scene.sandbox.requests)
        campaign.leg(1, **SHARED)
        tried = {
            each.path.split("/")[3] for each in campaign.scene.sandbox.requests[before:] if "/git/trees" in each.path
        }
        assert len(tried) == 1, "one target probes"
        assert campaign.records(1)["skipped", "breaker-open"] == LEG - 1
    with github_is(timedelta(seconds=900), campaign.scene):
        done = campaign.leg(1, **SHARED)
    assert (done.code, campaign.opened()) == (0, NAMES[LEG:])
    assert campaign.leg(0, **SHARED).code == 0
    assert campaign.opened() == NAMES
    assert campaign.report().outputs["verdict"] == "passed"


def test_a_stop_flag_stops_a_packed_leg_between_two_targets(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(legs, "WORKERS", 1)
    monkeypatch.setattr(breaking, "LOOK_SECONDS", 0.0)
    (tmp_path / "person").mkdir()
    upsert, done = legs.upsert, list[str]()

    def stopping(desired: Any, assignment: Any, *rest: Any, **named: Any) -> Any:
        result = upsert(desired, assignment, *rest, **named)
        done.append(assignment.repository)
        if len(done) == STOPPED_AFTER:
            shared = {"key": "fleet", "repository": "acme/store"}
            assert (
                step("breaker", campaign.scene, tmp_path / "person", mode="stop", message="It moves.", **shared).code
                == 0
            )
        return result

    monkeypatch.setattr(legs, "upsert", stopping)
    stopped = campaign.leg(0, **SHARED)
    assert campaign.records(0) == {("created", "opened"): STOPPED_AFTER, ("skipped", "stopped"): LEG - STOPPED_AFTER}
    assert (stopped.code, campaign.opened()) == (1, NAMES[:STOPPED_AFTER])
    held = [each["message"] for each in campaign.messages(0) if each["outcome"] == "skipped"]
    assert all("Stopped by " in message and message.endswith(": It moves.") for message in held)
    shared = {"key": "fleet", "repository": "acme/store"}
    assert step("breaker", campaign.scene, tmp_path / "person", mode="resume", **shared).code == 0
    assert campaign.leg(0, **SHARED).code == 0
    assert campaign.opened() == NAMES[:LEG]


def test_looks_at_the_flag_are_few_and_github_counts_none_that_finds_no_change(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks() -> list[int]:
        return [each.status for each in campaign.scene.sandbox.requests if each.operation == "git/get-ref"]

    step("breaker", campaign.scene, campaign.folder, mode="stop", message="x", key="fleet", repository="acme/store")
    step("breaker", campaign.scene, campaign.folder, mode="resume", key="fleet", repository="acme/store")
    monkeypatch.setattr(breaking, "LOOK_SECONDS", 10_000.0)
    assert campaign.leg(0, **SHARED).code == 0
    assert len(looks()) == 1
    monkeypatch.setattr(breaking, "LOOK_SECONDS", 0.0)
    assert campaign.leg(0, **SHARED).code == 0
    assert looks()[1:] == [200] + [304] * (LEG - 1)


def test_a_store_that_cannot_be_written_is_a_warning_and_the_leg_counts_by_itself(campaign: Campaign) -> None:
    refusal = {"message": "Resource not accessible by personal access token"}
    fault = Fault(path=r"/repos/acme/store/", times=10_000, status=403, body=refusal)
    with campaign.failing(), campaign.scene.sandbox.faults.during(fault):
        done = campaign.leg(0, **SHARED)
    assert done.code == 1
    assert campaign.records(0)["skipped", "breaker-open"] > 0
    assert done.log.count("::warning title=Breaker fleet%3A store-unreadable::") == 1
    assert "This leg counts its own targets only" in done.log


def test_a_leg_whose_targets_say_nothing_gives_the_probe_back(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def later(*_: Any, **named: Any) -> Any:
        raise RateLimitedError("Later.", remediation="Wait.")

    with campaign.failing():
        campaign.leg(0, **SHARED)
    with github_is(timedelta(seconds=400), campaign.scene):
        with monkeypatch.context() as patched:
            patched.setattr(legs, "upsert", later)
            campaign.leg(1, **SHARED)
        assert {outcome for outcome, _ in campaign.records(1)} == {"deferred"}
        assert campaign.leg(1, **SHARED).code == 0, "it probes at once"


def test_a_dry_run_asks_no_store(campaign: Campaign) -> None:
    step("breaker", campaign.scene, campaign.folder, mode="stop", message="x", key="fleet", repository="acme/store")
    done = campaign.leg(0, dry_run="true", **SHARED)
    assert (done.code, campaign.records(0)) == (0, {("planned", "opened"): LEG})


@pytest.mark.parametrize("place", STORES)
def test_a_leg_and_a_campaign_in_one_step_honour_a_flag_in_any_store(campaign: Campaign, place: str) -> None:
    whole = {"distribution": "distribution.yml"} | SHARED
    with store_of(place) as store:
        shared = {"key": "fleet", "repository": "acme/store", "store": store}
        step("breaker", campaign.scene, campaign.folder, mode="stop", message="It moves.", **shared)
        assert campaign.leg(0, store=store, **SHARED).code == 1
        assert campaign.records(0) == {("skipped", "stopped"): LEG}
        held = step("distribute", campaign.scene, campaign.folder, store=store, **whole)
        assert (held.code, held.outputs["verdict"], campaign.opened()) == (1, "partial", [])
        assert set(held.results().values()) == {("skipped", "stopped")}
        step("breaker", campaign.scene, campaign.folder, mode="resume", **shared)
        done = step("distribute", campaign.scene, campaign.folder, store=store, limit="1", **whole)
        assert (done.code, campaign.opened()) == (0, NAMES[:1])


def test_a_campaign_in_one_step_stops_after_targets_that_fail_in_a_row(campaign: Campaign) -> None:
    with campaign.failing():
        done = step("distribute", campaign.scene, campaign.folder, distribution="distribution.yml", **LOCAL)
    found = Counter(done.results().values())
    held = found["skipped", "breaker-open"]
    assert THRESHOLD <= len(NAMES) - held < THRESHOLD + WORKERS
    assert (done.code, done.outputs["verdict"]) == (1, "partial")
    assert f"{held} repositories held back" in done.summary
    wrong = step("distribute", campaign.scene, campaign.folder, distribution="distribution.yml", store="branches")
    assert (wrong.code, "`store` is given, and neither `breaker` nor `park-after` is" in wrong.log) == (2, True)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"state_repository": "acme/store"}, "neither `breaker` nor `park-after` is"),
        ({"breaker": "x", "store": "branches"}, "`store` is given, and `state-repository` is not"),
        ({"breaker": "x" * 501}, "501 characters"),
        ({"breaker": "x", "state_repository": "store"}, "`state-repository` is 'store'"),
    ],
)
def test_wrong_inputs_are_refused_before_the_first_write(campaign: Campaign, inputs: dict[str, str], said: str) -> None:
    done = campaign.leg(0, **inputs)
    assert done.code == 2
    assert said in done.log
    assert campaign.scene.writes() == 0
