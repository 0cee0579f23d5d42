"""report: what happened to every target of the plan, told once, and the run's one exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pydantic import Field, SecretStr

from action_patterns.action import Action, Finish, Flag, Inputs, Outputs, Reason
from action_patterns.contracts import Plan, RunReport, TargetResult
from action_patterns.contracts.result import FAILING, MOST_ATTEMPTS, told_by_name
from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.permissions import REPORT
from action_patterns.ports import Allowance, Annotation, Context, Credentials, Job, Ports
from action_patterns.report import fail_on, guides, junit, missing, needs
from action_patterns.report.aggregate import Unreadable
from action_patterns.report.escape import CODE_CHARACTERS, MESSAGE_CHARACTERS, clip
from action_patterns.report.headline import NOTE_CHARACTERS
from action_patterns.report.summarise import Summary, summarise

JOBS_SECONDS = 30.0
"""What looking for the jobs of this run may take: without them the report only says less."""

FALLBACK_NAME = "action-patterns"
"""Prefix of the artifact's name where there is no plan to take it from."""

MOST_ANNOTATIONS = 9
"""GitHub shows ten errors and ten warnings of a step (docs: "Workflow commands", limits); one says what is left out."""

_NOT_IN_ARTIFACT_NAMES = re.compile(r'[\x00-\x1f":<>|*?\\/]')
"""actions/upload-artifact refuses these in a name."""


class ReportInputs(Inputs):
    """Inputs of report."""

    plan: str = Field(
        default="",
        description="Path of the plan file that discover wrote. Absent, or no such file: the verdict is `inconclusive`"
        " and the run is red.",
    )
    plan_digest: str = Field(default="", description="discover's output `digest`. If given, any other plan is refused.")
    records: str = Field(
        default="", description="Directory with the records of the targets (`*.json`, searched recursively)."
    )
    previous: str = Field(
        default="",
        description="Path of an earlier run's run-report.json to compare with. No such file, or one of no use:"
        " a line says so, and nothing fails.",
    )
    needs: str = Field(
        default="",
        description="`${{ toJSON(needs) }}`, or the result of the job that works on the targets. Tells why a target has"
        " no record: cancelled, not started or lost.",
    )
    fail_on: str = Field(
        default="any",
        description="When failed targets make this step fail: `any`, `all`, `never`, `threshold:<n>` (more than n),"
        " `threshold:<n>%` (more than n percent) or `class:<names>` (outcomes, error categories or reasons, separated"
        " by commas). A run without a plan always fails.",
    )
    junit: Flag = Field(
        default=False, description="Write a JUnit XML file too, one test case per target; see the output `junit`."
    )
    token: SecretStr | None = Field(
        default=None,
        description="Reads the jobs of this run: `${{ github.token }}`, in a job with `actions: read`. Each target then"
        " leads to the log of its job, and of a matrix the parts that were cancelled, never started or lost are told"
        " apart. Without it, or where GitHub does not answer, the report says what `needs` tells.",
    )
    name: str = Field(
        default="", description="Title of the report and prefix of its artifact's name. Default: the plan's name."
    )


class ReportOutputs(Outputs):
    """Outputs of report."""

    verdict: str = Field(description="`passed`, `partial`, `failed`, `nothing-to-do` or `inconclusive`.")
    counts: str = Field(description="JSON object: number of targets by outcome; the sum is the roster.")
    total: int = Field(description="Number of targets in the roster.")
    failed_count: int = Field(description="Number of targets that failed, were blocked or left no record.")
    deferred_count: int = Field(description="Number of targets a limit left for a later run.")
    failed_targets: str = Field(description="JSON list of `owner/name`: the targets counted by `failed-count`.")
    deferred_targets: str = Field(description="JSON list of `owner/name`: the targets counted by `deferred-count`.")
    path: str = Field(description="Path of run-report.json: every result, for actions/upload-artifact.")
    html: str = Field(description="Path of report.html: the same for a browser, in one file that needs no other.")
    artifact_name: str = Field(description="Name to upload them under.")
    junit: str = Field(description="Path of the JUnit XML file; empty unless the input `junit` is true.")


