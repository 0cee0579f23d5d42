"""A repository whose commits only GitHub's API gives to a job: git is absent, or reaches no server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dulwich.repo import Repo

from support.detecting import Remote
from support.stage import FLEET, TARGET, Stage, stage

TOKEN = "tok-bot"


@dataclass(frozen=True)
class Hosted:
    """The sandbox that serves the commits."""

    scene: Stage

    def variables(self, git: str = "cut off") -> dict[str, str]:
        """Return the variables of a job. `git`: `cut off` from its server, or `absent` from the runner."""
        address = self.scene.context
        found = {
            "GITHUB_REPOSITORY": TARGET,
            "GITHUB_SERVER_URL": "http://127.0.0.1:9",
            "GITHUB_API_URL": address.api_url,
            "GITHUB_GRAPHQL_URL": address.graphql_url,
        }
        return found | ({"PATH": os.devnull} if git == "absent" else {})


@contextmanager
def hosted(remote: Remote) -> Iterator[Hosted]:
    """Yield a sandbox with the commits of a remote."""
    with stage(FLEET, served=True) as scene:
        repository = scene.sandbox.world.repository(TARGET)
        assert repository is not None
        with Repo(str(remote.bare)) as repo:
            for oid in repo.object_store:
                repository.git.objects.add_object(repo.object_store[oid])
            for name, ref in repo.refs.as_dict().items():
                if name.startswith((b"refs/heads/", b"refs/tags/")):
                    repository.git.set_ref(name.decode(), ref.decode())
        yield Hosted(scene)


def empty_workspace(folder: Path) -> Path:
    """Return a workspace without a repository, as actions/checkout leaves it on a runner without git."""
    workspace = folder / "workspace"
    workspace.mkdir(parents=True)
    return workspace
