"""Pull requests and artifacts, which are only looked up."""

from __future__ import annotations

from action_patterns.actions.ensure.subject import OnGitHub
from action_patterns.ports.lookups import Lookups
from action_patterns.ports.resource import Resource


class PullRequestSubject(OnGitHub):
    """A pull request, by its number or its head."""

    reads = (Lookups.read_pull, Lookups.find_pull)

    def look(self) -> Resource | None:
        number = self.key.removeprefix("#")
        if number.isdecimal():
            return self.github.lookups.read_pull(self.repository, int(number))
        owner = self.repository.partition("/")[0]
        head = self.key if ":" in self.key else f"{owner}:{self.key}"
        return self.github.lookups.find_pull(self.repository, head)


class ArtifactSubject(OnGitHub):
    """An artifact, by its name."""

    reads = (Lookups.find_artifact,)

    def look(self) -> Resource | None:
        return self.github.lookups.find_artifact(self.repository, self.key)
