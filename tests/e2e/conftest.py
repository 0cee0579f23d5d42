"""One copy of the product for all end-to-end tests of a process, and one ready environment for all processes."""

from __future__ import annotations

import pytest

from github_sandbox.act_runner import ActRunner
from support.act_stage import CHECKOUT


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> ActRunner:
    return ActRunner(CHECKOUT, tmp_path_factory.mktemp("act"))
