"""track: one comment or one issue that says how the campaign stands; opened when something is wrong, closed after."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.action.values import read_input_file
from action_patterns.contracts import RunReport
from action_patterns.contracts.artifact import NAME_RULE, is_name
from action_patterns.errors import (
    AnswerLostError,
    InputError,
    NotFoundError,
    PermissionDeniedError,
    Problem,
    UnavailableError,
)
from action_patterns.input_types import NameList
from action_patterns.ports.bundle import Ports
from action_patterns.ports.issues import Issues, Post
from action_patterns.ports.permissions import Verb
from action_patterns.tracking.decide import Step, decide, foreign, newer, own
from action_patterns.tracking.memory import above
from action_patterns.tracking.text import body

MOST_ROUNDS = 4
"""Read, write, read again: enough for an answer that was lost and for two runs that open at once."""
MOST_PAGES = 10
"""Pages of one look among the issues: a repository may have thousands."""

USES: dict[str, tuple[Verb, ...]] = {
    "comment": (
        Issues.viewer,
        Issues.repository_id,
        Issues.comments,
        Issues.create_comment,
        Issues.update_comment,
        Issues.delete_comment,
    ),
    "issue": (Issues.viewer, Issues.repository_id, Issues.newest, Issues.create, Issues.update),
}
"""The verbs that each kind calls."""


class TrackInputs(TokenInputs):
    """Inputs of track."""

    report: str = Field(description="Path of the run-report.json that report wrote.")
    kind: Literal["issue", "comment"] = Field(
        default="issue", description="`issue`: one tracking issue of this repository. `comment`: one sticky comment."
    )
    number: int | None = Field(default=None, ge=1, description="For `comment`: the issue or pull request it is on.")
    name: str = Field(
        default="",
        description="Name of the campaign: it finds the text and is its title. Default: the report's name. A run that"
        " ended before its plan has no name, so set it if you set no `name` for `report`.",
    )
    title: str | None = Field(default=None, description="For `issue`: its title. Default: `<name>: targets failing`.")
    labels: NameList = Field(default=(), description="For `issue`: labels, given when it is opened.")


class TrackOutputs(Outputs):
    """Outputs of track."""

    outcome: Literal["created", "updated", "closed", "unchanged"] = Field(
        description="Outcome of this step, in one word."
    )
    url: str = Field(description="Address of the issue or comment; empty if there is none.")


def run(inputs: TrackInputs, ports: Ports) -> Finish[TrackOutputs]:
    """Read, decide and write, until nothing is left to write."""
    validate(inputs)
    report = gather(inputs, ports)
    here = (ports.context.repository,)
    issues = open_session(
        ports,
        inputs.credentials(),
        USES[inputs.kind],
        seconds=60 * inputs.max_minutes,
        reach=Reach(here),
        narrowed=here,
    ).issues
    report = identified(report, issues, ports)
    try:
        viewer = issues.viewer(ports.context.repository)
        posts, done = apply(inputs, report, issues, viewer, ports)
    except PermissionDeniedError as error:
        if not ports.context.from_fork:
            raise
        raise _of_a_fork(error) from error
    later = newer(report, posts, viewer)
    if later:
        ports.log.info(f"A newer run wrote the current text ({later}), so it stays as it is.")
    for post in foreign(report, posts, viewer):
        ports.log.info(
            f"{post.url} of {post.author or 'a deleted account'} holds this campaign's mark too. It is a copy, or"
            " another account's, so it stays as it is."
        )
    url = next((post.url for post in own(report, posts, viewer)), "")
    words = {"create": "created", "update": "updated", "close": "closed"}
    outcome = next((words[step.do] for step in done if step.do in words), "unchanged")
    ports.log.info(f"{inputs.kind}: {outcome} {url}".rstrip())
    return Finish(outputs=TrackOutputs.model_validate({"outcome": outcome, "url": url}))


def identified(report: RunReport, issues: Issues, ports: Ports) -> RunReport:
    """Return the report with the id of its repository, by which a later run finds the text after a rename."""
    if report.repository_id:
        return report
    context = ports.context
    if context.repository_id and report.source_repository.lower() == context.repository.lower():
        return report.model_copy(update={"repository_id": context.repository_id})
    try:
        return report.model_copy(update={"repository_id": issues.repository_id(report.source_repository)})
    except (NotFoundError, PermissionDeniedError):
        return report  # another repository's report: its name is all that is known


def _of_a_fork(error: PermissionDeniedError) -> PermissionDeniedError:
    return PermissionDeniedError(
        f"{error.message} This run is of a pull request from a fork, and GitHub gives it a token that only reads.",
        remediation="`permissions` in the workflow cannot change that. Upload run-report.json, and run `track` in a"
        " second workflow `on: workflow_run`, which works in this repository. Do not use `pull_request_target` to run"
        " the code of a fork.",
        request_id=error.request_id,
    )


def validate(inputs: TrackInputs) -> None:
    """Raise InputError if an input is missing that `kind` needs, or the name is none."""
    problems = []
    if inputs.kind == "comment" and inputs.number is None:
        problems.append(
            Problem("`kind: comment` needs `number`.", "Set `number` to the issue or pull request to comment on.")
        )
    if inputs.name and not is_name(inputs.name):
        what = f"`name` is {inputs.name!r}, which no campaign has."
        problems.append(Problem(what, f"{NAME_RULE.capitalize()}. Words for people go into `title`."))
    if problems:
        raise InputError(*problems)


def gather(inputs: TrackInputs, ports: Ports) -> RunReport:
    """Return the report, with its name.

    Raises:
        InputError: the file is no report, or nothing names it.
    """
    text = read_input_file("report", inputs.report, ports)
    report = RunReport.decode(text, name=inputs.report)
    name = inputs.name or report.name
    if not name:
        raise InputError(
            Problem(
                f"{inputs.report} has no name, as its run had no plan: what it would write could not be found again.",
                "Set `name` to the campaign's name, here or on report: the `name` of its plan or distribution file.",
            )
        )
    return report.model_copy(update={"name": name})


def apply(
    inputs: TrackInputs, report: RunReport, issues: Issues, viewer: str, ports: Ports
) -> tuple[tuple[Post, ...], list[Step]]:
    """Read, decide and write in rounds. Return the posts as they are now, and the steps that were sent.

    Raises:
        UnavailableError: the last round still found something to write.
    """
    repository = ports.context.repository
    done: list[Step] = []
    seen: dict[int, Post] = {}
    written: dict[int, Post | None] = {}
    for number in range(MOST_ROUNDS):
        # A listing may lag behind: what GitHub has acknowledged is known without it, and never sent again.
        looked = _comments(inputs, issues, repository) if inputs.kind == "comment" else None
        if looked is None:
            looked = _look(report, issues, viewer, ports) if number == 0 else issues.newest(repository, pages=1).posts
            looked = (*seen.values(), *looked)
        seen = {post.id: post for post in looked}
        posts = tuple(post for post in (seen | written).values() if post)
        steps = decide(inputs.kind, report, posts, viewer)
        if not steps:
            return posts, done
        for step in steps:
            try:
                at, after = _write(step, inputs, issues, report, viewer, ports)
                written[at] = after
            except AnswerLostError as error:
                ports.log.info(f"{error.message} Looking before sending again.")
            done.append(step)  # one whose answer was lost was done, or is done again in the next round
    raise UnavailableError(
        f"After {MOST_ROUNDS} rounds of reading and writing the {inputs.kind} still does not match the report.",
        remediation="Run this job again: it finds the current text and leaves it as it is.",
    )


def _comments(inputs: TrackInputs, issues: Issues, repository: str) -> tuple[Post, ...]:
    return issues.comments(repository, inputs.number or 0)


def _look(report: RunReport, issues: Issues, viewer: str, ports: Ports) -> tuple[Post, ...]:
    """Return the issues among which ours must be: all where they are few, else this account's, else the newest."""
    repository = ports.context.repository
    newest = issues.newest(repository, pages=1)
    if newest.complete:
        return newest.posts
    mine = issues.newest(repository, pages=MOST_PAGES, author=viewer)
    found = {post.id: post for post in (*newest.posts, *mine.posts)}
    if not own(report, tuple(found.values()), viewer):
        # Some servers leave out what an App opened.
        newest = issues.newest(repository, pages=MOST_PAGES)
        found |= {post.id: post for post in newest.posts}
        if not newest.complete:
            ports.log.info(
                f"The tracking issue is not among the {len(mine.posts):,} newest issues of {viewer}, nor among the"
                f" {len(newest.posts):,} newest of all. An older one counts as absent."
            )
    return tuple(found.values())