@dataclass(frozen=True, slots=True)
class Previous:
    """The report to compare with, or why there is none; neither, where none was asked for."""

    report: RunReport | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was read."""

    plan: Plan | None
    records: tuple[TargetResult, ...]
    unreadable: tuple[Unreadable, ...]
    context: Context
    previous: Previous
    jobs: tuple[Job, ...] = ()
    """Of this run; none where they were not asked for, or could not be read."""
    no_jobs: str = ""
    """Why they could not be read."""


@dataclass(frozen=True, slots=True)
class Decision:
    """All that will be written, and the exit code."""

    summary: Summary
    artifact_name: str
    junit: str
    """JUnit XML, "" where none was asked for."""
    annotations: tuple[Annotation, ...]
    exit_code: int


def run(inputs: ReportInputs, ports: Ports) -> Finish[ReportOutputs]:
    """Raises InputError for a plan, a digest or a name that is wrong; never for a record, `needs` or `fail-on`, as what
    was done must be told.
    """
    return apply(decide(inputs, gather(inputs, ports), ports.log.redact), ports)


def gather(inputs: ReportInputs, ports: Ports) -> Facts:
    """Read the plan, every record, and the jobs of this run."""
    plan = None
    if inputs.plan and ports.files.exists(inputs.plan):
        plan = Plan.decode(_text(ports.files.read(inputs.plan), inputs.plan), name=inputs.plan)
    records: list[TargetResult] = []
    unreadable: list[Unreadable] = []
    for path in ports.files.names(inputs.records) if inputs.records else ():
        if path.endswith(".json"):
            read = read_record(ports.files.read(path), path)
            if isinstance(read, Unreadable):
                unreadable.append(read)
            else:
                records.append(read)
    previous = Previous()
    if inputs.previous:
        content = ports.files.read(inputs.previous) if ports.files.exists(inputs.previous) else None
        previous = read_previous(content, ports.context)
    jobs, no_jobs = read_jobs(inputs, ports) if plan and plan.roster else ((), "")
    return Facts(plan, tuple(records), tuple(unreadable), ports.context, previous, jobs, no_jobs)


def read_jobs(inputs: ReportInputs, ports: Ports) -> tuple[tuple[Job, ...], str]:
    """The jobs of this run, or none and why: whatever goes wrong costs a sentence, never the report."""
    token = inputs.token.get_secret_value() if inputs.token else ""
    if not token:
        return (), ""
    try:
        runs = ports.github(Credentials(token), Allowance(seconds=JOBS_SECONDS)).runs
        return runs.jobs(ports.context.repository, ports.context.run_id), ""
    except ActionPatternsError as error:
        return (), (
            "The jobs of this run could not be read, so no log is linked and of missing targets only what `needs` tells"
            f" is known: {error.message} {error.remediation}"
        )


def read_previous(content: bytes | None, context: Context) -> Previous:
    """An earlier report of the same repository. Whatever else it is costs the comparison, and only that."""
    if content is None:
        return Previous(why_not="No earlier report to compare with.")
    try:
        report = RunReport.decode(_text(content, "run-report.json"), name="run-report.json")
    except InputError:
        return Previous(why_not="The earlier report cannot be read by this version, so nothing is compared.")
    if not report.run_url.startswith(f"{context.server_url}/{context.repository}/actions/runs/"):
        return Previous(why_not="The earlier report is another repository's, so nothing is compared.")
    later = report.run_number is not None and report.run_number >= context.run_number
    if report.run_id == context.run_id or later:
        return Previous(why_not="The report given as earlier is not of an earlier run, so nothing is compared.")
    if report.plan_id is None:
        return Previous(why_not="The earlier run had no roster, so nothing is compared.")
    return Previous(report)


def read_record(content: bytes, path: str) -> TargetResult | Unreadable:
    """A record, or why it is none. One bad file must not cost the report of all the others."""
    try:
        return TargetResult.decode(_text(content, path), name=path)
    except InputError as error:
        problem = error.problems[0].what.removeprefix(f"{path} is ")
    index, attempt = told_by_name(path) or (None, None)
    named = Unreadable(path, problem, index=index, attempt=attempt)
    try:
        claims = json.loads(content)
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


def decide(inputs: ReportInputs, facts: Facts, redact: Callable[[str], str]) -> Decision:
    """The report, its renderings, the annotations and the exit code."""
    before, doubt = needs.parse(inputs.needs)
    _check_digest(inputs, facts.plan)
    name = inputs.name or (facts.plan.name if facts.plan else "")
    artifact_name = f"{_artifact_prefix(name)}-report-a{facts.context.run_attempt}"
    previous = facts.previous
    if previous.report and previous.report.name != name:
        previous = Previous(why_not="The earlier report is another campaign's, so nothing is compared.")
    summary = summarise(
        facts.plan,
        facts.records,
        facts.context,
        name=name,
        needs=before,
        jobs=facts.jobs,
        unreadable=facts.unreadable,
        artifact_name=artifact_name,
        notes=(*_notes(inputs, facts, before), *doubt, *([facts.no_jobs] if facts.no_jobs else [])),
        previous=previous.report,
        nothing_to_compare=previous.why_not,
        redact=redact,
    )
    annotations = annotate(summary.report, summary.unreadable)
    try:
        exit_code = fail_on.parse(inputs.fail_on).exit_code(summary.report)
    except InputError as error:  # red, but the work is done and must be told all the same
        exit_code = error.exit_code
        wrong = (Annotation("error", f"{problem.what}\n{problem.fix}", "Input") for problem in error.problems)
        annotations = (*wrong, *annotations)
    junit_xml = junit.render(summary.report) if inputs.junit else ""
    return Decision(summary, artifact_name, junit_xml, annotations, exit_code)


def apply(decision: Decision, ports: Ports) -> Finish[ReportOutputs]:
    """Write run-report.json, report.html and the log, and hand over the rest.

    HTML is not asked for as JUnit is: it needs no library, and it is wanted most after a run nobody thought would fail.
    """
    report = decision.summary.report
    for line in decision.summary.text.splitlines():
        ports.log.info(line)
    folder = f"action-patterns/{decision.artifact_name}"
    path = ports.files.write(f"{folder}/run-report.json", report.encode())
    html = ports.files.write(f"{folder}/report.html", decision.summary.html)
    junit_path = ports.files.write(f"{folder}/junit.xml", decision.junit) if decision.junit else ""
    failed = [result.target for result in report.results if result.outcome in FAILING]
    deferred = [result.target for result in report.results if result.outcome == "deferred"]
    return Finish(
        outputs=ReportOutputs(
            verdict=report.verdict,
            counts=_compact(report.counts.model_dump()),
            total=report.counts.total,
            failed_count=len(failed),
            deferred_count=len(deferred),
            failed_targets=_compact(failed),
            deferred_targets=_compact(deferred),
            path=path,
            html=html,
            artifact_name=decision.artifact_name,
            junit=junit_path,
        ),
        summary=decision.summary.markdown,
        annotations=decision.annotations,
        exit_code=decision.exit_code,
    )


def annotate(report: RunReport, unreadable: str) -> tuple[Annotation, ...]:
    """One annotation per cause, errors first: GitHub shows ten, and a thousand failures often have one cause."""
    found = []
    if report.verdict == "inconclusive":
        found.append(
            Annotation(
                "error",
                "There is no plan, so nothing can be said of any repository. Open the log of the discover job.",
                title="No roster",
            )
        )
    failed = {result.target for result in report.results if result.outcome in FAILING}
    for cause in report.causes:
        level = "error" if failed.intersection(cause.targets) else "warning"
        found.append(
            Annotation(
                "error" if level == "error" else "warning",
                f"{', '.join(cause.targets[:3])}{' and others' if len(cause.targets) > 3 else ''}:"
                f" {clip(cause.message, MESSAGE_CHARACTERS)} {clip(cause.remediation, MESSAGE_CHARACTERS)}"
                f"{guides.line(cause.guide)}",
                title=f"{clip(cause.reason, CODE_CHARACTERS)}: {len(cause.targets)} of {report.counts.total} targets",
            )
        )
    found.sort(key=lambda annotation: annotation.level)
    left_out = len(found) - MOST_ANNOTATIONS
    if left_out > 0:
        found[MOST_ANNOTATIONS:] = [
            Annotation(found[MOST_ANNOTATIONS].level, f"{left_out} more causes are in the job summary.", title="More")
        ]
    if unreadable:
        found.append(Annotation("warning", clip(unreadable, NOTE_CHARACTERS), title="Unreadable records"))
    return tuple(found)


def _notes(inputs: ReportInputs, facts: Facts, before: Mapping[str, needs.JobResult]) -> tuple[str, ...]:
    notes = []
    if facts.plan is None:
        notes.append(f"There is no file {inputs.plan}." if inputs.plan else "No plan was given.")
        unwell = ", ".join(f"{job or 'job'}: {result}" for job, result in before.items() if result != "success")
        if unwell:
            notes.append(f"Jobs before this one that did not succeed: {unwell}.")
    elif inputs.records and facts.plan.roster and not facts.records and not facts.unreadable:
        notes.append(f"No record was found below {inputs.records}.")
    return tuple(notes)


def _check_digest(inputs: ReportInputs, plan: Plan | None) -> None:
    expected = inputs.plan_digest.strip()
    if plan is None or not expected or plan.digest() == expected:
        return
    raise InputError(
        Problem(
            f"The plan {inputs.plan} has the digest {plan.digest()}, not {expected} as `plan-digest` says.",
            "Download the plan under discover's output `artifact-name` and pass discover's output `digest`, both of the"
            " same run; do not edit the file.",
            file=inputs.plan,
        )
    )


def _artifact_prefix(name: str) -> str:
    bad = sorted(set(_NOT_IN_ARTIFACT_NAMES.findall(name)))
    if bad:
        raise InputError(
            Problem(
                f"`name` {name!r} contains {', '.join(map(repr, bad))}, which no artifact's name may.",
                "Use letters, digits, spaces, dots, dashes and underscores.",
            )
        )
    return name or FALLBACK_NAME


def _text(content: bytes, path: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise InputError(
            Problem(f"{path} is not UTF-8 text.", f"{path} must be the file as action-patterns wrote it.", file=path)
        ) from None


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


ACTION = Action(
    name="report",
    title="Report a run over many repositories",
    description="Says what happened to every target of a plan, counts targets without a record as failures, and ends"
    " the run red or green as you decide.",
    patterns=("Three-Stage Design", "Error Handling"),
    inputs=ReportInputs,
    outputs=ReportOutputs,
    run=run,
    icon="clipboard",
    color="blue",
    verbs=REPORT,
    reasons=tuple(Reason(cause.code, "missing", cause.message, cause.remediation) for cause in missing.CAUSES),
)
