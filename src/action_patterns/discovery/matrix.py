"""A plan -> the matrix of the jobs that work on its targets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from action_patterns.contracts import Plan, PlanEntry
from action_patterns.discovery.components import names_of, type_of
from action_patterns.discovery.packing import MAX_LEGS
from action_patterns.errors import InputError, Problem


def matrix_of(plan: Plan, *, packed: bool) -> dict[str, list[dict[str, Any]]]:
    """The matrix, scalars only. Packed, it holds nothing but integers, which no masked value can make GitHub drop."""
    if packed or len(plan.found) > MAX_LEGS:
        return {
            "include": [
                {"index": index, "first": pack.first, "last": pack.last} for index, pack in enumerate(plan.packing)
            ]
        }
    names = names_of(entry.target.directory for entry in plan.found if entry.target.directory is not None)
    return {"include": [_component(entry, names) or _repository(entry) for entry in plan.found]}


def check_size(plan: Plan, *, packed: bool) -> None:
    """Refuse more components than a matrix has jobs: a job of many has no `matrix.directory`, and would take the root.

    Raises:
        InputError: there are more.
    """
    if not packed and len(plan.found) > MAX_LEGS:
        raise InputError(
            Problem(
                f"`components` chooses {len(plan.found):,} directories, and a matrix has at most {MAX_LEGS} jobs.",
                "Narrow its patterns, set `limit`, or set `targets-per-job`: each job then works on the places `first`"
                " to `last` of the output `targets`.",
            )
        )


def _component(entry: PlanEntry, names: Mapping[str, str]) -> dict[str, Any] | None:
    directory = entry.target.directory
    if directory is None:
        return None
    types = type_of(entry.target.types)
    return {"index": entry.index, "directory": directory, "name": names[directory], "type": types}


def _repository(entry: PlanEntry) -> dict[str, Any]:
    return {
        "index": entry.index,
        "repository": entry.target.repository,
        "owner": entry.target.owner,
        "name": entry.target.name,
        "default-branch": entry.target.default_branch or "",
    }
