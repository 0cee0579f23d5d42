"""GitHub in memory: ports.GitHub over dictionaries, with the semantics a pull request's life depends on.

What is taken over from GitHub: a ref moves only by compare-and-swap; an open pull request follows its branch, is closed
with it, and ends when nothing is left to merge; a second pull request for the same head and base, and one without
commits, are refused; a login that cannot be assigned is dropped without a word; one wrong reviewer refuses them all;
labels are compared without regard to case. Whoever acts as a person uses the verbs of `Repository`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import get_ident
from typing import Literal

from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import FileChange, Mode
from action_patterns.contracts import Target, Usage
from action_patterns.errors import ActionPatternsError, LostRaceError, NotFoundError, RefusedError
from action_patterns.ports import Job, Limits, Listing, NewCommit, NewPullRequest, ReportArtifact, TreeEntry
from action_patterns.pull_request.desired import Person
from action_patterns.pull_request.observed import (
    Comment,
    Edited,
    IssueFields,
    Milestone,
    Observed,
    ObservedFile,
    PullRequest,
    PullRequestState,
    Tip,
)

BOT = "bot"
Files = dict[str, tuple[str, bytes]]
"""Path to mode and content; the content of a submodule is its commit."""
Moment = Literal["before", "after"]


class KilledError(BaseException):
    """The process died. Not an Exception: nothing in the product may catch it and go on."""


@dataclass(frozen=True)
class Commit:
    """A commit object."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: str


