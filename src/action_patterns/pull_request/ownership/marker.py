"""The pull request's body: a marker on the first line that proves ownership, then a block that is ours.

Everything outside the block belongs to people and survives every update. The branch finds the pull request, the marker
proves that it is ours; neither needs a search index.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Literal

from action_patterns.content.text import with_lf
from action_patterns.pull_request.ownership import html_comment
from action_patterns.pull_request.ownership.source import Run, run_of

_OPEN = "<!-- action-patterns: "
_BEGIN = "<!-- action-patterns:begin -->"
_END = "<!-- action-patterns:end -->"

MAX_BODY_LENGTH = 65_536
"""Characters GitHub takes in a pull request's body; only the API's error message says so."""
_HASH_LENGTH = 16


def text_hash(text: str) -> str:
    """16 hex digits of the SHA-256 of a text, line endings aside: GitHub's web editor turns them into CRLF."""
    return hashlib.sha256(with_lf(text).encode()).hexdigest()[:_HASH_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestMarker:
    """The memory in a pull request of ours about our last write."""

    key: str
    title: str
    """Hash of the title we wrote: a title with another hash was edited by a person and is left alone."""
    block: str
    """Hash of our body block."""
    repository: str = ""
    """Id of the repository that the key belongs to (see `Source`). Empty: not known."""
    file: str = ""
    """Hash of the distribution file that the key belongs to. Empty: upsert-pr's inputs."""
    run: Run | None = field(default=None, compare=False)
    """The run that wrote the marker. A newer run that changes nothing does not write it again."""
    labels: tuple[str, ...] = ()
    """Labels that a run of ours set: those no longer desired are removed; all others are not ours to remove."""
    assignees: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    """Values that GitHub refused, as `fields.refusable` spells them: sending them again would change nothing."""
    closed: Literal["", "converged"] = ""
    """Why we closed it ourselves: a person's close is respected, our own is not an opinion."""
    milestone: str = ""
    """Milestone we asked for, as it was asked for: only while it still is that one is it ours to change."""
    auto_merge: str = ""
    """Merge method we asked GitHub to merge with."""
    adopted: str = ""
    """Tip of the bot branch when a pull request of others was taken over: commits up to it are kept."""
    auto_merge_on: bool = False
    """A run saw it on: if it is off again, a person turned it off, and it was not a run of ours that died."""


def render_marker(marker: PullRequestMarker) -> str:
    """The marker as one HTML comment on one line, with values escaped so that no `-->` in them ends it early."""
    fields = {
        "key": marker.key,
        "title": marker.title,
        "block": marker.block,
        "repository": marker.repository,
        "file": marker.file,
        "run": marker.run.as_fields() if marker.run else None,
        "labels": list(marker.labels),
        "assignees": list(marker.assignees),
        "refused": list(marker.refused),
        "closed": marker.closed,
        "milestone": marker.milestone,
        "auto-merge": marker.auto_merge,
        "auto-merge-on": marker.auto_merge_on,
        "adopted": marker.adopted,
    }
    return html_comment.render(_OPEN, {name: value for name, value in fields.items() if value})


def parse_marker(body: str) -> PullRequestMarker | None:
    """The marker above our block; None when there is none that can be read.

    It is written on the first line, and still found when a person typed something above it.
    """
    return next((marker for line in _lines_above_block(body) if (marker := _parse_line(line)) is not None), None)


def _lines_above_block(body: str) -> list[str]:
    return with_lf(body).partition(_BEGIN)[0].split("\n")


def _parse_line(line: str) -> PullRequestMarker | None:
    fields = html_comment.parse(_OPEN, line)
    if fields is None or not isinstance(fields.get("key"), str) or not {"title", "block"} <= fields.keys():
        return None
    return PullRequestMarker(
        key=fields["key"],
        title=str(fields["title"]),
        block=str(fields["block"]),
        repository=str(fields.get("repository", "")),
        file=str(fields.get("file", "")),
        run=run_of(fields.get("run")),
        labels=_names(fields.get("labels")),
        assignees=_names(fields.get("assignees")),
        refused=_names(fields.get("refused")),
        closed="converged" if fields.get("closed") == "converged" else "",
        milestone=str(fields.get("milestone", "")),
        auto_merge=str(fields.get("auto-merge", "")),
        adopted=str(fields.get("adopted", "")),
        auto_merge_on=fields.get("auto-merge-on") is True,
    )


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def compose(marker: PullRequestMarker, block: str, previous: str | None = None) -> str:
    """Return the whole body: marker, our block, and the text that people wrote around it in the `previous` body.

    A body whose fences were removed keeps all its text, below our block; text that says the same as our block is not
    said twice.
    """
    block = with_lf(block).strip("\n")
    ours = f"{_BEGIN}\n{block}\n{_END}"
    head = render_marker(replace(marker, block=text_hash(block)))
    if previous is None:
        return f"{head}\n{ours}\n"
    rest = with_lf(previous)
    old = next((line for line in _lines_above_block(rest) if _parse_line(line) is not None), None)
    if old is not None:
        ancestors, _, below = rest.partition(old)
        rest = ancestors + below.removeprefix("\n")
    before, begin, tail = rest.partition(_BEGIN)
    _, end, after = tail.partition(_END)
    if begin and end:
        return f"{head}\n{before}{ours}{after}"
    if rest.strip() in ("", block.strip()):
        return f"{head}\n{ours}\n"
    return f"{head}\n{ours}\n\n{rest.strip()}\n"


def block_of(body: str) -> str | None:
    """The text of our block in a body; None when its fences are gone."""
    _, begin, tail = with_lf(body).partition(_BEGIN)
    block, end, _ = tail.partition(_END)
    return block.strip("\n") if begin and end else None
