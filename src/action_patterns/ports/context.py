"""The run, as the runner describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from action_patterns.limits.published import WRITE_SPACING_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The run (GitHub docs: "Variables reference", default environment variables)."""

    repository: str
    """`owner/name` of the repository whose workflow runs."""
    repository_id: str = ""
    """Id of the repository, which survives a rename and a transfer. Empty: not known."""
    sha: str
    run_id: int
    run_number: int
    run_attempt: int
    workflow: str
    workflow_path: str = ""
    """Path of the workflow file in its repository; its name where the path is not known."""
    job: str
    event_name: str
    ref_name: str
    ref: str = ""
    """Full name of the ref, for example `refs/heads/main`. Empty: not known."""
    event: Mapping[str, object] = field(default_factory=dict)
    """Payload of the event, as GitHub sent it. Empty: there is none, or it cannot be read."""
    default_branch: str | None
    """Default branch, from the event's payload. None: the event does not carry it."""
    server_url: str
    api_url: str
    graphql_url: str
    workspace: str
    """Absolute path of the checkout."""
    prefix: str = ""
    """Path of the workspace in its repository. Empty: its root."""
    temp: str
    """Absolute path of RUNNER_TEMP."""
    runner: str = ""
    """Name of the runner of this job; "": not known. Two runners of one run may have the same name."""
    actor: str = ""
    """Login of who started this attempt of the run; "": not known."""
    platform: str = ""
    """Operating system and architecture of the runner, for example `Linux-X64`. Empty: not known."""
    from_fork: bool = False
    """Whether the run is of a pull request from a fork. GitHub gives such a run a token that only reads."""
    authorities: tuple[str, ...] = ()
    """Files and directories with certificate authorities beside the system's, as the runner's variables name them."""
    debug: bool = False
    write_spacing_seconds: float = WRITE_SPACING_SECONDS
    """Pause between writes of one token. GitHub asks for at least one second (docs: "Best practices for using the REST
    API"). Only the local GitHub is asked faster."""

    @property
    def run_url(self) -> str:
        """Address of the run's page."""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"
