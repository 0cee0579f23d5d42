"""breaker: after failures in a row no job works until one probe succeeds, and a flag stops all who ask."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import assert_never

from action_patterns.action.breaking import BREAKER_USES, Answer, Breaker, Settings, described
from action_patterns.action.cleaning import CLEAN_REASONS, CLEAN_USES, misplaced
from action_patterns.action.contract import Action, Finish
from action_patterns.action.input_checks import MAX_KEY_LENGTH, public_name_problems, repository_problems
from action_patterns.actions.breaker.interface import BreakerInputs, BreakerOutputs
from action_patterns.content.identifier import normalise
from action_patterns.errors import InputError, Problem
from action_patterns.escape import cell_code, inline
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation, Level
from action_patterns.redaction import redact
from action_patterns.state import breaker
from action_patterns.state.breaker import MAX_MESSAGE_LENGTH, REASONS


def run(inputs: BreakerInputs, ports: Ports) -> Finish[BreakerOutputs]:
    """Ask, report, or set and take away the stop flag.

    Raises:
        InputError: everything that is wrong with the inputs. Nothing was sent.
        ActionPatternsError: `stop`, `resume` or `status` could not read or write the breaker.
    """
    repository = inputs.repository or ports.context.repository
    if problems := tuple(_problems(inputs, repository)):
        raise InputError(*problems)
    if inputs.mode == "clean":
        from action_patterns.actions.breaker.cleaning import clean_breakers  # for the steps that clean

        return clean_breakers(inputs, ports, repository)
    settings = Settings(
        threshold=inputs.threshold,
        open_seconds=inputs.open_seconds,
        probe_lease_seconds=inputs.probe_lease_seconds,
        on_unreadable=inputs.on_unreadable,
        seconds=60.0 * inputs.max_minutes,
    )
    ours = Breaker(ports, inputs.credentials(), repository, inputs.key, settings, store=inputs.store)
    answer = apply(inputs, ours, ports)
    return _finish(inputs, ours, answer, settings, _mark(inputs.key, repository))


def apply(inputs: BreakerInputs, ours: Breaker, ports: Ports) -> Answer:
    """Do what the mode says."""
    match inputs.mode:
        case "check":
            return ours.check()
        case "report":
            assert inputs.result is not None and inputs.claim is not None, "checked before"
            return ours.report(inputs.result, inputs.claim.partition(".")[0])
        case "stop":
            return ours.change(breaker.stop, message=redact(ports.log.redact(inputs.message.strip()), ()))
        case "resume":
            return ours.change(breaker.resume)
        case "status":
            return ours.change(lambda found, _: breaker.read(found))
        case "clean":
            raise AssertionError("clean looks at many breakers, not at one")
        case _:
            assert_never(inputs.mode)


def _mark(key: str, repository: str) -> str:
    """Return what a claim ends with: it ties the claim to one breaker, as a closed one keeps no claim to compare."""
    return sha256(f"{repository.lower()}/{normalise(key)}".encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _finish(
    inputs: BreakerInputs, ours: Breaker, answer: Answer, settings: Settings, mark: str
) -> Finish[BreakerOutputs]:
    row = next(each for each in REASONS if (each.code, each.outcome) == (answer.reason, answer.outcome))
    checks = inputs.mode == "check"
    record = answer.record
    outputs = BreakerOutputs(
        allowed=checks and answer.allowed,
        probe=checks and answer.probes,
        claim=f"{answer.claim}.{mark}" if checks and answer.allowed else None,
        state=_state(answer),
        failures=len(record.failures) if record else 0,
        message=record.stop.message if record and record.stop else "",
        removed=None,
        removed_count=0,
        outcome=answer.outcome,
        reason=answer.reason,
    )
    sentence = described(answer.record, settings)
    said = "\n".join(line for line in (row.meaning, sentence, row.remedy) if line)
    annotations = []
    if (warning := ours.warning(answer)) is not None:
        annotations.append(warning)
    elif answer.outcome == "skipped" or answer.reason in ("opened", "reopened"):
        level: Level = "notice" if answer.outcome == "skipped" else "warning"
        annotations.append(Annotation(level=level, title=f"{answer.reason}: {inputs.key}", message=said))
    lines = [f"### Breaker {inline(inputs.key)}: {outputs.state}", "", inline(row.meaning)]
    if sentence:
        lines += ["", cell_code(sentence)]
    return Finish(outputs=outputs, summary="\n".join(lines) + "\n", annotations=tuple(annotations))


def _state(answer: Answer) -> str:
    if answer.unreadable:
        return "unknown"
    if answer.record is None:
        return "closed"
    return "stopped" if answer.record.stop else answer.record.state


def _problems(inputs: BreakerInputs, repository: str) -> Iterator[Problem]:
    yield from repository_problems("repository", repository)
    yield from misplaced(inputs, inputs.mode)
    if inputs.mode == "clean" and inputs.key:
        yield Problem("`key` is given, and `clean` looks at many breakers.", "Remove it, or write it as `prefix`.")
    if inputs.mode != "clean" and not inputs.key.strip():
        yield Problem("`key` is blank.", "Name the breaker; if an expression is there, it came to nothing.")
    if len(inputs.key) > MAX_KEY_LENGTH:
        yield Problem(f"`key` has {len(inputs.key):,} characters; at most {MAX_KEY_LENGTH} are kept.", "Shorten it.")
    yield from public_name_problems("key", inputs.key, inputs)
    reports = inputs.mode == "report"
    if reports and inputs.result is None:
        yield Problem(
            "`result` is not given, and `report` counts it.",
            "Pass `result: ${{ steps.<id>.outcome }}` of the work, and let this step run with `if: ${{ always() }}`.",
        )
    if reports and not inputs.claim:
        yield Problem(
            "`claim` is not given, and `report` is for a job that has checked.",
            "Pass `claim: ${{ steps.<id>.outputs.claim }}` of the `check` step. It is empty if that step was refused:"
            " gate this step on its output `allowed == 'true'`.",
        )
    elif reports and (inputs.claim or "").partition(".")[2] != _mark(inputs.key, repository):
        yield Problem(
            f"`claim` is {(inputs.claim or '')[:80]!r}, which no `check` of this breaker gave: `key` or"
            " `repository` differs.",
            "Pass `claim: ${{ steps.<id>.outputs.claim }}` of the `check` step, with the same `key` and `repository`.",
        )
    for name in ("result", "claim"):
        if not reports and getattr(inputs, name):
            yield Problem(f"`{name}` is given, and the mode is `{inputs.mode}`.", "Remove it, or use `mode: report`.")
    if inputs.mode == "stop" and not inputs.message.strip():
        yield Problem(
            "`message` is not given, and `stop` stops others.", "Say why, for those who find their work stopped."
        )
    if inputs.mode != "stop" and inputs.message:
        yield Problem(f"`message` is given, and the mode is `{inputs.mode}`.", "Remove it, or use `mode: stop`.")
    if len(inputs.message) > MAX_MESSAGE_LENGTH:
        yield Problem(
            f"`message` has {len(inputs.message)} characters; at most {MAX_MESSAGE_LENGTH} are kept.", "Shorten it."
        )


ACTION = Action(
    name="breaker",
    title="Circuit breaker",
    description="After failures in a row no job works until one probe succeeds, across legs, jobs, workflows and"
    " repositories; and a flag stops all who ask.",
    patterns=("Fail Fast", "State Management"),
    since="0.1.0",
    inputs=BreakerInputs,
    outputs=BreakerOutputs,
    run=run,
    icon="zap-off",
    color="red",
    reasons=(*REASONS, *CLEAN_REASONS),
    uses=(*BREAKER_USES, *CLEAN_USES),
)
