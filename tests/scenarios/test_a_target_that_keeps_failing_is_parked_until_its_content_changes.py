"""A target that failed `park-after` times is named and not tried, until its content changes or a person frees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from github_sandbox import Fault
from support.campaign_steps import CAMPAIGN, Step, seed, step
from support.editions import WITH_LEASES, only_on
from support.stage import Stage, stage

pytestmark = only_on(*WITH_LEASES, why="The ledger has scenarios of its own for a server without a swap.")

NAMES = ("bad", "good")
OPERATION = "acme/source/distribution.yml"
PARKING = {"park_after": "2", "state_repository": "acme/store"}


class Campaign:
    """One leg of two targets, of which GitHub may refuse one."""

    def __init__(self, scene: Stage, folder: Path) -> None:
        self.scene, self.folder = scene, folder
        self.title = "Add ci.txt"
        self.plan: dict[str, str] = {}

    def run(self, **inputs: str) -> Step:
        file = CAMPAIGN % "owners: [acme], exclude: [store]"
        (self.folder / "distribution.yml").write_text(file.replace("Add ci.txt", self.title))
        (self.folder / "ci.txt").write_text("x\n")
        places = {"distribution": "distribution.yml", "targets_per_job": "2"}
        found = step("discover", self.scene, self.folder, **places)
        assert found.code == 0, found.log
        self.plan = {"plan": found.outputs["path"], "plan_digest": found.outputs["digest"]}
        self.scene.forget()
        return step("apply", self.scene, self.folder, index="0", last="1", **self.plan, **(PARKING | inputs))

    def results(self) -> dict[str, tuple[str, str]]:
        (folder,) = (self.folder / "temp/action-patterns").glob("ci-records-0-a*")
        found = [json.loads(path.read_text()) for path in sorted(folder.iterdir())]
        return {each["target"].removeprefix("acme/"): (each["outcome"], each["reason"]) for each in found}

    def sent(self, name: str) -> int:
        return sum(f"/acme/{name}/" in each.path for each in self.scene.sandbox.requests)

    def kept(self) -> list[str]:
        return list(self.scene.sandbox.repository("acme/store").refs("refs/action-patterns/"))

    @contextmanager
    def refusing(self, status: int = 403) -> Iterator[None]:
        refusal = {"message": "Resource not accessible by personal access token"}
        fault = Fault(path=r"/repos/acme/bad/git/trees", method="POST", times=10_000, status=status, body=refusal)
        with self.scene.sandbox.faults.during(fault):
            yield


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Campaign]:
    with stage(seed("store", *NAMES), served=True, checked=False) as scene:
        yield Campaign(scene, tmp_path)


def test_after_two_failures_it_is_blocked_and_costs_no_request(campaign: Campaign) -> None:
    with campaign.refusing():
        for _ in range(2):
            assert campaign.run().code == 1
            assert campaign.results()["bad"] == ("failed", "permission")
    parked = campaign.run()
    assert campaign.results() == {"bad": ("blocked", "parked"), "good": ("unchanged", "up-to-date")}
    assert (parked.code, parked.outputs["failed-count"], campaign.sent("bad")) == (1, "1", 0)
    assert "It failed 2 times in a row with the same content, the last time with the reason `permission`" in parked.log
    assert f"`operation: {OPERATION}`, `repository: acme/store`, or change" in parked.log
    report = step("report", campaign.scene, campaign.folder, records=str(campaign.folder / "temp"), **campaign.plan)
    assert (report.outputs["verdict"], report.code) == ("partial", 1)
    assert "`parked`" in report.summary


def test_other_content_or_a_person_frees_it(campaign: Campaign) -> None:
    with campaign.refusing():
        for _ in range(2):
            campaign.run()
    place = {"operation": OPERATION, "repository": "acme/store"}
    parked = step("ledger", campaign.scene, campaign.folder, mode="list", states="parked", **place)
    assert parked.outputs["has-targets"] == "true", parked.log
    (campaign.folder / "parked.json").write_text(parked.outputs["targets"])
    freed = step("ledger", campaign.scene, campaign.folder, mode="free", targets_path="parked.json", **place)
    assert freed.code == 0, freed.log
    with campaign.refusing():
        for _ in range(2):
            campaign.run()
            assert campaign.results()["bad"] == ("failed", "permission"), "it begins at no failure"
    assert campaign.run().code == 1
    assert campaign.results()["bad"] == ("blocked", "parked")
    campaign.title = "Add ci.txt to all"
    assert campaign.run().code == 0
    assert campaign.results()["bad"] == ("created", "opened")


def test_the_root_action_parks_by_the_same_ledger_and_keeps_counting(campaign: Campaign) -> None:
    with campaign.refusing():
        campaign.run()
        campaign.run(distribution="./distribution.yml")
    found = step("distribute", campaign.scene, campaign.folder, distribution="distribution.yml", **PARKING)
    assert (found.code, found.results()["acme/bad"]) == (1, ("blocked", "parked"))
    assert "#reason-parked" in found.summary
    assert "actions/ledger with `mode: free`" in found.log


def test_a_refused_token_is_no_failure_of_the_target(campaign: Campaign) -> None:
    with campaign.refusing(401):
        for _ in range(2):
            assert campaign.run().code == 1
            assert campaign.results()["bad"] == ("failed", "authentication")
    assert campaign.run().code == 0
    assert campaign.results()["bad"] == ("created", "opened")


def test_success_makes_failures_void_and_then_nothing_is_written(campaign: Campaign) -> None:
    with campaign.refusing():
        campaign.run()
    assert len(campaign.kept()) == 1
    assert campaign.run().code == 0
    assert campaign.kept() == []
    assert campaign.run().code == 0
    assert sum("/acme/store" in each.path or each.path.endswith("/graphql") for each in campaign.scene.sandbox.requests)
    assert campaign.scene.writes() == 0


def test_a_dry_run_shows_what_is_parked_and_writes_nothing(campaign: Campaign) -> None:
    with campaign.refusing():
        for _ in range(2):
            campaign.run()
    campaign.run(dry_run="true")
    assert campaign.results()["bad"] == ("blocked", "parked")
    assert campaign.scene.writes() == 0


def test_a_store_out_of_reach_parks_none_and_is_said(campaign: Campaign) -> None:
    done = campaign.run(state_repository="acme/gone")
    assert (done.code, campaign.results()["bad"]) == (0, ("created", "opened"))
    assert "title=Parked targets%3A store-unreadable" in done.log
    assert "All targets are worked on." in done.log


def test_parking_without_a_store_is_refused_before_any_work(campaign: Campaign) -> None:
    refused = campaign.run(state_repository="")
    assert (refused.code, campaign.scene.writes()) == (2, 0)
    assert "`park-after` is given, and `state-repository` is not" in refused.log
