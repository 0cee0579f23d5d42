"""A report -> what must be written so that one comment, or one issue, says it. Pure: posts in, steps out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from action_patterns.contracts import RunReport
from action_patterns.contracts.result import FAILING
from action_patterns.ports.issues import Post
from action_patterns.report.model import fail_on

Kind = Literal["issue", "comment"]
Standing = Literal["wrong", "well", "unsure"]

_PREFIX = "<!-- action-patterns/track:v1 "
_MARKED = re.compile(
    r" fails=(?P<fails>[0-9a-f]{16}) says=(?P<says>[0-9a-f]{16})"
    r" run=(?P<run>[0-9]{1,20})\.(?P<number>[0-9]{1,20})\.(?P<attempt>[0-9]{1,20}) -->"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One write. `post` is what it changes; None for what is created."""

    do: Literal["create", "update", "close", "remove"]
    post: Post | None = None


def standing(report: RunReport) -> Standing:
    """`unsure`: nothing failed, but something was not tried, so a failure before it may still be there."""
    if report.verdict == "inconclusive" or fail_on.failing(report.counts):
        return "wrong"
    return "unsure" if report.counts.deferred or report.counts.planned else "well"


def marker(report: RunReport) -> str:
    """The first line of our text: whose it is, what fails and why, what else it says, and of which run."""
    failed = {result.target for result in report.results if result.outcome in FAILING}
    causes = [[cause.reason, cause.remediation, sorted(failed & set(cause.targets))] for cause in report.causes]
    fails = [report.verdict == "inconclusive", sorted(cause for cause in causes if cause[2])]
    said = [report.verdict, [[c.reason, c.remediation, c.targets, str(c.resumes_at)] for c in report.causes]]
    run = f"{report.run_id}.{report.run_number or 0}.{report.attempt}"
    return f"{_identity(report)}fails={_short(json.dumps(fails))} says={_short(json.dumps(said))} run={run} -->"


def decide(kind: Kind, report: RunReport, posts: Sequence[Post], viewer: str) -> tuple[Step, ...]:
    """The writes that are missing; none where the text says what it should, or a newer run has written.

    Ours is what carries the marker and was written by this token's account; of several the lowest number stays. We
    close an issue only when nothing fails, so one that is closed and names failures was closed by a person: it stays
    closed until others fail, or for another reason.
    """
    now, says = standing(report), _read(marker(report))
    if newer(report, posts, viewer):
        return ()
    ours = own(report, posts, viewer)
    steps = [Step("remove", post) for post in ours[1:] if post.open]
    kept = ours[0] if ours else None
    if now == "unsure":
        return tuple(steps)
    if kept is None:
        return (*steps, Step("create")) if now == "wrong" else tuple(steps)
    said = _read(kept.body)
    if now == "well" and kind == "issue":
        # Also where a person closed it: that it went well in between must be known when the same fails again.
        if kept.open or said.fails != says.fails:
            steps.append(Step("close", kept))
    elif said.says != says.says if kept.open else said.fails != says.fails:
        steps.append(Step("update", kept))
    return tuple(steps)


def newer(report: RunReport, posts: Sequence[Post], viewer: str) -> str:
    """The run that wrote after this one, as `413, attempt 1`; "" where none did.

    A job that is late, or that is run again, must not put an old state over a new one.
    """
    this = _read(marker(report)).run
    for post in own(report, posts, viewer):
        run, number, attempt = _read(post.body).run
        # Both must be higher: a number begins at 1 again in another workflow, and GitHub does not say that ids grow.
        if (run == this[0] and attempt > this[2]) or (run > this[0] and number > this[1]):
            return f"{number}, attempt {attempt}"
    return ""


def own(report: RunReport, posts: Sequence[Post], viewer: str) -> list[Post]:
    """Our texts among them, the one that stays first."""
    return sorted((p for p in posts if p.author == viewer and _is_of(p, report)), key=lambda post: post.id)


class _Marked(NamedTuple):
    fails: str
    says: str
    run: tuple[int, int, int]
    """Id, number, attempt."""


def _read(body: str) -> _Marked:
    found = _MARKED.search(body.split("\n", 1)[0])
    if found is None:  # the key alone is ours too: it holds no state, so every state differs from it
        return _Marked("", "", (0, 0, 0))
    return _Marked(found["fails"], found["says"], (int(found["run"]), int(found["number"]), int(found["attempt"])))


def _is_of(post: Post, report: RunReport) -> bool:
    return post.body.startswith(_identity(report))


def _identity(report: RunReport) -> str:
    return f"{_PREFIX}key={_short(f'{report.source_repository}/{report.name}')} "


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
