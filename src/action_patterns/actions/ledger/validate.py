"""The rules over several inputs of ledger, and over the targets that they name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from action_patterns.action.input_checks import choice_problems, known_secrets, public_name_problems
from action_patterns.actions.ledger.interface import MAX_TARGET_LENGTH, TAKES, LedgerInputs
from action_patterns.actions.ledger.targets import Given, ledger_digest
from action_patterns.content.identifier import is_of_run
from action_patterns.errors import Problem
from action_patterns.input_types import input_name
from action_patterns.ports.context import Context
from action_patterns.state.json_value import secret_kind
from action_patterns.state.ledger.record import State
from action_patterns.state.ledger.table import MAX_OPERATION_LENGTH, Ended

_STATES = get_args(State)
_CLAIM = re.compile(r"[0-9a-f]{16}(?:\.[0-9]{1,2}(?:\.([0-9a-f]{8}))?)?")


def input_problems(inputs: LedgerInputs, context: Context) -> Iterator[Problem]:
    """Yield everything that is wrong with the inputs, before a file is read."""
    yield from _of_mode(inputs)
    yield from _of_operation(inputs, context)
    yield from _of_claim(inputs, context)


def target_problems(
    inputs: LedgerInputs, given: tuple[Given, ...], ends: Mapping[str, Ended], context: Context
) -> Iterator[Problem]:
    """Yield everything that is wrong with the targets that the inputs name, and with their digests."""
    yield from _of_names(inputs, [each.target for each in given] or list(ends))
    if inputs.mode == "claim":
        yield from _of_digests(inputs, given, context)


def _of_mode(inputs: LedgerInputs) -> Iterator[Problem]:
    mode = inputs.mode
    for name in dict.fromkeys(each for names in TAKES.values() for each in names):
        if getattr(inputs, name) not in (None, ()) and name not in TAKES[mode]:
            modes = ", ".join(f"`{each}`" for each in TAKES if name in TAKES[each])
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
        yield from _of_finish(inputs, named=named)
    yield from choice_problems("states", inputs.states, _STATES)


def _of_finish(inputs: LedgerInputs, *, named: bool) -> Iterator[Problem]:
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


def _of_operation(inputs: LedgerInputs, context: Context) -> Iterator[Problem]:
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
    if is_of_run(operation, context.run_id, context.run_attempt):
        yield Problem(
            f"`operation` {operation!r} belongs to this run (run id {context.run_id}): the next run would look for"
            " another ledger, and work on every target once more.",
            "Name what stays the same on every run. Give the content of the work in `digest`.",
        )
    yield from public_name_problems("operation", operation, inputs)


def _of_claim(inputs: LedgerInputs, context: Context) -> Iterator[Problem]:
    if inputs.claim is None:
        return
    repository, operation = inputs.repository or context.repository, inputs.operation or ""
    found = _CLAIM.fullmatch(inputs.claim)
    if found is None:
        yield Problem(
            f"`claim` is {inputs.claim[:80]!r}, which is no claim.",
            "Pass the output `claim` of the step that claimed, unchanged.",
        )
    elif operation.strip() and found[1] not in (None, ledger_digest(repository, operation)):
        yield Problem(
            f"`claim` is of another ledger than `operation` {operation!r} in {repository}.",
            "Give `operation` and `repository` as the step that claimed has them. Do not go on without: its targets"
            " would stay claimed, and a later run would work on them once more.",
        )


def _of_names(inputs: LedgerInputs, names: Iterable[str]) -> Iterator[Problem]:
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


def _of_digests(inputs: LedgerInputs, given: tuple[Given, ...], context: Context) -> Iterator[Problem]:
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
