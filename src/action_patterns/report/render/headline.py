"""The top of the job summary: verdict, counts, bar, run, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from action_patterns.contracts import CauseCount, Counts, RunReport
from action_patterns.contracts.result import FAILING
from action_patterns.contracts.wording import counted, visible_repositories
from action_patterns.escape import clip, code_span, inline, link, prose
from action_patterns.report.render import tiers
from action_patterns.report.render.view import (
    CHANGED,
    ORDER,
    Page,
    moment,
    number_of,
    percent,
    run_name,
    span,
)

BAR_CELLS = 24
NAME_CHARACTERS = 200
NOTE_CHARACTERS = 2_000
CAUSES_NAMED = 4


def verdict_line(report: RunReport) -> str:
    """The verdict in words, with the numbers it rests on; the same sentence in every channel."""
    counts, number = report.counts, number_of(report.counts, FAILING)
    all_of_them, verb = counted(counts.total, report.kind), "needs" if number == 1 else "need"
    attention = f"{number:,} of {all_of_them} {verb} attention"
    dry_run = " (dry run, nothing was written)" if counts.planned and not number_of(counts, CHANGED) else ""
    deferred = f"{counted(counts.deferred, report.kind)} deferred to a later run" if counts.deferred else ""
    match report.verdict:
        case "passed":
            return f"Passed: {all_of_them}, none needs attention{dry_run}"
        case "partial":
            held = f"{counted(len(report.held_back), report.kind)} held back" if report.held_back else ""
            told = (attention if number else "", deferred, held, silence(report))
            return f"Partial: {', '.join(filter(None, told))}{dry_run}"
        case "failed":
            return f"Failed: {attention}"
        case "nothing-to-do":
            if report.left_out:
                return f"Nothing to do: this run leaves out all {len(report.left_out):,} targets of its campaign"
            if report.kind == "item":
                return "Nothing to do: the list of items is empty"
            return f"Nothing to do: none of {visible_repositories(report.visible)} is a target"
        case "inconclusive":
            return "Inconclusive: there is no roster, so the report knows no repository"


def silence(report: RunReport) -> str:
    """Return how many jobs did not succeed and do not say why. Empty: none."""
    number = len(report.silent_jobs)
    return f"{number:,} {'job' if number == 1 else 'jobs'} did not succeed and left no record of it" if number else ""


def silent_notes(report: RunReport) -> list[str]:
    """Return a sentence for each job that did not succeed and does not say why."""
    return [
        f"The job {job} ended as {report.jobs.get(job, 'failure')}, and no record says why: what it did to the targets"
        " is not known. Read its log and run it again. If it has nothing to record, leave it out of `needs`."
        for job in report.silent_jobs
    ]


def all_notes(report: RunReport, page: Page) -> list[str]:
    """Return the notes for the reader: on the part of the roster, silent jobs and tiers, and those of the page."""
    return [*_narrowed(report), *silent_notes(report), *filter(None, (tiers.note(report),)), *page.notes]


def _narrowed(report: RunReport) -> list[str]:
    """Return a sentence about the targets that `only` and `limit` left out. Empty: they left out none."""
    if not report.is_part:
        return []
    skipped = len(report.skipped_by_only)
    number = len(report.left_out) + skipped
    given = [f"`{name}`" for name, value in (("only", report.only), ("limit", report.limit)) if value]
    by = " and ".join(given) if given and not skipped else "`only` or `limit`"
    total = report.counts.total + len(report.left_out)
    return [f"{total - number:,} of {total:,} targets: {by} left out {number:,}."]


SIGNS = {"passed": "✅", "partial": "⚠️", "failed": "❌", "nothing-to-do": "➖", "inconclusive": "❔"}


def heading(report: RunReport) -> str:
    """The first line. The sign only repeats what the word beside it says."""
    name = f" · {inline(clip(report.name, NAME_CHARACTERS))}" if report.name else ""
    return f"## {SIGNS[report.verdict]} {verdict_line(report)}{name}"


def counts_line(counts: Counts) -> str:
    """Every outcome that occurred, failures first: `2 failed · 1 missing · 31 updated`."""
    numbers = counts.model_dump()
    return " · ".join(f"{numbers[outcome]:,} {outcome}" for outcome in ORDER if numbers[outcome])


def bar(counts: Counts) -> str:
    """The shares as text: no image to load, and read aloud it still makes sense."""
    present = shares(counts)
    lengths = widths([number for _, number in present], BAR_CELLS)
    drawn = "".join(SHADES[word] * length for (word, _), length in zip(present, lengths, strict=True))
    legend = " · ".join(
        f"{SHADES[word]} {percent(number, counts.total)} {LABELS.get(word, word)}" for word, number in present
    )
    return f"`{drawn}` {legend}"


SHADES = {"failed": "▓", "deferred": "▒", "changed": "█", "planned": "▚", "unchanged": "░", "skipped": "─"}
LABELS = {"failed": "need attention"}
"""Words for a share that holds more than one outcome. "failed" is one outcome."""


def shares(counts: Counts) -> list[tuple[str, int]]:
    """How many targets fared alike, worst first; only what occurred."""
    numbers = {
        "failed": number_of(counts, FAILING),
        "deferred": counts.deferred,
        "changed": number_of(counts, CHANGED),
        "planned": counts.planned,
        "unchanged": counts.unchanged,
        "skipped": counts.skipped,
    }
    return [(word, number) for word, number in numbers.items() if number]


def widths(numbers: Sequence[int], cells: int) -> list[int]:
    """Cells per segment: at least one each, the sum always `cells`, the rest by largest remainder."""
    total, free = sum(numbers), cells - len(numbers)
    exact = [number * free / total for number in numbers]
    whole = [int(share) for share in exact]
    by_remainder = sorted(range(len(numbers)), key=lambda i: (whole[i] - exact[i], i))
    for i in by_remainder[: free - sum(whole)]:
        whole[i] += 1
    return [number + 1 for number in whole]


def run_line(report: RunReport, page: Page) -> str:
    """Which run, of which commit, when, and where the whole of it is."""
    parts = run_facts(report, page)
    if page.artifact_name:
        parts.append(f"every result: `report.html` and `run-report.json` in artifact {artifact(report, page)}")
    return sentence(" · ".join(parts))


def sentence(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def run_facts(report: RunReport, page: Page) -> list[str]:
    """Which run, of which commit, and when."""
    parts = ["run " + link(f"{run_name(report)}, attempt {report.attempt}", report.run_url, page.server_url)]
    if report.source_oid:
        parts.append(f"commit {code_span(report.source_oid[:7])} of {inline(report.source_repository)}")
    if report.started_at and report.finished_at:
        parts.append(f"{moment(report.started_at)}, {span(report.finished_at - report.started_at)}")
    if report.counts.planned:
        parts.append("dry run: yes")
    return parts


def artifact(report: RunReport, page: Page) -> str:
    """The artifact with the whole of it, by name."""
    return link(page.artifact_name, f"{report.run_url}#artifacts", page.server_url)


def notes(report: RunReport, page: Page) -> list[str]:
    """Return the next steps and the notes for the reader, as callouts."""
    kind = "IMPORTANT" if report.causes or report.silent_jobs or report.verdict == "inconclusive" else "NOTE"
    steps = next_steps(report)
    lines = ["**Next:** " + " ".join(steps)] if steps else []
    lines += [prose(clip(note, NOTE_CHARACTERS)) for note in all_notes(report, page)]
    return [f"> [!{kind}]\n> " + "\n>\n> ".join(lines)] if lines else []


def next_steps(
    report: RunReport, code: Callable[[str], str] = code_span, strong: Callable[[str], str] = "**{}**".format
) -> list[str]:
    """Return the next steps, one sentence each. `code` and `strong` write for the channel."""
    if report.verdict == "inconclusive":
        return ["open the log of the discover job: it handed over no plan. Without one this run cannot be green."]
    fix = [cause for cause in report.causes if not cause.retryable]
    now = [cause for cause in report.causes if cause.retryable and cause.resumes_at is None]
    later = [cause for cause in report.causes if cause.retryable and cause.resumes_at is not None]
    steps = []
    if fix:
        steps.append(f"fix {_named(fix, code)}, then run them again.")
    if now:
        steps.append(f"{_named(now, code)} {'is' if len(now) == 1 else 'are'} safe to run again now.")
    if later:
        at = max(cause.resumes_at for cause in later if cause.resumes_at)
        steps.append(f"{_named(later, code)} {'is' if len(later) == 1 else 'are'} safe after {strong(moment(at))}.")
    if not steps and report.counts.planned:
        steps.append("run again without `dry-run` to send what is listed below.")
    return steps


def _named(causes: Sequence[CauseCount], code: Callable[[str], str]) -> str:
    named = [f"{code(clip(cause.reason, 100))} ({len(cause.targets):,})" for cause in causes[:CAUSES_NAMED]]
    more = len(causes) - len(named)
    return ", ".join(named) + (f" and {more:,} more {'cause' if more == 1 else 'causes'}" if more else "")
