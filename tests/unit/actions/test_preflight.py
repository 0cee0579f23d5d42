"""preflight: its decision, its report, and what it refuses before it asks anything."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from action_patterns.actions import preflight
from action_patterns.actions.preflight import decide
from action_patterns.actions.preflight.interface import PreflightInputs
from action_patterns.actions.preflight.text import MAX_ANNOTATIONS, annotations_of, summary_of
from action_patterns.checks.check import Result
from action_patterns.errors import InputError
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryFiles
from support.preflight_stage import Runner
from support.retrying import ended
from support.stage import JOB_TOKEN


def result(answer: Any = "yes", name: str = "x", **fields: Any) -> Result:
    return Result(
        **{"name": name, "category": "config", "severity": "required", "code": "c", "answer": answer} | fields
    )


YES, NO, UNKNOWN, ERROR = (result(answer) for answer in ("yes", "no", "unknown", "error"))
WAITS, STOPPED = result("not-run", because_of="error"), result("not-run", because_of="no")


@pytest.mark.parametrize(
    ("results", "on_error", "ready", "reason"),
    [
        ([YES], "fail", True, "ready"),
        ([UNKNOWN], "fail", True, "ready"),
        ([NO], "fail", False, "checks-failed"),
        ([NO, ERROR], "fail", False, "checks-failed"),
        ([ERROR], "fail", False, "checks-unanswered"),
        ([ERROR], "pass", True, "unanswered"),
        ([NO], "pass", False, "checks-failed"),
        ([WAITS], "fail", False, "checks-unanswered"),
        ([WAITS], "pass", True, "unanswered"),
        ([STOPPED], "pass", False, "checks-failed"),
        ([result("no", severity="optional")], "fail", True, "ready"),
        ([result("error", severity="optional")], "fail", True, "ready"),
    ],
)
def test_the_decision(results: list[Result], on_error: Any, ready: bool, reason: str) -> None:
    found = decide(PreflightInputs(on_error=on_error), results)
    assert (found.ready, found.reason, found.red) == (ready, reason, not ready)
    assert not decide(PreflightInputs(on_error=on_error, fail=False), results).red


def refused(checks: str, **inputs: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        Runner().preflight(checks, **inputs)
    return [f"{problem.what} → {problem.fix}" for problem in caught.value.problems]


MISTAKES = {
    "- tol: git": "names no kind of check. (line 1 of `checks`) → Did you mean `tool`? The kinds are job, env,",
    "- tool: a\n  vrsion: 3": "`vrsion` is not a known key. (line 3 of `checks`) → Did you mean `version`?",
    "- disk: much": "`disk` must be a number of bytes with its unit, for example `10 GB` or `512 MiB`. (line 4",
    "- tool: x ^3": "`version` '^3' is no range of versions as Python packages write it. Write `>=3,<4`. (line 5",
    "- just a text": "is no mapping. (line 6 of `checks`) → Write a kind and its subject, for example `job: …`.",
    "- endpoint: https://u:p@host.example/": "`endpoint` must hold no user and password: the address is shown.",
    "- endpoint: host.example": "`endpoint` must be an address such as https://registry.example/v2/",
    "- endpoint: tcp://host.example": "`endpoint` must name a port: tcp://host:port. (line 9 of `checks`)",
    "- endpoint: https://host.example\n  status: 20": "`status` '20' is no status and no range of statuses.",
    "- job: x\n  result: good": "`result` 'good' is no result of a job. The results are success, failure,",
    "- tool: a\n  permission: contents": "is of 2 kinds: tool, permission. (line 14 of `checks`) → Write one check",
    "- tool: []": "names no subject: `tool` is an empty list. (line 16 of `checks`) → Name one, or remove the entry.",
    "- secret: 1ABC": "`secret` must be the name of a variable, never its value. Pass the value by `env:` of",
    "- env: A\n  minimum: 2": "`minimum` and `maximum` need `format: integer` or `format: number`. (line 18",
    "- env: B\n  pattern: '('": "`pattern` it is no regular expression: unclosed group. (line 21 of `checks`)",
    "- tool: b\n  version-pattern: x": "`version-pattern` has no group. Put the part that is the version in",
    "- token: valid\n  kind: secret": "`kind` 'secret' is no kind of token. The kinds are github-token, app,",
    "- permission: content": "`permission` 'content' is no permission that is known; the nearest is `contents`.",
    "- team: core": "`team` 'core' is no team. Write `organization/slug`, as in the team's address. (line",
    "- tool: ../bin/sh": "`tool` must be the name of a program on PATH, without a path, and a range behind a",
    "- quota: 5": "`quota` '5' is no `<resource>=<calls>`. The resources are core, graphql, search, code-search.",
    "- env: C\n  required: pusch": "`required` 'pusch' is neither `true` nor `false` nor an event: the nearest",
    "- variable: input_stage\n  equals: x": "`variable` begins with `INPUT_`, as the inputs of this action do.",
    "- secret: INPUT_TOKEN": "`secret` begins with `INPUT_`, as the inputs of this action do. Pass the value by an",
    "- env: D\n  required: yes": "'yes' is neither `true` nor `false` nor an event: write `true`, `false` or names of",
    "- env: E\n  required: push, workflow_call": "`required` 'workflow_call' is the event of no run: name the",
    "- branch: x\n  change: merge": "`change` must be 'create', 'push', 'force-push' or 'delete'.",
    "- branch: x\n  repository: y": "`repository` 'y' is no repository. Write `owner/name`. (line 42 of `checks`)",
    "- env: F\n  one-of: ''": "`one-of` is empty: an expression came to nothing there. (line 43 of `checks`)",
    "- env: G\n  pattern:": "`pattern` is empty: an expression came to nothing there.",
    "- env: H\n  one-of: []": "`one-of` must not be empty. (line 48 of `checks`) → Correct `one-of`.",
    "- env: I\n  required: ''": "`required` is empty: an expression came to nothing there.",
    "- tool: c\n  version: ''": "`version` is empty: an expression came to nothing there.",
    "- branch: x\n  exists:": "`exists` is empty: an expression came to nothing there.",
    "- label: x\n  repository: ''": "`repository` is empty: an expression came to nothing there.",
    "- file: x\n  contains: []": "`contains` must not be empty.",
    "- file: x\n  matches: ''": "`matches` is empty: an expression came to nothing there.",
}
"""An entry, and a part of what is said about it."""


def test_every_mistake_of_a_list_is_named_at_once_with_its_line() -> None:
    found = refused("\n".join(MISTAKES))
    assert [want in said for want, said in zip(MISTAKES.values(), found, strict=True)] == [True] * len(found), found


@pytest.mark.parametrize(
    ("checks", "inputs", "what"),
    [
        ("", {}, "There are no checks"),
        ("- tool: git", {"checks_path": "checks.yml"}, "both given"),
        ("[]", {}, "has no check"),
        ("tool: git", {}, "must be a list"),
        ("- tool: [git, git]", {}, "2 checks have the name 'tool git'"),
        ("- tool: git\n  needs: x", {}, "needs 'x', and no check has that name"),
        ("- job: x", {"needs": "{"}, "`needs` is neither"),
        ("- team: other/core", {"token": JOB_TOKEN}, "reaches only"),
        ("- repository: acme/other", {"token": JOB_TOKEN}, "reaches only"),
        ("- token: valid", {"token": None, "job_token": None}, "There is no token"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_asked(
    checks: str, inputs: dict[str, Any], what: str
) -> None:
    assert what in " ".join(refused(checks, **inputs))


def test_a_list_of_a_file_is_named_with_its_lines() -> None:
    files = MemoryFiles({"ci/checks.yml": "- tool: git\n- disk: x\n"})
    with pytest.raises(InputError) as caught:
        Runner(files=files).preflight("", checks_path="ci/checks.yml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("ci/checks.yml", 2)
    files.files["ci/checks.yml"] = b"- tool: git\n"
    found = Runner(files=files, machine=MemoryMachine(programs={})).preflight(
        "", checks_path="ci/checks.yml", fail=False
    )
    assert found.answers == {"tool git": "no"}


def test_a_failure_is_required_on_the_events_that_are_named() -> None:
    checks = "- env: A\n  required: push, release\n- env: B\n  required: false\n"
    for event, red in (("push", 1), ("release", 1), ("pull_request", 0)):
        found = Runner(context={"event_name": event}).preflight(checks)
        assert found.finish.exit_code == red
        assert found.answers == {"env A": "no", "env B": "no"}
        assert json.loads(found.finish.outputs.failed) == ["env A", "env B"]


def test_a_name_in_another_case_is_named_without_its_value() -> None:
    machine = MemoryMachine(variables={"NPM_TOKEN": "hunter22", "stage": "hunter22"})
    found = Runner(machine=machine).preflight("- secret: npm_token\n- env: STAGE\n", fail=False)
    for name in ("NPM_TOKEN", "stage"):
        assert f"`{name}` is set, and names count by case." in found.finish.outputs.results
    assert "hunter22" not in f"{found.finish}"


def test_the_callers_words_stand_in_the_row() -> None:
    checks = "- env: A\n  name: stage\n  message: Deployments need it.\n  fix: Ask Ann.\n  page: docs/deploy.md\n"
    row = Runner().preflight(checks, fail=False).only()
    assert row["check"] == "stage"
    assert row["message"].startswith("Deployments need it. `A` is absent or empty.")
    assert (row["fix"], row["page"]) == ("Ask Ann.", "docs/deploy.md")


def test_counts_are_by_category_and_answer() -> None:
    found = Runner(commands=(ended(1),)).preflight("- env: A\n- tool: git\n- command: 'false'\n", fail=False)
    counts = json.loads(found.finish.outputs.counts)
    assert list(counts) == ["config", "tools", "command"]
    assert counts["tools"] == {"yes": 0, "no": 1, "unknown": 0, "error": 0, "not-run": 0}
    assert found.finish.outputs.failed_count == 3


def test_ten_problems_are_annotated_the_weightiest_first_and_the_rest_is_named() -> None:
    results = [
        *(result("no", f"optional {n}", severity="optional") for n in range(3)),
        *(result("error", f"error {n}") for n in range(4)),
        *(result("no", f"no {n}") for n in range(5)),
        result("unknown", "unknown"),
    ]
    found = list(annotations_of(results, red=True))
    assert [each.title for each in found[:MAX_ANNOTATIONS]] == [
        *(f"no {n}: no" for n in range(5)),
        *(f"error {n}: error" for n in range(4)),
        "optional 0: no",
    ]
    assert [each.level for each in found] == ["error"] * 9 + ["warning", "notice"]
    assert found[-1].message.startswith("2 more of 12 problems")
    assert {each.level for each in annotations_of(results, red=False)} == {"warning", "notice"}
    assert list(annotations_of(results[-1:], red=True)) == []


def test_the_table_has_a_row_for_each_check_and_problems_come_first() -> None:
    results = [YES, result("unknown", "u"), result("no", "o", severity="optional"), result("no", "n")]
    rows = [line for line in summary_of(results, ready=False).splitlines() if line.startswith("| ")][2:]
    assert [row.split(" | ")[0] for row in rows] == ["| n", "| o", "| u", "| x"]


HOSTILE = st.sampled_from(
    ["|", "`", "\n", "<b>", "@a", "#1", "[a](b)", "![a](b)", "*", "::error::", "a", "\u202e", "http://a.b", "%0A", "\\"]
)


@settings(max_examples=30, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=12).map("".join), st.lists(HOSTILE, max_size=12).map("".join))
def test_hostile_text_adds_no_row_no_link_and_no_tag(name: str, message: str) -> None:
    results = [result("no", name, message=message, fix=message, page=name)]
    (note,) = annotations_of(results, red=True)
    assert f"{note.title}{note.message}".replace("\n", "").isprintable()
    page = MarkdownIt("commonmark").enable("table").render(summary_of(results, ready=False))
    assert page.count("<tr>") == 2
    assert page.count("<td") == 5
    assert "<a " not in page
    assert "<img" not in page
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code"}
    prose = re.sub(r"<code>.*?</code>", "", page)
    assert not re.search(r"[@#]\w", re.sub(r"<[^>]*>", "", prose)), "no mention, and no reference"


@settings(max_examples=25, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=8).map("".join))
def test_a_hostile_value_of_a_variable_is_shown_nowhere(value: str) -> None:
    machine = MemoryMachine(variables={"A": f"{value}§", "B": f"{value}§"})
    found = Runner(machine=machine).preflight("- env: A\n  one-of: x\n- secret: B\n  pattern: '[0-9]'\n", fail=False)
    assert "§" not in f"{found.finish.summary}{found.finish.annotations}{found.finish.outputs}{found.log.lines}"


def test_a_result_that_names_a_secret_is_redacted() -> None:
    machine = MemoryMachine(variables={"A": "hunter22"})
    found = Runner(machine=machine).preflight("- secret: A\n- tool: hunter22\n  message: hunter22\n", fail=False)
    assert "hunter22" not in f"{found.finish.summary}{found.finish.annotations}{found.finish.outputs}"


def test_results_too_long_for_an_output_keep_their_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "MAX_OUTPUT_CHARACTERS", 5_000)
    checks = "".join(f"- env: A{n}\n  message: {'x' * 200}\n" for n in range(30))
    found = Runner().preflight(checks, fail=False)
    rows = json.loads(found.finish.outputs.results)
    assert len(rows) == 30
    assert {(row["code"], row["message"]) for row in rows} == {("variable-missing", "")}
    assert "xxx" in found.finish.summary
