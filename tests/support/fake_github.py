"""GitHub in memory: ports.GitHub over dictionaries, with the semantics a pull request's life depends on.

What is taken over from GitHub: a ref moves only by compare-and-swap; an open pull request follows its branch, is closed
with it, and ends when nothing is left to merge; a second pull request for the same head and base, and one without
commits, are refused; a login that cannot be assigned is dropped without a word; one wrong reviewer refuses them all;
labels are compared without regard to case. Whoever acts as a person uses the verbs of `Repository`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import get_ident

from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import FileChange, Mode
from action_patterns.contracts import Target, Usage
from action_patterns.errors import ActionPatternsError, LostRaceError, NotFoundError, RefusedError
from action_patterns.limits.primary import published
from action_patterns.ports.git import CommitComparison, NewCommit, ObservedFile, Person, Tip, TreeEntry, TreeListing
from action_patterns.ports.issues import Issues
from action_patterns.ports.pull_requests import (
    Comment,
    Edited,
    IssueFields,
    Milestone,
    NewPullRequest,
    Observed,
    PullRequest,
)
from action_patterns.ports.rate_limits import Limits
from action_patterns.ports.ref_store import RefStore
from action_patterns.ports.repositories import NO_MORE_FACTS, FactsNeeded, ListedRepository, Listing
from action_patterns.ports.workflow_runs import Job, ReportArtifact, RunArtifact, RunState
from support.fake_repository import BOT, KilledError, Moment, Pull, Repository


class FakeRuns:
    """ports.WorkflowRuns: what it is given to find, or to fail with."""

    def __init__(self) -> None:
        self.found: ReportArtifact | None = None
        self.listed: tuple[Job, ...] = ()
        self.stored: tuple[RunArtifact, ...] = ()
        self.error: ActionPatternsError | None = None
        self.asked: list[tuple[str, int, str]] = []

    def read(self, repository: str, run_id: int, etag: str = "") -> RunState | None:
        self.asked.append((repository, run_id, "run"))
        if self.error:
            raise self.error
        return RunState(attempt=1, completed=False)

    def jobs(self, repository: str, run_id: int) -> tuple[Job, ...]:
        self.asked.append((repository, run_id, "jobs"))
        if self.error:
            raise self.error
        return self.listed

    def artifacts(self, repository: str, run_id: int) -> tuple[RunArtifact, ...]:
        self.asked.append((repository, run_id, "artifacts"))
        if self.error:
            raise self.error
        return self.stored

    def previous_report(self, repository: str, run_id: int, *, name: str) -> ReportArtifact | None:
        self.asked.append((repository, run_id, name))
        if self.error:
            raise self.error
        return self.found


class FakeRepositories:
    """ports.Repositories over the repositories of a FakeGitHub."""

    def __init__(self, github: FakeGitHub) -> None:
        self._github = github

    def list_owner(self, owner: str, facts: FactsNeeded = NO_MORE_FACTS) -> Listing:
        self._github.read()
        found = tuple(_target(r) for r in self._github.hosted.values() if r.name.startswith(f"{owner}/"))
        return Listing(owner, len(found), found)

    def list_properties(self, owner: str) -> Mapping[str, Mapping[str, str | tuple[str, ...]]]:
        self._github.read()
        return {}

    def read(self, repositories: Sequence[str], facts: FactsNeeded = NO_MORE_FACTS) -> dict[str, Target | None]:
        self._github.read()
        known = {name: self._github.hosted.get(name.lower()) for name in repositories}
        return {name: _target(found) if found else None for name, found in known.items()}

    def list_team(self, team: str) -> tuple[ListedRepository, ...]:
        self._github.read()
        if team not in self._github.teams:
            raise NotFoundError(f"There is no team {team!r}.", remediation="Check the spelling.")
        return tuple(map(ListedRepository, self._github.teams[team]))

    def list_installation(self) -> tuple[ListedRepository, ...]:
        self._github.read()
        return tuple(ListedRepository(each.name) for each in self._github.hosted.values())

    def search(self, owner: str, query: str) -> tuple[ListedRepository, ...]:
        self._github.read()
        return tuple(map(ListedRepository, self._github.index.get(query, ())))


class FakeRateLimits:
    """ports.RateLimits over the repositories of a FakeGitHub."""

    def __init__(self, github: FakeGitHub) -> None:
        self._github = github

    def read(self, scope: str) -> Limits | None:
        self._github.limits_asked.append(scope)
        return self._github.limit


class FakeGitDatabase:
    """ports.GitDatabase over the repositories of a FakeGitHub."""

    def __init__(self, github: FakeGitHub) -> None:
        self._github = github

    def read_files(self, repository: str, oid: str, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
        self._github.read()
        return _files(self._github.repository(repository), oid, paths)

    def read_branch(self, repository: str, branch: str) -> str | None:
        self._github.read()
        return self._github.repository(repository).refs.get(branch)

    def read_tree(self, repository: str, oid: str) -> dict[str, ObservedFile]:
        raise NotImplementedError("directories that shall go are the sandbox's")

    def list_tree(self, repository: str, oid: str, *, recursive: bool) -> TreeListing:
        raise NotImplementedError("trees that are compared are the sandbox's")

    def read_commit(self, repository: str, oid: str) -> Tip:
        self._github.read()
        tip = _tip(self._github.repository(repository), oid)
        assert tip is not None
        return tip

    def compare(self, repository: str, base: str, head: str) -> CommitComparison | None:
        self._github.read()
        there = self._github.repository(repository)
        return _compared(there, there.refs.get(base, base), there.refs.get(head, head))

    def read_blob(self, repository: str, oid: str) -> bytes:
        self._github.read()
        return self._github.repository(repository).blobs[oid]

    def create_blob(self, repository: str, content: bytes) -> str:
        there, oid = self._github.repository(repository), blob_oid(content)
        self._github.write("blob", lambda: there.blobs.update({oid: content}))
        return oid

    def create_tree(self, repository: str, base_tree: str, entries: Sequence[TreeEntry]) -> str:
        there = self._github.repository(repository)
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
        self._github.write("tree", lambda: None)
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
        there = self._github.repository(repository)
        made: list[str] = []
        who = str(author) if author else f"{BOT} <{BOT}@acme>"
        self._github.write("commit", lambda: made.append(there.commit(tree, parents, message, who)))
        return NewCommit(made[0], None)

    def update_branch(
        self,
        repository: str,
        repository_id: str,
        branch: str,
        *,
        before: str | None,
        after: str | None,
        compare_and_swap: bool = True,
        pull_id: str = "",
    ) -> PullRequest | None:
        there = self._github.repository(repository)

        def swap() -> None:
            now = there.refs.get(branch)
            if now not in (before, after):
                raise LostRaceError(f"{branch} moved.", remediation="Run again.")
            assert compare_and_swap or (after is not None and (before is None or before in there.history(after)))
            there.move(branch, after)

        self._github.write("delete-branch" if after is None else "ref", swap)
        return _written(there, there.pull(int(pull_id.rpartition("#")[2]))) if pull_id and compare_and_swap else None


class FakePullRequests:
    """ports.PullRequests over the repositories of a FakeGitHub."""

    def __init__(self, github: FakeGitHub) -> None:
        self._github = github

    def observe(
        self,
        repository: str,
        *,
        branch: str,
        base: str | None,
        paths: Sequence[str],
        contents: Sequence[str] = (),
        head_repository: str | None = None,
        milestone: str | None = None,
    ) -> Observed:
        assert head_repository is None, "forks are the sandbox's"
        self._github.read()
        there = self._github.repository(repository)
        base_name = base or "main"
        base_oid = there.refs.get(base_name)
        pulls = [_pull(there, pull) for pull in reversed(there.pulls) if pull.head == branch]
        return Observed(
            repository=there.name,
            repository_id=f"id of {there.name}",
            archived=there.archived,
            disabled=there.disabled,
            empty=not there.refs,
            can_push=there.can_push,
            base=base_name if base_oid is not None else None,
            base_tip=_tip(there, base_oid),
            files=_files(there, base_oid, paths),
            branch_tip=_tip(there, there.refs.get(branch)),
            proposed=_files(there, there.refs.get(branch), contents) if contents and branch in there.refs else {},
            stacked=tuple(pull.number for pull in there.pulls if pull.base == branch and pull.state == "OPEN"),
            pull_requests=tuple(sorted(pulls, key=lambda pull: pull.state != "OPEN")),
            milestones=tuple(
                Milestone(number, title)
                for number, title in there.milestones.items()
                if milestone and milestone in title
            ),
            auto_merge_allowed=there.auto_merge_allowed and there.graphql,
            compare_and_swap=there.compare_and_swap,
            graphql=there.graphql,
        )

    def create(self, repository: str, new: NewPullRequest) -> PullRequest:
        there = self._github.repository(repository)
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
        self._github.write("pull", lambda: there.pulls.append(pull))
        return _written(there, pull)

    def update(self, repository: str, number: int, pull_id: str, fields: dict[str, str]) -> Edited:
        there = self._github.repository(repository)
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

        self._github.write(f"patch({','.join(fields)})", change)
        return Edited(_written(there, pull), before)

    def set_issue_fields(
        self,
        repository: str,
        number: int,
        *,
        labels: Sequence[str],
        assignees: Sequence[str],
        milestone: int | None = None,
    ) -> IssueFields:
        there = self._github.repository(repository)
        pull = there.pull(number)

        def change() -> None:
            pull.labels = [there.label(name) for name in labels]
            pull.assignees = [name.lower() for name in assignees if name.lower() in there.people]
            pull.milestone = milestone or pull.milestone

        if milestone is not None and milestone not in there.milestones:
            raise RefusedError("Validation Failed: milestone invalid", remediation="Use one that exists.")
        self._github.write("issue", change)
        return _issue(there, pull)

    def set_milestone(self, repository: str, number: int, milestone: int | None) -> IssueFields:
        there = self._github.repository(repository)
        pull = there.pull(number)
        if milestone is not None and milestone not in there.milestones:
            raise RefusedError("Validation Failed: milestone invalid", remediation="Use one that exists.")
        self._github.write("milestone", lambda: setattr(pull, "milestone", milestone))
        return _issue(there, pull)

    def convert_to_draft(self, repository: str, pull_id: str) -> PullRequest:
        there = self._github.repository(repository)
        assert there.graphql, "nothing else can"
        pull = there.pull(int(pull_id.rpartition("#")[2]))
        self._github.write("draft", lambda: setattr(pull, "draft", True))
        return _written(there, pull)

    def set_auto_merge(self, repository: str, pull_id: str, method: str | None) -> None:
        there = self._github.repository(repository)
        assert there.graphql, "nothing else can"
        pull = there.pull(int(pull_id.rpartition("#")[2]))
        if method is not None and not there.auto_merge_allowed:
            raise RefusedError("Auto merge is not allowed for this repository", remediation="Allow it.")
        self._github.write("auto-merge", lambda: setattr(pull, "auto_merge", method))

    def create_comment(self, repository: str, number: int, body: str) -> None:
        there = self._github.repository(repository)
        pull = there.pull(number)

        def write() -> None:
            there.comments += 1
            pull.comments[there.comments] = (BOT, body)

        self._github.write("comment", write)

    def update_comment(self, repository: str, comment: int, body: str) -> None:
        there = self._github.repository(repository)
        pull = next(pull for pull in there.pulls if comment in pull.comments)
        self._github.write("edit-comment", lambda: pull.comments.update({comment: (BOT, body)}))

    def delete_comment(self, repository: str, comment: int) -> None:
        there = self._github.repository(repository)

        def write() -> None:
            for pull in there.pulls:
                pull.comments.pop(comment, None)

        self._github.write("delete-comment", write)

    def add_labels(self, repository: str, number: int, labels: Sequence[str]) -> tuple[str, ...]:
        there = self._github.repository(repository)
        pull = there.pull(number)
        found = [there.label(name) for name in labels]
        self._github.write("add-labels", lambda: pull.labels.extend(name for name in found if name not in pull.labels))
        return tuple(pull.labels)

    def remove_label(self, repository: str, number: int, label: str) -> None:
        pull = self._github.repository(repository).pull(number)
        kept = [name for name in pull.labels if name.lower() != label.lower()]
        self._github.write("remove-label", lambda: pull.labels.__setitem__(slice(None), kept))

    def add_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        there = self._github.repository(repository)
        pull = there.pull(number)
        found = [name.lower() for name in assignees if name.lower() in there.people]
        self._github.write("add-assignees", lambda: pull.assignees.extend(n for n in found if n not in pull.assignees))
        return _issue(there, pull)

    def remove_assignees(self, repository: str, number: int, assignees: Sequence[str]) -> IssueFields:
        there = self._github.repository(repository)
        pull = there.pull(number)
        gone = {name.lower() for name in assignees}
        kept = [name for name in pull.assignees if name.lower() not in gone]
        self._github.write("remove-assignees", lambda: pull.assignees.__setitem__(slice(None), kept))
        return _issue(there, pull)

    def request_reviewers(
        self, repository: str, number: int, *, reviewers: Sequence[str], team_reviewers: Sequence[str]
    ) -> PullRequest:
        there = self._github.repository(repository)
        pull = there.pull(number)
        allowed = there.people - {pull.author}
        if not {n.lower() for n in reviewers} <= allowed or not {n.lower() for n in team_reviewers} <= there.teams:
            self._github.sent("refused-reviewers")
            raise RefusedError("Reviews may only be requested from collaborators.", remediation="Add them.")
        asked = [*(n.lower() for n in reviewers), *(f"acme/{n.lower()}" for n in team_reviewers)]
        self._github.write("reviewers", lambda: pull.requested.extend(n for n in asked if n not in pull.requested))
        return _written(there, pull)


class FakeGitHub:
    """ports.GitHub. `die(k)` lets the process die before or after its k-th write, counted from 1.

    A test that fakes one capability takes that class alone. Issues and refs are the sandbox's.
    """

    issues: Issues
    refs: RefStore
    git_type: type[FakeGitDatabase] = FakeGitDatabase
    pulls_type: type[FakePullRequests] = FakePullRequests

    def __init__(self, *repositories: Repository) -> None:
        self.hosted = {repository.name.lower(): repository for repository in repositories}
        self.teams: dict[str, tuple[str, ...]] = {}
        """`organization/team` -> names of its repositories."""
        self.index: dict[str, tuple[str, ...]] = {}
        """Query -> names that a search finds, which may be out of date."""
        self.journal: list[str] = []
        self.reads = 0
        noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
        self.limit: Limits | None = Limits((published("core", 5000, noon), published("graphql", 5000, noon)), noon)
        self.repositories = FakeRepositories(self)
        self.limits_asked: list[str] = []
        """Scopes that the limits were read for."""
        self.rate_limits = FakeRateLimits(self)
        self.git = self.git_type(self)
        self.pulls = self.pulls_type(self)
        self.runs = FakeRuns()
        self._deadly = 0
        self._moment: Moment = "before"
        self._used: dict[int, tuple[int, int]] = {}
        """Reads and writes of each thread since it was last reset."""

    def die(self, write: int, moment: Moment) -> None:
        self._deadly, self._moment = len(self.journal) + write, moment

    def live(self) -> None:
        self._deadly = 0

    def write(self, name: str, effect: Callable[[], None]) -> None:
        self.sent(name)
        if len(self.journal) == self._deadly and self._moment == "before":
            raise KilledError
        effect()
        if len(self.journal) == self._deadly:
            raise KilledError

    def repository(self, name: str) -> Repository:
        try:
            return self.hosted[name.lower()]
        except KeyError:
            raise NotFoundError(f"There is no {name}.", remediation="Check the spelling.") from None

    def usage(self) -> Usage:
        reads, writes = self._used.get(get_ident(), (0, 0))
        return Usage(requests=reads + writes, writes=writes)

    def reset_usage(self) -> None:
        self._used[get_ident()] = (0, 0)

    def close(self) -> None:
        """Nothing was minted."""

    def read(self) -> None:
        self.reads += 1
        reads, writes = self._used.get(get_ident(), (0, 0))
        self._used[get_ident()] = (reads + 1, writes)

    def sent(self, name: str) -> None:
        self.journal.append(name)
        reads, writes = self._used.get(get_ident(), (0, 0))
        self._used[get_ident()] = (reads, writes + 1)


def _target(repository: Repository) -> Target:
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


def _files(there: Repository, oid: str | None, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    files: dict[str, ObservedFile | None] = dict.fromkeys(paths)
    entries = there.trees[there.commits[oid].tree] if oid is not None else {}
    for path in paths:
        if path in entries:
            files[path] = ObservedFile(entries[path][1], _mode(entries[path][0]))
        elif any(other.startswith(f"{path}/") for other in entries):
            files[path] = ObservedFile("0" * 40, "040000")
    return files


def _compared(there: Repository, base: str | None, head: str | None) -> CommitComparison | None:
    if base is None or head is None:
        return None
    bases, heads = set(there.history(base)), set(there.history(head))
    shared = next((oid for oid in there.history(head) if oid in bases), None)
    if shared is None:
        return None
    return CommitComparison(ahead_by=len(heads - bases), behind_by=len(bases - heads), merge_base=shared)


def _tip(there: Repository, oid: str | None) -> Tip | None:
    if oid is None:
        return None
    commit = there.commits[oid]
    return Tip(oid=oid, tree=commit.tree, message=commit.message, parents=commit.parents, author=commit.author)


def _pull(there: Repository, pull: Pull) -> PullRequest:
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


def _written(there: Repository, pull: Pull) -> PullRequest:
    return replace(_pull(there, pull), reviewed=(), comments=(), by_us=None)


def _issue(there: Repository, pull: Pull) -> IssueFields:
    seen = _pull(there, pull)
    return IssueFields(
        title=seen.title, body=seen.body, labels=seen.labels, assignees=seen.assignees, milestone=seen.milestone
    )


def _mode(text: str) -> Mode:
    return text  # type: ignore[return-value]  # only the four of `Mode` are ever stored


def additions(files: Mapping[str, bytes]) -> Iterator[FileChange]:
    """Files as changes to be laid over a target."""
    for path, content in files.items():
        yield FileChange(path=path, mode="100644", content=content)
