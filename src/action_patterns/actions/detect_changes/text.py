"""The answer as outputs, files, summary and annotations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from action_patterns.action.contract import Finish
from action_patterns.actions.detect_changes.gather import Facts
from action_patterns.actions.detect_changes.interface import DetectChangesOutputs
from action_patterns.actions.detect_changes.reading import Wanted
from action_patterns.changes.groups import Concerned, Selection
from action_patterns.changes.reasons import REASONS
from action_patterns.content.identifier import identify
from action_patterns.contracts.wording import counted
from action_patterns.escape import cell_code, inline
from action_patterns.ports.history import ChangedPath
from action_patterns.ports.log import Annotation

if TYPE_CHECKING:
    from action_patterns.ports.bundle import Ports

MOST_CHARACTERS = 100_000
"""Longest JSON of one output. GitHub keeps 1 MiB for all outputs of a job, and counts two bytes for each character."""
MOST_JOBS = 256
"""Jobs of one matrix (GitHub docs: "Actions limits")."""
_SHOWN_FILES = 20
_SHOWN_IGNORED = 5
_SHOWN_WARNINGS = 10
_CAUSES = {
    "own": "its own paths",
    "shared": "a shared path",
    "depends-on": "a group it depends on",
    "everything": "nothing is excluded",
    None: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was decided."""

    files: Sequence[ChangedPath]
    """The paths that differ and count."""
    concerned: Concerned
    changed: bool


def finish(
    facts: Facts, wanted: Wanted, answer: Answer, ports: Ports, warnings: Sequence[str]
) -> Finish[DetectChangesOutputs]:
    """Return outputs, summary and annotations, and write the files."""
    base = facts.base
    row = next(each for each in REASONS if each.code == base.reason)
    added = [each.path for each in answer.files if each.status == "added"]
    deleted = [each.path for each in answer.files if each.status == "deleted"]
    files = [each.path for each in answer.files]
    matrix = json.dumps({"include": answer.concerned.matrix}, separators=(",", ":")) if wanted.groups else None
    by_group: dict[str, dict[str, list[Mapping[str, str]]]] = {}
    for entry in answer.concerned.matrix:
        by_group.setdefault(entry["group"], {"include": []})["include"].append(entry)
    # By its content: two steps of a job do not write over each other's files, and a rerun writes the same.
    place = (
        f"action-patterns/detect-changes/{identify((matrix or '', *files, '', *added), (), prefix='', length=16).name}"
    )
    long: list[str] = []

    def short(name: str, text: str) -> str | None:
        if len(text) <= MOST_CHARACTERS:
            return text
        long.append(name)
        return None

    outputs = DetectChangesOutputs(
        changed=answer.changed,
        groups=_json({name: cause is not None for name, cause in answer.concerned.causes.items()})
        if wanted.groups
        else None,
        matrix=None if matrix is None else short("matrix", matrix),
        matrix_path=None if matrix is None else ports.files.write(f"{place}/matrix.json", matrix + "\n"),
        matrix_by_group=short("matrix-by-group", _json(by_group)) if wanted.groups else None,
        matrix_count=len(answer.concerned.matrix),
        files=short("files", _json(files)),
        files_path=ports.files.write_names(f"{place}/files", files),
        added=short("added", _json(added)),
        added_path=ports.files.write_names(f"{place}/added", added),
        deleted=short("deleted", _json(deleted)),
        deleted_path=ports.files.write_names(f"{place}/deleted", deleted),
        count=len(files),
        everything=base.everything,
        base=base.oid,
        head=base.head or None,
        base_reason=base.reason,
        mark=facts.mark,
        removed=None,
        removed_count=0,
        outcome=None,
        reason=None,
    )
    said = [*warnings, *_about_outputs(long, len(answer.concerned.matrix))]
    hidden = len(said) - _SHOWN_WARNINGS
    shown = [*said[:_SHOWN_WARNINGS], *([f"{hidden} more warnings are in the summary."] if hidden > 0 else [])]
    ports.log.info(" ".join(_sentences(facts, answer, row.meaning)))
    return Finish(
        outputs=outputs,
        summary="\n".join(_summary(facts, answer, row.meaning, said)) + "\n",
        annotations=tuple(Annotation(level="warning", message=each, title="detect-changes") for each in shown),
    )


