"""A required check is red for a failure, a cancel, a skipped job of a concerned group, and a result that is unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.detecting import Detected, detect
from support.editions import without_github

pytestmark = without_github(why="The results of jobs are an input.")


def judge(
    folder: Path, results: Mapping[str, str], groups: Mapping[str, bool] | None = None, skip: str = ""
) -> Detected:
    (folder / "workspace").mkdir(exist_ok=True)
    needs = {job: {"result": result, "outputs": {}} for job, result in results.items()}
    return detect(
        folder / "workspace",
        "pull_request",
        {},
        sha="0" * 40,
        action="verdict",
        needs=json.dumps(needs),
        groups="" if groups is None else json.dumps(groups),
        may_be_skipped=skip,
    )


@pytest.mark.parametrize(
    ("results", "groups", "skip", "codes"),
    [
        ({"a": "success"}, None, "", {"a": "succeeded"}),
        ({"a": "success", "b": "skipped"}, {"b": False}, "", {"a": "succeeded", "b": "not-concerned"}),
        ({"a": "success", "b": "skipped"}, None, "b", {"a": "succeeded", "b": "allowed"}),
        ({"a": "failure", "b": "skipped"}, {"b": False}, "", {"a": "failed", "b": "not-concerned"}),
        ({"a": "cancelled"}, None, "a", {"a": "cancelled"}),
        ({"a": "success", "b": "skipped"}, {"b": True}, "b", {"a": "succeeded", "b": "skipped"}),
        ({"a": "success", "b": "skipped"}, None, "", {"a": "succeeded", "b": "skipped"}),
        ({"a": "neutral"}, None, "", {"a": "failed"}),
    ],
)
def test_the_verdict(
    tmp_path: Path, results: Mapping[str, str], groups: Mapping[str, bool] | None, skip: str, codes: Mapping[str, str]
) -> None:
    answer = judge(tmp_path, results, groups, skip)
    passes = not {"failed", "cancelled", "skipped"} & set(codes.values())
    assert (answer.code, answer.passed, answer.jobs) == (0 if passes else 1, passes, codes)
    assert ("::error" in answer.log) != passes


def test_what_cannot_be_judged_is_refused(tmp_path: Path) -> None:
    for needs, groups, skip, words in (
        ("", None, "", "needs"),
        ("{}", None, "", "names no job"),
        ("nonsense", "[]", "", "is no JSON object of booleans"),
        ('{"api": {"result": "success"}}', None, "apy", "Write `api`."),
        ('{"api": {"result": "success"}}', '{"api": "yes"}', "", "is no JSON object of booleans"),
    ):
        (tmp_path / "workspace").mkdir(exist_ok=True)
        answer = detect(
            tmp_path / "workspace",
            "push",
            {},
            sha="0" * 40,
            action="verdict",
            needs=needs,
            groups=groups or "",
            may_be_skipped=skip,
        )
        assert answer.code == 2, answer.log
        assert words in answer.log
