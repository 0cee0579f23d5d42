"""Do the work of a marker: run the command while its lease is renewed, then mark it as done or as failed."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.action.command_outputs import refusals
from action_patterns.action.keeper import RENEWALS, Held, Keeper
from action_patterns.actions.once.ending import Ending
from action_patterns.actions.once.interface import OnceInputs
from action_patterns.actions.once.marker import Marker
from action_patterns.errors import ActionPatternsError
from action_patterns.ports.processes import Ended
from action_patterns.state import once
from action_patterns.state.once import OnceRecord

_TAKEN = "Another run took the work over."


class Running:
    """The command of one step, and the marker that it works under."""

    def __init__(self, inputs: OnceInputs, marker: Marker) -> None:
        self._inputs = inputs
        self._marker = marker
        self._ports = marker.place.ports
        self._seconds = 60.0 * inputs.max_minutes

    def do(self) -> Ending:
        """Begin, run the command, and mark how it ended. A run that may not begin runs nothing."""
        clock, lease = self._ports.clock, float(self._inputs.lease_seconds)
        began = clock.monotonic()
        found, change = self._marker.begin(self._seconds)
        here = Ending(marker=self._marker.name, record=found, outcome=change.outcome, reason=change.reason)
        if found is None or not once.is_begun(change):
            return here
        # The record names the time of its read, so the lease begins no earlier than this step.
        self._marker.request = replace(self._marker.request, claim=found.claim)
        if clock.monotonic() - began > lease / RENEWALS:
            began = clock.monotonic()
            if lost := self._renew(self._seconds):
                return replace(here, outcome="failed", reason="lease-lost", note=lost)
        here = replace(here, begun=True)
        try:
            held = Keeper(self._ports, lease, began, self._renew).run(
                self._inputs.run or "", self._inputs.working_directory
            )
        except Exception:
            self._give_up()
            raise
        return self._marked(here, held)

    def _renew(self, seconds: float) -> str:
        _, change = self._marker.change(once.renew, seconds)
        return _TAKEN if change.outcome == "blocked" else ""

    def _marked(self, here: Ending, held: Held) -> Ending:
        """Mark how the command ended."""
        ended = held.ended
        here = replace(here, ended=ended, outcome="failed")
        if ended.survivors:
            return replace(here, reason="survivors", note=f"Still alive: {', '.join(ended.survivors)}.")
        if held.lost:
            return replace(here, reason="lease-lost", note=held.lost)
        return self._failed(here) if ended.exit_code else self._done(here, ended)

    def _failed(self, here: Ending) -> Ending:
        record, note = self._give_up()
        if note == _TAKEN:
            return replace(here, reason="lease-lost", note=note)
        return replace(here, reason="command-failed", record=record or here.record, note=note)

    def _done(self, here: Ending, ended: Ended) -> Ending:
        try:
            record, change = self._marker.change(once.complete, self._seconds)
        except ActionPatternsError as error:
            return replace(here, reason="completion-failed", note=f"{error.message} {error.remediation}")
        if change.outcome == "blocked":
            return replace(here, reason="lease-lost", record=record, note=_TAKEN)
        if refusals(ended.files):
            return replace(here, reason="files-refused", record=record)
        return replace(here, record=record, outcome=change.outcome, reason=change.reason)

    def _give_up(self) -> tuple[OnceRecord | None, str]:
        """Mark the work as failed. Return the marker, and a sentence about what went wrong; empty: nothing."""
        try:
            record, change = self._marker.change(once.fail, self._seconds)
        except ActionPatternsError as error:
            note = f"The work is not marked as failed, and is free after its lease: {error.message}"
            self._ports.log.info(note)
            return None, note
        return record, _TAKEN if change.outcome == "blocked" else ""
