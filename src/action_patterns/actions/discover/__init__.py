"""discover: list the targets, say why each other repository is left out, and emit a bounded, valid matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from action_patterns.action import privacy
from action_patterns.action.contract import Action, Finish
from action_patterns.action.reach import Reach, union
from action_patterns.action.session import open_session
from action_patterns.actions.discover.interface import DiscoverInputs, DiscoverOutputs
from action_patterns.actions.discover.validate import is_of_items, selection_of, validate
from action_patterns.content.text import read_text
from action_patterns.contracts import Plan
from action_patterns.contracts.artifact import plan_artifact
from action_patterns.contracts.document import compact_json
from action_patterns.discovery import items
from action_patterns.discovery.components import Found, find
from action_patterns.discovery.discover import (
    USES,
    discover,
    excluded_summary,
    facts_for,
    plan_from,
    stopped_summary,
    verbs_for,
    verbs_of,
)
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.groups import all_apply
from action_patterns.discovery.matrix import check_size, matrix_of
from action_patterns.discovery.narrow_items import Items, check_only
from action_patterns.discovery.narrow_items import narrow as narrow_items
from action_patterns.discovery.only import Narrowing, check_names
from action_patterns.discovery.plan import plan_components, plan_items
from action_patterns.discovery.repositories_file import with_files
from action_patterns.discovery.selection import Selection
from action_patterns.discovery.summary import annotate, summary
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.distribution_file import OWN_RULES
from action_patterns.distribution.reading import read_campaign
from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.repositories import FactsNeeded
from action_patterns.ports.workflow_runs import ReportArtifact, WorkflowRuns
from action_patterns.report.render.annotations import left_out

MAX_OUTPUT_CHARACTERS = 200_000
"""All outputs of a job together may have 1 MiB, counted as UTF-16 (GitHub docs: "Defining outputs for jobs")."""


PREVIOUS_SECONDS = 30.0
"""Longest search for the previous report, which only decorates the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The repositories, directories or items that were read, the selection they are compared with, and when."""

    seen: Discovered | Found | Items
    name: str
    content_digest: str
    selections: Mapping[str, Selection]
    """By the name of the group. Empty: the targets are directories of this repository, or items."""
    campaign: Campaign | None = None
    """None: no distribution file is given."""
    previous: ReportArtifact | None
    """The report to compare this run's with. None: there is none."""
    context: Context
    now: datetime


def gather(inputs: DiscoverInputs, ports: Ports) -> Facts:
    """Read the campaign, if one is given, and every repository it may mean; or this repository's paths; or items."""
    campaign = None
    if inputs.components or is_of_items(inputs):
        return Facts(
            seen=find(ports.checkout.tracked(), inputs.components) if inputs.components else read_items(inputs, ports),
            name=inputs.name or "targets",
            content_digest="",
            selections={},
            previous=find_previous(inputs, inputs.name or "targets", ports),
            context=ports.context,
            now=ports.clock.now(),
        )
    if inputs.distribution:
        campaign = read_campaign(inputs.distribution, ports.files, ports.context)
        name, digest, selections = campaign.distribution.name, campaign.digest, campaign.selections
        if inputs.name not in (None, name):
            raise InputError(
                Problem(
                    f"`name` is {inputs.name!r}, but {inputs.distribution} is named {name!r}.",
                    "Write the same name in both: artifacts and the concurrency group are named by it.",
                    file=inputs.distribution,
                    line=1,
                )
            )
    else:
        name, digest = inputs.name or "targets", ""
        selections = {OWN_RULES: with_files(selection_of(inputs), ports.files)}
    credentials = inputs.credentials()
    reach = union(selection.reach for selection in selections.values())
    needed = facts_for(selections.values(), None) if campaign is None else campaign.facts_needed
    if inputs.preflight:
        needed |= FactsNeeded(preflight=True, written=campaign.branch if campaign is not None else None)
    uses = (*ACTION.uses, *verbs_for(needed), *verbs_of(selections.values()))
    session = open_session(ports, credentials, uses, seconds=60 * inputs.max_minutes, reach=reach)
    return Facts(
        seen=discover(tuple(selections.values()), session, needed),
        name=name,
        content_digest=digest,
        selections=selections,
        campaign=campaign,
        previous=find_previous(inputs, name, ports),
        context=ports.context,
        now=ports.clock.now(),
    )


