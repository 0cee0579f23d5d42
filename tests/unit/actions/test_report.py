"""The report action: files in; outputs, summary, annotations and an exit code out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from action_patterns import registry
from action_patterns.action.contract import Finish
from action_patterns.actions.report import ACTION
from action_patterns.actions.report.gather import read_previous
from action_patterns.actions.report.interface import ReportInputs, ReportOutputs
from action_patterns.contracts import Plan, RunReport, TargetResult
from action_patterns.contracts.result import ErrorRecord
from action_patterns.errors import (
    ActionPatternsError,
    DefectError,
    InputError,
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
)
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.log import Annotation
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.model.reason_links import GUIDES
from action_patterns.report.render.annotations import MOST_ANNOTATIONS
from support.fake_github import FakeGitHub
from support.memory_ports import MemoryFiles as Stored
from support.memory_ports import World
from support.report_builders import context, fleet, job, plan, record

OUTCOMES = ["updated", "unchanged", "failed", "deferred", "missing"]


class MemoryFiles:
    """Files of the workspace in a dictionary; what is written stands in `written`."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.files = files
        self.written: dict[str, str] = {}

    def read(self, path: str) -> bytes:
        content = self.files[path]
        return content.encode() if isinstance(content, str) else content

    def exists(self, path: str) -> bool:
        return path in self.files

    def names(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.files if name.startswith(path.rstrip("/") + "/")))

    def write(self, path: str, text: str) -> str:
        self.written[path] = text
        return f"/temp/{path}"


class MemoryLog:
    def __init__(self, secret: str = "") -> None:
        self.lines: list[str] = []
        self.secret = secret

    def info(self, message: str) -> None:
        self.lines.append(message)

    def annotate(self, annotation: Annotation) -> None:
        raise AssertionError("annotations go through Finish")

    def redact(self, text: str) -> str:
        return text.replace(self.secret, "***") if self.secret else text

    def progress(self, done: int, total: int, message: str) -> None:
        raise AssertionError("report is not a long run")


def files_of(roster: Plan | None, records: list[TargetResult]) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {f"records/{r.index}/a{r.attempt}.json": r.encode() for r in records}
    return files | ({"plan/plan.json": roster.encode()} if roster else {})


def run(
    files: Mapping[str, str | bytes], /, *, secret: str = "", github: Opened | None = None, **inputs: Any
) -> tuple[Finish[ReportOutputs], RunReport, MemoryFiles, MemoryLog]:
    given = {"plan": "plan/plan.json", "records": "records"} | inputs
    memory, log = MemoryFiles(files), MemoryLog(secret)
    # No checkout, no clock, and no github where none is given: a use of any of them fails the test.
    ports = cast("Ports", _Ports(memory, log))
    if github:
        ports.__dict__["github"] = github
    finish = ACTION.run(ReportInputs(**given), ports)
    (written,) = (text for path, text in memory.written.items() if path.endswith("/run-report.json"))
    return finish, RunReport.decode(written, name="written"), memory, log


class _Ports:
    def __init__(self, files: MemoryFiles, log: MemoryLog) -> None:
        self.context, self.files, self.log = context(), files, log


class Opened:
    """ports.github: what it was opened with, and a GitHub that knows these jobs, or none for a reason."""

    def __init__(self, *jobs: Any, error: ActionPatternsError | None = None) -> None:
        self.fake = FakeGitHub()
        self.fake.runs.listed, self.fake.runs.error = jobs, error
        self.asked: list[tuple[Credentials, Allowance]] = []

    def __call__(self, credentials: Credentials, allowance: Allowance) -> FakeGitHub:
        self.asked.append((credentials, allowance))
        return self.fake


def test_the_registry_finds_it() -> None:
    assert registry.load("report") is ACTION


def test_a_run_with_failures_is_told_in_outputs_summary_log_and_exit_code() -> None:
    roster, records = fleet(OUTCOMES)
    finish, report, _, log = run(files_of(roster, records), plan_digest=roster.digest())
    outputs = finish.outputs
    assert (outputs.verdict, outputs.total, outputs.failed_count, outputs.deferred_count) == ("partial", 5, 2, 1)
    counts = json.loads(outputs.counts)
    assert (sum(counts.values()), counts["missing"], counts["created"]) == (5, 1, 0)
    assert json.loads(outputs.failed_targets) == ["acme/service-00002", "acme/service-00004"]
    assert json.loads(outputs.deferred_targets) == ["acme/service-00003"]
    assert outputs.path == "/temp/action-patterns/sync-files-report-a2/run-report.json"
    assert outputs.artifact_name == "sync-files-report-a2"
    assert finish.exit_code == 1
    assert finish.summary.startswith("## ⚠️ Partial: 2 of 5 repositories need attention")
    assert log.lines[-1] == "Partial: 2 of 5 repositories need attention, 1 repository deferred to a later run"
    assert [result.target for result in report.results] == [entry.target.repository for entry in roster.roster]


