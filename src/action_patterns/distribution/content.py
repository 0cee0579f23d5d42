"""The sources of a campaign, read once and checked before anything depends on a target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from action_patterns.content.admission import Admitted, admit
from action_patterns.content.blob import as_text
from action_patterns.content.changes import FileChange, Mode
from action_patterns.content.template import Template, has_expressions
from action_patterns.distribution.distribution_file import Distribution, RuleSet
from action_patterns.distribution.rules import FileRule, at
from action_patterns.errors import InputError, Problem
from action_patterns.ports.workspace import Files

if TYPE_CHECKING:
    from action_patterns.content.patterns import PatternList


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file of a rule."""

    source: str
    """Its path in the workspace."""
    target: str
    """Its path in a target, which may be a template."""
    mode: Mode
    content: bytes
    template: Template | None = None
    path: Template | None = None
    """The target's path as a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A rule with its files."""

    rules: RuleSet
    rule: FileRule
    line: int
    """Line of the rule in the distribution file."""
    files: tuple[SourceFile, ...] = ()
    keeps: PatternList | None = None
    """Paths below the directory that the rule leaves alone."""
    idle: tuple[str, ...] = ()
    """Sentences about patterns of `exclude` without effect."""
    directory: Template | None = None
    """The target's path as a template."""
    header: Template | None = None
    """The header as a template."""

    def templates(self) -> Iterator[Template]:
        """Yield the templates of the rule."""
        of_files = (each for file in self.files for each in (file.path, file.template))
        yield from (each for each in (self.directory, self.header, *of_files) if each is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All rules with their files."""

    items: tuple[Source, ...]
    left_out: tuple[str, ...] = ()
    """Documents of ours that were found among them."""

    def notice(self) -> str | None:
        """Return sentences about what was left out, and what was meant to be and was not. None: there are none."""
        own = Admitted((), self.left_out).notice()
        return " ".join([*([own] if own else []), *(each for item in self.items for each in item.idle)]) or None


def read_sources(distribution: Distribution, files: Files, *, name: str) -> tuple[Sources, list[Problem]]:
    """Read every source once. `name` is the distribution file's.

    Returns:
        The rules whose files could be read, and a problem for each source that is absent, too large, outside the
        workspace or no content (see content.admission), and for each template that cannot be read.
    """
    problems: list[Problem] = []
    items: list[Source] = []
    left_out: list[str] = []
    for rules in distribution.sets:
        for index, rule in enumerate(rules.files):
            line = distribution.line(*rules.location, "files", index)
            try:
                item, own = _read(rules, rule, files, name=name, line=line)
            except InputError as error:
                problems += [
                    each if each.file else Problem(each.what, each.fix, file=name, line=line) for each in error.problems
                ]
            else:
                items.append(item)
                left_out += own
    return Sources(items=tuple(items), left_out=tuple(left_out)), problems


def _read(rules: RuleSet, rule: FileRule, files: Files, *, name: str, line: int) -> tuple[Source, tuple[str, ...]]:
    keeps = None
    if rule.exclude:
        from action_patterns.content.patterns import PatternList  # for the rules that say so

        keeps = PatternList.of(rule.exclude, file=name, line=line)
    item = Source(rules=rules, rule=rule, line=line, keeps=keeps)
    if rule.template and has_expressions(rule.target):
        item = replace(item, directory=Template.parse(rule.directory, name=name, line=line))
    if rule.template and rule.header is not None:
        item = replace(item, header=Template.parse(rule.header, name=name, line=line))
    if rule.source is None:
        return item, ()
    is_directory = files.is_directory(rule.source)
    if not is_directory and (key := _about_directories(rule)) is not None:
        what = f"`{key}` is about directories, and {rule.source!r} is a file."
        raise InputError(Problem(what, f"Name a directory as `source`, or remove `{key}`.", file=name, line=line))
    if is_directory and (key := _about_files(rule)) is not None:
        what = f"`{key}` is about one file, and {rule.source!r} is a directory."
        raise InputError(Problem(what, f"Name a file as `source`, or remove `{key}`.", file=name, line=line))
    if is_directory:
        prefix = "" if rule.directory == "." else f"{rule.directory}/"
        listed = list(files.directory(rule.source))
        if keeps is not None:
            item, listed = _without_excluded(item, keeps, listed, f"line {line} of {name}")
        found = {f"{rule.source.rstrip('/')}/{each.path}": each for each in listed}
        targets = {source: prefix + each.path for source, each in found.items()}
    else:
        source = PurePosixPath(rule.source)
        found = {rule.source: files.entry(rule.source, source)}
        targets = {rule.source: at(rule.target, source.name)}
    # The messages of `admit` name the place in the source; the pull request has the target's.
    admitted = admit(
        (replace(each, path=source) for source, each in found.items()),
        named=() if is_directory else found,
        bypass=tuple(found) if rule.push_protection_bypass else (),
    )
    if not admitted.changes:
        what = f"The source directory {rule.source!r} is empty."
        raise InputError(Problem(what, "Add files to it, or remove the rule.", file=name, line=line))
    made = tuple(_files(rule, admitted.changes, targets, single=not is_directory, name=name, line=line))
    return replace(item, files=made), admitted.left_out


def _without_excluded(
    item: Source, keeps: PatternList, listed: list[FileChange], place: str
) -> tuple[Source, list[FileChange]]:
    """Return the files that the rule does not exclude, and the item with the patterns that exclude none of them."""
    from action_patterns.content.patterns import nearest

    paths = [each.path for each in listed]
    keeps = keeps.over(paths)
    idle = []
    # A mirror's patterns may be about files that only a target has.
    for pattern in () if item.rule.mirror else keeps.without_effect(paths):
        near = None if any(map(pattern.matches, paths)) else nearest(pattern.text, paths)
        hint = f" The nearest name is {near!r}." if near else ""
        number = f"the {len(paths):,} {'file' if len(paths) == 1 else 'files'}"
        what = f"`{pattern.text}` in `exclude`, {place}, has no effect on {number} of {item.rule.source!r}."
        idle.append(f"{what}{hint} Correct it, or remove it.")
    return replace(item, idle=tuple(idle)), [each for each in listed if not keeps.selects(each.path)]


def _about_directories(rule: FileRule) -> str | None:
    return "mirror" if rule.mirror else "exclude" if rule.exclude else None


def _about_files(rule: FileRule) -> str | None:
    return "merge" if rule.merge is not None else "block" if rule.block else None


def _files(
    rule: FileRule, changes: Iterable[FileChange], targets: dict[str, str], *, single: bool, name: str, line: int
) -> list[SourceFile]:
    """Return the files of a rule, with their templates.

    Raises:
        InputError: files that are no templates, or a binary file that is named as one; all at once.
    """
    problems: list[Problem] = []
    made: list[SourceFile] = []
    for change in changes:
        assert change.mode is not None, "a source adds files"
        mode = rule.mode if rule.mode is not None and change.mode in ("100644", "100755") else change.mode
        file = SourceFile(source=change.path, target=targets[change.path], mode=mode, content=change.content)
        try:
            if rule.template:
                file = _as_template(file, single=single, name=name, line=line)
        except InputError as error:
            problems += error.problems
        made.append(file)
    if problems:
        raise InputError(*problems)
    return made


def _as_template(file: SourceFile, *, single: bool, name: str, line: int) -> SourceFile:
    if has_expressions(file.target):
        file = replace(file, path=Template.parse(file.target, name=name, line=line))
    text = as_text(file.content) if file.mode != "120000" else None
    if text is not None:
        return replace(file, template=Template.parse(text, name=file.source))
    if single:
        what = f"{file.source} is a template, and holds bytes that are no text."
        raise InputError(Problem(what, "Remove `template: true`: binary files are never templates.", file=file.source))
    return file
