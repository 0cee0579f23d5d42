"""Every reason an upsert can end with: what it means, and what to do. The READMEs' tables are made of these."""

from __future__ import annotations

from action_patterns.action import Reason

DECISIONS = (
    Reason("opened", "created", "There was no pull request for this key; now there is one.", "Review and merge it."),
    Reason("content", "updated", "The wished content changed, or the base did; the branch holds it now.", "Review it."),
    Reason("fields", "updated", "Fields of the pull request were brought in line: see `changed-fields`.", "Nothing."),
    Reason(
        "adopted",
        "updated",
        "An open pull request of others was taken over, as `adopt` says. Its commits and its text were kept.",
        "Nothing.",
    ),
    Reason(
        "reopened",
        "updated",
        "Somebody had closed the pull request; it was opened again, as `on-closed` says.",
        "Nothing.",
    ),
    Reason(
        "up-to-date", "unchanged", "The open pull request already is what was wished. Nothing was written.", "Nothing."
    ),
    Reason("already-on-base", "unchanged", "The base branch already holds the wished content.", "Nothing."),
    Reason(
        "converged",
        "closed",
        "The base branch now holds the wished content, so our pull request was closed and its branch deleted.",
        "Nothing.",
    ),
    Reason(
        "kept-open",
        "unchanged",
        "The base branch holds the wished content; the pull request stays open, as `on-converged` says.",
        "Nothing.",
    ),
    Reason(
        "kept-for-commits",
        "unchanged",
        "The base branch holds the wished content, but the bot branch holds commits of others. Nothing was touched.",
        "Merge or close the pull request.",
    ),
    Reason("archived", "skipped", "The repository is archived and takes no writes.", "Unarchive it, or exclude it."),
    Reason("disabled", "skipped", "GitHub has disabled the repository.", "Ask its owner, or exclude it."),
    Reason(
        "empty", "skipped", "The repository has no commit to build on.", "Push a first commit to its default branch."
    ),
    Reason(
        "closed-by-someone",
        "skipped",
        "Somebody closed the pull request of this key without merging it. That is an answer, and it is respected.",
        "Reopen the pull request to go on with it, or change `key` to ask again; `on-closed` can say so for all. Do not"
        " delete the branch to force it.",
    ),
    Reason(
        "base-missing",
        "blocked",
        "The base branch does not exist in the target.",
        "Set `base` to an existing branch, or leave it out for the default branch.",
    ),
    Reason(
        "read-only",
        "blocked",
        "The person whose token this is may only read the repository, so nothing was tried.",
        "Give that person write access, use a token of somebody who has it, or exclude the repository.",
    ),
    Reason(
        "human-commit",
        "blocked",
        "The bot branch holds a commit that is not ours, or ours was amended. It was not touched.",
        "Merge or close the pull request, or move the commit to another branch and delete this one; then run again."
        " `on-human-commits: append` puts ours on top of theirs.",
    ),
    Reason(
        "foreign-branch",
        "blocked",
        "A branch of this name exists and its tip is not ours.",
        "Rename or delete that branch, or set another `key` or `branch`.",
    ),
    Reason(
        "foreign-pull-request",
        "blocked",
        "An open pull request from this branch does not carry our marker: somebody else opened it, or the marker was"
        " removed from the first line of its body.",
        "Close it, set another `key`, or take it over with `adopt`. Do not paste a marker from another pull request.",
    ),
    Reason(
        "not-a-fork",
        "blocked",
        "`head-repository` is no fork of the target, so no pull request can come from it.",
        "Fork the target, and name the fork.",
    ),
    Reason(
        "branch-clash",
        "blocked",
        "Git keeps branches as paths: where `x` is a branch, `x/y` cannot be one, nor the reverse.",
        "Rename or delete the branch that is in the way, or set another `branch`.",
    ),
    Reason(
        "branch-protected",
        "blocked",
        "A protection or ruleset covers the bot branch, and this token may not write it.",
        "Leave `action-patterns/**` out of the rule, or add the App to its bypass list.",
    ),
    Reason(
        "branch-refused",
        "blocked",
        "GitHub refused to write the bot branch; what this run had made of it was taken back.",
        "Follow the message: a ruleset or protection usually covers the name. Leave `action-patterns/**` out of it, add"
        " the App to its bypass list, or set another `branch`.",
    ),
    Reason(
        "workflow-files",
        "blocked",
        "The change is to files below `.github/workflows`, and the token may not write those.",
        "Use a GitHub App with `workflows: write`, or a personal access token with the scope `workflow`. GITHUB_TOKEN"
        " never may.",
    ),
    Reason(
        "unsigned-commits",
        "blocked",
        "The bot branch takes signed commits only, and GitHub signs none made with this token.",
        "Use a GitHub App or GITHUB_TOKEN, and leave out `author` and `committer`.",
    ),
    Reason(
        "path-clash",
        "blocked",
        "A wished file stands where the target has a directory, or below a path that is a file there.",
        "Choose another target path, or remove what is in the way in its own change first.",
    ),
    Reason(
        "stale-checkout",
        "blocked",
        "The base branch changed the same paths after the commit that was checked out; writing would undo that change.",
        "Run the workflow again: it checks out the newest commit. If it checks out another branch on purpose, set"
        " `base` to it.",
    ),
    Reason(
        "reopen-refused",
        "blocked",
        "GitHub does not reopen the pull request.",
        "Follow the message, or set `on-closed: new` to open another one.",
    ),
    Reason(
        "base-refused",
        "blocked",
        "GitHub refused to send the pull request to another base. Its branch was not touched.",
        "Close the other pull request that is open from this branch to that base, or wish for the former `base`.",
    ),
    Reason(
        "pull-request-refused",
        "blocked",
        "GitHub refused to open the pull request. A branch made in this run is deleted, where a lease guards that.",
        "Follow the message. For GITHUB_TOKEN: Settings > Actions > General > 'Allow GitHub Actions to create and"
        " approve pull requests'.",
    ),
)
"""Reasons of a decision."""

FAILURES = (
    Reason(
        "authentication",
        "failed",
        "GitHub refused the token.",
        "Pass a token that is valid; a secret that is not defined is empty.",
    ),
    Reason(
        "permission",
        "failed",
        "The token is valid and may not do this.",
        "Give it the permission the message names, or cover the repository with the App's installation.",
    ),
    Reason(
        "not-found",
        "failed",
        "The repository does not exist, or the token may not see it.",
        "Check the spelling and what the token covers.",
    ),
    Reason(
        "conflict",
        "failed",
        "GitHub refused a write, or somebody else kept moving the branch.",
        "Follow the message; run again.",
    ),
    Reason(
        "rate-limit",
        "deferred",
        "A limit was reached that this run may not wait for.",
        "Run again after the time named.",
    ),
    Reason(
        "input",
        "failed",
        "An input, or a file it names, is wrong in a way that shows only at this target.",
        "Correct what the message names.",
    ),
    Reason("unavailable", "failed", "GitHub or the network failed, after all retries.", "Run again."),
    Reason("defect", "failed", "A bug in action-patterns.", "Report it with the message."),
)
"""Reasons that are an error's category. Nothing half done is lost: a later run finds it."""

REASONS = DECISIONS + FAILURES
BY_CODE = {reason.code: reason for reason in REASONS}
