"""discover: list the targets, say why each other repository is left out, and emit a bounded, valid matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from action_patterns.action import privacy
from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.reach import Reach, union
from action_patterns.action.session import open_session
from action_patterns.contracts import Plan
from action_patterns.contracts.artifact import NAME_RULE, is_name, plan_artifact
from action_patterns.contracts.document import compact_json
from action_patterns.discovery.components import Found, find
from action_patterns.discovery.discover import (
    USES,
    discover,
    excluded_summary,
    facts_for,
    plan_from,
    verbs_for,
    verbs_of,
)
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.groups import all_apply
from action_patterns.discovery.matrix import check_size, matrix_of
from action_patterns.discovery.only import Limit, Narrowing, OnlyList, check_names, limit_field, only_field
from action_patterns.discovery.plan import plan_components
from action_patterns.discovery.repositories_file import with_files
from action_patterns.discovery.selection import Selection, input_problems
from action_patterns.discovery.summary import Kind, annotate, summary
from action_patterns.distribution.campaign import Campaign, read_campaign
from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.input_types import Flag, LineList, NameList, input_name
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.workflow_runs import ReportArtifact, WorkflowRuns
from action_patterns.report.render.annotations import left_out

MAX_OUTPUT_CHARACTERS = 200_000
"""All outputs of a job together may have 1 MiB, counted as UTF-16 (GitHub docs: "Defining outputs for jobs")."""


PREVIOUS_SECONDS = 30.0
"""Longest search for the previous report, which only decorates the next one."""


class DiscoverInputs(TokenInputs):
    """Inputs of discover."""

    distribution: str = Field(
        default="",
        description="Path of a `distribution.yml`: discover uses its `targets`, and `apply` its files. Give either this"
        " or the inputs below.",
    )
    owners: NameList = Field(default=(), description="Organizations or users whose repositories are considered.")
    repositories: NameList = Field(default=(), description="Repositories by name, `owner/name`.")
    teams: NameList = Field(
        default=(), description="Teams, `organization/team`; the repositories they have access to are considered."
    )
    installation: Flag = Field(
        default=False,
        description="Consider all repositories of the GitHub App's installations. It needs the App's key or an"
        " installation token.",
    )
    search: LineList = Field(
        default=(),
        description="Repository searches of one owner each, one a line, as `org:acme topic:python`; each result is read"
        " again.",
    )
    repositories_file: str | None = Field(
        default=None,
        description="File of the workspace with further names of repositories: one a line, with `#` comments, or a JSON"
        " list.",
    )
    topics: NameList = Field(default=(), description="Only repositories that have all of these topics.")
    include: LineList = Field(default=(), description="Only repositories that match one of these patterns, one a line.")
    exclude: LineList = Field(
        default=(), description="Not the repositories that match one of these patterns, one a line."
    )
    visibility: NameList = Field(
        default=(),
        description="Only repositories of one of these visibilities: `public`, `private`, `internal`. Empty or `all`:"
        " of any.",
    )
    forks: Flag = Field(default=False, description="Consider forks too.")
    types: NameList = Field(
        default=(),
        description="Only repositories of one of these types, which files in the root directory show: `go`, `node`,"
        " `python` and so on; `unknown`: no file does.",
    )
    languages: NameList = Field(
        default=(), description="Only repositories whose primary language on GitHub is one of these."
    )
    any_topics: NameList = Field(default=(), description="Only repositories that have one of these topics.")
    properties: LineList = Field(
        default=(),
        description="Only repositories whose custom properties have these values: `name=value`, one a line. Several"
        " lines of one name: one of the values.",
    )
    has_file: LineList = Field(
        default=(),
        description="Only repositories that have all of these files, one a line. The last part may be a pattern, as in"
        " `src/*.go`; a slash at the end means a directory.",
    )
    pushed_since: str = Field(
        default="",
        description="Only repositories with a push since then: a date, `2026-01-31`, or a duration, `90d`, `12w`,"
        " `36h`.",
    )
    permission: str = Field(
        default="",
        description="Only repositories where the token's account has at least this role: `read`, `triage`, `write`,"
        " `maintain` or `admin`.",
    )
    components: LineList = Field(
        default=(),
        description="Directories of this repository as targets, instead of repositories: patterns of marker files"
        " (`**/go.mod`) or of directories (`services/*/`), one a line. The last that matches decides, and `!` excludes."
        " Files that git does not track do not count.",
    )
    only: OnlyList = only_field()
    limit: Limit | None = limit_field()
    name: str | None = Field(
        default=None,
        description="Prefix of artifact names. Default: `targets`. With `distribution` it is the name in that file, and"
        " another one here is an error.",
    )
    targets_per_job: int = Field(
        default=0,
        ge=0,
        description="Number of targets of one job of the matrix; the matrix then holds only `index first last`."
        " 0 = one target a job with its names in the matrix, packed only beyond 256 targets.",
    )
    reveal_private: Flag = Field(
        default=False,
        description="Let a public repository name private ones: in the plan, in artifacts, job names, summaries and"
        " issues. Without it, such a run stops before it leaves a plan.",
    )


class DiscoverOutputs(Outputs):
    """Outputs of discover."""

    matrix: str = Field(description='`{"include": [...]}` for `strategy.matrix`, at most 256 entries.')
    count: int = Field(description="Number of targets that were found.")
    has_targets: bool = Field(description="Gate the next job with `if: needs.<job>.outputs.has-targets == 'true'`.")
    targets: str = Field(
        description="JSON list of the names of those targets, of components as `owner/name:directory`; empty beyond"
        " 200,000 characters (see the plan)."
    )
    excluded: str = Field(description="JSON object: number of excluded repositories by reason.")
    visible: int = Field(description="Repositories visible to the token.")
    max_parallel: int = Field(description="For `strategy.max-parallel`, from GitHub's limits.")
    path: str = Field(description="Path of the plan file; upload its directory as an artifact.")
    artifact_name: str = Field(description="Name for that artifact, unique per attempt.")
    digest: str = Field(description="SHA-256 of the plan; pass it on as `plan-digest`.")
    previous_run_id: str = Field(
        description="Run that left the last report of this workflow and branch: `run-id` for actions/download-artifact."
        " Empty: there is none, or the job's permissions lack `actions: read`."
    )
    previous_artifact: str = Field(description="Name of that report's artifact; empty if there is none.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The repositories or directories that were read, the selection they are compared with, and when."""

    seen: Discovered | Found
    name: str
    content_digest: str
    selections: Mapping[str, Selection]
    """By the name of the group. Empty: the targets are directories of this repository."""
    campaign: Campaign | None = None
    """None: no distribution file is given."""
    previous: ReportArtifact | None
    """The report to compare this run's with. None: there is none."""
    context: Context
    now: datetime


