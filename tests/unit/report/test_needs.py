"""The `needs` context as GitHub writes it, a plain result, or a refusal that says what to pass."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from action_patterns.report import needs

GITHUBS_OWN = """{
  "discover": {"result": "success", "outputs": {"count": "3"}},
  "apply": {"result": "cancelled", "outputs": {}}
}"""


def test_results_by_job() -> None:
    assert needs.parse(GITHUBS_OWN) == {"discover": "success", "apply": "cancelled"}
    assert needs.parse("{}") == {}


@pytest.mark.parametrize("result", ["success", "failure", "cancelled", "skipped"])
def test_a_plain_result_is_that_of_the_one_job(result: str) -> None:
    assert needs.parse(f" {result}\n") == {"": result}


def test_nothing_given_is_nothing_known() -> None:
    assert needs.parse("  ") == {}


@pytest.mark.parametrize(
    "text",
    ["failed", "[]", "3", '"success"', '{"apply": "success"}', '{"apply": {}}', '{"apply": {"result": "failed"}}',
     '{"apply": {"result": ["success"]}}', "{", "[" * 100_000],
)  # fmt: skip
def test_anything_else_is_refused_with_the_fix(text: str) -> None:
    with pytest.raises(InputError) as refused:
        needs.parse(text)
    assert "toJSON(needs)" in refused.value.remediation
