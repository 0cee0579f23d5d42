"""The text of an issue or comment: what people wrote above, our state, the report, and what is not done yet."""

from __future__ import annotations

from action_patterns.contracts import RunReport
from action_patterns.escape import CODE_CHARACTERS, clip, code_span
from action_patterns.ports.context import Context
from action_patterns.report.render import comment
from action_patterns.report.render.view import Page, limited
from action_patterns.tracking.memory import JOB, RUN, Failure, Memory, failing, marker

MOST_CHARACTERS = 65_536
"""GitHub answers 422 above (FACTS.md of the sandbox)."""
LEAST_CHARACTERS = 4_000
"""Kept for the report, though a person writes at length above it."""
NAMES = 50
MORE = (
    "**More needs attention than this text can remember.** No later run can know that all of it is done, so none closes"
    " this: close it when all is well."
)


def body(report: RunReport, memory: Memory, context: Context, *, above: str = "", post: int | None = None) -> str:
    """Return the whole text, within GitHub's limit. `above`: what a person wrote before our state."""
    state = marker(report, memory, post=post)
    notes = "\n\n".join(filter(None, (MORE if memory.more else "", _earlier(report, memory))))
    left = MOST_CHARACTERS - len(state) - len(notes) - 10
    above = above[: left - LEAST_CHARACTERS]
    most = min(comment.COMMENT_CHARACTERS, left - len(above))
    told = comment.fit(report, Page(context=context), most_characters=most)
    return f"{above}{state}\n{told}" + (f"\n{notes}\n" if notes else "")


def _earlier(report: RunReport, memory: Memory) -> str:
    """Return a paragraph on what failed before and is not done, though it does not fail in this run."""
    now = failing(report)
    open_ = sorted(failure for failure in memory.failures if failure not in now)
    if not open_:
        return ""
    outcomes: dict[str, str] = dict.fromkeys(report.left_out, "left out")
    outcomes |= {result.target: result.outcome for result in report.results}
    shown, more = limited(open_, NAMES)
    named = ", ".join(_named(failure, outcomes.get(failure.name, "")) for failure in shown)
    return f"**Needed attention in an earlier run and not done since** ({len(open_):,}{more}): {named}."


def _named(failure: Failure, outcome: str) -> str:
    name, reason = (code_span(clip(text, CODE_CHARACTERS)) for text in (failure.name, failure.reason))
    if failure.reason == RUN:
        return "a run without a roster"
    if failure.reason == JOB:
        return f"the job {name}"
    return f"{name} ({reason}; {outcome or 'not in the roster'} in this run)"
