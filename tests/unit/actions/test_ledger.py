"""Every problem of the inputs of `ledger` is named at once, before a token is used; targets in every form are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from action_patterns.actions.ledger import run
from action_patterns.actions.ledger.claiming import matrix_text
from action_patterns.actions.ledger.interface import TAKES, LedgerInputs
from action_patterns.actions.ledger.request import gather
from action_patterns.actions.ledger.targets import (
    Given,
    UnreadError,
    ends_of_records,
    ledger_digest,
    matrix_of_targets,
    read_results,
    read_targets,
)
from action_patterns.contracts.result import TargetResult
from action_patterns.errors import InputError
from action_patterns.state.ledger.table import Ended
from support.memory_ports import MemoryFiles, World

TOKEN = "ghp_0123456789abcdefghij0123456789"
CLAIM = "0123456789abcdef.1"


def inputs(**given: Any) -> LedgerInputs:
    every = {"mode": "claim", "operation": "nightly", "token": "t0ken-of-the-step"} | given
    if every["mode"] == "claim":
        every = {"targets": '["a"]', "digest": "d"} | every
    return LedgerInputs(**{name: value for name, value in every.items() if value is not None})


def problems(files: dict[str, str | bytes] | None = None, **given: Any) -> list[str]:
    """Return the problems of a step, which asked for no token."""
    world = World(files=MemoryFiles(files))
    with pytest.raises(InputError) as caught:
        run(inputs(**given), world.ports())
    assert world.tokens == []
    return [problem.what for problem in caught.value.problems]


FINISH: dict[str, Any] = {"mode": "finish", "claim": CLAIM, "targets": '["a"]', "outcome": "success"}


def test_a_claim_knows_its_ledger_in_every_spelling() -> None:
    claim = f"{CLAIM}.{ledger_digest('acme/api', 'nightly')}"
    given = FINISH | {"claim": claim, "operation": " nightly\n", "repository": "Acme/API"}
    assert gather(inputs(**given), World().ports()).us.claim == CLAIM.partition(".")[0]
    for other in ({"operation": "weekly"}, {"repository": "acme/web"}):
        (said,) = problems(**given | other)
        assert said.startswith("`claim` is of another ledger")
    (said,) = problems(**given | {"operation": None})
    assert said == "`operation` is not given.", "one mistake is one problem"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"operation": None}, "`operation` is not given"),
        ({"operation": " "}, "`operation` is not given"),
        ({"mode": "clean", "operation": ""}, "`operation` is not given"),
        ({"operation": "x" * 101}, "`operation` has 101 characters; at most 100"),
        ({"operation": f"of {TOKEN}"}, "`operation` holds a token of GitHub"),
        ({"operation": "of t0ken-of-the-step"}, "`operation` holds a secret of this step"),
        ({"operation": "nightly-runs/1234567"}, "belongs to this run (run id 1234567)"),
        ({"digest": "1234567"}, "The digest '1234567' belongs to this run"),
        ({"digest": None}, "`digest` is not given, and 1 of 1 targets have none"),
        ({"targets": '{"a": "x"}'}, "`digest` is given, and so have 1 of the targets"),
        ({"targets": None}, "Neither `targets` nor `targets-path` is given"),
        ({"targets_path": "t.json"}, "`targets` and `targets-path` are both given"),
        ({"targets": "\n"}, "`targets` names no target: an expression there came to nothing"),
        ({"targets": "null"}, "`targets` names no target: an expression there came to nothing"),
        ({"targets": "[1"}, "`targets` is no JSON"),
        ({"targets": "a, b"}, "`targets` has one line, 'a, b', in which commas separate nothing"),
        ({"targets": "- a\n- b"}, "`targets` has lines that begin with a dash"),
        ({"targets": "[7]"}, "has no name in place 1"),
        ({"targets": '["a", "a"]'}, "'a' is named twice"),
        ({"targets": '[" "]'}, "A target has an empty name"),
        ({"targets": json.dumps(["x" * 301])}, "has 301 characters"),
        ({"targets": json.dumps([f"of {TOKEN}"])}, "The name of a target holds a token of GitHub"),
        ({"targets": '{"include": [{"index": 0, "first": 0, "last": 9}]}'}, "several targets each, which names none"),
        ({"claim": "mine"}, "`claim` is 'mine', which is no claim"),
        ({**FINISH, "claim": f"{CLAIM}.00000000"}, "`claim` is of another ledger than `operation` 'nightly' in "),
        ({"repository": "api"}, "`repository` is 'api'"),
        ({"park_after": 2}, "`park-after` is given, and has no effect on `claim`"),
        ({"dry_run": "false"}, "`dry-run` is given, and has no effect on `claim`"),
        ({**FINISH, "claim": None}, "`claim` is not given"),
        ({**FINISH, "outcome": None}, "`outcome` is not given"),
        ({**FINISH, "outcome": "fine"}, "`outcome` is 'fine'; possible are success"),
        ({**FINISH, "results": '{"a": "success"}'}, "`targets` and `results` given"),
        ({"mode": "finish", "claim": CLAIM}, "None of them given"),
        ({"mode": "finish", "claim": CLAIM, "results": '{"a": "x"}'}, "has for 'a' the outcome 'x'"),
        ({"mode": "finish", "claim": CLAIM, "results": "[]"}, "is no object of names and outcomes"),
        ({"mode": "finish", "claim": CLAIM, "records": "none"}, "The directory 'none' holds no record"),
        ({"mode": "history"}, "`report` is not given"),
        ({"mode": "history", "report": "none.json"}, "Input `report`: there is no file 'none.json'"),
        ({"mode": "list", "states": "Done"}, "`states` has 'Done'; did you mean `done`?"),
        ({"mode": "list", "states": "finished"}, "`states` has 'finished'"),
    ],
)
def test_a_bad_input_is_named_before_anything_is_asked(given: dict[str, Any], said: str) -> None:
    (found,) = problems({"t.json": '["a"]'}, **given)
    assert said in found


@pytest.mark.parametrize(
    ("targets", "mode"), [('["Smith, John"]', {}), ("a\nSmith, John", {}), ("Smith, John", FINISH), ("- a, b", FINISH)]
)
def test_a_name_with_a_comma_is_taken_where_it_can_be_meant(targets: str, mode: dict[str, Any]) -> None:
    request = gather(inputs(**(mode | {"targets": targets})), World().ports())
    assert request.given[-1].target in ("Smith, John", "- a, b")


def test_all_problems_are_named_at_once() -> None:
    assert len(problems(operation=None, targets='["", "a", "a"]', digest=None, repository="x", limit=1)) == 6


@pytest.mark.parametrize("mode", TAKES)
def test_an_input_of_another_mode_is_refused(mode: str) -> None:
    every = {name for names in TAKES.values() for name in names}
    samples = {"targets": '["a"]', "states": "done", "outcome": "success", "claim": CLAIM, "dry_run": "true"}
    for name in sorted(every - set(TAKES[mode])):  # type: ignore[index]
        given: dict[str, Any] = {"mode": mode, name: samples.get(name, "1")}
        assert any("has no effect on" in said for said in problems({"1": "[]"}, **given)), name


PLAN_ROWS = {"include": [{"index": 0, "repository": "acme/api", "name": "api"}]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a"', [Given("a")]),
        ("acme/api", [Given("acme/api")]),
        (" a \n\n b\n", [Given("a"), Given("b")]),
        ('["a", "b"]', [Given("a"), Given("b")]),
        ("[]", []),
        ('{"a": "1", "b": "2"}', [Given("a", "1"), Given("b", "2")]),
        (json.dumps(PLAN_ROWS), [Given("acme/api", columns=PLAN_ROWS["include"][0])]),
        ('[{"target": "a", "digest": "1"}]', [Given("a", "1", {"target": "a", "digest": "1"})]),
        (
            '[{"repository": "acme/api", "directory": "cli", "name": "x"}]',
            [Given("acme/api:cli", columns={"repository": "acme/api", "directory": "cli", "name": "x"})],
        ),
        ('[{"directory": "cli", "name": "x"}]', [Given("cli", columns={"directory": "cli", "name": "x"})]),
    ],
)
def test_targets_are_read_in_every_form(text: str, expected: list[Given]) -> None:
    assert list(read_targets(text).given) == expected


@pytest.mark.parametrize("text", ['{"a": ""}', '{"a": 1}', '[{"index": 1}]', '[{"name": "a", "digest": 1}]', "[[]]"])
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(UnreadError):
        read_targets(text)


def test_results_are_words_of_github_or_of_the_toolkit() -> None:
    text = '{"a": "success", "b": {"outcome": "failure", "reason": "tests"}, "c": "cancelled", "d": "unchanged"}'
    assert read_results(text) == {
        "a": Ended("done"),
        "b": Ended("failed", "tests"),
        "c": Ended("released"),
        "d": Ended("done"),
    }


@pytest.mark.parametrize("text", ['{"a": 1}', '{"a": {"reason": "x"}}', '{"a": {"outcome": "success", "why": "x"}}'])
def test_other_results_are_refused(text: str) -> None:
    with pytest.raises(UnreadError):
        read_results(text)


def record(target: str, outcome: Any, *, attempt: int = 1, job: str = "work", message: str = "") -> TargetResult:
    return TargetResult(
        plan_id="1-1-x",
        index=0,
        target=target,
        attempt=attempt,
        job=job,
        outcome=outcome,
        reason="why",
        message=message,
    )


def test_of_records_the_newest_attempt_and_then_the_worst_recorder_counts() -> None:
    ends = ends_of_records(
        [
            record("a", "failed"),
            record("a", "created", attempt=2),
            record("b", "updated"),
            record("b", "failed", job="lint", message="It is untidy."),
            record("c", "unchanged"),
            record("c", "skipped", job="lint"),
            record("d", "missing"),
        ]
    )
    assert ends == {
        "a": Ended("done"),
        "b": Ended("failed", "why: It is untidy."),
        "c": Ended("released"),
        "d": Ended("released"),
    }


@pytest.mark.parametrize(("targets", "per_job", "shards"), [(257, 0, 1), (2_560, 10, 8), (255, 1, 1), (10_000, 0, 16)])
def test_a_matrix_has_at_most_256_jobs_and_every_target_once(targets: int, per_job: int, shards: int) -> None:
    names = [f"t{number}" for number in range(targets)]
    jobs = json.loads(matrix_text([Given(name) for name in names], per_job, shards))["include"]
    assert len(jobs) <= 256
    found = [name for job in jobs for name in json.loads(job["targets"])] if "targets" in jobs[0] else names
    assert sorted(found) == sorted(names)


def test_a_reason_is_one_short_line_without_secrets() -> None:
    world = World()
    asked = gather(
        inputs(**{**FINISH, "outcome": "failure", "reason": f"it\nsaid {TOKEN} " + "x" * 300}), world.ports()
    )
    said = asked.ends["a"].reason
    assert said.startswith("it said *** xxx")
    assert len(said) == 200


def test_a_row_keeps_its_columns_and_a_job_of_several_has_those_of_one_document() -> None:
    given = [Given("a", columns={"index": 0, "target": "a"}), Given("b"), Given("c"), Given("d")]
    shard = {"a": 1, "b": 0, "c": 1, "d": 1}
    assert matrix_of_targets(given, per_job=0, shard=shard)["include"] == [
        {"index": 0, "target": "a"},
        {"target": "b"},
        {"target": "c"},
        {"target": "d"},
    ]
    assert matrix_of_targets(given, per_job=2, shard=shard)["include"] == [
        {"index": 0, "targets": '["b"]'},
        {"index": 1, "targets": '["a","c"]'},
        {"index": 2, "targets": '["d"]'},
    ]
