"""Every reason of an upsert, with its meaning and its remedy. The READMEs' tables are generated from these."""

from __future__ import annotations

from action_patterns.action.reason import Reason

DECISIONS = (
    Reason(
        code="opened",
        outcome="created",
        meaning="There was no pull request for this key; now there is one.",
        remedy="Review and merge it.",
    ),
    Reason(
        code="content",
        outcome="updated",
        meaning="The desired content changed, or the base did. The branch now holds the desired content.",
        remedy="Review it.",
    ),
    Reason(
        code="fields",
        outcome="updated",
        meaning="The run changed fields of the pull request; `changed-fields` names them.",
        remedy="Nothing.",
    ),
    Reason(
        code="adopted",
        outcome="updated",
        meaning="The run took over an open pull request of another account, as `adopt` says. Its commits and its"
        " text stay.",
        remedy="Nothing.",
    ),
    Reason(
        code="reopened",
        outcome="updated",
        meaning="A person had closed the pull request. The run opened it again, as `on-closed` says.",
        remedy="Nothing.",
    ),
    Reason(
        code="up-to-date",
        outcome="unchanged",
        meaning="The open pull request already matches the inputs. Nothing was written.",
        remedy="Nothing.",
    ),
    Reason(
        code="already-on-base",
        outcome="unchanged",
        meaning="The base branch already holds the desired content.",
        remedy="Nothing.",
    ),
    Reason(
        code="converged",
        outcome="closed",
        meaning="The base branch now holds the desired content. The run closed our pull request and deleted its"
        " branch.",
        remedy="Nothing.",
    ),
    Reason(
        code="kept-open",
        outcome="unchanged",
        meaning="The base branch holds the desired content. The pull request stays open, as `on-converged` says.",
        remedy="Nothing.",
    ),
    Reason(
        code="kept-for-commits",
        outcome="unchanged",
        meaning="The base branch holds the desired content, but the bot branch holds commits of others. The run"
        " wrote nothing.",
        remedy="Merge or close the pull request.",
    ),
    Reason(
        code="archived",
        outcome="skipped",
        meaning="The repository is archived and takes no writes.",
        remedy="Unarchive it, or exclude it.",
    ),
    Reason(
        code="disabled",
        outcome="skipped",
        meaning="GitHub has disabled the repository.",
        remedy="Ask its owner, or exclude it.",
    ),
    Reason(
        code="empty",
        outcome="skipped",
        meaning="The repository has no commit to build on.",
        remedy="Push a first commit to its default branch.",
    ),
    Reason(
        code="closed-by-someone",
        outcome="skipped",
        meaning="A person closed the pull request of this key without merging it. The run respects that answer.",
        remedy="Reopen the pull request to continue it, or change `key` to open another one. `on-closed` sets a"
        " policy for all"
        " of them. Do not delete the branch to force it.",
    ),
    Reason(
        code="base-missing",
        outcome="blocked",
        meaning="The base branch does not exist in the target.",
        remedy="Set `base` to an existing branch, or leave it out for the default branch.",
    ),
    Reason(
        code="read-only",
        outcome="blocked",
        meaning="The owner of the token may only read the repository, so the run tried nothing.",
        remedy="Give that person write access, use another person's token, or exclude the repository.",
    ),
    Reason(
        code="human-commit",
        outcome="blocked",
        meaning="The bot branch holds a commit that is not ours, or ours was amended. The run did not touch the"
        " branch.",
        remedy="Merge or close the pull request, or move the commit to another branch and delete this one; then run"
        " again."
        " `on-human-commits: append` puts our commit on top of theirs.",
    ),
    Reason(
        code="foreign-branch",
        outcome="blocked",
        meaning="A branch of this name exists and its tip is not ours.",
        remedy="Rename or delete that branch, or set another `key` or `branch`.",
    ),
    Reason(
        code="foreign-pull-request",
        outcome="blocked",
        meaning="An open pull request from this branch has no marker of ours: another account opened it, or a person"
        " removed"
        " the marker from the first line of its body.",
        remedy="Close it, set another `key`, or take it over with `adopt`. Do not paste a marker from another pull"
        " request.",
    ),
    Reason(
        code="not-a-fork",
        outcome="blocked",
        meaning="`head-repository` is no fork of the target, so no pull request can come from it.",
        remedy="Fork the target, and name the fork.",
    ),
    Reason(
        code="branch-clash",
        outcome="blocked",
        meaning="Git keeps branches as paths: where `x` is a branch, `x/y` cannot be one, nor the reverse.",
        remedy="Rename or delete the branch that is in the way, or set another `branch`.",
    ),
    Reason(
        code="branch-protected",
        outcome="blocked",
        meaning="A protection or ruleset covers the bot branch, and this token may not write it.",
        remedy="Leave `action-patterns/**` out of the rule, or add the App to its bypass list.",
    ),
    Reason(
        code="branch-refused",
        outcome="blocked",
        meaning="GitHub refused to write the bot branch. The run undid its own changes to it.",
        remedy="Follow the message: a ruleset or protection usually covers the name. Leave `action-patterns/**` out"
        " of it, add"
        " the App to its bypass list, or set another `branch`.",
    ),
    Reason(
        code="workflow-files",
        outcome="blocked",
        meaning="The change touches files below `.github/workflows`, and the token may not write those.",
        remedy="Use a GitHub App with `workflows: write`, or a personal access token with the scope `workflow`."
        " GITHUB_TOKEN"
        " never may.",
    ),
    Reason(
        code="unsigned-commits",
        outcome="blocked",
        meaning="The bot branch takes signed commits only, and GitHub signs no commit made with this token.",
        remedy="Use a GitHub App or GITHUB_TOKEN, and leave out `author` and `committer`.",
    ),
    Reason(
        code="path-clash",
        outcome="blocked",
        meaning="The target has a directory at the path of a desired file, or a file at one of its parent paths.",
        remedy="Choose another target path, or remove the directory or file in a separate change first.",
    ),
    Reason(
        code="stale-checkout",
        outcome="blocked",
        meaning="The base branch changed the same paths after the commit that was checked out; writing would undo"
        " that change.",
        remedy="Run the workflow again: it checks out the newest commit. If it checks out another branch on purpose,"
        " set"
        " `base` to it.",
    ),
    Reason(
        code="foreign-campaign",
        outcome="blocked",
        meaning="The open pull request of this key is another campaign's: another repository, or another file, uses the"
        " same key.",
        remedy="Give one of the two another `key` or `name`. If this one shall continue the pull request, set"
        " `adopt: any` for one run. Do not let both run: each would replace the files of the other.",
    ),
    Reason(
        code="key-of-two-bases",
        outcome="blocked",
        meaning="Another job of this run uses this key for another base. Without notice, each job would move the pull"
        " request to its own base.",
        remedy="Make the base part of the key, for example `key: sync-${{ matrix.base }}`.",
    ),
    Reason(
        code="older-source",
        outcome="skipped",
        meaning="A newer run of the source has written already. This run is older, for example a re-run, so it wrote"
        " nothing.",
        remedy="Nothing. To go back to older content, revert the change in the source and run again.",
    ),
    Reason(
        code="base-rewritten",
        outcome="blocked",
        meaning="The base branch was force-pushed, and the bot branch still holds commits that the base dropped. This"
        " server can only move a branch forward, so they would come back with the merge.",
        remedy="Do not merge the pull request. Close it and delete its branch by hand; the next run opens a new one.",
    ),
    Reason(
        code="too-many-writes",
        outcome="blocked",
        meaning="The change takes more time than `max-minutes` gives a run: each binary or large file is a request, and"
        " GitHub asks for a second between two. No run could finish it, so none begins.",
        remedy="Raise `max-minutes` and the job's `timeout-minutes`, or split the change. Do not run again as it is.",
    ),
    Reason(
        code="reopen-refused",
        outcome="blocked",
        meaning="GitHub does not reopen the pull request.",
        remedy="Follow the message, or set `on-closed: new` to open another one.",
    ),
    Reason(
        code="base-refused",
        outcome="blocked",
        meaning="GitHub refused to change the base of the pull request. The run did not touch its branch.",
        remedy="Close the other pull request that is open from this branch to that base, or set the former `base`.",
    ),
    Reason(
        code="pull-request-refused",
        outcome="blocked",
        meaning="GitHub refused to open the pull request. The run deletes a branch it made, if it can do so by"
        " compare-and-swap.",
        remedy="Follow the message. For GITHUB_TOKEN: Settings > Actions > General > 'Allow GitHub Actions to create"
        " and"
        " approve pull requests'.",
    ),
)
"""Reasons of a decision."""

