"""The data of this GitHub: accounts, repositories, pull requests, workflow runs. No rules live here."""

from github_sandbox.model.accounts import Account
from github_sandbox.model.actions import Artifact, CheckRun, WorkflowJob, WorkflowRun
from github_sandbox.model.issue_parts import AutoMerge, Comment, Label, Milestone, RequestEvent, Review
from github_sandbox.model.refs import RefRule, RefUpdate
from github_sandbox.model.releases import Environment, Release
from github_sandbox.model.repository import Contents, EarlierState, Issue, PullRequest, Repository, World

__all__ = [
    "Account",
    "Artifact",
    "AutoMerge",
    "CheckRun",
    "Comment",
    "Contents",
    "EarlierState",
    "Environment",
    "Issue",
    "Label",
    "Milestone",
    "PullRequest",
    "RefRule",
    "RefUpdate",
    "Release",
    "Repository",
    "RequestEvent",
    "Review",
    "WorkflowJob",
    "WorkflowRun",
    "World",
]
