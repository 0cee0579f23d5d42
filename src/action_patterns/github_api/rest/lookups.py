"""Look-ups over REST (docs, "REST API endpoints for pull requests" and "... for GitHub Actions artifacts")."""

from __future__ import annotations

from action_patterns.github_api.rest.absence import read_or_absent
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls, expect
from action_patterns.ports.resource import Resource


class LookupsClient:
    """ports.Lookups."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read_pull(self, repository: str, number: int) -> Resource | None:
        found = read_or_absent(self._calls, repository, f"/pulls/{number}", "/pulls?per_page=1")
        if found is None:
            return None
        expect(found["number"].number() == number, f"pull request {number}", found["number"].value)
        return _pull(found)

    def find_pull(self, repository: str, head: str) -> Resource | None:
        listed = self._calls.listing(f"/repos/{repository}/pulls", scope=repository, head=head, state="all")
        # The whole label: a server that does not know the filter lists every pull request.
        found = [_pull(node) for node in listed if _same(node["head"]["label"].hint(str) or "", head)]
        # An open one counts before any that was closed, and a later one before an earlier.
        return max(found, key=lambda pull: (pull.state in ("open", "draft"), int(pull.id)), default=None)

    def find_artifact(self, repository: str, name: str) -> Resource | None:
        expired: list[Resource] = []
        for page in self._calls.pages(f"/repos/{repository}/actions/artifacts", scope=repository, name=name):
            for node in page.answer["artifacts"].items():
                if node["name"].text() != name or not _is_ours(node):
                    continue
                found = _artifact(node)
                if found.state == "active":
                    return found
                expired.append(found)
        return next(iter(expired), None)


def _same(label: str, head: str) -> bool:
    """Return whether two heads are one. An owner's name is the same in any case, a branch's is not."""
    owner, _, branch = label.partition(":")
    wanted, _, name = head.partition(":")
    return (owner.lower(), branch) == (wanted.lower(), name)


def _pull(node: Answer) -> Resource:
    state = node["state"].one_of("open", "closed")
    if node["merged_at"]:
        state = "merged"
    elif state == "open" and node["draft"].hint(bool):
        state = "draft"
    number = node["number"].number()
    return Resource(key=f"#{number}", id=str(number), url=node["html_url"].text(), state=state, fields={})


def _is_ours(node: Answer) -> bool:
    run = node["workflow_run"]
    return bool(run) and run["repository_id"].number() == run["head_repository_id"].number()


def _artifact(node: Answer) -> Resource:
    run = node["workflow_run"]["id"].number()
    return Resource(
        key=node["name"].text(),
        id=str(node["id"].number()),
        # An artifact has its page below that of its run.
        url=f"/actions/runs/{run}/artifacts/{node['id'].number()}",
        state="expired" if node["expired"].flag() else "active",
        fields={},
    )
