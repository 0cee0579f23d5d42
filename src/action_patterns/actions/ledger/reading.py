"""The targets, ends and report that the inputs hold, or name the file of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from action_patterns.action.values import read_input_file
from action_patterns.actions.ledger.interface import LedgerInputs
from action_patterns.actions.ledger.targets import (
    ENDS,
    Given,
    Listed,
    UnreadError,
    ends_of_records,
    misread,
    read_results,
    read_targets,
)
from action_patterns.content.text import read_text
from action_patterns.contracts.result import TargetResult
from action_patterns.errors import InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.state.ledger.table import Ended

if TYPE_CHECKING:
    from action_patterns.contracts.report import RunReport


def read_report(inputs: LedgerInputs, ports: Ports) -> RunReport:
    """Return the report that `history` keeps.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    from action_patterns.contracts.report import RunReport  # only a step with a report needs its models

    if inputs.report is None:
        raise InputError(
            Problem(
                "`report` is not given.",
                "Pass `report: ${{ steps.<id>.outputs.path }}` of the step that reports. It is empty if that"
                " step failed.",
            )
        )
    return RunReport.decode(read_input_file("report", inputs.report, ports), name=inputs.report)


def read_listed(inputs: LedgerInputs, ports: Ports) -> Listed:
    """Return the targets that the inputs name, and the plan if they are of one.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    text, name = _text(inputs.targets, "targets", inputs.targets_path, ports)
    if text is None:
        return Listed()
    try:
        # A later step may get one name by an expression, and a name may have a comma.
        if inputs.mode == "claim" and (why := misread(text)):
            raise UnreadError(why)
        return read_targets(text)
    except UnreadError as error:
        raise InputError(
            Problem(
                f"`{name}` {error}.",
                'Write names, one a line, `["a", "b"]`, `{"a": "<digest>"}`, or pass the output `matrix` or `targets`'
                " of discover.",
            )
        ) from None


def read_ends(inputs: LedgerInputs, given: tuple[Given, ...], ports: Ports) -> dict[str, Ended]:
    """Return how each target ended, and the causes of failures.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    if inputs.mode != "finish":
        return {}
    if inputs.records is not None:
        return ends_of_records(_records(inputs.records, ports))
    text, name = _text(inputs.results, "results", inputs.results_path, ports)
    if text is not None:
        try:
            return read_results(text)
        except UnreadError as error:
            raise InputError(
                Problem(f"`{name}` {error}.", 'Write `{"acme/api": "success", "acme/web": "failure"}`.')
            ) from None
    if inputs.outcome is not None and inputs.outcome not in ENDS:
        raise InputError(
            Problem(
                f"`outcome` is {inputs.outcome!r}; possible are {', '.join(ENDS)}.",
                "Pass `${{ job.status }}`, or the outcome of a step.",
            )
        )
    return {each.target: Ended(ENDS[inputs.outcome or "success"], inputs.reason or "") for each in given}


def _records(directory: str, ports: Ports) -> Iterator[TargetResult]:
    names = ports.files.names(directory)
    if not names:
        raise InputError(
            Problem(
                f"The directory {directory!r} holds no record.",
                "Check that the step which downloads the records ran before this one, to the same place.",
            )
        )
    for path in names:
        yield TargetResult.decode(read_text(ports.files.read(path), path), name=path)


def _text(value: str | None, name: str, path: str | None, ports: Ports) -> tuple[str | None, str]:
    if value is None and path is not None:
        return read_input_file(f"{name}-path", path, ports), f"{name}-path"
    return value, name
