"""The outputs of a caller's command, which an action gives as one JSON output."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from action_patterns.ports.log import Annotation
    from action_patterns.ports.processes import StepFiles

MOST_BYTES = 900_000
"""GitHub keeps 1 MiB of outputs for a job, counted as UTF-16 (GitHub docs, "Workflow syntax"). The rest is for the
action's own."""


def length(outputs: Mapping[str, str]) -> int:
    """Return the length of the outputs as one JSON text, as it is written and as GitHub counts it."""
    return 2 * len(json.dumps(dict(outputs)))


def are_too_long(outputs: Mapping[str, str]) -> bool:
    """Return whether GitHub would drop them."""
    return length(outputs) > MOST_BYTES


def refusals(files: StepFiles) -> tuple[str, ...]:
    """Return the reasons why the files of a command cannot be passed on."""
    if not are_too_long(files.outputs):
        return files.problems
    size = length(files.outputs)
    why = f"GITHUB_OUTPUT has {size} bytes as GitHub counts them, and a job may have 1 MiB: write a file instead."
    return (*files.problems, why)


def without_secrets(outputs: Mapping[str, str], redact: Callable[[str], str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the outputs that hold no secret, and the names of the others. GitHub drops a job output with a secret."""
    secret = tuple(name for name, value in outputs.items() if redact(f"{name}\n{value}") != f"{name}\n{value}")
    return {name: value for name, value in outputs.items() if name not in secret}, secret


def left_out(names: tuple[str, ...]) -> Annotation:
    """Return the warning about outputs that hold a secret."""
    from action_patterns.ports.log import Annotation  # seldom

    listed = ", ".join(f"`{name}`" for name in names)
    return Annotation(
        level="warning",
        title="Output with a secret",
        message=f"The outputs {listed} of the command hold a secret, so they were left out.\n"
        "Pass a secret to later steps by the secret's name. Do not write it to GITHUB_OUTPUT.",
    )
