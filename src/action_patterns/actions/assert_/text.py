"""Annotations, summary and outputs of assert. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from action_patterns.actions.assert_.already_done import Effect
from action_patterns.checks.check import Answer, Result
from action_patterns.escape import (
    CODE_CHARACTERS,
    MESSAGE_CHARACTERS,
    cell,
    cell_code,
    cell_prose,
    clip,
    link,
    prose,
    visible,
)
from action_patterns.ports.log import Annotation

MOST_RESULTS_CHARACTERS = 400_000
"""Length of the output `results`. GitHub keeps 1 MiB of outputs for a job, counted as UTF-16 (GitHub docs, "Workflow
syntax")."""
_NAMED = 5
_SHOWN_EFFECTS = 20

_WORDS: dict[Answer, str] = {
    "yes": "holds",
    "no": "does not hold",
    "unknown": "not known",
    "error": "could not be looked at",
    "not-run": "not looked at",
}


def holds(result: Result) -> bool:
    """Return whether an assertion is known to hold."""
    return result.answer == "yes"


def failures(results: Sequence[Result]) -> list[Result]:
    """Return the assertions of severity `error` that are not known to hold."""
    return [each for each in results if each.severity == "required" and not holds(each)]


def warnings(results: Sequence[Result]) -> list[Result]:
    """Return the assertions of severity `warning` that are not known to hold."""
    return [each for each in results if each.severity == "optional" and not holds(each)]


def looked_at(results: Sequence[Result]) -> list[Result]:
    """Return the assertions that were asked: one that was not has its cause in another."""
    return [each for each in results if each.answer != "not-run"]


def message(results: Sequence[Result]) -> str:
    """Return a sentence about all assertions: those that fail, those without an answer, and the warnings."""
    asked = looked_at(failures(results))
    failed = [each for each in asked if each.answer == "no"]
    parts = [
        _part(failed, "does not hold", "do not hold"),
        _part([each for each in asked if each.answer != "no"], "could not be looked at", "could not be looked at"),
        _part(warnings(results), "is a warning", "are warnings"),
    ]
    not_run = len(results) - len(looked_at(results))
    parts.append(f"{not_run:,} {'was' if not_run == 1 else 'were'} not looked at" if not_run else "")
    found = ", and ".join(filter(None, parts))
    return f"{found} (of {len(results):,} assertions)." if found else _all_hold(len(results))


def _all_hold(number: int) -> str:
    return "1 assertion holds." if number == 1 else f"All {number:,} assertions hold."


def _part(results: Sequence[Result], one: str, several: str) -> str:
    return f"{_named(results)} {one if len(results) == 1 else several}" if results else ""


def _named(results: Sequence[Result]) -> str:
    more = f" and {len(results) - _NAMED} more" if len(results) > _NAMED else ""
    return ", ".join(f"`{clip(visible(each.name), CODE_CHARACTERS)}`" for each in results[:_NAMED]) + more


def annotations_of(results: Sequence[Result], done: Sequence[Effect]) -> Iterator[Annotation]:
    """Yield one annotation for each assertion that does not hold."""
    for result in looked_at([*failures(results), *warnings(results)]):
        is_error = result.severity == "required"
        lines = [visible(result.message), visible(result.fix), visible(result.page)]
        if is_error and done:
            lines.append(f"Already done before this: {effects_line(done)}")
        yield Annotation(
            level="error" if is_error else "warning",
            title=f"Assertion: {clip(visible(result.name), CODE_CHARACTERS)}",
            message="\n".join(filter(None, lines)),
        )


def effects_line(done: Sequence[Effect]) -> str:
    """Return what is already done, for a line of text."""
    shown = " ".join(visible(f"{each.what} {each.url}") for each in done[:_SHOWN_EFFECTS])
    more = f" {len(done) - _SHOWN_EFFECTS:,} more are in the summary." if len(done) > _SHOWN_EFFECTS else ""
    return f"{shown}{more} A rerun finds it. Do not undo it by hand before you know why the assertion fails."


def summary(results: Sequence[Result], done: Sequence[Effect], server_url: str) -> str:
    """Return the table of all assertions. If all hold, there is nothing to show."""
    if not failures(results) and not warnings(results):
        return ""
    head = ("| Assertion | Answer | What was found | How to fix it |", "| :-- | :-- | :-- | :-- |")
    lines = [f"### {prose(message(results))}", "", *head, *map(_row, results), ""]
    if done and failures(results):
        lines += ["Already done before this:", "", *(_effect(each, server_url) for each in done), ""]
    return "\n".join(lines)


def _row(result: Result) -> str:
    icon = (
        "✅"
        if holds(result)
        else "➖"
        if result.answer == "not-run"
        else "❌"
        if result.severity == "required"
        else "⚠️"
    )
    found = clip(result.message, MESSAGE_CHARACTERS)
    fix = clip(" ".join(filter(None, (result.fix, result.page))), MESSAGE_CHARACTERS)
    name = cell_code(clip(result.name, CODE_CHARACTERS)) or cell("")
    return f"| {name} | {icon} {_WORDS[result.answer]} | {cell_prose(found)} | {cell_prose(fix)} |"


def _effect(effect: Effect, server_url: str) -> str:
    return f"- {prose(effect.what)}{f' {link(effect.url, effect.url, server_url)}' if effect.url else ''}"


def results_json(results: Sequence[Result], redact: Callable[[str], str]) -> str:
    """Return the results for machines. If they are too long, some are left out, and their number is there."""
    text = _json(results, redact)
    if len(text) <= MOST_RESULTS_CHARACTERS:
        return text
    bad = [each for each in results if not holds(each)]
    kept: list[dict[str, object]] = []
    length = 0
    for each in bad:
        item = _item(each, redact)
        length += len(json.dumps(item)) + 2
        if length > MOST_RESULTS_CHARACTERS:
            break
        kept.append(item)
    return json.dumps([*kept, {"left-out": len(results) - len(kept)}])


def _json(results: Sequence[Result], redact: Callable[[str], str]) -> str:
    return json.dumps([_item(each, redact) for each in results], separators=(",", ":"))


def _item(result: Result, redact: Callable[[str], str]) -> dict[str, object]:
    return {
        "name": clip(redact(result.name), CODE_CHARACTERS),
        "severity": "error" if result.severity == "required" else "warning",
        "answer": result.answer,
        "code": result.code,
        "message": clip(redact(result.message), MESSAGE_CHARACTERS),
        "fix": clip(redact(result.fix), MESSAGE_CHARACTERS),
    }
