"""Whether this run may name private repositories, and what it shows in place of their names.

A summary, a log and an artifact of a public repository are public, and so are the issues that are written there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pydantic import SecretStr

from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.contracts import Plan, PlanEntry
from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.permissions import Verb
from action_patterns.ports.repositories import Repositories

USES: tuple[Verb, ...] = (Repositories.read,)
"""The verb that is called with the job's token."""
_SECONDS = 30.0


def conceal(plan: Plan, ports: Ports, token: SecretStr | None) -> int:
    """Have the log, and everything that is rendered, show labels in place of the private repositories' names.

    GitHub is asked for the visibility of the workflow's repository, and only if the plan has a private repository.

    Args:
        plan: the plan, with all repositories that were seen.
        ports: the run's ports.
        token: the job's own token. None: the visibility is not known.

    Returns:
        How many are concealed. 0: there is none, the caller reveals them, or the workflow's repository is private.
    """
    here = ports.context.repository.lower()
    labels = {} if plan.reveal_private else {name: label for name, label in _labels(plan) if name.lower() != here}
    if not labels or _is_private(ports, token):
        return 0
    ports.log.conceal(labels)
    return len(labels)


def redacted(plan: Plan, redact: Callable[[str], str]) -> Plan:
    """Return the plan with labels for names, and without the sentences about private repositories.

    Such a sentence has facts of a repository, for example a custom property, which GitHub shows to its readers alone.
    """
    excluded = tuple(each.model_copy(update={"detail": ""}) if each.private else each for each in plan.excluded)
    roster = tuple(_without_reasons(each) if each.target.private else each for each in plan.roster)
    return plan.model_copy(update={"excluded": excluded, "roster": roster}).redacted(redact)


def _without_reasons(entry: PlanEntry) -> PlanEntry:
    left_out = tuple(each.model_copy(update={"reason": "A condition does not hold."}) for each in entry.left_out)
    return entry.model_copy(update={"left_out": left_out})


def check_travel(concealed: int) -> None:
    """Stop before a plan is left for an artifact that would name private repositories to everybody.

    Raises:
        InputError: some are concealed.
    """
    if concealed:
        raise InputError(
            Problem(
                f"This workflow's repository is public or its visibility is not known, and {concealed} of the"
                " repositories it sees are private. The plan names them, and artifacts, job names and logs of a public"
                " repository are public.",
                "Run the campaign in one step with the root action, which shows their ids instead of their names. Or"
                " move the workflow into a private repository. Or set `reveal-private: true` if their names may be"
                " public. Or leave them out with `visibility: public`.",
            )
        )


def _labels(plan: Plan) -> Iterator[tuple[str, str]]:
    # The id is no secret: it says nothing of the name. A place in the roster would shift, and a hash can be guessed.
    for entry in plan.roster:
        if entry.target.private:
            yield entry.target.repository, _label(entry.target.id)
    for exclusion in plan.excluded:
        if exclusion.private:
            yield exclusion.repository, _label(exclusion.id)


def _label(number: int | None) -> str:
    return "private repository" if number is None else f"private repository #{number}"


def _is_private(ports: Ports, token: SecretStr | None) -> bool:
    """Return whether the workflow's repository is private. A visibility that is not known counts as public."""
    if token is None or not token.get_secret_value():
        return False
    here, credentials = ports.context.repository, Credentials(token.get_secret_value(), token.get_secret_value())
    try:
        session = open_session(ports, credentials, USES, seconds=_SECONDS, reach=Reach((here,)))
        found = session.repositories.read([here])[here]
    except ActionPatternsError:
        return False
    return found is not None and found.private
