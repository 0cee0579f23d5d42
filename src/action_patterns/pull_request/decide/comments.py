"""Comments of ours: those that continue the body, and the note of a run that stops. Pure."""

from __future__ import annotations

from action_patterns.ports.pull_requests import Comment, PullRequest
from action_patterns.pull_request.ownership.comment import NOTE, CommentMarker, parse_comment, render_comment
from action_patterns.pull_request.ownership.marker import text_hash
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.comments import DeleteComment, WriteComment
from action_patterns.pull_request.steps.step import Step


def ours_of(pull: PullRequest, key: str) -> dict[str, list[tuple[Comment, CommentMarker]]]:
    """Return comments of ours by the part they hold. Two runs at the same time may leave two of one part."""
    found: dict[str, list[tuple[Comment, CommentMarker]]] = {}
    for comment in pull.comments:
        marker = parse_comment(comment.body)
        if marker is not None and marker.key == key:
            found.setdefault(marker.part, []).append((comment, marker))
    return found


def overflow_steps(desired: Desired) -> list[Step]:
    """Return the steps to the comments of a pull request that has none yet."""
    return [
        WriteComment(str(number), render_comment(desired.key, str(number), text))
        for number, text in enumerate(desired.overflow, 2)
    ]


def reconcile_comments(desired: Desired, pull: PullRequest) -> tuple[list[Step], list[Step]]:
    """Return the steps that delete comments of ours, and those that write them.

    The desired comments continue the body. A note where nothing stops the run is deleted.
    """
    there = ours_of(pull, desired.key)
    asked_for = {str(number): text for number, text in enumerate(desired.overflow, 2)}
    written: list[Step] = []
    for part, text in asked_for.items():
        kept = there.get(part, [])[:1]
        if not kept or kept[0][1].text != text_hash(text):
            comment = kept[0][0].id if kept else None
            written.append(WriteComment(part, render_comment(desired.key, part, text), comment))
    deleted: list[Step] = [
        DeleteComment(comment.id) for part, found in there.items() for comment, _ in found[int(part in asked_for) :]
    ]
    return deleted, written


def comment_urls(desired: Desired, pull: PullRequest) -> list[str | None]:
    """Return the address of each comment that continues the body. None: it is not there yet."""
    there = ours_of(pull, desired.key)
    return [there[str(n)][0][0].url if str(n) in there else None for n, _ in enumerate(desired.overflow, 2)]


def note_steps(desired: Desired, pull: PullRequest, text: str) -> tuple[Step, ...]:
    """Return the steps to one note with this text; if two runs wrote at the same time, the first note stays."""
    there = ours_of(pull, desired.key).get(NOTE, [])
    steps: list[Step] = [DeleteComment(comment.id) for comment, _ in there[1:]]
    if not there or there[0][1].text != text_hash(text):
        written = there[0][0].id if there else None
        steps.append(WriteComment(NOTE, render_comment(desired.key, NOTE, text), written))
    return tuple(steps)
