"""Issues and comments of a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from action_patterns.ports.permissions import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An issue (`id` is its number) or a comment."""

    id: int
    url: str
    author: str
    body: str
    title: str = ""
    open: bool = True


class Newest(NamedTuple):
    """The newest issues, as many as were asked for."""

    posts: tuple[Post, ...]
    complete: bool
    """Whether there are no others."""


class Issues(Protocol):
    """Issues and their comments."""

    @needs()
    def repository_id(self, repository: str) -> str:
        """Return the repository's id, which survives a rename and a transfer."""

    @needs()
    def viewer(self, repository: str) -> str:
        """Return the login of the account that this token writes as."""

    @needs(issues="read")
    def comments(self, repository: str, number: int) -> tuple[Post, ...]:
        """Return all comments of an issue or pull request."""

    @needs(issues="write")
    def create_comment(self, repository: str, number: int, body: str) -> Post:
        """Comment. Raises AnswerLostError: it may exist; list before sending again."""

    @needs(issues="write")
    def update_comment(self, repository: str, comment: int, body: str) -> None:
        """Replace a comment's text."""

    @needs(issues="write")
    def delete_comment(self, repository: str, comment: int) -> None:
        """Delete a comment; an absent one is no error."""

    @needs(issues="read")
    def newest(self, repository: str, *, pages: int, author: str = "") -> Newest:
        """Return the newest issues, closed ones too, no pull requests; `pages` requests at most.

        `author` asks for those that an account opened. It is a hint: some servers leave out those of an App.
        """

    @needs(issues="write")
    def create(self, repository: str, *, title: str, body: str, labels: Sequence[str]) -> Post:
        """Open an issue. Raises AnswerLostError: it may exist; list before sending again."""

    @needs(issues="write")
    def update(self, repository: str, number: int, fields: Mapping[str, str]) -> None:
        """Write fields of `PATCH /issues/{number}`: title, body, state."""
