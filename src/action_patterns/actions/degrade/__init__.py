"""degrade: run the best tier that holds. A tier below the first is never silent, and the last keeps its time."""

from __future__ import annotations

from action_patterns.action.command_outputs import left_out, without_secrets
from action_patterns.action.contract import Action, Finish
from action_patterns.action.reason import Reason
from action_patterns.actions.degrade import text
from action_patterns.actions.degrade.decide import Next, decide
from action_patterns.actions.degrade.facts import gather
from action_patterns.actions.degrade.interface import DegradeInputs, DegradeOutputs
from action_patterns.actions.degrade.trying import Trying
from action_patterns.contracts.document import compact_json
from action_patterns.escape import terminal
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation

__all__ = ["ACTION", "apply", "decide", "gather", "run"]


def run(inputs: DegradeInputs, ports: Ports) -> Finish[DegradeOutputs]:
    """Try the tiers in order until one holds.

    Raises:
        InputError: everything that is wrong with the inputs. Nothing was run.
    """
    facts = gather(inputs)
    trying = Trying(facts=facts, ports=ports)
    end = trying.until_the_end()
    return apply(end, trying, ports)


def apply(end: Next, trying: Trying, ports: Ports) -> Finish[DegradeOutputs]:
    """Publish what the tier that holds wrote, and say how it ended."""
    holds = end.step == "holds"
    written = trying.files if holds else []
    for files in written:
        ports.processes.publish(files)
    given = {name: value for files in written for name, value in files.outputs.items()}
    outputs, secret = without_secrets(given, ports.log.redact)
    facts, tried = trying.facts, tuple(trying.tried)
    names = tuple(tier.name for tier in facts.tiers)
    told = text.Told(names, facts.forced, trying.precondition, tried, end)
    remedy = next(each.remedy for each in REASONS if each.code == end.reason)
    annotations = [text.annotation(told, remedy), _background(trying), left_out(secret) if secret else None]
    last = trying.precondition or (tried[-1].failure if tried else None)
    exit_code = last.exit_code if last is not None else 0
    ports.log.info(text.headline(told))
    return Finish(
        outputs=DegradeOutputs(
            tier=names[end.tier] if holds else "",
            tier_index=end.tier + 1 if holds else None,
            degraded=holds and end.tier > 0,
            exit_code=exit_code,
            reason=end.reason,
            message=text.message(told),
            errors=text.errors(told),
            outputs=compact_json(outputs),
            elapsed=round(trying.elapsed(), 1),
        ),
        summary=text.summary(told),
        annotations=tuple(each for each in annotations if each is not None),
        exit_code=exit_code,
    )


def _background(trying: Trying) -> Annotation | None:
    if not trying.background:
        return None
    left = terminal(trying.ports.log.redact(", ".join(trying.background)))
    return Annotation(
        level="warning",
        title="Ended in the background",
        message=f"The tier left processes in the background, and they were ended: {left}.\n"
        "Let the command wait for what it starts. A service that later steps need is started in a step before them.",
    )


REASONS = (
    Reason("first-tier-holds", "green", "The first tier holds.", "Nothing."),
    Reason(
        "degraded",
        "green",
        "A tier below the first holds. A warning names it and each cause before it.",
        "Mend the tiers above it; `errors` holds their causes.",
    ),
    Reason("forced", "green", "The tier that `force-tier` names holds.", "Nothing: it was a drill."),
    Reason(
        "forced-tier-failed",
        "red",
        "The tier that `force-tier` names failed.",
        "Mend this tier: it would not hold when it is needed.",
    ),
    Reason(
        "all-tiers-failed",
        "red",
        "No tier holds; the error names every cause.",
        "Mend the last tier first: it must need nothing that can fail.",
    ),
    Reason(
        "precondition-failed",
        "red",
        "`precondition` did not end with 0, so no tier was tried.",
        "Mend the precondition. Do not move it into a tier: a fallback would hide it.",
    ),
    Reason(
        "survivors",
        "red",
        "Processes of a tier could not be ended, and nothing was started beside them.",
        "Read which they are, and start them without `sudo`.",
    ),
)

ACTION = Action(
    name="degrade",
    title="Fall back by tiers",
    description="Run the best tier of several that holds: optimal, acceptable, guaranteed. A fallback is green and"
    " never silent.",
    patterns=("Error Handling",),
    since="0.1.0",
    inputs=DegradeInputs,
    outputs=DegradeOutputs,
    run=run,
    icon="layers",
    color="orange",
    reasons=REASONS,
)
