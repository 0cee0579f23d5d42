"""A fresh sandbox per test, each served on a separate port."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # every import mode finds the shared module

from github_sandbox_bench import SEED, Bench

from github_sandbox import Sandbox


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Yield a fresh sandbox; every REST request and response must fit GitHub's description."""
    sandbox = Sandbox.from_seed(SEED)
    sandbox.contract = True
    with sandbox.serve() as server:
        yield Bench(sandbox, server, {})
    assert sandbox.violations == []
