"""distribute (the root action): discover, apply and report in one step of one job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from action_patterns.action import privacy
from action_patterns.action.contract import Action, Finish
from action_patterns.action.input_checks import breaker_problems, store_problems
from action_patterns.action.parking_inputs import parking_problems
from action_patterns.action.reach import check_reach
from action_patterns.action.session import open_session
from action_patterns.actions.distribute.interface import DistributeInputs, DistributeOutputs
from action_patterns.actions.report.gather import Previous, read_previous
from action_patterns.actions.report.writing import write
from action_patterns.contracts import Plan, PlanEntry, TargetResult
from action_patterns.contracts.artifact import report_artifact
from action_patterns.contracts.document import compact_json
from action_patterns.contracts.result import FAILING
from action_patterns.contracts.wording import counted, visible_repositories
from action_patterns.discovery import discover as discovery
from action_patterns.discovery.discover import discover, plan_from
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.only import EVERYTHING, Narrowing, check_names
from action_patterns.discovery.summary import annotate_selection
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.reading import read_campaign
from action_patterns.distribution.reasons import HELD_BACK, PARKED
from action_patterns.distribution.record_writer import RecordWriter
from action_patterns.distribution.working import work_on
from action_patterns.errors import InputError
from action_patterns.limits.duration import writes_within
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.ports.ref_store import RefStore
from action_patterns.ports.repositories import FactsNeeded
from action_patterns.pull_request import upsert
from action_patterns.pull_request.reasons import REASONS
from action_patterns.report.build import build
from action_patterns.report.model.fail_on import FailOn, parse
from action_patterns.report.render import junit
from action_patterns.report.render.annotations import annotate, left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The campaign, the repositories that were read for it, and the report to compare with."""

    campaign: Campaign
    discovered: Discovered
    previous: Previous
    context: Context
    now: datetime


def run(inputs: DistributeInputs, ports: Ports) -> Finish[DistributeOutputs]:
    """Discover, apply and report the whole campaign."""
    policy, ends = parse(inputs.fail_on), ports.clock.monotonic() + 60 * inputs.max_minutes
    of_breaker = breaker_problems(inputs, inputs.breaker, inputs.state_repository, also_parks=bool(inputs.park_after))
    of_parking = parking_problems(inputs.park_after, inputs.state_repository)
    if problems := (*of_breaker, *store_problems(inputs.store, inputs.state_repository), *of_parking):
        raise InputError(*problems)
    facts, github = gather(inputs, ports)
    narrowing = Narrowing(only=inputs.only, limit=inputs.limit)
    plan = decide(facts, narrowing, reveal_private=inputs.reveal_private, preflight=inputs.preflight)
    concealed = privacy.conceal(plan, ports, inputs.job_token)
    check_names(plan, inputs.only)
    facts.campaign.check(plan.found)
    ports.log.info(f"{counted(len(plan.found), 'target')} of {visible_repositories(plan.visible)}.")
    results, warnings = apply(inputs, facts.campaign, plan, github, ports, ends=ends)
    if concealed:
        # Before they are counted and compared: the report of the run before has the same labels.
        plan = privacy.redacted(plan, ports.log.redact)
        results = [each.redacted(ports.log.redact) for each in results]
    finish = report(inputs, facts, plan, results, policy, ports)
    return replace(finish, annotations=(*finish.annotations, *warnings))


def gather(inputs: DistributeInputs, ports: Ports) -> tuple[Facts, GitHub]:
    """Read the campaign, every repository it may mean, and the earlier report. Return also the client that read them.

    Raises:
        InputError: the campaign, the token or a path is wrong.
    """
    campaign = read_campaign(
        inputs.distribution,
        ports.files,
        ports.context,
        most_writes=writes_within(60 * inputs.max_minutes, ports.context.write_spacing_seconds),
    )
    credentials = inputs.credentials()
    check_reach(credentials, campaign.reach, ports.context, writing=True)
    previous = read_previous(inputs.previous, campaign.distribution.name, ports)
    # A token does it all in one session, at one pace. An App's tokens that read every repository write to none.
    needed = campaign.facts_needed
    if inputs.preflight:
        needed |= FactsNeeded(preflight=True, written=campaign.branch)
    further = (*discovery.verbs_for(needed), *discovery.verbs_of(campaign.selections.values()))
    uses = (*(ACTION.uses if credentials.app is None else discovery.USES), *further)
    github = open_session(ports, credentials, uses, seconds=60 * inputs.max_minutes, reach=campaign.reach)
    facts = Facts(
        campaign=campaign,
        discovered=discover(tuple(campaign.selections.values()), github, needed),
        previous=previous,
        context=ports.context,
        now=ports.clock.now(),
    )
    return facts, github


