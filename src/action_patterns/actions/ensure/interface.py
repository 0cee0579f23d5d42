"""Inputs and outputs of ensure, and its reasons."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.reason import Reason
from action_patterns.input_types import Flag

Kind = Literal["branch", "tag", "release", "label", "milestone", "environment", "pull-request", "artifact", "package"]
Mode = Literal["ensure", "check"]
OnDifference = Literal["update", "keep", "fail", "force"]

CREATE_ONLY: frozenset[Kind] = frozenset({"tag", "release"})
"""Kinds that others may rely on once they exist, so that they are never changed."""
LOOKED_UP: frozenset[Kind] = frozenset({"pull-request", "artifact", "package"})
"""Kinds that are only looked up."""


class EnsureInputs(TokenInputs):
    """Inputs of ensure."""

    kind: Kind = Field(
        description="Kind of the thing. `pull-request`, `artifact` and `package` are for `mode: check` only."
    )
    name: str = Field(
        description="Its exact key: name of the branch, tag, label or environment, title of the milestone, tag of the"
        " release; of a pull request its number, or its branch (a fork's is `owner:branch`); of a package its"
        " version's address at the registry, `https://…`. No pattern, and no part of a name."
    )
    mode: Mode = Field(
        default="ensure",
        description="`ensure`: it exists afterwards, as the other inputs say. `check`: the step writes nothing and says"
        " whether it exists.",
    )
    repository: str | None = Field(
        default=None, description="`owner/name`. Default: the repository the workflow runs in."
    )
    on_difference: OnDifference | None = Field(
        default=None,
        description="If it exists and differs from the inputs that are given: `update` it, `keep` it and say so, or"
        " `fail`. `force`, for a branch: move it although commits get lost. Default: `keep` for a tag and a release,"
        " which are never changed, and `update` for the others. A branch then moves forward only.",
    )
    commit: str | None = Field(
        default=None,
        description="For a branch, tag or release: full id of the commit. If it exists, its commit is compared only if"
        " this is given. Default for one that is created: the commit that this run is for.",
    )
    color: str | None = Field(default=None, description="For a label: six hex digits, with or without `#`.")
    description: str | None = Field(default=None, description="For a label (at most 100 characters) or a milestone.")
    state: Literal["open", "closed"] | None = Field(
        default=None, description="For a milestone. Not given: a new one is open, and an existing one stays as it is."
    )
    due_on: str | None = Field(default=None, description="For a milestone: the day, `YYYY-MM-DD`.")
    title: str | None = Field(default=None, description="For a release: its title.")
    body: str | None = Field(default=None, description="For a release: its text.")
    body_path: str | None = Field(
        default=None,
        description="Instead of `body`: path of a file that holds the text. An input takes at most 128 KiB.",
    )
    draft: Flag | None = Field(
        default=None, description="For a release: a draft. It has no tag until a person publishes it. Default: `false`."
    )
    prerelease: Flag | None = Field(default=None, description="For a release: a prerelease. Default: `false`.")
    wait_timer: int | None = Field(
        default=None, ge=0, le=43_200, description="For an environment: minutes that a job waits before it may deploy."
    )
    dry_run: Flag = Field(default=False, description="Write nothing; show the exact writes a real run would send.")


class EnsureOutputs(Outputs):
    """Outputs of ensure."""

    exists: Literal["true", "false", "unknown"] = Field(
        description="Whether it exists now. `unknown`: GitHub could not be asked, which is neither. To do work unless"
        " it exists, compare with `!= 'true'`."
    )
    state: str = Field(
        description="`absent`, or its state: `open` or `closed` (milestone), `open`, `draft`, `closed` or `merged`"
        " (pull request), `draft`, `prerelease` or `published` (release), `expired` (artifact without its files),"
        " `active` (the others). Empty: not known."
    )
    outcome: str = Field(
        description="Outcome of this step: `created`, `updated`, `unchanged`, `skipped`, `blocked`, `deferred`,"
        " `failed` or `planned`."
    )
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    id: str = Field(
        description="GitHub's id: number of a milestone, object id of a branch or tag. Empty: there is none."
    )
    url: str = Field(description="Address of its page. Empty: there is none.")
    key: str = Field(description="Its key as GitHub spells it: the case of a label or an environment may differ.")
    differences: str = Field(
        description="JSON object: for each field that differed from the inputs, `is` (before this step) and `desired`."
    )


REASONS = (
    Reason("created", "created", "It did not exist. Now it does.", "Nothing."),
    Reason("up-to-date", "unchanged", "It exists and equals the inputs. Nothing was written.", "Nothing."),
    Reason("raced", "unchanged", "Another run created it at the same moment, and it equals the inputs.", "Nothing."),
    Reason("fields", "updated", "It existed. The fields in `differences` were changed, and no others.", "Nothing."),
    Reason("forwarded", "updated", "The branch moved forward to the commit, which holds all that it held.", "Nothing."),
    Reason(
        "forced",
        "updated",
        "The branch moved to the commit, as `on-difference: force` says. `differences` names the commit before.",
        "If commits were lost that are needed, make a branch at the commit in `differences`.",
    ),
    Reason(
        "differs",
        "skipped",
        "It exists and differs. It stays as it is: a tag or a release is never changed, and `on-difference: keep` keeps"
        " the others.",
        "Nothing, or give the inputs that it has. Do not delete a tag or release to make it again: others rely on it.",
    ),
    Reason("ahead", "skipped", "The branch holds the commit and others after it. It stays as it is.", "Nothing."),
    Reason(
        "differs",
        "blocked",
        "It exists and differs, and `on-difference` is `fail`.",
        "Decide which of the two is right.",
    ),
    Reason(
        "diverged",
        "blocked",
        "The branch holds commits that the desired commit does not hold. Nothing was written.",
        "Merge, or name another branch. `on-difference: force` loses those commits.",
    ),
    Reason("created", "planned", "A real run creates it.", "Nothing."),
    Reason("fields", "planned", "A real run changes the fields in `differences`.", "Nothing."),
    Reason("forwarded", "planned", "A real run moves the branch forward.", "Nothing."),
    Reason("forced", "planned", "A real run moves the branch, and commits get lost.", "Read `differences` first."),
    Reason("exists", "unchanged", "`mode: check` found it, equal to the inputs that are given.", "Nothing."),
    Reason("absent", "unchanged", "`mode: check` looked for it, and it does not exist.", "Nothing."),
    Reason("expired", "unchanged", "`mode: check` found it, and GitHub holds its files no longer.", "Make it again."),
    Reason("differs", "unchanged", "`mode: check` found it, and `differences` names what differs.", "Nothing."),
    Reason(
        "unavailable",
        "deferred",
        "`mode: check` could not ask GitHub. `exists` is `unknown`.",
        "Do the work, which must be safe to repeat.",
    ),
    Reason(
        "rate-limit",
        "deferred",
        "`mode: check` met a rate limit. `exists` is `unknown`.",
        "Do the work, which must be safe to repeat.",
    ),
)
