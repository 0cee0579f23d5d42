"""The sources that the lines of `files` name, as templates, and the file that each makes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from action_patterns.actions.render.interface import RenderInputs
from action_patterns.content.admission import Admitted, admit, is_below, secret_problems
from action_patterns.content.blob import as_text
from action_patterns.content.changes import FileChange, Mode
from action_patterns.content.template import Template, has_expressions
from action_patterns.distribution.rules import at, target_problem
from action_patterns.errors import InputError, Problem
from action_patterns.ports.workspace import Files

_ARROW = re.compile(r"\s+->\s+")


class Problems(list[Problem]):
    """All that is wrong with the inputs."""

    def __enter__(self) -> None:
        """Collect the problems of the `with` block, which ends at the first error."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if isinstance(error, InputError):
            self.extend(error.problems)
        return isinstance(error, InputError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file to render."""

    path: str
    """Its path in the workspace."""
    target: str
    mode: Mode
    content: bytes
    line: int
    """Line of `files`."""
    text: Template | None = None
    to: Template | None = None
    """The target as a template."""
    named: bool = False
    """The line names this file, and not a directory or a pattern."""
    bypass: bool = False
    """The content may look like a secret."""

    def rendered(self, values: Mapping[str, Any]) -> FileChange:
        """Return the file for these values, at a target that was not looked at.

        Raises:
            InputError: a value is not set, the target leads outside, or the content looks like a secret.
        """
        problems = Problems()
        path, content = self.target, self.content
        with problems:
            if self.to is not None:
                path = self.to.render(values)
            if (why := target_problem(path)) is not None:
                what = f"Line {self.line} of `files`: {why}."
                problems.append(Problem(what, "Name a path inside the workspace."))
        with problems:
            if self.text is not None:
                content = self.text.render(values).encode()
                problems += [] if self.bypass else secret_problems(self.path, content)
        if problems:
            raise InputError(*problems)
        return FileChange(path=path, mode=self.mode, content=content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """All files to render."""

    items: tuple[Source, ...]
    directories: tuple[str, ...]
    """Paths of the source directories."""
    left_out: tuple[str, ...]

    def notice(self) -> str | None:
        """Return a sentence about documents of ours that were left out. None: there are none."""
        return Admitted((), self.left_out).notice()


def read(inputs: RenderInputs, files: Files, problems: Problems) -> Sources:
    """Read every source once. Adds to `problems` all that is wrong with them."""
    items: list[Source] = []
    directories: list[str] = []
    left_out: list[str] = []
    for number, line in enumerate(inputs.files, 1):
        with problems:
            source, *targets = _ARROW.split(line)
            if len(targets) > 1:
                what = f"Line {number} of `files` has several arrows: {line!r}."
                raise InputError(Problem(what, "Write `source -> target`, one pair a line."))
            found, is_directory = files.find(source), files.is_directory(source)
            if is_directory:
                _check_about_one(inputs, source, number)
                directories.append(_directory(found, source))
            pairs = _pairs(found, source, targets, is_directory=is_directory, exists=files.exists(source))
            named = not is_directory and files.exists(source)
            admitted = admit(found, named=[source] if named else (), bypass=inputs.push_protection_bypass)
            left_out += admitted.left_out
            for each in admitted.changes:
                with problems:
                    items.append(_source(each, pairs[each.path], inputs, line=number, named=named))
    return Sources(items=tuple(items), directories=tuple(directories), left_out=tuple(left_out))


def _check_about_one(inputs: RenderInputs, source: str, number: int) -> None:
    key = "merge" if inputs.merge is not None else "block" if inputs.block else None
    if key is not None:
        what = f"`{key}` is about one file, and line {number} of `files` names the directory {source!r}."
        raise InputError(Problem(what, f"Name a file, or remove `{key}`."))


def _directory(found: Sequence[FileChange], source: str) -> str:
    """Return the path of a source directory, as the paths of its files have it; empty for the workspace.

    Raises:
        InputError: the path is absolute, leads up, or passes a symbolic link.
    """
    path = str(PurePosixPath(source)).removeprefix(".")
    if not all(each.path.startswith(f"{path}/") for each in found if path):
        what = f"The directory {source!r} is not named by its path in the workspace."
        raise InputError(Problem(what, "Name it from the workspace down, without `..` and without symbolic links."))
    return path


def _pairs(
    found: Sequence[FileChange], source: str, targets: Sequence[str], *, is_directory: bool, exists: bool
) -> dict[str, str]:
    """Return the target of each source."""
    if not targets:
        return {each.path: each.path for each in found}
    if not exists:
        what = f"{source!r} is a pattern, which has no single target."
        raise InputError(Problem(what, "Name a file or a directory; a pattern stands alone and is rendered in place."))
    (target,) = targets
    if not is_directory:
        return {each.path: at(target, PurePosixPath(each.path).name) for each in found}
    above = _directory(found, source)
    below = {each.path: each.path.removeprefix(above).removeprefix("/") for each in found}
    return {path: at(f"{target.removesuffix('/')}/", name) for path, name in below.items()}


def _source(change: FileChange, target: str, inputs: RenderInputs, *, line: int, named: bool) -> Source:
    if change.mode is None or change.mode == "120000":
        what = f"{change.path} is a symbolic link, which has no content."
        raise InputError(Problem(what, "Name the file that it leads to, or remove the link.", file=change.path))
    in_place = target == change.path
    if in_place and (key := "merge" if inputs.merge is not None else "block" if inputs.block else None) is not None:
        what = f"`{key}` puts a source into another file, and line {line} of `files` names one file alone."
        raise InputError(Problem(what, f"Write `{change.path} -> <target>`."))
    bypass = is_below(change.path, inputs.push_protection_bypass)
    made = Source(
        path=change.path, target=target, mode=change.mode, content=change.content, line=line, named=named, bypass=bypass
    )
    if not inputs.template:
        return made
    if has_expressions(target) and not in_place:
        made = replace(made, to=Template.parse(target, name="files", line=line))
    if (text := as_text(change.content)) is not None:
        return replace(made, text=Template.parse(text, name=change.path))
    if named:
        what = f"{change.path} is a template, and holds bytes that are no text."
        fix = "Set `template: false`: binary files are never templates."
        raise InputError(Problem(what, fix, file=change.path))
    return made