@pytest.mark.parametrize(
    ("fail_on", "exit_code"), [("any", 1), ("all", 0), ("never", 0), ("threshold:2", 0), ("threshold:39%", 1)]
)
def test_fail_on_decides_the_exit_code_and_nothing_else(fail_on: str, exit_code: int) -> None:
    roster, records = fleet(OUTCOMES)
    files = files_of(roster, records)
    finish, report, _, _ = run(files, fail_on=fail_on)
    assert finish.exit_code == exit_code
    assert report == run(files)[1]


def test_junit_is_written_where_it_is_asked_for() -> None:
    roster, records = fleet(OUTCOMES)
    assert run(files_of(roster, records))[0].outputs.junit == ""
    finish, _, files, _ = run(files_of(roster, records), junit=True)
    assert finish.outputs.junit == "/temp/action-patterns/sync-files-report-a2/junit.xml"
    written = files.written["action-patterns/sync-files-report-a2/junit.xml"]
    assert (written.count("<testcase "), written.count("<error "), written.count("<failure ")) == (5, 1, 1)


def test_the_html_report_is_always_written_beside_the_data() -> None:
    roster, records = fleet(OUTCOMES)
    for finish, _, files, _ in (run(files_of(roster, records)), run({})):
        assert finish.outputs.html == finish.outputs.path.replace("run-report.json", "report.html")
        (written,) = (text for path, text in files.written.items() if path.endswith("/report.html"))
        assert written.startswith("<!doctype html>")


def test_a_green_run_has_no_annotations() -> None:
    roster, records = fleet(["updated", "unchanged", "skipped"])
    finish, report, _, _ = run(files_of(roster, records))
    assert (report.verdict, finish.exit_code, finish.annotations) == ("passed", 0, ())
    assert finish.outputs.failed_targets == "[]"


def test_an_empty_roster_is_nothing_to_do_and_green() -> None:
    finish, report, _, _ = run(files_of(plan(), []), needs='{"apply": {"result": "skipped"}}')
    assert (report.verdict, finish.exit_code, finish.annotations) == ("nothing-to-do", 0, ())


@pytest.mark.parametrize("inputs", [{"plan": ""}, {"plan": "plan/absent.json"}])
@pytest.mark.parametrize("fail_on", ["any", "never", "all", "threshold:50%"])
def test_without_a_plan_the_run_is_red_under_every_policy(inputs: dict[str, str], fail_on: str) -> None:
    _, records = fleet(["updated"])
    needs = '{"discover": {"result": "failure"}, "gate": {"result": "success"}}'
    finish, report, _, _ = run(files_of(None, records), fail_on=fail_on, needs=needs, name="sync", **inputs)
    assert (report.verdict, finish.exit_code) == ("inconclusive", 1)
    assert [annotation.level for annotation in finish.annotations] == ["error"]
    assert finish.outputs.artifact_name == "sync-report-a2"
    assert "discover: failure" in finish.summary
    assert "gate" not in finish.summary


def test_without_plan_and_name_the_artifact_still_has_a_name() -> None:
    assert run({}, plan="", records="")[0].outputs.artifact_name == "action-patterns-report-a2"


def test_another_plan_than_the_digest_says_is_refused_naming_both() -> None:
    roster, _ = fleet(["updated"])
    other = "d" * 64
    with pytest.raises(InputError) as refused:
        run(files_of(roster, []), plan_digest=other)
    assert roster.digest() in refused.value.message
    assert other in refused.value.message


@pytest.mark.parametrize(
    "broken",
    [b"\xff\xfe", "", "{", "[]", "null", "3", "{}", '{"schema_version": 2}', "[" * 100_000],
    ids=["bytes", "empty", "cut", "list", "null", "number", "object", "newer", "deep"],
)
def test_a_file_that_is_no_record_is_named_and_its_target_is_missing(broken: str | bytes) -> None:
    roster, records = fleet(["updated", "missing"])
    finish, report, _, _ = run(files_of(roster, records) | {"records/deep/er/1.json": broken}, needs="success")
    assert [(result.outcome, result.reason) for result in report.results] == [
        ("updated", "content-differs"),
        ("missing", "lost"),
    ]
    warnings = [annotation for annotation in finish.annotations if annotation.level == "warning"]
    assert len(warnings) == 1
    assert "records/deep/er/1.json" in warnings[0].message
    assert "records/deep/er/1.json" in finish.summary
    assert finish.exit_code == 1


