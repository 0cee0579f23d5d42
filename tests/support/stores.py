"""The places where records are kept, for tests that hold in each: the input `store`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from action_patterns.runner.directory_store import MARK

STORES = ("refs", "branches", "directory")


@contextmanager
def store_of(kind: str) -> Iterator[str]:
    """Yield the input `store` of a kind; a directory is a new one."""
    if kind != "directory":
        yield kind
        return
    with TemporaryDirectory() as path:
        (Path(path) / MARK).touch()
        yield path
