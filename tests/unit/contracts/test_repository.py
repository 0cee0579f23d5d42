"""One rule says which names are names of repositories."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from action_patterns.actions.once import run as once
from action_patterns.actions.once.interface import OnceInputs
from action_patterns.actions.record import Facts, RecordInputs, validate
from action_patterns.contracts.repository import is_repository
from action_patterns.discovery.selection import Selection
from action_patterns.errors import InputError
from support.memory_ports import World

GOOD = ["acme/api", "a/b", "octo-cat_acme/.github", "A1/a.b-c_d", f"{'a' * 39}/{'n' * 100}", "acme/...", "acme/-"]
BAD = [
    "api",
    "acme/api/x",
    "acme/",
    "/api",
    "acme/.",
    "acme/..",
    "ac.me/api",
    "-acme/api",
    ".acme/api",
    "acme/a b",
    "acme/api\n",
    "acmé/api",
    f"{'a' * 40}/n",
    f"a/{'n' * 101}",
]


@pytest.mark.parametrize(("name", "good"), [*((name, True) for name in GOOD), *((name, False) for name in BAD)])
def test_every_input_takes_the_same_names(name: str, good: bool) -> None:
    assert is_repository(name) is good
    given = {"target": name, "index": 0, "outcome": "created", "reason": "done"}
    answers = {"Selection": True, "record": True, "once": True}
    try:
        Selection(repositories=(name,))
    except ValidationError:
        answers["Selection"] = False
    try:
        validate(RecordInputs.model_validate(given), Facts(None, World().ports().context))
    except (ValidationError, InputError):
        answers["record"] = False
    try:
        once(OnceInputs(mode="begin", operation="x", repository=name, token=SecretStr("t")), World().ports())
    except InputError as error:
        answers["once"] = "`repository` is" not in error.message
    except Exception:  # noqa: BLE001 - the name was taken, and this world has no such repository
        answers["once"] = True
    assert set(answers.values()) == {good}, answers
