"""Who reads the repository reads state: a value with a secret is refused before the first request."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import InputError
from support.editions import first_on
from support.stage import stage
from support.state_stage import state, value_of

pytestmark = first_on("full", why="It is refused before the first request.")

SECRET = "ghp_" + "a1B2c3" * 6


VALUES = {
    "whole": SECRET,
    "deep": {"deploy": {"token": [SECRET]}},
    "name": {SECRET: 1},
    "within": f"https://x:{SECRET}@host",
}
GIVEN: list[dict[str, Any]] = [
    {"mode": "put", "value": VALUES["whole"]},
    {"mode": "put", "value": VALUES["within"]},
    {"mode": "put", "value": [VALUES["deep"]], "merge": "append"},
    {"mode": "put", "value": VALUES["name"], "merge": "deep-merge"},
    {"mode": "compare-and-swap", "value": VALUES["deep"], "version": "absent"},
]


@pytest.mark.parametrize("given", GIVEN, ids=["whole", "within", "deep", "name", "swap"])
def test_it_is_refused(given: dict[str, Any]) -> None:
    with stage() as scene:
        with pytest.raises(InputError) as caught:
            state(scene, **given)
        (problem,) = caught.value.problems
        assert "Keep secrets as secrets of GitHub Actions" in problem.fix
        assert SECRET not in problem.what + problem.fix
        assert len(scene.sandbox.requests) == 0
        assert value_of(state(scene, "get", default="none")) == "none"
