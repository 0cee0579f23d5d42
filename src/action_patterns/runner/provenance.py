"""Places that are never read as content: git's own, the runner's, and RUNNER_TEMP where the caller did not name it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePath

from action_patterns.content.runner_files import runner_file
from action_patterns.runner.opened import LEAVE_GIT_OUT, problem
from action_patterns.runner.place import Place

_RUNNERS = "Name a file of yours. The runner's files hold credentials, and commands of other steps."


class Provenance:
    """The places that files of a job may come from."""

    def __init__(self, workspace: str, temp: str, runner_files: Iterable[str]) -> None:
        """`runner_files` are the files that the runner names in its variables, as GITHUB_ENV."""
        self._workspace, self._workspace_text = os.path.realpath(workspace), workspace
        self._temp, self._temp_text = os.path.realpath(temp), temp
        self._identities = frozenset(identity for path in runner_files if (identity := _identity(path)) is not None)

    def check(self, path: str, place: Place) -> None:
        """Check the place that a path leads to.

        Raises:
            InputError: it is git's own or the runner's, or a link leads there into RUNNER_TEMP.
        """
        if (part := place.git_directory()) is not None:
            raise problem(path, f"leads into git's own files ({part!r}, at {str(place.real)!r})", LEAVE_GIT_OUT)
        if (part := runner_file(str(place.real))) is not None:
            raise problem(path, f"leads to a file of the runner or of actions/checkout ({part!r})", _RUNNERS)
        if self._is_in_temp(place.real) and not self._names_temp(path):
            raise problem(
                path,
                f"leads into RUNNER_TEMP, to {str(place.real)!r}, without naming it",
                "Write `${{ runner.temp }}/…` if you mean files of this job there. Remove the link otherwise: it leads"
                " to the files of other steps.",
            )
        if (status := place.status()) is not None:
            self.check_file(path, status)

    def check_file(self, path: str, status: os.stat_result) -> None:
        """Raise InputError if a file is one that the runner names in its variables, under any name."""
        if (status.st_dev, status.st_ino) in self._identities:
            raise problem(path, "is a file of the runner", _RUNNERS)

    def temp_below(self, place: Place) -> str | None:
        """Return the path of RUNNER_TEMP relative to a directory of the workspace that holds it. None: it does not."""
        if place.real.is_relative_to(self._temp) or not Path(self._temp).is_relative_to(place.real):
            return None
        return str(Path(self._temp).relative_to(place.real))

    def _names_temp(self, path: str) -> bool:
        """Return whether the text of a path, with no link followed, names a place in RUNNER_TEMP."""
        texts = {os.path.normpath(Path(root, path)) for root in (self._workspace, self._workspace_text)}
        return any(self._is_in_temp(PurePath(text)) for text in texts)

    def _is_in_temp(self, path: PurePath) -> bool:
        """Return whether a path is in RUNNER_TEMP. If workspace and RUNNER_TEMP are nested, the inner one counts."""
        in_temp = any(path.is_relative_to(root) for root in (self._temp, self._temp_text))
        in_workspace = any(path.is_relative_to(root) for root in (self._workspace, self._workspace_text))
        return in_temp and not (in_workspace and Path(self._workspace).is_relative_to(self._temp))


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = Path(path).stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
