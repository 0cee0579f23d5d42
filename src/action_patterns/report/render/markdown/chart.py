"""The outcomes as a picture, in a fold. It is decoration: some readers' pages do not draw it."""

from __future__ import annotations

from action_patterns.contracts import Counts
from action_patterns.escape import code_fence
from action_patterns.report.render.view import ORDER


def section(counts: Counts) -> list[str]:
    """A mermaid pie of the outcomes that occurred; nothing where there is but one. Its labels are our own words."""
    numbers = counts.model_dump()
    slices = [f'  "{outcome}" : {numbers[outcome]}' for outcome in ORDER if numbers[outcome]]
    if len(slices) < 2:
        return []
    fence = code_fence("\n".join(["pie showData", "  title Outcomes", *slices]))
    return ["<details><summary>Chart</summary>", fence.replace("```", "```mermaid", 1), "</details>"]
