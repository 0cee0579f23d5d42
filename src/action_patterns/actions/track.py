"""track: one comment or one issue that says how the campaign stands; opened when something is wrong, closed after."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action import Action, Finish, NameList, Outputs, TokenInputs
from action_patterns.contracts import RunReport
from action_patterns.errors import AnswerLostError, InputError, Problem
from action_patterns.permissions import TRACK_COMMENT, TRACK_ISSUE, needed
from action_patterns.ports import Allowance, Issues, Ports, Post
from action_patterns.report import comment
from action_patterns.report.track import Step, decide, marker, own
from action_patterns.report.view import Page

MOST_ROUNDS = 4
"""Read, write, read again: enough for an answer that was lost and for two runs that open at once."""

VERBS = {"comment": TRACK_COMMENT, "issue": TRACK_ISSUE}


class TrackInputs(TokenInputs):
    """Inputs of track."""

    report: str = Field(description="Path of the run-report.json that report wrote.")
    kind: Literal["issue", "comment"] = Field(
        default="issue", description="`issue`: one tracking issue of this repository. `comment`: one sticky comment."
    )
    number: int | None = Field(default=None, ge=1, description="For `comment`: the issue or pull request it is on.")
    title: str | None = Field(default=None, description="For `issue`: its title. Default: `<name>: targets failing`.")
    labels: NameList = Field(default=(), description="For `issue`: labels, given when it is opened.")


class TrackOutputs(Outputs):
    """Outputs of track."""

    outcome: Literal["created", "updated", "closed", "unchanged"] = Field(description="What was done, in one word.")
    url: str = Field(description="Address of the issue or comment; empty where there is none.")


def run(inputs: TrackInputs, ports: Ports) -> Finish[TrackOutputs]:
    """Converge: read, decide, write, until nothing is left to write."""
    report = gather(inputs, ports)
    repository = ports.context.repository
    allowance = Allowance(
        seconds=60 * inputs.max_minutes, repositories=(repository,), permissions=needed(VERBS[inputs.kind])
    )
    issues = ports.github(inputs.credentials(), allowance).issues
    viewer = issues.viewer(repository)
    body = f"{marker(report)}\n{comment.fit(report, Page(ports.context))}"
    done: list[Step] = []
    for _ in range(MOST_ROUNDS):
        posts = _posts(inputs, issues, repository, viewer)
        steps = decide(inputs.kind, report, posts, viewer)
        if not steps:
            break
        for step in steps:
            try:
                _write(step, inputs, issues, repository, report, body)
            except AnswerLostError as error:
                ports.log.info(f"{error.message} Looking before sending again.")
            done.append(step)  # one whose answer was lost was done, or is done again in the next round
    url = next((post.url for post in own(report, posts, viewer)), "")
    words = {"create": "created", "update": "updated", "close": "closed"}
    outcome = next((words[step.do] for step in done if step.do in words), "unchanged")
    ports.log.info(f"{inputs.kind}: {outcome} {url}".rstrip())
    return Finish(TrackOutputs.model_validate({"outcome": outcome, "url": url}))


def gather(inputs: TrackInputs, ports: Ports) -> RunReport:
    """The report. Raises InputError when it is none, or an input that `kind` needs is not there."""
    if inputs.kind == "comment" and inputs.number is None:
        raise InputError(
            Problem("`kind: comment` needs `number`.", "Set `number` to the issue or pull request to comment on.")
        )
    text = ports.files.read(inputs.report).decode(errors="replace")
    return RunReport.decode(text, name=inputs.report)


def _posts(inputs: TrackInputs, issues: Issues, repository: str, viewer: str) -> tuple[Post, ...]:
    return (
        issues.comments(repository, inputs.number)
        if inputs.number and inputs.kind == "comment"
        else issues.issues(repository, viewer)
    )


def _write(step: Step, inputs: TrackInputs, issues: Issues, repository: str, report: RunReport, body: str) -> None:
    title = inputs.title or f"{report.name}: targets failing"
    if inputs.kind == "comment":
        if step.post is None:
            issues.create_comment(repository, inputs.number or 0, body)
        elif step.do == "remove":
            issues.delete_comment(repository, step.post.id)
        else:
            issues.update_comment(repository, step.post.id, body)
    elif step.post is None:
        issues.create_issue(repository, title=title, body=body, labels=inputs.labels)
    elif step.do == "remove":
        issues.update_issue(repository, step.post.id, {"state": "closed"})
    else:
        state = "closed" if step.do == "close" else "open"
        issues.update_issue(repository, step.post.id, {"title": title, "body": body, "state": state})


ACTION = Action(
    name="track",
    title="Track a campaign in one issue or comment",
    description="Keeps one issue or one comment that says how a campaign stands: opened when targets fail, updated in"
    " place, closed when they recover, and left alone while nothing changes.",
    patterns=("Idempotency", "Error Handling"),
    inputs=TrackInputs,
    outputs=TrackOutputs,
    run=run,
    icon="message-square",
    color="blue",
    verbs=tuple(dict.fromkeys(VERBS["issue"] + VERBS["comment"])),
)
