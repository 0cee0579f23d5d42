"""upsert-pr: find or create the one pull request of a key, and bring it to the desired state. Safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from action_patterns.action.checkout import check_name
from action_patterns.action.content import Content, from_checkout, from_directory, read_body
from action_patterns.action.contract import Action, Finish
from action_patterns.action.input_checks import repository_problems
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.actions.upsert_pr.interface import UpsertPrInputs, UpsertPrOutputs
from action_patterns.actions.upsert_pr.text import left_out, line, notes, summary
from action_patterns.errors import EXIT_FAILED, ActionPatternsError, InputError, Problem
from action_patterns.limits.duration import writes_within
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.repositories import Repositories
from action_patterns.pull_request.ownership.source import source_of
from action_patterns.pull_request.reasons import REASONS
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.resolve import ACTIONS_BOT, resolve
from action_patterns.pull_request.upsert import USES, Assignment, failure, upsert

if TYPE_CHECKING:
    from action_patterns.contracts import TargetResult

T = TypeVar("T")


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
        annotations=(*notes(told), *left_out(content.notice)),
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
        if value is not None:
            problems += repository_problems(name, value)
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
