"""A fresh sandbox per test, served on a port of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # so that the shared module is found in every import mode

from github_sandbox_bench import SEED, Bench

from github_sandbox import Sandbox


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A fresh sandbox whose every REST exchange must fit GitHub's description."""
    sandbox = Sandbox.from_seed(SEED)
    sandbox.contract = True
    with sandbox.serve() as server:
        yield Bench(sandbox, server, {})
    assert sandbox.violations == []
