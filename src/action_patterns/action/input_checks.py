"""Checks that the inputs of many actions share, with one wording for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.wording import closest
from action_patterns.errors import Problem
from action_patterns.input_types import input_name
from action_patterns.redaction import Secrets

if TYPE_CHECKING:
    from action_patterns.action.inputs import CredentialInputs

MAX_KEY_LENGTH = 500
"""Longest key of a breaker."""

_SERVER = re.compile(r"(?:[a-z]+://)?(?:[^/@\s]+@)?[\w-]+(?:\.[\w-]+)+(?::\d+)?[:/]+", re.IGNORECASE)
"""Scheme, user, host and port of an address, which are before `owner/name`."""


def repository_problems(name: str, value: str) -> Iterator[Problem]:
    """Yield a problem if the input `name` is no `owner/name`."""
    if not is_repository(value):
        parts = _SERVER.sub("", value, count=1).strip("/").split("/")
        meant = "/".join(parts[:2]).removesuffix(".git")
        yield Problem(
            f"`{name}` is {value[:80]!r}.", f"Write `{meant}`." if is_repository(meant) else "Write it as `owner/name`."
        )


def public_name_problems(name: str, value: str | None, inputs: CredentialInputs) -> Iterator[Problem]:
    """Yield a problem if the input `name`, which a record or a ref shows to all readers, holds a secret."""
    if value is None:
        return
    from action_patterns.state.json_value import secret_kind  # for steps that keep a record

    if (kind := secret_kind(value, known_secrets(inputs))) is not None:
        yield Problem(f"`{name}` holds {kind}.", "Name it otherwise. Everybody who can read the repository reads it.")


def known_secrets(inputs: CredentialInputs) -> Secrets:
    """Return the secrets of a step's inputs."""
    known = Secrets()
    for value in secret_values(inputs):
        known.add(value)
    return known


def secret_values(inputs: CredentialInputs) -> Iterator[str]:
    """Yield the secrets of a step's inputs, for `redaction.redact`."""
    given = (inputs.token, inputs.job_token, inputs.app_private_key)
    return (secret.get_secret_value() for secret in given if secret is not None)


def choice_problems(name: str, values: Iterable[str], possible: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for each value of the list input `name` that is not possible."""
    allowed = list(possible)
    for value in values:
        if value not in allowed:
            near = closest(value.strip("[]-'\" "), allowed)
            yield Problem(
                f"`{name}` has {value[:80]!r}" + (f"; did you mean `{near}`?" if near else "."),
                f"Possible are {', '.join(f'`{each}`' for each in allowed)}. Write them without brackets and dashes.",
            )


def breaker_problems(
    inputs: CredentialInputs, breaker: str | None, state_repository: str | None, *, also_parks: bool = False
) -> Iterator[Problem]:
    """Yield what is wrong with the inputs `breaker`, `breaker-…` and `state-repository` together.

    `also_parks`: the repository keeps more than the breaker.
    """
    if breaker is not None and len(breaker) > MAX_KEY_LENGTH:
        yield Problem(f"`breaker` has {len(breaker):,} characters; at most {MAX_KEY_LENGTH} are kept.", "Shorten it.")
    yield from public_name_problems("breaker", breaker, inputs)
    if breaker is None:
        for name, field in type(inputs).model_fields.items():
            of_breaker = name.startswith("breaker_") or (name in ("state_repository", "store") and not also_parks)
            if of_breaker and getattr(inputs, name) != field.default:
                parks = "park_after" in type(inputs).model_fields and not name.startswith("breaker_")
                absent = "neither `breaker` nor `park-after` is" if parks else "`breaker` is not"
                yield Problem(
                    f"`{input_name(name)}` is given, and {absent}: nothing would protect the work.",
                    f"Name the breaker{', or give `park-after`' if parks else ''}; if an expression is there, it came"
                    f" to nothing on this event. Or remove `{input_name(name)}`.",
                )
    if state_repository is not None:
        yield from repository_problems("state-repository", state_repository)


def store_problems(store: str, state_repository: str | None) -> Iterator[Problem]:
    """Yield a problem if a store is given that keeps nothing, as no repository is."""
    from action_patterns.action.store import REFS  # for actions that have a store

    if store != REFS and state_repository is None:
        yield Problem(
            "`store` is given, and `state-repository` is not.",
            "Name the repository under which records are kept. A directory keeps those of each repository apart.",
        )
