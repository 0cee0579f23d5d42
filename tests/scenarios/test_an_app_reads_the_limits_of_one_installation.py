"""An App has budgets for each installation: rate-limit reads those of one owner, and gives the token back."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from action_patterns import run
from support.action_process import Job
from support.app_fleet import Fleet, fleet, seed, variables
from support.editions import first_on

pytestmark = first_on("full", why="Each is served over HTTP, and the limits are read over REST on every edition.")

REPOSITORIES = ("acme/source", "beta/tools")


def step(scene: Fleet, folder: Path, **inputs: str) -> tuple[int, Job, str]:
    """One step of a job, from its variables to its outputs."""
    stream = io.StringIO()
    given = variables(scene, folder, **inputs)
    del given["INPUT_REVEAL_PRIVATE"]
    code = run.main(["rate-limit"], given, stream)
    return code, Job(folder, given), stream.getvalue()


@pytest.mark.parametrize(("owner", "left"), [("", 4000), ("beta", 3000)])
def test_the_owner_chooses_the_budget_and_the_token_is_masked_and_given_back(
    tmp_path: Path, owner: str, left: int
) -> None:
    with fleet(seed({"acme": {}, "beta": {}}, REPOSITORIES)) as scene:
        ledger = scene.sandbox.services.ledger
        for installation, used in zip(scene.sandbox.app("fleet").installations.values(), (1000, 2000), strict=True):
            ledger.budget(f"installation {installation.id}", "core").used = used
        code, job, log = step(scene, tmp_path, needed="200", owner=owner)
        assert code == 0, log
        out = job.outputs
        assert (out["ok"], out["remaining"], out["token-kind"]) == ("true", str(left), "installation access token")
        assert json.loads(out["budgets"])["core"]["remaining"] == left
        masked = [line.partition("::add-mask::")[2] for line in log.splitlines() if line.startswith("::add-mask::ghs_")]
        assert len(masked) == 1
        assert scene.alive() == []


def test_an_app_that_is_not_installed_is_no_server_without_limits(tmp_path: Path) -> None:
    with fleet(seed({"acme": {}}, REPOSITORIES)) as scene:
        code, job, log = step(scene, tmp_path, needed="200", owner="beta", on_unreadable="proceed")
        assert code == 1
        assert "not installed at beta" in log
        assert job.outputs.get("ok") != "true"