def test_a_spoiled_rerun_is_not_covered_by_the_success_before_it() -> None:
    roster, records = fleet(["updated"])
    spoiled = json.loads(records[0].encode()) | {"attempt": 2, "outcome": "exploded"}
    finish, report, _, _ = run(files_of(roster, records) | {"records/again.json": json.dumps(spoiled)})
    assert (report.results[0].outcome, report.results[0].reason) == ("missing", "lost")
    assert finish.exit_code == 1


def test_files_of_other_kinds_are_no_records() -> None:
    roster, records = fleet(["updated"])
    finish, _, _, _ = run(files_of(roster, records) | {"records/readme.txt": "x"})
    assert finish.annotations == ()


def earlier(**changes: Any) -> RunReport:
    """A report of run 411, in which the third target failed already."""
    roster, records = fleet(["updated", "failed", "failed"])
    before = aggregate(roster, records, context(run_id=999, run_number=411, run_attempt=1))
    return before.model_copy(update=changes)


def test_an_earlier_report_is_compared_with() -> None:
    roster, records = fleet(OUTCOMES)
    files = files_of(roster, records) | {"before/run-report.json": earlier().encode()}
    finish, report, _, log = run(files, previous="before/run-report.json")
    assert report.changes is not None
    assert report.changes.still_failing == ("acme/service-00002",)
    assert report.changes.recovered == ("acme/service-00001",)
    assert report.failing_runs == {"acme/service-00002": 2, "acme/service-00004": 1}
    assert "still failing 1" in finish.summary
    assert any(line.startswith("Since run 411: ") for line in log.lines)


@pytest.mark.parametrize(("number", "compared"), [("7", True), ("8", False), ("", False)])
def test_an_earlier_report_is_known_by_the_repositorys_id_after_a_rename(number: str, compared: bool) -> None:
    renamed = earlier(repository_id=number, run_url="https://github.com/acme/former/actions/runs/999")
    ports = World(context=context(repository_id="7"), files=Stored({"r.json": renamed.encode()})).ports()
    assert (read_previous("r.json", "sync-files", ports).report is not None) is compared


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No earlier report"),
        (b"\xff", "cannot be read"),
        ("{}", "cannot be read"),
        (earlier(run_url="https://github.com/mallory/x/actions/runs/1").encode(), "another repository's"),
        (earlier(name="another").encode(), "another campaign's"),
        (earlier(run_number=412).encode(), "not of an earlier run"),
        (earlier(run_id=1234567, run_number=None).encode(), "not of an earlier run"),
        (earlier(plan_id=None).encode(), "no roster"),
    ],
    ids=["absent", "bytes", "not a report", "repository", "campaign", "later", "itself", "no roster"],
)
def test_an_earlier_report_of_no_use_is_one_line_and_changes_nothing_else(
    content: str | bytes | None, said: str
) -> None:
    roster, records = fleet(OUTCOMES)
    files = files_of(roster, records)
    plain, without, _, _ = run(files)
    given = {"before.json": content} if content is not None else {}
    finish, report, _, log = run(files | given, previous="before.json")
    assert report == without
    assert (finish.outputs, finish.annotations, finish.exit_code) == (plain.outputs, plain.annotations, plain.exit_code)
    assert len([line for line in finish.summary.splitlines() if said in line]) == 1
    assert len([line for line in log.lines if said in line]) == 1


def test_an_empty_directory_of_records_is_said() -> None:
    roster, _ = fleet(["missing", "missing"])
    finish, report, _, _ = run(files_of(roster, []), needs="cancelled")
    assert {result.reason for result in report.results} == {"cancelled"}
    assert "No record was found below records" in finish.summary


def test_a_cause_is_annotated_once_errors_before_warnings() -> None:
    roster, records = fleet(["deferred"] * 5 + ["failed"] * 5)
    finish, _, _, _ = run(files_of(roster, records))
    assert [(annotation.level, annotation.title) for annotation in finish.annotations] == [
        ("error", "branch-protected: 5 of 10 targets"),
        ("warning", "rate-limit: 5 of 10 targets"),
    ]
    guides = [annotation.message.partition("\n")[2] for annotation in finish.annotations]
    assert guides == [f"Guide: {GUIDES['branch-protected']}", f"Guide: {GUIDES['rate-limit']}"]


