"""A view of one repository for assertions and staging, inside the process: no HTTP, no request log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from github_sandbox import branch_rename, load_access, load_seed, pull_states, pulls
from github_sandbox.git_store import ZERO, CommitRecord
from github_sandbox.model import Account, Comment, Milestone, RefRule, RefUpdate, Repository
from github_sandbox.pull_view import PullView
from github_sandbox.ref_updates import apply

DEFAULT_AUTHOR = "Mona Lisa <mona@example.com>"


class RepositoryView:
    """One repository. Every method takes the sandbox's lock, so it sees and makes whole states only."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._lock = repository.world.lock

    @property
    def name(self) -> str:
        """The name now, as owner/name."""
        return self._repository.full_name

    @property
    def id(self) -> int:
        return self._repository.id

    @property
    def archived(self) -> bool:
        return self._repository.archived

    @property
    def topics(self) -> list[str]:
        return list(self._repository.topics)

    @property
    def default_branch(self) -> str:
        return self._repository.default_branch

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Return full ref name -> object id."""
        with self._lock:
            return self._repository.git.refs(prefix)

    def branches(self) -> list[str]:
        return [name.removeprefix("refs/heads/") for name in self.refs("refs/heads/")]

    def tip(self, branch: str | None = None) -> str | None:
        """Return the commit id of the branch, by default of the default branch; None: no such branch."""
        with self._lock:
            return self._repository.tip(branch or self._repository.default_branch)

    def commit(self, revision: str) -> CommitRecord:
        """Return the commit of a branch or id. Raises KeyError."""
        with self._lock:
            git = self._repository.git
            commit = git.commit(git.resolve(revision) or "")
        if commit is None:
            raise KeyError(revision)
        return commit

    def files(self, revision: str | None = None) -> dict[str, tuple[str, bytes]]:
        """Return path -> (mode such as "100644", content) of a branch or commit; a submodule's content is its commit
        id.
        """
        with self._lock:
            git = self._repository.git
            commit = self.commit(revision or self._repository.default_branch)
            flat = git.flatten(commit.tree)
            return {
                path: (f"{mode:06o}", oid.encode() if (content := git.blob(oid)) is None else content)
                for path, (mode, oid) in sorted(flat.items())
            }

    def is_verified(self, oid: str) -> bool:
        with self._lock:
            return oid in self._repository.contents.verified

    def pulls(self, state: str | None = None) -> list[PullView]:
        """Return all pull requests by number, or those whose state is ``open`` or ``closed``."""
        with self._lock:
            return [PullView(p) for _, p in sorted(self._repository.pulls.items()) if state in (None, p.state)]

    def pull(self, number: int) -> PullView:
        with self._lock:
            return PullView(self._repository.pulls[number])

    @contextmanager
    def _write(self) -> Iterator[Repository]:
        """Begin one staging step: all its writes form one earlier state."""
        with self._lock:
            self._repository.world.next_turn()
            self._repository.keep_state()
            yield self._repository

    # -- staging ---------------------------------------------------------------------------------------------------

    def commit_files(
        self,
        branch: str,
        files: Mapping[str, bytes | str | tuple[str, bytes] | None],
        *,
        message: str = "A change",
        author: str = DEFAULT_AUTHOR,
        parent: str | None = None,
    ) -> str:
        """Commit to ``branch`` and move it, as a person's push does. Returns the commit id.

        ``files``: content, (mode, content), or None to delete. ``parent`` None: the tip of the branch, or of the
        default branch if the branch does not exist. Any other parent makes it a force push.
        """
        with self._write():
            repository = self._repository
            git = repository.git
            before = repository.tip(branch)
            origin = parent or before or repository.tip(repository.default_branch)
            changes = {path: _entry(value) for path, value in files.items()}
            seconds = int(repository.world.clock())
            oid = load_seed.commit_files(git, "", changes, message, author, origin, seconds, move=False)
            apply(repository, [RefUpdate(name=f"refs/heads/{branch}", before=before or ZERO, after=oid, force=True)])
            return oid

    def set_branch(self, branch: str, oid: str) -> None:
        """Create a branch, or move it by force."""
        with self._write():
            apply(self._repository, [RefUpdate(name=f"refs/heads/{branch}", before=None, after=oid, force=True)])

    def delete_branch(self, branch: str) -> None:
        with self._write():
            apply(self._repository, [RefUpdate(name=f"refs/heads/{branch}", before=None, after=ZERO)])

    def open_pull(self, head: str, *, base: str | None = None, author: str = "mona", **fields: Any) -> PullView:
        """Open a pull request as ``author``; ``fields``: title, body, draft."""
        with self._write():
            repository = self._repository
            fields.setdefault("title", head)
            person = repository.world.add_account(author)
            return PullView(
                pulls.open_pull(repository, person, head=head, base=base or repository.default_branch, **fields)
            )

    def close_pull(self, number: int) -> None:
        with self._write():
            pulls.close(self._repository.pulls[number])

    def reopen_pull(self, number: int) -> None:
        with self._write():
            pulls.reopen(self._repository.pulls[number])

    def merge_pull(self, number: int, *, actor: str = "mona", method: str = "merge") -> str:
        """Merge, and return the id of the commit on the base."""
        with self._write():
            return pulls.merge(self._repository.pulls[number], self._repository.world.add_account(actor), method)

    def edit_pull(
        self,
        number: int,
        *,
        labels: list[str] | None = None,
        title: str | None = None,
        body: str | None = None,
        milestone: int | None = None,
        draft: bool | None = None,
    ) -> None:
        """Edit as a person does in the browser; None: unchanged. ``milestone`` 0: none."""
        with self._write():
            pull = self._repository.pulls[number]
            if labels is not None:
                pulls.add_labels(pull, labels, replace=True)
            pull.title = pull.title if title is None else title
            pull.body = pull.body if body is None else body
            if milestone is not None:
                pull.milestone = self._repository.contents.milestones[milestone] if milestone else None
            if draft is not None:
                pull_states.set_draft(pull, draft=draft)

    def review(self, number: int, author: str, state: str = "APPROVED") -> None:
        """Review as a person does."""
        with self._write():
            pulls.review(self._repository.pulls[number], self._repository.world.add_account(author), state)

    def comment(self, number: int, body: str, *, author: str = "mona") -> None:
        with self._write():
            world = self._repository.world
            now = world.clock()
            comment = Comment(
                id=world.next_id(), author=world.add_account(author), body=body, created_at=now, updated_at=now
            )
            self._repository.pulls[number].comments.append(comment)

    def request_review(self, number: int, *logins: str, teams: Sequence[str] = (), actor: str = "mona") -> None:
        with self._write() as repository:
            people = [repository.world.add_account(login) for login in logins]
            pull_states.request_reviews(repository.pulls[number], self._person(actor), people, teams)

    def withdraw_review_request(
        self, number: int, *logins: str, teams: Sequence[str] = (), actor: str = "mona"
    ) -> None:
        with self._write() as repository:
            pull_states.withdraw_requests(repository.pulls[number], self._person(actor), logins, teams)

    def enable_auto_merge(self, number: int, method: str = "merge", *, actor: str = "mona") -> None:
        """Enable auto-merge. Raises ApiError as GitHub does: not allowed here, or nothing to wait for."""
        with self._write() as repository:
            pull_states.enable_auto_merge(repository.pulls[number], self._person(actor), method)

    def disable_auto_merge(self, number: int) -> None:
        """Disable auto-merge, as the button in the browser does."""
        with self._write() as repository:
            pull_states.disable_auto_merge(repository.pulls[number])

    def update_branch(self, number: int) -> str:
        """Merge the base into the head, as the button "Update branch" does. GitHub signs the commit. Returns its id."""
        with self._write() as repository:
            return pulls.update_branch(repository.pulls[number], self._person("mona"))

    def add_milestone(self, title: str, state: str = "open") -> int:
        """Add a milestone, and return its number."""
        with self._write() as repository:
            known = repository.contents.milestones
            number = max(known, default=0) + 1
            known[number] = Milestone(id=repository.world.next_id(), number=number, title=title, state=state)
            return number

    def _person(self, login: str) -> Account:
        return self._repository.world.add_account(login)

    def set_archived(self, archived: bool = True) -> None:  # noqa: FBT001, FBT002 - reads well as a call
        with self._write():
            self._repository.changes()
            self._repository.archived = archived

    def set_topics(self, *topics: str) -> None:
        with self._write() as repository:
            repository.changes()
            repository.topics = list(topics)

    def protect(self, pattern: str, *rules: str, bypass: Sequence[str] = (), classic: bool = True) -> None:
        """Add a branch protection, or with ``classic=False`` a ruleset. ``rules``: some of ``model.refs.RULES``."""
        with self._write() as repository:
            held = frozenset(rules or load_access.PROTECTED)
            names = frozenset(login.lower() for login in bypass)
            made = RefRule(
                id=repository.world.next_id(),
                name=pattern,
                patterns=(pattern,),
                rules=held,
                bypass=names,
                classic=classic,
            )
            repository.rules.append(made)

    def rename_branch(self, old: str, new: str) -> None:
        """Rename a branch, as the settings do: bases of open pull requests and the default branch follow."""
        with self._write() as repository:
            branch_rename.rename(repository, old, new)

    def allow_auto_merge(self) -> None:
        with self._write() as repository:
            repository.auto_merge_allowed = True

    def rename(self, name: str) -> None:
        """Rename the repository (``name`` without owner); the old name redirects."""
        with self._write():
            self._repository.world.rename(self._repository, name)

    def transfer(self, owner: str) -> None:
        """Transfer the repository to another owner; the old name redirects."""
        with self._write():
            world = self._repository.world
            world.transfer(self._repository, world.add_account(owner))

    def delete(self) -> None:
        """Delete the repository, as the settings do."""
        with self._write():
            self._repository.world.delete(self._repository)

    def disable_issues(self) -> None:
        """Take the check mark from Issues, as the settings do."""
        with self._write() as repository:
            repository.has_issues = False

    def lock(self, number: int) -> None:
        """Lock the conversation of an issue or pull request."""
        with self._write() as repository:
            contents = repository.contents
            (contents.issues.get(number) or contents.pulls[number]).locked = True

    def set_default_branch(self, branch: str) -> None:
        with self._write():
            self._repository.default_branch = branch
            self._repository.git.set_head(branch)


def _entry(value: bytes | str | tuple[str, bytes] | None) -> tuple[int, bytes] | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return int(value[0], 8), value[1]
    mode_content = value.encode() if isinstance(value, str) else value
    return 0o100644, mode_content
