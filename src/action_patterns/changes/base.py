"""The base of a comparison and its reason, from the event of a run. Pure; commits are a port.

A doubt ends in "everything": a base that is too new would hide a change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from action_patterns.changes.trigger import Trigger, is_oid
from action_patterns.ports.history import History, MissingError

_FAMILY = re.compile(r"[^0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Two commits to compare, and why these."""

    head: str
    oid: str | None
    """The base. None: nothing can be excluded, so everything counts as changed."""
    reason: str
    """A code of REASONS."""
    detail: str = ""
    """A sentence with the facts of this run. Empty: the reason says all."""

    @property
    def everything(self) -> bool:
        """Whether everything counts as changed."""
        return self.oid is None


def of_event(trigger: Trigger, history: History) -> Base | None:
    """Return the base that the event stands for. None: an event, such as `schedule`, that stands for no range."""
    head = _head(trigger, history)
    try:
        found = _of_event(trigger, history, head)
        # A base that cannot be read is none: the comparison would fail later.
        return replace(found, oid=history.resolve(found.oid)) if found and found.oid else found
    except MissingError as error:
        return everything(head, "base-unreachable", str(error))


def of_name(name: str, history: History) -> Base:
    """Return the base that a caller names: a commit, a tag, or a branch, whose merge-base it is."""
    head = history.head()
    try:
        if is_oid(name):
            return Base(head=head, oid=history.resolve(name), reason="given")
        return _of_ref(name.removeprefix("origin/"), head, history)
    except MissingError as error:
        return everything(head, "base-unreachable", str(error))


def _of_ref(name: str, head: str, history: History) -> Base:
    """Return the merge-base with a branch, or the commit of a tag if there is no such branch."""
    doubt = MissingError(f"The repository has neither a branch nor a tag {name!r}.")
    if not name.startswith("refs/tags/"):
        try:
            tip = history.branch(name.removeprefix("refs/heads/"))
            if tip is not None:
                return _from_branch(tip, head, history, "given")
        except MissingError as error:
            doubt = error
    tagged = None if name.startswith("refs/heads/") else history.tag(name.removeprefix("refs/tags/"))
    if tagged is None:
        raise doubt
    return Base(head=head, oid=tagged, reason="given")


def everything(head: str, reason: str, detail: str = "") -> Base:
    """Return the base of a comparison that excludes nothing."""
    return Base(head=head, oid=None, reason=reason, detail=detail)


def _head(trigger: Trigger, history: History) -> str:
    """Return the commit whose content counts: what is checked out, if the event's commit is below it."""
    return history.head() if trigger.is_pull_request or history.is_made_on(trigger.sha) else trigger.sha


def _of_event(trigger: Trigger, history: History, head: str) -> Base | None:
    if trigger.is_pull_request:
        return _pull_request(trigger, history, head)
    if trigger.event_name == "merge_group":
        base = trigger.text("merge_group", "base_sha")
        return Base(head=head, oid=base, reason="merge-queue") if is_oid(base) else _incomplete(head, "merge group")
    if trigger.event_name not in ("push", "create", "release"):
        return None
    if trigger.flag("deleted"):
        return everything(head, "ref-deleted")
    before = trigger.text("before")
    if is_oid(before):
        forced = "It was a force push." if trigger.flag("forced") else ""
        return Base(head=head, oid=before, reason="before-push", detail=forced)
    if trigger.event_name == "push" and not before:
        return _incomplete(head, "push")
    tag = trigger.tag or (trigger.text("release", "tag_name") if trigger.event_name == "release" else "")
    return _first_tag(tag, history, head) if tag else _first_push(trigger, history, head)


def _incomplete(head: str, what: str) -> Base:
    return everything(head, "event-incomplete", f"The payload of the {what} names no base.")


def _pull_request(trigger: Trigger, history: History, head: str) -> Base:
    """Return the commit of the base branch that the checked-out content descends from.

    Everything is taken from the event's own commits: the branches may have moved since, or be merged.
    """
    pull_head, stated = trigger.text("pull_request", "head", "sha"), trigger.text("pull_request", "base", "sha")
    tip = trigger.sha if trigger.event_name == "pull_request_target" else _merged_into(trigger, history, pull_head)
    if tip is not None and tip != trigger.sha and history.is_made_on(trigger.sha):
        return Base(head=head, oid=tip, reason="pull-request")
    tip = tip or stated
    if not is_oid(tip):
        return _incomplete(head, "pull request")
    found = _from_branch(tip, head, history, "pull-request")
    if found.oid == head and is_oid(pull_head) and pull_head != head:
        # The base branch is checked out: it holds nothing of the pull request.
        detail = "The checkout does not hold the pull request, so its head commit was compared."
        return replace(_from_branch(tip, pull_head, history, "pull-request"), detail=detail)
    return found


def _merged_into(trigger: Trigger, history: History, pull_head: str) -> str | None:
    """Return the commit of the base branch that GitHub merged the head with. None: the run's commit is no merge."""
    try:
        parents = history.parents(trigger.sha)
    except MissingError:
        return None
    return parents[0] if len(parents) == 2 and parents[1] == pull_head else None


def _from_branch(tip: str, head: str, history: History, reason: str) -> Base:
    base = history.merge_base(tip, head)
    return Base(head=head, oid=base, reason=reason) if base else everything(head, "no-common-history")


def _first_push(trigger: Trigger, history: History, head: str) -> Base:
    default = trigger.default_branch
    if default is None:
        return _incomplete(head, "first push of a branch")
    if trigger.branch == default:
        return everything(head, "first-push")
    tip = history.branch(default)
    if tip is None:
        return everything(head, "first-push", f"There is no branch {default!r} to compare with.")
    if trigger.attempt == 1:
        return _from_branch(tip, head, history, "branch-point")
    # The branch may have been merged since the first attempt. Its commits are not on the first-parent line then.
    base = history.merge_base(tip, head, first_parent=True)
    if base == head:
        return everything(head, "merged-since", f"The branch {default!r} holds this commit by now.")
    return Base(head=head, oid=base, reason="branch-point") if base else everything(head, "no-common-history")


def _first_tag(name: str, history: History, head: str) -> Base:
    """Return the tag before: the nearest whose name begins alike. `web-2.0` is not the tag before `api-1.1`."""
    family = _family(name)
    before = {tag.oid: tag.name for tag in history.tags_before(head) if _family(tag.name) == family}
    if not before:
        return everything(head, "first-tag", f"No earlier tag has a name that begins like {name!r}.")
    oid = history.nearest(tuple(before))
    return Base(head=head, oid=oid, reason="tag-before", detail=f"The tag before is {before[oid]!r}.")


def _family(name: str) -> str:
    found = _FAMILY.match(name)
    return found[0] if found else name
