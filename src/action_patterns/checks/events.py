"""Names of events, for checks that count on some of them. Pure."""

from __future__ import annotations

from action_patterns.contracts.wording import closest

EVENTS = frozenset(
    {
        "branch_protection_rule",
        "check_run",
        "check_suite",
        "create",
        "delete",
        "deployment",
        "deployment_status",
        "discussion",
        "discussion_comment",
        "fork",
        "gollum",
        "image_version",
        "issue_comment",
        "issues",
        "label",
        "merge_group",
        "milestone",
        "page_build",
        "public",
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_target",
        "push",
        "registry_package",
        "release",
        "repository_dispatch",
        "schedule",
        "status",
        "watch",
        "workflow_dispatch",
        "workflow_run",
    }
)
"""GitHub docs, "Events that trigger workflows". Without `workflow_call`: a called workflow has its caller's event."""


def events_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of events.

    Raises:
        ValueError: one is no event. A check that counts on it would count on no run.
    """
    for name in names:
        if name == "workflow_call":
            raise ValueError("'workflow_call' is the event of no run: name the events of the calling workflow")
        if name not in EVENTS:
            near = closest(name, EVENTS)
            meant = f"the nearest event is `{near}`" if near else "write `true`, `false` or names of events"
            raise ValueError(f"{name!r} is neither `true` nor `false` nor an event: {meant}")
    return names
