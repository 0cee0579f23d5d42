"""distribute (the root action): discover, apply and report in one step of one job."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.reach import check_reach
from action_patterns.actions.apply import Recorder
from action_patterns.actions.report.gathering import Previous, read_previous
from action_patterns.contracts.artifact import records_artifact, report_artifact
from action_patterns.contracts.document import compact_json
from action_patterns.contracts.result import FAILING
from action_patterns.discovery import discover as discovery
from action_patterns.discovery.discover import discover, plan_from
from action_patterns.distribution.campaign import apply, read_campaign
from action_patterns.input_types import Flag
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance
from action_patterns.ports.permissions import needed
from action_patterns.pull_request import upsert
from action_patterns.pull_request.reasons import REASONS
from action_patterns.report.build import build
from action_patterns.report.model.fail_on import parse
from action_patterns.report.render import junit
from action_patterns.report.render.annotations import annotate


class DistributeInputs(TokenInputs):
    """Inputs of the root action."""

    distribution: str = Field(default="distribution.yml", description="Path of the distribution file.")
    dry_run: Flag = Field(default=False, description="Write nothing; report what a real run would do.")
    fail_on: str = Field(
        default="any",
        description="When the step is red: `any`, `all`, `never`, `threshold:<n>` or `threshold:<n>%` of the targets"
        " failed, or `class:<names>`: one failed with such an outcome, error category or reason.",
    )
    previous: str = Field(
        default="",
        description="Path of an earlier run's run-report.json to compare with. If it is absent or of no"
        " use, a line says so and nothing fails.",
    )
    junit: Flag = Field(
        default=False, description="Write a JUnit XML file too, one test case per target; see the output `junit`."
    )


class DistributeOutputs(Outputs):
    """Outputs of the root action."""

    verdict: Literal["passed", "partial", "failed", "nothing-to-do", "inconclusive"] = Field(
        description="`passed`, `partial`, `failed` or `nothing-to-do`."
    )
    counts: str = Field(description="JSON object: targets by outcome.")
    failed_targets: str = Field(description="JSON list of the targets that failed or were blocked.")
    path: str = Field(description="Path of the full report, run-report.json.")
    html: str = Field(description="Path of report.html: the same for a browser, in one file that needs no other.")
    artifact_name: str = Field(description="Name to upload them under, unique per attempt.")
    junit: str = Field(description="Path of the JUnit XML file; empty unless the input `junit` is true.")
    requests: int = Field(description="Requests sent to GitHub.")
    writes: int = Field(description="How many of them were writes.")


def run(inputs: DistributeInputs, ports: Ports) -> Finish[DistributeOutputs]:
    """The whole campaign."""
    policy = parse(inputs.fail_on)
    campaign = read_campaign(inputs.distribution, ports.files)
    selection = campaign.distribution.targets
    credentials = inputs.credentials()
    context = ports.context
    check_reach(credentials, selection, context, writing=True)
    ends = ports.clock.monotonic() + 60 * inputs.max_minutes
    # An App's tokens that read everything cannot write, and those that write reach the targets only.
    github = ports.github(credentials, Allowance(seconds=60 * inputs.max_minutes, permissions=needed(discovery.USES)))
    plan = plan_from(
        discover(selection, github),
        selection,
        name=campaign.distribution.name,
        content_digest=campaign.digest,
        per_leg=1,
        context=context,
        clock=ports.clock,
    )
    ports.log.info(f"{len(plan.roster)} targets of {plan.visible} repositories visible to this token.")
    recorder = Recorder(ports, records_artifact(plan.name, 0, context.run_attempt), len(plan.roster))
    if credentials.app is not None:
        github = ports.github(
            credentials,
            Allowance(
                seconds=ends - ports.clock.monotonic(),
                repositories=tuple(entry.target.repository for entry in plan.roster),
                permissions=needed(upsert.USES, paths=[change.path for change in campaign.changes]),
            ),
        )
    results = apply(
        plan.roster,
        campaign,
        plan.plan_id,
        github,
        ports.clock,
        attempt=context.run_attempt,
        dry_run=inputs.dry_run,
        on_result=recorder.write,
    )
    artifact = report_artifact(plan.name, context.run_attempt)
    previous = _previous(inputs.previous, plan.name, ports)
    told = build(
        plan,
        results,
        context,
        artifact_name=artifact,
        previous=previous.report,
        nothing_to_compare=previous.why_not,
        redact=ports.log.redact,
    )
    path = ports.files.write(f"action-patterns/{artifact}/run-report.json", told.report.encode())
    html = ports.files.write(f"action-patterns/{artifact}/report.html", told.html)
    junit_path = ""
    if inputs.junit:
        junit_path = ports.files.write(f"action-patterns/{artifact}/junit.xml", junit.render(told.report))
    ports.log.info(told.text)
    failed = [result for result in told.report.results if result.outcome in FAILING]
    outputs = DistributeOutputs(
        verdict=told.report.verdict,
        counts=compact_json(told.report.counts.model_dump()),
        failed_targets=compact_json([result.target for result in failed]),
        path=path,
        html=html,
        artifact_name=artifact,
        junit=junit_path,
        requests=told.report.usage.requests,
        writes=told.report.usage.writes,
    )
    return Finish(
        outputs=outputs,
        summary=told.markdown,
        annotations=annotate(told.report, told.unreadable),
        exit_code=policy.exit_code(told.report),
    )


def _previous(path: str, name: str, ports: Ports) -> Previous:
    if not path:
        return Previous()
    return read_previous(ports.files.read(path) if ports.files.exists(path) else None, ports.context, name=name)


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
    reasons=REASONS,
    uses=discovery.USES + upsert.USES,
)
