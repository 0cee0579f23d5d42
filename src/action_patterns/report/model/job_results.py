"""Results of the jobs before this one: the only evidence about a target without a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, cast, get_args

from action_patterns.content.bounded_json import loads

JobResult = Literal["success", "failure", "cancelled", "skipped"]
"""GitHub docs: "Contexts reference", `needs.<job_id>.result`."""

RESULTS = frozenset(get_args(JobResult))

_FIX = (
    "Write one line for each job before the report: `work=${{ needs.work.result }}` (success, failure, cancelled or"
    " skipped), or `${{ toJSON(needs) }}`."
)


class Needs(NamedTuple):
    """Results of the jobs before, as far as they are known."""

    jobs: Mapping[str, JobResult]
    """Results by job id; a plain result is that of the one job ""."""
    doubt: tuple[str, ...] = ()
    """A sentence, if any, on what could not be understood. Nothing is concluded from that."""


def parse(text: str) -> Needs:
    """The evidence, as far as it is one: what cannot be understood must not cost the report of the work."""
    text = text.strip()
    if not text:
        return Needs({})
    if text in RESULTS:
        return Needs({"": cast("JobResult", text)})
    if text[:1] not in "{[":
        return _lines(text)
    try:
        given = loads(text)
    except ValueError:
        return Needs({}, (f"`needs` is neither lines of `<job>=<result>` nor JSON, so it is ignored. {_FIX}",))
    if not isinstance(given, dict):
        return Needs({}, (f"`needs` is not the JSON of an object, by job, so it is ignored. {_FIX}",))
    return _known(
        {job: described.get("result") if isinstance(described, dict) else None for job, described in given.items()}
    )


def _lines(text: str) -> Needs:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any("=" not in line for line in lines):
        return Needs(
            {}, (f"`needs` is neither a job's result nor lines of `<job>=<result>`, so it is ignored. {_FIX}",)
        )
    split = [line.split("=", 1) for line in lines]
    return _known({job.strip(): result.strip() for job, result in split})


def _known(results: Mapping[str, object]) -> Needs:
    known = {job: cast("JobResult", result) for job, result in results.items() if _is_known(result)}
    unknown = sorted(results.keys() - known.keys())
    if not unknown:
        return Needs(known)
    named = ", ".join(f"`{job}`" for job in unknown)
    return Needs(known, (f"`needs` gives no known result for {named}, so that part is ignored. {_FIX}",))


def _is_known(result: object) -> bool:
    return isinstance(result, str) and result in RESULTS
