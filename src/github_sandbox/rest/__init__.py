"""The REST API. Importing this package registers every served route."""

from github_sandbox.rest.routing import Call, Reply, Route, router

from github_sandbox.rest import (  # isort: skip - the routes register themselves
    accounts,
    actions_runs,
    app_installations,
    contents,
    environments,
    git_objects,
    git_refs,
    issues,
    organizations,
    plain_issues,
    pull_requests,
    releases,
    repository_parts,
    reviews,
    search,
    settings,
    timeline,
    workflow_jobs,
)

__all__ = [
    "Call",
    "Reply",
    "Route",
    "accounts",
    "actions_runs",
    "app_installations",
    "contents",
    "environments",
    "git_objects",
    "git_refs",
    "issues",
    "organizations",
    "plain_issues",
    "pull_requests",
    "releases",
    "repository_parts",
    "reviews",
    "router",
    "search",
    "settings",
    "timeline",
    "workflow_jobs",
]
