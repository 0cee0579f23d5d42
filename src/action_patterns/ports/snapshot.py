"""The files of a checkout, by the ids that git would store them under."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple


class Chosen(NamedTuple):
    """The files that a snapshot is of."""

    paths: Collection[str]
    wanted: Collection[str] = frozenset()
    """Those whose content is wanted too."""


Choose = Callable[[Sequence[str]], Chosen]
"""Chooses among the paths of all files that are there. Bytes that are no UTF-8 are surrogates."""


class Snapshot(NamedTuple):
    """The chosen files as git would store them: after its filters and rules of line ends."""

    files: Mapping[str, str]
    """Mode and id of each path, for example `100644 ce013625030ba8dba906f756967f9e9ca394464a`."""
    contents: Mapping[str, bytes] = {}
    untracked: tuple[str, ...] = ()
    """The files that git does not track and does not ignore, sorted."""
    ignored: tuple[str, ...] = ()
    """The files that git ignores, sorted."""
