"""Every problem of the tiers and of the inputs beside them is named at once, with its line. Nothing is run."""

from __future__ import annotations

import pytest

from action_patterns.errors import InputError
from support.degrade_stage import degrade
from support.editions import without_github

pytestmark = without_github(why="The commands of a step are the caller's.")

WRONG = """
- name: mirror
  run: npm ci
  validat: npm ls
- name: mirror
  timeout-seconds: 0
- name: Cached Copy
  run: tar -x
  retries: 3
- just text
"""


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        degrade(tiers=WRONG, force_tier="miror", budget_seconds=0)
    said = [f"{problem.what} {problem.fix}" for problem in caught.value.problems]
    expected = (
        "line 4: tier 1: `validat` is not a known key. Write `validate`.",
        "line 5: the tier 'mirror' is there twice; the other one is in line 2",
        "line 5: tier 2: `run` is missing. Add `run` to the tier.",
        "line 6: tier 2: `timeout-seconds` must be more than 0",
        "line 7: tier 3: `name` must be in kebab case",
        "line 9: tier 3: `retries` is not a known key. Remove `retries`. Known here: name, run, validate,",
        "line 10: tier 4: the item must be a mapping",
        "`force-tier` is 'miror', and no tier has this name. Write `mirror`.",
        "`budget-seconds` is 0",
    )
    for text, problem in zip(expected, said, strict=True):
        assert text in problem


@pytest.mark.parametrize(
    "tiers",
    [
        "- run: &a x\n- run: *a\n",
        "- run: !!python/object:os.system x\n- run: b\n",
        "[" * 40,
        "- run: a\n---\n- run: b\n",
    ],
)
def test_yaml_without_anchors_tags_depths_and_second_documents(tiers: str) -> None:
    with pytest.raises(InputError, match=r"^`tiers`, line \d"):
        degrade(tiers=tiers)
