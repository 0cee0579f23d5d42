"""unique-id: a name that follows from content and nothing else, so that a rerun finds what an earlier run named."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.action.named_files import read_named_files
from action_patterns.action.values import read_values
from action_patterns.content.changes import FileChange
from action_patterns.content.identifier import Identifier, as_git_stores, identify, is_of_run, odds
from action_patterns.content.text import slug
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import Flag, LineList, ValueList
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context

_COMMIT_ID_LENGTH = 40


class UniqueIdInputs(Inputs):
    """Inputs of unique-id."""

    values: ValueList = Field(
        default=(),
        description="Parts of the id, one value a line; their order counts. For example `config-sync` and"
        " `acme/api`. Never a time, a random number or anything of the run: it would differ on every rerun."
        " An empty line is refused.",
    )
    values_path: str | None = Field(
        default=None,
        description="Instead of `values`: path of a file with one value a line, for what a program writes. An input"
        " takes at most 128 KiB.",
    )
    files: LineList = Field(
        default=(),
        description="Files of the workspace whose paths, modes and content count, one path or pattern a line. A"
        " directory stands for everything below it but `.git`. A leading `!` takes out files that lines above it name.",
    )
    prefix: str = Field(default="", description="Readable first part, as lower-case letters, digits and hyphens.")
    length: int = Field(default=16, ge=4, le=64, description="Hex digits of the id, 4 to 64.")
    normalise_line_endings: Flag = Field(
        default=True,
        description="A text file with CRLF line ends counts as one with LF. A binary file is never touched.",
    )


class UniqueIdOutputs(Outputs):
    """Outputs of unique-id."""

    id: str = Field(description="`<prefix>-<hex digits>`; fit for a branch, a tag, an artifact or a `key`.")
    digest: str = Field(description="All 64 hex digits, without the prefix.")
    length: int = Field(description="Hex digits of the id.")
    collision_odds: str = Field(
        description="Odds that two ids of this length are equal, for example `1 in 3.7 billion among 100,000 ids`."
    )


def run(inputs: UniqueIdInputs, ports: Ports) -> Finish[UniqueIdOutputs]:
    """Name the parts. Asks GitHub nothing and writes nothing."""
    values = read_values(inputs.values, inputs.values_path, ports)
    inputs = inputs.model_copy(update={"values": values})
    if problems := tuple(_problems(inputs, ports.context)):
        raise InputError(*problems)
    found = decide(inputs, gather(inputs, ports))
    ports.log.info(f"{found.name}: of {len(inputs.values)} values and {len(inputs.files)} paths")
    return Finish(
        outputs=UniqueIdOutputs(
            id=found.name, digest=found.digest, length=inputs.length, collision_odds=odds(inputs.length)
        )
    )


def gather(inputs: UniqueIdInputs, ports: Ports) -> tuple[FileChange, ...]:
    """Return the named files.

    Raises:
        InputError: for every path or pattern that names no file: an id of nothing would be equal for all.
    """
    return read_named_files(inputs.files, ports.files)


def decide(inputs: UniqueIdInputs, files: tuple[FileChange, ...]) -> Identifier:
    """The id."""
    stored = [as_git_stores(change, normalise_line_endings=inputs.normalise_line_endings) for change in files]
    return identify(inputs.values, stored, prefix=inputs.prefix, length=inputs.length)


def _problems(inputs: UniqueIdInputs, context: Context) -> Iterator[Problem]:
    if not inputs.values and not inputs.files:
        yield Problem("Neither `values` nor `files` is given: there is nothing to name.", "Give one of the two.")
    if inputs.length == _COMMIT_ID_LENGTH and not slug(inputs.prefix):
        yield Problem(
            "40 hex digits alone look like a commit id, which GitHub refuses as the name of a branch or tag.",
            "Give a `prefix` with a letter or digit of a to z or 0 to 9, or another `length`.",
        )
    run_id, attempt = context.run_id, context.run_attempt
    for name, given in [*(("values", value) for value in inputs.values), ("prefix", inputs.prefix)]:
        if is_of_run(given, run_id, attempt):
            yield Problem(
                f"`{name}` has {given!r}, which belongs to this run (run id {run_id}, attempt {attempt}): the next run"
                " would get another id, and make everything a second time.",
                "Name what stays the same on every run: the repository, the target, the task. If each run needs"
                " another name, `${{ github.run_id }}` is one; no action is needed for that.",
            )


ACTION = Action(
    name="unique-id",
    title="Unique id",
    description="Make a name for a branch, a key, an artifact or a tag from values and files: a rerun finds it again.",
    patterns=("Idempotency",),
    since="0.1.0",
    inputs=UniqueIdInputs,
    outputs=UniqueIdOutputs,
    run=run,
    icon="hash",
    color="purple",
)
