"""The steps of the demo: a pilot, people's changes to its pull requests, and three runs of the campaign."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import yaml

from github_sandbox.act_runner import ActRun, ActRunner
from github_sandbox.consumer import Consumer
from github_sandbox.request_log import WRITE
from github_sandbox.sandbox import Sandbox
from github_sandbox.server import Server

HERE = Path(__file__).parent
SOURCE = "acme/platform"
CAMPAIGN_TOKEN, JOB_TOKEN = "github_pat_demo_campaign", "demo-job-token"
PUSHED_TO, CLOSED, MERGED = "acme/payments", "acme/mobile-app", "acme/search"
EDITED = "root = true\n\n[*]\nend_of_line = lf\ninsert_final_newline = true\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRun:
    """One run of the workflow, and its effects on GitHub."""

    title: str
    report: str
    """The report from the log of the run."""
    outcomes: Mapping[str, tuple[str, str]]
    """Target -> outcome and reason."""
    excluded: Mapping[str, str]
    """Repository that discovery excluded -> reason."""
    pulls: Mapping[str, tuple[int, ...]]
    """Repository -> numbers of its open pull requests."""
    requests: int
    writes: int
    """Number of write requests, refused ones included."""
    seconds: float
    run: ActRun

    def count(self, outcome: str) -> int:
        return sum(1 for each, _ in self.outcomes.values() if each == outcome)


class Demo:
    """The demo: a served sandbox, the consumer's working copy, a runner."""

    def __init__(self, sandbox: Sandbox, server: Server, consumer: Consumer, runner: ActRunner) -> None:
        self.sandbox = sandbox
        self._server = server
        self._consumer = consumer
        self._runner = runner

    def pilot(self) -> DemoRun:
        """Run the first campaign, over three repositories; then act on its pull requests as people do."""
        done = self.campaign("pilot")
        search, payments, app = (self.sandbox.repository(name) for name in (MERGED, PUSHED_TO, CLOSED))
        search.merge_pull(search.pulls()[0].number)
        payments.commit_files(payments.pulls()[0].head, {"NOTES.md": "Wait for the audit.\n"}, message="A note of mine")
        app.close_pull(app.pulls()[0].number)
        return done

    def widen(self) -> None:
        """Commit the campaign for the whole organization."""
        files = yaml.safe_load((HERE / "campaign.yml").read_text("utf-8"))
        script = self._consumer.directory / "shared/scripts/check.sh"
        script.parent.mkdir(parents=True)
        script.touch(mode=0o755)
        self._consumer.commit(files, "Share with every repository")

    def edit(self) -> None:
        """Change one source file."""
        self._consumer.commit({"shared/editorconfig": EDITED}, "Ask for a final newline")

    def campaign(self, title: str) -> DemoRun:
        """Run the workflow once."""
        asked = len(self.sandbox.requests)
        run = self._runner.run(
            self._consumer.directory,
            ".github/workflows/distribute.yml",
            self._server,
            secrets={"DISTRIBUTION_TOKEN": CAMPAIGN_TOKEN, "GITHUB_TOKEN": JOB_TOKEN},
        )
        report = _run_report(run)
        requests = [r for r in self.sandbox.requests.all()[asked:] if r.route != "git"]
        return DemoRun(
            title=title,
            report="".join(run.job("report")[0].printed["report"]).strip(),
            outcomes={r["target"]: (r["outcome"], r["reason"]) for r in report["results"]},
            excluded={e["repository"]: e["reason"] for e in report["excluded"]},
            pulls=dict(self._open_pulls()),
            requests=len(requests),
            writes=sum(r.kind == WRITE for r in requests),
            seconds=run.seconds,
            run=run,
        )

    def _open_pulls(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        for repository in self.sandbox.repositories():
            if numbers := tuple(pull.number for pull in repository.pulls("open")):
                yield repository.name, numbers


class DemoError(AssertionError):
    """A run ended before it reported; the message holds its log."""


def _run_report(run: ActRun) -> Mapping[str, Any]:
    name = "shared-config-report-a1"
    if name not in run.artifacts:
        raise DemoError(f"the run left no report:\n{run.diagnosis}")
    report: Mapping[str, Any] = json.loads(ZipFile(run.artifacts[name]).read("run-report.json"))
    return report


def broken_promises(first: DemoRun, second: DemoRun, third: DemoRun) -> list[str]:
    """Return the promises that the three runs did not keep."""
    broken = []
    settled = {"created": "unchanged", "updated": "unchanged", "unchanged": "unchanged"}
    for target, (outcome, reason) in first.outcomes.items():
        expected = settled.get(outcome, outcome)
        found = second.outcomes.get(target, ("absent", ""))
        if found[0] != expected or (expected == outcome != "unchanged" and found[1] != reason):
            broken.append(f"{target} was {outcome} in the first run and {found[0]} in the second")
    if second.writes:
        broken.append(f"the second run made {second.writes} writes")
    for repository, numbers in first.pulls.items():
        if third.pulls.get(repository) != numbers:
            broken.append(f"{repository} had the pull requests {numbers} and has {third.pulls.get(repository)}")
    if not third.count("updated"):
        broken.append("the third run updated nothing")
    if third.run.exit_code == 0 or (third.count("blocked"), third.count("skipped")) != (2, 1):
        broken.append("the third run should be red with two blocked and one skipped")
    return broken
