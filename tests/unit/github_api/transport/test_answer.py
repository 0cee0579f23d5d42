"""The time of an answer is the server's, and an answer without one is no answer to "how old"."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from action_patterns.errors import UnexpectedAnswerError
from action_patterns.github_api.transport.answer import Answer, Source


def test_the_time_of_an_answer_is_that_of_its_header_at_any_depth() -> None:
    answer = Answer({"a": [1]}, Source("GET /x", headers={"date": "Fri, 10 Jul 2026 12:00:01 GMT"}))
    at = datetime(2026, 7, 10, 12, 0, 1, tzinfo=UTC)
    assert answer.answered_at() == answer["a"].items()[0].answered_at() == at


@pytest.mark.parametrize("headers", [{}, {"date": "soon"}, {"date": ""}])
def test_an_answer_without_a_time_is_an_error_that_names_the_request(headers: dict[str, str]) -> None:
    with pytest.raises(UnexpectedAnswerError, match=r"POST /graphql .* no header `Date`"):
        Answer({}, Source("POST /graphql", headers=headers)).answered_at()