@dataclass
class Pull:
    """A pull request as GitHub keeps it."""

    number: int
    title: str
    body: str
    head: str
    base: str
    head_oid: str
    author: str
    state: PullRequestState = "OPEN"
    draft: bool = False
    foreign_head: bool = False
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    reviewed: list[str] = field(default_factory=list)
    milestone: int | None = None
    auto_merge: str | None = None
    comments: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By id: author and text."""


class Repository:
    """One repository, and what people do to it."""

    def __init__(self, name: str, files: Mapping[str, bytes] | None = None) -> None:
        self.name = name
        self.archived = self.disabled = False
        self.topics: tuple[str, ...] = ()
        self.fork = self.private = False
        self.can_push: bool | None = None
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, tuple[str, str]]] = {}
        self.commits: dict[str, Commit] = {}
        self.refs: dict[str, str] = {}
        self.pulls: list[Pull] = []
        self.labels: dict[str, str] = {}
        self.people = {"alice", "bob", BOT}
        self.teams = {"core"}
        self.milestones = {1: "v1", 2: "v2"}
        self.auto_merge_allowed = True
        self.leases = self.graphql = True
        self.comments = 0
        self.by_people: set[str] = set()
        """Commits that people made."""
        if files is not None:
            self.refs["main"] = self.commit({path: ("100644", content) for path, content in files.items()}, [])

    # Objects

    def tree_of(self, files: Files) -> str:
        entries: dict[str, tuple[str, str]] = {}
        for path, (mode, content) in files.items():
            oid = content.decode() if mode == "160000" else blob_oid(content)
            self.blobs[oid] = content
            entries[path] = (mode, oid)
        return self.store(entries)

    def store(self, entries: dict[str, tuple[str, str]]) -> str:
        oid = hashlib.sha1(repr(sorted(entries.items())).encode()).hexdigest()
        self.trees[oid] = entries
        return oid

    def commit(
        self, files: Files | str, parents: Sequence[str], message: str = "By hand", author: str = "Alice <alice@acme>"
    ) -> str:
        tree = files if isinstance(files, str) else self.tree_of(files)
        # Two commits of the same content are two commits: time has passed between them.
        text = f"{tree}{parents}{message}{author}{len(self.commits)}"
        oid = hashlib.sha1(text.encode()).hexdigest()
        self.commits[oid] = Commit(oid, tree, tuple(parents), message, author)
        return oid

    def files(self, commit: str) -> Files:
        return {path: (mode, self.blobs[oid]) for path, (mode, oid) in self.trees[self.commits[commit].tree].items()}

    def history(self, commit: str) -> list[str]:
        """The commit and all its ancestors, nearest first."""
        found: dict[str, None] = {}
        queue = [commit]
        while queue:
            oid = queue.pop(0)
            if oid not in found:
                found[oid] = None
                queue += self.commits[oid].parents
        return list(found)

    # Refs

    def move(self, branch: str, after: str | None) -> None:
        """Point a branch elsewhere, and let the pull requests on it follow as GitHub lets them."""
        if after is None:
            self.refs.pop(branch, None)
        else:
            self.refs[branch] = after
        for pull in self.pulls:
            if pull.state != "OPEN" or pull.foreign_head:
                continue
            if pull.head == branch:
                if after is None:
                    pull.state = "CLOSED"
                    continue
                pull.head_oid = after
                if after in self.history(self.refs[pull.base]):
                    pull.state = "CLOSED"
            elif pull.base == branch and after is not None and pull.head_oid in self.history(after):
                pull.state = "MERGED"

    def push(self, branch: str, changes: Mapping[str, bytes | None], message: str = "By hand") -> str:
        """A person commits on a branch; None deletes a path."""
        files = self.files(self.refs[branch])
        for path, content in changes.items():
            if content is None:
                files.pop(path, None)
            else:
                files[path] = ("100644", content)
        oid = self.commit(files, [self.refs[branch]], message)
        self.by_people.add(oid)
        self.move(branch, oid)
        return oid

    def amend(self, branch: str, changes: Mapping[str, bytes]) -> str:
        """A person amends the tip and keeps its message."""
        tip = self.commits[self.refs[branch]]
        files = self.files(tip.oid) | {path: ("100644", content) for path, content in changes.items()}
        oid = self.commit(files, tip.parents, tip.message)
        self.by_people.add(oid)
        self.move(branch, oid)
        return oid

    # Pull requests

    def pull(self, number: int) -> Pull:
        for pull in self.pulls:
            if pull.number == number:
                return pull
        raise NotFoundError(f"There is no #{number}.", remediation="Check the number.")

    def open_pull(self, branch: str) -> Pull | None:
        found = [p for p in self.pulls if p.head == branch and p.state == "OPEN" and not p.foreign_head]
        return found[-1] if found else None

    def squash(self, pull: Pull, *, keep_branch: bool) -> None:
        """A person merges: the base gets what the head changed since they parted."""
        base_files = self.files(self.refs[pull.base])
        head_files = self.files(pull.head_oid)
        ancestor = self._merge_base(self.refs[pull.base], pull.head_oid)
        before = self.files(ancestor) if ancestor else {}
        for path in before.keys() | head_files.keys():
            if before.get(path) != head_files.get(path):
                if path in head_files:
                    base_files[path] = head_files[path]
                else:
                    base_files.pop(path, None)
        pull.state = "MERGED"
        self.move(pull.base, self.commit(base_files, [self.refs[pull.base]], f"{pull.title} (#{pull.number})"))
        if not keep_branch:
            self.refs.pop(pull.head, None)

    def conflicting(self, pull: Pull) -> bool:
        base = self.refs.get(pull.base)
        if pull.state != "OPEN" or pull.foreign_head or base is None:
            return False
        ancestor = self._merge_base(base, pull.head_oid)
        before = self.files(ancestor) if ancestor else {}
        theirs, ours = self.files(base), self.files(pull.head_oid)
        return any(
            before.get(path) != theirs.get(path) != ours.get(path) != before.get(path)
            for path in before.keys() | theirs.keys() | ours.keys()
        )

    def _merge_base(self, one: str, other: str) -> str | None:
        ancestors = set(self.history(one))
        return next((oid for oid in self.history(other) if oid in ancestors), None)

    def label(self, name: str) -> str:
        """The label as the repository spells it; made where it does not exist."""
        return self.labels.setdefault(name.lower(), name)

    def state(self) -> object:
        """All that a rerun must bring to the same end; not objects that nothing points at, nor commits' ids."""
        branches = {}
        for branch, oid in self.refs.items():
            commit = self.commits[oid]
            branches[branch] = (self.trees[commit.tree], commit.message, [self.commits[p].tree for p in commit.parents])
        pulls = [
            (
                p.number,
                p.state,
                p.title,
                p.body,
                p.head,
                p.base,
                p.draft,
                set(p.labels),
                set(p.assignees),
                set(p.requested),
                p.milestone,
                p.auto_merge,
                sorted(p.comments.values()),
            )
            for p in self.pulls
        ]
        return branches, pulls