def test_a_cause_of_own_steps_is_annotated_without_a_guide() -> None:
    own = record(0, "acme/a", "failed", reason="tests-failed", message="Two of nine.", error=None)
    finish, _, _, _ = run(files_of(plan("acme/a"), [own]))
    (annotation,) = finish.annotations
    assert "Two of nine." in annotation.message
    assert "Guide" not in annotation.message


def test_no_more_annotations_than_github_shows() -> None:
    names = [f"acme/{index:02}" for index in range(30)]
    records = [
        record(
            index,
            name,
            "failed" if index else "deferred",
            reason=f"cause-{index}",
            error=ErrorRecord(category="defect", message="m", remediation=f"fix {index}", retryable=False),
        )
        for index, name in enumerate(names)
    ]
    finish, _, _, _ = run(files_of(plan(*names), records) | {"records/x.json": "{"})
    errors = [annotation for annotation in finish.annotations if annotation.level == "error"]
    assert len(errors) == MOST_ANNOTATIONS + 1
    assert errors[-1].message.startswith("21 more causes")
    assert len([annotation for annotation in finish.annotations if annotation.level == "warning"]) == 1


@pytest.mark.parametrize(
    "inputs",
    [
        {"name": "a/b"},
        {"name": "a\nb"},
        {"plan": "records/0/a1.json"},
    ],
    ids=["slash", "line break", "not a plan"],
)
def test_wrong_inputs_are_refused_with_a_fix(inputs: dict[str, str]) -> None:
    roster, records = fleet(["updated"])
    with pytest.raises(InputError) as refused:
        run(files_of(roster, records), **inputs)
    assert refused.value.remediation


def test_every_reason_of_a_missing_target_is_documented() -> None:
    reasons = {reason.code for reason in ACTION.reasons}
    for needs, records in (("cancelled", 0), ("skipped", 0), ("failure", 1)):
        roster, made = fleet(["updated", "missing"])
        _, report, _, _ = run(files_of(roster, made[:records]), needs=needs)
        reasons -= {result.reason for result in report.results if result.outcome == "missing"}
    roster, (written,) = fleet(["updated"])
    _, report, _, _ = run({**files_of(roster, []), "records/00007-a1.json": written.encode()})
    reasons -= {result.reason for result in report.results}
    assert reasons == set()


@pytest.mark.parametrize("cut", [b"", b"{", b'{"schema_version": 1, "plan_id": "12345', b"\xff"])
@pytest.mark.parametrize("name", ["00001-a2.json", "record-1-a2.json"])
def test_a_cut_record_of_a_rerun_is_not_covered_by_the_success_before_it(name: str, cut: bytes) -> None:
    roster, records = fleet(["updated", "updated"])
    finish, report, _, _ = run(files_of(roster, records) | {f"records/deep/{name}": cut})
    assert [(result.outcome, result.reason) for result in report.results][1] == ("missing", "lost")
    assert report.counts.updated == 1
    assert finish.exit_code == 1
    assert f"records/deep/{name}" in finish.summary


def test_a_spoiled_record_of_another_plan_counts_for_nothing_and_is_named() -> None:
    roster, records = fleet(["updated"])
    spoiled = json.loads(records[0].encode()) | {"attempt": 2, "outcome": "exploded", "plan_id": "999-1-abc"}
    finish, report, _, _ = run(files_of(roster, records) | {"records/00000-a2.json": json.dumps(spoiled)})
    assert (report.counts.updated, finish.exit_code) == (1, 0)
    (warning,) = finish.annotations
    assert (
        "does not count: it names another plan, or an attempt that this run has not reached: records/00000-a2"
        in warning.message
    )


def test_a_time_out_of_this_world_costs_its_own_record_only() -> None:
    roster, records = fleet(["updated", "updated"])
    files = files_of(roster, records)
    files["records/1/a1.json"] = records[1].encode().replace('"started_at": "2026', '"started_at": "9999')
    _, report, _, _ = run(files)
    assert [result.outcome for result in report.results] == ["updated", "missing"]


@pytest.mark.parametrize("needs", ["maybe", "{", '{"work": {"result": "timed_out"}}'])
def test_a_result_of_a_job_that_is_not_known_is_a_note_beside_the_report(needs: str) -> None:
    roster, records = fleet(OUTCOMES)
    finish, report, _, _ = run(files_of(roster, records), needs=needs)
    assert report.counts.total == len(OUTCOMES)
    assert "toJSON(needs)" in finish.summary
    assert {result.reason for result in report.results if result.outcome == "missing"} == {"lost"}


