"""One copy of the product for all end-to-end tests of a process, and one ready environment for all processes."""

from __future__ import annotations

import compileall
from py_compile import PycInvalidationMode

import pytest

from github_sandbox.act_runner import ActRunner
from support.act_stage import CHECKOUT


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> ActRunner:
    """Compiled once: act copies the product for every job, and each step would compile it for itself."""
    made = ActRunner(CHECKOUT, tmp_path_factory.mktemp("act"))
    # By no time of a file, which a copy need not keep.
    compileall.compile_dir(made.product / "src", quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return made
