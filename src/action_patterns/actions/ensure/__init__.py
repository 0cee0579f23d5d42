"""ensure: a branch, tag, release, label, milestone or environment that shall exist, by its exact key."""

from __future__ import annotations

import json

from action_patterns.action.contract import Action, Finish
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.action.values import read_input_file
from action_patterns.actions.ensure.apply import Ended, apply, gather
from action_patterns.actions.ensure.decide import GONE, check, decide, differences_of
from action_patterns.actions.ensure.interface import (
    CREATE_ONLY,
    REASONS,
    EnsureInputs,
    EnsureOutputs,
    OnDifference,
)
from action_patterns.actions.ensure.subject import Made, OnGitHub, Subject
from action_patterns.actions.ensure.subjects import SUBJECTS
from action_patterns.actions.ensure.validate import is_too_long, problems, too_long
from action_patterns.contracts.result import FAILING
from action_patterns.errors import (
    EXIT_FAILED,
    ActionPatternsError,
    InputError,
    RateLimitedError,
    UnavailableError,
)
from action_patterns.escape import code_fence, inline, link, prose
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation, Level
from action_patterns.ports.permissions import Verb
from action_patterns.ports.resource import Fields, Value

__all__ = ["ACTION", "apply", "decide", "gather", "run"]


def run(inputs: EnsureInputs, ports: Ports) -> Finish[EnsureOutputs]:
    """Look, decide, write, until it exists as desired."""
    repository = inputs.repository or ports.context.repository
    if found := tuple(problems(inputs, repository)):
        raise InputError(*found)
    inputs = with_body(inputs, ports)
    if inputs.kind == "package":
        from action_patterns.actions.ensure.package import PackageSubject

        return _checked(inputs, PackageSubject(ports.machine, inputs.name), ports)
    github = open_session(
        ports,
        inputs.credentials(),
        uses(inputs),
        seconds=60 * inputs.max_minutes,
        reach=Reach((repository,)),
        narrowed=(repository,),
    )
    subject = subject_of(inputs, repository, github, ports)
    if inputs.mode == "check":
        return _checked(inputs, subject, ports)
    assert isinstance(subject, Made), "validation refuses the others"
    ended = apply(subject, inputs.kind, on_difference(inputs), ports.log.info, dry_run=inputs.dry_run)
    return _finish(inputs, subject, ended, ports)


def uses(inputs: EnsureInputs) -> tuple[Verb, ...]:
    """Return the verbs of this kind and mode: its token needs no permission of another kind."""
    subject = SUBJECTS[inputs.kind]
    return subject.reads if inputs.mode == "check" else subject.reads + subject.writes


def with_body(inputs: EnsureInputs, ports: Ports) -> EnsureInputs:
    """Return the inputs with the text of the file that `body-path` names.

    Raises:
        InputError: there is no such file, or it is too long.
    """
    if inputs.body_path is None:
        return inputs
    text = read_input_file("body-path", inputs.body_path, ports)
    if is_too_long(text):
        raise InputError(too_long(text, inputs.body_path))
    return inputs.model_copy(update={"body": text})


def on_difference(inputs: EnsureInputs) -> OnDifference:
    """Return the policy for a thing that differs."""
    return inputs.on_difference or ("keep" if inputs.kind in CREATE_ONLY else "update")


def subject_of(inputs: EnsureInputs, repository: str, github: GitHub, ports: Ports) -> OnGitHub:
    """Return the thing, with the fields that the inputs give."""
    here = repository.lower() == ports.context.repository.lower()
    commit = inputs.commit or (ports.context.sha if here else None)
    desired: Fields = {}
    at_creation: Fields = {}
    match inputs.kind:
        case "branch" | "tag":
            desired = given(commit=inputs.commit)
            at_creation = given(commit=commit)
        case "release":
            desired = _of_release(inputs)
            at_creation = given(commit=commit, asked_for=inputs.commit)
        case "label":
            color = inputs.color.removeprefix("#").lower() if inputs.color else None
            desired = given(color=color, description=inputs.description)
        case "milestone":
            desired = given(state=inputs.state, description=inputs.description, due_on=inputs.due_on)
        case "environment":
            desired = given(wait_timer=inputs.wait_timer)
    return SUBJECTS[inputs.kind](github, repository, inputs.name, desired, at_creation)


def _of_release(inputs: EnsureInputs) -> Fields:
    """Return the fields of a release. One that shall exist is no draft, unless that is asked for."""
    draft = False if inputs.draft is None and inputs.mode == "ensure" else inputs.draft
    body = inputs.body.replace("\r\n", "\n") if inputs.body else None
    return given(name=inputs.title, body=body, draft=draft, prerelease=inputs.prerelease)


