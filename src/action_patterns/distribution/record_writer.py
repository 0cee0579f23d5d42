"""The records of a campaign's targets, each written as its target ends."""

from __future__ import annotations

from action_patterns.contracts import TargetResult
from action_patterns.contracts.artifact import records_artifact
from action_patterns.contracts.result import record_file
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Log


class RecordWriter:
    """Writes each record as its target ends: what is done is on disk, and in the log, when a run is cancelled."""

    def __init__(self, ports: Ports, campaign: str, leg: int, total: int) -> None:
        self.name = records_artifact(campaign, leg, ports.context.run_attempt)
        self.directory = f"{ports.context.temp}/action-patterns/{self.name}"
        self._by = {"job": ports.context.job, "name": campaign}
        self._ports = ports
        self._total = total
        self._done = 0

    def write(self, result: TargetResult) -> None:
        result = result.model_copy(update=self._by)
        self._ports.files.write(f"{self.directory}/{record_file(result)}", result.encode())
        self._done += 1
        progress(self._ports.log, self._done, self._total, result)


def progress(log: Log, done: int, total: int, result: TargetResult) -> None:
    """One line per finished target."""
    pull = f" #{result.pull_request_number}" if result.pull_request_number else ""
    log.progress(done, total, f"{result.target}: {result.outcome} ({result.reason}){pull}")
    for note in result.notes:
        log.info(f"{result.target}: {note}")
