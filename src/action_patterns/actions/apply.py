"""apply: one leg of a campaign. Upsert the targets of a pack and write one record each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from action_patterns.action.breaker_inputs import breaker_field, open_seconds_field, threshold_field
from action_patterns.action.contract import Action, Finish
from action_patterns.action.input_checks import breaker_problems, store_problems
from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.parking_inputs import park_after_field, parking_problems
from action_patterns.action.session import open_session
from action_patterns.action.store import StoreName, store_field
from action_patterns.contracts import Plan, PlanEntry, TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.contracts.wording import counted
from action_patterns.discovery.only import (
    Limit,
    Narrowing,
    OnlyList,
    check_names,
    limit_field,
    only_field,
    why_left_out,
)
from action_patterns.discovery.plan import read_plan
from action_patterns.discovery.reasons import LEFT_OUT
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.reading import read_campaign
from action_patterns.distribution.reasons import HELD_BACK, PARKED
from action_patterns.distribution.record_writer import RecordWriter
from action_patterns.distribution.working import work_on
from action_patterns.errors import EXIT_FAILED, InputError, Problem
from action_patterns.input_types import Flag
from action_patterns.limits.duration import writes_within
from action_patterns.limits.shares import phase_seconds
from action_patterns.ports.bundle import Ports
from action_patterns.ports.ref_store import RefStore
from action_patterns.pull_request.reasons import REASONS
from action_patterns.pull_request.upsert import USES
from action_patterns.report.model.fail_on import parse
from action_patterns.report.render.annotations import annotate_results

if TYPE_CHECKING:
    from action_patterns.ports.github import GitHub


class ApplyInputs(TokenInputs):
    """Inputs of apply."""

    plan: str = Field(description="Path of the plan file that discover wrote.")
    plan_digest: str | None = Field(
        default=None, description="Digest from discover's outputs; any other plan is refused."
    )
    distribution: str = Field(default="distribution.yml", description="Path of the distribution file.")
    index: int = Field(ge=0, description="Number of this leg (`matrix.index`); part of the records' artifact name.")
    first: int | None = Field(default=None, ge=0, description="First target of this leg. Default: `index`.")
    last: int | None = Field(default=None, ge=0, description="Last target of this leg, included. Default: `first`.")
    only: OnlyList = only_field()
    limit: Limit | None = limit_field()
    max_parallel: int = Field(
        default=1,
        ge=1,
        description="Number of legs that run at the same time (discover's output): each takes its share of the limits.",
    )
    dry_run: Flag = Field(default=False, description="Write nothing; record the exact writes a real run would send.")
    fail_on: str = Field(
        default="any",
        description="`any`: this leg is red if one of its targets failed, so that re-running failed jobs reruns it. Any"
        " other policy leaves legs green and lets report decide.",
    )
    breaker: str | None = breaker_field(
        "After targets that fail in a row, the others are skipped (`breaker-open`). Without `state-repository` each leg"
        " counts its own targets."
    )
    breaker_threshold: int = threshold_field("Targets")
    breaker_open_seconds: int = open_seconds_field("legs; then one leg probes with one target.")
    park_after: int = park_after_field()
    state_repository: str | None = Field(
        default=None,
        description="`owner/name` that keeps the breaker, so that all legs and runs share it and honour its stop flag,"
        " and the names of targets that failed. It is written with `token`, or by the App. If it cannot be, each leg"
        " counts its own targets and parks none, and a warning says so.",
    )
    store: StoreName = store_field("the breaker and the failures in `state-repository`")


class ApplyOutputs(Outputs):
    """Outputs of apply."""

    path: str = Field(description="Directory of the records; upload it as an artifact.")
    artifact_name: str = Field(description="Name for that artifact, unique per leg and attempt.")
    failed_count: int = Field(description="Targets that failed or were blocked.")
    held_back_count: int = Field(description="Targets that the breaker or its stop flag had skipped.")
    requests: int = Field(description="Requests sent to GitHub.")
    writes: int = Field(description="How many of them were writes.")


def gather(inputs: ApplyInputs, ports: Ports) -> tuple[Plan, Campaign]:
    """Plan and campaign, and that they belong together."""
    plan = read_plan(ports.files, inputs.plan, inputs.plan_digest)
    if plan.kind != "repository":
        raise InputError(
            Problem(
                f"Each target of the plan {inputs.plan} is of the kind `{plan.kind}`, no repository.",
                "apply writes files to repositories: give discover the `distribution` file. Let your own steps work on"
                " other targets, and record them.",
            )
        )
    campaign = read_campaign(
        inputs.distribution,
        ports.files,
        ports.context,
        most_writes=writes_within(60 * inputs.max_minutes, ports.context.write_spacing_seconds),
    )
    if campaign.notice:
        ports.log.info(campaign.notice)
    if campaign.digest != plan.content_digest:
        raise InputError(
            Problem(
                f"{inputs.distribution} or a file it names is not what the plan was made of.",
                "Check out the same commit in every job, and do not change sources between discover and apply.",
            )
        )
    return plan, campaign


def validate(inputs: ApplyInputs, plan: Plan) -> None:
    """Raise InputError unless `first` to `last`, and each name in `only`, are targets of the plan.

    The inputs of breaker and parking are looked at too.
    """
    if problems := tuple(_of_the_store(inputs)):
        raise InputError(*problems)
    first, last = _bounds(inputs)
    if not first <= last < len(plan.found):
        raise InputError(
            Problem(
                f"`first` {first} to `last` {last} is no part of a roster of"
                f" {counted(len(plan.found), 'target')} to work on.",
                "Take them from the matrix of the same discover job.",
            )
        )
    check_names(plan, inputs.only, [entry.target.address for entry in plan.roster])


def decide(inputs: ApplyInputs, plan: Plan) -> tuple[PlanEntry, ...]:
    """Return the targets of this leg."""
    first, last = _bounds(inputs)
    return plan.found[first : last + 1]


def skipped(inputs: ApplyInputs, plan: Plan, entries: Sequence[PlanEntry], *, attempt: int) -> dict[int, TargetResult]:
    """Return the records of the targets that `only` or `limit` leaves out, by index.

    The roster of a plan stands: a target without a record would be `missing`.
    """
    narrowing = Narrowing(only=inputs.only, limit=inputs.limit)
    reasons = why_left_out([entry.target.address for entry in plan.roster], narrowing)
    return {
        entry.index: TargetResult(
            plan_id=plan.plan_id,
            index=entry.index,
            target=entry.target.address,
            attempt=attempt,
            outcome="skipped",
            reason=LEFT_OUT.code,
            message=reasons[entry.target.address],
        )
        for entry in entries
        if entry.target.address in reasons
    }


def _of_the_store(inputs: ApplyInputs) -> Iterator[Problem]:
    yield from breaker_problems(inputs, inputs.breaker, inputs.state_repository, also_parks=bool(inputs.park_after))
    yield from store_problems(inputs.store, inputs.state_repository)
    yield from parking_problems(inputs.park_after, inputs.state_repository)


def _bounds(inputs: ApplyInputs) -> tuple[int, int]:
    first = inputs.index if inputs.first is None else inputs.first
    return first, first if inputs.last is None else inputs.last


def run(inputs: ApplyInputs, ports: Ports) -> Finish[ApplyOutputs]:
    """Apply one leg."""
    policy = parse(inputs.fail_on)
    credentials = inputs.credentials()
    plan, campaign = gather(inputs, ports)
    validate(inputs, plan)
    entries = decide(inputs, plan)
    attempt = ports.context.run_attempt
    recorder = RecordWriter(ports, plan.name, inputs.index, len(entries))
    left_out = skipped(inputs, plan, entries, attempt=attempt)
    chosen = [entry for entry in entries if entry.index not in left_out]
    campaign.check(chosen)
    for result in left_out.values():
        recorder.write(result)

    def connect(entries: Sequence[PlanEntry]) -> GitHub:
        return open_session(
            ports,
            credentials,
            USES,
            seconds=60 * inputs.max_minutes,
            reach=campaign.reach,
            narrowed=tuple(entry.target.repository for entry in entries),
            paths=campaign.paths(entries),
            share=1 / inputs.max_parallel,
            phase_seconds=phase_seconds(
                inputs.index, inputs.max_parallel, write_spacing_seconds=ports.context.write_spacing_seconds
            ),
        )

    found, warnings = work_on(chosen, campaign, plan, inputs, ports, connect=connect, on_result=recorder.write)
    results = [result.redacted(ports.log.redact) for result in (*left_out.values(), *found)]
    failed = [result for result in results if result.outcome in FAILING]
    held_back = [result for result in results if result.is_held_back]
    outputs = ApplyOutputs(
        path=recorder.directory,
        artifact_name=recorder.name,
        failed_count=len(failed),
        held_back_count=len(held_back),
        requests=sum(result.usage.requests for result in results),
        writes=sum(result.usage.writes for result in results),
    )
    return Finish(
        outputs=outputs,
        annotations=(*annotate_results(results), *warnings),
        # A leg that left targets to a later run is red too: "Re-run failed jobs" is to repeat it.
        exit_code=EXIT_FAILED if (failed or held_back) and policy.policy == "any" else 0,
    )


ACTION = Action(
    name="apply",
    title="Apply distribution",
    description="Bring the targets of one matrix leg to the state that a distribution.yml asks for, and record each"
    " outcome.",
    patterns=("Three-Stage Design", "Idempotency"),
    since="0.1.0",
    inputs=ApplyInputs,
    outputs=ApplyOutputs,
    run=run,
    icon="play",
    color="green",
    reasons=(*REASONS, LEFT_OUT, *HELD_BACK, PARKED),
    uses=(*USES, RefStore.read, RefStore.list, RefStore.update, RefStore.update_all, RefStore.poll),
)
