"""All that report reads: the plan, the records, the earlier report and the jobs of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.actions.report.interface import ReportInputs
from action_patterns.content.bounded_json import loads
from action_patterns.content.text import read_text
from action_patterns.contracts import Plan, RunReport, TargetResult
from action_patterns.contracts.artifact import RECORDS_ARTIFACT
from action_patterns.contracts.history import Row, decode_rows
from action_patterns.contracts.result import (
    MOST_ATTEMPTS,
    FileName,
    Recorder,
    record_file,
    recorder_of,
    told_by_name,
)
from action_patterns.errors import ActionPatternsError, InputError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.permissions import Verb
from action_patterns.ports.workflow_runs import Job, RunArtifact, WorkflowRuns
from action_patterns.report.model.matrix_jobs import legs_of
from action_patterns.report.model.records import Unreadable

USES: tuple[Verb, ...] = (WorkflowRuns.jobs, WorkflowRuns.artifacts)
"""The verbs that report calls."""
JOBS_SECONDS = 30.0
"""Longest search for the jobs of this run: without them the report has fewer details."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The report to compare with, or why there is none; neither, where none was asked for."""

    report: RunReport | None = None
    why_not: str = ""


class History(NamedTuple):
    """The last runs, or why they are not known; neither, where none were asked for."""

    rows: tuple[Row, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that was read."""

    plan: Plan | None
    records: tuple[TargetResult, ...]
    unreadable: tuple[Unreadable, ...]
    context: Context
    previous: Previous
    history: History
    jobs: tuple[Job, ...] = ()
    """Jobs of this run. Empty: no token was given, or they could not be read."""
    no_jobs: str = ""
    """Why the jobs could not be read."""
    artifacts: tuple[RunArtifact, ...] | None = None
    """Artifacts of this run, read if a plan was written and is absent. None: not known."""


def gather(inputs: ReportInputs, ports: Ports) -> Facts:
    """Read the plan, every record, and the jobs of this run."""
    plan = None
    if inputs.plan and ports.files.exists(inputs.plan):
        plan = Plan.decode(read_text(ports.files.read(inputs.plan), inputs.plan), name=inputs.plan)
    home = Home(plan.plan_id, legs_of(plan)) if plan else None
    records: list[TargetResult] = []
    unreadable: list[Unreadable] = []
    for path in ports.files.names(inputs.records) if inputs.records else ():
        if path.endswith(".json"):
            read = read_record(ports.files.read(path), path, home)
            if isinstance(read, Unreadable):
                unreadable.append(read)
            else:
                records.append(read)
    previous = read_previous(inputs.previous, name_of(inputs, plan), ports)
    runs = open_runs(inputs, ports)
    jobs, no_jobs = read_jobs(runs, ports) if plan and plan.found else ((), "")
    written = plan is None and inputs.plan and inputs.plan_digest.strip()
    return Facts(
        plan=plan,
        records=tuple(records),
        unreadable=tuple(unreadable),
        context=ports.context,
        previous=previous,
        history=read_history(inputs.history, ports),
        jobs=jobs,
        no_jobs=no_jobs,
        artifacts=read_artifacts(runs, ports) if written else None,
    )


def name_of(inputs: ReportInputs, plan: Plan | None) -> str:
    """Return the campaign's name. Empty: neither the input nor a plan gives one."""
    return inputs.name or (plan.name if plan else "")


def open_runs(inputs: ReportInputs, ports: Ports) -> Callable[[], WorkflowRuns] | None:
    """Return what opens this repository's runs. None: no token was given."""
    token = inputs.token.get_secret_value() if inputs.token else ""
    if not token:
        return None
    reach = Reach((ports.context.repository,))
    return cache(lambda: open_session(ports, Credentials(token), USES, seconds=JOBS_SECONDS, reach=reach).runs)


def read_jobs(runs: Callable[[], WorkflowRuns] | None, ports: Ports) -> tuple[tuple[Job, ...], str]:
    """Return this run's jobs, or no jobs and the reason. Never raises."""
    if runs is None:
        return (), ""
    try:
        return runs().jobs(ports.context.repository, ports.context.run_id), ""
    except ActionPatternsError as error:
        return (), (
            "The jobs of this run could not be read, so no log is linked and `needs` alone explains missing targets:"
            f" {error.message} {error.remediation}"
        )


def read_artifacts(runs: Callable[[], WorkflowRuns] | None, ports: Ports) -> tuple[RunArtifact, ...] | None:
    """Return this run's artifacts. None: no token was given, or they cannot be read. Never raises."""
    try:
        return runs().artifacts(ports.context.repository, ports.context.run_id) if runs else None
    except ActionPatternsError:
        return None


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
    if report.repository_id and context.repository_id:
        same = report.repository_id == context.repository_id  # the name may be another by now
    else:
        same = report.run_url.startswith(f"{context.server_url}/{context.repository}/actions/runs/")
    if not same:
        return Previous(why_not="The earlier report is another repository's, so nothing is compared.")
    later = report.run_number is not None and report.run_number >= context.run_number
    if report.run_id == context.run_id or later:
        return Previous(why_not="The report given as earlier is not of an earlier run, so nothing is compared.")
    if report.plan_id is None:
        return Previous(why_not="The earlier run had no roster, so nothing is compared.")
    if report.name != name:
        return Previous(why_not="The earlier report is another campaign's, so nothing is compared.")
    return Previous(report)


def read_history(path: str, ports: Ports) -> History:
    """Return the rows of the last runs. A file of no use costs only the trend."""
    if not path:
        return History()
    if not ports.files.exists(path):
        return History(why_not=f"There is no file {path}, so no trend is shown.")
    try:
        rows = decode_rows(read_text(ports.files.read(path), path))
    except InputError:
        rows = None
    return (
        History(why_not=f"{path} holds no runs that this version reads, so no trend is shown.")
        if rows is None
        else History(rows)
    )


class Home(NamedTuple):
    """The legs whose folders the records of a plan belong into."""

    plan_id: str
    legs: Mapping[int, int]
    """By the target's index."""


def read_record(content: bytes, path: str, home: Home | None = None) -> TargetResult | Unreadable:
    """A record, or why it is none. One bad file must not cost the report of all the others."""
    named = told_by_name(path)
    try:
        record = TargetResult.decode(read_text(content, path), name=path)
    except InputError as error:
        problem = error.problems[0].what.removeprefix(f"{path} is ")
    else:
        return _doubted(record, path, named, home) or record
    spoiled = Unreadable(path=path, problem=problem)
    if named:
        spoiled = replace(spoiled, index=named.place, attempt=named.attempt, recorder_id=named.recorder)
    try:
        claims = loads(content)
    except (ValueError, RecursionError):
        return spoiled
    if not isinstance(claims, dict):
        return spoiled
    target, plan_id, attempt = claims.get("target"), claims.get("plan_id"), claims.get("attempt")
    job, name = claims.get("job"), claims.get("name")
    by = Recorder(job, name) if isinstance(job, str) and isinstance(name, str) else None
    return replace(
        spoiled,
        target=target if isinstance(target, str) else None,
        plan_id=plan_id if isinstance(plan_id, str) else None,
        attempt=attempt if isinstance(attempt, int) and 0 < attempt <= MOST_ATTEMPTS else spoiled.attempt,
        recorder=by,
        recorder_id=by.id if by else spoiled.recorder_id,
    )


def _doubted(record: TargetResult, path: str, named: FileName | None, home: Home | None) -> Unreadable | None:
    """Return a file that is read, but whose name or folder says that the record is another one's. None: they agree."""
    by = recorder_of(record)
    own = FileName(record.index, record.attempt, by.id)
    if named and (named.place, named.attempt, named.recorder or by.id) != own:
        problem, claimed = f"its text is the record that belongs into {record_file(record)}", named
    else:
        # A download without `merge-multiple` puts each artifact into a folder of its name.
        found = RECORDS_ARTIFACT.fullmatch(PurePosixPath(path).parent.name)
        if found is None or home is None or record.plan_id != home.plan_id:
            return None
        name, leg, attempt = found[1], int(found[2]), int(found[3])
        at_home = home.legs.get(record.index, leg) == leg and attempt == record.attempt
        if at_home and name == (record.name or name):
            return None
        problem, claimed = f"its text is of {record.target}, attempt {record.attempt}, another leg than its folder", own
    return Unreadable(
        path=path,
        problem=problem,
        target=record.target,
        index=record.index,
        attempt=record.attempt,
        plan_id=record.plan_id,
        recorder=by,
        recorder_id=by.id,
        contradicts=claimed,
    )
