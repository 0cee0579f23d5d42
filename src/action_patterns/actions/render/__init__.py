"""render: templates, merged keys and blocks for files of the workspace, by the engine of `distribution.yml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from action_patterns.action.contract import Action, Finish
from action_patterns.actions.render import sources, values
from action_patterns.actions.render.interface import RenderInputs, RenderOutputs
from action_patterns.actions.render.sources import Problems, Source
from action_patterns.content.blob import as_text
from action_patterns.content.changes import FileChange, ancestors
from action_patterns.content.template import Template, has_expressions
from action_patterns.errors import EXIT_FAILED, InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The files that shall be there, and those that are."""

    desired: tuple[FileChange, ...]
    there: Mapping[str, FileChange]
    """By path. Mode None: there is none."""


def run(inputs: RenderInputs, ports: Ports) -> Finish[RenderOutputs]:
    """Render the files. Asks GitHub nothing.

    Raises:
        InputError: everything that is wrong with inputs and files. Nothing was written.
    """
    changes = decide(gather(inputs, ports))
    if not inputs.check:
        apply(changes, ports)
    paths = tuple(change.path for change in changes)
    for path in paths:
        ports.log.info(f"{path}: {'would change' if inputs.check else 'written'}")
    if not paths:
        ports.log.info("No file differs.")
    red = inputs.check and bool(paths)
    return Finish(
        outputs=RenderOutputs(changed=bool(paths), files=paths, count=len(paths)),
        annotations=(_differs(paths),) if red else (),
        exit_code=EXIT_FAILED if red else 0,
    )


def _differs(paths: tuple[str, ...]) -> Annotation:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return Annotation(
        level="error",
        title="Files differ",
        message=f"{len(paths)} files are not as their sources make them: {', '.join(paths[:_SHOWN])}{more}.\n"
        "Run this action without `check`, and commit what it writes. Do not edit these files by hand.",
    )


def gather(inputs: RenderInputs, ports: Ports) -> Facts:
    """Read the sources and the targets, and render.

    Raises:
        InputError: everything that is wrong, at once.
    """
    problems = Problems(_input_problems(inputs))
    found = sources.read(inputs, ports.files, problems)
    header: Template | None = None
    with problems:
        if inputs.header is not None:
            header = Template.parse(inputs.header, name="header")
    made: list[tuple[Source, FileChange]] = []
    text = inputs.header
    with problems:
        given = values.read(inputs, ports.files, ports.context)
        with problems:
            if header is not None and inputs.template:
                text = header.render(given)
        for source in found.items:
            with problems:
                made.append((source, source.rendered(given)))
    desired: dict[str, FileChange] = {}
    there: dict[str, FileChange] = {}
    owners: dict[str, Source] = {}
    for source, change in made:
        with problems:
            present = ports.files.present(change.path)
            if (other := owners.setdefault(present.path, source)) is not source:
                raise InputError(_twice(present.path, other, source))
            there[present.path] = present
            desired[present.path] = _laid(source, replace(change, path=present.path), present, inputs, text)
    problems += _overlaps(owners, found)
    if problems:
        raise InputError(*{(each.what, each.file, each.line): each for each in problems}.values())
    if (notice := found.notice()) is not None:
        ports.log.info(notice)
    return Facts(desired=tuple(desired[path] for path in sorted(desired)), there=there)


def _input_problems(inputs: RenderInputs) -> Iterator[Problem]:
    if not inputs.files:
        yield Problem("`files` names no file.", "Write `source -> target`, one pair a line.")
    if inputs.merge is not None and inputs.block:
        yield Problem("`merge` and `block` exclude each other.", "Use two steps.")
    if inputs.block and inputs.name is None:
        yield Problem("`block` has no `name`, which finds the block on the next run.", "Set `name`.")
    if inputs.name is not None and not inputs.block:
        yield Problem("`name` is that of a block.", "Set `block: true`, or remove `name`.")
    if inputs.name is not None and (len(inputs.name.splitlines()) > 1 or "--" in inputs.name or "*/" in inputs.name):
        yield Problem("`name` has several lines, or ends a comment.", "Write one line without `--` and `*/`.")
    if inputs.comment is not None and not inputs.block and inputs.header is None:
        yield Problem("`comment` is about a block or a header.", "Set `block` or `header`, or remove `comment`.")