class FakeRuns:
    """ports.WorkflowRuns: what it is given to find, or to fail with."""

    def __init__(self) -> None:
        self.found: ReportArtifact | None = None
        self.listed: tuple[Job, ...] = ()
        self.error: ActionPatternsError | None = None
        self.asked: list[tuple[str, int, str]] = []

    def jobs(self, repository: str, run_id: int) -> tuple[Job, ...]:
        self.asked.append((repository, run_id, "jobs"))
        if self.error:
            raise self.error
        return self.listed

    def previous_report(self, repository: str, run_id: int, *, name: str) -> ReportArtifact | None:
        self.asked.append((repository, run_id, name))
        if self.error:
            raise self.error
        return self.found


class FakeGitHub:
    """ports.GitHub. `die(k)` lets the process die before or after its k-th write, counted from 1."""

    def __init__(self, *repositories: Repository) -> None:
        self.repositories = {repository.name.lower(): repository for repository in repositories}
        self.journal: list[str] = []
        self.runs = FakeRuns()
        self.reads = 0
        self.limit: Limits | None = Limits(5000, 5000, datetime(2026, 7, 1, tzinfo=UTC))
        self._deadly = 0
        self._moment: Moment = "before"
        self._used: dict[int, tuple[int, int]] = {}
        """Reads and writes of each thread since it was last reset."""

    def die(self, write: int, moment: Moment) -> None:
        self._deadly, self._moment = len(self.journal) + write, moment

    def live(self) -> None:
        self._deadly = 0

    def _write(self, name: str, effect: Callable[[], None]) -> None:
        self._sent(name)
        if len(self.journal) == self._deadly and self._moment == "before":
            raise KilledError
        effect()
        if len(self.journal) == self._deadly:
            raise KilledError

    def _repository(self, name: str) -> Repository:
        try:
            return self.repositories[name.lower()]
        except KeyError:
            raise NotFoundError(f"There is no {name}.", remediation="Check the spelling.") from None

    # Reads

    def limits(self, scope: str) -> Limits | None:
        return self.limit

    def list_owner(self, owner: str) -> Listing:
        self._read()
        found = tuple(self._target(r) for r in self.repositories.values() if r.name.startswith(f"{owner}/"))
        return Listing(owner, len(found), found)

    def read_repositories(self, repositories: Sequence[str]) -> dict[str, Target | None]:
        self._read()
        known = {name: self.repositories.get(name.lower()) for name in repositories}
        return {name: self._target(found) if found else None for name, found in known.items()}

    def _target(self, repository: Repository) -> Target:
        return Target(
            repository=repository.name,
            default_branch="main" if "main" in repository.refs else None,
            head_oid=repository.refs.get("main"),
            topics=repository.topics,
            archived=repository.archived,
            fork=repository.fork,
            empty=not repository.refs,
            private=repository.private,
        )

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
        assert head_repository is None, "forks are the sandbox's"
        self._read()
        there = self._repository(repository)
        base_name = base or "main"
        base_oid = there.refs.get(base_name)
        pulls = [self._pull(there, pull) for pull in reversed(there.pulls) if pull.head == branch]
        return Observed(
            repository=there.name,
            repository_id=f"id of {there.name}",
            archived=there.archived,
            disabled=there.disabled,
            empty=not there.refs,
            can_push=there.can_push,
            base=base_name if base_oid is not None else None,
            base_tip=self._tip(there, base_oid),
            files=self._files(there, base_oid, paths),
            branch_tip=self._tip(there, there.refs.get(branch)),
            pull_requests=tuple(sorted(pulls, key=lambda pull: pull.state != "OPEN")),
            milestones=tuple(
                Milestone(number, title)
                for number, title in there.milestones.items()
                if milestone and milestone in title
            ),
            auto_merge_allowed=there.auto_merge_allowed and there.graphql,
            leases=there.leases,
            graphql=there.graphql,
        )

    def read_files(self, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
        self._read()
        return self._files(self._repository(repository), oid, paths)

    def _files(self, there: Repository, oid: str | None, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
        files: dict[str, ObservedFile | None] = dict.fromkeys(paths)
        entries = there.trees[there.commits[oid].tree] if oid is not None else {}
        for path in paths:
            if path in entries:
                files[path] = ObservedFile(entries[path][1], _mode(entries[path][0]))
            elif any(other.startswith(f"{path}/") for other in entries):
                files[path] = ObservedFile("0" * 40, "040000")
        return files

    def _tip(self, there: Repository, oid: str | None) -> Tip | None:
        if oid is None:
            return None
        commit = there.commits[oid]
        return Tip(oid, commit.tree, commit.message, commit.parents, commit.author)

    def _pull(self, there: Repository, pull: Pull) -> PullRequest:
        return PullRequest(
            number=pull.number,
            url=f"https://github.com/{there.name}/pull/{pull.number}",
            state=pull.state,
            title=pull.title,
            body=pull.body,
            base=pull.base,
            head_oid=pull.head_oid,
            draft=pull.draft,
            conflicting=there.conflicting(pull),
            foreign_head=pull.foreign_head,
            author=pull.author,
            labels=tuple(pull.labels),
            assignees=tuple(pull.assignees),
            requested=tuple(pull.requested),
            reviewed=tuple(pull.reviewed),
            id=f"id of #{pull.number}",
            by_us=pull.author == BOT,
            milestone=Milestone(pull.milestone, there.milestones[pull.milestone]) if pull.milestone else None,
            auto_merge=pull.auto_merge,
            comments=tuple(
                Comment(number, f"https://github.com/{there.name}/pull/{pull.number}#issuecomment-{number}", text)
                for number, (author, text) in sorted(pull.comments.items())
                if author == BOT
            ),
        )

    def _written(self, there: Repository, pull: Pull) -> PullRequest:
        return replace(self._pull(there, pull), reviewed=(), comments=(), by_us=None)

    def _issue(self, there: Repository, pull: Pull) -> IssueFields:
        seen = self._pull(there, pull)
        return IssueFields(seen.title, seen.body, seen.labels, seen.assignees, seen.milestone)

    def read_branch(self, repository: str, branch: str) -> str | None:
        self._read()
        return self._repository(repository).refs.get(branch)

    def read_blob(self, repository: str, oid: str) -> bytes:
        self._read()
        return self._repository(repository).blobs[oid]

    # Objects

    def create_blob(self, repository: str, content: bytes) -> str:
        there, oid = self._repository(repository), blob_oid(content)
        self._write("blob", lambda: there.blobs.update({oid: content}))
        return oid

    def create_tree(self, repository: str, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        there = self._repository(repository)
        made = dict(there.trees[base_tree])
        for entry in entries:
            if entry.text is None and entry.oid is None:
                if entry.path not in there.trees[base_tree]:
                    raise RefusedError("GitRPC::BadObjectState", remediation="Delete only what is there.")
                made.pop(entry.path, None)
                continue
            for other in list(made):
                if other.startswith(f"{entry.path}/") or entry.path.startswith(f"{other}/"):
                    del made[other]
            if entry.text is not None:
                oid = blob_oid(entry.text.encode())
                there.blobs[oid] = entry.text.encode()
            else:
                oid = entry.oid or ""
                if entry.mode == "160000":
                    there.blobs[oid] = oid.encode()
                elif oid not in there.blobs:
                    raise RefusedError(f"tree.sha {oid} is not a valid blob", remediation="Create it first.")
            made[entry.path] = (entry.mode, oid)
        self._write("tree", lambda: None)
        return there.store(made)

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
        del committer
        there = self._repository(repository)
        made: list[str] = []
        who = str(author) if author else f"{BOT} <{BOT}@acme>"
        self._write("commit", lambda: made.append(there.commit(tree, parents, message, who)))
        return NewCommit(made[0], None)

    # Refs

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
        there = self._repository(repository)

        def swap() -> None:
            now = there.refs.get(branch)
            if now not in (before, after):
                raise LostRaceError(f"{branch} moved.", remediation="Run again.")
            assert leases or (after is not None and (before is None or before in there.history(after)))
            there.move(branch, after)

        self._write("delete-branch" if after is None else "ref", swap)
        return self._written(there, there.pull(int(pull_id.rpartition("#")[2]))) if pull_id and leases else None

    # Pull requests

    def create_pull(self, repository: str, new: NewPullRequest) -> PullRequest:
        there = self._repository(repository)
        if new.head not in there.refs or new.base not in there.refs:
            raise RefusedError("Validation Failed: PullRequest head invalid", remediation="Push it first.")
        opened = [p for p in there.pulls if p.state == "OPEN" and not p.foreign_head]
        if any((p.head, p.base) == (new.head, new.base) for p in opened):
            raise RefusedError(f"A pull request already exists for acme:{new.head}.", remediation="Use it.")
        head_oid = there.refs[new.head]
        if head_oid in there.history(there.refs[new.base]):
            raise RefusedError(f"No commits between {new.base} and {new.head}", remediation="Commit something.")
        number = len(there.pulls) + 1
        pull = Pull(number, new.title, new.body, new.head, new.base, head_oid, BOT, draft=new.draft)
        self._write("pull", lambda: there.pulls.append(pull))
        return self._written(there, pull)

    def update_pull(self, repository: str, number: int, pull_id: str, fields: dict[str, str]) -> Edited:
        there = self._repository(repository)
        pull = there.pull(number)
        assert pull_id == f"id of #{number}"
        before = pull.body
        if fields.get("base", pull.base) not in there.refs:
            raise RefusedError("Validation Failed: base invalid", remediation="Use an existing branch.")
        if fields.get("state") == "open" and there.refs.get(pull.head) != pull.head_oid:
            raise RefusedError("Validation Failed: state cannot be changed", remediation="Restore its branch.")

        def change() -> None:
            pull.title = fields.get("title", pull.title)
            pull.body = fields.get("body", pull.body)
            pull.base = fields.get("base", pull.base)
            if fields.get("state") == "closed":
                pull.state = "CLOSED"
            if fields.get("state") == "open":
                pull.state = "OPEN"

        self._write(f"patch({','.join(fields)})", change)
        return Edited(self._written(there, pull), before)

    def set_issue_fields(
        self,
        repository: str,
        number: int,
        *,
        labels: Sequence[str],
        assignees: Sequence[str],
        milestone: int | None = None,
    ) -> IssueFields:
        there = self._repository(repository)
        pull = there.pull(number)

        def change() -> None:
            pull.labels = [there.label(name) for name in labels]
            pull.assignees = [name.lower() for name in assignees if name.lower() in there.people]
            pull.milestone = milestone or pull.milestone

        if milestone is not None and milestone not in there.milestones:
            raise RefusedError("Validation Failed: milestone invalid", remediation="Use one that exists.")
        self._write("issue", change)
        return self._issue(there, pull)

    def set_milestone(self, repository: str, number: int, milestone: int | None) -> IssueFields:
        there = self._repository(repository)
        pull = there.pull(number)
        if milestone is not None and milestone not in there.milestones:
            raise RefusedError("Validation Failed: milestone invalid", remediation="Use one that exists.")
        self._write("milestone", lambda: setattr(pull, "milestone", milestone))
        return self._issue(there, pull)

    def convert_to_draft(self, repository: str, pull_id: str) -> PullRequest:
        there = self._repository(repository)
        assert there.graphql, "nothing else can"
        pull = there.pull(int(pull_id.rpartition("#")[2]))
        self._write("draft", lambda: setattr(pull, "draft", True))
        return self._written(there, pull)

    def set_auto_merge(self, repository: str, pull_id: str, method: str | None) -> None:
        there = self._repository(repository)
        assert there.graphql, "nothing else can"
        pull = there.pull(int(pull_id.rpartition("#")[2]))
        if method is not None and not there.auto_merge_allowed:
            raise RefusedError("Auto merge is not allowed for this repository", remediation="Allow it.")
        self._write("auto-merge", lambda: setattr(pull, "auto_merge", method))

    def create_pull_comment(self, repository: str, number: int, body: str) -> None:
        there = self._repository(repository)
        pull = there.pull(number)

        def write() -> None:
            there.comments += 1
            pull.comments[there.comments] = (BOT, body)

        self._write("comment", write)

    def update_pull_comment(self, repository: str, comment: int, body: str) -> None:
        there = self._repository(repository)
        pull = next(pull for pull in there.pulls if comment in pull.comments)
        self._write("edit-comment", lambda: pull.comments.update({comment: (BOT, body)}))

    def delete_pull_comment(self, repository: str, comment: int) -> None:
        there = self._repository(repository)

        def write() -> None:
            for pull in there.pulls:
                pull.comments.pop(comment, None)

        self._write("delete-comment", write)

    def add_labels(self, repository: str, number: int, labels: Sequence[str]) -> None:
        there = self._repository(repository)
        pull = there.pull(number)
        found = [there.label(name) for name in labels]
        self._write("add-labels", lambda: pull.labels.extend(name for name in found if name not in pull.labels))

    def remove_label(self, repository: str, number: int, label: str) -> None:
        pull = self._repository(repository).pull(number)
        kept = [name for name in pull.labels if name.lower() != label.lower()]
        self._write("remove-label", lambda: pull.labels.__setitem__(slice(None), kept))

    def add_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        there = self._repository(repository)
        pull = there.pull(number)
        found = [name.lower() for name in assignees if name.lower() in there.people]
        self._write("add-assignees", lambda: pull.assignees.extend(n for n in found if n not in pull.assignees))
        return self._issue(there, pull)

    def remove_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        there = self._repository(repository)
        pull = there.pull(number)
        gone = {name.lower() for name in assignees}
        kept = [name for name in pull.assignees if name.lower() not in gone]
        self._write("remove-assignees", lambda: pull.assignees.__setitem__(slice(None), kept))
        return self._issue(there, pull)

    def request_reviewers(
        self, repository: str, number: int, *, reviewers: Sequence[str], team_reviewers: Sequence[str]
    ) -> PullRequest:
        there = self._repository(repository)
        pull = there.pull(number)
        allowed = there.people - {pull.author}
        if not {n.lower() for n in reviewers} <= allowed or not {n.lower() for n in team_reviewers} <= there.teams:
            self._sent("refused-reviewers")
            raise RefusedError("Reviews may only be requested from collaborators.", remediation="Add them.")
        asked = [*(n.lower() for n in reviewers), *(f"acme/{n.lower()}" for n in team_reviewers)]
        self._write("reviewers", lambda: pull.requested.extend(n for n in asked if n not in pull.requested))
        return self._written(there, pull)

    # Cost

    def usage(self) -> Usage:
        reads, writes = self._used.get(get_ident(), (0, 0))
        return Usage(requests=reads + writes, writes=writes)

    def reset_usage(self) -> None:
        self._used[get_ident()] = (0, 0)

    def _read(self) -> None:
        self.reads += 1
        reads, writes = self._used.get(get_ident(), (0, 0))
        self._used[get_ident()] = (reads + 1, writes)

    def _sent(self, name: str) -> None:
        self.journal.append(name)
        reads, writes = self._used.get(get_ident(), (0, 0))
        self._used[get_ident()] = (reads, writes + 1)


def _mode(text: str) -> Mode:
    return text  # type: ignore[return-value]  # only the four of `Mode` are ever stored


def additions(files: Mapping[str, bytes]) -> Iterator[FileChange]:
    """Files as changes to be laid over a target."""
    for path, content in files.items():
        yield FileChange(path, "100644", content)