FAILURES = (
    Reason(
        code="authentication",
        outcome="failed",
        meaning="GitHub refused the token.",
        remedy="Pass a token that is valid; a secret that is not defined is empty.",
    ),
    Reason(
        code="permission",
        outcome="failed",
        meaning="The token is valid, but lacks a permission.",
        remedy="Give it the permission the message names, or cover the repository with the App's installation.",
    ),
    Reason(
        code="not-found",
        outcome="failed",
        meaning="The repository does not exist, or the token may not see it.",
        remedy="Check the spelling, and the repositories that the token covers.",
    ),
    Reason(
        code="conflict",
        outcome="failed",
        meaning="GitHub refused a write, or another run kept moving the branch.",
        remedy="Follow the message; run again.",
    ),
    Reason(
        code="rate-limit",
        outcome="deferred",
        meaning="The run reached a limit, and the wait is longer than it may take.",
        remedy="Run again after the time named.",
    ),
    Reason(
        code="input",
        outcome="failed",
        meaning="An input, or a file it names, is wrong, and only this target shows it.",
        remedy="Correct what the message names.",
    ),
    Reason(
        code="unavailable",
        outcome="failed",
        meaning="GitHub or the network failed, after all retries.",
        remedy="Run again.",
    ),
    Reason(code="defect", outcome="failed", meaning="A bug in action-patterns.", remedy="Report it with the message."),
)
"""Reasons that are an error's category. A later run finds and finishes half-done work."""

REASONS = DECISIONS + FAILURES
BY_CODE = {reason.code: reason for reason in REASONS}
