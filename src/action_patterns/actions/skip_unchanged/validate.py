"""The rules over several inputs of skip-unchanged. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from action_patterns.action.cleaning import misplaced
from action_patterns.action.input_checks import public_name_problems, repository_problems
from action_patterns.actions.skip_unchanged.claim import read_claim
from action_patterns.actions.skip_unchanged.interface import ALLOWED, Mode, SkipUnchangedInputs
from action_patterns.changes.digest import VolatileRules
from action_patterns.content.identifier import is_of_run
from action_patterns.content.patterns import PatternList
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name
from action_patterns.ports.context import Context
from action_patterns.state import key as keys

_AGE = re.compile(r"([0-9]{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DIGEST = re.compile(r"[0-9a-f]{64}|unknown-[0-9a-z-]+")
_RESULTS = ("success", "failure", "cancelled", "skipped")
_DECLARED = ("files", "values", "values_path", "tools", "salt", "volatile", "path")


def age_of(text: str) -> timedelta:
    """Return the time of a number and a unit.

    Raises:
        ValueError: it is none.
    """
    found = _AGE.fullmatch(text)
    if not found:
        raise ValueError(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def problems(inputs: SkipUnchangedInputs, context: Context) -> Iterator[Problem]:
    """Yield everything that is wrong with the inputs together."""
    yield from _of_mode(inputs)
    yield from misplaced(inputs, inputs.mode)
    if inputs.repository is not None:
        yield from repository_problems("repository", inputs.repository)
    if inputs.mode == "clean":
        return
    if inputs.mode == "complete":
        yield from _of_complete(inputs, context)
        return
    yield from _of_key(inputs)
    yield from _of_lines(inputs)
    declared = [name for name in _DECLARED if getattr(inputs, name)]
    if inputs.digest is not None and declared:
        named = ", ".join(f"`{input_name(name)}`" for name in declared)
        yield Problem(f"`digest` and {named} are given.", "Give one of the two: the digest is that of the others.")
    if inputs.digest is not None and not _DIGEST.fullmatch(inputs.digest):
        yield Problem(f"`digest` is {inputs.digest[:80]!r}.", "Pass the output `digest` of a step of this action.")
    if inputs.digest is None and not (inputs.files or inputs.values or inputs.values_path or inputs.tools):
        yield Problem(
            "None of `files`, `values` and `tools` is given, so all runs would have one digest.",
            "Name what the work reads. If an expression is there, it came to nothing on this event.",
        )
    if inputs.max_age is not None and not _AGE.fullmatch(inputs.max_age):
        from action_patterns.contracts.durations import age_text, seconds_of  # for an age that is wrong

        seconds = seconds_of(inputs.max_age)
        meant = f"Write `{age_text(seconds)}`. " if seconds else ""
        yield Problem(
            f"`max-age` is {inputs.max_age[:80]!r}.", f"{meant}It is a number and a unit: `90m`, `12h`, `7d`, `2w`."
        )
    for name, given in (
        ("key", inputs.key or ""),
        ("salt", inputs.salt),
        *(("values", each) for each in inputs.values),
    ):
        if is_of_run(given, context.run_id, context.run_attempt):
            yield Problem(
                f"`{name}` has {given!r}, which belongs to this run: no other run has its digest or its proofs.",
                "Name what stays the same while the work stays the same. To do the work in every run, set `force`.",
            )


def _of_lines(inputs: SkipUnchangedInputs) -> Iterator[Problem]:
    for read, lines in ((PatternList.of, inputs.files), (VolatileRules.of, inputs.volatile)):
        try:
            read(lines)
        except InputError as error:
            yield from error.problems


def _of_mode(inputs: SkipUnchangedInputs) -> Iterator[Problem]:
    modes: tuple[Mode, ...] = ("digest", "check", "complete", "clean")
    bound = frozenset().union(*ALLOWED.values())
    for name in sorted(bound - ALLOWED[inputs.mode]):
        if getattr(inputs, name):
            others = " or ".join(f"`{mode}`" for mode in modes if name in ALLOWED[mode])
            what = f"`{input_name(name)}` has no effect with `mode: {inputs.mode}`."
            yield Problem(what, f"It is for {others}: remove it here, or correct `mode`.")


def _of_key(inputs: SkipUnchangedInputs) -> Iterator[Problem]:
    if inputs.mode == "check" and inputs.backend == "store":
        if inputs.key is None:
            yield Problem("`key` is not given.", "Name the work. The name must be the same on every run.")
        if inputs.hit is not None:
            yield Problem("`hit` has no effect with `backend: store`.", "Set `backend: cache`, or remove `hit`.")
    if inputs.backend == "cache" and inputs.max_age is not None:
        yield Problem(
            "`max-age` has no effect with `backend: cache`: GitHub does not say how old a cache is.",
            "Let the date count, for example the week in `values`, or use `backend: store`.",
        )
    yield from public_name_problems("key", inputs.key, inputs)
    if inputs.key is not None:
        try:
            too_long = len(keys.encode(inputs.key)) > keys.MAX_LENGTH
        except ValueError:
            yield Problem(f"`key` is {inputs.key!r}, which is no text.", "Write it as UTF-8.")
            return
        if too_long:
            what = f"`key` takes {len(keys.encode(inputs.key))} bytes as the name of a ref, and may take"
            yield Problem(
                f"{what} {keys.MAX_LENGTH}.", "Shorten it. Each byte but letters, digits, `-`, `_` takes three."
            )


def _of_complete(inputs: SkipUnchangedInputs, context: Context) -> Iterator[Problem]:
    try:
        read_claim(inputs.claim, context.run_id)
    except InputError as error:
        yield from error.problems
    if inputs.backend == "cache":
        yield Problem(
            "`complete` has no effect with `backend: cache`: the cache itself is the proof.",
            "Save the cache with actions/cache/save under the digest, after the work. Remove this step.",
        )
    if not inputs.outcomes:
        yield Problem(
            "`outcomes` is not given, and work that was skipped or failed proves nothing.",
            "Pass the outcome of the work: `${{ steps.<id>.outcome }}`, or `${{ needs.<id>.result }}` of a job. It is"
            " empty if no step or job has that id.",
        )
    for each in inputs.outcomes:
        if each not in _RESULTS:
            yield Problem(
                f"`outcomes` has {each[:80]!r}, which is no outcome of a step or job.",
                f"Pass `${{{{ steps.<id>.outcome }}}}`, which is one of {', '.join(_RESULTS)}.",
            )
