"""The source of a campaign, and the order of two of its runs. Pure.

Two campaigns may have one key: two repositories, or two files of one, with the same name. Without a source each would
replace the files of the other, on every run. Ids are used, so a renamed or transferred repository is the same source;
hashes, because a target may be public and its source private.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from action_patterns.ports.context import Context

Order = Literal["newer", "older", "unknown"]
_HASH_LENGTH = 16


def hashed(text: str) -> str:
    """Return 16 hex digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of a workflow, as a commit of ours and a marker remember it."""

    workflow: str
    """Hash of the path of the workflow file."""
    number: int
    """`github.run_number`: it rises with each run of a workflow and stays for its re-runs."""
    commit: str
    """Commit of the source repository."""
    base: str = ""
    """Base branch that the content was written for."""

    def as_fields(self) -> dict[str, object]:
        """Return the JSON object of the run."""
        return {"workflow": self.workflow, "number": self.number, "commit": self.commit, "base": self.base}


def run_of(fields: object) -> Run | None:
    """Return the run in a JSON object. None: it is none."""
    if not isinstance(fields, Mapping) or not isinstance(fields.get("number"), int):
        return None
    return Run(
        workflow=str(fields.get("workflow", "")),
        number=fields["number"],
        commit=str(fields.get("commit", "")),
        base=str(fields.get("base", "")),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The source of this run's desired state."""

    repository: str = ""
    """Id of the repository. Empty: not known."""
    file: str = ""
    """Hash of the path of the distribution file. Empty: the inputs of upsert-pr."""
    present: frozenset[str] | None = frozenset()
    """Hashes of the paths of all YAML files that the source has now. A file that is not among them was moved. None: the
    files cannot be listed, so nothing proves a move."""
    run: Run | None = None
    """This run. None: a terminal's."""
    name: str = ""
    """`owner/name` of the repository, to compare commits of two runs. It is never written."""

    def is_other_than(self, repository: str, file: str) -> bool:
        """Return whether a marker names another source. False where one of the two is not known."""
        if not repository or not self.repository:
            return False
        # A hash of a name, where the runner gave no id, cannot be compared with an id.
        if repository != self.repository and not self.is_named_otherwise(repository):
            return True
        moved = bool(self.file and file) and self.present is not None and file not in self.present
        return file != self.file and not moved

    def is_named_otherwise(self, repository: str) -> bool:
        """Return whether the one is known by its id, and the other, from a terminal, by its name or its place."""
        return _kind(repository) != _kind(self.repository)


UNKNOWN = Source()


def _kind(repository: str) -> str:
    return repository.rpartition(":")[0]


def source_of(context: Context, *, file: str = "", present: Iterable[str] | None = ()) -> Source:
    """Return the source of a run. `file`: path of the distribution file; `present`: paths of all YAML files."""
    return Source(
        repository=context.repository_id or f"name:{hashed(context.repository.lower())}",
        file=hashed(in_repository(file, context)) if file else "",
        present=None if present is None else frozenset(hashed(in_repository(path, context)) for path in present),
        run=Run(workflow=hashed(context.workflow_path), number=context.run_number, commit=context.sha)
        if context.run_number
        else None,
        name=context.repository,
    )


def order(ours: Run | None, theirs: Run | None, ancestors: Mapping[str, bool | None]) -> Order:
    """Return whether our run is newer or older than a run that wrote before.

    `ancestors`: commits of other runs, and whether our commit is an ancestor of each. None: not known.
    """
    if ours is None or theirs is None or (theirs.commit == ours.commit and theirs.workflow != ours.workflow):
        return "newer"
    if theirs.workflow == ours.workflow:
        return "older" if theirs.number > ours.number else "newer"
    older = ancestors.get(theirs.commit)
    return "unknown" if older is None else "older" if older else "newer"


def in_repository(path: str, context: Context) -> str:
    """Return a path of the workspace relative to its repository, without `.` and `..`."""
    workspace = context.workspace.rstrip("/") + "/"
    parts: list[str] = []
    for part in PurePosixPath(context.prefix, path.removeprefix(workspace)).parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
