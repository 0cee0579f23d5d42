"""The job summary of each kind of run, word by word. `UPDATE_GOLDEN=1 pytest tests/unit/report` writes them anew."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from action_patterns.contracts import Exclusion, RunReport
from action_patterns.discovery.packing import pack
from action_patterns.report.build import Rendered, build
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.model.records import Unreadable
from action_patterns.report.render import comment, junit
from action_patterns.report.render.view import Page
from support.report_builders import SERVER, context, fleet, job, plan, record

GOLDEN = Path(__file__).parent / "golden"
ARTIFACT = "sync-files-report-a2"

EXCLUDED = (
    Exclusion(repository="acme/attic", reason="archived"),
    Exclusion(repository="acme/platform", reason="source-repository"),
    Exclusion(repository="acme/old", reason="archived"),
)

OWN_PARTS = re.compile(r"(?<=<style>)[^<]+|(?<=<script>)[^\0]+(?=</script>)|(?<='sha256-)[^']+")
"""The HTML report's style and script, and their hashes: they change often, and have tests of their own."""

HOSTILE = (
    "acme/a|b | c",
    "acme/![x](https://evil.example/x.png)",
    "@octocat #1 GH-1 https://evil.example www.evil.example",
    "</summary><script>alert(1)</script><!--",
    "acme/`code` ``` :tada: $x$",
    "acme/new\n\n# line\n| x | y |",
)


URLS = (
    "javascript:alert(1)",
    "https://evil.example/job/1",
    f"{SERVER}.evil.example/job/1",
    f"{SERVER}/acme/platform/actions/runs/1234567/job/1)![x](https://evil.example/x.png",
    f'{SERVER}/"><script>alert(1)</script>',
    f"{SERVER}/acme/a b",
)


def green() -> Rendered:
    names = ("acme/api", "acme/cli", "acme/docs", "acme/web")
    outcomes = ("created", "updated", "unchanged", "unchanged")
    records = [record(i, name, outcome) for i, (name, outcome) in enumerate(zip(names, outcomes, strict=True))]
    return build(
        plan(*names, excluded=EXCLUDED),
        records,
        context(),
        artifact_name=ARTIFACT,
        nothing_to_compare="No earlier report to compare with.",
    )


def green_again() -> Rendered:
    """Beside the run before, in which one target failed that does no more."""
    names = ("acme/api", "acme/cli", "acme/docs", "acme/gone")
    roster = plan(*names[:3])
    outcomes = ("unchanged", "failed", "unchanged", "unchanged")
    records = [record(i, name, outcome) for i, (name, outcome) in enumerate(zip(names, outcomes, strict=True))]
    before = aggregate(plan(*names), records, context(run_id=1234000, run_number=411, run_attempt=1))
    now = [record(i, name, "updated" if i == 1 else "unchanged") for i, name in enumerate(names[:3])]
    now[1] = now[1].model_copy(update={"refused_fields": ("reviewers",)})
    return build(roster, now, context(), artifact_name=ARTIFACT, previous=before)


def partial() -> Rendered:
    names = ("acme/api", "acme/cli", "acme/docs", "acme/infra", "acme/ml", "acme/pay", "acme/web", "acme/web-old")
    records = [
        record(0, "acme/api", "created"),
        record(1, "acme/cli", "updated", changed_fields=("title", "labels"), refused_fields=("reviewers",)),
        record(2, "acme/docs"),
        record(3, "acme/infra", "skipped"),
        record(5, "acme/pay", "blocked", pull_request_number=7, pull_request_url="https://github.com/acme/pay/pull/7"),
        record(6, "acme/web", "deferred"),
        record(7, "acme/web-old", "failed", attempt=1),
        record(7, "acme/web-old", "failed", attempt=2),
    ]
    return build(
        plan(*names, excluded=EXCLUDED),
        records,
        context(),
        artifact_name=ARTIFACT,
        needs={"discover": "success", "apply": "failure"},
        unreadable=(Unreadable(path="records/ml.json", problem="not a valid TargetResult: document: Invalid JSON"),),
        previous=earlier(),
    )


def earlier() -> RunReport:
    """Run 411: `web-old` failed for the second time, `cli` for the first, and `gone` was still there."""
    names = ("acme/api", "acme/cli", "acme/docs", "acme/gone", "acme/web-old")
    outcomes = ("updated", "failed", "unchanged", "updated", "failed")
    records = [record(i, name, outcome) for i, (name, outcome) in enumerate(zip(names, outcomes, strict=True))]
    report = aggregate(plan(*names), records, context(run_id=1234000, run_number=411, run_attempt=1))
    return report.model_copy(update={"failing_runs": {"acme/cli": 1, "acme/web-old": 2}})


def all_failed() -> Rendered:
    roster, records = fleet(["failed"] * 3)
    return build(roster, records, context(), artifact_name=ARTIFACT)


def nothing_to_do() -> Rendered:
    return build(plan(excluded=EXCLUDED), (), context(), artifact_name=ARTIFACT, needs={"apply": "skipped"})