def _write(
    step: Step, inputs: TrackInputs, issues: Issues, report: RunReport, viewer: str, ports: Ports
) -> tuple[int, Post | None]:
    """Returns which one was written, and what stands there now: None where nothing does."""
    repository, title = ports.context.repository, inputs.title or f"{report.name}: targets failing"
    comment_wanted = inputs.kind == "comment"
    if step.post is None:
        text = body(report, step.memory, ports.context)
        new = (
            issues.create_comment(repository, inputs.number or 0, text)
            if comment_wanted
            else issues.create(repository, title=title, body=text, labels=inputs.labels)
        )
        return new.id, _with_its_id(new, step, inputs, issues, report, viewer, ports)
    number = step.post.id
    if comment_wanted and step.do == "remove":
        issues.delete_comment(repository, number)
        return number, None
    if step.do == "remove":
        issues.update(repository, number, {"state": "closed"})
        return number, replace(step.post, open=False)
    text = body(report, step.memory, ports.context, above=above(report, step.post.body), post=number)
    if comment_wanted:
        issues.update_comment(repository, number, text)
        return number, replace(step.post, body=text)
    state = "closed" if step.do == "close" else "open"
    issues.update(repository, number, {"title": title, "body": text, "state": state})
    return number, replace(step.post, title=title, body=text, open=state == "open")


def _with_its_id(
    new: Post, step: Step, inputs: TrackInputs, issues: Issues, report: RunReport, viewer: str, ports: Ports
) -> Post:
    """Write the post's own id into it, so that a copy by the same person is known for one. An App makes no copies."""
    if viewer.endswith("[bot]"):
        return new
    repository, text = ports.context.repository, body(report, step.memory, ports.context, post=new.id)
    try:
        if inputs.kind == "comment":
            issues.update_comment(repository, new.id, text)
        else:
            issues.update(repository, new.id, {"body": text})
    except AnswerLostError as error:
        ports.log.info(f"{error.message} The post has no id of its own yet; the next change writes it.")
        return new
    return replace(new, body=text)


ACTION = Action(
    name="track",
    title="Track a campaign in one issue or comment",
    description="Keep one issue or one comment about the state of a campaign: opened when targets fail, updated in"
    " place, closed when they recover, and left alone while nothing changes.",
    patterns=("Idempotency", "Error Handling"),
    since="0.1.0",
    inputs=TrackInputs,
    outputs=TrackOutputs,
    run=run,
    icon="message-square",
    color="blue",
    uses=tuple(dict.fromkeys(USES["issue"] + USES["comment"])),
)
