"""upsert-pr: inputs in; one pull request; outputs, summary, annotations and an exit code out."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from action_patterns import registry
from action_patterns.action.contract import Finish
from action_patterns.actions.upsert_pr import ACTION
from action_patterns.actions.upsert_pr.interface import UpsertPrInputs, UpsertPrOutputs
from action_patterns.actions.upsert_pr.text import summary
from action_patterns.contracts import TargetResult
from action_patterns.errors import (
    ActionPatternsError,
    DefectError,
    InputError,
    Problem,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.ports.pull_requests import NewPullRequest, PullRequest
from action_patterns.ports.workspace import Origin
from action_patterns.report.model.reason_links import GUIDES
from support.builders import add
from support.fake_github import FakeGitHub, FakePullRequests
from support.fake_repository import Repository
from support.memory_ports import MemoryCheckout, MemoryFiles, World
from support.report_builders import context

HERE = "acme/platform"
BRANCH = "action-patterns/sync-config-6c7203910874f465"


class RefusingPulls(FakePullRequests):
    error: Exception | None = None

    def create(self, repository: str, new: NewPullRequest) -> PullRequest:
        if self.error:
            raise self.error
        return super().create(repository, new)


class Refusing(FakeGitHub):
    pulls: RefusingPulls
    pulls_type = RefusingPulls


def world() -> World:
    return World(
        Refusing(Repository(HERE, {"README.md": b"x\n"}), Repository("acme/other", {"README.md": b"x\n"})),
        MemoryFiles({"out/docs/a.md": "a\n", "out/b.md": "b\n"}),
        MemoryCheckout((add(),)),
        context=context(run_attempt=1, repository=HERE),
    )


def run(where: World, **inputs: Any) -> Finish[UpsertPrOutputs]:
    given: dict[str, Any] = {"key": "sync-config", "title": "Sync config", "token": SecretStr("t")}
    return ACTION.run(UpsertPrInputs(**(given | inputs)), where.ports())


def record(where: World, finish: Finish[UpsertPrOutputs]) -> TargetResult:
    return TargetResult.decode(where.files.read(finish.outputs.result).decode(), name="result")


def test_the_registry_finds_it() -> None:
    assert registry.load("upsert-pr") is ACTION


def test_jobs_at_the_same_time_share_the_pace() -> None:
    where = world()
    run(where)
    run(where, max_parallel=4)
    assert [each.share for each in where.allowances] == [1.0, 0.25]


def test_a_changed_worktree_becomes_a_pull_request() -> None:
    where = world()
    finish = run(where, labels="bot, ci", paths="src/**\ndocs, more")
    outputs = finish.outputs
    assert (outputs.outcome, outputs.reason, outputs.number, outputs.branch) == ("created", "opened", 1, BRANCH)
    assert outputs.url == f"https://github.com/{HERE}/pull/1"
    assert outputs.head_sha == where.github.hosted[HERE].refs[BRANCH]
    assert outputs.writes == 5
    assert finish.exit_code == 0
    assert finish.annotations == ()
    assert where.checkout.asked == [("src/**", "docs, more")]
    assert where.github.hosted[HERE].pulls[0].labels == ["bot", "ci"]
    assert record(where, finish).outcome == "created"


def test_the_log_has_one_line_with_outcome_number_and_address() -> None:
    where = world()
    run(where)
    run(where)
    (first, second) = where.log.lines
    assert first == f"Outcome: created (opened), {HERE}#1 open: https://github.com/{HERE}/pull/1"
    assert second == f"Outcome: unchanged (up-to-date), {HERE}#1 open: https://github.com/{HERE}/pull/1"


def test_an_error_has_its_line_too() -> None:
    where = world()
    assert ACTION.failed is not None
    ACTION.failed(InputError(Problem("x", "y")), None, where.ports())
    assert where.log.lines == [f"Outcome: failed (input), {HERE}, no pull request"]


def test_a_second_run_is_unchanged_and_green() -> None:
    where = world()
    first, second = run(where), run(where)
    assert (second.outputs.outcome, second.outputs.changed_fields, second.exit_code) == ("unchanged", "", 0)
    assert second.outputs.number == first.outputs.number
    assert second.outputs.head_sha == first.outputs.head_sha


def test_a_directory_is_laid_over_the_target_instead_of_the_worktree() -> None:
    where = world()
    run(where, directory="out")
    files = where.github.hosted[HERE].files(where.github.hosted[HERE].refs[BRANCH])
    assert sorted(files) == ["README.md", "b.md", "docs/a.md"]
    assert where.checkout.asked == []


def test_a_clean_worktree_is_unchanged() -> None:
    where = world()
    where.checkout.found = ()
    finish = run(where)
    assert (finish.outputs.outcome, finish.outputs.reason) == ("unchanged", "already-on-base")
    assert finish.outputs.number is None


def test_changed_fields_are_named() -> None:
    where = world()
    run(where)
    assert run(where, title="Sync all", labels="bot").outputs.changed_fields == "title,labels"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"directory": "out", "paths": "a"}, ["`directory` and `paths` are both given"]),
        ({"directory": "out", "path": "a"}, ["`directory` and `path` are both given"]),
        ({"repository": "acme"}, ["`repository` is 'acme'"]),
        ({"repository": "../x", "directory": "out", "paths": "a"}, ["`repository`", "`directory` and `paths`"]),
        (
            {"repository": "acme", "token": None, "branch": "bad..name", "labels": "x" * 60},
            ["`repository`", "There is no token", "'bad..name'", "has 60 characters"],
        ),
        ({"directory": "empty"}, ["'empty' holds no file"]),
        ({"token": None}, ["There is no token"]),
        ({"key": None}, ["Neither `key` nor `branch`"]),
        ({"title": "x" * 300, "labels": "y" * 60}, ["The title has 300", "has 60 characters"]),
        ({"token": None, "job_token": SecretStr("job"), "repository": "acme/other"}, ["GITHUB_TOKEN"]),
    ],
)
def test_wrong_inputs_are_refused_together_before_anything_is_sent(inputs: dict[str, Any], said: list[str]) -> None:
    where = world()
    with pytest.raises(InputError) as refused:
        run(where, **inputs)
    found = [problem.what for problem in refused.value.problems]
    assert len(found) == len(said)
    assert all(text in what for text, what in zip(said, found, strict=True))
    assert where.github.reads == 0
    assert where.github.journal == []


@pytest.mark.parametrize("inputs", [None, UpsertPrInputs(key="k", title="t", repository="acme/other")])
@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (InputError(Problem("x is wrong.", "Mend x."), Problem("y too.", "Mend y.")), "failed"),
        (UnavailableError("Off.", remediation="Wait."), "failed"),
        (DefectError("Ours.", remediation="Report it."), "failed"),
        (RateLimitedError("Later.", remediation="Wait."), "deferred"),
    ],
)
def test_an_error_leaves_a_result_like_any_other(
    error: ActionPatternsError, outcome: str, inputs: UpsertPrInputs | None
) -> None:
    where = world()
    assert ACTION.failed is not None
    finish = ACTION.failed(error, inputs, where.ports())
    assert (finish.outputs.outcome, finish.outputs.reason) == (outcome, error.category)
    assert finish.outputs.pull_request_operation == "none"
    kept = record(where, finish)
    assert kept.error is not None
    assert (kept.error.message, kept.target) == (error.message, inputs.repository if inputs else HERE)
    assert error.remediation.splitlines()[0] in finish.summary


def test_the_jobs_own_token_works_at_home() -> None:
    where = world()
    assert run(where, token=None, job_token=SecretStr("job")).outputs.outcome == "created"
    assert where.tokens == ["job"]


def test_another_token_works_elsewhere() -> None:
    where = world()
    where.checkout.remote = Origin(repository="Acme/Other")
    run(where, repository="acme/other", job_token=SecretStr("job"))
    assert where.tokens == ["t"]
    assert len(where.github.hosted["acme/other"].pulls) == 1


@pytest.mark.parametrize(
    ("error", "outcome", "level", "exit_code"),
    [
        (RefusedError("No commits", remediation="Commit."), "blocked", "error", 1),
        (RateLimitedError("Wait", remediation="Later."), "deferred", "warning", 0),
    ],
)
def test_what_stops_it_is_told_once_and_decides_the_exit_code(
    error: Exception, outcome: str, level: str, exit_code: int
) -> None:
    where = world()
    assert isinstance(where.github, Refusing)
    where.github.pulls.error = error
    finish = run(where)
    assert (finish.outputs.outcome, finish.exit_code) == (outcome, exit_code)
    (note,) = finish.annotations
    assert note.level == level
    assert str(error) in note.message
    guide = GUIDES[finish.outputs.reason]
    assert note.message.endswith(f"\nGuide: {guide}")
    (remedy,) = [line for line in finish.summary.splitlines() if line.startswith("**What to do:**")]
    assert remedy.endswith(f" · [guide]({guide})")


def test_a_secret_that_an_error_tells_is_hidden_before_it_is_escaped() -> None:
    where = world()
    where.log.secrets = ("ghs_0123456789_abcdefghij",)
    where.github.pulls.error = RefusedError("ghs_0123456789_abcdefghij", remediation="ghs_0123456789_abcdefghij")  # type: ignore[attr-defined]
    finish = run(where)
    assert "ghs" not in finish.summary
    assert "ghs" not in finish.annotations[0].message
    assert "\\*\\*\\*" in finish.summary


def test_a_closed_pull_request_is_a_notice_and_green() -> None:
    where = world()
    run(where)
    where.github.hosted[HERE].pulls[0].state = "CLOSED"
    finish = run(where)
    assert (finish.outputs.outcome, finish.exit_code) == ("skipped", 0)
    assert [note.level for note in finish.annotations] == ["notice"]


def test_people_github_refused_are_a_warning() -> None:
    finish = run(world(), reviewers="nobody")
    (note,) = finish.annotations
    assert note.level == "warning"
    assert "reviewer:nobody" in note.message


def test_a_dry_run_prints_the_requests_and_writes_nothing() -> None:
    where = world()
    finish = run(where, dry_run="true")
    assert (finish.outputs.outcome, finish.outputs.writes, where.github.journal) == ("planned", 0, [])
    assert f"POST /repos/{HERE}/pulls" in finish.summary
    assert finish.exit_code == 0


def test_the_summary_names_target_pull_request_files_and_cost() -> None:
    text = run(world()).summary
    assert text.startswith("### acme/platform: created · [")
    assert "](https://github.com/acme/platform/pull/1)" in text.splitlines()[0]
    assert "`ci.yml`" in text
    assert "5 requests, 4 writes" in text


def test_a_long_list_of_files_says_how_many_there_are() -> None:
    result = TargetResult(
        plan_id="p",
        index=0,
        target=HERE,
        attempt=1,
        outcome="created",
        reason="opened",
        files=tuple(f"f{i:03}" for i in range(150)),
    )
    text = summary(result, "https://github.com")
    assert "Showing 100 of 150." in text
    assert text.count("| `f") == 100


def test_hostile_text_stays_in_its_place() -> None:
    result = TargetResult(
        plan_id="p",
        index=0,
        target=HERE,
        attempt=1,
        outcome="failed",
        reason="x",
        message="a\n## <img src=x> @acme",
        files=("a|b`c",),
        planned_requests=("```\n# x",),
    )
    lines = summary(result, "https://github.com").splitlines()
    assert not any(line.startswith(("## ", "# x")) and "````" not in "\n".join(lines) for line in lines)
    assert not any("<img" in line for line in lines)
