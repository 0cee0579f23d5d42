"""Inputs and outputs of state."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.cleaning import (
    CLEAN_INPUTS,
    MAX_OLDER_THAN_DAYS,
    dry_run_field,
    prefix_field,
    removed_count_field,
    removed_field,
)
from action_patterns.action.inputs import Outputs
from action_patterns.action.store import StoreInputs
from action_patterns.input_types import Flag
from action_patterns.state import key as keys
from action_patterns.state.values import ABSENT, Merge

Mode = Literal["get", "put", "delete", "list", "compare-and-swap", "clean"]

DEFAULT_LIMIT = 100
_MAX_LIMIT = 1_000
DAY_SECONDS = 24 * 60 * 60


class StateInputs(StoreInputs):
    """Inputs of state."""

    mode: Mode = Field(
        description="`get` reads a key, `put` writes it, `delete` removes it, `list` reads all keys that begin with"
        " `prefix`, `compare-and-swap` replaces the given `version` only, `clean` removes values that are over."
    )
    key: str | None = Field(
        default=None,
        description="Name of the value, any text, for example `nightly/cursor`. It is kept as UTF-8, where each byte"
        f" but letters, digits, `-` and `_` takes three; at most {keys.MAX_LENGTH} bytes. Required, except for"
        " `list` and `clean`.",
    )
    value: str | None = Field(
        default=None,
        description='For `put` and `compare-and-swap`: the value as JSON. A text is written in quotes, `"v1"`.'
        " Everybody who can read the repository can read it: the action refuses text that looks like a secret.",
    )
    value_path: str | None = Field(default=None, description="Instead of `value`: path of a file that holds the JSON.")
    merge: Merge | None = Field(
        default=None,
        description="For `put`, the way in which the value joins the one before. `replace`: it takes its place."
        " `deep-merge`: both are objects, and names of the new one count at every depth. `append`: both are lists, and"
        " items that are not in the list yet are added. Default: `replace`.",
    )
    version: str | None = Field(
        default=None,
        description="Output `version` of the step that read the key. The step writes or deletes only if the key is"
        f" still at it. `{ABSENT}`: the key must hold no value. Required for `compare-and-swap`.",
    )
    default: str | None = Field(
        default=None, description="For `get`: JSON that `value` is if the key holds no value. Without it, it is empty."
    )
    ttl_days: int | None = Field(
        default=None, ge=1, le=3650, description="Days after which the value no longer counts. Default: it never ends."
    )
    ttl_seconds: int | None = Field(
        default=None, ge=1, le=3650 * DAY_SECONDS, description="Instead of `ttl-days`: seconds."
    )
    prefix: str | None = prefix_field("the keys", modes="`list` and `clean`")
    limit: int | None = Field(
        default=None,
        ge=1,
        le=_MAX_LIMIT,
        description=f"For `list`: keys of a page, at most {_MAX_LIMIT}. Default: {DEFAULT_LIMIT}.",
    )
    after: str | None = Field(
        default=None, description="For `list`: output `next` of the page before. Default: the first page."
    )
    older_than_days: int | None = Field(
        default=None,
        ge=0,
        le=MAX_OLDER_THAN_DAYS,
        description="For `clean`: days since a run wrote a value without a time to live, by GitHub's clock. A value"
        " whose time to live runs stays, and one whose time is over goes at any age. Default: values without a time to"
        " live stay.",
    )
    dry_run: Flag | None = dry_run_field()
    repository: str | None = Field(
        default=None, description="`owner/name` that keeps the values. Default: the repository the workflow runs in."
    )


class StateOutputs(Outputs):
    """Outputs of state."""

    value: str | None = Field(
        description="The key's value as JSON, or the `default`. Pass it on by `env`, never inside a script."
    )
    found: bool = Field(description="The key holds a value now.")
    version: str | None = Field(
        description=f"Version of the key now, for `version` of a later step; `{ABSENT}` if it holds no value."
    )
    keys: str | None = Field(description="For `list`: the keys of the page, a JSON list in the order of their text.")
    path: str | None = Field(
        description="For `list`: file with a JSON list of `key`, `value`, `version`, `updated-at` and `expires-at`."
    )
    count: int = Field(description="For `list`: how many keys `keys` has; otherwise 1 if `found`, else 0.")
    next: str | None = Field(description="For `list`: `after` of the next page. Empty: this page is the last.")
    removed: str | None = removed_field("the values")
    removed_count: int = removed_count_field()
    outcome: str = Field(description="Outcome of this step: `created`, `updated`, `unchanged`, `planned` or `blocked`.")
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    updated_at: str | None = Field(description="When the value was written, by GitHub's clock, UTC, ISO 8601.")
    expires_at: str | None = Field(description="When the value ceases to count, by GitHub's clock. Empty: never.")


TAKES: dict[Mode, tuple[str, ...]] = {
    "get": ("key", "default"),
    "put": ("key", "value", "value_path", "merge", "version", "ttl_days", "ttl_seconds"),
    "delete": ("key", "version"),
    "list": ("prefix", "limit", "after"),
    "clean": CLEAN_INPUTS,
    "compare-and-swap": ("key", "value", "value_path", "version", "ttl_days", "ttl_seconds"),
}
"""The inputs of each mode. Another one would have no effect, so it is an error."""
