"""What each verb of ports.GitHub needs of a token, in the words of GitHub's permission settings. Pure.

One table: an App's tokens are narrowed by it, and the READMEs' lists of permissions are made from it. Source: GitHub
docs, "Permissions required for GitHub Apps", by endpoint; for GraphQL by the object that is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Level = Literal["read", "write"]

NEEDS: dict[str, dict[str, Level]] = {
    "limits": {},
    "list_owner": {"metadata": "read", "contents": "read"},
    "read_repositories": {"metadata": "read", "contents": "read"},
    "observe": {"metadata": "read", "contents": "read", "pull_requests": "read"},
    "read_files": {"contents": "read"},
    "read_branch": {"contents": "read"},
    "read_blob": {"contents": "read"},
    "create_blob": {"contents": "write"},
    "create_tree": {"contents": "write"},
    "create_commit": {"contents": "write"},
    "swap_branch": {"contents": "write"},
    "read_marker": {"contents": "read"},
    "list_markers": {"contents": "read"},
    "swap_marker": {"contents": "write"},
    "create_pull": {"pull_requests": "write"},
    "update_pull": {"pull_requests": "write"},
    "set_issue_fields": {"pull_requests": "write"},
    "add_labels": {"pull_requests": "write"},
    "remove_label": {"pull_requests": "write"},
    "add_assignees": {"pull_requests": "write"},
    "remove_assignees": {"pull_requests": "write"},
    "set_milestone": {"pull_requests": "write"},
    "request_reviewers": {"pull_requests": "write"},
    "convert_to_draft": {"pull_requests": "write"},
    "set_auto_merge": {"pull_requests": "write"},
    "create_pull_comment": {"pull_requests": "write"},
    "update_pull_comment": {"pull_requests": "write"},
    "delete_pull_comment": {"pull_requests": "write"},
    "previous_report": {"actions": "read"},
    "jobs": {"actions": "read"},
    "viewer": {},
    "comments": {"issues": "read"},
    "create_comment": {"issues": "write"},
    "update_comment": {"issues": "write"},
    "delete_comment": {"issues": "write"},
    "issues": {"issues": "read"},
    "create_issue": {"issues": "write"},
    "update_issue": {"issues": "write"},
}

DISCOVER = ("list_owner", "read_repositories", "limits")
REPORT = ("jobs",)
MARK = ("read_marker", "list_markers", "swap_marker")
TRACK_COMMENT = ("viewer", "comments", "create_comment", "update_comment", "delete_comment")
TRACK_ISSUE = ("viewer", "issues", "create_issue", "update_issue")
_OTHERS = {*DISCOVER, *REPORT, *MARK, *TRACK_COMMENT, *TRACK_ISSUE, "read_blob", "previous_report"}
UPSERT = tuple(verb for verb in NEEDS if verb not in _OTHERS)
"""What it takes to converge one pull request."""

WORKFLOWS = ".github/workflows/"
"""Files below it need `workflows: write` besides (GitHub docs, "Choosing permissions for a GitHub App")."""


def needed(verbs: Iterable[str], *, paths: Iterable[str] = ()) -> tuple[tuple[str, Level], ...]:
    """The permissions that these verbs need together, for changes of these paths; in order of name."""
    found: dict[str, Level] = {}
    for verb in verbs:
        for name, level in NEEDS[verb].items():
            if found.get(name) != "write":
                found[name] = level
    if any(path.startswith(WORKFLOWS) for path in paths):
        found["workflows"] = "write"
    return tuple(sorted(found.items()))


def in_words(verbs: Iterable[str]) -> tuple[str, ...]:
    """The same for people, as the settings page spells it."""
    verbs = tuple(verbs)
    words = [f"{name.replace('_', '-')}: {level}" for name, level in needed(verbs)]
    if "create_tree" in verbs:
        words.append("workflows: write, for files below `.github/workflows`")
    if "request_reviewers" in verbs:
        words.append("members: read, to ask teams for a review")
    return tuple(words)