@pytest.mark.parametrize("fail_on", ["anny", "class:permision"])
def test_a_policy_that_is_none_is_red_after_all_has_been_told(fail_on: str) -> None:
    roster, records = fleet(["updated", "unchanged"])
    finish, report, files, log = run(files_of(roster, records), fail_on=fail_on, junit=True)
    assert (report.verdict, finish.exit_code, len(files.written)) == ("passed", 2, 4)
    assert finish.summary
    assert log.lines
    (refused,) = finish.annotations
    assert (refused.level, refused.title) == ("error", "Input")
    assert "`fail-on`" in refused.message


def test_an_annotation_is_no_longer_than_what_other_channels_say() -> None:
    error = ErrorRecord(category="defect", message="m" * 9_000, remediation="r" * 9_000, retryable=False)
    records = [record(0, "acme/api", "failed", error=error, reason="c" * 9_000)]
    finish, _, _, log = run(files_of(plan("acme/api"), records))
    (annotation,) = finish.annotations
    assert len(annotation.title + annotation.message) < 1_500
    assert max(map(len, log.lines)) < 700
    assert "8500 more characters" in annotation.message


def test_a_secret_is_hidden_before_an_annotation_is_clipped() -> None:
    token = "ghs_0123456789_abcdefghij"
    error = ErrorRecord(category="defect", message="x" * 490 + token, remediation="", retryable=False)
    records = [record(0, "acme/api", "failed", error=error)]
    finish, _, files, log = run(files_of(plan("acme/api"), records) | {"records/x.json": token}, secret=token)
    told = [finish.summary, *files.written.values(), *log.lines, *(a.message for a in finish.annotations)]
    assert not [text for text in told if "ghs" in text]


TOKEN = "ghs_of_the_job"


def test_with_a_token_each_target_has_the_log_of_its_job_and_the_reason_of_its_leg() -> None:
    roster, records = fleet(["failed", "missing", "missing"])
    github = Opened(job(0, "failure"), job(1, "cancelled"), job(2))
    finish, report, files, _ = run(
        files_of(roster, records), github=github, token=TOKEN, needs='{"apply": {"result": "failure"}}'
    )
    assert [(result.reason, result.job_url) for result in report.results] == [
        ("branch-protected", job(0).url),
        ("cancelled", job(1).url),
        ("lost", job(2).url),
    ]
    assert finish.summary.count("([log](") == 3
    page = next(text for path, text in files.written.items() if path.endswith("report.html"))
    assert page.count(f'href="{job(1).url}">log</a>') == 2
    assert github.fake.runs.asked == [("acme/platform", 1234567, "jobs")]
    ((credentials, allowance),) = github.asked
    assert (credentials.token, credentials.app, allowance.seconds) == (TOKEN, None, 30.0)


@pytest.mark.parametrize("error", [NotFoundError, PermissionDeniedError, UnavailableError, DefectError])
def test_jobs_that_cannot_be_read_cost_one_sentence_and_nothing_else(error: type[ActionPatternsError]) -> None:
    roster, records = fleet(OUTCOMES)
    files, needs = files_of(roster, records), "cancelled"
    without, told_without, _, _ = run(files, needs=needs, fail_on="class:cancelled")
    github = Opened(error=error(f"GitHub answered with {TOKEN}.", remediation="Grant it."))
    finish, told, _, log = run(files, github=github, token=TOKEN, needs=needs, fail_on="class:cancelled", secret=TOKEN)
    assert told == told_without
    assert (finish.outputs, finish.exit_code, finish.annotations) == (without.outputs, 1, without.annotations)
    said = "could not be read, so no log is linked"
    assert finish.summary.count(said) == 1
    assert len([line for line in log.lines if said in line]) == 1
    assert "GitHub answered with \\*\\*\\*. Grant it." in finish.summary
    assert TOKEN not in finish.summary + "\n".join(log.lines)


@pytest.mark.parametrize("inputs", [{}, {"token": ""}])
def test_without_a_token_github_is_not_asked(inputs: dict[str, str]) -> None:
    roster, records = fleet(["failed"])
    github = Opened(job(0))
    assert run(files_of(roster, records), github=github, **inputs)[1].results[0].job_url is None
    assert github.asked == []


@pytest.mark.parametrize("roster", [None, plan()], ids=["no plan", "no targets"])
def test_where_there_is_no_target_github_is_not_asked(roster: Plan | None) -> None:
    github = Opened(job(0))
    run(files_of(roster, []), github=github, token=TOKEN)
    assert github.asked == []


def test_a_token_is_not_shown_by_its_input() -> None:
    assert TOKEN not in repr(ReportInputs(token=TOKEN))  # type: ignore[arg-type]
