"""Six situations of upsert-pr in one workflow, run three times on a real runner.

The first run makes the pull requests; then people and the base move, and the second answers each as it should; the
third writes nothing.
"""

from __future__ import annotations

from pathlib import Path

from github_sandbox.act_runner import ActRun, ActRunner
from support.act_stage import JOB_TOKEN, SOURCE, Stage, seed, stage

WORKFLOW = """\
name: Upsert
on: workflow_dispatch
permissions: {}
jobs:
  worktree:
    runs-on: ubuntu-latest
    permissions:
      contents: write
      pull-requests: write
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
      - name: Build
        run: |
          mkdir -p docs
          echo "# Index" > docs/index.md
          echo "2.0" > VERSION
          rm old.txt
          chmod +x run.sh
          echo "by the build" > committed.txt
          git add committed.txt
          git -c user.name=Build -c user.email=build@example.com commit --quiet --message "Generate"
          echo "and after it" >> committed.txt
      - id: pull-request
        uses: action-patterns/action-patterns/actions/upsert-pr@v0.1.0
        with:
          key: worktree
          title: Build
"""
FROM_A_DIRECTORY = """\
  <name>:
    runs-on: ubuntu-latest
    permissions:
      contents: write
      pull-requests: write
    steps:
      - run: mkdir -p made/<name> && echo new > made/<name>/a.txt && ln -s a.txt made/<name>/link
      - id: pull-request
        uses: action-patterns/action-patterns/actions/upsert-pr@v0.1.0
        with:
          key: <name>
          title: Sync <name>
          directory: made
          dry-run: <dry-run>
"""
DIRECTORIES = ("directory", "planned", "committed", "closed", "converged")
JOBS = ("worktree", *DIRECTORIES)


def workflow() -> str:
    jobs = [
        FROM_A_DIRECTORY.replace("<name>", name).replace("<dry-run>", str(name == "planned").lower())
        for name in DIRECTORIES
    ]
    return WORKFLOW + "".join(jobs)


def test_each_is_answered_as_it_should_be(runner: ActRunner, tmp_path: Path) -> None:
    source = {"README.md": "platform\n", "VERSION": "1.0\n", "old.txt": "old\n", "run.sh": "#!/bin/sh\n"}
    world = seed(source=source | {".github/workflows/upsert.yml": workflow()}, fleet={})
    with stage(runner, tmp_path / "platform", world) as on:
        first = on.run("upsert.yml", secrets={})
        assert first.exit_code == 0, first.diagnosis
        assert _outcomes(first) == dict.fromkeys(JOBS, "created") | {"planned": "planned"}
        _the_build_is_proposed(on, first)
        _the_directory_is_proposed(on, first)
        _the_plan_is_shown_and_nothing_is_there(on, first)

        theirs = _people_and_the_base_move(on, first)
        second = on.run("upsert.yml", secrets={})
        assert second.exit_code != 0
        assert {job: second.result(job) for job in JOBS} == dict.fromkeys(JOBS, "success") | {"committed": "failure"}
        _is_answered(on, second, theirs)
        assert _outcomes(second) == {
            "worktree": "unchanged",
            "directory": "unchanged",
            "planned": "planned",
            "committed": "blocked",
            "closed": "skipped",
            "converged": "closed",
        }
        assert {write.strip() for write in on.writes()} == {
            f"POST /repos/{SOURCE}/issues/{_number(first, 'committed')}/comments",
            "POST /api/graphql UpdatePullRequest",
            "POST /api/graphql UpdateRefs",
        }

        before = on.sandbox.snapshot()
        third = on.run("upsert.yml", secrets={})
        assert on.writes() == []
        assert on.sandbox.snapshot() == before
        assert _outcomes(third) == _outcomes(second) | {"converged": "unchanged"}
        # One read each; and one more where a person committed, to see whether that commit is empty.
        assert len(on.requests()) == len(JOBS) + 1
        assert JOB_TOKEN not in first.log + second.log + third.log


def _outcomes(run: ActRun) -> dict[str, str]:
    return {job: run.output(job, "pull-request", "outcome") for job in JOBS}


def _number(run: ActRun, job: str) -> int:
    return int(run.output(job, "pull-request", "number"))


def _the_build_is_proposed(on: Stage, run: ActRun) -> None:
    platform = on.sandbox.repository(SOURCE)
    pull = platform.pull(_number(run, "worktree"))
    files = platform.files(pull.head)
    changed = {path: entry for path, entry in files.items() if platform.files().get(path) != entry}
    assert changed == {
        "docs/index.md": ("100644", b"# Index\n"),
        "VERSION": ("100644", b"2.0\n"),
        "run.sh": ("100755", b"#!/bin/sh\n"),
        "committed.txt": ("100644", b"by the build\nand after it\n"),
    }
    assert set(platform.files()) - set(files) == {"old.txt"}
    tip = platform.tip(pull.head)
    assert tip == run.output("worktree", "pull-request", "head-sha")
    assert platform.commit(tip or "").parents == (platform.tip("main"),), "of the local commit only the files are taken"


def _the_directory_is_proposed(on: Stage, run: ActRun) -> None:
    platform = on.sandbox.repository(SOURCE)
    pull = platform.pull(_number(run, "directory"))
    files = platform.files(pull.head)
    added = {path: entry for path, entry in files.items() if path not in platform.files()}
    assert added == {"directory/a.txt": ("100644", b"new\n"), "directory/link": ("120000", b"a.txt")}


def _the_plan_is_shown_and_nothing_is_there(on: Stage, run: ActRun) -> None:
    platform = on.sandbox.repository(SOURCE)
    assert not [branch for branch in platform.branches() if "planned" in branch]
    assert "Sync planned" not in {pull.title for pull in platform.pulls()}
    assert run.output("planned", "pull-request", "writes") == "0"
    plan = run.summary("planned")
    assert "A real run would send:" in plan
    assert f"POST /repos/{SOURCE}/git/trees" in plan
    assert f"POST /repos/{SOURCE}/pulls" in plan
    assert "planned/a.txt" in plan


def _people_and_the_base_move(on: Stage, run: ActRun) -> str:
    """A person commits to one bot branch and closes another pull request; main gets what a third asks for."""
    platform = on.sandbox.repository(SOURCE)
    platform.close_pull(_number(run, "closed"))
    asked_for = {"converged/a.txt": b"new\n", "converged/link": ("120000", b"a.txt")}
    platform.commit_files("main", asked_for, message="By hand")
    branch = platform.pull(_number(run, "committed")).head
    return platform.commit_files(branch, {"mine.txt": b"mine\n"}, author="Alice <alice@example.com>")


def _is_answered(on: Stage, run: ActRun, theirs: str) -> None:
    platform = on.sandbox.repository(SOURCE)
    blocked = platform.pull(_number(run, "committed"))
    assert platform.tip(blocked.head) == theirs
    (note,) = blocked.comments
    assert "action-patterns has stopped here" in note
    assert "**What to do:**" in run.summary("committed")
    assert "on-human-commits: append" in run.summary("committed").replace("`", "")
    assert any(theirs[:12] in message for message in run.errors("committed")), run.errors("committed")

    notices = [each.message for each in run.annotations if (each.job, each.level) == ("closed", "notice")]
    assert len(notices) == 1
    assert "closed" in notices[0]
    assert run.output("closed", "pull-request", "reason") == "closed-by-someone"

    converged = platform.pull(_number(run, "converged"))
    assert converged.state == "closed"
    assert not converged.merged
    assert converged.head not in platform.branches()
    assert "`main` already holds this change" in converged.body
    assert run.output("converged", "pull-request", "reason") == "converged"
