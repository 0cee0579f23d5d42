"""A report -> what must be written so that one comment, or one issue, says it. Pure: posts in, steps out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from action_patterns.contracts import RunReport
from action_patterns.ports.issues import Post
from action_patterns.report.model import fail_on
from action_patterns.tracking.memory import Memory, after, failing, is_copy, memory_of, reopened, run_of

Kind = Literal["issue", "comment"]
Standing = Literal["wrong", "well", "unsure"]


@dataclass(frozen=True, slots=True)
class Step:
    """One write. `post` is what it changes; None for what is created."""

    do: Literal["create", "update", "close", "remove"]
    post: Post | None = None
    memory: Memory = field(default_factory=Memory, compare=False)
    """The state that the text holds afterwards."""


class Own(NamedTuple):
    """A text of ours, and the state it holds."""

    post: Post
    memory: Memory


def standing(report: RunReport) -> Standing:
    """`unsure`: nothing failed, but something was not tried, or there was no target to try."""
    if report.verdict == "inconclusive" or fail_on.failing(report.counts) or report.silent_jobs:
        return "wrong"
    tried = report.counts.total and not (report.counts.deferred or report.counts.planned or report.held_back)
    return "well" if tried else "unsure"


def decide(kind: Kind, report: RunReport, posts: Sequence[Post], viewer: str) -> tuple[Step, ...]:
    """The writes that are missing; none where the text says what it should, or a newer run has written.

    An issue is closed when what it names is done, and not because it vanished. One that is closed and names failures
    was closed by a person: it stays closed until something else fails.
    """
    if newer(report, posts, viewer):
        return ()
    ours = _own(report, posts, viewer)
    kept = _kept(ours)
    if kept is None:
        now = after(report, Memory())
        return (Step("create", memory=now),) if now.unsettled else ()
    before = _together(kept, ours)
    step = _step(kind, report, kept, before)
    # The one that stays takes over what the others name, before they are closed.
    others = (each for each in ours if each is not kept and each.post.open)
    return (*([step] if step else []), *(Step("remove", each.post, each.memory) for each in others))


def _step(kind: Kind, report: RunReport, kept: Own, before: Memory) -> Step | None:
    now, state = after(report, before), standing(report)
    settles = before.unsettled and not now.unsettled
    differs = now.says != kept.memory.says and state != "unsure"
    remembers = (now.failures, now.more) != (kept.memory.failures, kept.memory.more)
    if kind == "comment":
        changed = remembers or (differs and (state == "wrong" or not now.unsettled))
        return Step("update", kept.post, now) if changed else None
    if kept.post.open:
        if settles or (state == "well" and not now.unsettled):
            return Step("close", kept.post, now)
        return Step("update", kept.post, now) if remembers or differs else None
    if failing(report) - before.failures:
        return Step("update", kept.post, reopened(now, report))
    # Also where a person closed it: that it went well in between must be known when the same fails again.
    return Step("close", kept.post, now) if remembers else None


def newer(report: RunReport, posts: Sequence[Post], viewer: str) -> str:
    """The run that wrote after this one, as `413, attempt 1`; "" where none did.

    A job that is late, or that is run again, must not put an old state over a new one.
    """
    this = run_of(report)
    for _, memory in _own(report, posts, viewer):
        run, number, attempt = memory.run
        # Both must be higher: a number begins at 1 again in another workflow, and GitHub does not say that ids grow.
        if (run == this[0] and attempt > this[2]) or (run > this[0] and number > this[1]):
            return f"{number}, attempt {attempt}"
    return ""


def own(report: RunReport, posts: Sequence[Post], viewer: str) -> list[Post]:
    """Our texts among them, the one that stays first."""
    ours = _own(report, posts, viewer)
    kept = _kept(ours)
    return [each.post for each in sorted(ours, key=lambda each: each is not kept)]


def foreign(report: RunReport, posts: Sequence[Post], viewer: str) -> list[Post]:
    """Posts with our marker that are not ours: another account's, and copies. They are never changed."""
    marked = [post for post in posts if memory_of(report, post.body)]
    ours = {id(each.post) for each in _own(report, posts, viewer)}
    return [post for post in marked if id(post) not in ours]


def _own(report: RunReport, posts: Sequence[Post], viewer: str) -> list[Own]:
    """Posts that hold the marker, were written by this token's account and are no copies; the oldest first.

    Whether a text whose state cannot be read is a copy is not known. It is ours only if there is no other, and then the
    oldest is.
    """
    read = ((post, memory_of(report, post.body)) for post in posts if post.author == viewer)
    ours = [Own(post, memory) for post, memory in read if memory and not is_copy(memory, post)]
    ours.sort(key=lambda each: each.post.id)
    return [each for each in ours if each.memory.says] or ours[:1]


def _kept(ours: Sequence[Own]) -> Own | None:
    """Return the open one with the lowest number, else the one that was written last."""
    opened = [each for each in ours if each.post.open]
    return opened[0] if opened else max(ours, key=lambda each: (each.memory.run, -each.post.id), default=None)


def _together(kept: Own, ours: Sequence[Own]) -> Memory:
    opened = [each.memory for each in ours if each.post.open] or [kept.memory]
    return Memory(
        failures=frozenset().union(*(memory.failures for memory in opened)),
        more=any(memory.more for memory in opened),
    )
