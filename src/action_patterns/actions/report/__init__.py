"""report: the outcome of every target of the plan, in one report, and the run's one exit code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from action_patterns.action import privacy
from action_patterns.action.contract import Action, Finish
from action_patterns.action.reason import Reason
from action_patterns.actions.report.gather import USES, Facts, gather, name_of
from action_patterns.actions.report.interface import ReportInputs, ReportOutputs
from action_patterns.actions.report.writing import write
from action_patterns.contracts import Plan
from action_patterns.contracts.artifact import FALLBACK_NAME, NAME_RULE, is_name, report_artifact
from action_patterns.contracts.document import compact_json
from action_patterns.contracts.outcomes import outcomes_of
from action_patterns.contracts.result import FAILING
from action_patterns.errors import InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.report.build import Rendered, build
from action_patterns.report.model import fail_on, job_results, missing_records
from action_patterns.report.model.records import Expected
from action_patterns.report.render import junit
from action_patterns.report.render.annotations import annotate

_JOB = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""GitHub docs: "Workflow syntax", `jobs.<job_id>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """All that will be written, and the exit code."""

    summary: Rendered
    artifact_name: str
    junit: str
    """JUnit XML, "" where none was asked for."""
    annotations: tuple[Annotation, ...]
    exit_code: int


def run(inputs: ReportInputs, ports: Ports) -> Finish[ReportOutputs]:
    """Report the run.

    Raises:
        InputError: the plan, the digest or the name is wrong. A wrong record, `needs` or `fail-on` does not raise, so
            the report of the work is written.
    """
    facts = gather(inputs, ports)
    validate(inputs, facts)
    redact = ports.log.redact
    if facts.plan is not None and privacy.conceal(facts.plan, ports, inputs.token):
        # Before they are counted and compared: the report of the run before has the same labels.
        records = tuple(record.redacted(redact) for record in facts.records)
        spoiled = tuple(replace(file, target=file.target and redact(file.target)) for file in facts.unreadable)
        facts = replace(facts, plan=facts.plan.redacted(redact), records=records, unreadable=spoiled)
    return apply(decide(inputs, facts, redact), ports)


def validate(inputs: ReportInputs, facts: Facts) -> None:
    """Raise InputError if the plan has another digest, or a name is none."""
    _check_digest(inputs, facts.plan)
    name = name_of(inputs, facts.plan)
    problems = []
    if name and not is_name(name):
        problems.append(
            Problem(f"`name` is {name!r}; it becomes part of artifact names.", f"{NAME_RULE.capitalize()}.")
        )
    for given in inputs.recorders:
        job, slash, name = given.partition("/")
        if not _JOB.fullmatch(job) or (slash and not is_name(name)):
            problems.append(
                Problem(
                    f"`recorders` has {given!r}, which is no job and no job with a name.",
                    "Write the job's id, or `<job>/<name>` with the `name` that the job gives to record.",
                )
            )
    if problems:
        raise InputError(*problems)


def _expected(inputs: ReportInputs) -> tuple[Expected, ...]:
    split = (given.partition("/") for given in inputs.recorders)
    return tuple(Expected(job, name if slash else None) for job, slash, name in split)


def decide(inputs: ReportInputs, facts: Facts, redact: Callable[[str], str]) -> Decision:
    """The report, its renderings, the annotations and the exit code."""
    before, doubt = job_results.parse(inputs.needs)
    name = name_of(inputs, facts.plan)
    artifact_name = report_artifact(name or FALLBACK_NAME, facts.context.run_attempt)
    summary = build(
        facts.plan,
        facts.records,
        facts.context,
        name=name,
        needs=before,
        jobs=facts.jobs,
        unreadable=facts.unreadable,
        expected=_expected(inputs),
        artifact_name=artifact_name,
        notes=(*_notes(inputs, facts, before), *doubt, *([facts.no_jobs] if facts.no_jobs else [])),
        previous=facts.previous.report,
        nothing_to_compare=facts.previous.why_not,
        history=facts.history.rows,
        degraded_alert_percent=inputs.degraded_alert_percent,
        redact=redact,
    )
    annotations = annotate(summary.report, summary.unreadable)
    try:
        exit_code = fail_on.parse(inputs.fail_on).exit_code(summary.report)
    except InputError as error:  # red, but the work is done, so the report is written
        exit_code = error.exit_code
        wrong = (
            Annotation(level="error", message=f"{problem.what}\n{problem.fix}", title="Input")
            for problem in error.problems
        )
        annotations = (*wrong, *annotations)
    junit_xml = junit.render(summary.report) if inputs.junit else ""
    return Decision(
        summary=summary, artifact_name=artifact_name, junit=junit_xml, annotations=annotations, exit_code=exit_code
    )


def apply(decision: Decision, ports: Ports) -> Finish[ReportOutputs]:
    """Write the files and the log, and hand over the rest."""
    report = decision.summary.report
    written = write(decision.summary, decision.junit, decision.artifact_name, ports)
    outcomes = ports.files.write(
        f"action-patterns/{decision.artifact_name}/outcomes.json", outcomes_of(report).encode()
    )
    failed = [result.target for result in report.results if result.outcome in FAILING]
    deferred = [result.target for result in report.results if result.outcome == "deferred"]
    degraded = [result.target for result in report.results if result.is_degraded]
    return Finish(
        outputs=ReportOutputs(
            verdict=report.verdict,
            counts=compact_json(report.counts.model_dump()),
            total=report.counts.total,
            failed_count=len(failed),
            deferred_count=len(deferred),
            failed_targets=compact_json(failed),
            deferred_targets=compact_json(deferred),
            degraded_count=len(degraded),
            degraded_targets=compact_json(degraded),
            degraded_alert=report.degraded is not None and report.degraded.alert,
            path=written.path,
            html=written.html,
            outcomes=outcomes,
            artifact_name=decision.artifact_name,
            junit=written.junit,
        ),
        summary=decision.summary.markdown,
        annotations=decision.annotations,
        exit_code=decision.exit_code,
    )


def _notes(inputs: ReportInputs, facts: Facts, before: Mapping[str, job_results.JobResult]) -> tuple[str, ...]:
    notes = [facts.history.why_not] if facts.history.why_not else []
    if facts.plan is None:
        notes.append(f"There is no file {inputs.plan}." if inputs.plan else "No plan was given.")
        notes.append(_why_no_plan(inputs, facts))
        unwell = ", ".join(f"{job or 'job'}: {result}" for job, result in before.items() if result != "success")
        if unwell:
            notes.append(f"Jobs before this one that did not succeed: {unwell}.")
    elif inputs.records and facts.plan.found and not facts.records and not facts.unreadable:
        notes.append(f"No record was found below {inputs.records}.")
    return tuple(notes)


def _why_no_plan(inputs: ReportInputs, facts: Facts) -> str:
    """Return what became of the plan: expired, not downloaded, never written, or not known."""
    if facts.artifacts is None:
        if inputs.plan_digest.strip():
            return (
                "discover wrote a plan, as its digest is given. Its artifact expired, was deleted, or the download"
                " failed; with `token`, this action asks GitHub which."
            )
        return "It is not known whether a plan was written: no digest of one is given."
    prefix = inputs.name and f"{inputs.name}-"
    plans = [a for a in facts.artifacts if a.name.startswith(prefix) and _PLAN_ARTIFACT.search(a.name)]
    kept = [artifact.name for artifact in plans if not artifact.expired]
    if kept:
        return f"GitHub holds the artifact {kept[-1]}: see the log of the step that downloads it into this job."
    if plans:
        return (
            f"The artifact {plans[-1].name} expired, so no re-run of this run can find its targets. Start a new run;"
            " `retention-days` of actions/upload-artifact keeps a plan for longer."
        )
    return "No artifact of this run is a plan: no job wrote one, or its upload failed."


_PLAN_ARTIFACT = re.compile(r"(^|-)plan-a[1-9][0-9]*$")


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


ACTION = Action(
    name="report",
    title="Report a run over many repositories",
    description="Report the outcome of every target of a plan, count targets without a record as failures, and end"
    " the run red or green as you decide.",
    patterns=("Three-Stage Design", "Error Handling"),
    since="0.1.0",
    inputs=ReportInputs,
    outputs=ReportOutputs,
    run=run,
    icon="clipboard",
    color="blue",
    uses=(*USES, *privacy.USES),
    reasons=tuple(
        Reason(code=cause.code, outcome="missing", meaning=cause.message, remedy=cause.remediation)
        for cause in missing_records.CAUSES
    ),
)
