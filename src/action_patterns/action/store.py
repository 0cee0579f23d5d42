"""The store of an action's records: refs, branches, or a directory of the runner's machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field

from action_patterns.action.inputs import TokenInputs
from action_patterns.ports.ref_store import RefChange, StoredRef

if TYPE_CHECKING:
    from action_patterns.ports.bundle import Ports
    from action_patterns.ports.ref_store import RefStore

REFS, BRANCHES = "refs", "branches"
_NAMESPACE = "refs/action-patterns/"
_BRANCHES = "refs/heads/action-patterns/"
_NO_WORKFLOW = "\n[skip ci]\n"
"""A push whose last commit says so starts no workflow (GitHub docs, "Skipping workflow runs")."""


def _checked(store: str) -> str:
    if store in (REFS, BRANCHES):
        return store
    path = PurePosixPath(store)
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError(
            f"must be `{REFS}`, `{BRANCHES}`, or the absolute path of a directory: a relative one belongs to the"
            " workspace, which the next checkout empties"
        )
    return store


StoreName = Annotated[str, AfterValidator(_checked)]


def store_field(of: str = "the records") -> Any:
    """Return the input `store`. `of`: what is kept there."""
    return Field(
        default=REFS,
        description=f"Place of {of}. `{REFS}`: refs below `{_NAMESPACE}`. `{BRANCHES}`: branches below"
        " `action-patterns/`, for a server that refuses other refs. An absolute path: that directory of the runner's"
        " machine, which holds a file `action-patterns.store`. All that share a record name the same store.",
    )


class StoreInputs(TokenInputs):
    """Inputs of an action that keeps records."""

    store: StoreName = store_field()


def is_directory(store: str) -> bool:
    """Return whether a store is a directory."""
    return store not in (REFS, BRANCHES)


def open_store(store: str, ports: Ports, refs: RefStore) -> RefStore:
    """Return the store of this name. `refs`: GitHub's."""
    if store == REFS:
        return refs
    return InBranches(refs) if store == BRANCHES else ports.directory(store)


class InBranches:
    """ports.RefStore, with branches in place of refs outside of branches and tags."""

    def __init__(self, refs: RefStore) -> None:
        self._refs = refs

    def read(self, repository: str, name: str) -> StoredRef:
        return self._refs.read(repository, _branch(name))

    def poll(self, repository: str, name: str, etag: str) -> str | None:
        return self._refs.poll(repository, _branch(name), etag)

    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        return self._refs.list(repository, _branch(prefix))

    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        return self._refs.update(repository, *_in_branch(RefChange(before, message)))

    def update_all(self, repository: str, changes: Sequence[RefChange]) -> tuple[StoredRef, ...]:
        return self._refs.update_all(repository, [_in_branch(change) for change in changes])


def _branch(name: str) -> str:
    return _BRANCHES + name.removeprefix(_NAMESPACE) if name.startswith(_NAMESPACE) else name


def _in_branch(change: RefChange) -> RefChange:
    before, message = change
    return RefChange(
        replace(before, name=_branch(before.name)), None if message is None else f"{message}{_NO_WORKFLOW}"
    )
