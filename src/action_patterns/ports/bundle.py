"""All ports in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from action_patterns.errors import DefectError

if TYPE_CHECKING:
    from action_patterns.ports.clock import Clock
    from action_patterns.ports.context import Context
    from action_patterns.ports.credentials import Allowance, Credentials
    from action_patterns.ports.github import GitHub
    from action_patterns.ports.log import Log
    from action_patterns.ports.machine import Machine
    from action_patterns.ports.processes import Processes
    from action_patterns.ports.ref_store import RefStore
    from action_patterns.ports.workspace import Checkout, Files


def _no_directory(path: str) -> RefStore:
    raise DefectError(f"There is no store in {path} here.", remediation="Report it.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Ports:
    """Everything an action may use. `github` is a function: opening the client costs start-up time."""

    context: Context
    github: Callable[[Credentials, Allowance], GitHub]
    checkout: Checkout
    files: Files
    processes: Processes
    machine: Machine
    clock: Clock
    log: Log
    random: Callable[[], float]
    """Returns a number in [0, 1), another one each time."""
    directory: Callable[[str], RefStore] = _no_directory
    """Returns the store of records in a directory of this machine, by its absolute path."""
