"""The values of the templates: those of the input, those of a file, and what the run knows of its repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from action_patterns.actions.render.interface import RenderInputs
from action_patterns.content.text import read_text
from action_patterns.distribution.values import NAME_OF_VALUE, WORDS, Value, ValueSet
from action_patterns.errors import InputError, Problem
from action_patterns.ports.context import Context
from action_patterns.ports.workspace import Files

REPOSITORY = "repository"
_INPUT = "values"


def read(inputs: RenderInputs, files: Files, context: Context) -> dict[str, Any]:
    """Return all values.

    Raises:
        InputError: a line or a key is no value, a name stands twice, or a value reads what is not set.
    """
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    origins: dict[str, str] = {}
    if inputs.values_path is not None:
        try:
            values, lines = _of_file(inputs.values_path, files)
        except InputError as error:
            problems += error.problems
        origins = dict.fromkeys(values, inputs.values_path)
    given: dict[str, int] = {}
    for number, line in enumerate(inputs.values, 1):
        name, equals, value = (part.strip() for part in line.partition("="))
        problems += _line_problems(name, value if equals else None, earlier=given.get(name), number=number)
        given[name] = number
        values[name], lines[name], origins[name] = value, number, _INPUT
    if problems:
        raise InputError(*problems)
    return ValueSet(values, file=_INPUT, lines=lines, origins=origins).for_target({REPOSITORY: facts(context)})


def facts(context: Context) -> dict[str, str]:
    """Return what the run knows of its repository without a request."""
    owner, _, name = context.repository.partition("/")
    return {"owner": owner, "name": name, "full_name": context.repository}


def _line_problems(name: str, value: str | None, *, earlier: int | None, number: int) -> Iterator[Problem]:
    if value is None:
        # The line may be a part of a value of several lines, and a secret: the number is enough.
        what = f"Line {number} of `values` has no `=`."
        yield Problem(what, "Write `name=value`; a value of several lines belongs into the file of `values-path`.")
        return
    yield from _name_problems(name, "`values`", None, number)
    if not value:
        yield Problem(
            f"The value `{name}` is empty: an expression there came to nothing.",
            f'Give it a value on every event. If an empty text is meant, write `{name}: ""` into the file of'
            " `values-path`.",
        )
    if earlier is not None:
        yield Problem(f"`values` has `{name}` twice, in lines {earlier} and {number}.", "Remove one of them.")


def _name_problems(name: str, place: str, file: str | None, line: int) -> Iterator[Problem]:
    if name == REPOSITORY:
        what = f"{place} sets `{name}`, which every template has."
        yield Problem(what, "Choose another name.", file=file, line=line)
    elif name in WORDS:
        what = f"{place} sets `{name}`, which is a word of the templates."
        yield Problem(what, "Choose another name.", file=file, line=line)
    elif not NAME_OF_VALUE.fullmatch(name):
        what = f"{place} has the name {name!r}, which is none of a value."
        yield Problem(what, "Write a letter or `_`, then letters, digits and `_`.", file=file, line=line)


def _of_file(path: str, files: Files) -> tuple[dict[str, Value], dict[str, int]]:
    """Return the values of a file, and the line of each."""
    from action_patterns.distribution import yaml_document  # JSON is YAML, and most runs have neither

    document = yaml_document.parse(read_text(files.read(path), path), name=path)
    if not isinstance(document.data, Mapping):
        what = f"{path} holds no mapping of names to values."
        raise InputError(Problem(what, "Write `name: value` a line.", file=path, line=1))
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    for name, value in document.data.items():
        line = lines[name] = document.line(name)
        problems += _name_problems(name, path, path, line)
        texts = value if isinstance(value, list) else [value]
        wrong = next((each for each in texts if not isinstance(each, str)), "")
        if not isinstance(wrong, str):
            kind = "no value (null)" if wrong is None else "a mapping or a list inside a list"
            fix = 'Write a text or a list of texts; an empty text is `""`.'
            problems.append(Problem(f"{path}: `{name}` has {kind}.", fix, file=path, line=line))
            continue
        try:
            read_texts = tuple(map(_whole, texts))
        except UnicodeDecodeError:
            what = f"{path}: `{name}` holds half a surrogate pair, which no text has."
            problems.append(Problem(what, "Write the character itself.", file=path, line=line))
            continue
        values[name] = read_texts if isinstance(value, list) else read_texts[0]
    if problems:
        raise InputError(*problems)
    return values, lines


def _whole(text: str) -> str:
    """Return a text whose surrogate pairs are characters: JSON writes emoji as such pairs, and YAML knows none."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16")
