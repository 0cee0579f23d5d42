"""The contract of an action: its inputs, its outputs, and how it runs.

An action module defines `ACTION = Action(...)` with an `Inputs` and an `Outputs` model, and `run(inputs, ports)`.
Inside, the shape is always the same: `gather()` reads through the ports, `decide()` is pure, `apply()` writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.action.reason import Reason
from action_patterns.errors import ActionPatternsError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.ports.permissions import Verb

Pattern = Literal[
    "Idempotency",
    "Fail Fast",
    "Prerequisite Checks",
    "Work Avoidance",
    "Three-Stage Design",
    "Matrix Distribution",
    "Error Handling",
    "Change Detection",
    "Rate Limiting",
    "State Management",
]

I = TypeVar("I", bound=Inputs)
O = TypeVar("O", bound=Outputs)


@dataclass(frozen=True, kw_only=True)
class Finish(Generic[O]):
    """How an action ends: outputs and summary are written first, then annotations, then the exit code is returned."""

    outputs: O
    summary: str = ""
    annotations: tuple[Annotation, ...] = ()
    exit_code: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Action(Generic[I, O]):
    """One shipped action."""

    name: str
    """Kebab case; the folder below `actions/` (the root action has none)."""
    title: str
    description: str
    patterns: tuple[Pattern, ...]
    since: str
    """The release that shipped it first, for example `0.1.0`."""
    inputs: type[I]
    outputs: type[O]
    run: Callable[[I, Ports], Finish[O]]
    failed: Callable[[ActionPatternsError, I | None, Ports], Finish[O]] | None = None
    """Returns the outputs and summary of a run that an error ended, for the steps behind it. The inputs are None when
    they could not be read. None: such a run leaves nothing."""
    icon: str
    """A Feather icon that GitHub's marketplace knows."""
    color: Literal["white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"]
    reasons: tuple[Reason, ...] = ()
    job_uses: tuple[Verb, ...] = ()
    """The verbs it calls with the job's own GITHUB_TOKEN; `uses` are those of `token`."""
    uses: tuple[Verb, ...] = ()
    """The verbs of GitHub's ports it calls. Permissions, App token and the remedy of a 403 follow from them; its
    session hands out no others."""