def decide(
    facts: Facts, narrowing: Narrowing = EVERYTHING, *, reveal_private: bool = False, preflight: bool = False
) -> Plan:
    """Select the targets. One leg takes them all."""
    return plan_from(
        facts.discovered,
        facts.campaign.selections,
        name=facts.campaign.distribution.name,
        content_digest=facts.campaign.digest,
        per_leg=1,
        context=facts.context,
        now=facts.now,
        narrowing=narrowing,
        reveal_private=reveal_private,
        applies=facts.campaign.applies,
        preflight=preflight,
    )


def apply(
    inputs: DistributeInputs, campaign: Campaign, plan: Plan, github: GitHub, ports: Ports, *, ends: float
) -> tuple[list[TargetResult], list[Annotation]]:
    """Upsert every target and write its record. Return also the store's warnings. `ends`: on the monotonic clock."""
    recorder = RecordWriter(ports, plan.name, 0, len(plan.found))
    credentials = inputs.credentials()

    def connect(entries: Sequence[PlanEntry]) -> GitHub:
        if credentials.app is None:
            return github
        # An App's tokens that write reach the targets only.
        return open_session(
            ports,
            credentials,
            upsert.USES,
            seconds=ends - ports.clock.monotonic(),
            reach=campaign.reach,
            narrowed=tuple(entry.target.repository for entry in entries),
            paths=campaign.paths(entries),
        )

    return work_on(plan.found, campaign, plan, inputs, ports, connect=connect, on_result=recorder.write)


def report(
    inputs: DistributeInputs,
    facts: Facts,
    plan: Plan,
    results: list[TargetResult],
    policy: FailOn,
    ports: Ports,
) -> Finish[DistributeOutputs]:
    """Render the results, and write the report as the action `report` does."""
    artifact = report_artifact(plan.name, facts.context.run_attempt)
    rendered = build(
        plan,
        results,
        facts.context,
        artifact_name=artifact,
        previous=facts.previous.report,
        nothing_to_compare=facts.previous.why_not,
        redact=ports.log.redact,
    )
    found = rendered.report
    written = write(rendered, junit.render(found) if inputs.junit else "", artifact, ports)
    outputs = DistributeOutputs(
        verdict=found.verdict,
        counts=compact_json(found.counts.model_dump()),
        failed_targets=compact_json([result.target for result in found.results if result.outcome in FAILING]),
        path=written.path,
        html=written.html,
        artifact_name=artifact,
        junit=written.junit,
        requests=found.usage.requests,
        writes=found.usage.writes,
    )
    return Finish(
        outputs=outputs,
        summary=rendered.markdown,
        annotations=(
            *left_out(facts.campaign.notice),
            *annotate_selection(plan),
            *annotate(found, rendered.unreadable),
        ),
        exit_code=policy.exit_code(found),
    )


ACTION = Action(
    name="distribute",
    title="action-patterns: distribute files by pull request",
    description="Push files to many repositories as one idempotent pull request each, from one distribution.yml.",
    patterns=("Three-Stage Design", "Idempotency", "Matrix Distribution"),
    since="0.1.0",
    inputs=DistributeInputs,
    outputs=DistributeOutputs,
    run=run,
    icon="share-2",
    color="green",
    reasons=(*REASONS, *HELD_BACK, PARKED),
    uses=(
        *discovery.USES,
        *upsert.USES,
        RefStore.read,
        RefStore.list,
        RefStore.update,
        RefStore.update_all,
        RefStore.poll,
    ),
    job_uses=privacy.USES,
)