def no_roster() -> Rendered:
    notes = ("No plan was given.", "Jobs before this one that did not succeed: discover: failure, apply: skipped.")
    return build(None, (), context(), name="sync-files", artifact_name=ARTIFACT, notes=notes)


def cancelled() -> Rendered:
    roster, records = fleet(["updated", "unchanged", "missing", "missing"])
    return build(roster, records, context(), artifact_name=ARTIFACT, needs={"apply": "cancelled"})


def leg_by_leg() -> Rendered:
    """Two targets a leg: one leg failed, one was cancelled, one never started, one is lost."""
    names = ("acme/api", "acme/cli", "acme/docs", "acme/infra", "acme/ml", "acme/pay", "acme/web", "acme/web-old")
    records = [
        record(0, "acme/api", "updated"),
        record(1, "acme/cli", "failed", pull_request_number=7, pull_request_url=f"{SERVER}/acme/cli/pull/7"),
        record(2, "acme/docs", "deferred"),
    ]
    return build(
        plan(*names, packing=pack(len(names), per_leg=2)),
        records,
        context(run_attempt=1),
        artifact_name="sync-files-report-a1",
        needs={"discover": "success", "apply": "failure"},
        jobs=[job(0, "failure"), job(1, "cancelled"), job(2, "cancelled", began=False), job(3)],
    )


def dry_run() -> Rendered:
    roster, records = fleet(["planned", "planned", "unchanged"])
    return build(roster, records, context(), artifact_name=ARTIFACT)


def fleet_of_480() -> Rendered:
    outcomes = ["updated"] * 300 + ["unchanged"] * 120 + ["skipped"] * 35 + ["failed"] * 20 + ["deferred"] * 5
    roster, records = fleet(outcomes)
    return build(roster, records, context(), artifact_name=ARTIFACT)


def fleet_of_10_000() -> Rendered:
    outcomes = ["updated"] * 6_000 + ["unchanged"] * 3_000 + ["skipped"] * 500 + ["failed"] * 400 + ["deferred"] * 100
    roster, records = fleet(outcomes)
    return build(roster, records, context(), artifact_name=ARTIFACT)


def hostile_names() -> Rendered:
    outcomes = ("created", "failed", "blocked", "planned", "unchanged", "skipped")
    records = [
        record(i, name, outcome, reason=name, pull_request_number=i + 1, pull_request_url="javascript:alert(1)")
        for i, (name, outcome) in enumerate(zip(HOSTILE, outcomes, strict=True))
    ]
    excluded = tuple(Exclusion(repository=name, reason="archived") for name in HOSTILE)
    return build(
        plan(*HOSTILE, excluded=excluded, name=" ".join(HOSTILE)),
        records,
        context(workflow="x'; rm -rf / #"),
        artifact_name=HOSTILE[0],
        notes=HOSTILE,
        jobs=[
            job(i, name=f"Apply {i}: {name}", url=url) for i, (name, url) in enumerate(zip(HOSTILE, URLS, strict=True))
        ],
    )


SITUATIONS: tuple[Callable[[], Rendered], ...] = (
    green,
    green_again,
    partial,
    all_failed,
    nothing_to_do,
    no_roster,
    cancelled,
    leg_by_leg,
    dry_run,
    fleet_of_480,
    hostile_names,
)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
def test_the_summary_reads_as_agreed(situation: Callable[[], Rendered]) -> None:
    golden, text = GOLDEN / f"{situation.__name__}.md", situation().markdown
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.proof
def test_the_summary_of_10_000_targets_reads_as_agreed() -> None:
    text = fleet_of_10_000().markdown
    lines = text.splitlines()
    digest = hashlib.sha256(text.encode()).hexdigest()
    told = f"{len(text.encode()):,} bytes, sha256 {digest}\n\n"
    told += "\n".join([*lines[:40], "", f"… {len(lines) - 80:,} lines …", "", *lines[-40:]]) + "\n"
    golden = GOLDEN / "fleet_of_10_000.txt"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "situation",
    [green_again, partial, leg_by_leg, hostile_names, no_roster],
    ids=lambda situation: situation.__name__,
)
@pytest.mark.parametrize("channel", ["txt", "xml", "comment.md", "html"])
def test_the_other_channels_read_as_agreed(situation: Callable[[], Rendered], channel: str) -> None:
    told = situation()
    page = Page(context=context(), artifact_name=ARTIFACT)
    text = {"txt": lambda: told.text, "xml": lambda: junit.render(told.report),
            "comment.md": lambda: comment.fit(told.report, page),
            "html": lambda: OWN_PARTS.sub("…", told.html)}[channel]()  # fmt: skip
    golden = GOLDEN / f"{situation.__name__}.{channel}"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_situation() -> None:
    assert {path.stem for path in GOLDEN.glob("*.md") if "." not in path.stem} == {
        situation.__name__ for situation in SITUATIONS
    }
