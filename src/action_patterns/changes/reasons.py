"""The reasons of a base: the stable codes of `base-reason`."""

from __future__ import annotations

from action_patterns.action.reason import Reason

REASONS = (
    Reason(
        "pull-request",
        "base",
        "The commit of the base branch that the pull request's content descends from.",
        "Nothing.",
    ),
    Reason("before-push", "base", "The commit that the branch or tag was at before the push.", "Nothing."),
    Reason(
        "branch-point",
        "base",
        "The first push of a branch: the commit at which it leaves the default branch.",
        "Nothing.",
    ),
    Reason("merge-queue", "base", "The commit that the merge queue's group was made on.", "Nothing."),
    Reason("tag-before", "base", "The nearest earlier tag whose name begins alike.", "Nothing."),
    Reason("last-green", "base", "The last commit that a run of this `key` marked by `complete`.", "Nothing."),
    Reason("recorded", "base", "The base that an earlier attempt of this run took.", "Nothing."),
    Reason("given", "base", "The base that the input `base` names.", "Nothing."),
    Reason("worktree", "base", "The commit that was checked out: the files of the workspace are compared.", "Nothing."),
    Reason("target", "base", "The tip of the target's branch: the files of the directory are compared.", "Nothing."),
    Reason("first-push", "everything", "The first push of the default branch: there is nothing before.", "Nothing."),
    Reason(
        "first-tag",
        "everything",
        "No earlier tag has a name that begins alike.",
        "Nothing; or name a `base`.",
    ),
    Reason("first-commit", "everything", "The target's branch has no commit.", "Nothing."),
    Reason(
        "no-common-history",
        "everything",
        "The two commits share no history: an orphan branch, or a rewritten one.",
        "Nothing.",
    ),
    Reason(
        "base-unreachable",
        "everything",
        "Neither git nor GitHub's API reaches the base, so nothing is excluded.",
        "If it happens on every run, give the job `contents: read`, or check out with `fetch-depth: 0`.",
    ),
    Reason(
        "base-holds-head",
        "everything",
        "The branch that the base is taken from holds the compared commit, so it does not say what changed.",
        "Nothing; or name a commit as `base`.",
    ),
    Reason(
        "rerun",
        "everything",
        "A rerun whose base depends on where branches and tags are now: they may have moved since its first attempt.",
        "Rerun the failed jobs only: the answer of the first attempt stays. Or give a `key`, whose base is recorded.",
    ),
    Reason(
        "ref-deleted",
        "everything",
        "The push deleted the ref.",
        "Leave such a push out by `if: !github.event.deleted`.",
    ),
    Reason(
        "event-incomplete",
        "everything",
        "The event names no base, and it should.",
        "On GitHub this does not happen. Elsewhere, give the event's payload or a `base`.",
    ),
    Reason(
        "no-key",
        "everything",
        "The event stands for no range of commits, as `schedule` and `workflow_dispatch`, and no `key` is given.",
        "Give a `key`, and `mode: complete` as the last step of the job; or a `base`.",
    ),
    Reason(
        "no-green-run",
        "everything",
        "No run of this `key` on this branch was marked by `complete`, at this commit or one before it.",
        "Nothing: the next run has a base once `complete` was reached.",
    ),
    Reason(
        "store-unreadable",
        "everything",
        "The marks could not be read.",
        "See the warning. Everything is done, and nothing is lost but time.",
    ),
    Reason("forced", "everything", "The input `force` is true.", "Nothing."),
)
