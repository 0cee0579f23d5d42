"""Outputs of an action, out of its model and into GITHUB_OUTPUT."""

from __future__ import annotations

import json
import re
from pathlib import Path

from actions_toolkit.file_command import prepare_key_value_message

from action_patterns.action.inputs import Outputs
from action_patterns.errors import DefectError
from action_patterns.redaction import Secrets
from action_patterns.release import ISSUES_URL

MAX_BYTES = 1024 * 1024
"""GitHub docs, "Workflow syntax", `jobs.<job_id>.outputs`: 1 MB per job, "approximated based on UTF-16 encoding"."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def encode(value: object) -> str:
    """A value as the text of an output: what `${{ steps.x.outputs.name }}` gives, or `fromJSON` reads."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))


def write(outputs: Outputs, file: str, secrets: Secrets) -> None:
    """Append all outputs to the file GITHUB_OUTPUT names: all of them, or none.

    Raises:
        DefectError: a name GitHub cannot take, a value with a secret in it, or more than GitHub keeps.
    """
    values = {name: encode(value) for name, value in outputs.model_dump(mode="json", by_alias=True).items()}
    size = 0
    for name, value in values.items():
        if not _NAME.fullmatch(name):
            raise _refused(f"The output name {name!r} is not one GitHub takes.")
        # GitHub would drop a whole job output that contains a masked value, and the next job would see an empty one.
        if secrets.found_in(value):
            raise _refused(f"The output `{name}` contains a secret, so it was not written.")
        size += len(value.encode("utf-16-le", "surrogatepass"))
    if size > MAX_BYTES:
        largest = max(values, key=lambda name: len(values[name]))
        raise _refused(
            f"The outputs take {size} bytes as GitHub counts them, and it keeps {MAX_BYTES} per job;"
            f" `{largest}` is the largest."
        )
    text = "".join(prepare_key_value_message(name, value) + "\n" for name, value in values.items())
    # A name that is no UTF-8 (git allows any bytes in a path) is written in a readable form, not left out.
    with Path(file).open("ab") as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def _refused(message: str) -> DefectError:
    return DefectError(
        message,
        remediation="No output of this step was written; what it did before stands, and a rerun is safe."
        f" Please report this with the inputs that led to it: {ISSUES_URL}",
    )
