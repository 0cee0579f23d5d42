"""The mode `clean` of every action that keeps records: its inputs, its outputs and its end, worded once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pydantic import Field

from action_patterns.action.reason import Reason
from action_patterns.contracts.document import compact_json
from action_patterns.errors import Problem
from action_patterns.input_types import input_name
from action_patterns.ports.ref_store import RefStore

if TYPE_CHECKING:
    from action_patterns.contracts.result import Outcome
    from action_patterns.errors import ConflictError
    from action_patterns.ports.bundle import Ports
    from action_patterns.ports.credentials import Credentials
    from action_patterns.ports.log import Annotation
    from action_patterns.state.cleaning import Left, Litter, Rule
    from action_patterns.state.record import AnyRecord

DEFAULT_OLDER_THAN_DAYS = 90
"""GitHub keeps logs and artifacts as long, unless a repository says otherwise (docs, "Actions limits")."""
MAX_OLDER_THAN_DAYS = 3_650
MOST_SHOWN = 20
CLEAN_USES = (RefStore.list, RefStore.update_all)
CLEAN_INPUTS = ("prefix", "older_than_days", "dry_run")


def prefix_field(of: str, *, modes: str = "`clean`") -> Any:
    """Return the input `prefix`. `of`: what begins with it."""
    return Field(default=None, description=f"For {modes}: the text that {of} begin with. Default: all.")


def older_than_days_field(never: str) -> Any:
    """Return the input `older-than-days`. `never`: a sentence about what stays at any age."""
    return Field(
        default=None,
        ge=0,
        le=MAX_OLDER_THAN_DAYS,
        description=f"For `clean`: days since a run wrote what goes, by GitHub's clock. {never}"
        f" Default: {DEFAULT_OLDER_THAN_DAYS}.",
    )


def dry_run_field() -> Any:
    """Return the input `dry-run`."""
    return Field(default=None, description="For `clean`: `false` removes. Default: true, it only lists.")


def removed_field(what: str) -> Any:
    """Return the output `removed`. `what`: what its names name."""
    return Field(description=f"For `clean`: {what} that it removed, or would remove, a JSON list of names.")


def removed_count_field() -> Any:
    """Return the output `removed-count`."""
    return Field(description="For `clean`: how many `removed` has.")


class CleanInputs(Protocol):
    """The inputs of an action with the mode `clean`, as far as the mode needs them."""

    @property
    def max_minutes(self) -> int: ...
    @property
    def store(self) -> str: ...
    @property
    def prefix(self) -> str | None: ...
    @property
    def older_than_days(self) -> int | None: ...
    @property
    def dry_run(self) -> bool | None: ...
    def credentials(self) -> Credentials:
        """Return the token or App."""


class Cleaned(NamedTuple):
    """The end of a step that cleans."""

    outcome: Outcome
    reason: str
    removed: tuple[str, ...]
    annotations: tuple[Annotation, ...]
    summary: str

    def outputs(self) -> dict[str, Any]:
        """Return the outputs that every kind has."""
        return {
            "removed": compact_json(self.removed),
            "removed_count": len(self.removed),
            "outcome": self.outcome,
            "reason": self.reason,
        }


def older_than(inputs: CleanInputs) -> timedelta:
    """Return the age from which on records go."""
    return timedelta(days=DEFAULT_OLDER_THAN_DAYS if inputs.older_than_days is None else inputs.older_than_days)


def misplaced(inputs: CleanInputs, mode: str) -> Iterator[Problem]:
    """Yield the inputs of `clean` that have no effect on another mode."""
    for name in CLEAN_INPUTS if mode != "clean" else ():
        if getattr(inputs, name) is not None:
            yield Problem(
                f"`{input_name(name)}` is given, and has no effect on `{mode}`.", "Leave it out; it is for `clean`."
            )


def clean_records(inputs: CleanInputs, ports: Ports, repository: str, called: str, rule: Rule[AnyRecord]) -> Cleaned:
    """Run `clean` for a kind whose records go one by one."""
    from action_patterns.state.cleaning import litter_of

    def find(refs: RefStore, left: Left) -> Iterator[Litter]:
        return litter_of(rule, refs, repository, inputs.prefix or "", left)

    return clean(inputs, ports, repository, called, find)


def clean(
    inputs: CleanInputs, ports: Ports, repository: str, called: str, find: Callable[[RefStore, Left], Iterable[Litter]]
) -> Cleaned:
    """List what may go, and remove it unless the run is dry.

    Args:
        inputs: the inputs of the step.
        ports: the run's ports.
        repository: `owner/name` that keeps the records.
        called: the word for the records, in the plural.
        find: yields what may go, from the store.

    Raises:
        ActionPatternsError: the store could not be read or written.
    """
    from action_patterns.action.place import opened
    from action_patterns.escape import code_span
    from action_patterns.ports.log import Annotation
    from action_patterns.state.cleaning import remove

    annotations = list[Annotation]()

    def left(error: ConflictError) -> None:
        said = f"{error.message}\n{error.remediation}"
        annotations.append(Annotation(level="warning", message=said, title="A record was left"))

    is_dry = inputs.dry_run is not False
    seconds = 60.0 * inputs.max_minutes
    gone = list[str]()
    with opened(ports, inputs.credentials(), CLEAN_USES, repository, seconds=seconds, store=inputs.store) as github:
        found = find(github.refs, left)
        for each in found if is_dry else remove(github.refs, repository, found):
            gone += each.names
            ports.log.info(f"{'Would remove' if is_dry else 'Removed'} {', '.join(each.names)}: {each.description}.")
    outcome, reason = _END[bool(gone), is_dry]
    row = next(each for each in CLEAN_REASONS if each.code == reason)
    gone.sort()
    ports.log.info(f"{reason}: {row.meaning}")
    lines = [f"### Clean {called}: {len(gone):,} {'would go' if is_dry else 'removed'}", "", row.meaning, ""]
    lines += [f"- {code_span(name)}" for name in gone[:MOST_SHOWN]]
    if len(gone) > MOST_SHOWN:
        lines.append(f"- {len(gone) - MOST_SHOWN:,} more of {len(gone):,}, which the log names")
    return Cleaned(outcome, reason, tuple(gone), tuple(annotations), "\n".join(lines).rstrip() + "\n")


_END: dict[tuple[bool, bool], tuple[Outcome, str]] = {
    (True, True): ("planned", "would-clean"),
    (True, False): ("updated", "cleaned"),
    (False, True): ("unchanged", "nothing-to-clean"),
    (False, False): ("unchanged", "nothing-to-clean"),
}

CLEAN_REASONS = (
    Reason("cleaned", "updated", "The records that `removed` names are gone.", "Nothing."),
    Reason(
        "would-clean",
        "planned",
        "The records that `removed` names would go. Nothing was written.",
        "Look at the names, then set `dry-run: false`.",
    ),
    Reason("nothing-to-clean", "unchanged", "No record is old and of no use.", "Nothing."),
)
"""The reasons of the mode `clean`, the same for every kind of record."""
