"""A value in a good answer is null, or of another type: never a defect, and no write that a clean run would not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError
from action_patterns.github_api.client import Client
from action_patterns.ports.repositories import FactsNeeded
from github_sandbox import Fault
from github_sandbox.model import Artifact, WorkflowRun
from support import sample
from support.cases import CASES
from support.editions import only_on
from support.odd_answers import OddTransport, every_odd_value, odd_values, play
from support.stage import TARGET, Stage, desired_state, stage

SAMPLE = 1
"""How many values of a case `make test` sets, of a third of the cases."""
VERB_SAMPLE = 4
"""How many values of each verb `make test` sets."""
SHARE = 12
"""`make proof` sets every value where GraphQL is served, and one of so many where it is not."""


@only_on("full", "no-graphql", why="The other editions give answers of these two forms.")
@pytest.mark.parametrize("name", sample.some(len(CASES) // 3, CASES, "odd values"))
def test_it_costs_the_target_at_most(name: str, edition: str, record_property: Callable[[str, object], None]) -> None:
    every = {str(odd): odd for odd in every_odd_value(CASES[name], edition)}
    listed = list(every)
    if sample.plays_all() and edition != "full":
        listed = sorted(listed, key=lambda each: sample.number(name, each))[: len(listed) // SHARE]
    played = sample.some(SAMPLE, listed, name, edition)
    wrong = {each: found for each in played if (found := play(CASES[name], edition, every[each]))}
    assert not wrong
    record_property("odd values", len(played))


@only_on("no-graphql", why="GraphQL tells which team a review was for.")
@pytest.mark.parametrize("status", [404, 403, 200])
def test_where_the_timeline_is_not_given_no_team_is_asked_again(status: int) -> None:
    seen = {"labels": ["sync"], "reviewers": ["alice"], "team_reviewers": ["core"]}
    with stage() as scene:
        scene.upsert(desired_state(**seen))
        scene.sandbox.repository(TARGET).review(1, "bob")
        assert scene.upsert(desired_state(**seen)).outcome == "unchanged"
        scene.forget()
        hidden = Fault.of(
            "server_error", operation="issues/list-events-for-timeline", status=status, body="{}", times=10
        )
        with scene.sandbox.faults.during(hidden):
            result = scene.upsert(desired_state({"ci.yml": "on: [push]\n"}, **seen))
        assert (result.outcome, scene.sent("pulls/request-reviewers")) == ("updated", 0)
        assert any("this run asks no team for a review" in line for line in scene.said.lines)


REPORT = "sync-report-a1"
ALL_FACTS = FactsNeeded(types=True, has_file=("go.mod", "src/*.py"), open_from=desired_state().branch)
MARK = "refs/action-patterns/once/x"
VERBS: dict[str, Callable[[Client, dict[str, Any]], object]] = {
    "list an owner": lambda github, _: github.repositories.list_owner("acme"),
    "read repositories": lambda github, _: github.repositories.read([TARGET, "acme/none"]),
    "list an owner with all facts": lambda github, _: github.repositories.list_owner("acme", ALL_FACTS),
    "read a repository with all facts": lambda github, _: github.repositories.read([TARGET], ALL_FACTS),
    "list properties": lambda github, _: github.repositories.list_properties("acme"),
    "read limits": lambda github, _: github.rate_limits.read(TARGET),
    "read files": lambda github, at: github.git.read_files(TARGET, at["tip"], ["README.md", "none"]),
    "read a tree": lambda github, at: github.git.read_tree(TARGET, at["tree"]),
    "list a tree": lambda github, at: github.git.list_tree(TARGET, at["tree"], recursive=True),
    "read a branch": lambda github, _: github.git.read_branch(TARGET, "main"),
    "read a commit": lambda github, at: github.git.read_commit(TARGET, at["tip"]),
    "compare": lambda github, _: github.git.compare(TARGET, "main", "main"),
    "read a blob": lambda github, at: github.git.read_blob(TARGET, at["blob"]),
    "create a blob": lambda github, _: github.git.create_blob(TARGET, b"x"),
    "viewer": lambda github, _: github.issues.viewer(TARGET),
    "identify": lambda github, _: github.issues.repository_id(TARGET),
    "comments": lambda github, at: github.issues.comments(TARGET, at["issue"]),
    "create a comment": lambda github, at: github.issues.create_comment(TARGET, at["issue"], "text"),
    "newest issues": lambda github, _: github.issues.newest(TARGET, pages=2),
    "create an issue": lambda github, _: github.issues.create(TARGET, title="t", body="b", labels=[]),
    "jobs": lambda github, at: github.runs.jobs(TARGET, at["run"]),
    "artifacts": lambda github, at: github.runs.artifacts(TARGET, at["run"]),
    "the report before": lambda github, at: github.runs.previous_report(TARGET, at["run"], name="sync"),
    "read a mark": lambda github, _: github.refs.read(TARGET, MARK),
    "list marks": lambda github, _: github.refs.list(TARGET, "refs/action-patterns/once/"),
    "move a mark": lambda github, _: github.refs.update(TARGET, github.refs.read(TARGET, MARK), "text"),
}


def _prepared(scene: Stage) -> dict[str, Any]:
    """Fill the target with an issue, a comment, a mark and runs, and return what the verbs ask for."""
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    for number in (1, 2):
        run = WorkflowRun(
            id=number,
            number=number,
            name="Sync",
            event="schedule",
            branch="main",
            head_oid=repository.tip("main"),
            actor=repository.owner,
            created_at=1_770_000_000.0 + number,
            path=".github/workflows/sync.yml",
        )
        repository.contents.runs.append(run)
        stored = Artifact(id=number, name=REPORT, size=1, run_id=number, created_at=run.created_at, expired=False)
        repository.contents.artifacts.append(stored)
    github = Client(OddTransport(scene.context))
    pull = scene.upsert(desired_state()).pull_request_number
    assert pull is not None
    github.issues.create_comment(TARGET, pull, "text")
    github.issues.create(TARGET, title="t", body="b", labels=["bot"])
    tip = github.git.read_branch(TARGET, "main")
    assert tip is not None
    read = github.git.read_files(TARGET, tip, ["README.md"])["README.md"]
    assert read is not None
    if scene.has_leases:
        github.refs.update(TARGET, github.refs.read(TARGET, MARK), "text")
    return {"tip": tip, "tree": github.git.read_commit(TARGET, tip).tree, "blob": read.oid, "issue": pull, "run": 2}


@only_on("full", "no-graphql", why="The other editions give answers of these two forms.")
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_ends_with_an_error_of_ours_or_without_one(
    verb: str, edition: str, record_property: Callable[[str, object], None]
) -> None:
    if edition != "full" and verb.endswith(("mark", "marks", "viewer")):
        pytest.skip("A mark needs GraphQL, and so does the viewer of some tokens.")
    with stage() as scene:
        at = _prepared(scene)
        transport = OddTransport(scene.context)
        VERBS[verb](Client(transport), at)
        every = {str(odd): odd for odd in odd_values(transport.answers)}
        played = sample.some(VERB_SAMPLE, every, verb, edition)
        for each in played:
            try:
                VERBS[verb](Client(OddTransport(scene.context, every[each])), at)
            except ActionPatternsError as error:
                _check(error, each)
        record_property("odd values", len(played))


def _check(error: ActionPatternsError, odd: str) -> None:
    assert error.category != "defect", odd
    assert error.remediation, odd
