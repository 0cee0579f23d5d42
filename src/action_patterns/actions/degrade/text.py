"""The tiers that were tried -> summary, annotation and the list of errors. Pure; texts arrive without secrets."""

from __future__ import annotations

from typing import NamedTuple

from action_patterns.actions.degrade.decide import Failure, Next, Tried
from action_patterns.contracts.document import compact_json
from action_patterns.escape import (
    MESSAGE_CHARACTERS,
    cell,
    cell_code,
    cell_prose,
    clip,
    code_fence,
    html_code,
    prose,
    terminal,
)
from action_patterns.ports.log import Annotation
from action_patterns.resilience.ended import seconds

PRINTED_LINES = 20
PRINTED_CHARACTERS = 2_000
ERROR_CHARACTERS = 500
"""The end of what a command printed, in the summary and in the output `errors`."""


class Told(NamedTuple):
    """All that is shown of a run."""

    names: tuple[str, ...]
    forced: int | None
    precondition: Failure | None
    tried: tuple[Tried, ...]
    end: Next

    def name(self, tier: int) -> str:
        return f"tier {tier + 1} of {len(self.names)}, `{self.names[tier]}`"


def end_of(text: str, most: int, lines: int = PRINTED_LINES) -> str:
    """Return the last lines that are not empty, and of them the last characters."""
    kept = "\n".join([line for line in text.splitlines() if line.strip()][-lines:])
    return kept if len(kept) <= most else f"… {kept[-most:]}"


def errors(told: Told) -> str:
    """Return the output `errors`."""
    failed = [("", told.precondition), *((told.names[each.tier], each.failure) for each in told.tried)]
    return compact_json(
        [
            {
                "tier": name,
                "cause": failure.cause,
                "command": failure.stage,
                "exit-code": failure.exit_code,
                "message": end_of(failure.printed, ERROR_CHARACTERS) or failure.sentence,
            }
            for name, failure in failed
            if failure is not None
        ]
    )


def headline(told: Told) -> str:
    """Return the end of the step in one sentence."""
    reason, tier = told.end.reason, told.end.tier
    match reason:
        case "precondition-failed":
            return "The precondition failed, so no tier was tried."
        case "first-tier-holds":
            return f"The first tier holds: `{told.names[0]}`."
        case "degraded":
            return f"Degraded: {told.name(tier)}, holds."
        case "forced":
            return f"Drill: `force-tier` began with {told.name(tier)}, and it holds."
        case "forced-tier-failed":
            return f"Drill: `force-tier` began with {told.name(tier)}, and it failed. No other tier was tried."
        case "survivors":
            return f"Processes of {told.name(tier)}, could not be ended, so nothing was started beside them."
        case _:
            return f"All {len(told.names)} tiers failed."


def message(told: Told) -> str:
    """Return the output `message`. Empty: the first tier holds."""
    if told.end.reason == "first-tier-holds":
        return ""
    failed = [told.precondition.sentence] if told.precondition else []
    failed += [f"{told.names[each.tier]}: {each.failure.sentence}" for each in told.tried if each.failure]
    why = f" {clip('; '.join(failed), MESSAGE_CHARACTERS)}." if failed else ""
    return terminal(f"{headline(told)}{why}")


def annotation(told: Told, remedy: str) -> Annotation | None:
    """Return the message beside the run. None: the first tier holds."""
    reason, tier = told.end.reason, told.end.tier
    if reason == "first-tier-holds":
        return None
    lines = [headline(told), *causes(told), remedy]
    if told.end.step == "fails":
        return Annotation(level="error", message="\n".join(lines), title=f"degrade: {reason}")
    title = f"tier={tier + 1} ({told.names[tier]})"
    if reason == "forced":
        return Annotation(level="notice", message="\n".join(lines), title=f"Drill: {title}")
    return Annotation(level="warning", message="\n".join(lines), title=f"Degraded: {title}")


def causes(told: Told) -> list[str]:
    """Return one line for each cause, with the last line that the command printed."""
    found = [_line("Precondition", told.precondition)] if told.precondition else []
    found += [
        _line(f"Tier {each.tier + 1}, `{told.names[each.tier]}`", each.failure) for each in told.tried if each.failure
    ]
    return found


def _line(what: str, failure: Failure) -> str:
    last = terminal(end_of(failure.printed, MESSAGE_CHARACTERS, lines=1))
    return f"{what} ({failure.cause}): {terminal(failure.sentence)}." + (f" It printed last: {last}" if last else "")


def summary(told: Told) -> str:
    """Return the job summary: one table with a row for each tier, and the end of what failed commands printed."""
    sign = {"first-tier-holds": "✅", "degraded": "⚠️", "forced": "✅"}.get(told.end.reason, "❌")
    parts = [f"### {sign} {prose(headline(told))}"]
    if told.precondition:
        parts.append(prose(f"Precondition ({told.precondition.cause}): {told.precondition.sentence}."))
    rows = [_row(told, place) for place in range(len(told.names))]
    parts.append("\n".join(("| | Tier | Result | Cause | Time |", "| ---: | --- | --- | --- | ---: |", *rows)))
    if told.precondition:
        parts += _printed("precondition", told.precondition)
    for each in told.tried:
        if each.failure:
            parts += _printed(told.names[each.tier], each.failure)
    return "\n\n".join(parts) + "\n"


def _row(told: Told, place: int) -> str:
    tried = next((each for each in told.tried if each.tier == place), None)
    why = ""
    if tried is None:
        passed_over = told.forced is not None and place < told.forced
        result, why = ("passed over", "`force-tier`") if passed_over else ("not tried", "")
    elif tried.failure is None:
        result = "**holds**"
    else:
        result, why = cell_code(tried.failure.cause), clip(tried.failure.sentence, MESSAGE_CHARACTERS)
    time = seconds(tried.seconds) if tried else cell("")
    return f"| {place + 1} | {cell_code(told.names[place])} | {result} | {cell_prose(why)} | {time} |"


def _printed(name: str, failure: Failure) -> list[str]:
    text = end_of(failure.printed, PRINTED_CHARACTERS)
    if not text:
        return []
    title = f"<details><summary>End of what {html_code(name)} printed</summary>"
    return [title, code_fence(text), "</details>"]