def gather(inputs: DiscoverInputs, ports: Ports) -> Facts:
    """Read the campaign, if one is given, and every repository it may mean; or the paths of this repository."""
    campaign = None
    if inputs.components:
        return Facts(
            seen=find(ports.checkout.tracked(), inputs.components),
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
        name, digest, selections = inputs.name or "targets", "", {"": with_files(_selection(inputs), ports.files)}
    credentials = inputs.credentials()
    reach = union(selection.reach for selection in selections.values())
    needed = facts_for(selections.values(), None) if campaign is None else campaign.facts_needed
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
    per_leg, narrowing = max(1, inputs.targets_per_job), Narrowing(only=inputs.only, limit=inputs.limit)
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
    )


def run(inputs: DiscoverInputs, ports: Ports) -> Finish[DiscoverOutputs]:
    """Discover."""
    validate(inputs)
    facts = gather(inputs, ports)
    plan = decide(inputs, facts)
    privacy.check_travel(privacy.conceal(plan, ports, inputs.job_token))
    check_names(plan, inputs.only)
    if inputs.components:
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
        visible=plan.visible,
        max_parallel=plan.budget.max_parallel,
        path=path,
        artifact_name=artifact,
        digest=plan.digest(),
        previous_run_id=str(previous.run_id) if previous else "",
        previous_artifact=previous.name if previous else "",
    )
    kind: Kind = "directory" if inputs.components else "repository"
    annotations = (*left_out(notice), *annotate(plan, kind))
    return Finish(outputs=outputs, summary=summary(plan, kind), annotations=annotations)


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


def validate(inputs: DiscoverInputs) -> None:
    """Raise InputError with every input that is wrong, alone or beside another."""
    problems: list[Problem] = []
    given = [input_name(name) for name in _given(inputs)]
    if inputs.distribution and given:
        problems.append(
            Problem(
                f"`distribution` and {', '.join(f'`{name}`' for name in given)} are both given.",
                "Write the selection under `targets` in the distribution file, or leave `distribution` out.",
            )
        )
    beside = [*given, *(["distribution"] if inputs.distribution else []), *(["only"] if inputs.only else [])]
    if inputs.components and beside:
        problems.append(
            Problem(
                f"`components` and {', '.join(f'`{name}`' for name in beside)} are both given.",
                "The targets of a run are directories of this repository, or repositories. Give one of the two; narrow"
                " directories by the patterns of `components`.",
            )
        )
    if inputs.name is not None and not is_name(inputs.name):
        problems.append(
            Problem(
                f"`name` is {inputs.name!r}; it becomes part of artifact names.",
                f"{NAME_RULE.capitalize()}.",
            )
        )
    if problems:
        raise InputError(*problems)


def _selection(inputs: DiscoverInputs) -> Selection:
    given: dict[str, Any] = _given(inputs)
    if "properties" in given:
        given["properties"] = _properties(inputs.properties)
    try:
        return Selection(**given)
    except ValidationError as error:
        raise InputError(*input_problems(error.errors(include_url=False))) from None


def _given(inputs: DiscoverInputs) -> dict[str, Any]:
    """Return the inputs of the selection that say something, by field."""
    names = (name for name in Selection.model_fields if name in DiscoverInputs.model_fields)
    found = {name: getattr(inputs, name) for name in names if getattr(inputs, name)}
    if found.get("visibility") == ("all",):
        del found["visibility"]
    return found


def _properties(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the values by property.

    Raises:
        InputError: a line is not `name=value`.
    """
    if wrong := [line for line in lines if "=" not in line]:
        raise InputError(
            *(Problem(f"`properties`: {line[:80]!r} is not of the form name=value.", _PROPERTY) for line in wrong)
        )
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        name, _, value = line.partition("=")
        found[name.strip()] = (*found.get(name.strip(), ()), value.strip())
    return found


_PROPERTY = "Write each as `team=platform`, one a line."


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
