"""The spec of a pull request: inputs of upsert-pr and keys of `distribution.yml` alike."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from action_patterns.input_types import Flag, NameList, input_name
from action_patterns.pull_request.spec.reviewers import NOBODY, Reviewers

OnConverged = Literal["close", "keep"]
OnBaseMoved = Literal["leave", "rewrite"]
OnClosed = Literal["respect", "respect-content", "reopen", "new"]
OnHumanCommits = Literal["stop", "append", "overwrite"]
Adopt = Literal["never", "same-author", "any"]
AutoMerge = Literal["off", "merge", "squash", "rebase"]
"""The merge methods of GitHub, in lower case (GraphQL enum PullRequestMergeMethod)."""


def _word(value: object) -> object:
    """YAML reads `true`, and `off`, as something else than a word."""
    return str(value).lower() if isinstance(value, bool) or value in ("True", "TRUE", "False", "FALSE") else value


def _auto_merge(value: object) -> object:
    return "off" if value is False else value


Draft = Annotated[Literal["false", "true", "always-true"], BeforeValidator(_word)]


class PullRequestSpec(BaseModel):
    """The desired pull request, and the policies for changes of people and of the base."""

    model_config = ConfigDict(frozen=True, alias_generator=input_name, populate_by_name=True, defer_build=True)

    title: str = Field(
        description="Title; also the commit message unless that is given. A title that a person edited later stays.",
        min_length=1,
    )
    body: str = Field(
        default="",
        description="Our part of the body. Text that people add around it stays. A body that is too long for GitHub"
        " continues in comments.",
    )
    commit_message: str | None = Field(default=None, description="Commit message. Default: the title.")
    author: str | None = Field(
        default=None,
        description="Author of the commit, `Name <email>`. Without it GitHub signs the commit of an App or of"
        " GITHUB_TOKEN; it signs no commit that names its author.",
    )
    committer: str | None = Field(
        default=None, description="Committer of the commit, `Name <email>`; the same holds as for `author`."
    )
    signoff: Flag = Field(
        default=False,
        description="End the commit message with `Signed-off-by`: the committer, else the author, else the bot of"
        " GitHub"
        " Actions if the token is GITHUB_TOKEN.",
    )
    base: str | None = Field(
        default=None,
        description="Branch to merge into. Default: the target's default branch. Changing it moves the pull request.",
    )
    labels: NameList = Field(default=(), description="Labels to set. Labels that people add stay.")
    assignees: NameList = Field(default=(), description="Logins to assign.")
    reviewers: Reviewers = Field(
        default=NOBODY,
        description="Logins to ask for a review; a person who reviewed is not asked again. `2 of [ann, bob, cy]` asks"
        " some of them, chosen by the target's name.",
    )
    team_reviewers: NameList = Field(default=(), description="Team slugs to ask for a review.")
    milestone: str | None = Field(
        default=None,
        description="Title or number of an open milestone. One that people chose instead stays.",
    )
    draft: Draft = Field(
        default="false",
        description="`true`: open a new pull request as a draft, then leave that to people; `always-true`: make it a"
        " draft again on every run. A draft is never marked ready.",
    )
    auto_merge: Annotated[AutoMerge, BeforeValidator(_auto_merge)] = Field(
        default="off",
        description="Let GitHub merge it once its conditions hold: `merge`, `squash`, `rebase` or `off`. A draft waits"
        " until it is ready.",
    )
    on_converged: OnConverged = Field(
        default="close",
        description="When the base already holds the desired content: `close` the pull request, say why, and delete"
        " its branch; or `keep` both.",
    )
    on_base_moved: OnBaseMoved = Field(
        default="leave",
        description="When the base branch moved without a conflict: `leave` the bot branch as it is; or `rewrite` it"
        " on top of the base, on every such run.",
    )
    on_closed: OnClosed = Field(
        default="respect",
        description="When a person closed the pull request unmerged: `respect` that and stop; `respect-content`: stop"
        " for this content, and open a new pull request for other content; `reopen` it; or open a"
        " `new` one.",
    )
    on_human_commits: OnHumanCommits = Field(
        default="stop",
        description="When the bot branch holds commits of others: `stop`, touch nothing and leave one note; `append`"
        " our commit to theirs; or `overwrite` them.",
    )
    adopt: Adopt = Field(
        default="never",
        description="An open pull request from the same branch that this action did not open: `never` touch it; take"
        " over one of the `same-author` as the token; or take over `any`. Its commits and its text stay. `any` also"
        " continues a pull request of this key that another repository, or another distribution file, has opened.",
    )
