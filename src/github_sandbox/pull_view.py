"""A view of one pull request for assertions, inside the process."""

from __future__ import annotations

from github_sandbox.model import PullRequest


class PullView:
    """The values of one pull request, read live."""

    def __init__(self, pull: PullRequest) -> None:
        self._pull = pull

    number = property(lambda self: self._pull.number)
    state = property(lambda self: self._pull.state)
    merged = property(lambda self: self._pull.merged)
    draft = property(lambda self: self._pull.draft)
    title = property(lambda self: self._pull.title)
    body = property(lambda self: self._pull.body)
    base = property(lambda self: self._pull.base)
    head = property(lambda self: self._pull.head)
    head_oid = property(lambda self: self._pull.head_oid)
    author = property(lambda self: self._pull.author.login)
    labels = property(lambda self: [label.name for label in self._pull.labels])
    assignees = property(lambda self: [a.login for a in self._pull.assignees])
    reviewers = property(lambda self: [a.login for a in self._pull.reviewers])
    team_reviewers = property(lambda self: list(self._pull.team_reviewers))
    comments = property(lambda self: [c.body for c in self._pull.comments])
    comment_authors = property(lambda self: [c.author.login for c in self._pull.comments])
    auto_merge = property(lambda self: self._pull.auto_merge.method if self._pull.auto_merge else None)
    milestone = property(lambda self: self._pull.milestone.title if self._pull.milestone else None)

    def __repr__(self) -> str:
        return f"<PullView #{self.number} {self.state} {self.head} -> {self.base}: {self.title!r}>"
