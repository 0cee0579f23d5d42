"""upsert-pr: find or create the one pull request of a key, and bring it to the desired state. Safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pydantic import ConfigDict, Field

from action_patterns.action.checkout import check_name
from action_patterns.action.content import Content, from_checkout, from_directory, read_body
from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Inputs, Outputs, TokenInputs
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.contracts.repository import is_repository
from action_patterns.errors import EXIT_FAILED, ActionPatternsError, InputError, Problem
from action_patterns.escape import cell, cell_code, code_fence, inline, link, link_url, terminal
from action_patterns.input_types import Flag, LineList
from action_patterns.limits.duration import writes_within
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.log import Annotation, Level
from action_patterns.ports.repositories import Repositories
from action_patterns.pull_request.ownership.source import source_of
from action_patterns.pull_request.reasons import REASONS
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.resolve import ACTIONS_BOT, resolve
from action_patterns.pull_request.spec.spec import PullRequestSpec
from action_patterns.pull_request.upsert import USES, Assignment, failure, upsert

if TYPE_CHECKING:
    from action_patterns.contracts import TargetResult

T = TypeVar("T")


class _What(Inputs):
    """Which pull request, where, and with which content."""

    key: str | None = Field(
        default=None,
        description="Name of this pull request, the same on every run, for example `sync-config`."
        " The branch follows from it. Required unless `branch` is given.",
    )
    directory: str | None = Field(
        default=None,
        description="Lay the files of this directory over the target. Default: the changes of the checked-out"
        " worktree, untracked and deleted files included.",
    )
    paths: LineList = Field(
        default=(), description="Limit the worktree's changes to these paths or git pathspecs, one a line."
    )
    path: str | None = Field(
        default=None,
        description="Directory of the checkout in the workspace: what actions/checkout has as `path`. Default: the"
        " workspace; if that is no repository, the one checkout of `repository` right below it.",
    )
    repository: str | None = Field(
        default=None,
        description="`owner/name` to open the pull request in. Default: the repository the workflow runs in.",
    )
    head_repository: str | None = Field(
        default=None,
        description="`owner/name` of a fork of it, to hold the bot branch. Default: the repository itself.",
    )
    branch: str | None = Field(
        default=None, description="Name of the bot branch, instead of the one that follows from `key`."
    )
    body_path: str | None = Field(default=None, description="File to read the body from, instead of `body`.")
    push_protection_bypass: LineList = Field(
        default=(),
        description="Files, or directories with all below them, whose content may look like a secret, one path a line."
        " Default: such content stops the step.",
    )


class UpsertPrInputs(TokenInputs, PullRequestSpec, _What):
    """Inputs of upsert-pr."""

    model_config = ConfigDict(extra="forbid")

    max_parallel: int = Field(
        default=1,
        ge=1,
        description="Number of jobs that run this action at the same time with one token, as in"
        " `strategy.max-parallel`: each takes its share of the limits.",
    )
    dry_run: Flag = Field(default=False, description="Write nothing; show the exact writes a real run would send.")


class UpsertPrOutputs(Outputs):
    """Outputs of upsert-pr."""

    outcome: str = Field(
        description="Outcome: `created`, `updated`, `unchanged`, `closed`, `skipped`, `blocked`, `deferred`,"
        " `failed` or `planned`."
    )
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    number: int | None = Field(
        description="Number of the pull request, if there is one; where nothing is left to propose, of the merged one."
    )
    url: str | None = Field(description="Its URL.")
    branch: str | None = Field(description="The bot branch.")
    head_sha: str | None = Field(description="Tip of the bot branch after the run.")
    commit_verified: bool | None = Field(
        description="Whether GitHub shows that commit as verified, read back after the write; empty if there is none."
    )
    changed_fields: str = Field(description="Comma-separated fields this run changed, `content` among them.")
    refused_fields: str = Field(
        description="Comma-separated fields that GitHub refused, or that this server does not offer."
    )
    requests: int = Field(description="Requests sent to GitHub.")
    writes: int = Field(description="How many of them were writes.")
    result: str = Field(description="Path of the full result, JSON.")
    pull_request_number: int | None = Field(description="`number`, as create-pull-request names it.")
    pull_request_url: str | None = Field(description="`url`, as create-pull-request names it.")
    pull_request_operation: str = Field(
        description="`created`, `updated`, `closed` or `none`, as create-pull-request names it; `outcome` says more."
    )
    pull_request_head_sha: str | None = Field(description="`head-sha`, as create-pull-request names it.")
    pull_request_branch: str | None = Field(description="`branch`, as create-pull-request names it.")
    pull_request_commits_verified: bool | None = Field(
        description="`commit-verified`, as create-pull-request names it."
    )


def gather(inputs: UpsertPrInputs, reached: tuple[str, ...], ports: Ports) -> Content:
    """Return the desired changes, from a directory or from the worktree."""
    bypass = inputs.push_protection_bypass
    if inputs.directory is not None:
        return from_directory(ports.files, inputs.directory, bypass=bypass)
    own = ports.context.repository
    return from_checkout(ports.checkout, inputs.path, reached, paths=inputs.paths, bypass=bypass, own=own)


def run(inputs: UpsertPrInputs, ports: Ports) -> Finish[UpsertPrOutputs]:
    """Upsert one pull request."""
    context = ports.context
    repository = inputs.repository or context.repository
    reached = tuple(dict.fromkeys((repository, inputs.head_repository or repository)))
    credentials, desired, content = validate(inputs, reached, ports)
    session = open_session(
        ports,
        credentials,
        ACTION.uses,
        seconds=60 * inputs.max_minutes,
        reach=Reach(reached),
        narrowed=reached,
        paths=[change.path for change in desired.changes],
        share=1 / inputs.max_parallel,
    )
    if content.origin is not None:
        check_name(content.origin, reached, session.repositories)
    result = upsert(desired, _assignment(repository, context), session, ports.clock, dry_run=inputs.dry_run)
    from action_patterns.contracts.result import FAILING  # the first request is sent without it

    outputs = _outputs(result, ports)
    told = result.redacted(ports.log.redact)
    ports.log.info(line(told))
    return Finish(
        outputs=outputs,
        summary=summary(told, context.server_url),
        annotations=(*_notes(told), *_left_out(content.notice)),
        exit_code=EXIT_FAILED if result.outcome in FAILING else 0,
    )


def failed(error: ActionPatternsError, inputs: UpsertPrInputs | None, ports: Ports) -> Finish[UpsertPrOutputs]:
    """Leave the result of a run that an error ended: the steps behind it read it as any other."""
    repository = (inputs.repository if inputs else None) or ports.context.repository
    result = failure(error, _assignment(repository, ports.context))
    told = result.redacted(ports.log.redact)
    ports.log.info(line(told))
    return Finish(outputs=_outputs(result, ports), summary=summary(told, ports.context.server_url))


def _assignment(repository: str, context: Context) -> Assignment:
    plan_id = f"{context.run_id}-{context.run_attempt}-upsert-pr"
    return Assignment(plan_id=plan_id, index=0, attempt=context.run_attempt, repository=repository)


def _outputs(result: TargetResult, ports: Ports) -> UpsertPrOutputs:
    name = (result.branch or "failed").replace("/", "-")
    return UpsertPrOutputs(
        outcome=result.outcome,
        reason=result.reason,
        number=result.pull_request_number,
        url=result.pull_request_url,
        branch=result.branch,
        head_sha=result.after_oid,
        commit_verified=result.commit_verified,
        changed_fields=",".join(result.changed_fields),
        refused_fields=",".join(result.refused_fields),
        requests=result.usage.requests,
        writes=result.usage.writes,
        result=ports.files.write(f"action-patterns/results/{name}.json", result.encode()),
        pull_request_number=result.pull_request_number,
        pull_request_url=result.pull_request_url,
        pull_request_operation=result.outcome if result.outcome in ("created", "updated", "closed") else "none",
        pull_request_head_sha=result.after_oid,
        pull_request_branch=result.branch,
        pull_request_commits_verified=result.commit_verified,
    )


def validate(inputs: UpsertPrInputs, reached: tuple[str, ...], ports: Ports) -> tuple[Credentials, Desired, Content]:
    """Read the inputs' files, and return the credentials, the desired state, and the content it has.

    `reached` is the repository, and the fork if there is one.

    Raises:
        InputError: every problem at once.
    """
    problems: list[Problem] = []

    def collect(step: Callable[[], T], otherwise: T) -> T:
        try:
            return step()
        except InputError as error:
            problems.extend(error.problems)
            return otherwise

    for name, value in (("repository", reached[0]), ("head-repository", inputs.head_repository)):
        if value is not None and not is_repository(value):
            problems.append(Problem(f"`{name}` is {value!r}.", "Write it as `owner/name`."))
    if inputs.body and inputs.body_path is not None:
        problems.append(Problem("`body` and `body-path` are both given.", "Give one of the two."))
    for given, what in (
        (inputs.paths, "`paths` limits the worktree's changes"),
        (inputs.path, "`path` names a worktree"),
    ):
        if inputs.directory is not None and given:
            problems.append(
                Problem(
                    f"`directory` and {what.partition(' ')[0]} are both given; {what}, and `directory` replaces it.",
                    "Give one of the two.",
                )
            )
    credentials = collect(inputs.credentials, None)
    content = collect(lambda: gather(inputs, reached, ports), Content())
    told = collect(lambda: _with_body(inputs, ports), inputs)
    bot = ACTIONS_BOT if credentials is None or credentials.is_job_token else None
    desired = collect(
        lambda: resolve(
            told,
            key=told.key,
            branch=told.branch,
            changes=content.changes,
            head_repository=told.head_repository,
            bot=bot,
            source=source_of(ports.context),
            most_writes=writes_within(60 * inputs.max_minutes, ports.context.write_spacing_seconds),
        ),
        None,
    )
    if problems or credentials is None or desired is None:
        raise InputError(*problems)
    return credentials, desired, content


def _with_body(inputs: UpsertPrInputs, ports: Ports) -> UpsertPrInputs:
    if inputs.body_path is None:
        return inputs
    text = read_body(ports.files, inputs.body_path, bypass=inputs.push_protection_bypass)
    return inputs.model_copy(update={"body": text})


def _notes(result: TargetResult) -> tuple[Annotation, ...]:
    """At most two: what went wrong, and what GitHub refused on the way."""
    found: list[Annotation] = []
    if result.error is not None:
        from action_patterns.contracts.result import FAILING
        from action_patterns.report.model import reason_links  # a run that goes well does not need it

        level: Level = "error" if result.outcome in FAILING else "warning"
        guide = reason_links.line(reason_links.of([result]))
        message = f"{result.target}: {result.error.message}\n{result.error.remediation}{guide}"
        found.append(Annotation(level=level, message=message, title=f"{result.outcome}: {result.reason}"))
    elif result.outcome == "skipped":
        found.append(
            Annotation(level="notice", message=f"{result.target}: {result.message}", title=f"skipped: {result.reason}")
        )
    if result.refused_fields:
        found.append(
            Annotation(
                level="warning",
                message=f"{result.target}: GitHub refused {', '.join(result.refused_fields)}, or took it and shows it"
                " nowhere. Check the spelling, and that they have access to the repository. No run asks for it again"
                " until the input changes.",
                title="GitHub refused a part of the pull request",
            )
        )
    return tuple(found)


def _left_out(notice: str | None) -> tuple[Annotation, ...]:
    """Return the annotation about documents of ours that are no content."""
    if notice is None:
        return ()
    from action_patterns.report.render.annotations import left_out

    return left_out(notice)


def line(result: TargetResult) -> str:
    """Return the result on one line of the log: outcome, reason, number and address."""
    said = f"Outcome: {result.outcome} ({result.reason}), {result.target}"
    if result.pull_request_number is None:
        return terminal(f"{said}, no pull request")
    state = f" {result.pull_request_state}" if result.pull_request_state else ""
    address = f": {result.pull_request_url}" if result.pull_request_url else ""
    return terminal(f"{said}#{result.pull_request_number}{state}{address}")


def summary(result: TargetResult, server_url: str) -> str:
    """One target, for the job summary."""
    pull = ""
    if result.pull_request_number is not None:
        pull = " · " + link(f"#{result.pull_request_number}", result.pull_request_url or "", server_url)
        pull += " merged" if result.pull_request_state == "merged" else ""
    lines = [f"### {inline(result.target)}: {result.outcome}{pull}", "", inline(result.message or result.reason)]
    if result.error is not None:
        from action_patterns.report.model import reason_links

        guide = link_url(reason_links.of([result]) or "", server_url)
        lines += ["", f"**What to do:** {inline(result.error.remediation)}" + (f" · [guide]({guide})" if guide else "")]
    if result.checks:
        lines += ["", "| Before writing | Answer | |", "|:--|:--|:--|"]
        lines += [f"| {cell_code(c.check)} | {cell(c.answer)} | {cell(c.message)} |" for c in result.checks]
    if result.files:
        shown = result.files[:100]
        lines += ["", "<details><summary>Files</summary>", "", "| Path |", "|:--|"]
        lines += [f"| {cell_code(path)} |" for path in shown]
        if len(shown) < len(result.files):
            lines.append(f"\nShowing {len(shown)} of {len(result.files)}.")
        lines += ["", "</details>"]
    if result.planned_requests:
        lines += ["", "A real run would send:", "", code_fence("\n".join(result.planned_requests))]
    usage = result.usage
    changed = f" · changed {cell(', '.join(result.changed_fields))}" if result.changed_fields else ""
    lines += ["", f"{usage.requests} requests, {usage.writes} writes{changed}"]
    return "\n".join(lines) + "\n"


ACTION = Action(
    name="upsert-pr",
    title="Upsert pull request",
    description="Find or create the one pull request of a key and bring it to the desired state; safe to repeat.",
    patterns=("Idempotency", "Work Avoidance"),
    since="0.1.0",
    inputs=UpsertPrInputs,
    outputs=UpsertPrOutputs,
    run=run,
    failed=failed,
    icon="git-pull-request",
    color="green",
    reasons=REASONS,
    uses=(*USES, Repositories.read),
)
