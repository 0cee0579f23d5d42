"""rate-limit: whether enough calls are left, a bounded wait for the reset, and how many jobs may share a token."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import floor
from typing import NamedTuple

from action_patterns.action.contract import Action, Finish
from action_patterns.action.reach import Reach
from action_patterns.action.session import Session, open_session
from action_patterns.actions.rate_limit.decide import REASONS, Decision, Facts, Request, decide
from action_patterns.actions.rate_limit.interface import RateLimitInputs, RateLimitOutputs
from action_patterns.actions.rate_limit.needs import NO_CALLS, Calls, parse
from action_patterns.actions.rate_limit.text import annotations_of, at, sentence, spelled, summary_of
from action_patterns.errors import EXIT_FAILED, InputError, Problem, RateLimitedError, UnavailableError
from action_patterns.limits.primary import JOB_TOKEN_PER_HOUR, TOKEN_PER_HOUR
from action_patterns.limits.shares import MAX_PARALLEL, spread_seconds
from action_patterns.ports.bundle import Ports
from action_patterns.ports.rate_limits import RateLimits

READ_SECONDS = 60.0
"""Time for reading the budgets, with short waits that a refusal names."""


class _Look(NamedTuple):
    """The budgets at one time, and the decision on them."""

    facts: Facts
    decision: Decision


def run(inputs: RateLimitInputs, ports: Ports) -> Finish[RateLimitOutputs]:
    """Read the budgets, decide, and wait as far as the inputs allow."""
    request = validate(inputs, ports)
    credentials = inputs.credentials()
    wait_seconds = 60.0 * inputs.max_wait_minutes if inputs.mode == "wait" else 0.0
    github = open_session(
        ports,
        credentials,
        ACTION.uses,
        seconds=READ_SECONDS + wait_seconds,
        reach=Reach(owners=(inputs.owner,)) if inputs.owner else Reach((ports.context.repository,)),
    )
    scope = inputs.owner or ports.context.repository
    per_hour = JOB_TOKEN_PER_HOUR if credentials.is_job_token else TOKEN_PER_HOUR

    def look() -> _Look:
        facts = gather(github, scope, per_hour, ports)
        return _Look(facts, decide(request, facts))

    found, waited = apply(look, request, wait_seconds, ports)
    return _finish(inputs, request, found, waited + github.usage().seconds_waited)


def validate(inputs: RateLimitInputs, ports: Ports) -> Request:
    """Return the question.

    Raises:
        InputError: for every input that is wrong, alone or beside another.
    """
    plan = inputs.mode == "plan"
    problems: list[Problem] = []

    def calls(name: str, lines: tuple[str, ...], *, paces: bool) -> Calls:
        try:
            return parse(name, lines, paces=paces)
        except InputError as error:
            problems.extend(error.problems)
            return NO_CALLS

    needed = calls("needed", inputs.needed, paces=plan)
    reserve = calls("reserve", inputs.reserve, paces=False).budgets
    if not inputs.needed:
        problems.append(Problem("`needed` is empty.", "Name the calls of one job, for example `core=200`."))
    unnamed = () if problems else [name for name in reserve if name not in needed.budgets]
    problems += (
        Problem(
            f"`reserve` names {spelled(name)}, and `needed` does not.",
            f"Name it in `needed` too, with 0 if these jobs send none: `{spelled(name)}=0`.",
        )
        for name in unnamed
    )
    if inputs.mode == "wait" and inputs.max_wait_minutes > inputs.max_minutes:
        problems.append(
            Problem(
                f"`max-wait-minutes` is {inputs.max_wait_minutes}, and the step may take `max-minutes`"
                f" {inputs.max_minutes}.",
                "Raise `max-minutes`, and the job's `timeout-minutes` with it, or lower `max-wait-minutes`.",
            )
        )
    if problems:
        raise InputError(*problems)
    return Request(
        mode=inputs.mode,
        calls=needed,
        reserve=reserve,
        jobs=inputs.jobs,
        proceeds=inputs.on_unreadable == "proceed",
        write_spacing_seconds=ports.context.write_spacing_seconds,
    )


def gather(github: Session, scope: str, per_hour: int, ports: Ports) -> Facts:
    """Return the budgets, or why they cannot be read. An error of the token or of the inputs is raised."""
    try:
        limits = github.rate_limits.read(scope)
    except RateLimitedError as error:
        now = ports.clock.now()
        return Facts(now, None, per_hour, unreadable=error.message, resumes_at=error.resumes_at or now)
    except UnavailableError as error:
        return Facts(ports.clock.now(), None, per_hour, unreadable=error.message)
    return Facts(ports.clock.now() if limits is None else limits.read_at, limits, per_hour)


def apply(look: Callable[[], _Look], request: Request, wait_seconds: float, ports: Ports) -> tuple[_Look, float]:
    """Wait as far as the mode says. Return the last look at the budgets, and the seconds that were waited.

    Each reset is waited for if there is time, and the budget is read again after it: others may have been faster.
    """
    clock = ports.clock
    begin = clock.monotonic()
    found, waits = look(), 0
    while request.mode == "wait" and found.decision.again_at is not None:
        # A budget that is used up again at once is not asked for once a second.
        seconds = max((found.decision.again_at - found.facts.now).total_seconds(), 2.0**waits)
        left = wait_seconds - (clock.monotonic() - begin)
        if seconds > left:
            found = found._replace(decision=replace(found.decision, reason="reset-too-far"))
            break
        seconds += min(left - seconds, _spread(request, seconds, ports))
        ports.log.info(f"{sentence(request, found.facts, found.decision)} Waiting {seconds:.0f} s.")
        clock.sleep(seconds)
        waits += 1
        found = look()
    waited = clock.monotonic() - begin if waits else 0.0
    if waits and found.decision.reason == "enough":
        found = found._replace(decision=replace(found.decision, reason="enough-after-wait"))
    return found, waited


def _spread(request: Request, seconds: float, ports: Ports) -> float:
    """Return the wait beyond the reset: other jobs wait for it too, and must not go in the same second."""
    share = 1 / min(request.jobs, MAX_PARALLEL)
    return spread_seconds(seconds, ports.random(), share=share, write_spacing_seconds=request.write_spacing_seconds)


def _finish(inputs: RateLimitInputs, request: Request, found: _Look, waited: float) -> Finish[RateLimitOutputs]:
    facts, decision = found
    red = decision.outcome != "passed" and inputs.fail_on == "any"
    outputs = RateLimitOutputs(
        ok=decision.outcome == "passed",
        outcome=decision.outcome,
        reason=decision.reason,
        resource=spelled(decision.resource),
        remaining=decision.remaining,
        reset_at=at(decision.reset_at),
        max_parallel=decision.max_parallel,
        # Rounded down: all shares together are never more than the whole.
        write_share=floor(10_000 / decision.max_parallel) / 10_000,
        jobs_now=decision.jobs_now,
        eta=at(decision.eta),
        waited=round(waited),
        token_kind=facts.limits.token if facts.limits else "",
        budgets=_budgets(facts),
    )
    return Finish(
        outputs=outputs,
        summary=summary_of(request, facts, decision),
        annotations=tuple(annotations_of(request, facts, decision, red=red)),
        exit_code=EXIT_FAILED if red else 0,
    )


def _budgets(facts: Facts) -> str:
    return json.dumps(
        {
            spelled(budget.resource): {
                "limit": budget.limit,
                "used": budget.used,
                "remaining": budget.remaining,
                "reset-at": at(budget.resets_at),
            }
            for budget in (facts.limits.budgets if facts.limits else ())
        },
        separators=(",", ":"),
    )


ACTION = Action(
    name="rate-limit",
    title="Check, wait for or plan rate limits",
    description="Whether enough API calls are left, a bounded wait for the reset, and how many jobs may share a token.",
    patterns=("Rate Limiting",),
    since="0.1.0",
    inputs=RateLimitInputs,
    outputs=RateLimitOutputs,
    run=run,
    icon="activity",
    color="orange",
    reasons=REASONS,
    uses=(RateLimits.read,),
)