def given(**fields: Value) -> Fields:
    """Return the fields that are given: no other one is compared or written."""
    return {name: value for name, value in fields.items() if value is not None}


def _checked(inputs: EnsureInputs, subject: Subject, ports: Ports) -> Finish[EnsureOutputs]:
    """Say whether it exists. An outage is neither: whoever asks does the work then."""
    try:
        facts = gather(subject, inputs.kind, "keep")
    except (UnavailableError, RateLimitedError) as error:
        return _unknown(error)
    return _finish(inputs, subject, Ended(found=facts.found, decision=check(facts)), ports)


def _unknown(error: ActionPatternsError) -> Finish[EnsureOutputs]:
    said = Annotation(
        level="warning", message=f"{error.message}\n{error.remediation}", title="It is not known whether it exists"
    )
    return Finish(outputs=_not_known("deferred", error), summary=f"### {inline(said.title)}\n", annotations=(said,))


def failed(error: ActionPatternsError, inputs: EnsureInputs | None, ports: Ports) -> Finish[EnsureOutputs]:
    """Leave outputs for the steps behind a run that an error ended."""
    what = f"{inputs.kind} {inputs.name}" if inputs else "ensure"
    ports.log.info(f"{what}: failed ({error.category})")
    return Finish(outputs=_not_known("failed", error))


def _not_known(outcome: str, error: ActionPatternsError) -> EnsureOutputs:
    return EnsureOutputs(
        exists="unknown", state="", outcome=outcome, reason=error.category, id="", url="", key="", differences="{}"
    )


def _finish(inputs: EnsureInputs, subject: Subject, ended: Ended, ports: Ports) -> Finish[EnsureOutputs]:
    found, decision = ended.found, ended.decision
    row = next(each for each in REASONS if (each.code, each.outcome) == (decision.reason, decision.outcome))
    page = subject.page(found) if found else ""
    url = f"{ports.context.server_url}/{subject.repository}{page}" if page.startswith("/") else page
    outputs = EnsureOutputs(
        exists="true" if found and found.state != GONE else "false",
        state=found.state if found else "absent",
        outcome=decision.outcome,
        reason=decision.reason,
        id=found.id if found else "",
        url=url,
        key=found.key.removeprefix("refs/heads/").removeprefix("refs/tags/") if found else subject.key,
        differences=json.dumps(
            {name: {"is": each.current, "desired": each.desired} for name, each in decision.differences.items()}
        ),
    )
    title = f"{inputs.kind} {subject.key}: {decision.outcome} ({decision.reason})"
    ports.log.info(title)
    for request in ended.requests:
        ports.log.info(f"A real run sends: {request}")
    failing = decision.outcome in FAILING
    kept = differences_of(subject.desired, found) if found and decision.outcome in ("created", "updated") else {}
    if kept:
        subject.notes.append(
            f"GitHub keeps {', '.join(kept)} of it otherwise than this step sent. Give the values that GitHub shows:"
            " the next run would write again."
        )
    level: Level = "error" if failing else "warning"
    annotations = [
        Annotation(level="warning", message=note, title=f"{inputs.kind} {subject.key}") for note in subject.notes
    ]
    if failing or decision.outcome == "skipped":
        differences = ", ".join(
            f"{name} is {each.current!r}, desired {each.desired!r}" for name, each in decision.differences.items()
        )
        message = f"{row.meaning} {differences}.\n{row.remedy}"
        annotations.append(Annotation(level=level, message=message, title=title))
    name = link(subject.key, url, ports.context.server_url) if url else inline(subject.key)
    lines = [f"### {inputs.kind} {name}: {decision.outcome}", "", prose(row.meaning)]
    if ended.requests:
        lines += ["", "A real run would send:", "", code_fence("\n".join(ended.requests))]
    return Finish(
        outputs=outputs,
        summary="\n".join(lines) + "\n",
        annotations=tuple(annotations),
        exit_code=EXIT_FAILED if failing else 0,
    )


ACTION = Action(
    name="ensure",
    title="Ensure that it exists",
    description="A branch, tag, release, label, milestone or environment that shall exist, by its exact key: found,"
    " created or updated, once, whoever else does the same at the same moment. Or only the answer whether it exists.",
    patterns=("Idempotency", "Work Avoidance"),
    since="0.1.0",
    inputs=EnsureInputs,
    outputs=EnsureOutputs,
    run=run,
    failed=failed,
    icon="check-square",
    color="green",
    reasons=REASONS,
    uses=tuple(dict.fromkeys(verb for subject in SUBJECTS.values() for verb in subject.reads + subject.writes)),
)
