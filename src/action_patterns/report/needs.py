"""What the jobs before this one came to: the only evidence about a target that left no record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal, cast, get_args

from action_patterns.errors import InputError, Problem

JobResult = Literal["success", "failure", "cancelled", "skipped"]
"""GitHub docs: "Contexts reference", `needs.<job_id>.result`."""

RESULTS = frozenset(get_args(JobResult))

_FIX = (
    "Pass `needs: ${{ toJSON(needs) }}`, or the result of the job that does the work:"
    " `needs: ${{ needs.apply.result }}` (success, failure, cancelled or skipped)."
)


def parse(text: str) -> Mapping[str, JobResult]:
    """Results by job id; a plain result is the result of the one job "" and nothing is known of no text.

    Raises:
        InputError: the text is neither a result nor the JSON of the `needs` context.
    """
    text = text.strip()
    if not text:
        return {}
    if text in RESULTS:
        return {"": cast("JobResult", text)}
    try:
        jobs = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(Problem("`needs` is neither a job's result nor JSON.", _FIX)) from None
    if not isinstance(jobs, dict):
        raise InputError(Problem("`needs` is JSON, but not that of the `needs` context: an object, by job.", _FIX))
    results: dict[str, JobResult] = {}
    for job, described in jobs.items():
        result = described.get("result") if isinstance(described, dict) else None
        if not isinstance(result, str) or result not in RESULTS:
            raise InputError(Problem(f"`needs` gives no result of the job {job!r} that GitHub knows.", _FIX))
        results[job] = cast("JobResult", result)
    return results
