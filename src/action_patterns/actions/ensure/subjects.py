"""The kinds of things."""

from __future__ import annotations

from action_patterns.actions.ensure.interface import Kind
from action_patterns.actions.ensure.looked_up import ArtifactSubject, PullRequestSubject
from action_patterns.actions.ensure.refs import BranchSubject, TagSubject
from action_patterns.actions.ensure.subject import OnGitHub
from action_patterns.actions.ensure.things import EnvironmentSubject, LabelSubject, MilestoneSubject, ReleaseSubject

SUBJECTS: dict[Kind, type[OnGitHub]] = {
    "branch": BranchSubject,
    "tag": TagSubject,
    "release": ReleaseSubject,
    "label": LabelSubject,
    "milestone": MilestoneSubject,
    "environment": EnvironmentSubject,
    "pull-request": PullRequestSubject,
    "artifact": ArtifactSubject,
}
