"""Every branch of the decision: a situation in words, and what is done about it, in order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from action_patterns.content.blob import blob_oid
from action_patterns.ports.git import RefRule
from action_patterns.ports.pull_requests import Comment, Milestone, Observed
from action_patterns.pull_request.decide.decide import decide
from action_patterns.pull_request.decide.decide_open import NOTE_TEXT
from action_patterns.pull_request.decide.decision import Decision
from action_patterns.pull_request.ownership.body import with_links
from action_patterns.pull_request.ownership.comment import render_comment
from action_patterns.pull_request.ownership.marker import block_of, compose, parse_marker, text_hash
from action_patterns.pull_request.ownership.source import Run, Source
from action_patterns.pull_request.reasons import DECISIONS
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.branch import DeleteBranch, RestoreBranch, WriteBranch
from action_patterns.pull_request.steps.comments import DeleteComment, WriteComment
from action_patterns.pull_request.steps.issue_fields import (
    AddAssignees,
    AddLabels,
    RemoveAssignees,
    RemoveLabel,
    RequestReviewers,
    SetIssueFields,
    SetMilestone,
)
from action_patterns.pull_request.steps.pull import MakeDraft, OpenPullRequest, Reopen, SetAutoMerge, UpdatePullRequest
from action_patterns.pull_request.steps.run_memory import RunMemory
from action_patterns.pull_request.steps.step import Step
from support.builders import (
    BASE_TIP,
    DIRECTORY,
    HUMAN_TIP,
    OLD_BASE,
    add,
    converged,
    desired_state,
    edited,
    file,
    marker_of,
    observe,
    our_pull,
    our_tip,
    remove,
)

FULL = {"labels": ("bot",), "assignees": ("alice",), "reviewers": ("bob",), "team_reviewers": ("core",)}
W = desired_state()
FULL_STATE = desired_state(**FULL)
HELD = {"ci.yml": file(b"new\n")}
"""The base already holds the content."""


def told(step: Step) -> str:  # noqa: C901, PLR0912 - one row for each step
    """A step in a few words."""
    match step:
        case WriteBranch():
            verb = "create branch" if step.before is None else f"move branch from {step.before[:1]}"
            parents = "+".join(parent[:1] for parent in step.parents)
            return f"{verb} onto {parents}: {' '.join(change.path for change in step.changes)}"
        case DeleteBranch():
            return f"delete branch at {step.before[:1]}"
        case OpenPullRequest():
            fork = f" from {step.new.head_repository}" if step.new.head_repository else ""
            return f"open into {step.new.base}{' as draft' if step.new.draft else ''}{fork}"
        case SetIssueFields():
            milestone = f" milestone {step.milestone}" if step.milestone else ""
            return f"set labels {' '.join(step.labels)} assignees {' '.join(step.assignees)}{milestone}"
        case UpdatePullRequest():
            return f"patch {' '.join(name for name, _ in step.fields)}"
        case AddLabels():
            return f"label {' '.join(step.labels)}"
        case RemoveLabel():
            return f"unlabel {step.label}"
        case AddAssignees():
            return f"assign {' '.join(step.assignees)}"
        case RemoveAssignees():
            return f"unassign {' '.join(step.assignees)}"
        case RequestReviewers():
            return f"ask {' '.join((*step.reviewers, *step.team_reviewers))}"
        case RestoreBranch():
            return f"restore branch from {(step.before or 'nothing')[:7]} to {step.after[:1]}"
        case Reopen():
            return "reopen"
        case SetMilestone():
            return f"milestone {step.milestone}"
        case MakeDraft():
            return "draft"
        case SetAutoMerge():
            return f"auto-merge {step.method}"
        case WriteComment():
            return f"{'edit' if step.id else 'write'} comment {step.part}"
        case DeleteComment():
            return f"delete comment {step.id}"


def text_of(decision: Decision) -> str:
    """The body the decision writes."""
    for step in decision.steps:
        if isinstance(step, UpdatePullRequest):
            return dict(step.fields)["body"]
    raise AssertionError("no body is written")


NOTHING: list[str] = []
SEVENTH = Run(workflow="w", number=7, commit="c" * 40)
MILESTONE = Milestone(3, "v1")
V1 = desired_state(milestone="v1")
SQUASH = desired_state(auto_merge="squash")
LONG = desired_state(body="A line of text.\n" * 6_000)


def with_v1(**pull: Any) -> Observed:
    return observe(tip=our_tip(V1), pulls=(our_pull(V1, **pull),), milestones=(MILESTONE, Milestone(9, "x")))


def note(number: int) -> Comment:
    return Comment(number, f"u{number}", render_comment("sync", "note", NOTE_TEXT))


def part(number: int, text: str = LONG.overflow[0]) -> Comment:
    return Comment(number, f"u{number}", render_comment("sync", "2", text))


two = desired_state(add("a"), add("b"))
moved = converged(W)
old = our_pull(W, state="MERGED", head_oid=HUMAN_TIP.oid)

SITUATIONS: dict[str, tuple[Desired, Observed, str, str, list[str]]] = {
    # Targets that take no pull request
    "the repository is archived": (W, observe(archived=True), "skipped", "archived", NOTHING),
    "the repository is disabled": (W, observe(disabled=True), "skipped", "disabled", NOTHING),
    "the repository is empty": (W, observe(empty=True, base=None, base_tip=None), "skipped", "empty", NOTHING),
    "archived comes before a missing base": (
        W,
        observe(archived=True, base=None, base_tip=None),
        "skipped",
        "archived",
        NOTHING,
    ),
    "the base branch does not exist": (
        desired_state(base="release"),
        observe(base=None, base_tip=None),
        "blocked",
        "base-missing",
        NOTHING,
    ),
    "the person behind the token may only read": (
        W,
        observe(can_push=False),
        "blocked",
        "read-only",
        NOTHING,
    ),
    "the person behind the token may only read, and nothing is to be written": (
        W,
        replace(converged(W), can_push=False),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "the person behind the token may only read, and a person committed": (
        W,
        observe(tip=HUMAN_TIP, pulls=(our_pull(W),), can_push=False),
        "blocked",
        "human-commit",
        NOTHING,
    ),
    "the person behind the token may write": (
        W,
        observe(can_push=True),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    # Creating
    "nothing is there": (W, observe(), "created", "opened", ["create branch onto b: ci.yml", "open into main"]),
    "nothing is there, and everything is desired": (
        FULL_STATE,
        observe(),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main", "set labels bot assignees alice", "ask bob core"],
    ),
    "only assignees are desired": (
        desired_state(assignees=("alice",)),
        observe(),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main", "set labels  assignees alice"],
    ),
    "only a team is desired": (
        desired_state(team_reviewers=("core",)),
        observe(),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main", "ask core"],
    ),
    "a draft into another base": (
        desired_state(draft="true", base="dev"),
        observe(base="dev"),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into dev as draft"],
    ),
    "only one of two paths differs": (
        two,
        observe(files={"a": file(b"new\n"), "b": None}),
        "created",
        "opened",
        ["create branch onto b: b", "open into main"],
    ),
    "only the mode differs": (
        desired_state(add(mode="100755")),
        observe(files={"ci.yml": file(b"new\n")}),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "a file is to go": (
        desired_state(remove("ci.yml")),
        observe(files={"ci.yml": file()}),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    # What a run that died left behind
    "our branch without a pull request, on today's base": (
        FULL_STATE,
        observe(tip=our_tip(FULL_STATE)),
        "created",
        "opened",
        ["open into main", "set labels bot assignees alice", "ask bob core"],
    ),
    "our branch without a pull request, on an older base": (
        W,
        observe(tip=our_tip(W, parent=OLD_BASE)),
        "created",
        "opened",
        ["move branch from 1 onto b: ci.yml", "open into main"],
    ),
    "our branch without a pull request, with other content": (
        W,
        observe(tip=our_tip(desired_state(add(content=b"before\n")))),
        "created",
        "opened",
        ["move branch from 1 onto b: ci.yml", "open into main"],
    ),
    "our pull request without its labels": (
        FULL_STATE,
        converged(FULL_STATE, labels=()),
        "updated",
        "fields",
        ["label bot"],
    ),
    "our pull request without its assignees": (
        FULL_STATE,
        converged(FULL_STATE, assignees=()),
        "updated",
        "fields",
        ["assign alice"],
    ),
    "our pull request without its reviewers": (
        FULL_STATE,
        converged(FULL_STATE, requested=()),
        "updated",
        "fields",
        ["ask bob core"],
    ),
    "our pull request with half of its reviewers": (
        FULL_STATE,
        converged(FULL_STATE, requested=("acme/core",)),
        "updated",
        "fields",
        ["ask bob"],
    ),
    # An open pull request of ours
    "all is as desired": (FULL_STATE, converged(FULL_STATE), "unchanged", "up-to-date", NOTHING),
    "the desired content changed": (
        desired_state(add(content=b"newer\n")),
        converged(W),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml"],
    ),
    "the base moved without conflict": (
        W,
        observe(tip=our_tip(W, parent=OLD_BASE), pulls=(our_pull(W),)),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "the base drifted in a path that our commit left out": (
        two,
        observe(
            tip=our_tip(two, pending=(two.changes[0],), parent=OLD_BASE),
            pulls=(our_pull(two),),
            files={"a": None, "b": file(b"drifted\n")},
        ),
        "updated",
        "content",
        ["move branch from 1 onto b: a b"],
    ),
    "it conflicts with a base that moved": (
        W,
        observe(tip=our_tip(W, parent=OLD_BASE), pulls=(our_pull(W, conflicting=True),)),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml"],
    ),
    "GitHub still calls it conflicting after it was rewritten": (
        W,
        converged(W, conflicting=True),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "the base moved, and the branch is to follow it": (
        desired_state(on_base_moved="rewrite"),
        observe(tip=our_tip(W, parent=OLD_BASE), pulls=(our_pull(W),)),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml"],
    ),
    "the branch is to follow the base, and stands on it": (
        desired_state(on_base_moved="rewrite"),
        observe(tip=our_tip(W), pulls=(our_pull(W),)),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "the desired state goes into another base": (
        desired_state(base="dev"),
        observe(base="dev", tip=our_tip(W, parent=OLD_BASE), pulls=(our_pull(W),)),
        "updated",
        "content",
        ["patch base", "move branch from 1 onto b: ci.yml"],
    ),
    "the desired state goes into another base, and a person was faster to say so": (
        desired_state(base="dev"),
        observe(base="dev", tip=our_tip(W, parent=OLD_BASE), pulls=(our_pull(W, base="dev"),)),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml"],
    ),
    "our branch without a pull request, made for another base": (
        desired_state(base="dev"),
        observe(base="dev", tip=our_tip(W)),
        "created",
        "opened",
        ["move branch from 1 onto b: ci.yml", "open into dev"],
    ),
    "a person chose another base": (
        W,
        converged(W, base="dev"),
        "updated",
        "fields",
        ["patch base"],
    ),
    "the desired title changed": (
        desired_state(title="Sync more"),
        converged(W),
        "updated",
        "fields",
        ["patch title body"],
    ),
    "a person edited the title": (W, converged(W, title="Mine"), "unchanged", "up-to-date", NOTHING),
    "a person edited the title, and the desired title changed": (
        desired_state(title="Sync more"),
        converged(W, title="Mine"),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "the desired body changed": (desired_state(body="New words."), converged(W), "updated", "fields", ["patch body"]),
    "a person wrote around our block": (
        W,
        converged(W, body=f"{our_pull(W).body}\nTheir words."),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "the web editor changed the line endings": (
        W,
        converged(W, body=our_pull(W).body.replace("\n", "\r\n")),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "a person edited inside our block": (
        W,
        converged(W, body=our_pull(W).body.replace("Our words", "Their words")),
        "updated",
        "fields",
        ["patch body"],
    ),
    "a person removed the fences of our block": (
        W,
        converged(W, body=f"{our_pull(W).body.splitlines()[0]}\nTheir words."),
        "updated",
        "fields",
        ["patch body"],
    ),
    "content, title and labels changed at once": (
        desired_state(add(content=b"newer\n"), title="Sync more", labels=("bot", "ci")),
        converged(desired_state(labels=("bot", "old")), labels=("bot", "old")),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml", "unlabel old", "patch title body", "label ci"],
    ),
    "a label is no longer desired": (
        W,
        converged(W, marker=marker_of(W, labels=("bot",)), labels=("bot", "by-hand")),
        "updated",
        "fields",
        ["unlabel bot", "patch body"],
    ),
    "a label that is no longer desired is spelled otherwise by the repository": (
        W,
        converged(W, marker=marker_of(W, labels=("Bot",)), labels=("bot",)),
        "updated",
        "fields",
        ["unlabel bot", "patch body"],
    ),
    "a label that is no longer desired is already gone": (
        W,
        converged(W, marker=marker_of(W, labels=("bot",))),
        "updated",
        "fields",
        ["patch body"],
    ),
    "a label was renamed in case only": (
        desired_state(labels=("BOT",)),
        converged(desired_state(labels=("bot",))),
        "updated",
        "fields",
        ["patch body"],
    ),
    "an assignee is no longer desired": (
        W,
        converged(W, marker=marker_of(W, assignees=("alice",)), assignees=("Alice", "bob")),
        "updated",
        "fields",
        ["unassign Alice", "patch body"],
    ),
    "people added labels and assignees of their own": (
        W,
        converged(W, labels=("by-hand",), assignees=("carol",)),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "a reviewer has reviewed": (
        FULL_STATE,
        converged(FULL_STATE, requested=("acme/core",), reviewed=("Bob",)),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "a review was given on the team's behalf": (
        FULL_STATE,
        converged(FULL_STATE, requested=("bob",), reviewed=("carol", "acme/core")),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "a desired reviewer is the author": (
        desired_state(reviewers=("Bot",)),
        converged(desired_state(reviewers=("Bot",)), requested=()),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "GitHub refused people before": (
        FULL_STATE,
        converged(
            FULL_STATE,
            marker=marker_of(FULL_STATE, refused=("assignee:alice", "reviewer:bob", "team:core")),
            assignees=(),
            requested=(),
        ),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "a login that GitHub refused is no longer desired": (
        W,
        converged(W, marker=marker_of(W, refused=("reviewer:bob",))),
        "updated",
        "fields",
        ["patch body"],
    ),
    "our closed pull request was reopened, and the base lost the content again": (
        W,
        converged(W, marker=marker_of(W, closed="converged")),
        "updated",
        "fields",
        ["patch body"],
    ),
    # People on our branch
    "a person committed to our branch": (
        W,
        observe(tip=HUMAN_TIP, pulls=(our_pull(W),)),
        "blocked",
        "human-commit",
        ["write comment note"],
    ),
    "a person committed to our branch, and the base holds the content": (
        W,
        observe(tip=HUMAN_TIP, pulls=(our_pull(W),), files=HELD),
        "blocked",
        "human-commit",
        ["write comment note"],
    ),
    "a person amended our commit and kept its message": (
        W,
        observe(tip=replace(our_tip(W), tree="their tree"), pulls=(our_pull(W),)),
        "blocked",
        "human-commit",
        ["write comment note"],
    ),
    "the branch holds the commit of another key": (
        W,
        observe(tip=our_tip(desired_state(key="other")), pulls=(our_pull(W),)),
        "blocked",
        "human-commit",
        ["write comment note"],
    ),
    "a branch of that name is somebody's": (W, observe(tip=HUMAN_TIP), "blocked", "foreign-branch", NOTHING),
    "the bot branch is the base itself, with our merged commit as its tip": (
        desired_state(branch="main"),
        observe(tip=our_tip(desired_state(branch="main"))),
        "blocked",
        "foreign-branch",
        NOTHING,
    ),
    "somebody opened a pull request from our branch": (
        W,
        observe(tip=our_tip(W), pulls=(edited(our_pull(W), "Their words."),)),
        "blocked",
        "foreign-pull-request",
        NOTHING,
    ),
    "the open pull request has the marker of another key": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W, marker=marker_of(desired_state(key="other"))),)),
        "blocked",
        "foreign-pull-request",
        NOTHING,
    ),
    "a fork has a pull request from a branch of that name": (
        W,
        observe(pulls=(our_pull(W, foreign_head=True, body="x"),)),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "a fork's pull request is newer than ours": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W, foreign_head=True, body="x", number=9), our_pull(W))),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    # After the pull request's end
    "a person closed it": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W, state="CLOSED"),)),
        "skipped",
        "closed-by-someone",
        NOTHING,
    ),
    "a person closed it and deleted the branch, and the content changed": (
        desired_state(add(content=b"newer\n")),
        observe(pulls=(our_pull(W, state="CLOSED"),)),
        "skipped",
        "closed-by-someone",
        NOTHING,
    ),
    "a person closed it, and the base holds the content": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W, state="CLOSED"),), files=HELD),
        "unchanged",
        "already-on-base",
        NOTHING,
    ),
    "somebody else's pull request from that branch was closed": (
        W,
        observe(pulls=(our_pull(W, state="CLOSED", body="Their words."),)),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "we closed it, and the base lost the content again": (
        W,
        observe(pulls=(our_pull(W, state="CLOSED", marker=marker_of(W, closed="converged")),)),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "we closed it, its branch stayed, and the base lost the content again": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W, state="CLOSED", marker=marker_of(W, closed="converged")),)),
        "created",
        "opened",
        ["move branch from 1 onto b: ci.yml", "open into main"],
    ),
    "it was merged and its branch stayed; the desired state changed": (
        desired_state(add(content=b"newer\n")),
        observe(tip=our_tip(W), pulls=(our_pull(W, state="MERGED"),)),
        "created",
        "opened",
        ["move branch from 1 onto b: ci.yml", "open into main"],
    ),
    "it was merged with a person's commit on top and its branch stayed": (
        W,
        observe(tip=HUMAN_TIP, pulls=(old,)),
        "created",
        "opened",
        ["move branch from 9 onto b: ci.yml", "open into main"],
    ),
    "a person went on working on the branch after the merge": (
        W,
        observe(tip=replace(HUMAN_TIP, oid="8" * 40), pulls=(old,)),
        "blocked",
        "human-commit",
        NOTHING,
    ),
    # The base holds the content
    "the base holds the content, and nothing of ours is there": (
        W,
        observe(files=HELD),
        "unchanged",
        "already-on-base",
        NOTHING,
    ),
    "a file that is to go is absent": (
        desired_state(remove("ci.yml")),
        observe(),
        "unchanged",
        "already-on-base",
        NOTHING,
    ),
    "the base holds the content, and our pull request is open": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W),), files=HELD),
        "closed",
        "converged",
        ["patch state body", "delete branch at 1"],
    ),
    "a run of ours died between closing and deleting": (
        W,
        observe(
            tip=our_tip(W),
            pulls=(our_pull(W, state="CLOSED", marker=marker_of(W, closed="converged")),),
            files=HELD,
        ),
        "closed",
        "converged",
        ["delete branch at 1"],
    ),
    "we closed it, and a person took the branch over": (
        W,
        observe(
            tip=HUMAN_TIP,
            pulls=(our_pull(W, state="CLOSED", marker=marker_of(W, closed="converged")),),
            files=HELD,
        ),
        "unchanged",
        "already-on-base",
        NOTHING,
    ),
    "the base holds the content, and another person's pull request is open from our branch too": (
        W,
        observe(
            tip=our_tip(W),
            pulls=(our_pull(W), our_pull(W, number=9, base="rel", body="A backport.", by_us=False)),
            files=HELD,
        ),
        "closed",
        "converged",
        ["patch state body"],
    ),
    "it was merged, its branch stayed, and the base holds the content": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W, state="MERGED"),), files=HELD),
        "unchanged",
        "already-on-base",
        NOTHING,
    ),
    "somebody closed it, and then one of their own from our branch": (
        W,
        observe(
            tip=our_tip(W),
            pulls=(our_pull(W, number=9, state="CLOSED", body="Mine.", by_us=False), our_pull(W, state="CLOSED")),
        ),
        "skipped",
        "closed-by-someone",
        NOTHING,
    ),
    "somebody wiped our marker with the body, and closed it": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W, state="CLOSED", body="We do not want this.", head_oid="1" * 40),)),
        "skipped",
        "closed-by-someone",
        NOTHING,
    ),
    # Closed by somebody, and another policy than to respect it
    "somebody closed it, its branch holds kept commits, and it is to be reopened": (
        desired_state(on_closed="reopen"),
        observe(
            tip=our_tip(W, kept="9" * 40), pulls=(our_pull(W, state="CLOSED", head_oid="2" * 40),), branch_files={}
        ),
        "blocked",
        "human-commit",
        NOTHING,
    ),
    "somebody closed it, and it is to be reopened": (
        desired_state(on_closed="reopen"),
        observe(tip=our_tip(W), pulls=(our_pull(W, state="CLOSED"),)),
        "updated",
        "reopened",
        ["reopen"],
    ),
    "somebody closed it and deleted the branch, and it is to be reopened": (
        desired_state(on_closed="reopen"),
        observe(pulls=(our_pull(W, state="CLOSED"),)),
        "updated",
        "reopened",
        ["restore branch from nothing to 1", "reopen"],
    ),
    "somebody closed it, a run of ours moved the branch, and it is to be reopened": (
        desired_state(on_closed="reopen"),
        observe(tip=our_tip(W), pulls=(our_pull(W, state="CLOSED", head_oid="2" * 40),)),
        "updated",
        "reopened",
        ["restore branch from 1111111 to 2", "reopen"],
    ),
    "without leases a branch that a run of ours moved cannot be put back": (
        desired_state(on_closed="reopen"),
        observe(tip=our_tip(W), pulls=(our_pull(W, state="CLOSED", head_oid="2" * 40),), compare_and_swap=False),
        "blocked",
        "reopen-refused",
        NOTHING,
    ),
    "somebody closed it and went on working on the branch, and it is to be reopened": (
        desired_state(on_closed="reopen"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, state="CLOSED"),)),
        "blocked",
        "human-commit",
        NOTHING,
    ),
    "somebody closed it, and another one is to be opened": (
        desired_state(on_closed="new"),
        observe(tip=our_tip(W), pulls=(our_pull(W, state="CLOSED"),)),
        "created",
        "opened",
        ["move branch from 1 onto b: ci.yml", "open into main"],
    ),
    "somebody closed it and went on working on the branch, and another one is to be opened": (
        desired_state(on_closed="new"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, state="CLOSED"),)),
        "blocked",
        "human-commit",
        NOTHING,
    ),
    # Commits of others, and another policy than to stop
    "a person committed, and ours goes on top": (
        desired_state(on_human_commits="append"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W),), branch_files={"ci.yml": file()}),
        "updated",
        "content",
        ["move branch from 9 onto 9: ci.yml"],
    ),
    "a person committed just what is desired, and ours would go on top": (
        desired_state(on_human_commits="append"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W),), branch_files=HELD),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "ours is on top of a person's commit, and the desired state changed": (
        desired_state(add(content=b"newer\n")),
        observe(tip=our_tip(W, kept="e" * 40), pulls=(our_pull(W),), branch_files=HELD),
        "updated",
        "content",
        ["move branch from 1 onto 1: ci.yml"],
    ),
    "ours is on top of a person's commit, and the base holds the content": (
        W,
        observe(tip=our_tip(W, kept="e" * 40), pulls=(our_pull(W),), files=HELD, branch_files=HELD),
        "unchanged",
        "kept-for-commits",
        NOTHING,
    ),
    "a person committed, and is to be overwritten": (
        desired_state(on_human_commits="overwrite"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W),)),
        "updated",
        "content",
        ["move branch from 9 onto b: ci.yml"],
    ),
    "ours is on top of a person's commit, which is to be overwritten": (
        desired_state(on_human_commits="overwrite"),
        observe(tip=our_tip(W, kept="e" * 40), pulls=(our_pull(W),), branch_files=HELD),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml"],
    ),
    "a person committed and is to be overwritten, and the base holds the content": (
        desired_state(on_human_commits="overwrite"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W),), files=HELD),
        "closed",
        "converged",
        ["patch state body"],
    ),
    "a person committed, and the note is there": (
        W,
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, comments=(note(5),)),)),
        "blocked",
        "human-commit",
        NOTHING,
    ),
    "a person committed, and two runs left a note": (
        W,
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, comments=(note(5), note(6))),)),
        "blocked",
        "human-commit",
        ["delete comment 6"],
    ),
    "a person committed, and the token may not even leave a note": (
        W,
        observe(tip=HUMAN_TIP, pulls=(our_pull(W),), can_push=False),
        "blocked",
        "human-commit",
        NOTHING,
    ),
    "the person's commit is gone, and the note is not": (
        W,
        converged(W, comments=(note(5),)),
        "updated",
        "fields",
        ["delete comment 5"],
    ),
    # Pull requests of others
    "somebody's pull request is not taken over by default": (
        W,
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, body="Mine.", author="alice", by_us=False),)),
        "blocked",
        "foreign-pull-request",
        NOTHING,
    ),
    "somebody's pull request is not taken over as if it were our own": (
        desired_state(adopt="same-author"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, body="Mine.", by_us=None),), branch_files={}),
        "blocked",
        "foreign-pull-request",
        NOTHING,
    ),
    "a pull request that this token opened is taken over, and its commits are kept": (
        desired_state(adopt="same-author"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, body="Mine.", title="Old title", by_us=True),), branch_files={}),
        "updated",
        "adopted",
        ["move branch from 9 onto 9: ci.yml", "patch title body"],
    ),
    "somebody's pull request is taken over, and its title is left alone": (
        desired_state(adopt="any"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, body="Mine.", title="Old title", by_us=False),), branch_files={}),
        "updated",
        "adopted",
        ["move branch from 9 onto 9: ci.yml", "patch body"],
    ),
    "a person's pull request holds the content, and is taken over": (
        desired_state(adopt="any"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, body="Mine.", by_us=False),), branch_files=HELD),
        "updated",
        "adopted",
        ["patch body"],
    ),
    "a pull request was taken over, and the desired state changed": (
        W,
        observe(
            tip=HUMAN_TIP,
            pulls=(our_pull(W, marker=marker_of(W, adopted=HUMAN_TIP.oid)),),
            branch_files={"ci.yml": file()},
        ),
        "updated",
        "content",
        ["move branch from 9 onto 9: ci.yml"],
    ),
    "a pull request was taken over, and a person committed since": (
        desired_state(adopt="any"),
        observe(
            tip=HUMAN_TIP, pulls=(our_pull(W, marker=marker_of(W, adopted="7" * 40)),), branch_files={"ci.yml": file()}
        ),
        "blocked",
        "human-commit",
        ["write comment note"],
    ),
    "the base holds the content, and a person's pull request is not taken over for that": (
        desired_state(adopt="any", on_human_commits="overwrite"),
        observe(tip=HUMAN_TIP, pulls=(our_pull(W, body="Mine.", by_us=False),), files=HELD, branch_files=HELD),
        "unchanged",
        "kept-for-commits",
        NOTHING,
    ),
    "the base holds the content, and the pull request is to stay": (
        desired_state(on_converged="keep"),
        observe(tip=our_tip(W), pulls=(our_pull(W),), files=HELD),
        "unchanged",
        "kept-open",
        NOTHING,
    ),
    # Milestone, draft, auto-merge, long bodies
    "a milestone is desired by its title": (
        V1,
        observe(tip=our_tip(V1), pulls=(our_pull(V1),), milestones=(MILESTONE,)),
        "updated",
        "fields",
        ["milestone 3"],
    ),
    "a milestone is desired by its number": (
        desired_state(milestone="4"),
        converged(desired_state(milestone="4")),
        "updated",
        "fields",
        ["milestone 4"],
    ),
    "a milestone is desired that is not there": (V1, converged(V1), "unchanged", "up-to-date", NOTHING),
    "the milestone is as desired": (V1, with_v1(milestone=MILESTONE), "unchanged", "up-to-date", NOTHING),
    "people chose another milestone": (V1, with_v1(milestone=Milestone(9, "x")), "unchanged", "up-to-date", NOTHING),
    "another milestone is desired than the one we set": (
        V1,
        with_v1(milestone=Milestone(9, "x"), marker=marker_of(V1, milestone="x")),
        "updated",
        "fields",
        ["milestone 3", "patch body"],
    ),
    "the milestone we set is no longer desired": (
        W,
        converged(W, milestone=MILESTONE, marker=marker_of(V1)),
        "updated",
        "fields",
        ["milestone None", "patch body"],
    ),
    "auto-merge is desired": (SQUASH, converged(SQUASH), "updated", "fields", ["auto-merge squash"]),
    "auto-merge is on as desired": (
        SQUASH,
        converged(SQUASH, auto_merge="squash", marker=marker_of(SQUASH, auto_merge_on=True)),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "auto-merge is seen to be on for the first time": (
        SQUASH,
        converged(SQUASH, auto_merge="squash"),
        "updated",
        "fields",
        ["patch body"],
    ),
    "auto-merge was on, and somebody took it off": (
        SQUASH,
        converged(SQUASH, marker=marker_of(SQUASH, auto_merge_on=True)),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "auto-merge was on, a person took it off, and another method is desired now": (
        SQUASH,
        converged(SQUASH, marker=marker_of(SQUASH, auto_merge="rebase", auto_merge_on=True)),
        "updated",
        "fields",
        ["patch body", "auto-merge squash"],
    ),
    "people chose another way to merge": (
        SQUASH,
        converged(SQUASH, auto_merge="rebase"),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "another way to merge is desired than the one we set": (
        SQUASH,
        converged(SQUASH, auto_merge="rebase", marker=marker_of(SQUASH, auto_merge="rebase")),
        "updated",
        "fields",
        ["auto-merge squash", "patch body"],
    ),
    "the auto-merge we set is no longer desired": (
        W,
        converged(W, auto_merge="squash", marker=marker_of(SQUASH)),
        "updated",
        "fields",
        ["auto-merge None", "patch body"],
    ),
    "auto-merge that people set is theirs": (W, converged(W, auto_merge="merge"), "unchanged", "up-to-date", NOTHING),
    "auto-merge was refused before": (
        SQUASH,
        converged(SQUASH, marker=marker_of(SQUASH, refused=("auto-merge:squash",))),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "auto-merge was refused before, and the content is another now": (
        desired_state(add(content=b"newer\n"), auto_merge="squash"),
        converged(SQUASH, marker=marker_of(SQUASH, refused=("auto-merge:squash",))),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml", "patch body", "auto-merge squash"],
    ),
    "every field is desired of a new one": (
        desired_state(**FULL, milestone="v1", auto_merge="squash"),
        observe(milestones=(MILESTONE,)),
        "created",
        "opened",
        [
            "create branch onto b: ci.yml",
            "open into main",
            "set labels bot assignees alice milestone 3",
            "ask bob core",
            "auto-merge squash",
        ],
    ),
    "a draft is not merged by itself": (
        desired_state(auto_merge="squash", draft="true"),
        observe(),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main as draft"],
    ),
    "people made it a draft, which is not merged by itself": (
        SQUASH,
        converged(SQUASH, draft=True),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "a draft was refused before": (
        desired_state(draft="always-true"),
        converged(W, marker=marker_of(W, refused=("draft",))),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "auto-merge is not allowed there": (
        desired_state(auto_merge="squash"),
        observe(auto_merge_allowed=False),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "it must be a draft at all times": (
        desired_state(draft="always-true"),
        converged(W),
        "updated",
        "fields",
        ["draft"],
    ),
    "it was to be opened as a draft, and people marked it ready": (
        desired_state(draft="true"),
        converged(W),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "people made it a draft": (W, converged(W, draft=True), "unchanged", "up-to-date", NOTHING),
    "a new one whose body is too long": (
        LONG,
        observe(),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main", "write comment 2"],
    ),
    "a long body whose comment is not there": (
        LONG,
        converged(LONG),
        "updated",
        "fields",
        ["patch body", "write comment 2"],
    ),
    "a long body whose comment is not linked yet": (
        LONG,
        converged(LONG, comments=(part(5),)),
        "updated",
        "fields",
        ["patch body"],
    ),
    "a long body whose comment says something else": (
        LONG,
        converged(LONG, comments=(part(5, "Before."),)),
        "updated",
        "fields",
        ["patch body", "edit comment 2"],
    ),
    "a body that was long, and is not any more": (
        W,
        converged(W, comments=(part(5),)),
        "updated",
        "fields",
        ["delete comment 5"],
    ),
    "two runs wrote the same comment": (
        LONG,
        converged(LONG, body=compose(marker_of(LONG), with_links(LONG.block, ["u5"])), comments=(part(5), part(6))),
        "updated",
        "fields",
        ["delete comment 6"],
    ),
    # What is asked before anything is written
    "the name of the bot branch is below that of another": (
        W,
        observe(branch_clash="action-patterns"),
        "blocked",
        "branch-clash",
        NOTHING,
    ),
    "a rule keeps this token from the bot branch": (
        desired_state(add(content=b"newer\n")),
        replace(converged(W), branch_rule=RefRule(may_push=False)),
        "blocked",
        "branch-protected",
        NOTHING,
    ),
    "a rule keeps everybody from a force push": (
        desired_state(add(content=b"newer\n")),
        replace(converged(W), branch_rule=RefRule(may_push=True, may_force=False)),
        "blocked",
        "branch-protected",
        NOTHING,
    ),
    "a rule against force pushes does not matter to a commit on top": (
        desired_state(on_human_commits="append"),
        observe(
            tip=HUMAN_TIP, pulls=(our_pull(W),), branch_files={}, branch_rule=RefRule(may_push=True, may_force=False)
        ),
        "updated",
        "content",
        ["move branch from 9 onto 9: ci.yml"],
    ),
    "GITHUB_TOKEN may not write workflow files": (
        desired_state(add(".github/workflows/ci.yml")),
        observe(files={}, may_change_workflows=False),
        "blocked",
        "workflow-files",
        NOTHING,
    ),
    "whether the token may write workflow files is not known": (
        desired_state(add(".github/workflows/ci.yml")),
        observe(files={}),
        "created",
        "opened",
        ["create branch onto b: .github/workflows/ci.yml", "open into main"],
    ),
    "the bot branch takes signed commits only, and a person's token signs none": (
        desired_state(add(content=b"newer\n")),
        replace(converged(W), branch_rule=RefRule(needs_signatures=True), signs=False),
        "blocked",
        "unsigned-commits",
        NOTHING,
    ),
    "the bot branch takes signed commits only, and the author is named": (
        desired_state(add(content=b"newer\n"), author="Alice <alice@acme>"),
        replace(converged(W), branch_rule=RefRule(needs_signatures=True), signs=True),
        "blocked",
        "unsigned-commits",
        NOTHING,
    ),
    "the bot branch takes signed commits only, and GitHub signs ours": (
        desired_state(add(content=b"newer\n")),
        replace(converged(W), branch_rule=RefRule(needs_signatures=True), signs=True),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml"],
    ),
    "the base takes signed commits only: that is for the merge to see": (
        W,
        observe(base_rule=RefRule(needs_signatures=True), signs=False),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "the repository for the bot branch is no fork of the target": (
        desired_state(head_repository="bot/api"),
        observe(head_repository="bot/api", head_repository_id="R_2", head_parent="other/api"),
        "blocked",
        "not-a-fork",
        NOTHING,
    ),
    "the bot branch goes into a fork": (
        desired_state(head_repository="bot/api"),
        observe(head_repository="bot/api", head_repository_id="R_2", head_parent="Acme/API"),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main from bot/api"],
    ),
    "the bot branch in a fork has the name of the base": (
        desired_state(head_repository="bot/api", branch="main"),
        observe(
            tip=our_tip(desired_state(branch="main")),
            pulls=(our_pull(W),),
            head_repository="bot/api",
            head_parent="acme/api",
        ),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "the base was force-pushed away from below our commit": (
        W,
        replace(observe(tip=our_tip(W, parent=OLD_BASE), pulls=(our_pull(W),)), parent_on_base=False),
        "updated",
        "content",
        ["move branch from 1 onto b: ci.yml"],
    ),
    "the base moved on above the commit below ours": (
        W,
        replace(observe(tip=our_tip(W, parent=OLD_BASE), pulls=(our_pull(W),)), parent_on_base=True),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "the base was force-pushed, and the branch only moves forward": (
        W,
        replace(
            observe(tip=our_tip(W, parent=OLD_BASE), pulls=(our_pull(W),), compare_and_swap=False), parent_on_base=False
        ),
        "blocked",
        "base-rewritten",
        NOTHING,
    ),
    "the base was force-pushed, there is no pull request, and the branch only moves forward": (
        W,
        replace(observe(tip=our_tip(W, parent=OLD_BASE), compare_and_swap=False), parent_on_base=False),
        "blocked",
        "base-rewritten",
        NOTHING,
    ),
    "the base holds the content, and a pull request is open to be merged into our branch": (
        W,
        replace(observe(tip=our_tip(W), pulls=(our_pull(W),), files=HELD), stacked=(9,)),
        "closed",
        "converged",
        ["patch state body"],
    ),
    "a branch that a dead run left is the base of another pull request": (
        W,
        replace(observe(tip=our_tip(W), files=HELD), stacked=(9,)),
        "unchanged",
        "already-on-base",
        NOTHING,
    ),
    # Room for labels
    "there is room for one label more": (
        desired_state(labels=("bot",)),
        converged(W, labels=tuple(f"l{n}" for n in range(99))),
        "updated",
        "fields",
        ["patch body", "label bot"],
    ),
    "there is no room for a label": (
        desired_state(labels=("bot",)),
        converged(W, labels=tuple(f"l{n}" for n in range(100))),
        "updated",
        "fields",
        ["patch body"],
    ),
    "there is room for one of two labels": (
        desired_state(labels=("bot", "ci")),
        converged(W, labels=tuple(f"l{n}" for n in range(99))),
        "updated",
        "fields",
        ["patch body", "label bot"],
    ),
    "a label that is no longer desired makes room": (
        desired_state(labels=("ci",)),
        converged(W, marker=marker_of(W, labels=("bot",)), labels=("bot", *(f"l{n}" for n in range(99)))),
        "updated",
        "fields",
        ["unlabel bot", "patch body", "label ci"],
    ),
    # Time
    "the change takes more writes than a run has time for": (
        replace(W, most_writes=2),
        observe(),
        "blocked",
        "too-many-writes",
        NOTHING,
    ),
    "the change takes just the writes that a run has time for": (
        replace(W, most_writes=3),
        observe(),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    # A close that counts for its content
    "a person closed the pull request with this content": (
        desired_state(on_closed="respect-content"),
        observe(pulls=(our_pull(W, state="CLOSED"),), closed_files={"ci.yml": file(b"new\n")}),
        "skipped",
        "closed-by-someone",
        NOTHING,
    ),
    "a person closed the pull request with other content": (
        desired_state(on_closed="respect-content"),
        observe(pulls=(our_pull(W, state="CLOSED"),), closed_files={"ci.yml": file(b"older\n")}),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "a person closed the pull request, and its content cannot be read": (
        desired_state(on_closed="respect-content"),
        observe(pulls=(our_pull(W, state="CLOSED"),)),
        "skipped",
        "closed-by-someone",
        NOTHING,
    ),
    # Sources and runs
    "the open pull request is another repository's": (
        replace(W, source=Source(repository="2")),
        converged(W, marker=marker_of(W, repository="1")),
        "blocked",
        "foreign-campaign",
        NOTHING,
    ),
    "another job of this run has made the pull request for another base": (
        replace(desired_state(base="dev"), source=Source(repository="1", run=SEVENTH)),
        replace(converged(W), base="dev", branch_tip=our_tip(W, run=replace(SEVENTH, base="main"))),
        "blocked",
        "key-of-two-bases",
        NOTHING,
    ),
    "a newer run of the workflow has written other content": (
        replace(desired_state(add(content=b"older\n")), source=Source(repository="1", run=SEVENTH)),
        replace(converged(W), branch_tip=our_tip(W, run=replace(SEVENTH, number=8))),
        "skipped",
        "older-source",
        NOTHING,
    ),
    "a newer run of the workflow has written the same": (
        replace(W, source=Source(run=SEVENTH)),
        replace(converged(W), branch_tip=our_tip(W, run=replace(SEVENTH, number=8))),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    # A server without leases
    "without leases the branch moves forward only": (
        desired_state(add(content=b"newer\n")),
        replace(converged(W), compare_and_swap=False),
        "updated",
        "content",
        ["move branch from 1 onto 1+b: ci.yml"],
    ),
    "without leases nothing is deleted": (
        W,
        observe(tip=our_tip(W), pulls=(our_pull(W),), files=HELD, compare_and_swap=False),
        "closed",
        "converged",
        ["patch state body"],
    ),
    "without GraphQL it cannot be made a draft": (
        desired_state(draft="always-true"),
        replace(converged(W), graphql=False),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "without GraphQL auto-merge cannot be withdrawn, and ours is not forgotten": (
        W,
        replace(
            converged(W, auto_merge="squash", marker=marker_of(W, auto_merge="squash", auto_merge_on=True)),
            graphql=False,
        ),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "without GraphQL auto-merge cannot be changed, and ours is not forgotten": (
        SQUASH,
        replace(
            converged(SQUASH, auto_merge="rebase", marker=marker_of(SQUASH, auto_merge="rebase", auto_merge_on=True)),
            graphql=False,
        ),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    "without GraphQL the auto-merge that people set is theirs": (
        W,
        replace(converged(W, auto_merge="merge"), graphql=False),
        "unchanged",
        "up-to-date",
        NOTHING,
    ),
    # Things in the way
    "a desired file is a directory there": (W, observe(files={"ci.yml": DIRECTORY}), "blocked", "path-clash", NOTHING),
    "a desired file is below a file there": (
        desired_state(add("ci/a.yml")),
        observe(files={"ci": file(), "ci/a.yml": None}),
        "blocked",
        "path-clash",
        NOTHING,
    ),
    "a directory is desired to be absent as if it were a file": (
        desired_state(remove("ci.yml")),
        observe(files={"ci.yml": DIRECTORY}),
        "blocked",
        "path-clash",
        NOTHING,
    ),
    "a directory becomes a file, and the worktree saw it": (
        desired_state(add("ci", base_oid=DIRECTORY.oid), remove("ci/a.yml")),
        observe(files={"ci": DIRECTORY, "ci/a.yml": file()}),
        "created",
        "opened",
        ["create branch onto b: ci ci/a.yml", "open into main"],
    ),
    "a directory becomes a file, and somebody added a file to it after the checkout": (
        desired_state(add("ci", base_oid="e" * 40), remove("ci/a.yml")),
        observe(files={"ci": DIRECTORY, "ci/a.yml": file()}),
        "blocked",
        "stale-checkout",
        NOTHING,
    ),
    "a directory would become a file, and the desired state names only some of what is in it": (
        desired_state(add("ci"), remove("ci/a.yml")),
        observe(files={"ci": DIRECTORY, "ci/a.yml": file()}),
        "blocked",
        "path-clash",
        [],
    ),
    "a file becomes a directory, and the desired state says so": (
        desired_state(remove("ci"), add("ci/a.yml")),
        observe(files={"ci": file(), "ci/a.yml": None}),
        "created",
        "opened",
        ["create branch onto b: ci ci/a.yml", "open into main"],
    ),
    "the parent is a directory, as it should be": (
        desired_state(add("ci/a.yml")),
        observe(files={"ci": DIRECTORY, "ci/a.yml": None}),
        "created",
        "opened",
        ["create branch onto b: ci/a.yml", "open into main"],
    ),
    "the base changed the path after the checkout": (
        desired_state(add(base_oid=blob_oid(b"checked out\n"))),
        observe(files={"ci.yml": file(b"changed since\n")}),
        "blocked",
        "stale-checkout",
        NOTHING,
    ),
    "the base got the path after the checkout": (
        desired_state(add(base_oid=None)),
        observe(files={"ci.yml": file()}),
        "blocked",
        "stale-checkout",
        NOTHING,
    ),
    "the base lost the path after the checkout": (
        desired_state(add(base_oid=blob_oid(b"old\n"))),
        observe(),
        "blocked",
        "stale-checkout",
        NOTHING,
    ),
    "the checkout is the base": (
        desired_state(add(base_oid=blob_oid(b"old\n"))),
        observe(files={"ci.yml": file(b"old\n")}),
        "created",
        "opened",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "the checkout is stale where the base already holds the content": (
        desired_state(add(base_oid=None)),
        observe(files=HELD),
        "unchanged",
        "already-on-base",
        NOTHING,
    ),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_decision(situation: str) -> None:
    desired, observed, outcome, reason, steps = SITUATIONS[situation]
    decision = decide(desired, observed)
    assert (decision.outcome, decision.reason) == (outcome, reason)
    assert [told(step) for step in decision.steps] == steps


CLOSED = our_pull(W, state="CLOSED")

LEARNT: dict[str, tuple[Desired, Observed, RunMemory, str, list[str]]] = {
    "what was closed was closed by another run of ours, whose marker we have overwritten": (
        W,
        observe(pulls=(CLOSED,)),
        RunMemory(closed=frozenset({CLOSED.number})),
        "created",
        ["create branch onto b: ci.yml", "open into main"],
    ),
    "another one of ours was closed by another run": (
        W,
        observe(pulls=(CLOSED,)),
        RunMemory(closed=frozenset({CLOSED.number + 1})),
        "skipped",
        [],
    ),
    "a pull request was opened from the branch that we deleted": (
        W,
        observe(pulls=(CLOSED,), files=HELD),
        RunMemory(deleted=CLOSED.head_oid),
        "closed",
        ["patch body"],
    ),
    "somebody had closed it before we deleted another branch": (
        W,
        observe(pulls=(CLOSED,), files=HELD),
        RunMemory(deleted="f" * 40),
        "unchanged",
        [],
    ),
    "another run has put its label, its assignee and its milestone beside ours": (
        W,
        converged(W, labels=("theirs", "a person's"), assignees=("bob", "carol"), milestone=Milestone(1, "v1")),
        RunMemory(labels=frozenset({"theirs"}), assignees=frozenset({"bob"}), milestones=frozenset({"v1"})),
        "updated",
        ["unlabel theirs", "unassign bob", "milestone None"],
    ),
    "a field was refused in this run": (
        desired_state(labels=("bot",), assignees=("alice", "nobody")),
        converged(desired_state(labels=("bot",), assignees=("alice", "nobody")), labels=("bot",), assignees=("alice",)),
        RunMemory(refused=("assignee:nobody",)),
        "updated",
        ["patch body"],
    ),
    "the body was refused in this run": (
        desired_state(title="New", body="New words."),
        converged(W),
        RunMemory(refused=("body",)),
        "updated",
        ["patch title"],
    ),
}


@pytest.mark.parametrize("situation", LEARNT)
def test_decision_with_what_was_learnt_in_the_same_run(situation: str) -> None:
    desired, observed, memory, outcome, steps = LEARNT[situation]
    decision = decide(desired, observed, memory)
    assert (decision.outcome, [told(step) for step in decision.steps]) == (outcome, steps)


@pytest.mark.parametrize(
    ("situation", "refused"),
    [
        ("without GraphQL it cannot be made a draft", ("draft",)),
        ("without GraphQL auto-merge cannot be withdrawn, and ours is not forgotten", ("auto-merge",)),
        ("without GraphQL auto-merge cannot be changed, and ours is not forgotten", ("auto-merge",)),
        ("without GraphQL the auto-merge that people set is theirs", ()),
        ("auto-merge is not allowed there", ("auto-merge",)),
    ],
)
def test_what_cannot_be_had_there_is_named(situation: str, refused: tuple[str, ...]) -> None:
    assert decide(*SITUATIONS[situation][:2]).refused == refused


def test_every_reason_but_githubs_own_refusal_is_a_row_of_the_table() -> None:
    refusals = {"pull-request-refused", "branch-refused", "base-refused"}
    assert {row[3] for row in SITUATIONS.values()} == {r.code for r in DECISIONS} - refusals


@pytest.mark.parametrize("situation", [name for name, row in SITUATIONS.items() if row[2] in ("blocked", "skipped")])
def test_whatever_stops_a_target_says_why_and_what_to_do(situation: str) -> None:
    decision = decide(*SITUATIONS[situation][:2])
    assert decision.message.endswith(".")
    assert decision.remedy


def test_a_blocked_branch_names_its_tip_and_author() -> None:
    message = decide(*SITUATIONS["a person committed to our branch"][:2]).message
    assert "999999999999" in message
    assert "Alice <alice@acme>" in message


def test_a_missing_base_is_named() -> None:
    assert "release" in decide(desired_state(base="release"), observe(base=None, base_tip=None)).message
    assert "None" not in decide(W, observe(base=None, base_tip=None)).message


@pytest.mark.parametrize(
    ("situation", "changed"),
    [
        ("content, title and labels changed at once", ("content", "title", "labels")),
        ("the desired state goes into another base", ("content", "base")),
        ("a label is no longer desired", ("labels",)),
        ("an assignee is no longer desired", ("assignees",)),
        ("our pull request without its reviewers", ("reviewers",)),
        ("a person edited inside our block", ("body",)),
        ("a login that GitHub refused is no longer desired", ("body",)),
        ("the base holds the content, and our pull request is open", ("state",)),
    ],
)
def test_changed_fields_are_named(situation: str, changed: tuple[str, ...]) -> None:
    assert decide(*SITUATIONS[situation][:2]).changed_fields == changed


def test_the_written_commit_stands_on_the_base_tip_and_carries_key_and_digest() -> None:
    (write, _) = decide(two, observe(files={"a": file(b"new\n"), "b": None})).steps
    assert isinstance(write, WriteBranch)
    assert (write.parents, write.parent_tree, write.before) == ((BASE_TIP.oid,), BASE_TIP.tree, None)
    assert (write.key, write.branch, write.message) == ("sync", two.branch, "Sync files")


def test_a_new_pull_request_carries_a_marker_that_remembers_title_block_labels_and_assignees() -> None:
    decision = decide(FULL_STATE, observe())
    (opening,) = [step for step in decision.steps if isinstance(step, OpenPullRequest)]
    marker = parse_marker(opening.new.body)
    assert marker == decision.marker
    assert marker == marker_of(FULL_STATE)
    assert block_of(opening.new.body) == "Our words."


def test_a_title_that_a_person_edited_stays_theirs_in_the_marker() -> None:
    decision = decide(desired_state(title="Sync more", body="New words."), converged(W, title="Mine"))
    assert [told(step) for step in decision.steps] == ["patch body"]
    marker = parse_marker(text_of(decision))
    assert marker is not None
    assert marker.title == text_hash("Sync files")


@pytest.mark.parametrize("theirs", ["Their words.", "Two\n\nparagraphs", "<!-- a comment -->"])
def test_words_around_our_block_survive_an_update(theirs: str) -> None:
    head, _, rest = our_pull(W).body.partition("\n")
    observed = converged(W, body=f"{head}\n{theirs} above\n{rest}\n{theirs} below")
    body = text_of(decide(desired_state(body="New words."), observed))
    assert body.index(f"{theirs} above") < body.index("New words.") < body.index(f"{theirs} below")
    assert "Our words." not in body


def test_a_closing_note_names_the_base_that_holds_the_content_and_keeps_peoples_words() -> None:
    desired = desired_state(base="dev")
    pull = our_pull(desired, base="main", body=f"{our_pull(desired).body}\nTheir words.")
    body = text_of(decide(desired, observe(base="dev", tip=our_tip(desired), pulls=(pull,), files=HELD)))
    assert "`dev` already holds" in body
    assert "Their words." in body
    marker = parse_marker(body)
    assert marker is not None
    assert marker.closed == "converged"


def test_what_people_can_ask_to_review_is_asked_by_slug_with_or_without_the_owner() -> None:
    desired = desired_state(team_reviewers=("acme/core",))
    assert decide(desired, converged(desired, requested=("acme/core",))).steps == ()


def test_a_decision_is_repeatable(**_: Any) -> None:
    for desired, observed, *_rest in SITUATIONS.values():
        assert decide(desired, observed) == decide(desired, observed)
