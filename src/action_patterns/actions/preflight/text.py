"""Texts of preflight for people: the table of the summary, and annotations. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from action_patterns.checks.check import Answer, Result
from action_patterns.escape import cell, cell_prose, clip, inline, visible
from action_patterns.ports.log import Annotation, Level

MAX_ANNOTATIONS = 10
"""GitHub shows ten errors and ten warnings of a step (docs, "Usage limits")."""
_MESSAGE_CHARACTERS = 1_000
_ANSWERS = {"yes": "✅ yes", "no": "❌ no", "unknown": "❔ unknown", "error": "⚠️ error", "not-run": "⏭️ not run"}

_BY_WEIGHT: tuple[Answer, ...] = ("no", "error", "not-run", "unknown", "yes")


def weight(result: Result) -> tuple[bool, bool, int]:
    """Return the order of a result: problems first, required ones before optional ones, failures before errors."""
    rest = result.answer in ("unknown", "yes")
    return (rest, result.severity != "required", _BY_WEIGHT.index(result.answer))


def problems(results: Sequence[Result]) -> list[Result]:
    """Return the checks that failed or met an error, the weightiest first."""
    return sorted((each for each in results if each.answer in ("no", "error")), key=weight)


def summary_of(results: Sequence[Result], *, ready: bool) -> str:
    """Return the summary: the answer, and every check beside its fix."""
    counts = {answer: sum(each.answer == answer for each in results) for answer in _ANSWERS}
    spelled = ", ".join(f"{count} {answer}" for answer, count in counts.items() if count)
    lines = [
        f"### Preflight: {'ready' if ready else 'not ready'}",
        "",
        f"{len(results)} check{'s' * (len(results) != 1)}: {spelled}." if results else "No checks.",
        "",
    ]
    if results:
        lines += ["| Check | Category | Answer | What and why | How to fix it |", "| :-- | :-- | :-- | :-- | :-- |"]
    for each in sorted(results, key=weight):
        answer = _ANSWERS[each.answer] + ("" if each.severity == "required" else " (optional)")
        cells = (
            cell(each.name),
            each.category,
            answer,
            cell_prose(clip(each.message, _MESSAGE_CHARACTERS)),
            " ".join(filter(None, (cell_prose(clip(each.fix, _MESSAGE_CHARACTERS)), inline(_source(each))))),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def annotations_of(results: Sequence[Result], *, red: bool) -> Iterator[Annotation]:
    """Yield an annotation for each of the ten weightiest problems, and one for those beyond them."""
    found = problems(results)
    for each in found[:MAX_ANNOTATIONS]:
        level: Level = "error" if red and each.severity == "required" else "warning"
        message = "\n".join(visible(part) for part in (each.message, each.fix, _source(each)) if part)
        title = visible(f"{each.name}: {each.answer}")
        yield Annotation(level=level, title=title, message=clip(message, _MESSAGE_CHARACTERS))
    if (more := len(found) - MAX_ANNOTATIONS) > 0:
        message = f"{more} more of {len(found)} problems are in the summary and in the output `results`."
        yield Annotation(level="notice", title="More problems", message=message)


def _source(result: Result) -> str:
    return f"Source: {result.page}." if result.page and result.answer in ("no", "unknown") else ""
