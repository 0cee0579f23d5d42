"""Answers that no server gave."""

from __future__ import annotations

from typing import Any

from action_patterns.github_api.transport.answer import Answer, Source
from action_patterns.resilience.classification import OperationClass


def answer(value: Any, kind: OperationClass = "safe") -> Answer:
    return Answer(value, Source("GET /x", "ABC", kind))
