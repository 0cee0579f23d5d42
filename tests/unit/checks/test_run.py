from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from action_patterns.checks.check import CATEGORIES, Check, Finding, Result, is_ready
from action_patterns.checks.run import in_order, run
from action_patterns.errors import (
    AuthenticationError,
    InputError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    UnavailableError,
)


class Asker:
    """Answers each subject by its name, and remembers the calls."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.calls: list[list[str]] = []

    def __call__(self, subjects: Sequence[str]) -> Sequence[Finding]:
        self.calls.append(list(subjects))
        found = [self.answers.get(each, "yes") for each in subjects]
        for each in found:
            if isinstance(each, Exception):
                raise each
        return [Finding(f"code-{answer}", answer, f"facts of {answer}", "ours") for answer in found]


def a(name: str, ask: Asker, **fields: Any) -> Check:
    return Check(**{"name": name, "category": "config", "subject": name, "ask": ask} | fields)


def answers(results: Sequence[Result]) -> dict[str, str]:
    return {each.name: each.answer for each in results}


def test_the_cheapest_is_asked_first_and_nothing_before_what_it_needs() -> None:
    ask = Asker()
    checks = [
        a("quota", ask, category="capacity"),
        a("file", ask, category="local", cost=5),
        a("env", ask, needs=("quota",)),
        a("disk", ask, category="local"),
        a("name", ask),
    ]
    assert [each.name for each in in_order(checks)] == ["name", "disk", "file", "quota", "env"]
    assert [each.name for each in in_order([a(c, ask, category=c) for c in reversed(CATEGORIES)])] == list(CATEGORIES)


def test_every_mistake_of_a_list_is_named_at_once() -> None:
    ask = Asker()
    with pytest.raises(InputError) as caught:
        in_order([a("x", ask), a("x", ask), a("y", ask, needs=("z",)), a("w", ask, needs=("v",))])
    assert [each.what for each in caught.value.problems] == [
        "2 checks have the name 'x'.",
        "The check 'y' needs 'z', and no check has that name.",
        "The check 'w' needs 'v', and no check has that name.",
    ]
    with pytest.raises(InputError, match="circle: x → y → x"):
        in_order([a("x", ask, needs=("y",)), a("y", ask, needs=("x",)), a("z", ask)])


def test_checks_of_one_kind_are_asked_in_one_call() -> None:
    ask, other = Asker(), Asker()
    run(in_order([a("x", ask), a("y", ask), a("z", other), a("w", ask, needs=("x",))]))
    assert (ask.calls, other.calls) == ([["x", "y"], ["w"]], [["z"]])


def test_all_failures_are_found_in_one_run() -> None:
    ask, later = Asker(x="no", y="no"), Asker(z="no")
    results = run([a("x", ask), a("y", ask), a("z", later, category="access")])
    assert answers(results) == {"x": "no", "y": "no", "z": "no"}


def test_the_list_stops_after_the_category_that_failed() -> None:
    ask, later = Asker(x="no"), Asker()
    results = run([a("x", ask), a("y", ask), a("z", later, category="access")], stop="category")
    assert answers(results) == {"x": "no", "y": "yes", "z": "not-run"}
    assert later.calls == []
    assert results[2].message == "The list stopped at 'x'."


def test_the_list_stops_at_the_first_failure() -> None:
    ask = Asker(x="no")
    results = run([a("x", ask), a("y", ask)], stop="first")
    assert answers(results) == {"x": "no", "y": "not-run"}
    assert ask.calls == [["x"]]


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_a_check_that_needs_another_is_asked_unless_that_failed(answer: str) -> None:
    ask, later = Asker(x=answer), Asker()
    assert answers(run([a("x", ask), a("y", later, needs=("x",))]))["y"] == "yes"


@pytest.mark.parametrize(("answer", "fails", "is_open"), [("no", True, False), ("error", False, True)])
def test_what_depends_on_a_failed_check_is_not_run(answer: str, fails: bool, is_open: bool) -> None:
    ask, later = Asker(x=answer), Asker()
    results = run([a("x", ask), a("y", later, needs=("x",)), a("z", later, needs=("y",))])
    assert answers(results) == {"x": answer, "y": "not-run", "z": "not-run"}
    assert [(each.fails, each.is_open) for each in results[1:]] == [(fails, is_open)] * 2
    assert later.calls == []


def test_a_refused_token_is_named_once_and_fails_the_rest_of_its_source() -> None:
    ask, later, other = Asker(x=AuthenticationError("Bad credentials.", remediation="Renew it.")), Asker(), Asker()
    results = run([a("x", ask, source="GitHub"), a("z", later, source="GitHub"), a("host", other)])
    assert answers(results) == {"x": "no", "z": "not-run", "host": "yes"}
    assert [each.code for each in results] == ["token-refused", "token-refused-before", "held"]
    assert later.calls == []
    assert results[1].fails


@pytest.mark.parametrize(
    "error", [UnavailableError("GitHub is down.", remediation="Wait."), RateLimitedError("Limit.", remediation="Wait.")]
)
def test_an_outage_is_an_error_and_is_asked_once(error: Exception) -> None:
    ask, later, other = Asker(x=error), Asker(), Asker()
    results = run(
        [
            a("x", ask, source="GitHub"),
            a("y", ask, source="GitHub"),
            a("z", later, source="GitHub", category="state"),
            a("host", other, category="state"),
        ]
    )
    assert answers(results) == {"x": "error", "y": "error", "z": "not-run", "host": "yes"}
    assert later.calls == []
    assert not any(each.fails for each in results)
    assert is_ready(results, error_fails=False)
    assert not is_ready(results, error_fails=True)


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (AuthenticationError("Bad credentials.", remediation="Renew it."), "no"),
        (PermissionDeniedError("May not.", remediation="Grant it."), "unknown"),
        (NotFoundError("Absent.", remediation="Check it."), "unknown"),
    ],
)
def test_an_error_of_the_token_says_what_it_means(error: Exception, answer: str) -> None:
    result = run([a("x", Asker(x=error))])[0]
    assert (result.answer, result.message) == (answer, str(error))


def test_an_optional_failure_stops_nothing_and_leaves_the_list_ready() -> None:
    ask, later = Asker(x="no"), Asker()
    results = run([a("x", ask, severity="optional"), a("y", later, category="state")], stop="category")
    assert answers(results) == {"x": "no", "y": "yes"}
    assert is_ready(results, error_fails=True)


def test_a_required_check_that_was_not_asked_because_of_a_failure_is_not_ready() -> None:
    results = run([a("x", Asker(x="no"), severity="optional"), a("y", Asker(), needs=("x",))])
    assert not is_ready(results, error_fails=False)


@pytest.mark.parametrize("error_fails", [True, False])
def test_an_error_stops_the_list_as_the_policy_says(error_fails: bool) -> None:
    later = Asker()
    results = run([a("x", Asker(x="error")), a("y", later, category="state")], stop="category", error_fails=error_fails)
    assert results[1].answer == ("not-run" if error_fails else "yes")


def test_the_words_of_the_caller_come_before_ours_for_a_failure_only() -> None:
    ask = Asker(no="no", unknown="unknown")
    given = {"message": "Theirs.", "fix": "their fix", "page": "their page"}
    results = run([a("no", ask, **given), a("unknown", ask, **given), a("yes", ask, **given)])
    assert [(each.message, each.fix, each.page) for each in results] == [
        ("Theirs. facts of no", "their fix", "their page"),
        ("facts of unknown", "ours", "their page"),
        ("", "", ""),
    ]
