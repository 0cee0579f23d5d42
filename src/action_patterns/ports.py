"""What the pure parts may ask of the world: every side effect is one of these, passed in.

`run.py` (an action on a runner) and `cli.py` (a terminal) build the real ones; tests build their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from action_patterns.content.changes import FileChange
    from action_patterns.contracts import Target, Usage
    from action_patterns.pull_request.desired import Person
    from action_patterns.pull_request.observed import Edited, IssueFields, Observed, ObservedFile, PullRequest


@dataclass(frozen=True, slots=True)
class Context:
    """The run, as the runner describes it (GitHub docs: "Variables reference", default environment variables)."""

    repository: str
    """`owner/name` of the repository whose workflow runs."""
    sha: str
    run_id: int
    run_number: int
    run_attempt: int
    workflow: str
    job: str
    event_name: str
    ref_name: str
    default_branch: str | None
    """From the event's payload; None where the event does not carry it."""
    server_url: str
    api_url: str
    graphql_url: str
    workspace: str
    """Absolute path of the checkout."""
    temp: str
    """Absolute path of RUNNER_TEMP."""
    runner: str = ""
    """Name of the runner that this job runs on; "" = not told. Two runners of one run may have the same name."""
    debug: bool = False
    write_spacing_seconds: float = 1.0
    """Pause between writes of one token. GitHub asks for at least one second (docs: "Best practices for using the REST
    API"); only a local sandbox is asked faster."""

    @property
    def run_url(self) -> str:
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"


@dataclass(frozen=True, slots=True)
class Listing:
    """Repositories of one owner. `visible` is what GitHub counts for this token; `targets` is what was listed."""

    owner: str
    visible: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Primary rate limits of the token, as GitHub reports them."""

    core_remaining: int
    graphql_remaining: int
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class NewPullRequest:
    """What `POST /repos/{owner}/{repo}/pulls` takes."""

    title: str
    body: str
    head: str
    """A branch."""
    base: str
    draft: bool
    head_repository: str | None = None
    """The fork that holds `head`; None = the repository itself."""


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit that was made."""

    oid: str
    verified: bool | None
    """Whether GitHub shows its signature as verified; None = it did not say."""


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """An entry of `POST /git/trees`: inline text, or a blob's oid; both None deletes the path."""

    path: str
    mode: str
    text: str | None = None
    oid: str | None = None


@dataclass(frozen=True, slots=True)
class StoredMarker:
    """A ref that carries a text, as it was read; the ground of the next compare-and-swap."""

    repository_id: str
    name: str
    """The full name of the ref."""
    oid: str | None
    """None = there is no such ref."""
    message: str


class Markers(Protocol):
    """Small durable texts of a repository, each at a ref of its own and changed by compare-and-swap only."""

    def read_marker(self, repository: str, name: str) -> StoredMarker:
        """The marker at a ref. An answer that leaves open whether there is one is an error, never "absent"."""

    def list_markers(self, repository: str, prefix: str) -> tuple[StoredMarker, ...]:
        """All markers whose ref begins so."""

    def swap_marker(self, repository: str, before: StoredMarker, message: str | None) -> str | None:
        """Put a text in the place of what was read; None deletes it. Returns the new oid.

        Raises:
            LostRaceError: another run was there first.
        """


@dataclass(frozen=True, slots=True)
class ReportArtifact:
    """An artifact that holds a run-report.json."""

    run_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Job:
    """One job of one attempt of a run. GitHub holds every job anew in every attempt, those it did not run again too."""

    id: int
    name: str
    """As the run's page shows it, `<calling job> / <job>`: text that others write."""
    attempt: int
    status: str
    """`completed`, or that it waits or runs."""
    conclusion: str | None
    """`success`, `failure`, `cancelled`, `skipped` and rarer ones; None while it has not ended."""
    url: str
    """The page with its log; "" where GitHub names none."""
    runner: str = ""
    """Name of the runner that took it."""
    began: bool = True
    """False: no runner took it, so none of its steps has run."""


class WorkflowRuns(Protocol):
    """The runs of a repository's workflows."""

    def jobs(self, repository: str, run_id: int) -> tuple[Job, ...]:
        """Every job of every attempt of a run, complete or an error."""

    def previous_report(self, repository: str, run_id: int, *, name: str) -> ReportArtifact | None:
        """The report of the last earlier run of the same workflow and branch that left one which has not expired.

        `name` is the campaign's; its reports are `<name>-report-a<attempt>`.
        """


@dataclass(frozen=True, slots=True)
class Post:
    """An issue (`id` is its number) or a comment."""

    id: int
    url: str
    author: str
    body: str
    title: str = ""
    open: bool = True