def completed(mark: str, warning: str) -> Finish[DetectChangesOutputs]:
    """Return the end of a step that marks. `warning` "": there is none."""
    outputs = DetectChangesOutputs(
        changed=False,
        groups=None,
        matrix=None,
        matrix_path=None,
        matrix_by_group=None,
        matrix_count=0,
        files=None,
        files_path=None,
        added=None,
        added_path=None,
        deleted=None,
        deleted_path=None,
        count=0,
        everything=False,
        base=None,
        head=None,
        base_reason=None,
        mark=mark,
        removed=None,
        removed_count=0,
        outcome=None,
        reason=None,
    )
    said = (Annotation(level="warning", message=warning, title="detect-changes"),) if warning else ()
    return Finish(outputs=outputs, summary=f"### Mark: {mark}\n", annotations=said)


def of_selections(wanted: Wanted) -> Iterator[tuple[str, Selection]]:
    """Yield each list of patterns, and the place where the caller wrote it."""
    if wanted.paths is not None:
        yield "`paths`", wanted.paths
    if wanted.shared is not None:
        yield "`shared`", wanted.shared
    for group in wanted.groups:
        yield f"the group {group.name!r}", group.selection


def _json(value: object) -> str:
    # ASCII: a byte of a name that is no UTF-8 is an escape, and no character that GitHub would replace.
    return json.dumps(value, separators=(",", ":"))


def _about_outputs(long: Sequence[str], jobs: int) -> Iterator[str]:
    for name in long:
        yield (
            f"The output `{name}` would be longer than {MOST_CHARACTERS:,} characters, so it is empty. Read the file"
            f" that `{name.removesuffix('-by-group')}-path` names."
        )
    if jobs > MOST_JOBS:
        yield f"`matrix` has {jobs} entries, and GitHub takes {MOST_JOBS}. Divide its group, or give each job several."


def _sentences(facts: Facts, answer: Answer, meaning: str) -> Iterator[str]:
    base = facts.base
    yield f"Base: {base.oid[:12] if base.oid else 'none, so everything counts as changed'}. {meaning}"
    if base.detail:
        yield base.detail
    if answer.files or not base.everything:
        yield f"{counted(len(answer.files), 'path differs', 'paths differ')}."
    if facts.ignored:
        names = ", ".join(map(repr, facts.ignored[:_SHOWN_IGNORED]))
        more = f" and {len(facts.ignored) - _SHOWN_IGNORED:,} more" if len(facts.ignored) > _SHOWN_IGNORED else ""
        yield f"git ignores {names}{more}: they never count."


def _summary(facts: Facts, answer: Answer, meaning: str, warnings: Sequence[str]) -> Iterator[str]:
    number = len(answer.files)
    paths = counted(number, "path") if number else "nothing"
    state = "everything" if facts.base.everything else paths
    yield f"### Changed: {state}"
    yield ""
    yield inline(" ".join(_sentences(facts, answer, meaning)))
    for warning in warnings:
        yield ""
        yield f"**Warning:** {inline(warning)}"
    if answer.concerned.causes:
        yield ""
        yield "| Group | Concerned by |"
        yield "| --- | --- |"
        for name, cause in answer.concerned.causes.items():
            yield f"| {cell_code(name)} | {_CAUSES[cause] or '-'} |"
    if answer.files and not facts.base.everything:
        yield ""
        yield "| Path | Change |"
        yield "| --- | --- |"
        for each in answer.files[:_SHOWN_FILES]:
            yield f"| {cell_code(each.path)} | {each.status} |"
        if len(answer.files) > _SHOWN_FILES:
            yield f"| {len(answer.files) - _SHOWN_FILES:,} more | |"
