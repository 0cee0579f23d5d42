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
    head = history.head()
    try:
        head = _head(trigger, history)
        found = _of_event(trigger, history, head)
        # A base that cannot be read is none: the comparison would fail later.
        return replace(found, oid=history.resolve(found.oid)) if found and found.oid else found
    except MissingError as error:
        return everything(head, "base-unreachable", str(error))


def of_name(name: str, trigger: Trigger, history: History) -> Base:
    """Return the base that a caller names: a commit, a tag, or a branch, whose merge-base it is."""
    head = history.head()
    try:
        if is_oid(name):
            return Base(head=head, oid=history.resolve(name), reason="given")
        return _of_ref(name.removeprefix("origin/"), trigger, head, history)
    except MissingError as error:
        return everything(head, "base-unreachable", str(error))


def _of_ref(name: str, trigger: Trigger, head: str, history: History) -> Base:
    """Return the merge-base with a branch, or the commit of a tag if there is no such branch."""
    if trigger.attempt > 1:
        return everything(head, "rerun")
    doubt = MissingError(f"The repository has neither a branch nor a tag {name!r}.")
    if not name.startswith("refs/tags/"):
        try:
            tip = history.branch(name.removeprefix("refs/heads/"))
            if tip is not None:
                return _from_tip(tip, trigger, head, history, "given")
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
    """Return the commit whose content counts: what is checked out, if it is the event's or was made on it.

    Another commit of GitHub's is no content of this run, and the event's own is compared.
    """
    return history.head() if trigger.is_pull_request or _holds(trigger.sha, history) else trigger.sha


def _holds(oid: str, history: History) -> bool:
    """Return whether the checkout is of a commit, or of one that steps of this job made on it.

    Raises:
        MissingError: steps of this job made the checked-out commit on another one.
    """
    head, fetched = history.head(), history.made_on()
    if fetched not in (oid, head):
        raise MissingError(f"Steps of this job made {head[:12]} on {fetched[:12]}, which is not the event's commit.")
    return fetched == oid


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
    return _first_tag(tag, trigger, history, head) if tag else _first_push(trigger, history, head)


def _incomplete(head: str, what: str) -> Base:
    return everything(head, "event-incomplete", f"The payload of the {what} names no base.")


def _pull_request(trigger: Trigger, history: History, head: str) -> Base:
    """Return the commit of the base branch that the pull request's content descends from.

    Everything is taken from the event's own commits: the branches may have moved since, or be merged.
    """
    pull_head, stated = trigger.text("pull_request", "head", "sha"), trigger.text("pull_request", "base", "sha")
    of_base = trigger.event_name == "pull_request_target"
    tip = trigger.sha if of_base else _merged_into(trigger, history, pull_head)
    fetched = history.made_on()
    holds_merge = not of_base and fetched == trigger.sha
    if tip is not None and holds_merge:
        return Base(head=head, oid=tip, reason="pull-request")
    tip = tip or stated
    if not is_oid(tip):
        return _incomplete(head, "pull request")
    detail = ""
    if is_oid(pull_head) and not holds_merge and not _holds(pull_head, history):
        head, detail = pull_head, "The checkout does not hold the pull request, so its head commit was compared."
    found = _from_branch(tip, head, history, "pull-request")
    if found.oid == head and is_oid(stated) and stated != tip:
        # It was merged meanwhile. The event says where the base branch was before.
        found = _from_branch(stated, head, history, "pull-request")
    return replace(found, detail=detail) if found.oid != head else everything(head, "base-holds-head", detail)


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


def _from_tip(tip: str, trigger: Trigger, head: str, history: History, reason: str) -> Base:
    """Return the merge-base with the tip that a branch has now.

    The tip may have moved over a part of the compared commits since the first attempt: the base would be too new.
    """
    if trigger.attempt > 1:
        return everything(head, "rerun")
    found = _from_branch(tip, head, history, reason)
    # A branch that is made at a commit of the default branch brings none, unless it was merged meanwhile.
    is_new = reason != "branch-point" or trigger.brought_commits
    return everything(head, "base-holds-head") if found.oid == head and is_new else found


def _first_push(trigger: Trigger, history: History, head: str) -> Base:
    default = trigger.default_branch
    if default is None:
        return _incomplete(head, "first push of a branch")
    if trigger.branch == default:
        return everything(head, "first-push")
    tip = history.branch(default)
    if tip is None:
        return everything(head, "first-push", f"There is no branch {default!r} to compare with.")
    return _from_tip(tip, trigger, head, history, "branch-point")


def _first_tag(name: str, trigger: Trigger, history: History, head: str) -> Base:
    """Return the tag before: the nearest whose name begins alike. `web-2.0` is not the tag before `api-1.1`."""
    if trigger.attempt > 1:
        return everything(head, "rerun")  # A tag says not when it was pushed: one may be newer than the first attempt.
    family = _family(name)
    before = {tag.oid: tag.name for tag in history.tags_before(head) if _family(tag.name) == family}
    if not before:
        return everything(head, "first-tag", f"No earlier tag has a name that begins like {name!r}.")
    oid = history.nearest(tuple(before))
    return Base(head=head, oid=oid, reason="tag-before", detail=f"The tag before is {before[oid]!r}.")


def _family(name: str) -> str:
    found = _FAMILY.match(name)
    return found[0] if found else name
