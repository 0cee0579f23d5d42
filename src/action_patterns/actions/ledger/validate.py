"""The request that the inputs make, after every check: each problem is named before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, get_args

from pydantic import SecretStr

from action_patterns.action.input_checks import (
    choice_problems,
    known_secrets,
    public_name_problems,
    repository_problems,
)
from action_patterns.action.place import new_claim, run_of
from action_patterns.action.values import read_input_file
from action_patterns.actions.ledger.interface import (
    DEFAULT_PARK_AFTER,
    DEFAULT_TIMEOUT_HOURS,
    MAX_OPERATION_LENGTH,
    MAX_TARGET_LENGTH,
    TAKES,
    LedgerInputs,
)
from action_patterns.actions.ledger.targets import (
    ENDS,
    Given,
    Listed,
    UnreadError,
    ends_of_records,
    misread,
    read_results,
    read_targets,
)
from action_patterns.content.identifier import is_of_run, normalise
from action_patterns.content.text import read_text
from action_patterns.contracts.result import TargetResult
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name
from action_patterns.ports.bundle import Ports
from action_patterns.redaction import redact
from action_patterns.state.json_value import secret_kind
from action_patterns.state.ledger.record import Claim, State
from action_patterns.state.ledger.table import MAX_REASON_LENGTH, Ended

if TYPE_CHECKING:
    from action_patterns.contracts import Plan
    from action_patterns.contracts.report import RunReport

_STATES = get_args(State)
_CLAIM = re.compile(r"[0-9a-f]{16}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRequest:
    """The inputs, checked."""

    repository: str
    operation: str
    """Empty: all, for `clean`."""
    us: Claim
    shards: int
    """Documents of the operation, as far as the claim says it."""
    given: tuple[Given, ...] = ()
    plan: Plan | None = None
    """The plan that the targets are of. None: they are of none."""
    report: RunReport | None = None
    """For `history`."""
    ends: Mapping[str, Ended] = field(default_factory=dict)
    park_after: int = DEFAULT_PARK_AFTER


def gather(inputs: LedgerInputs, ports: Ports) -> LedgerRequest:
    """Return the request that the inputs make.

    Raises:
        InputError: they make none; every problem is named.
    """
    repository = inputs.repository or ports.context.repository
    problems = [*_problems(inputs), *_operation_problems(inputs, ports)]
    problems += repository_problems("repository", repository)
    listed = Listed()
    ends: dict[str, Ended] = {}
    report = None
    try:
        if inputs.mode == "history":
            report = _report(inputs, ports)
        listed = _listed(inputs, ports)
        ends = _ends(inputs, listed.given, ports)
    except InputError as error:
        problems.extend(error.problems)
    problems.extend(_target_problems(inputs, listed.given, ends))
    if inputs.mode == "claim":
        problems.extend(_digest_problems(inputs, listed.given, ports))
    if problems:
        raise InputError(*problems)
    claim, _, shards = (inputs.claim or "").partition(".")
    values = [secret.get_secret_value() for secret in _given_secrets(inputs)]
    return LedgerRequest(
        repository=repository,
        operation=normalise(inputs.operation or ""),
        us=Claim(
            claim or new_claim(ports),
            run_of(ports.context),
            ports.context.job,
            3_600 * (inputs.pending_timeout_hours or DEFAULT_TIMEOUT_HOURS),
        ),
        shards=int(shards or 1),
        given=listed.given,
        plan=listed.plan,
        report=report,
        ends={
            target: Ended(end, redact(" ".join(reason.split()), values)[:MAX_REASON_LENGTH])
            for target, (end, reason) in ends.items()
        },
        park_after=DEFAULT_PARK_AFTER if inputs.park_after is None else inputs.park_after,
    )


def claim_of(request: LedgerRequest, shards: int) -> str:
    """Return the output `claim`: it says how many documents there are, which saves `finish` a request."""
    return f"{request.us.claim}.{shards}"


def _report(inputs: LedgerInputs, ports: Ports) -> RunReport:
    from action_patterns.contracts.report import RunReport  # only a step with a report needs its models

    if inputs.report is None:
        raise InputError(
            Problem(
                "`report` is not given.",
                "Pass `report: ${{ steps.<id>.outputs.path }}` of the step that reports. It is empty if that"
                " step failed.",
            )
        )
    return RunReport.decode(read_input_file("report", inputs.report, ports), name=inputs.report)


def _listed(inputs: LedgerInputs, ports: Ports) -> Listed:
    text, name = _text(inputs.targets, "targets", inputs.targets_path, ports)
    if text is None:
        return Listed()
    try:
        # A later step may get one name by an expression, and a name may have a comma.
        if inputs.mode == "claim" and (why := misread(text)):
            raise UnreadError(why)
        return read_targets(text)
    except UnreadError as error:
        raise InputError(
            Problem(
                f"`{name}` {error}.",
                'Write names, one a line, `["a", "b"]`, `{"a": "<digest>"}`, or pass the output `matrix` or `targets`'
                " of discover.",
            )
        ) from None


def _ends(inputs: LedgerInputs, given: tuple[Given, ...], ports: Ports) -> dict[str, Ended]:
    if inputs.mode != "finish":
        return {}
    if inputs.records is not None:
        return ends_of_records(_records(inputs.records, ports))
    text, name = _text(inputs.results, "results", inputs.results_path, ports)
    if text is not None:
        try:
            return read_results(text)
        except UnreadError as error:
            raise InputError(
                Problem(f"`{name}` {error}.", 'Write `{"acme/api": "success", "acme/web": "failure"}`.')
            ) from None
    if inputs.outcome is not None and inputs.outcome not in ENDS:
        raise InputError(
            Problem(
                f"`outcome` is {inputs.outcome!r}; possible are {', '.join(ENDS)}.",
                "Pass `${{ job.status }}`, or the outcome of a step.",
            )
        )
    return {each.target: Ended(ENDS[inputs.outcome or "success"], inputs.reason or "") for each in given}


def _records(directory: str, ports: Ports) -> Iterator[TargetResult]:
    names = ports.files.names(directory)
    if not names:
        raise InputError(
            Problem(
                f"The directory {directory!r} holds no record.",
                "Check that the step which downloads the records ran before this one, to the same place.",
            )
        )
    for path in names:
        yield TargetResult.decode(read_text(ports.files.read(path), path), name=path)


def _text(value: str | None, name: str, path: str | None, ports: Ports) -> tuple[str | None, str]:
    if value is None and path is not None:
        return read_input_file(f"{name}-path", path, ports), f"{name}-path"
    return value, name


def _problems(inputs: LedgerInputs) -> Iterator[Problem]:
    mode = inputs.mode
    for name in dict.fromkeys(each for names in TAKES.values() for each in names):
        if getattr(inputs, name) not in (None, ()) and name not in TAKES[mode]:
            modes = " and ".join(f"`{each}`" for each in TAKES if name in TAKES[each])
            yield Problem(
                f"`{input_name(name)}` is given, and has no effect on `{mode}`.", f"Leave it out; it is for {modes}."
            )
    for name in ("targets", "results"):
        if getattr(inputs, name) is not None and getattr(inputs, f"{name}_path") is not None:
            yield Problem(f"`{name}` and `{name}-path` are both given.", "Give one of the two.")
    named = inputs.targets is not None or inputs.targets_path is not None
    if mode in ("claim", "free") and not named:
        yield Problem(
            f"Neither `targets` nor `targets-path` is given, and `{mode}` is about targets.",
            'Write `targets: ["a", "b"]`. If an expression is there, it came to nothing on this event.',
        )
    if mode == "finish":
        yield from _finish_problems(inputs, named=named)
    if inputs.claim is not None and not _CLAIM.fullmatch(inputs.claim):
        yield Problem(
            f"`claim` is {inputs.claim[:80]!r}, which is no claim.",
            "Pass the output `claim` of the step that claimed, unchanged.",
        )
    yield from choice_problems("states", inputs.states, _STATES)


def _finish_problems(inputs: LedgerInputs, *, named: bool) -> Iterator[Problem]:
    ways = [
        name
        for name, given in (
            ("targets", named),
            ("results", inputs.results is not None or inputs.results_path is not None),
            ("records", inputs.records is not None),
        )
        if given
    ]
    if len(ways) != 1:
        found = " and ".join(f"`{name}`" for name in ways) or "None of them"
        yield Problem(
            f"`finish` takes `targets` with `outcome`, or `results`, or `records`. {found} given.",
            "Give one of them. If an expression is there, it may have come to nothing on this event.",
        )
    if named and inputs.outcome is None:
        yield Problem("`outcome` is not given.", "Pass `outcome: ${{ job.status }}`, or the outcome of a step.")
    if not named and (inputs.outcome is not None or inputs.reason is not None):
        yield Problem("`outcome` and `reason` are for `targets`, which are not given.", "Leave them out.")
    if not inputs.claim:
        yield Problem(
            "`claim` is not given, and `finish` is for the step that claimed.",
            "Pass `claim: ${{ steps.<id>.outputs.claim }}`, or the job output that holds it. It is empty if that step"
            " failed or was skipped.",
        )


def _operation_problems(inputs: LedgerInputs, ports: Ports) -> Iterator[Problem]:
    operation = inputs.operation
    if not (operation or "").strip():
        if inputs.mode != "clean" or operation is not None:
            yield Problem("`operation` is not given.", "Name the work; the name must be the same on every run.")
        return
    assert operation is not None
    if len(operation) > MAX_OPERATION_LENGTH:
        yield Problem(
            f"`operation` has {len(operation)} characters; at most {MAX_OPERATION_LENGTH} are kept.",
            "Shorten it, and put the content of the work into `digest`.",
        )
    context = ports.context
    if is_of_run(operation, context.run_id, context.run_attempt):
        yield Problem(
            f"`operation` {operation!r} belongs to this run (run id {context.run_id}): the next run would look for"
            " another ledger, and work on every target once more.",
            "Name what stays the same on every run. Give the content of the work in `digest`.",
        )
    yield from public_name_problems("operation", operation, inputs)


def _target_problems(inputs: LedgerInputs, given: tuple[Given, ...], ends: Mapping[str, Ended]) -> Iterator[Problem]:
    names = [each.target for each in given] or list(ends)
    secrets = known_secrets(inputs)
    seen = set[str]()
    for name in names:
        if not name.strip():
            yield Problem("A target has an empty name.", "An expression there came to nothing. Name each target.")
        elif len(name) > MAX_TARGET_LENGTH:
            yield Problem(
                f"The name of a target has {len(name):,} characters, {name[:40]!r}…; at most {MAX_TARGET_LENGTH} are"
                " kept.",
                "Shorten it.",
            )
        elif kind := secret_kind(name, secrets):
            yield Problem(
                f"The name of a target holds {kind}.",
                "Name it otherwise. Everybody who can read the repository reads it.",
            )
        elif name in seen:
            yield Problem(f"The target {name!r} is named twice.", "Name each target once.")
        seen.add(name)


def _digest_problems(inputs: LedgerInputs, given: tuple[Given, ...], ports: Ports) -> Iterator[Problem]:
    context = ports.context
    for digest in dict.fromkeys((inputs.digest or "", *(each.digest for each in given))):
        if is_of_run(digest, context.run_id, context.run_attempt):
            yield Problem(
                f"The digest {digest!r} belongs to this run (run id {context.run_id}): the next run has another one,"
                " and works on every target once more.",
                "Give what stays the same while the content does: the output of `unique-id`, a commit, a version.",
            )
    own = [each for each in given if each.digest]
    if inputs.digest is None and len(own) < len(given):
        yield Problem(
            f"`digest` is not given, and {len(given) - len(own)} of {len(given)} targets have none: they would be done"
            " once and never again.",
            "Give the content of the work: the output of `unique-id`, a commit, a version. If an expression is there,"
            " it came to nothing. If once and never again is meant, write `digest: once`.",
        )
    if inputs.digest is not None and own:
        yield Problem(f"`digest` is given, and so have {len(own)} of the targets.", "Give one of the two.")


def _given_secrets(inputs: LedgerInputs) -> Iterator[SecretStr]:
    yield from (each for each in (inputs.token, inputs.job_token, inputs.app_private_key) if each is not None)
