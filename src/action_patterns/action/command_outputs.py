"""The outputs of a caller's command, which an action gives as one JSON output."""

from __future__ import annotations

import json
from collections.abc import Mapping

MOST_BYTES = 900_000
"""GitHub keeps 1 MiB of outputs for a job, counted as UTF-16 (GitHub docs, "Workflow syntax"). The rest is for the
action's own."""


def length(outputs: Mapping[str, str]) -> int:
    """Return the length of the outputs as one JSON text, as it is written and as GitHub counts it."""
    return 2 * len(json.dumps(dict(outputs)))


def are_too_long(outputs: Mapping[str, str]) -> bool:
    """Return whether GitHub would drop them."""
    return length(outputs) > MOST_BYTES
