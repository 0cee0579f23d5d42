"""Every exchange that any test has with the sandbox is held against GitHub's description, end to end included.

A test whose requests are wrong on purpose says so: `sandbox.contract = False`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from github_sandbox import Sandbox

_violations: list[list[str]] = []
"""Of every sandbox made in this process, also of those that several tests share."""


@pytest.fixture(scope="session", autouse=True)
def _sandboxes_check_their_exchanges() -> Iterator[None]:
    make = Sandbox.__init__

    def make_strict(sandbox: Sandbox, **options: Any) -> None:
        make(sandbox, **options)
        sandbox.contract = True
        _violations.append(sandbox.violations)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "__init__", make_strict)
        yield


@pytest.fixture(autouse=True)
def _exchanges_fit_githubs_description() -> Iterator[None]:
    """Fails the test that made the exchange; another test that shares the sandbox is not blamed again."""
    known = [len(lines) for lines in _violations]
    yield
    known += [0] * (len(_violations) - len(known))
    found = [line for lines, before in zip(_violations, known, strict=True) for line in lines[before:]]
    assert not found, "GitHub's OpenAPI description does not allow:\n" + "\n".join(found)
