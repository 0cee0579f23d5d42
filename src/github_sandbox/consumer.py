"""A checkout of a sandbox repository, cloned, changed and committed as a person would, for running its workflows."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from github_sandbox.server import Server

AUTHOR = {"NAME": "Mona Lisa", "EMAIL": "mona@example.com"}


class Consumer:
    """A working copy in `directory`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @classmethod
    def clone(cls, server: Server, repository: str, directory: Path, *, token: str = "") -> Consumer:
        """Clone `owner/name`. Without a token it must be public."""
        directory.parent.mkdir(parents=True, exist_ok=True)
        address = server.url.replace("://", f"://x-access-token:{token}@") if token else server.url
        _git(directory.parent, "clone", "--quiet", f"{address}/{repository}.git", str(directory))
        # act reads GITHUB_REPOSITORY only from a URL of this form.
        _git(directory, "remote", "set-url", "origin", f"https://github.com/{repository}")
        return cls(directory)

    def commit(self, files: Mapping[str, str | None], message: str = "A change") -> None:
        """Write files, or delete those whose text is None, and commit."""
        for path, text in files.items():
            place = self.directory / path
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, "utf-8")
        _git(self.directory, "add", "--all")
        _git(self.directory, "commit", "--quiet", "--message", message)

    def git(self, *arguments: str) -> str:
        """Run git in the working copy, and return its output."""
        return _git(self.directory, *arguments)


def _git(directory: Path, *arguments: str) -> str:
    # The user's configuration must not apply: signing, hooks or a template would change the repository.
    variables = {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    variables |= {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull}
    variables |= {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in AUTHOR.items()}
    done = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"git {' '.join(arguments)} failed in {directory}:\n{done.stderr}")
    return done.stdout
