"""Git objects, as GitHub shows and takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from action_patterns.content.changes import Mode


class Person(NamedTuple):
    """An author or committer of a commit."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


DIRECTORY: Literal["040000"] = "040000"
"""Mode of a directory (git book: "Git Objects", tree objects)."""


class ObservedFile(NamedTuple):
    """An entry of a commit's tree."""

    oid: str
    mode: Mode | Literal["040000"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The commit a branch points at."""

    oid: str
    tree: str
    message: str = ""
    parents: tuple[str, ...] = ()
    author: str = ""
    """`name <email>`, for the message that says whose commit blocks the target."""
    verified: bool | None = None
    """Whether GitHub shows its signature as verified. None: not asked."""


class CommitComparison(NamedTuple):
    """Two commits compared (REST docs, "Compare two commits")."""

    ahead_by: int
    """Number of commits that the head has and the base lacks."""
    behind_by: int
    """Number of commits that the base has and the head lacks."""
    merge_base: str
    """Their best common ancestor. GitHub chooses one where there are several."""


class ListedEntry(NamedTuple):
    """An entry of a tree, as git and GitHub list it."""

    path: str
    """Relative to the tree. Bytes that are no UTF-8 are surrogates if git lists it; GitHub gives other characters."""
    mode: str
    oid: str


class TreeListing(NamedTuple):
    """Entries of a tree, with its directories."""

    entries: tuple[ListedEntry, ...]
    truncated: bool
    """Whether entries are left out."""


class RefRule(NamedTuple):
    """Protection and rulesets of a branch, for this token. None: GitHub does not say."""

    may_push: bool | None = None
    may_force: bool | None = None
    needs_signatures: bool | None = None


NO_RULE = RefRule()


class NewCommit(NamedTuple):
    """A commit that was made."""

    oid: str
    verified: bool | None
    """Whether GitHub shows its signature as verified. None: GitHub did not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEntry:
    """An entry of `POST /git/trees`: inline text, or a blob's oid. Both None deletes the path."""

    path: str
    mode: str
    text: str | None = None
    oid: str | None = None
