"""A thing of a repository that has a key: a label, a milestone, a release, an environment, a ref."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | int | bool | None
Fields: TypeAlias = Mapping[str, Value]
"""Fields by GitHub's names. A write changes those that are in it, and no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A thing that exists, as it was read."""

    key: str
    """The key as GitHub spells it."""
    id: str
    """GitHub's id, by which it is changed."""
    url: str
    state: str = "active"
    fields: Fields
    """The fields that a caller may ask for."""
    is_new: bool = True
    """For the answer to a write that creates or changes: whether it created the thing, as far as GitHub says."""
