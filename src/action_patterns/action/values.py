"""The values of an input and of the file beside it, for actions that take both."""

from __future__ import annotations

from action_patterns.content.text import read_text
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import values_of
from action_patterns.ports.bundle import Ports


def read_input_file(name: str, path: str, ports: Ports) -> str:
    """Return the text of the file that the input `name` has the path of.

    Raises:
        InputError: it cannot be read, or is no text. The message names the input.
    """
    try:
        return read_text(ports.files.read(path), path)
    except InputError as error:
        raise InputError(*(_of_input(name, each) for each in error.problems)) from None


def _of_input(name: str, problem: Problem) -> Problem:
    what = f"Input `{name}`: {problem.what[:1].lower()}{problem.what[1:]}"
    return Problem(what, problem.fix, file=problem.file, line=problem.line)


def read_values(values: tuple[str, ...], path: str | None, ports: Ports) -> tuple[str, ...]:
    """Return the values of the input, or of the file at `path`. None: there is only the input.

    Raises:
        InputError: both are given, the file is absent or holds no value, or one is empty.
    """
    if path is None:
        return values
    if values:
        raise InputError(Problem("`values` and `values-path` are both given.", "Give one of the two."))
    try:
        found = values_of(read_input_file("values-path", path, ports))
    except ValueError as error:
        raise InputError(Problem(f"{path} {error}.", "Let the program write one value a line.", file=path)) from None
    if not found:
        raise InputError(
            Problem(f"{path} holds no value.", "Let the program write one value a line before this step.", file=path)
        )
    return found
