"""A report -> what must be written so that one comment, or one issue, says it. Pure: posts in, steps out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from action_patterns.contracts import RunReport
from action_patterns.ports import Post
from action_patterns.report import fail_on

Kind = Literal["issue", "comment"]
Standing = Literal["wrong", "well", "unsure"]

_PREFIX = "<!-- action-patterns/track:v1 "


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
    """The first line of our text: whose it is, and what it says apart from run and time."""
    said = [report.verdict, [[cause.reason, cause.remediation, cause.targets] for cause in report.causes]]
    return f"{_identity(report)}state={_short(json.dumps(said))} -->"


def decide(kind: Kind, report: RunReport, posts: Sequence[Post], viewer: str) -> tuple[Step, ...]:
    """The writes that are missing; none where the text says what it should.

    Ours is what carries the marker and was written by this token's account; of several the lowest number stays.
    """
    now, says = standing(report), marker(report)
    ours = own(report, posts, viewer)
    steps = [Step("remove", post) for post in ours[1:] if post.open]
    kept = ours[0] if ours else None
    if now == "unsure":
        return tuple(steps)
    if kept is None:
        return (*steps, Step("create")) if now == "wrong" else tuple(steps)
    same = kept.body.split("\n", 1)[0].strip() == says
    if now == "well" and kind == "issue":
        if kept.open:
            steps.append(Step("close", kept))
    elif not same or not kept.open:
        steps.append(Step("update", kept))
    return tuple(steps)


def own(report: RunReport, posts: Sequence[Post], viewer: str) -> list[Post]:
    """Our texts among them, the one that stays first."""
    return sorted((p for p in posts if p.author == viewer and _is_of(p, report)), key=lambda post: post.id)


def _is_of(post: Post, report: RunReport) -> bool:
    return post.body.startswith(_identity(report))


def _identity(report: RunReport) -> str:
    return f"{_PREFIX}key={_short(f'{report.source_repository}/{report.name}')} "


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
