"""detect-changes: which paths and groups differ from a base that is chosen and explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import assert_never

from action_patterns.action.cleaning import CLEAN_REASONS, CLEAN_USES
from action_patterns.action.contract import Action, Finish
from action_patterns.actions.detect_changes.gather import Facts, find, of_commits, of_worktree
from action_patterns.actions.detect_changes.interface import (
    USES_OF_HISTORY,
    USES_OF_MARKS,
    USES_OF_TARGET,
    DetectChangesInputs,
    DetectChangesOutputs,
)
from action_patterns.actions.detect_changes.reading import Wanted, validate
from action_patterns.actions.detect_changes.text import Answer, completed, finish, of_selections
from action_patterns.changes.either_history import EitherHistory
from action_patterns.changes.groups import Group, Selection, concern
from action_patterns.changes.reasons import REASONS
from action_patterns.changes.trigger import Trigger
from action_patterns.content.patterns import nearest
from action_patterns.errors import InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.history import ChangedPath, History, MissingError

_WILD = frozenset("*?[{\\")


def run(inputs: DetectChangesInputs, ports: Ports) -> Finish[DetectChangesOutputs]:
    """Choose the base, compare, and say which groups are concerned; or mark the run as green."""
    if inputs.mode == "clean":
        from action_patterns.actions.detect_changes.cleaning import clean_marks  # for the steps that clean

        validate(inputs)
        return clean_marks(inputs, ports)
    wanted = _validated(inputs, ports)
    with ExitStack() as closing:
        if inputs.mode == "complete":
            return apply(inputs, ports, closing)
        return _answered(gather(inputs, ports, closing), wanted, ports)


def gather(inputs: DetectChangesInputs, ports: Ports, closing: ExitStack) -> Facts:
    """Return the two sides and their difference. `closing` removes what was fetched."""
    match inputs.source:
        case "commits":
            return of_commits(inputs, ports, Trigger.of(ports.context), _history(inputs, ports, closing))
        case "worktree":
            return of_worktree(find(inputs, ports), force=inputs.force)
        case "target":
            from action_patterns.actions.detect_changes.target import of_target  # the others need no session

            return of_target(inputs, ports)
        case _:
            assert_never(inputs.source)


def apply(inputs: DetectChangesInputs, ports: Ports, closing: ExitStack) -> Finish[DetectChangesOutputs]:
    """Mark the run as green."""
    from action_patterns.actions.detect_changes import marks  # `check` mostly needs no store

    marked = marks.complete(inputs, ports, Trigger.of(ports.context), _history(inputs, ports, closing))
    return completed(marked.mark, marked.warning)


def _history(inputs: DetectChangesInputs, ports: Ports, closing: ExitStack) -> History:
    token = inputs.token or inputs.job_token
    secret = token.get_secret_value() if token else None
    git = find(inputs, ports).history(ports.context.repository, secret)

    def github() -> History:
        from action_patterns.actions.detect_changes import by_api  # where git has the commits, nothing is sent

        return by_api.history(inputs, ports)

    history = EitherHistory(git, github, sha=ports.context.sha)
    closing.callback(history.close)
    return history


def _validated(inputs: DetectChangesInputs, ports: Ports) -> Wanted:
    """Return the patterns.

    Raises:
        InputError: everything that is wrong with the inputs, and with the checkout beside it.
    """
    try:
        return validate(inputs)
    except InputError as error:
        problems = list(error.problems)
    try:
        find(inputs, ports).head_oid()
    except InputError as error:
        problems += error.problems
    raise InputError(*problems)


def _answered(facts: Facts, wanted: Wanted, ports: Ports) -> Finish[DetectChangesOutputs]:
    paths: Sequence[str] = ()
    warnings = [*facts.warnings]
    selections = dict(of_selections(wanted))
    needs_paths = any("[" in each.text for selection in selections.values() for each in selection.named)
    try:
        if needs_paths or any(_is_in_doubt(each, facts.changed) for each in selections.values()):
            paths = facts.paths()
    except MissingError as error:
        warnings.append(f"Patterns were not checked: {error}")
    if needs_paths:
        both = sorted({*paths, *(each.path for each in facts.changed)})
        wanted = _over(wanted, both)
        selections = dict(of_selections(wanted))
    answer = decide(facts, wanted, paths)
    if paths:
        warnings += _without_effect(selections, facts, paths)
    return finish(facts, wanted, answer, ports, warnings)


def decide(facts: Facts, wanted: Wanted, paths: Sequence[str]) -> Answer:
    """Return what differs and counts, and the groups that it concerns. `paths` are those of the newer side."""
    files = [each for each in facts.changed if wanted.paths is None or wanted.paths.decides(each)]
    everything = facts.base.everything
    concerned = concern(wanted.groups, wanted.shared, facts.changed, lambda: paths, everything=everything)
    changed = any(concerned.causes.values()) if wanted.groups else bool(files) or everything
    return Answer(files=files, concerned=concerned, changed=changed)


def _is_in_doubt(selection: Selection, changed: Sequence[ChangedPath]) -> bool:
    """Return whether paths beside the changed ones are needed: for names, or for patterns that none of them matches."""
    return selection.has_names or any(selection.without_effect((), [each.path for each in changed]))


def _over(wanted: Wanted, paths: Sequence[str]) -> Wanted:
    return Wanted(
        paths=wanted.paths.over(paths) if wanted.paths else None,
        shared=wanted.shared.over(paths) if wanted.shared else None,
        groups=tuple(
            Group(name=each.name, selection=each.selection.over(paths), depends_on=each.depends_on)
            for each in wanted.groups
        ),
    )


def _without_effect(selections: dict[str, Selection], facts: Facts, paths: Sequence[str]) -> Iterator[str]:
    """Yield a warning for each pattern that matches no path of either side.

    Raises:
        InputError: patterns that match only files that git ignores. Such a destination would never count as changed.
    """
    touched = [each.path for each in facts.changed]
    problems: list[Problem] = []
    for place, selection in selections.items():
        idle = {pattern.text for pattern in selection.without_effect(paths, touched)}
        for pattern in selection.patterns.patterns:
            is_idle = pattern.text in idle
            start = _start(pattern.text)
            if facts.ignored and not pattern.excludes and (is_idle or start):
                hidden = [each for each in facts.ignored_below((start or ".",)) if pattern.matches(each)]
                if hidden and is_idle:
                    problems.append(_ignored(place, pattern.text, hidden))
                    continue
                if hidden:
                    yield f"{place}: {pattern.text!r} matches {_some(hidden)}, which git ignores: they never count."
            if is_idle:
                near = nearest(pattern.text, [*paths, *touched])
                hint = f" The nearest is {near!r}." if near else ""
                yield f"{place}: {pattern.text!r} matches no path of either side.{hint}"
    if problems:
        raise InputError(*problems)


def _start(pattern: str) -> str:
    """Return the directory, or the whole path, that a pattern begins with. Empty: it begins with a wildcard."""
    end = next((at for at, letter in enumerate(pattern) if letter in _WILD), len(pattern))
    return pattern.removesuffix("/") if end == len(pattern) else pattern[:end].rpartition("/")[0]


def _ignored(place: str, pattern: str, files: Sequence[str]) -> Problem:
    return Problem(
        f"{place}: {pattern!r} matches only files that git ignores: {_some(files)}. They would never count as changed.",
        f"Take them out of .gitignore (a line such as `!/{files[0]}`), or remove the pattern.",
    )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return ", ".join(map(repr, names[:3])) + more


ACTION = Action(
    name="detect-changes",
    title="Detect changes",
    description="Which paths and groups differ, from a base that is chosen for every event and explained; the answer is"
    " the same at every checkout depth.",
    patterns=("Change Detection", "Work Avoidance"),
    since="0.1.0",
    inputs=DetectChangesInputs,
    outputs=DetectChangesOutputs,
    run=run,
    icon="git-commit",
    color="purple",
    reasons=(*REASONS, *CLEAN_REASONS),
    uses=(*USES_OF_MARKS, *USES_OF_TARGET, *USES_OF_HISTORY, *CLEAN_USES),
)
