"""Plans, records and reports in a workspace are recognised by their kind, and left out, or refused where named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.editions import only_on
from support.report_builders import plan, record
from support.stage import stage
from support.workspace import Workspace

pytestmark = only_on("full", why="What is proposed is the same on every edition.")

OURS = {
    "plan/plan.json": plan("acme/private").encode(),
    "anywhere/notes.txt": json.dumps(json.loads(record(0, "acme/private").encode()), indent=8),
}
CAMPAIGN = """\
name: shared
targets: {repositories: [acme/api]}
files:
  - {target: out, source: SOURCE}
pull-request: {title: Shared}
"""


def test_a_worktree_is_proposed_without_them(tmp_path: Path) -> None:
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.check_out()
        job.write({**OURS, "new.json": "{}"})
        ended = job.run()
        assert job.proposed(ended) == {"new.json"}
        assert "Left out" in ended.log
        assert "anywhere/notes.txt, plan/plan.json" in ended.log
        assert job.proposed(job.run(paths="plan\nanywhere\nnew.json")) == {"new.json"}


@pytest.mark.parametrize("path", sorted(OURS))
def test_one_that_is_named_is_refused(tmp_path: Path, path: str) -> None:
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.check_out()
        job.write(OURS)
        for inputs in ({"paths": path}, {"paths": f"./{path}"}, {"body_path": path}):
            ended = job.run(**inputs)
            assert (ended.code, scene.writes()) == (2, 0), inputs
            assert "of action-patterns: it names targets" in ended.log
        job.write({"distribution.yml": CAMPAIGN.replace("SOURCE", path)})
        assert job.run("distribute").code == 2


def test_a_directory_of_nothing_else_is_empty(tmp_path: Path) -> None:
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.check_out()
        job.write(OURS)
        assert "'plan' holds no file" in job.run(directory="plan").log
        job.write({"distribution.yml": CAMPAIGN.replace("SOURCE", "plan")})
        assert "The source directory 'plan' is empty" in job.run("distribute").log


def test_a_campaign_goes_without_them_and_says_so(tmp_path: Path) -> None:
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.check_out()
        job.write({"src2/a.md": "a\n", "src2/plan.json": OURS["plan/plan.json"]})
        job.write({"distribution.yml": CAMPAIGN.replace("SOURCE", "src2")})
        ended = job.run("distribute")
        assert ended.code == 0
        assert "Left out" in ended.log
        (pull,) = scene.sandbox.repository("acme/api").pulls()
        assert "out/plan.json" not in scene.sandbox.repository("acme/api").files(pull.head)


def test_an_id_is_not_made_of_them(tmp_path: Path) -> None:
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.check_out()
        job.write({"in/a.txt": "a\n"})
        before = job.run("unique-id", token="", files="in").outputs["id"]
        job.write({"in/plan.json": OURS["plan/plan.json"]})
        assert job.run("unique-id", token="", files="in").outputs["id"] == before
        assert job.run("unique-id", token="", files="in/plan.json").code == 2
