"""The input `outputs` of record -> the values that a job hands to later jobs. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from action_patterns.content.bounded_json import loads
from action_patterns.contracts.document import compact_json
from action_patterns.contracts.result import ALL_OUTPUTS_CHARACTERS, MOST_OUTPUTS, OUTPUT_CHARACTERS
from action_patterns.errors import InputError, Problem
from action_patterns.escape import CODE_CHARACTERS, clip

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_FIX = "Write one line for each output, `version=${{ steps.build.outputs.version }}`, or a JSON object of texts."


def parse(text: str, redact: Callable[[str], str]) -> dict[str, str]:
    """Return the outputs by name.

    Args:
        text: lines of `<name>=<value>`, or a JSON object, as `${{ toJSON(steps.build.outputs) }}`. Blank: none.
        redact: hides the secrets of the run.

    Raises:
        InputError: every output that is none, is too long, is given twice, or holds a secret.
    """
    given = list(_json(text) if text.lstrip().startswith(("{", "[")) else _lines(text))
    problems = [problem for name, value in given if (problem := _refuse(name, value, redact))]
    outputs: dict[str, str] = {}
    for name, value in given:
        if name in outputs:
            problems.append(Problem(f"`outputs` gives `{_shown(name)}` twice.", "Leave one of the lines out."))
        outputs[name] = value or ""
    if len(outputs) > MOST_OUTPUTS:
        problems.append(Problem(f"`outputs` has {len(outputs)} values; a record takes {MOST_OUTPUTS}.", _SMALLER))
    if (length := sum(len(name) + len(value) for name, value in outputs.items())) > ALL_OUTPUTS_CHARACTERS:
        what = f"`outputs` has {length:,} characters; a record takes {ALL_OUTPUTS_CHARACTERS:,}."
        problems.append(Problem(what, _SMALLER))
    if problems:
        raise InputError(*problems)
    return outputs


_SMALLER = "Choose what the next job needs. Hand on anything larger as a file of an artifact, and its name here."


def _lines(text: str) -> Iterator[tuple[str, str | None]]:
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        yield (name.strip(), value.strip()) if equals else (line, None)


def _json(text: str) -> Iterator[tuple[str, str | None]]:
    try:
        given = loads(text)
    except ValueError as error:
        raise InputError(Problem(f"`outputs` begins like JSON and is none: {error}.", _FIX)) from None
    if not isinstance(given, dict):
        raise InputError(Problem("`outputs` is a JSON list, no object of names and values.", _FIX))
    for name, value in given.items():
        # Outputs are text on GitHub too. A list or an object stays JSON, for `fromJSON`.
        yield name, value if isinstance(value, str) else compact_json(value)


def _refuse(name: str, value: str | None, redact: Callable[[str], str]) -> Problem | None:
    if value is None:
        return Problem(f"`outputs` has the line {_shown(redact(name))!r}, which is not of the form name=value.", _FIX)
    if not _NAME.fullmatch(name):
        return Problem(
            f"`outputs` has the name {_shown(redact(name))!r}.",
            "Use letters, digits, `_` and `-`, at most 100, starting with a letter or `_`.",
        )
    if redact(value) != value or redact(name) != name:
        return Problem(
            f"The output `{redact(name)}` holds a secret of this run.",
            "Leave it out: the record is a file of an artifact, which anyone who reads the repository can download."
            " Read the secret again in the next job.",
        )
    if len(value) > OUTPUT_CHARACTERS:
        return Problem(
            f"The output `{name}` has {len(value):,} characters; at most {OUTPUT_CHARACTERS:,} are taken.", _SMALLER
        )
    if any(unicodedata.category(each) in ("Cc", "Cs") and each not in "\n\r\t" for each in value):
        return Problem(f"The output `{name}` has a control character.", "Encode it, for example as base64.")
    return None


def _shown(text: str) -> str:
    return clip(text, CODE_CHARACTERS)
