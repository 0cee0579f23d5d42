"""Whether the run or the job of a holder has ended, by GitHub's own word."""

from __future__ import annotations

from math import inf

from action_patterns.errors import LostRaceError, NotFoundError, PermissionDeniedError, UnavailableError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.ports.workflow_runs import WorkflowRuns
from action_patterns.state.record import Holder

LIVENESS_USES = (WorkflowRuns.read, WorkflowRuns.jobs)

JOBS_SECONDS = 60.0
"""Time between two questions about the jobs of a run, which change often."""


class Liveness:
    """Questions of one step. GitHub counts none of them while a run is the same."""

    def __init__(self, ports: Ports, github: GitHub) -> None:
        self._ports = ports
        self._github = github
        self._hidden: set[str] = set()
        self._runs: dict[str, str] = {}
        self._jobs_at: dict[str, float] = {}

    def is_hidden(self, run: Holder) -> bool:
        """Return whether runs of that repository cannot be read."""
        return run.repository in self._hidden

    def is_over(self, claim: str, run: Holder, runner: str = "") -> bool:
        """Return whether a run, or the job of it that is on a runner, has ended. An end that is not known is none.

        Args:
            claim: claim of the entry that is asked about.
            run: its run.
            runner: name of its runner. Empty: only the end of the whole run counts.
        """
        at = self._ports.clock.monotonic()
        try:
            state = self._github.runs.read(run.repository, run.run_id, self._runs.get(claim, ""))
            if state is not None:
                self._runs[claim] = state.etag
                if state.is_over(run.attempt):
                    return True
            if not runner or at - self._jobs_at.get(claim, -inf) < JOBS_SECONDS:
                return False
            self._jobs_at[claim] = at
            jobs = self._github.runs.jobs(run.repository, run.run_id)
        except (LostRaceError, NotFoundError, PermissionDeniedError) as error:  # lost: the repository was renamed
            self._hidden.add(run.repository)
            self._ports.log.info(
                f"Whether {run.url} is over cannot be read: {error.message} A job of it that died is passed when its"
                f" lease is over. {error.remediation}"
            )
            return False
        except UnavailableError:
            return False
        # Two runners may have the same name, and one runner takes several jobs: all of them must have ended.
        own = [job for job in jobs if (job.runner, job.attempt) == (runner, run.attempt)]
        return bool(own) and all(job.status == "completed" for job in own)
