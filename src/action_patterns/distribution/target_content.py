"""The content for one target: its rules, rendered with its values. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from action_patterns.content.admission import secret_problems
from action_patterns.content.blob import as_text
from action_patterns.content.changes import FileChange, ancestors
from action_patterns.content.edits import Edit, Mirror
from action_patterns.content.template import Template
from action_patterns.distribution.content import Source, SourceFile
from action_patterns.distribution.rules import FileRule, target_problem
from action_patterns.errors import InputError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetContent:
    """All that shall change in one target."""

    changes: tuple[FileChange, ...]
    edits: tuple[Edit, ...]
    mirrors: tuple[Mirror, ...]


def content_of(
    sources: Sequence[Source], values: Callable[[Source], Mapping[str, Any]], *, campaign: str, file: str
) -> TargetContent:
    """Return the content of these rules. `values` are those of the target, for the group of a rule.

    Raises:
        InputError: values that are not set, expressions that fail, paths that lead outside, and paths that two rules
            name; all at once.
    """
    problems: list[Problem] = []
    changes: list[FileChange] = []
    edits: list[Edit] = []
    mirrors: list[Mirror] = []
    mirrored: list[tuple[str, Source]] = []
    owners: dict[str, Source] = {}

    def take(path: str, source: Source) -> None:
        if (other := owners.setdefault(path, source)) is not source:
            problems.append(_twice(path, other, source, file))

    for source in sources:
        rule = source.rule
        try:
            given = values(source)
            directory = _path(source.directory, rule.directory, given)
            if rule.absent:
                take(directory, source)
                changes.append(FileChange(path=directory, mode=None))
            elif rule.symbolic_link is not None:
                take(directory, source)
                changes.append(FileChange(path=directory, mode="120000", content=rule.symbolic_link.encode()))
            if rule.mirror:
                keeps = source.keeps.selects if source.keeps is not None else _none
                problems += [_meeting(directory, each, source, file) for each in mirrored if _meet(directory, each[0])]
                mirrored.append((directory, source))
                mirrors.append(Mirror(path=directory, keeps=keeps))
        except InputError as error:
            problems += error.problems
            continue
        for each in source.files:
            try:
                made = _made(each, source, given, campaign=campaign)
            except InputError as error:
                problems += [
                    one if one.file else Problem(one.what, one.fix, file=file, line=source.line)
                    for one in error.problems
                ]
                continue
            take(made.path, source)
            if isinstance(made, Edit):
                edits.append(made)
            else:
                changes.append(made)
    problems += _nested((*changes, *edits), owners, file)
    if problems:
        raise InputError(*{(each.what, each.line): each for each in problems}.values())
    return TargetContent(changes=tuple(changes), edits=tuple(edits), mirrors=tuple(mirrors))


def _meet(one: str, other: str) -> bool:
    """Return whether two directories are one, or one is inside the other."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _meeting(path: str, other: tuple[str, Source], source: Source, file: str) -> Problem:
    where, one = other
    return Problem(
        f"The mirror {path} of {_named(source)} meets the mirror {where} of {_named(one)}: each would remove files that"
        " the other keeps.",
        "Let one rule mirror the directory, or keep repositories of one group out of the other.",
        file=file,
        line=source.line,
    )


def _none(_: str) -> bool:
    return False


def _path(template: Template | None, path: str, values: Mapping[str, Any]) -> str:
    if template is None:
        return path
    found = template.render(values)
    if (why := target_problem(found)) is not None:
        what = f"{template.name}: the target {template.text!r} became one that is none: {why}."
        raise InputError(Problem(what, "Correct the expression, or its value.", file=template.name))
    return found.removesuffix("/")


def _made(file: SourceFile, source: Source, values: Mapping[str, Any], *, campaign: str) -> FileChange | Edit:
    rule = source.rule
    path = _path(file.path, file.target, values)
    content = file.content
    if file.template is not None:
        content = file.template.render(values).encode()
        problems = [] if rule.push_protection_bypass else secret_problems(file.source, content)
        if problems:
            raise InputError(*problems)
    header = source.header.render(values) if source.header is not None else rule.header
    if header is not None and file.mode != "120000" and as_text(content) is not None:
        from action_patterns.content.block import with_header  # for the rules that say so

        content = with_header(content, header, path=path, comment=rule.comment)
    if not rule.depends:
        return FileChange(path=path, mode=file.mode, content=content)
    transform = _transform(rule, path, campaign=campaign)
    if transform is not None:
        transform(None, content)  # So a mistake in our own part is named before a target is read.
    return Edit(
        path=path,
        mode=file.mode,
        content=content,
        condition=rule.condition,
        transform=transform,
        keeps_mode=rule.mode is None,
        volatile=_volatile(rule, path),
    )


def _transform(rule: FileRule, path: str, *, campaign: str) -> Callable[[bytes | None, bytes], bytes] | None:
    if rule.merge is not None:
        from action_patterns.content.merge import merge  # for the rules that say so

        kind = rule.merge
        return lambda there, owned: merge(kind, there, owned, path=path)
    if rule.block:
        from action_patterns.content.block import with_block  # for the rules that say so

        return lambda there, text: with_block(there, text, name=campaign, path=path, comment=rule.comment)
    return None


def _volatile(rule: FileRule, path: str) -> Any:
    if not rule.volatile:
        return None
    from action_patterns.content.volatile import VolatileParts  # for the rules that say so

    return VolatileParts.of(rule.volatile, path=path)


def _twice(path: str, one: Source, other: Source, file: str) -> Problem:
    return Problem(
        f"{path} is a target twice: {_named(one)} and {_named(other)} both name it.",
        "Let one rule name it. Keep repositories of one group out of the other with `exclude` or `when`.",
        file=file,
        line=other.line,
    )


def _named(source: Source) -> str:
    group = f"group {source.rules.name!r}" if source.rules.name else "`files`"
    return f"{source.rule.label} of {group} (line {source.line})"


def _nested(made: Iterable[FileChange | Edit], owners: Mapping[str, Source], file: str) -> list[Problem]:
    """Return a problem for each file inside a path that another rule makes a file."""
    wanted = {each.path for each in made if each.mode is not None}
    return [
        Problem(
            f"{path} of {_named(owners[path])} is inside {parent}, which {_named(owners[parent])} makes a file.",
            "A path is either a file or a directory: rename one of the two.",
            file=file,
            line=owners[path].line,
        )
        for path in sorted(wanted)
        for parent in ancestors(path)
        if parent in wanted
    ]
