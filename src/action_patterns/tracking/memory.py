"""The state that a text of ours holds between runs: whose it is, which run wrote it, and what failed and is not done.

It is an HTML comment, anywhere in the text. People may write around it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from action_patterns.contracts import Outcome, RunReport
from action_patterns.contracts.result import FAILING, UNTRIED
from action_patterns.ports.issues import Post
from action_patterns.pull_request.ownership import html_comment

_PREFIX = "<!-- action-patterns/track:v1 "
MOST_CHARACTERS = 40_000
"""Share of the 65,536 that GitHub keeps of a text; the rest is for the report."""

RUN, JOB = "no-roster", "silent-job"
"""Reasons of what fails beside targets: the run that knows no target, and a job that does not say why it failed."""


class Failure(NamedTuple):
    """A target, job or run that failed, and why."""

    reason: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The state that a text holds."""

    failures: frozenset[Failure] = frozenset()
    """Failures that are not done since."""
    more: bool = False
    """More needs attention than the text can hold, or its state cannot be read: it is not known when all is done."""
    says: str = ""
    """Hash of what the text says. Empty: not known, so every text differs."""
    run: tuple[int, int, int] = (0, 0, 0)
    """Id, number and attempt of the run that wrote it."""
    post: int | None = None
    """Id of the post that it was written into. Another post with it is a copy. None: not known yet."""

    @property
    def unsettled(self) -> bool:
        """Whether something failed and is not known to be done."""
        return self.more or bool(self.failures)


def failing(report: RunReport) -> frozenset[Failure]:
    """Return what fails in this run."""
    if report.verdict == "inconclusive":
        return frozenset({Failure(RUN, "")})
    targets = (Failure(result.reason, result.target) for result in report.results if result.outcome in FAILING)
    return frozenset((*targets, *(Failure(JOB, job) for job in report.silent_jobs)))


def after(report: RunReport, before: Memory) -> Memory:
    """Return what is not done after this run: what fails now, and what failed before and was not repaired.

    A target that is skipped, deferred or not in the roster any more is not repaired. Nor is a run or a job, by a run of
    a part of the targets.
    """
    now = failing(report)
    known = {failure.name for failure in now if failure.reason != JOB}
    outcomes: defaultdict[str, set[Outcome]] = defaultdict(set)
    for result in report.results:
        outcomes[result.target].add(result.outcome)
    for target in report.untried:
        outcomes[target].add("skipped")
    kept = {
        failure
        for failure in before.failures
        if failure in now or not (failure.name in known or _is_done(failure, report, outcomes))
    }
    failures, left_out = _bounded(now | kept)
    return Memory(failures=failures, more=before.more or left_out, says=_says(report), run=run_of(report))


def _is_done(failure: Failure, report: RunReport, outcomes: Mapping[str, set[Outcome]]) -> bool:
    if failure == Failure(RUN, ""):
        return report.counts.total > 0 and not report.is_part
    if failure.reason == JOB and report.jobs.get(failure.name) == "success" and not report.is_part:
        return True
    came = outcomes.get(failure.name, set())
    return bool(came) and not came & (FAILING | UNTRIED)


def _bounded(failures: Iterable[Failure]) -> tuple[frozenset[Failure], bool]:
    """Return as many as a text can hold, and whether some are left out."""
    left, kept = MOST_CHARACTERS, list[Failure]()
    for failure in sorted(failures):
        left -= len(json.dumps([*failure]))
        if left < 0:
            return frozenset(kept), True
        kept.append(failure)
    return frozenset(kept), False


def run_of(report: RunReport) -> tuple[int, int, int]:
    return report.run_id, report.run_number or 0, report.attempt


def marker(report: RunReport, memory: Memory | None = None, *, post: int | None = None) -> str:
    """Return the comment that holds the state; by default that of a first text."""
    memory = after(report, Memory()) if memory is None else memory
    failures: defaultdict[str, list[str]] = defaultdict(list)
    for failure in sorted(memory.failures):
        failures[failure.reason].append(failure.name)
    fields: dict[str, object] = {"run": memory.run, "says": memory.says, "failing": failures}
    fields |= {"more": True} if memory.more else {}
    fields |= {"post": post} if post is not None else {}
    return html_comment.render(_opening(report), fields)


def memory_of(report: RunReport, body: str) -> Memory | None:
    """Return the state in a text of this campaign. None: it is no such text."""
    opening = _opening(report)
    start = body.find(opening)
    if start < 0:
        return None
    fields = html_comment.parse(opening, body[start : body.find("-->", start) + 3])
    try:
        return _memory(fields) if fields else Memory(more=True)
    except (KeyError, TypeError, ValueError):
        return Memory(more=True)  # A person changed it: it is ours, and what failed is not known.


def above(report: RunReport, body: str) -> str:
    """Return the text before our comment, which a person wrote."""
    return body[: max(0, body.find(_opening(report)))]


def is_copy(memory: Memory, post: Post) -> bool:
    """Return whether the state was written into another post than this one."""
    return memory.post is not None and memory.post != post.id


def _memory(fields: Mapping[str, Any]) -> Memory:
    run, post = tuple(int(number) for number in fields["run"]), fields.get("post")
    failures = {Failure(str(reason), str(name)) for reason, names in fields["failing"].items() for name in names}
    if len(run) != 3 or not isinstance(post, int | None):
        raise ValueError("is no state of a text")
    return Memory(
        failures=frozenset(failures),
        more=bool(fields.get("more")),
        says=str(fields["says"]),
        run=(run[0], run[1], run[2]),
        post=post,
    )


def reopened(memory: Memory, report: RunReport) -> Memory:
    """Return the state of a text that is opened again. Whoever closed it has dealt with what it could not name."""
    return replace(memory, more=_bounded(failing(report))[1])


def _says(report: RunReport) -> str:
    said = [report.verdict, [[c.reason, c.remediation, c.targets, str(c.resumes_at)] for c in report.causes]]
    return _short(json.dumps([*said, *report.silent_jobs]))


def _opening(report: RunReport) -> str:
    """The beginning of our comment: the campaign by its name, and its repository by what a rename does not change."""
    return f"{_PREFIX}key={_short(f'{report.repository_id or report.source_repository.lower()}/{report.name}')} "


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
