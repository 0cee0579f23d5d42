"""Items of any list: their names, columns and what is refused."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from action_patterns.actions import apply, discover
from action_patterns.actions.discover.interface import DiscoverInputs
from action_patterns.contracts import Plan
from action_patterns.contracts.repository import ITEM_CHARACTERS, is_item
from action_patterns.discovery.items import (
    MATRIX_CHARACTERS,
    MOST_ITEMS,
    MOST_PROBLEMS,
    RESERVED,
    Item,
    check_masked,
    read,
)
from action_patterns.discovery.narrow_items import check_only, narrow
from action_patterns.errors import InputError
from support.memory_ports import MemoryFiles, World
from support.report_stage import ReportStage


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(text, "`items`")
    return [problem.what for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("linux\nwindows", [("linux", {}), ("windows", {})]),
        ("  linux \r\n\n windows\r\n", [("linux", {}), ("windows", {})]),
        ("# a name\nC#", [("# a name", {}), ("C#", {})]),
        ("[]", []),
        (" [1, 2.5, true, false, -3]", [("1", {}), ("2.5", {}), ("true", {}), ("false", {}), ("-3", {})]),
        ('["3.10", "3.9"]', [("3.10", {}), ("3.9", {})]),
        ('[{"target": "a", "x": 1, "y": false, "z": ""}]', [("a", {"x": 1, "y": False, "z": ""})]),
        ('[{"target": "a"}]', [("a", {})]),
        (
            '[{"node": 20, "os": "ubuntu", "slow": true, "f": 0.5}]',
            [("node 20 / os ubuntu / slow true / f 0.5", {"node": 20, "os": "ubuntu", "slow": True, "f": 0.5})],
        ),
        ('[{"x": "a\\nb", "target": "t"}]', [("t", {"x": "a\nb"})]),
        ('["b", "a"]', [("b", {}), ("a", {})]),
        ('["x²", "x³"]', [("x²", {}), ("x³", {})]),
        ('["ß", "s"]', [("ß", {}), ("s", {})]),
    ],
)
def test_the_items_of_a_list_in_its_order(text: str, expected: list[tuple[str, dict[str, Any]]]) -> None:
    found = read(text, "`items`")
    assert [(item.name, dict(item.columns)) for item in found] == expected
    assert [[type(value) for value in item.columns.values()] for item in found] == [
        [type(value) for value in columns.values()] for _, columns in expected
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("{}", "is a JSON object, no list"),
        ("[", "begins like JSON and is none"),
        ("[1] two", "begins like JSON and is none"),
        ("[" * 100_000, "begins like JSON and is none: it is nested too deeply"),
        ("[{}]", "is an object without keys"),
        ("[null]", "is null"),
        ("[[]]", "is a list or an object"),
        ("[3.10]", "is the number 3.10"),
        ("[3.0]", "is the number 3.0"),
        ("[1e3]", "is the number 1e3"),
        ("[-0]", "is the number -0"),
        ("[NaN]", "is the number NaN"),
        ("[Infinity]", "is the number Infinity"),
        ("[9007199254740993]", "is the number 9007199254740993"),
        (f"[{'9' * 5000}]", "is the number 999"),
        ("[0.12345678901234567]", "is the number 0.12345678901234567"),
        ('[""]', "has an empty name"),
        ('[" "]', "has an empty name"),
        ('["a\\nb"]', "'a\\nb', has a character in its name that is not printable"),
        ('["a\\u0007b"]', "which has a control character"),
        ('["\\ud800"]', "which has a control character"),
        ('["a\\u200bb"]', "is not printable"),
        ('["a\\u202eb"]', "is not printable"),
        ('["a\\u00a0b"]', "is not printable"),
        ('["a\\u2028b"]', "is not printable"),
        ('["a  b"]', "has spaces around its name or side by side"),
        ('[" a"]', "has spaces around its name or side by side"),
        (json.dumps(["x" * (ITEM_CHARACTERS + 1)]), f"has a name of {ITEM_CHARACTERS + 1} characters"),
        ('["a", "a"]', "has two items 'a'"),
        ("a\na", "has two items 'a'"),
        ('["a", "A"]', "has the items 'a' and 'A'"),
        ('["é", "e\\u0301"]', "has the items"),
        ('["20", 20]', "has two items '20'"),
        ('[{"target": 1}]', "`target` of item 1 of `items` is no text"),
        ('[{"Target": "a"}]', "has the column 'Target', which no expression can read"),
        ('[{"a b": 1}]', "has the column 'a b', which no expression can read"),
        ('[{"": 1}]', "has the column ''"),
        ('[{"os": 1, "OS": 2}]', "has the columns `os` and `OS`"),
        ('[{"os": 1, "os": 2}]', "has the columns `os` and `os`"),
        ('[{"os": [1]}]', "`os` of item 1 of `items` is a list or an object"),
        ('[{"os": {"a": 1}}]', "`os` of item 1 of `items` is a list or an object"),
        ('[{"os": null}]', "`os` of item 1 of `items` is null"),
        ('[{"python": 3.10}]', "`python` of item 1 of `items` is the number 3.10"),
        *((json.dumps([{"target": "a", key: 1}]), f"has the column `{key}`, which the matrix") for key in RESERVED),
        (json.dumps([{"target": "a", "Index": 1}]), "has the column `Index`"),
        (json.dumps([str(number) for number in range(MOST_ITEMS + 1)]), f"takes at most {MOST_ITEMS:,}"),
    ],
)
def test_what_is_no_item_is_refused_by_its_place(text: str, what: str) -> None:
    assert [said for said in problems(text) if what in said]


def test_every_problem_is_named_and_those_beyond_some_are_counted() -> None:
    assert len(problems('["a", null, {"index": 1, "b": [1]}, "A"]')) == 4
    many = problems(json.dumps([None] * (MOST_PROBLEMS + 5)))
    assert len(many) == MOST_PROBLEMS + 1
    assert many[-1] == "`items` has 5 more problems."


ITEMS = tuple(Item(name, {}) for name in ("!odd", "a*c", "abc", "linux / 1", "linux / 2"))


@pytest.mark.parametrize(
    ("only", "limit", "kept"),
    [
        ((), None, ["!odd", "a*c", "abc", "linux / 1", "linux / 2"]),
        ((), 2, ["!odd", "a*c"]),
        (("abc",), None, ["abc"]),
        (("a*c",), None, ["a*c"]),
        (("a?c",), None, ["a*c", "abc"]),
        (("!odd",), None, ["!odd"]),
        (("*", "!linux *"), None, ["!odd", "a*c", "abc"]),
        (("linux *", "!linux / 1"), None, ["linux / 2"]),
        (("linux *",), 1, ["linux / 1"]),
        (("*", "!*", "abc"), None, ["abc"]),
        (("abc", "!abc", "abc"), None, ["abc"]),
        (("*", "!abc", "*"), 3, ["!odd", "a*c", "abc"]),
    ],
)
def test_only_and_limit_narrow_by_whole_names(only: tuple[str, ...], limit: int | None, kept: list[str]) -> None:
    check_only(ITEMS, only)
    found = narrow(ITEMS, only, limit)
    assert [item.name for item in found.items] == kept
    assert sorted([*kept, *(each.repository for each in found.excluded)]) == sorted(item.name for item in ITEMS)
    assert {each.reason for each in found.excluded} <= {"not-in-only"}


@pytest.mark.parametrize(
    ("only", "what"),
    [
        (("abd",), "'abd' in `only` is no item."),
        (("ABC",), "'ABC' in `only` is no item."),
        (("linux",), "'linux' in `only` is no item."),
        (("!abc",), "begins with '!abc'"),
    ],
)
def test_a_name_in_only_that_is_no_item_is_refused(only: tuple[str, ...], what: str) -> None:
    with pytest.raises(InputError, match="only") as caught:
        check_only(ITEMS, only)
    assert what in caught.value.message


def test_many_unknown_names_in_only_are_named_up_to_some_and_counted() -> None:
    with pytest.raises(InputError) as caught:
        check_only(ITEMS, [f"no {number}" for number in range(MOST_PROBLEMS + 3)])
    assert len(caught.value.problems) == MOST_PROBLEMS + 1
    assert caught.value.problems[-1].what == "`only` has 3 more names that are no items."


def test_a_pattern_that_selects_nothing_is_a_warning() -> None:
    found = narrow(ITEMS, ("abc", "z*"), None)
    assert ["`z*` in `only` selected nothing" in each.message for each in found.warnings] == [True]


def test_a_secret_in_a_name_or_a_column_is_refused_and_not_shown() -> None:
    items = (Item("a s3cret b", {}), Item("c", {"k": "s3cret"}), Item("d", {"k": 1}))
    with pytest.raises(InputError) as caught:
        check_masked(items, lambda text: text.replace("s3cret", "***"))
    said = "\n".join(problem.what for problem in caught.value.problems)
    assert "'a *** b'" in said
    assert "'c'" in said
    assert "s3cret" not in said
    assert len(caught.value.problems) == 2


def discovered(**inputs: Any) -> tuple[Plan, list[dict[str, Any]]]:
    """Discover in memory, and return the plan and the matrix."""
    world = World(files=MemoryFiles(inputs.pop("files", {})))
    done = discover.run(DiscoverInputs.model_validate(inputs), world.ports())
    assert world.tokens == [], "no request needs a token"
    return (
        Plan.decode(world.files.read(done.outputs.path).decode(), name="plan.json"),
        json.loads(done.outputs.matrix)["include"],
    )


def test_a_matrix_too_long_for_an_output_is_refused_or_packed() -> None:
    items = json.dumps([{"target": str(number), "x": "y" * 2_000} for number in range(MATRIX_CHARACTERS // 2_000)])
    with pytest.raises(InputError, match="The matrix of these items has"):
        discovered(items=items)
    _, matrix = discovered(**{"items": items, "targets-per-job": "5"})
    assert matrix[0] == {"index": 0, "first": 0, "last": 4}


def test_a_file_is_read_as_the_input_is() -> None:
    files = {"list.json": '["a", {"target": "b", "os": "x"}]'}
    _, matrix = discovered(**{"items-file": "list.json", "files": files})
    assert matrix == [
        {"index": 0, "target": "a", "name": "a"},
        {"index": 1, "target": "b", "name": "b", "os": "x"},
    ]
    with pytest.raises(InputError, match=r"Item 1 of list\.json is null"):
        discovered(**{"items-file": "list.json", "files": {"list.json": "[null]"}})


def test_values_of_columns_keep_their_type_through_the_plan() -> None:
    plan, matrix = discovered(items='[{"target": "t", "i": 1, "b": true, "f": 0.5, "s": "1"}]')
    columns = {"i": 1, "b": True, "f": 0.5, "s": "1"}
    for found in (plan.roster[0].target.columns, {key: matrix[0][key] for key in columns}):
        assert [(key, type(value), value) for key, value in found.items()] == [
            (key, type(value), value) for key, value in columns.items()
        ]


def test_a_job_of_apply_takes_no_plan_of_items() -> None:
    plan, _ = discovered(items="linux")
    world = World(files=MemoryFiles({"plan.json": plan.encode()}))
    inputs = apply.ApplyInputs(plan="plan.json", token=SecretStr("t"), index=0)
    with pytest.raises(InputError, match="is of the kind `item`, no repository"):
        apply.run(inputs, world.ports())


def alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


names = st.lists(
    (
        st.text(min_size=1, max_size=30) | st.sampled_from(["acme/api", "a:b", "!x", "*", "::error::x", "[", "🚀"])
    ).filter(is_item),
    min_size=1,
    max_size=8,
    unique_by=alike,
)


@given(names=names, data=st.data())
def test_every_name_is_kept_exactly_from_the_list_to_the_report(names: list[str], data: st.DataObject) -> None:
    plan, matrix = discovered(items=json.dumps(names))
    assert [entry["target"] for entry in matrix] == names
    assert len({entry["name"] for entry in matrix}) == len(names)
    run = ReportStage(plan=plan)
    ended = data.draw(st.lists(st.sampled_from(["success", "failure", "skipped", ""]), min_size=len(names)))
    for entry, outcome in zip(matrix, ended, strict=False):
        if outcome:
            run.record(entry["index"], None, target=entry["target"], steps=f"s={outcome}", outputs=f"o={outcome}")
    expected = {"success": "unchanged", "failure": "failed", "skipped": "skipped", "": "missing"}
    found = run.handed_on().targets
    assert [(each.target, each.outcome) for each in found] == [
        (name, expected[outcome]) for name, outcome in zip(names, ended, strict=False)
    ]
    report, _ = run.report()
    assert report.counts.total == len(plan.roster) == len(names)
    assert {result.target for result in report.results} == set(names)