def decide(inputs: DiscoverInputs, facts: Facts) -> Plan:
    """Select the targets and pack them."""
    per_leg = max(1, inputs.targets_per_job)
    if isinstance(facts.seen, Items):
        return plan_items(
            narrow_items(facts.seen.items, inputs.only, inputs.limit),
            name=facts.name,
            only=inputs.only,
            limit=inputs.limit,
            per_leg=per_leg,
            context=facts.context,
            now=facts.now,
        )
    narrowing = Narrowing(only=inputs.only, limit=inputs.limit)
    if isinstance(facts.seen, Found):
        return plan_components(
            facts.seen, name=facts.name, narrowing=narrowing, per_leg=per_leg, context=facts.context, now=facts.now
        )
    return plan_from(
        facts.seen,
        facts.selections,
        name=facts.name,
        content_digest=facts.content_digest,
        per_leg=per_leg,
        narrowing=narrowing,
        reveal_private=inputs.reveal_private,
        context=facts.context,
        now=facts.now,
        applies=facts.campaign.applies if facts.campaign is not None else all_apply,
        preflight=inputs.preflight,
    )


def run(inputs: DiscoverInputs, ports: Ports) -> Finish[DiscoverOutputs]:
    """Discover."""
    validate(inputs)
    facts = gather(inputs, ports)
    if isinstance(facts.seen, Items):
        check_only(facts.seen.items, inputs.only)
        items.check_masked(facts.seen.items, ports.log.redact)
    plan = decide(inputs, facts)
    privacy.check_travel(privacy.conceal(plan, ports, inputs.job_token))
    if plan.kind != "item":
        check_names(plan, inputs.only)
    check_size(plan, packed=inputs.targets_per_job > 0)
    if facts.campaign is not None:
        facts.campaign.check(plan.found)
    return apply(inputs, facts, plan, ports)


def apply(inputs: DiscoverInputs, facts: Facts, plan: Plan, ports: Ports) -> Finish[DiscoverOutputs]:
    """Write the plan, and hand over the matrix."""
    artifact = plan_artifact(plan.name, ports.context.run_attempt)
    path = ports.files.write(f"action-patterns/{artifact}/plan.json", plan.encode())
    names = compact_json([entry.target.address for entry in plan.found])
    if len(names) > MAX_OUTPUT_CHARACTERS:
        ports.log.info(
            f"`targets` is left empty: {len(names)} characters are too many for an output; the plan has them."
        )
        names = ""
    previous = facts.previous
    notice = facts.campaign.notice if facts.campaign is not None else None
    outputs = DiscoverOutputs(
        matrix=compact_json(matrix_of(plan, packed=inputs.targets_per_job > 0)),
        count=len(plan.found),
        has_targets=bool(plan.found),
        targets=names,
        excluded=compact_json(excluded_summary(plan.excluded)),
        stopped=compact_json(stopped_summary(plan)),
        visible=plan.visible,
        max_parallel=plan.budget.max_parallel,
        path=path,
        artifact_name=artifact,
        digest=plan.digest(),
        previous_run_id=str(previous.run_id) if previous else "",
        previous_artifact=previous.name if previous else "",
    )
    annotations = (*left_out(notice), *annotate(plan))
    return Finish(outputs=outputs, summary=summary(plan), annotations=annotations)


def read_items(inputs: DiscoverInputs, ports: Ports) -> Items:
    """Return the items of the input or of its file.

    Raises:
        InputError: the file cannot be read, or an item is none.
    """
    if inputs.items_file is None:
        return Items(items.read(inputs.items, "`items`"))
    path = inputs.items_file
    return Items(items.read(read_text(ports.files.read(path), path), path))


def find_previous(inputs: DiscoverInputs, name: str, ports: Ports) -> ReportArtifact | None:
    """Return the report to compare this run's with. None: there is none; the log says so, and nothing fails.

    The job's token reads the runs: `token` is for the targets, and need not reach this repository.
    """
    if inputs.job_token is None:
        return None
    token, context = inputs.job_token.get_secret_value(), ports.context
    try:
        session = open_session(
            ports,
            Credentials(token, token),
            (WorkflowRuns.previous_report,),
            seconds=PREVIOUS_SECONDS,
            reach=Reach((context.repository,)),
        )
        found = session.runs.previous_report(context.repository, context.run_id, name=name)
    except ActionPatternsError as error:
        ports.log.info(f"No earlier report to compare with: {error.message}")
        return None
    ports.log.info(
        f"The report will be compared with that of run {found.run_id}."
        if found
        else "No earlier report to compare with."
    )
    return found


ACTION = Action(
    name="discover",
    title="Discover targets",
    description="List all repositories by owner, team, search or name, or fail, and hand them on as a valid matrix.",
    patterns=("Matrix Distribution", "Three-Stage Design"),
    since="0.1.0",
    inputs=DiscoverInputs,
    outputs=DiscoverOutputs,
    run=run,
    icon="search",
    color="blue",
    uses=USES,
    job_uses=(WorkflowRuns.previous_report, *privacy.USES),
)