class Issues(Protocol):
    """Issues and comments of a repository."""

    def viewer(self, repository: str) -> str:
        """Login of the account that this token writes as."""

    def comments(self, repository: str, number: int) -> tuple[Post, ...]:
        """All comments of an issue or pull request."""

    def create_comment(self, repository: str, number: int, body: str) -> Post:
        """Raises AnswerLostError: it may exist; list before sending again."""

    def update_comment(self, repository: str, comment: int, body: str) -> None: ...

    def delete_comment(self, repository: str, comment: int) -> None:
        """One that is gone already is what was asked for."""

    def issues(self, repository: str, author: str) -> tuple[Post, ...]:
        """All issues an account has opened, closed ones too; no pull requests."""

    def create_issue(self, repository: str, *, title: str, body: str, labels: Sequence[str]) -> Post:
        """Raises AnswerLostError: it may exist; list before sending again."""

    def update_issue(self, repository: str, number: int, fields: Mapping[str, str]) -> None:
        """Fields of `PATCH /issues/{number}`: title, body, state."""


class GitHub(Markers, Protocol):
    """GitHub, in this product's words. One instance serves many threads; it paces and retries by itself.

    Any verb may raise AuthenticationError, PermissionDeniedError, NotFoundError, RateLimitedError, UnavailableError.
    """

    def limits(self, scope: str) -> Limits | None:
        """Primary limits of the token for an owner or repository; None where GitHub does not say (a server without rate
        limiting answers 404).
        """

    def list_owner(self, owner: str) -> Listing:
        """Every repository of an organization or user that this token may see, complete or an error."""

    def read_repositories(self, repositories: Sequence[str]) -> dict[str, Target | None]:
        """The named repositories; None for one that is absent or invisible to this token."""

    def observe(
        self,
        repository: str,
        *,
        branch: str,
        base: str | None,
        paths: Sequence[str],
        head_repository: str | None = None,
        milestone: str | None = None,
    ) -> Observed:
        """All that a decision about one pull request needs, in one request (more beyond 200 paths or 100 comments).

        `head_repository` = the fork that holds `branch`; `milestone` = a title to look for.
        """

    def read_files(self, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
        """What stands at these paths in a commit; None = nothing."""

    def read_branch(self, repository: str, branch: str) -> str | None:
        """The branch's tip, or None when there is no such branch."""

    def read_blob(self, repository: str, oid: str) -> bytes: ...

    def create_blob(self, repository: str, content: bytes) -> str: ...

    def create_tree(self, repository: str, base_tree: str, entries: Sequence[TreeEntry]) -> str: ...

    def create_commit(
        self,
        repository: str,
        *,
        message: str,
        tree: str,
        parents: Sequence[str],
        author: Person | None = None,
        committer: Person | None = None,
    ) -> NewCommit:
        """Without author and committer it has the form GitHub signs for Apps and GITHUB_TOKEN."""

    def swap_branch(
        self,
        repository: str,
        repository_id: str,
        branch: str,
        *,
        before: str | None,
        after: str | None,
        leases: bool = True,
        pull_id: str = "",
    ) -> PullRequest | None:
        """Compare-and-swap of a branch's tip. `before` None = it must not exist; `after` None = delete it.

        Without `leases` (a server that does not know updateRefs) `after` must descend from `before`, and nothing can be
        deleted: a fast-forward is the only swap REST compares for.

        Returns:
            The pull request with the node id `pull_id` as it is afterwards, without reviews and comments, where the
            same request can tell; else None.

        Raises:
            LostRaceError: the branch is at neither `before` nor `after` now.
        """

    def create_pull(self, repository: str, new: NewPullRequest) -> PullRequest:
        """Raises RefusedError (422) and AnswerLostError (it may exist: observe before sending again)."""

    def update_pull(self, repository: str, number: int, pull_id: str, fields: dict[str, str]) -> Edited:
        """`fields`: title, body, base, state (`open`, `closed`). Over REST, `head_oid` of the answer may be late."""

    def set_issue_fields(
        self,
        repository: str,
        number: int,
        *,
        labels: Sequence[str],
        assignees: Sequence[str],
        milestone: int | None = None,
    ) -> IssueFields:
        """Overwrite labels and assignees: only right for a pull request created in this run."""

    def set_milestone(self, repository: str, number: int, milestone: int | None) -> IssueFields:
        """By its number; None takes it away."""

    def add_labels(self, repository: str, number: int, labels: Sequence[str]) -> None: ...

    def remove_label(self, repository: str, number: int, label: str) -> None: ...

    def add_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        """GitHub ignores a login that cannot be assigned without saying so: the answer shows who is."""

    def remove_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields: ...

    def request_reviewers(
        self, repository: str, number: int, *, reviewers: Sequence[str], team_reviewers: Sequence[str]
    ) -> PullRequest:
        """Returns it as it is then, without reviews and comments; `head_oid` may be late."""

    def convert_to_draft(self, repository: str, pull_id: str) -> PullRequest:
        """Returns it as it is then, without reviews and comments."""

    def set_auto_merge(self, repository: str, pull_id: str, method: str | None) -> None:
        """Enable it with `merge`, `squash` or `rebase`; None disables it."""

    def create_pull_comment(self, repository: str, number: int, body: str) -> None:
        """Raises AnswerLostError: it may exist; observe before sending again."""

    def update_pull_comment(self, repository: str, comment: int, body: str) -> None: ...

    def delete_pull_comment(self, repository: str, comment: int) -> None: ...

    @property
    def runs(self) -> WorkflowRuns:
        """Workflow runs, read by the same client."""

    @property
    def issues(self) -> Issues:
        """Issues and comments, written by the same client."""

    def usage(self) -> Usage:
        """Requests, writes, waiting and the lowest limit of the calling thread since its last `reset_usage()`."""

    def reset_usage(self) -> None: ...

    def close(self) -> None:
        """Revoke what was minted. Safe to call more than once; never raises for GitHub's sake."""


class Checkout(Protocol):
    """The checked-out repository in the workspace."""

    def head_oid(self) -> str:
        """The commit that is checked out."""

    def changes(self, paths: Sequence[str]) -> tuple[FileChange, ...]:
        """What the worktree changes against the commit that was fetched, untracked files and what earlier steps
        committed included; limited to `paths` if any are given.

        Raises InputError when `paths` name something git ignores: it would be left out without a word.
        """


class Files(Protocol):
    """Files of the workspace and of RUNNER_TEMP. Any other place is an InputError."""

    def read(self, path: str) -> bytes:
        """Raises InputError when the file is absent or outside."""

    def exists(self, path: str) -> bool: ...

    def is_directory(self, path: str) -> bool: ...

    def directory(self, path: str) -> tuple[FileChange, ...]:
        """Every file below a directory, as additions at paths relative to it; modes and symbolic links kept."""

    def entry(self, path: str, at: PurePosixPath) -> FileChange:
        """One file or symbolic link as an addition at the path `at`, mode kept."""

    def find(self, pattern: str) -> tuple[FileChange, ...]:
        """The files of the workspace that a path or pattern names, at paths relative to the workspace; never none.

        A directory stands for everything below it but `.git`. `*` and `?` stay within a directory, `**` crosses them.
        """

    def names(self, path: str) -> tuple[str, ...]:
        """Paths of all regular files below a directory, sorted, usable with `read`; empty if it does not exist."""

    def write(self, path: str, text: str) -> str:
        """Write atomically, making parents; relative to RUNNER_TEMP. Returns the absolute path."""


class Clock(Protocol):
    """Time, so that tests need not wait for it."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


Level = Literal["debug", "notice", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message GitHub shows beside the run, and beside a line of a file where one is named."""

    level: Level
    message: str
    title: str = ""
    file: str | None = None
    line: int | None = None


class Log(Protocol):
    """What a person following the run reads."""

    def info(self, message: str) -> None: ...

    def annotate(self, annotation: Annotation) -> None: ...

    def progress(self, done: int, total: int, message: str) -> None:
        """One step of a long run is finished."""

    def hide(self, secret: str) -> None:
        """Never show this value from now on: a token that was minted in this run."""

    def redact(self, text: str) -> str:
        """The text without this run's secrets. For values, before they are escaped or clipped."""


@dataclass(frozen=True, slots=True)
class AppKey:
    """A GitHub App: installation tokens are minted from it, one per owner, each narrowed to what the run touches."""

    client_id: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What to work with: a token, or a GitHub App; and the job's own GITHUB_TOKEN (to know it when it is passed on)."""

    token: str = field(repr=False)
    """Empty with an App."""
    job_token: str | None = field(default=None, repr=False)
    app: AppKey | None = None

    @property
    def is_job_token(self) -> bool:
        return self.app is None and self.job_token is not None and self.token == self.job_token


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one process may take: of the token's limits, of time, and of an App's rights."""

    share: float = 1.0
    """Of each limit, where other processes work with the same token at the same time."""
    seconds: float = 3_000.0
    """From the first request on. What does not fit is deferred; the default leaves a job of an hour time to report."""
    repositories: tuple[str, ...] = ()
    """An App's tokens reach only these; empty = whatever the installation covers."""
    permissions: tuple[tuple[str, str], ...] = ()
    """An App's tokens have only these, for example `("contents", "write")`; empty = whatever the installation has."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything an action may use. `github` is a function: opening the client costs start-up time."""

    context: Context
    github: Callable[[Credentials, Allowance], GitHub]
    checkout: Checkout
    files: Files
    clock: Clock
    log: Log
