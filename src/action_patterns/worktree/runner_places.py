"""The runner's own files and directories: never content, also where the runner keeps them in the checkout."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class RunnerPlaces(NamedTuple):
    """`root`: of the checkout; `places`: absolute, real paths of the runner."""

    root: Path
    places: tuple[Path, ...]

    def without(self, paths: Iterable[str]) -> Iterable[str]:
        """Return the paths that are not, by name, the runner's."""
        names = self._names()
        below = tuple(f"{each}/" for each in names)
        return (path for path in paths if path not in names and not path.startswith(below)) if names else paths

    def without_links(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the paths that are not the runner's, neither by name nor as a hard link to one of its files."""
        identities = {_identity(place) for place in self.places} - {None}
        return frozenset(path for path in self.without(paths) if _identity(self.root / path) not in identities)

    def _names(self) -> list[str]:
        return [place.relative_to(self.root).as_posix() for place in self.places if self.root in place.parents]


def _identity(place: Path) -> tuple[int, int] | None:
    """Return what tells a file from others under any name: it may have a hard link. None: it is absent."""
    try:
        status = place.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
