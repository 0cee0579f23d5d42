"""Settings of a repository and its organization. GraphQL shows few of them, so all go by REST."""

from __future__ import annotations

from urllib.parse import quote

from action_patterns.errors import NotFoundError, PermissionDeniedError
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.settings import BranchRule, BranchSettings, RepositorySettings


class SettingsClient:
    """ports.Settings."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def repository(self, repository: str) -> RepositorySettings:
        found = self._calls.read(repository, "")
        token = self._calls.transport.token_facts()
        roles = found["permissions"]
        known = token.a_persons and roles.hint(dict) is not None
        return RepositorySettings(
            name=found["full_name"].text(),
            private=found["private"].flag(),
            archived=found["archived"].flag(),
            disabled=found["disabled"].flag(),
            default_branch=found["default_branch"].text(),
            may_push=roles["push"].hint(bool) if known else None,
            may_administer=roles["admin"].hint(bool) if known else None,
        )

    def branch(self, repository: str, branch: str) -> BranchSettings:
        name = quote(branch, safe="")
        found = self._found(repository, f"/branches/{name}")
        # The name of a renamed branch leads to the new one (REST docs, "Get a branch": 301), which is another branch.
        exists = found is not None and found["name"].text() == branch
        listed = self._calls.listing(f"/repos/{repository}/rules/branches/{name}", scope=repository)
        rulesets = dict.fromkeys(rule["ruleset_id"].number() for rule in listed if rule["ruleset_id"])
        bypass = {number: self._bypass(repository, number) for number in rulesets}
        return BranchSettings(
            exists=exists,
            protected=exists and found is not None and found["protected"].flag(),
            rules=tuple(
                BranchRule(
                    type=rule["type"].text(),
                    bypass=bypass[rule["ruleset_id"].number()] if rule["ruleset_id"] else "",
                )
                for rule in listed
            ),
        )

    def _bypass(self, repository: str, ruleset: int) -> str:
        """Return whether the token's account passes a ruleset. GitHub shows it to those who may see the ruleset."""
        try:
            found = self._calls.read(repository, f"/rulesets/{ruleset}?includes_parents=true")
        except (NotFoundError, PermissionDeniedError):
            return ""
        return found["current_user_can_bypass"].hint(str) or ""

    def has_team(self, team: str) -> bool:
        organization, _, slug = team.partition("/")
        path = f"/orgs/{quote(organization, safe='')}/teams/{quote(slug, safe='')}"
        try:
            self._calls.get(path, scope=organization)
        except NotFoundError:
            return False
        return True

    def secret_names(self, repository: str) -> tuple[str, ...]:
        names: list[str] = []
        for kind in ("secrets", "organization-secrets"):
            for page in self._calls.pages(f"/repos/{repository}/actions/{kind}", scope=repository):
                names += (item["name"].text() for item in page.answer["secrets"].items())
        return tuple(dict.fromkeys(names))

    def actions_may_open_pulls(self, repository: str) -> bool:
        return self._calls.read(repository, "/actions/permissions/workflow")["can_approve_pull_request_reviews"].flag()

    def _found(self, repository: str, path: str) -> Answer | None:
        """Return the answer. None: there is no such thing in a repository that this token sees."""
        try:
            return self._calls.read(repository, path)
        except NotFoundError:
            self._calls.read(repository, "")  # Raises for a repository that is invisible: nothing is known about it.
            return None
