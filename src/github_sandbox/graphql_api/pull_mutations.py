"""Mutations of a pull request: its fields, draft and ready, auto-merge on and off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from github_sandbox import pull_states, pulls
from github_sandbox.errors import ApiError
from github_sandbox.graphql_api.root_types import by_id, missing
from github_sandbox.model import PullRequest
from github_sandbox.tokens import require_write

Resolver = Callable[..., dict[str, Any]]


def _pull_mutation(name: str, change: Callable[[PullRequest, Any, dict[str, Any]], None]) -> Resolver:
    """Return a mutation on ``pullRequestId`` whose payload is that pull request."""

    def resolve(_: Any, info: Any, input: dict[str, Any]) -> dict[str, Any]:
        pull = by_id(info, input["pullRequestId"])
        if not isinstance(pull, PullRequest):
            raise missing(f"Could not resolve to a node with the global id of '{input['pullRequestId']}'")
        token = require_write(info.context.token, pull.repository, name, "pull_requests=write")
        change(pull, token.account, input)
        return {"clientMutationId": input.get("clientMutationId"), "pullRequest": pull}

    return resolve


def _draft(pull: PullRequest, _: Any, __: dict[str, Any]) -> None:
    pull_states.set_draft(pull, draft=True)


def _ready(pull: PullRequest, _: Any, __: dict[str, Any]) -> None:
    pull_states.set_draft(pull, draft=False)


def _enable(pull: PullRequest, actor: Any, given: dict[str, Any]) -> None:
    pull_states.enable_auto_merge(pull, actor, given.get("mergeMethod") or "MERGE")


def _disable(pull: PullRequest, _: Any, __: dict[str, Any]) -> None:
    pull_states.disable_auto_merge(pull)


_EDITABLE = {"title", "body", "baseRefName", "state"}


def _edit(pull: PullRequest, _: Any, given: dict[str, Any]) -> None:
    named = {name for name, value in given.items() if value is not None} - {"pullRequestId", "clientMutationId"}
    if named - _EDITABLE:
        raise ApiError(501, f"The sandbox does not serve updatePullRequest of {', '.join(sorted(named - _EDITABLE))}.")
    if named:
        state = {"OPEN": "open", "CLOSED": "closed", None: None}[given.get("state")]
        pulls.edit(pull, title=given.get("title"), body=given.get("body"), base=given.get("baseRefName"), state=state)


_MUTATIONS = {
    "updatePullRequest": _edit,
    "convertPullRequestToDraft": _draft,
    "markPullRequestReadyForReview": _ready,
    "enablePullRequestAutoMerge": _enable,
    "disablePullRequestAutoMerge": _disable,
}


def _payload(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}Payload"


FIELDS: dict[str, dict[str, Any]] = {
    "Mutation": {name: _pull_mutation(_payload(name)[:-7], change) for name, change in _MUTATIONS.items()},
} | {
    _payload(name): {
        "clientMutationId": lambda payload, info: payload["clientMutationId"],
        "pullRequest": lambda payload, info: payload["pullRequest"],
    }
    for name in _MUTATIONS
}
