"""`only` and `limit` keep a part of the roster. The last pattern that matches decides, and no name is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from action_patterns.contracts import Exclusion, Plan, Target
from action_patterns.discovery.only import Narrowed, Narrowing, Ordered, check_names, narrow, why_left_out
from action_patterns.discovery.patterns import matches
from action_patterns.discovery.select import Selected
from action_patterns.errors import InputError
from action_patterns.input_types import split_patterns
from support.report_builders import plan

NAMES = ("acme/api", "acme/api-old", "acme/docs", "acme/web", "other/api")


def part(only: Any = (), limit: int | None = None, absent: tuple[str, ...] = ()) -> Narrowed:
    targets = tuple(Target(repository=name, id=place, private=True) for place, name in enumerate(NAMES))
    archived = Exclusion(repository="acme/gone", reason="archived")
    return narrow(Selected(targets, (archived,), absent), Narrowing(only=only, limit=limit))


def kept(*given: Any, **more: Any) -> list[str]:
    selected = part(*given, **more).selected
    return [*(target.repository for target in selected.targets), *selected.not_found]


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ((), [*NAMES]),
        ("acme/api", ["acme/api"]),
        ("ACME/Api", ["acme/api"]),
        ("api", ["acme/api", "other/api"]),
        ("acme/api*", ["acme/api", "acme/api-old"]),
        ("acme/api*\n!*-old", ["acme/api"]),
        ("!*-old\nacme/api*", None),
        ("*,!acme/*", ["other/api"]),
        ("*, !acme/*, acme/web", ["acme/web", "other/api"]),
        ("acme/web,!web", []),
        ("web,!web,acme/web", ["acme/web"]),
        ("*,!api,acme/a*", ["acme/api", "acme/api-old", "acme/docs", "acme/web"]),
        ("acme/nothing-*", []),
        ("acme/{api,web}", ["acme/api", "acme/web"]),
        (r"/^ACME\/\S+$/", ["acme/api", "acme/api-old", "acme/docs", "acme/web"]),
        ("*\n!/old|other/", ["acme/api", "acme/docs", "acme/web"]),
    ],
)
def test_the_last_that_matches_decides(only: Any, names: list[str] | None) -> None:
    if names is None:
        with pytest.raises(ValidationError, match="takes out what no pattern has put in"):
            kept(only)
    else:
        assert kept(only) == names


@pytest.mark.parametrize(
    ("only", "limit", "names"),
    [
        ((), 2, ["acme/api", "acme/api-old"]),
        ("api", 1, ["acme/api"]),
        ("api", 9, ["acme/api", "other/api"]),
        ("web,gone,nowhere/x", 1, ["acme/web"]),
        ("web,nowhere/x", 2, ["acme/web", "nowhere/x"]),
    ],
)
def test_a_limit_counts_what_only_leaves_in_the_order_of_the_roster(only: Any, limit: int, names: list[str]) -> None:
    assert kept(only, limit, absent=("nowhere/x",)) == names


def test_each_target_left_out_says_by_which_of_the_two_and_keeps_what_conceals_it() -> None:
    excluded = part("acme/api*,acme/web", 1, absent=("nowhere/x",)).selected.excluded
    assert [(each.repository, each.reason, each.detail) for each in excluded] == [
        ("acme/api-old", "not-in-only", "It is beyond the first 1 of `limit`."),
        ("acme/docs", "not-in-only", "It is not in `only`."),
        ("acme/gone", "archived", ""),
        ("acme/web", "not-in-only", "It is beyond the first 1 of `limit`."),
        ("nowhere/x", "not-in-only", "It is not in `only`."),
        ("other/api", "not-in-only", "It is not in `only`."),
    ]
    assert [(each.id, each.private) for each in excluded if each.repository == "acme/docs"] == [(2, True)]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_leaves_nothing_is_refused(limit: int) -> None:
    with pytest.raises(ValidationError):
        Narrowing(limit=limit)


@pytest.mark.parametrize("pattern", ["acme/a b", "!acme/x y", "https://github.com/acme/api", "!!acme/api", "a/b/c"])
def test_a_pattern_that_can_match_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ValidationError):
        Narrowing.model_validate({"only": f"*\n{pattern}"})


def test_a_pattern_without_effect_is_a_warning_with_the_nearest_name() -> None:
    messages = {each.value: each.message for each in part("acme/apis-*,acme/web,!acme/dosc,!acme/api*,zzzz-*").warnings}
    why = "nothing: it does not match any of 5 targets."
    correct = "Correct it, or remove it."
    assert messages == {
        "acme/apis-*": f"`acme/apis-*` in `only` selected {why} The nearest name is acme/api. {correct}",
        "!acme/dosc": f"`!acme/dosc` in `only` excluded {why} The nearest name is acme/docs. {correct}",
        "zzzz-*": f"`zzzz-*` in `only` selected {why} {correct}",
    }


def test_a_name_that_is_no_target_stops_the_run_and_each_is_named() -> None:
    excluded = (
        Exclusion(repository="acme/gone", reason="archived", detail="It takes no writes."),
        Exclusion(repository="acme/web", reason="not-in-only", detail="It is not in `only`."),
    )
    roster: Plan = plan("acme/api", "acme/docs", excluded=excluded)
    check_names(roster, ("acme/api", "DOCS", "web", "!acme/absent", "acme/zzz-*"))
    with pytest.raises(InputError) as refused:
        check_names(roster, ("acme/apy", "acme/gone", "webb", "qqqq", "acme/api"))
    assert [(problem.what, problem.fix) for problem in refused.value.problems] == [
        ("'acme/apy' in `only` is no target of this campaign.", "Write 'acme/api'."),
        (
            "'acme/gone' in `only` is no target of this campaign.",
            "Remove it from `only`, or change why discover leaves it out: It takes no writes.",
        ),
        ("'webb' in `only` is no target of this campaign.", "Write 'acme/web'."),
        (
            "'qqqq' in `only` is no target of this campaign.",
            "Write the name of a target. The plan of discover lists them.",
        ),
    ]


names = st.sampled_from([f"{owner}/{name}" for owner in ("a", "b") for name in ("x", "y", "x-y", "xy", "z.1")])
patterns = st.sampled_from(["*", "a/*", "b/x*", "x", "x*", "a/x", "?", "b/?", "[xy]", "a/z.1", "Z.1"])
lines = st.lists(st.tuples(st.booleans(), patterns), max_size=6)


@given(st.lists(names, unique=True), lines, st.none() | st.integers(1, 5))
def test_a_list_agrees_with_its_lines_read_one_by_one(
    roster: list[str], given: list[tuple[bool, str]], limit: int | None
) -> None:
    only = [("" if includes else "!") + pattern for includes, pattern in given]
    chosen: list[str] = []
    for name in roster:
        selected = not only
        for includes, pattern in given:
            if matches(name, pattern):
                selected = includes
        if selected and (limit is None or len(chosen) < limit):
            chosen.append(name)
    narrowing = Narrowing.model_construct(only=tuple(only), limit=limit)
    left_out = why_left_out(roster, narrowing)
    assert [name for name in roster if name not in left_out] == chosen
    assert [Ordered(only).selects(name) for name in chosen] == [bool(only)] * len(chosen)


def test_a_list_of_thousands_costs_a_look_a_name() -> None:
    calls: list[str] = []

    class Counting(str):
        __slots__ = ()

        def lower(self) -> str:
            calls.append(self)
            return str(self).lower()

    roster = [Counting(f"acme/r{number}") for number in range(300)]
    only = tuple(f"acme/r{number}" for number in range(0, 300, 2))
    assert len(why_left_out(roster, Narrowing(only=only))) == 150
    assert len(calls) <= 2 * len(roster)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a, b\n c ,,\n", ["a", "b", "c"]),
        ("acme/{a,b}-*, c", ["acme/{a,b}-*", "c"]),
        ("/a{1,2},b/\n!/x,y/\nz,/q", ["/a{1,2},b/", "!/x,y/", "z", "/q"]),
        ("}a,b{,c", ["}a", "b{,c"]),
        ("{}", ["{}"]),
    ],
)
def test_a_comma_in_braces_or_in_a_regular_expression_separates_nothing(text: str, items: list[str]) -> None:
    assert split_patterns(text) == tuple(items)
