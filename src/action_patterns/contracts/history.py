"""The numbers of one run of many: rows of the file that `ledger` writes and `report` reads."""

from __future__ import annotations

from collections.abc import Sequence

from action_patterns.content.sizes import MAX_DOCUMENT_BYTES
from action_patterns.contracts.document import Count, Moment, Record
from action_patterns.contracts.report import Counts, RunReport, Verdict


class Row(Record):
    """The numbers of one run."""

    run_id: Count
    run_number: Count | None
    attempt: Count
    url: str
    finished_at: Moment | None
    verdict: Verdict
    counts: Counts
    parked: Count = 0
    """Targets that were not tried, as they failed too often. They are among `counts` too."""
    requests: Count
    seconds: float | None = None
    """Time from its first to its last record. None: not known."""

    @property
    def place(self) -> tuple[int, int]:
        """Place among the runs of one workflow."""
        return (self.run_number or 0, self.run_id)


def row_of(report: RunReport) -> Row:
    """Return the numbers of a report."""
    began = [result.started_at for result in report.results if result.started_at]
    ended = [result.finished_at for result in report.results if result.finished_at]
    return Row(
        run_id=report.run_id,
        run_number=report.run_number,
        attempt=report.attempt,
        url=report.run_url,
        finished_at=report.finished_at,
        verdict=report.verdict,
        counts=report.counts,
        parked=sum(result.is_parked for result in report.results),
        requests=report.usage.requests,
        seconds=max(0.0, (max(ended) - min(began)).total_seconds()) if began and ended else None,
    )


def up_to(report: RunReport, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the runs before a report's run, and that run, the oldest first. A rerun takes the place of its row."""
    ours = row_of(report)
    before = (row for row in rows if row.run_id != ours.run_id and row.place < ours.place)
    return (*sorted(before, key=lambda row: row.place), ours)


def decode_rows(text: str) -> tuple[Row, ...] | None:
    """Return the rows of a file. None: it is none that this version reads."""
    from pydantic import TypeAdapter, ValidationError  # for the reports that show a trend

    if len(text) > MAX_DOCUMENT_BYTES:
        return None
    try:
        return tuple(TypeAdapter(list[Row]).validate_json(text))
    except ValidationError:
        return None
