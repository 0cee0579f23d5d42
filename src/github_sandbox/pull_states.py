"""Changes of an open pull request other than edits: draft and ready, auto-merge, reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from github_sandbox import pulls
from github_sandbox.errors import ApiError, unprocessable
from github_sandbox.model import Account, AutoMerge, PullRequest, RequestEvent, Review
from github_sandbox.ref_rules import protects

REVIEW_EVENTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def set_draft(pull: PullRequest, *, draft: bool) -> None:
    """Set or clear draft. Raises ApiError if the pull request is not open. Repeating it changes nothing (assumed)."""
    if pull.state != "open":
        raise unprocessable("Pull request is closed")
    if pull.draft != draft:
        pull.draft, pull.updated_at = draft, pull.repository.world.clock()


def merge_status(pull: PullRequest) -> str:
    """Return REST's mergeable_state: unknown, draft, dirty, blocked (protected base, no approval), clean."""
    can_merge = pulls.mergeable(pull)
    if can_merge is None:
        return "unknown"
    if pull.draft:
        return "draft"
    approved = any(review.state == "APPROVED" for review in pulls.latest_reviews(pull))
    blocked = protects(pull.repository, pull.base) and not approved
    return "dirty" if not can_merge else "blocked" if blocked else "clean"


def review_decision(pull: PullRequest) -> str | None:
    """Return GraphQL's reviewDecision, from each person's latest review; a protected base requires one."""
    states = {review.state for review in pulls.latest_reviews(pull)}
    if "CHANGES_REQUESTED" in states:
        return "CHANGES_REQUESTED"
    if "APPROVED" in states:
        return "APPROVED"
    return "REVIEW_REQUIRED" if protects(pull.repository, pull.base) else None


def enable_auto_merge(pull: PullRequest, actor: Account, method: str) -> None:
    """Enable auto-merge. Raises ApiError with GitHub's message: not allowed here, closed, or nothing to wait for."""
    if not pull.repository.auto_merge_allowed:
        raise unprocessable("Auto merge is not allowed for this repository")
    status = "closed" if pull.state != "open" else merge_status(pull)
    if status == "closed":
        raise unprocessable("Pull request Pull request is closed")
    if status in ("clean", "draft"):
        raise unprocessable(f"Pull request Pull request is in {status} status")
    pull.auto_merge = AutoMerge(actor, method.upper(), pull.repository.world.clock())


def disable_auto_merge(pull: PullRequest) -> None:
    if pull.auto_merge is None:
        raise unprocessable("Can't disable auto-merge for this pull request")
    pull.auto_merge = None


def request_reviews(pull: PullRequest, actor: Account, people: Iterable[Account], teams: Iterable[str]) -> None:
    """Request a review from each person, and each team by slug, that has no request yet."""
    for account in dict.fromkeys(people):
        if account not in pull.reviewers:
            pull.reviewers.append(account)
            _note(pull, "review_requested", actor, reviewer=account)
    for slug in dict.fromkeys(teams):
        if slug not in pull.team_reviewers:
            pull.team_reviewers.append(slug)
            _note(pull, "review_requested", actor, team=slug)


def withdraw_requests(pull: PullRequest, actor: Account, logins: Iterable[str], teams: Iterable[str]) -> None:
    """Remove the requests for these people and teams; an absent request is ignored."""
    names, slugs = {login.lower() for login in logins}, set(teams)
    for account in [a for a in pull.reviewers if a.login.lower() in names]:
        pull.reviewers.remove(account)
        _note(pull, "review_request_removed", actor, reviewer=account)
    for slug in [s for s in pull.team_reviewers if s in slugs]:
        pull.team_reviewers.remove(slug)
        _note(pull, "review_request_removed", actor, team=slug)


def _note(pull: PullRequest, event: str, actor: Account, **subject: Any) -> None:
    world = pull.repository.world
    pull.events.append(RequestEvent(id=world.next_id(), event=event, actor=actor, created_at=world.clock(), **subject))


def submit_review(pull: PullRequest, author: Account, event: str, body: str) -> Review:
    """Submit a review. Raises ApiError 422 for an unknown event, and for a verdict on one's own pull request."""
    if event not in REVIEW_EVENTS:
        raise unprocessable(f"Invalid request.\n\n{event} is not a member of {sorted(REVIEW_EVENTS)}.")
    if author is pull.author and event != "COMMENT":
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise ApiError(422, "Unprocessable Entity", errors=[f"Can not {verb} your own pull request"])
    given = pulls.review(pull, author, REVIEW_EVENTS[event])
    given.body, given.commit_oid = body, pull.head_oid
    given.submitted_at = pull.repository.world.clock()
    return given
