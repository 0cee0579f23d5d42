"""With `fail: false` the step is green, and a later step reads `ready` and the reason."""

from __future__ import annotations

import pytest

from support.editions import without_github
from support.preflight_stage import Runner

pytestmark = without_github(why="The checks are of this runner.")


@pytest.mark.parametrize(("fail", "exit_code", "level"), [(True, 1, "error"), (False, 0, "warning")])
def test_the_step_is_red_only_if_it_should_be(fail: bool, exit_code: int, level: str) -> None:
    found = Runner().preflight("- secret: NPM_TOKEN\n", fail=fail)
    assert (found.finish.outputs.ready, found.finish.outputs.reason) == (False, "checks-failed")
    assert found.finish.exit_code == exit_code
    assert [each.level for each in found.finish.annotations] == [level]
    assert "not ready" in found.finish.summary
