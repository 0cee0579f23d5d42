"""A person's token reads repositories that it may not write: each is a failed target. `permission` leaves them out. A
role that GitHub does not say, as for an App's token, leaves none out, and the log says so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.campaign_steps import seed, step
from support.stage import stage


@pytest.mark.parametrize(
    ("role", "least", "count"),
    [("read", "write", 0), ("triage", "triage", 1), ("write", "maintain", 0), ("maintain", "write", 1)],
)
def test_a_role_of_the_tokens_account(tmp_path: Path, role: str, least: str, count: int) -> None:
    tokens = {"ghp_1": {"login": "bot", "kind": "pat", "permission": role, "repositories": "all"}}
    with stage(seed("api") | {"tokens": tokens}, served=True) as scene:
        done = step("discover", scene, tmp_path, owners="acme", permission=least, token="ghp_1")
        assert (done.outputs["count"], done.outputs["excluded"]) == (str(count), "{}" if count else '{"permission":1}')


def test_a_role_that_github_does_not_say_leaves_nothing_out(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        done = step("discover", scene, tmp_path, owners="acme", permission="admin")
        assert (done.outputs["count"], done.outputs["excluded"]) == ("1", "{}")
        assert "GitHub does not say which role this token has" in done.log