def _laid(
    source: Source, change: FileChange, present: FileChange, inputs: RenderInputs, header: str | None
) -> FileChange:
    """Return the file as it shall be, laid over the one that is there.

    Raises:
        InputError: the two cannot be merged, the header has no comment there, or the result is a template again.
    """
    there = present.content if present.mode is not None else None
    content = change.content
    if inputs.merge is not None:
        from action_patterns.content.merge import merge  # for the steps that say so

        content = merge(inputs.merge, there, content, path=change.path)
    elif inputs.block and inputs.name is not None:
        from action_patterns.content.block import with_block  # for the steps that say so

        content = with_block(there, content, name=inputs.name, path=change.path, comment=inputs.comment)
    if header is not None and _takes_header(source, content):
        from action_patterns.content.block import with_header  # for the steps that say so

        content = with_header(content, header, path=change.path, comment=inputs.comment)
    if inputs.template and change.path == source.path and has_expressions(as_text(content) or ""):
        what = f"{source.path} is rendered in its place, and the result holds `<<{{`, `<<%` or `<<#`."
        fix = "Name a target beside the template: a rerun would take the result for a template."
        raise InputError(Problem(what, fix, file=source.path))
    return replace(change, content=content)


def _takes_header(source: Source, content: bytes) -> bool:
    """Return whether a file has a header. Binary files of a directory have none. Raises InputError: one is named."""
    if (text := as_text(content)) is None and source.named:
        what = f"{source.path} holds bytes that are no text, so it takes no header."
        raise InputError(Problem(what, "Remove `header`, or render it in another step.", file=source.path))
    return text is not None


def _twice(path: str, one: Source, other: Source) -> Problem:
    return Problem(
        f"{path} is a target twice: {_named(one)} and {_named(other)} both make it.",
        "Let one source make it.",
    )


def _named(source: Source) -> str:
    return f"{source.path} (line {source.line} of `files`)"


def _overlaps(owners: Mapping[str, Source], found: sources.Sources) -> Iterator[Problem]:
    """Yield a problem for each target that is inside another, or that the next run would read as a source."""
    paths = {each.path for each in found.items}
    for path, source in owners.items():
        for parent in ancestors(path):
            if parent in owners:
                what = f"{path} of {_named(source)} is inside {parent}, which {_named(owners[parent])} makes a file."
                yield Problem(what, "A path is either a file or a directory: rename one of the two.")
        if path == source.path:
            continue
        inside = next((each for each in found.directories if not each or path.startswith(f"{each}/")), None)
        if path in paths or inside is not None:
            where = f"below the source directory {inside or '.'!r}" if inside is not None else "a source too"
            what = f"{path}, which {_named(source)} makes, is {where}: the next run would render it again."
            yield Problem(what, "Keep the targets apart from the sources.")


def decide(facts: Facts) -> tuple[FileChange, ...]:
    """The files that differ. A file that is there keeps its mode, so a mode alone is no difference."""
    return tuple(
        change
        for change in facts.desired
        if facts.there[change.path].mode is None or facts.there[change.path].content != change.content
    )


def apply(changes: tuple[FileChange, ...], ports: Ports) -> None:
    """Write the files, each at once."""
    for change in changes:
        assert change.mode is not None, "a source has a mode"
        ports.files.replace(change.path, change.content, change.mode)


ACTION = Action(
    name="render",
    title="Render",
    description="Render templates, merge keys and keep blocks in files of the workspace: a rerun writes nothing.",
    patterns=("Matrix Distribution", "Work Avoidance"),
    since="0.1.0",
    inputs=RenderInputs,
    outputs=RenderOutputs,
    run=run,
    icon="file-text",
    color="purple",
)
