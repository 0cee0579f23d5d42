"""All that report reads: the plan, the records, the earlier report and the jobs of the run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.actions.report.interface import ReportInputs
from action_patterns.content.bounded_json import loads
from action_patterns.content.text import read_text
from action_patterns.contracts import Plan, RunReport, TargetResult
from action_patterns.contracts.result import MOST_ATTEMPTS, told_by_name
from action_patterns.errors import ActionPatternsError, InputError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.permissions import Verb
from action_patterns.ports.workflow_runs import Job, WorkflowRuns
from action_patterns.report.model.aggregate import Unreadable

USES: tuple[Verb, ...] = (WorkflowRuns.jobs,)
"""The verbs that report calls."""
JOBS_SECONDS = 30.0
"""Longest search for the jobs of this run: without them the report has fewer details."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The report to compare with, or why there is none; neither, where none was asked for."""

    report: RunReport | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was read."""

    plan: Plan | None
    records: tuple[TargetResult, ...]
    unreadable: tuple[Unreadable, ...]
    context: Context
    previous: Previous
    jobs: tuple[Job, ...] = ()
    """Jobs of this run. Empty: no token was given, or they could not be read."""
    no_jobs: str = ""
    """Why the jobs could not be read."""


def gather(inputs: ReportInputs, ports: Ports) -> Facts:
    """Read the plan, every record, and the jobs of this run."""
    plan = None
    if inputs.plan and ports.files.exists(inputs.plan):
        plan = Plan.decode(read_text(ports.files.read(inputs.plan), inputs.plan), name=inputs.plan)
    records: list[TargetResult] = []
    unreadable: list[Unreadable] = []
    for path in ports.files.names(inputs.records) if inputs.records else ():
        if path.endswith(".json"):
            read = read_record(ports.files.read(path), path)
            if isinstance(read, Unreadable):
                unreadable.append(read)
            else:
                records.append(read)
    previous = read_previous(inputs.previous, name_of(inputs, plan), ports)
    jobs, no_jobs = read_jobs(inputs, ports) if plan and plan.found else ((), "")
    return Facts(
        plan=plan,
        records=tuple(records),
        unreadable=tuple(unreadable),
        context=ports.context,
        previous=previous,
        jobs=jobs,
        no_jobs=no_jobs,
    )


def name_of(inputs: ReportInputs, plan: Plan | None) -> str:
    """Return the campaign's name. Empty: neither the input nor a plan gives one."""
    return inputs.name or (plan.name if plan else "")


def read_jobs(inputs: ReportInputs, ports: Ports) -> tuple[tuple[Job, ...], str]:
    """Return this run's jobs, or no jobs and the reason. Never raises."""
    token = inputs.token.get_secret_value() if inputs.token else ""
    if not token:
        return (), ""
    try:
        session = open_session(
            ports, Credentials(token), USES, seconds=JOBS_SECONDS, reach=Reach((ports.context.repository,))
        )
        return session.runs.jobs(ports.context.repository, ports.context.run_id), ""
    except ActionPatternsError as error:
        return (), (
            "The jobs of this run could not be read, so no log is linked and `needs` alone explains missing targets:"
            f" {error.message} {error.remediation}"
        )


def read_previous(path: str, name: str, ports: Ports) -> Previous:
    """Return an earlier report of the same repository and campaign. Anything else costs only the comparison."""
    if not path:
        return Previous()
    if not ports.files.exists(path):
        return Previous(why_not="No earlier report to compare with.")
    content, context = ports.files.read(path), ports.context
    try:
        report = RunReport.decode(read_text(content, "run-report.json"), name="run-report.json")
    except InputError:
        return Previous(why_not="The earlier report cannot be read by this version, so nothing is compared.")
    if not report.run_url.startswith(f"{context.server_url}/{context.repository}/actions/runs/"):
        return Previous(why_not="The earlier report is another repository's, so nothing is compared.")
    later = report.run_number is not None and report.run_number >= context.run_number
    if report.run_id == context.run_id or later:
        return Previous(why_not="The report given as earlier is not of an earlier run, so nothing is compared.")
    if report.plan_id is None:
        return Previous(why_not="The earlier run had no roster, so nothing is compared.")
    if report.name != name:
        return Previous(why_not="The earlier report is another campaign's, so nothing is compared.")
    return Previous(report)


def read_record(content: bytes, path: str) -> TargetResult | Unreadable:
    """A record, or why it is none. One bad file must not cost the report of all the others."""
    try:
        return TargetResult.decode(read_text(content, path), name=path)
    except InputError as error:
        problem = error.problems[0].what.removeprefix(f"{path} is ")
    index, attempt = told_by_name(path) or (None, None)
    named = Unreadable(path=path, problem=problem, index=index, attempt=attempt)
    try:
        claims = loads(content)
    except (ValueError, RecursionError):
        return named
    if not isinstance(claims, dict):
        return named
    target, plan_id, attempt = claims.get("target"), claims.get("plan_id"), claims.get("attempt")
    return replace(
        named,
        target=target if isinstance(target, str) else None,
        plan_id=plan_id if isinstance(plan_id, str) else None,
        attempt=attempt if isinstance(attempt, int) and 0 < attempt <= MOST_ATTEMPTS else named.attempt,
    )
