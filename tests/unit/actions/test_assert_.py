"""assert: the list, the answer of the whole, and what people and machines read of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from action_patterns import registry
from action_patterns.actions.assert_ import decide
from action_patterns.actions.assert_.interface import REASONS
from action_patterns.actions.assert_.text import MOST_RESULTS_CHARACTERS, message, results_json
from action_patterns.checks.check import Answer, Result, Severity
from action_patterns.escape import visible
from support.asserting import asserted, refused
from support.memory_ports import MemoryFiles, World
from support.memory_processes import MemoryProcesses
from support.retrying import ended
from support.sample import examples

SOURCE = Path(__file__).parents[3] / "src"
GOOD = {"value": "a", "equals": "a"}
BAD = {"value": "a", "equals": "b"}


def result(answer: Answer, severity: Severity = "required", **fields: str) -> Result:
    return Result(name="n", category="config", severity=severity, code="c", answer=answer, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([result("yes")], "held"),
        ([result("yes"), result("no", "optional")], "held-with-warnings"),
        ([result("yes"), result("error", "optional")], "held-with-warnings"),
        ([result("no"), result("error")], "assertion-failed"),
        ([result("error")], "not-established"),
        ([result("unknown")], "not-established"),
        ([result("not-run")], "not-established"),
        ([result("no"), result("not-run")], "assertion-failed"),
    ],
)
def test_the_reason_of_the_whole(results: list[Result], code: str) -> None:
    assert decide(results, fails=True).reason == code
    assert code in {each.code for each in REASONS}


@pytest.mark.parametrize(
    ("entries", "inputs", "exit_code", "passed", "failed", "warnings"),
    [
        ([GOOD], {}, 0, True, 0, 0),
        ([GOOD, BAD], {}, 1, False, 1, 0),
        ([GOOD, BAD], {"fail": False}, 0, False, 1, 0),
        ([GOOD, {**BAD, "severity": "warning"}], {}, 0, True, 0, 1),
        ([GOOD, {**BAD, "required": False}], {}, 0, True, 0, 1),
        ([BAD, {**BAD, "name": "two", "severity": "warning"}], {}, 1, False, 1, 1),
    ],
)
def test_the_end_of_the_step(
    entries: list[dict[str, object]],
    inputs: dict[str, object],
    exit_code: int,
    passed: bool,
    failed: int,
    warnings: int,
) -> None:
    named = [{"name": f"{number}", **entry} for number, entry in enumerate(entries)]
    step = asserted(named, **inputs)
    found = step.outputs
    assert (step.finish.exit_code, found.passed, found.failed, found.warnings) == (exit_code, passed, failed, warnings)
    assert len(step.finish.annotations) == failed + warnings
    assert bool(step.finish.summary) == bool(failed + warnings)


@pytest.mark.parametrize(
    ("results", "sentence"),
    [
        ([result("yes")], "1 assertion holds."),
        ([result("yes"), result("yes")], "All 2 assertions hold."),
        ([result("no"), result("yes")], "`n` does not hold (of 2 assertions)."),
        ([result("no")] * 7, "`n`, `n`, `n`, `n`, `n` and 2 more do not hold (of 7 assertions)."),
        ([result("yes"), result("no", "optional")], "`n` is a warning (of 2 assertions)."),
        ([result("error"), result("unknown")], "`n`, `n` could not be looked at (of 2 assertions)."),
        (
            [result("no"), result("error"), result("not-run")],
            "`n` does not hold, and `n` could not be looked at, and 1 was not looked at (of 3 assertions).",
        ),
    ],
)
def test_one_sentence_says_it_all(results: list[Result], sentence: str) -> None:
    assert message(results) == sentence


def test_an_assertion_is_not_looked_at_if_one_that_it_needs_does_not_hold() -> None:
    world = World(processes=MemoryProcesses([]))
    step = asserted([{**BAD, "name": "first"}, {"command": "./slow", "needs": "first", "name": "second"}], world)
    assert step.answers == ["no", "not-run"]
    assert not world.processes.commands
    assert [each.title for each in step.finish.annotations] == ["Assertion: first"]
    assert "1 was not looked at" in step.outputs.message


def test_entries_of_one_subject_are_numbered_and_two_alike_are_refused() -> None:
    step = asserted([{"value": "a", "equals": "a"}, {"value": "a", "matches": "a"}, {"value": "a", "non-empty": True}])
    assert [each["name"] for each in step.results] == ["value a", "value a (2)", "value a (3)"]
    (problem,) = refused([GOOD, BAD, GOOD])
    assert "2 checks have the name 'value a'" in problem


def test_assertions_are_looked_at_in_the_order_of_the_list() -> None:
    world = World(processes=MemoryProcesses([ended(0)]))
    step = asserted([{"command": "./c"}, {"name": "v", **BAD}], world)
    assert [each["name"] for each in step.results] == ["command ./c", "v"]


@pytest.mark.parametrize(
    ("entries", "inputs", "parts"),
    [
        ("", {}, ["asserti"]),
        ("[]", {}, ["no assertion"]),
        ("value: x", {}, ["must be a list of assertions"]),
        ("- x", {}, ["assertion 1 is no mapping"]),
        ("- value: x", {}, ["asserts nothing"]),
        ("- value: x\n  equals: y\n  file: z", {}, ["is of 2 kinds"]),
        ("- valu: x", {}, ["Did you mean `value`?"]),
        ("- value: x\n  equal: y", {}, ["Did you mean `equals`?"]),
        ("- value: x\n  matches: (", {}, ["`matches` is no regular expression"]),
        ("- value: x\n  matches: (a)\\1", {}, ["`matches` is no regular expression"]),
        ("- value: x\n  path: $[", {}, ["`path` is no JSONPath"]),
        ("- value: x\n  at-least: many", {}, ["`at-least` must be a number"]),
        ("- value: x\n  one-of: []", {}, ["`one-of`"]),
        ("- value: x\n  one-of:", {}, ["`one-of` is empty"]),
        ("- file: x\n  size-at-least: 3 s", {}, ["must be a number of bytes"]),
        ("- file: x\n  exists: false\n  contains: y", {}, ["`exists: false` has no value for contains"]),
        ("- file: x\n  sha256: abc", {}, ["`sha256`"]),
        ('- file: x\n  json-schema: \'{"type": "nope"}\'', {}, ["The `json-schema` of 'file x' is none", "(line 1)"]),
        ("- file: x\n  json-schema: absent.json", {}, ["absent.json"]),
        ("- {value: a, equals: b, required: pusch}", {}, ["the nearest event is `push`"]),
        ('- file: x\n  json-schema: \'{"$ref": "https://example.com/s"}\'', {}, ["fetch"]),
        ("- command: x\n  exit-code: 256", {}, ["`exit-code` must be at most 255"]),
        ("- {value: a, equals: a}\n- {value: a, equals: a}", {}, ["2 checks have the name"]),
        ("- {value: a, equals: a, needs: b}\n- {value: b, equals: b, name: b}", {}, ["stands below it"]),
        ("- {value: a, equals: a, needs: c}", {}, ["no check has that name"]),
        ("- {value: a, equals: a}", {"steps": "build"}, ["`steps` gives no outcome"]),
        ("- {value: a, equals: &x a}", {}, ["an anchor or alias"]),
        ("- {github-branch: main, repository: acme}", {}, ["`repository` must be owner/name"]),
        ("- {github-branch: main, repository: acme/other}", {"job_token": "t"}, ["GITHUB_TOKEN"]),
        ("- github-branch: main", {}, ["There is no token"]),
    ],
)
def test_a_wrong_list_is_refused_before_anything_is_looked_at(
    entries: str, inputs: dict[str, object], parts: list[str]
) -> None:
    found = "\n".join(refused(entries, World(processes=MemoryProcesses([])), **inputs))
    assert all(part in found for part in parts), found


@pytest.mark.parametrize(
    ("entries", "permissions"),
    [
        ("- {github-branch: main, equals: x}", [("contents", "read")]),
        ("- github-label: bug", [("issues", "read")]),
        ("- github-label: bug\n- github-environment: prod", [("actions", "read"), ("issues", "read")]),
    ],
)
def test_the_token_of_an_app_needs_the_permissions_of_the_kinds_in_the_list(
    entries: str, permissions: list[tuple[str, str]]
) -> None:
    world = World()
    # The first assertion ends the list: GitHub is opened, and not asked.
    asserted(f"- {{value: a, equals: b}}\n{entries}", world, token="t", mode="first")
    assert [each for each in world.allowances[0].permissions if each[0] != "metadata"] == permissions


def test_an_assertion_counts_on_the_events_that_are_named() -> None:
    for event, red in (("release", 1), ("push", 0)):
        world = World(context=replace(World().context, event_name=event))
        assert asserted([{**BAD, "required": "release"}], world).finish.exit_code == red


def test_every_mistake_of_a_list_is_named_at_once_with_its_line() -> None:
    found = refused("- value: x\n- file: y\n  path: $[\n- z\n- {value: a, matches: (}", steps="build")
    assert len(found) == 5
    assert [part in each for part, each in zip(("line 1", "line 3", "line 4", "line 5"), found, strict=False)] == [
        True
    ] * 4


def test_a_list_in_a_file_is_annotated_there() -> None:
    from action_patterns.errors import InputError

    world = World(files=MemoryFiles({"list.yml": "- value: x\n"}))
    with pytest.raises(InputError) as error:
        asserted_from(world)
    (problem,) = error.value.problems
    assert (problem.file, problem.line) == ("list.yml", 1)


def asserted_from(world: World) -> None:
    from action_patterns.actions.assert_ import run
    from action_patterns.actions.assert_.interface import AssertInputs

    run(AssertInputs(assertions_path="list.yml"), world.ports())


def test_results_that_are_too_long_are_left_out_and_counted() -> None:
    many = [result("no", message="x" * 2_000, fix="y" * 2_000) for _ in range(1_000)]
    text = results_json(many, lambda text: text)
    assert len(text) <= MOST_RESULTS_CHARACTERS + 100
    *kept, left = json.loads(text)
    assert left == {"left-out": 1_000 - len(kept)} and len(kept) > 100


def test_a_secret_is_redacted_in_every_output() -> None:
    world = World()
    world.log.secrets = ("hunter2",)
    step = asserted([{"name": "hunter2", "value": "hunter2", "equals": "x"}], world)
    assert "hunter2" not in step.outputs.results + step.outputs.message


HOSTILE = st.lists(
    st.sampled_from(
        [*"ab`|<>&*_[](){}#@!~$\\'\"-:/\n\r\t\x1b\x00\u202e\u2028é", "::error::", "##[", "%0A", "](https://x)", "<!--"]
    ),
    min_size=1,
    max_size=12,
).map("".join)


@given(value=HOSTILE, wanted=HOSTILE, name=HOSTILE)
@settings(max_examples=examples(150), deadline=None)
def test_hostile_values_stay_inert(value: str, wanted: str, name: str) -> None:
    step = asserted([{"name": f"n{name}", "value": value, "equals": f"{wanted}x", "message": name, "fix": wanted}])
    if step.outputs.passed:
        return
    rows = [line for line in step.finish.summary.splitlines() if line.startswith("|")]
    assert len(rows) == 3, "a row was added"
    assert all(len(unescaped_pipes(row)) == 5 for row in rows), "a cell was added"
    heading, *_ = step.finish.summary.splitlines()
    assert heading.startswith("### ")
    for annotation in step.finish.annotations:
        assert annotation.title == visible(annotation.title)
        assert all(line == visible(line) for line in annotation.message.split("\n")), "a character acts on the terminal"
        assert len(annotation.message.split("\n")) <= 3
    for line in step.world.log.lines:
        assert line == visible(line)
    assert json.loads(step.outputs.results)[0]["answer"] == "no"


def unescaped_pipes(row: str) -> list[int]:
    return [at for at, character in enumerate(row) if character == "|" and row[at - 1 : at] != "\\"]


def test_that_property_sees_a_name_that_adds_a_cell() -> None:
    assert len(unescaped_pipes("| a | b | c | d | e |")) != 5


@pytest.mark.slow
def test_an_assertion_about_plain_values_loads_no_library_of_paths_schemas_or_github() -> None:
    code = f"""
import sys
sys.path[:0] = [{str(SOURCE)!r}, {str(SOURCE.parent / "tests")!r}]
from support.asserting import asserted
known = set(sys.modules)
step = asserted('[{{"value": "3", "at-least": "2", "matches": "^3$"}}]')
assert step.outputs.passed
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
print(*sorted(name for name in set(sys.modules) - known if name.startswith("action_patterns")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"jsonpath", "jsonschema_rs"}
    own = set(done.stdout.splitlines()[1].split())
    assert not own & {"action_patterns.checks.github_state", "action_patterns.content.json_path"}


def test_a_keyword_of_python_is_a_module_with_an_underscore() -> None:
    assert registry.module_of("assert") == "assert_"
    assert registry.module_of("upsert-pr") == "upsert_pr"
    assert registry.load("assert").name == "assert"
