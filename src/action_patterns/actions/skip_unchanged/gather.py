"""Everything that the work of a step depends on, read from the checkout and the runner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from action_patterns.action.values import read_values
from action_patterns.actions.skip_unchanged.interface import SkipUnchangedInputs
from action_patterns.changes.digest import Declared, VolatileRules, digest, without_volatile
from action_patterns.content.identifier import normalise
from action_patterns.content.patterns import PatternList, nearest
from action_patterns.contracts.wording import list_hint
from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.processes import Command
from action_patterns.ports.snapshot import Chosen, Snapshot

_SHOWN = 5


class FilesRequest(NamedTuple):
    """The files that count."""

    patterns: tuple[str, ...]
    volatile: tuple[str, ...]
    path: str | None


class FilesFound(NamedTuple):
    """The files that count, and what counts of each."""

    counted: dict[str, str]
    ignored: tuple[str, ...] = ()
    """Those that git ignores."""
    notes: tuple[str, ...] = ()
    """Sentences for the log."""
    warnings: tuple[str, ...] = ()

    def digest_of_sources(self) -> str:
        """Return a digest without the files that git ignores: work may write some."""
        ignored = frozenset(self.ignored)
        return digest(Declared(), {path: each for path, each in self.counted.items() if path not in ignored})


class Gathered(NamedTuple):
    """The inputs of the work, read. `problem` is set if they could not be."""

    digest: str
    files: FilesFound
    problem: ActionPatternsError | None = None


def gather(inputs: SkipUnchangedInputs, ports: Ports) -> Gathered:
    """Return the digest of the declared inputs. If one cannot be read, the digest is one of this step only.

    Raises:
        InputError: a pattern matches no file, or an input is wrong; all patterns at once.
    """
    if inputs.digest is not None:
        return Gathered(inputs.digest, FilesFound({}))
    values = tuple(map(normalise, read_values(inputs.values, inputs.values_path, ports)))
    found = FilesFound({})
    try:
        if inputs.files:
            found = read_files(FilesRequest(inputs.files, inputs.volatile, inputs.path), ports)
        declared = Declared(
            values=values,
            tools=tuple(_version(line, inputs, ports) for line in inputs.tools),
            platform=ports.context.platform if inputs.platform else "",
            salt=inputs.salt,
        )
    except _CallerError as error:
        raise InputError(*error.problems) from None
    except (ActionPatternsError, OSError) as error:
        run = ports.context
        problem = error if isinstance(error, ActionPatternsError) else _of_system(error)
        # Another job of this run may fail too, and must not find a cache of this one.
        only_here = f"unknown-{run.run_id}-{run.run_attempt}-{int(ports.random() * 10**12)}"
        return Gathered(only_here, found, problem)
    return Gathered(digest(declared, found.counted), found)


class _CallerError(InputError):
    """A mistake of the caller's, and no failure to look."""


def read_files(request: FilesRequest, ports: Ports) -> FilesFound:
    """Return the files that count.

    Raises:
        InputError: a pattern matches no file, or the checkout cannot be read.
    """
    patterns, rules = PatternList.of(request.patterns), VolatileRules.of(request.volatile)
    try:
        checkout = ports.checkout if request.path is None else ports.checkout.at(request.path)
    except InputError as error:
        raise _CallerError(*error.problems) from None
    warnings: list[str] = []
    volatile: dict[str, tuple[str, ...]] = {}

    def choose(paths: Sequence[str]) -> Chosen:
        selected, without = patterns.over(paths).select(paths)
        problems = [_unmatched(each.text, paths) for each in without if not each.excludes]
        if not selected and not problems:
            what = f"The lines {', '.join(map(repr, request.patterns[:_SHOWN]))} of `files` leave out every file."
            problems.append(Problem(what, "Leave files in: without one, every run would have one digest."))
        if problems:
            raise _CallerError(*problems)
        warnings.extend(
            f"{each.text!r} of `files` leaves out no file. Correct it, or remove it."
            for each in without
            if each.excludes
        )
        chosen = sorted(selected)
        volatile.update(rules.of_paths(chosen))
        warnings.extend(f"{text!r} of `volatile` matches no file that counts." for text in rules.without_effect(chosen))
        return Chosen(selected, frozenset(volatile))

    found = checkout.snapshot(choose)
    counted = found.files
    if volatile:
        try:
            counted = without_volatile(found.files, volatile, found.contents)
        except InputError as error:
            raise _CallerError(*error.problems) from None
    return FilesFound(dict(counted), found.ignored, tuple(_notes(found)), tuple(warnings))


def _unmatched(pattern: str, paths: Sequence[str]) -> Problem:
    near = nearest(pattern, paths)
    hint = f" The nearest path is {near!r}." if near else ""
    what = f"{pattern!r} of `files` matches no file of the checkout.{hint}"
    fix = f"Correct it or remove it. A digest of nothing would be equal for all contents.{list_hint(pattern)}"
    return Problem(what, fix)


def _notes(found: Snapshot) -> list[str]:
    notes = []
    for names, which in ((found.untracked, "git does not track"), (found.ignored, "git ignores")):
        if names:
            listed = ", ".join(map(repr, names[:_SHOWN])) + (", …" if len(names) > _SHOWN else "")
            notes.append(f"{len(names):,} of these files {which}: {listed}")
    return notes


def _version(line: str, inputs: SkipUnchangedInputs, ports: Ports) -> str:
    ended = ports.processes.run(
        Command(
            script=line,
            working_directory=inputs.working_directory,
            timeout_seconds=float(inputs.timeout_seconds),
        )
    )
    version = ended.output.strip()
    if ended.exit_code or not version:
        how = f"ended with exit code {ended.exit_code}" if ended.exit_code else "printed nothing"
        what = f"The command {line!r} of `tools` {how}, so the version of the tool is not known."
        raise InputError(Problem(what, "Correct the command, or install the tool in a step before this one."))
    return f"{line}\n{version}"


def _of_system(error: OSError) -> ActionPatternsError:
    return InputError(Problem(f"The checkout cannot be read: {error}.", "Check the runner's disk and permissions."))
