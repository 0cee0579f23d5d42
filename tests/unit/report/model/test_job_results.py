"""The `needs` context as GitHub writes it, a plain result, or a note that says what to pass."""

from __future__ import annotations

import pytest

from action_patterns.report.model import job_results

GITHUBS_OWN = """{
  "discover": {"result": "success", "outputs": {"count": "3"}},
  "apply": {"result": "cancelled", "outputs": {}}
}"""


def test_results_by_job() -> None:
    assert job_results.parse(GITHUBS_OWN).jobs == {"discover": "success", "apply": "cancelled"}
    assert job_results.parse("{}") == ({}, ())


@pytest.mark.parametrize("result", ["success", "failure", "cancelled", "skipped"])
def test_a_plain_result_is_that_of_the_one_job(result: str) -> None:
    assert job_results.parse(f" {result}\n") == ({"": result}, ())


def test_nothing_given_is_nothing_known() -> None:
    assert job_results.parse("  ") == ({}, ())


@pytest.mark.parametrize(
    "text",
    ["failed", "[]", "3", '"success"', '{"apply": "success"}', '{"apply": {}}', '{"apply": {"result": "failed"}}',
     '{"apply": {"result": ["success"]}}', "{", "[" * 100_000],
)  # fmt: skip
def test_of_anything_else_nothing_is_known_and_the_fix_is_told(text: str) -> None:
    jobs, doubt = job_results.parse(text)
    assert jobs == {}
    assert "toJSON(needs)" in doubt[0]


def test_a_result_that_is_not_known_leaves_those_that_are() -> None:
    jobs, doubt = job_results.parse('{"discover": {"result": "success"}, "apply": {"result": "timed_out"}}')
    assert jobs == {"discover": "success"}
    assert "`apply`" in doubt[0]
