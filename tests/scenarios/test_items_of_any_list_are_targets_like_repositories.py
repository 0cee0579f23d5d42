"""Items that are no repositories: discover lists them without a request, people's own steps record each, and the report
counts each once, under its exact name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.campaign_steps import Step, seed, step
from support.editions import first_on
from support.stage import Stage, stage

pytestmark = first_on("full", why="Nothing is asked of GitHub.")

HOSTILE = (
    "a | b",
    "`id` and $(touch x)",
    "<img src=x onerror=alert(1)>",
    "::error::x",
    "##[error]x",
    "${{ github.token }}",
    "@acme/team #1 GH-1",
    "[x](https://evil.example)",
    'it\'s "q" \\',
    "é ü 漢字",
    "🚀",
    "x" * 200,
)


def matrix(found: Step) -> list[Mapping[str, Any]]:
    assert found.code == 0, found.log
    assert "\n" not in found.outputs["matrix"]
    entries: list[Mapping[str, Any]] = json.loads(found.outputs["matrix"])["include"]
    assert all(isinstance(value, (str, int, float)) for entry in entries for value in entry.values())
    return entries


def record(scene: Stage, folder: Path, found: Step, entry: Mapping[str, Any], **inputs: str) -> Step:
    """Record one leg of the matrix, as its job would."""
    place = {"plan": found.outputs["path"], "target": entry["target"], "index": str(entry["index"])}
    return step("record", scene, folder, **place, **inputs)


def report(scene: Stage, folder: Path, found: Step, **inputs: str) -> Step:
    records = str(folder / "temp/action-patterns-records")
    given = {"plan": found.outputs["path"], "plan_digest": found.outputs["digest"], **inputs}
    return step("report", scene, folder, records=records, **given)


def handed_on(done: Step) -> dict[str, Any]:
    """Return outcomes.json."""
    found: dict[str, Any] = json.loads(Path(done.outputs["outcomes"]).read_text())
    return found


def test_each_item_is_an_entry_and_a_target_of_the_report(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        items = json.dumps([{"target": "node 20 / ubuntu", "node": "20", "os": "ubuntu"}, "acme/api"])
        found = step("discover", scene, tmp_path, items=items, token="")
        assert matrix(found) == [
            {"index": 0, "target": "node 20 / ubuntu", "name": "node-20-ubuntu", "node": "20", "os": "ubuntu"},
            {"index": 1, "target": "acme/api", "name": "acme-api"},
        ]
        assert (found.outputs["has-targets"], found.outputs["count"]) == ("true", "2")
        assert json.loads(found.outputs["targets"]) == ["node 20 / ubuntu", "acme/api"]
        assert "### 2 items" in found.summary
        ok, lost = matrix(found)
        assert record(scene, tmp_path, found, ok, outcome="unchanged", reason="tested").code == 0
        assert len(scene.sandbox.requests) == 0
        done = report(scene, tmp_path, found)
        assert (done.code, done.outputs["verdict"]) == (1, "partial")
        assert {name: outcome for name, (outcome, _) in done.results().items()} == {
            ok["target"]: "unchanged",
            lost["target"]: "missing",
        }
        assert "1 of 2 items needs attention" in done.summary
        assert "set the input `only` of discover to\n\n```\nacme/api\n```" in done.summary


def test_an_item_is_never_linked_to_a_repository_of_its_name(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        found = step("discover", scene, tmp_path, items="acme/api\nacme/web")
        for entry in matrix(found):
            assert record(scene, tmp_path, found, entry, outcome="failed", reason="tests-failed").code == 0
        done = report(scene, tmp_path, found, junit="true")
        page = Path(done.outputs["html"]).read_text()
        assert f"{scene.context.server_url}/acme/api" not in done.summary + page
        assert "acme/api" in done.summary
        assert "acme/api" in page


def test_the_same_list_of_repositories_is_linked(tmp_path: Path) -> None:
    with stage(seed("api", "web"), served=True) as scene:
        found = step("discover", scene, tmp_path, repositories="acme/api,acme/web")
        for entry in json.loads(found.outputs["matrix"])["include"]:
            given = {"plan": found.outputs["path"], "target": entry["repository"], "index": str(entry["index"])}
            assert step("record", scene, tmp_path, outcome="failed", reason="tests-failed", **given).code == 0
        done = report(scene, tmp_path, found)
        assert f"[acme/api]({scene.context.server_url}/acme/api)" in done.summary


@pytest.mark.parametrize("form", ["json", "lines", "file"])
def test_hostile_names_are_inert_and_kept_to_the_letter(tmp_path: Path, form: str) -> None:
    text = json.dumps(HOSTILE) if form == "json" else "\n".join(HOSTILE)
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    given = {"items_file": "list.txt"} if form == "file" else {"items": text}
    with stage(seed("api"), served=True) as scene:
        found = step("discover", scene, tmp_path, **given)
        assert [entry["target"] for entry in matrix(found)] == list(HOSTILE)
        names = [entry["name"] for entry in matrix(found)]
        assert len(set(names)) == len(HOSTILE)
        assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)
        for entry in matrix(found):
            assert record(scene, tmp_path, found, entry, steps="test=failure").code == 0
        done = report(scene, tmp_path, found, junit="true")
        assert [each["target"] for each in handed_on(done)["targets"]] == list(HOSTILE)
        assert set(done.results()) == set(HOSTILE)
        page = Path(done.outputs["html"]).read_text()
        in_code = re.compile(r"^```$.*?^```$", re.DOTALL | re.MULTILINE)
        assert "<img" not in in_code.sub("", done.summary) + page
        assert not [line for line in done.log.splitlines() if line.startswith(("::error::x", "##[error]x"))]


def test_everything_wrong_with_a_list_is_refused_at_once(tmp_path: Path) -> None:
    items = json.dumps(
        [
            "linux",
            "Linux",
            "linux",
            "tab\there",
            "right \u202e left",
            "",
            " wide  gap",
            "x" * 201,
            None,
            ["a"],
            {"repository": "acme/api"},
            {"name": "x"},
            {"os": "a", "OS": "b"},
            {"node": {"version": 20}},
            {"my column": 1},
        ]
    ).replace('"linux", "tab', '3.10, "linux", "tab')
    with stage(seed("api"), served=True) as scene:
        found = step("discover", scene, tmp_path, items=items, owners="acme", items_file="x", name="Not a name")
        assert found.code == 2
        assert "matrix" not in found.outputs
        for said in (
            "`items` and `items-file` are both given.",
            "`items` and `owners` are both given.",
            "`name` is 'Not a name'",
            "`items` has the items 'linux' and 'Linux'",
            "`items` has two items 'linux'.",
            "Item 3 of `items` is the number 3.10",
            "'tab\\there', has a character in its name that is not printable.",
            "'right \\u202e left', has a character in its name that is not printable.",
            "has an empty name",
            "Write 'wide gap'.",
            "has a name of 201 characters.",
            "is null.",
            "is a list or an object.",
            "has the column `repository`",
            "has the column `name`, which the matrix of discover has itself.",
            "Write `target` for the item's name",
            "has the columns `os` and `OS`, which are one",
            "`node` of item 15 of `items` is a list or an object.",
            "has the column 'my column'",
        ):
            assert said in found.log, said


def test_only_and_limit_narrow_a_run_and_an_item_of_neither_is_left_out(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        items = "a, b\nlinux / 3.12\nlinux / 3.13\nwindows"
        found = step("discover", scene, tmp_path, items=items, only="a, b\nlinux *\n!linux / 3.12")
        assert [entry["target"] for entry in matrix(found)] == ["a, b", "linux / 3.13"]
        first = step("discover", scene, tmp_path, items=items, limit="2")
        assert [entry["target"] for entry in matrix(first)] == ["a, b", "linux / 3.12"]
        assert json.loads(first.outputs["excluded"]) == {"not-in-only": 2}
        wrong = step("discover", scene, tmp_path, items=items, only="window\nLinux / 3.13")
        assert wrong.code == 2
        assert "'window' in `only` is no item." in wrong.log
        assert "Write 'windows'." in wrong.log
        assert "'Linux / 3.13' in `only` is no item." in wrong.log


def test_an_empty_list_is_an_empty_matrix_and_an_empty_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("\n")
    with stage(seed("api"), served=True) as scene:
        found = step("discover", scene, tmp_path, items="[]")
        assert (found.code, found.outputs["has-targets"], found.outputs["matrix"]) == (0, "false", '{"include":[]}')
        assert "::notice title=Nothing to do::The list of items is empty." in found.log
        assert step("discover", scene, tmp_path, items_file="list.txt").code == 2
        done = report(scene, tmp_path, found)
        assert (done.code, done.outputs["verdict"], handed_on(done)["targets"]) == (0, "nothing-to-do", [])


def test_more_items_than_jobs_are_packed(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        found = step("discover", scene, tmp_path, items=json.dumps([f"item {number}" for number in range(300)]))
        legs = matrix(found)
        places = [place for leg in legs for place in range(leg["first"], leg["last"] + 1)]
        assert (len(legs), places) == (256, [*range(300)])
        assert len(json.loads(found.outputs["targets"])) == 300


def test_a_secret_in_an_item_is_refused_since_github_drops_the_matrix(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        found = step("discover", scene, tmp_path, items='[{"target": "a", "key": "tok-bot"}]')
        assert found.code == 2
        assert "The item 'a' holds a secret of this run." in found.log


def test_two_lists_of_one_run_with_the_same_names_have_two_plans(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        plans = set()
        for inputs in ({"name": "unit"}, {"name": "e2e"}, {"name": "e2e", "items": '[{"target": "linux", "x": 1}]'}):
            found = step("discover", scene, tmp_path, **{"items": "linux", **inputs})
            plans.add(json.loads(Path(found.outputs["path"]).read_text())["plan_id"])
        assert len(plans) == 3


def test_a_record_of_another_spelling_is_refused(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        found = step("discover", scene, tmp_path, items="acme/Api")
        other = {"index": 0, "target": "acme/api"}
        refused = record(scene, tmp_path, found, other, outcome="unchanged", reason="tested")
        assert refused.code == 2
        assert "has `acme/Api` at index 0" in refused.log


def test_items_may_share_one_pull_request_of_any_repository(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        found = step("discover", scene, tmp_path, items="a\nacme/web")
        url = f"{scene.context.server_url}/acme/api/pull/7"
        for entry in matrix(found):
            made = record(scene, tmp_path, found, entry, outcome="created", reason="opened", pull_request_url=url)
            assert made.code == 0, made.log
        elsewhere = {"pull_request_url": "https://evil.example/acme/api/pull/7"}
        bad = record(scene, tmp_path, found, matrix(found)[0], outcome="created", reason="opened", **elsewhere)
        assert bad.code == 2
        done = report(scene, tmp_path, found)
        assert (done.code, done.outputs["verdict"]) == (0, "passed")
