"""The REST API: importing this package registers every route it serves."""

from github_sandbox.rest import accounts, git_objects, git_refs, issues, pull_requests
from github_sandbox.rest.routing import Call, Reply, Route, router

__all__ = ["Call", "Reply", "Route", "accounts", "git_objects", "git_refs", "issues", "pull_requests", "router"]
