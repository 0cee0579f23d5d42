"""The things that are done before an assertion fails: by the steps of this job, and for targets of this run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from action_patterns.errors import InputError
from action_patterns.ports.bundle import Ports

if TYPE_CHECKING:
    from action_patterns.report.model.step_results import Step

_CHANGING = ("created", "updated", "closed")
"""Outcomes after which a target is another one than before."""


class Effect(NamedTuple):
    """One thing that is already done."""

    what: str
    url: str = ""


def effects(steps: Sequence[Step], records: str | None, ports: Ports) -> tuple[Effect, ...]:
    """Return what is already done, the steps first."""
    own = (Effect(f"Step `{step.id}` succeeded.") for step in steps if step.outcome == "success")
    half = (Effect(f"Step `{step.id}` {_ended(step)}, perhaps half done.") for step in steps if _is_half(step))
    return (*own, *half, *(_of_records(records, ports) if records else ()))


def _is_half(step: Step) -> bool:
    return step.outcome in ("failure", "cancelled")


def _ended(step: Step) -> str:
    return "failed" if step.outcome == "failure" else "was cancelled"


def _of_records(directory: str, ports: Ports) -> Iterator[Effect]:
    from action_patterns.contracts import TargetResult  # for the lists that fail

    unreadable = 0
    for path in ports.files.names(directory):
        if not path.endswith(".json"):
            continue
        try:
            result = TargetResult.decode(ports.files.read(path).decode(), name=path)
        except (InputError, UnicodeDecodeError):
            unreadable += 1
            continue
        if result.outcome in _CHANGING:
            yield Effect(
                f"Target `{result.target}`: {result.outcome} ({result.reason}).", result.pull_request_url or ""
            )
    if unreadable:
        are = "file of `{}` is no record" if unreadable == 1 else "files of `{}` are no records"
        yield Effect(f"{unreadable:,} {are.format(directory)} that can be read.")
