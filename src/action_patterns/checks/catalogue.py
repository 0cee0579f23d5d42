"""The one list of kinds of checks. Modules are imported by name only when a list asks for one of their kinds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from action_patterns.checks.check import Category

if TYPE_CHECKING:
    from action_patterns.checks.specification import Specification

GITHUB = "GitHub"


class Kind(NamedTuple):
    """A kind of check. `key` is the key of an entry that names it."""

    key: str
    category: Category
    cost: int
    """Order in its category."""
    place: str
    """Module of `checks/` and the class in it."""
    page: str
    """The document that says how to fix it, or why it matters."""
    source: str = ""
    """See `Check.source`."""
    whole: bool = False
    """A list is one subject, and not several."""

    def load(self) -> type[Specification]:
        """Return the class of its entries."""
        module, _, name = self.place.partition(":")
        found: type[Specification] = getattr(import_module(f"action_patterns.checks.{module}"), name)
        return found


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("job", "config", 0, "local:Job", 'GitHub docs, "Contexts reference", needs'),
        Kind("env", "config", 0, "config:Variable", 'GitHub docs, "Store information in variables"'),
        Kind("secret", "config", 0, "config:Secret", 'GitHub docs, "Using secrets in GitHub Actions"'),
        Kind("value", "config", 0, "values:Value", "", whole=True),
        Kind("variable", "config", 0, "values:VariableValue", ""),
        Kind("disk", "local", 0, "local:Disk", 'GitHub docs, "GitHub-hosted runners reference"'),
        Kind("memory", "local", 0, "local:MemoryRoom", 'GitHub docs, "GitHub-hosted runners reference"'),
        Kind("file", "local", 0, "files:FileState", ""),
        Kind("tool", "tools", 0, "tools:Tool", 'Python packaging docs, "Version specifiers"'),
        Kind("endpoint", "network", 0, "network:Host", 'curl docs, "Environment variables"'),
        Kind("token", "access", 0, "access:Token", 'GitHub docs, "Authenticating to the REST API"', GITHUB),
        Kind("covered", "access", 1, "access:Covered", 'GitHub docs, "Reviewing and modifying installed Apps"', GITHUB),
        Kind(
            "permission", "access", 2, "permission:Permission", 'GitHub docs, "Permissions required for Apps"', GITHUB
        ),
        Kind("pull-requests", "access", 3, "access:PullRequests", 'GitHub docs, "Use GITHUB_TOKEN"', GITHUB),
        Kind("repository", "state", 0, "state:RepositoryState", 'GitHub docs, "Archiving repositories"', GITHUB),
        Kind("branch", "state", 1, "state:Branch", 'GitHub docs, "Available rules for rulesets"', GITHUB),
        Kind("label", "state", 2, "state:Label", 'GitHub docs, "Managing labels"', GITHUB),
        Kind("environment", "state", 2, "state:Environment", 'GitHub docs, "Managing environments"', GITHUB),
        Kind("team", "state", 2, "state:Team", 'GitHub docs, "About teams"', GITHUB),
        Kind("stored-secret", "state", 3, "state:StoredSecret", 'GitHub docs, "Using secrets"', GITHUB),
        Kind("artifact", "state", 3, "state:Artifact", 'GitHub docs, "Store and share data with artifacts"', GITHUB),
        Kind("lock", "state", 4, "records:Lock", "actions/lock/README.md", GITHUB),
        Kind("breaker", "state", 4, "records:Breaker", "actions/breaker/README.md", GITHUB),
        Kind("github-repository", "state", 0, "github_state:GitHubRepository", "", GITHUB),
        Kind("github-branch", "state", 0, "github_state:GitHubBranch", "", GITHUB),
        Kind("github-file", "state", 0, "github_state:GitHubFile", "", GITHUB),
        Kind("github-pull-request", "state", 0, "github_state:GitHubPullRequest", "", GITHUB),
        Kind("github-label", "state", 0, "github_state:GitHubLabel", "", GITHUB),
        Kind("github-environment", "state", 0, "github_state:GitHubEnvironment", "", GITHUB),
        Kind("quota", "capacity", 0, "capacity:Quota", 'GitHub docs, "Rate limits for the REST API"', GITHUB),
        Kind("clock", "capacity", 1, "capacity:ClockSkew", 'RFC 9110, "Date"', GITHUB),
        Kind("update-refs", "capacity", 2, "server:UpdateRefs", 'GitHub docs, "Mutations"', GITHUB),
        Kind("command", "command", 0, "commands:CommandResult", ""),
    )
}
"""By key, which is a public name."""

DOCTOR = ("tool", "endpoint", "token", "repository", "quota", "clock", "update-refs")
"""The kinds that say whether a place can run us: those of `action-patterns doctor`."""

PREFLIGHT = tuple(key for key in KINDS if not key.startswith("github-") and key != "update-refs")
"""The kinds that say whether work can succeed: those of the action preflight."""

ASSERTIONS = (
    "value",
    "variable",
    "file",
    "command",
    "github-repository",
    "github-branch",
    "github-file",
    "github-pull-request",
    "github-label",
    "github-environment",
)
"""The kinds that look at one thing and test it: those of the action assert."""
