"""Credentials, and how much of GitHub one process may use."""

from __future__ import annotations

from dataclasses import dataclass, field

from action_patterns.ports.permissions import AccessLevel


@dataclass(frozen=True, slots=True)
class AppKey:
    """Key of a GitHub App. Installation tokens are minted from it, one per owner, for the repositories of the run."""

    client_id: str
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token or a GitHub App, and the job's own GITHUB_TOKEN, which is recognised when the caller passes it on."""

    token: str = field(repr=False)
    """The token; "" with an App."""
    job_token: str | None = field(default=None, repr=False)
    app: AppKey | None = None

    @property
    def is_job_token(self) -> bool:
        """Whether the token is the job's GITHUB_TOKEN, which reaches its own repository only."""
        return self.app is None and self.job_token is not None and self.token == self.job_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Share of one process in the token's limits, in time and in an App's rights."""

    share: float = 1.0
    """Share of each limit, where other processes use the same token at the same time."""
    phase_seconds: float = 0.0
    """Wait before the first write, so that processes which begin together take turns."""
    seconds: float = 3_000.0
    """Time from the first request on; later work is deferred. The default leaves an hour's job time to report."""
    repositories: tuple[str, ...] = ()
    """Repositories an App's tokens reach. Empty: all that the installation covers."""
    permissions: tuple[tuple[str, AccessLevel], ...] = ()
    """Permissions the action needs, for example `("contents", "write")`: an App's tokens have only these, and a 403
    names them. Empty: not known."""
