"""A plan -> the matrix of the jobs that work on its targets. Pure."""

from __future__ import annotations

from typing import Any

from action_patterns.contracts import Plan, PlanEntry
from action_patterns.contracts.document import compact_json
from action_patterns.discovery.components import names_of, type_of
from action_patterns.discovery.items import MATRIX_CHARACTERS, NAME_KEY
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
    if plan.kind == "repository":
        return {"include": [_repository(entry) for entry in plan.found]}
    of = _item if plan.kind == "item" else _component
    names = names_of((_own_name(entry) for entry in plan.found), of=plan.kind)
    return {"include": [of(entry, names[_own_name(entry)]) for entry in plan.found]}


def check_size(plan: Plan, *, packed: bool) -> None:
    """Refuse a matrix that GitHub would not take, or that jobs would misread.

    More components than a matrix has jobs: a job of many has no `matrix.directory`, and would take the root.

    Raises:
        InputError: there are more; or the columns of items are too long for an output.
    """
    if plan.kind == "item":
        length = len(compact_json(matrix_of(plan, packed=packed)))
        if length > MATRIX_CHARACTERS:
            raise InputError(
                Problem(
                    f"The matrix of these items has {length:,} characters; an output takes {MATRIX_CHARACTERS:,}.",
                    "Shorten the columns, and hand on long values in a file; or set `targets-per-job`.",
                )
            )
    elif plan.kind == "directory" and not packed and len(plan.found) > MAX_LEGS:
        raise InputError(
            Problem(
                f"`components` chooses {len(plan.found):,} directories, and a matrix has at most {MAX_LEGS} jobs.",
                "Narrow its patterns, set `limit`, or set `targets-per-job`: each job then works on the places `first`"
                " to `last` of the output `targets`.",
            )
        )


def _own_name(entry: PlanEntry) -> str:
    """Return the item, or the directory in its repository."""
    target = entry.target
    return target.address if target.directory is None else target.directory


def _component(entry: PlanEntry, name: str) -> dict[str, Any]:
    types = type_of(entry.target.types)
    return {"index": entry.index, "directory": entry.target.directory, "name": name, "type": types}


def _item(entry: PlanEntry, name: str) -> dict[str, Any]:
    return {"index": entry.index, NAME_KEY: entry.target.item, "name": name, **entry.target.columns}


def _repository(entry: PlanEntry) -> dict[str, Any]:
    return {
        "index": entry.index,
        "repository": entry.target.repository,
        "owner": entry.target.owner,
        "name": entry.target.name,
        "default-branch": entry.target.default_branch or "",
    }
