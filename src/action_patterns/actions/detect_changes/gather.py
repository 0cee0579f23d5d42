"""The two sides of a comparison: the base and its reason, and the paths that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from action_patterns.action.checkout import find_checkout
from action_patterns.actions.detect_changes.interface import DetectChangesInputs
from action_patterns.changes.base import Base, everything, of_event, of_name
from action_patterns.changes.trigger import Trigger
from action_patterns.errors import InputError
from action_patterns.ports.history import ChangedPath, History, MissingError

if TYPE_CHECKING:
    from action_patterns.ports.bundle import Ports
    from action_patterns.ports.workspace import Checkout


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The two sides and their difference."""

    base: Base
    changed: Sequence[ChangedPath]
    paths: Callable[[], Sequence[str]]
    """Returns every path of the newer side, sorted."""
    ignored: Sequence[str] = ()
    """Paths of the workspace that git ignores; a directory has a slash at its end."""
    ignored_below: Callable[[Sequence[str]], Sequence[str]] = lambda _places: ()
    """Returns the files at or below some places that git ignores."""
    warnings: tuple[str, ...] = ()
    mark: str | None = None


def find(inputs: DetectChangesInputs, ports: Ports) -> Checkout:
    """Return the checkout that the inputs name."""
    return find_checkout(ports.checkout, inputs.path, (ports.context.repository,))


def of_worktree(checkout: Checkout, *, force: bool) -> Facts:
    """Return how the files of the workspace differ from what was checked out."""
    warnings: tuple[str, ...] = ()
    head = checkout.head_oid()
    try:
        base = Base(head=head, oid=checkout.fetched_oid(), reason="worktree")
    except InputError as error:
        # An amended or orphan commit: what it replaced is not known.
        base, warnings = everything(head, "base-unreachable", error.message), (error.message,)
    found = checkout.worktree(base.oid or head)

    def paths() -> tuple[str, ...]:
        # A path may be there twice, which is no harm: most of a large checkout is sorted already.
        gone = {each.path for each in found.changed if each.status == "deleted"}
        there = [path for path in checkout.tracked() if path not in gone] if gone else list(checkout.tracked())
        return tuple(sorted(there + [each.path for each in found.changed if each.path not in gone]))

    changed: Sequence[ChangedPath] = found.changed
    if base.oid is None:
        changed = tuple(ChangedPath(path, "added") for path in paths())
    elif force:
        base = everything(head, "forced")
    return Facts(
        base=base,
        changed=changed,
        paths=paths,
        ignored=found.ignored,
        ignored_below=checkout.ignored,
        warnings=warnings,
    )


def of_commits(inputs: DetectChangesInputs, ports: Ports, trigger: Trigger, history: History) -> Facts:
    """Return how two commits differ."""
    base, mark, warnings = _chosen(inputs, ports, trigger, history)
    if inputs.force:
        base = everything(base.head, "forced")
    elif base.reason == "base-unreachable":
        warnings = (*warnings, base.detail)
    try:
        changed = history.compare(base.oid, base.head)
    except MissingError as error:
        base = everything(base.head, "base-unreachable", str(error))
        warnings = (*warnings, base.detail)
        try:
            changed = history.compare(None, base.head)
        except MissingError:
            unlisted = (*warnings, "The paths of the commit cannot be listed either: `files` and `matrix` lack them.")
            return Facts(base=base, changed=(), paths=tuple, warnings=unlisted, mark=mark)
    return Facts(base=base, changed=changed, paths=lambda: history.paths(base.head), warnings=warnings, mark=mark)


def _chosen(
    inputs: DetectChangesInputs, ports: Ports, trigger: Trigger, history: History
) -> tuple[Base, str | None, tuple[str, ...]]:
    """Return the base, what became of its record, and warnings."""
    if inputs.base is not None:
        return of_name(inputs.base.strip(), trigger, history), None, ()
    of_key = inputs.key is not None and trigger.branch is not None and not trigger.is_proposal
    found = None if of_key else of_event(trigger, history)
    if found is not None:
        return found, None, ()
    from action_patterns.actions.detect_changes import marks  # a push or pull request without a key needs no store

    return marks.choose(inputs, ports, trigger, history)
