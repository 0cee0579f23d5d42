"""Rules of GitHub that a green run under act says nothing about, and the house's own for every workflow it ships."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from action_patterns.report.model.matrix_jobs import match
from support.report_builders import context, plan
from support.report_builders import job as made
from support.workflow_files import DISTRIBUTE, ROOT, jobs, load, references, shipped_workflows, steps

LEVELS = ("none", "read", "write")
EXPRESSION = re.compile(r"\$\{\{")
PINNED = re.compile(r"^\s*(?:- )?uses: (actions/[\w-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$")

every_workflow = pytest.mark.parametrize("name", shipped_workflows())
CALLERS = [name for name in shipped_workflows() if any(f"/{DISTRIBUTE}@" in uses for uses in references(load(name)))]


def test_the_list_is_not_empty() -> None:
    assert DISTRIBUTE in shipped_workflows()
    assert CALLERS, "no example calls distribute.yml"
    assert len(shipped_workflows()) >= 8


@every_workflow
def test_nothing_is_permitted_that_a_job_does_not_ask_for(name: str) -> None:
    workflow = load(name)
    assert workflow["permissions"] == {}
    for job, content in jobs(workflow):
        assert isinstance(content.get("permissions"), dict), f"{job} has the default permissions"


@every_workflow
def test_every_job_has_a_time_limit(name: str) -> None:
    for job, content in jobs(load(name)):
        if "uses" not in content:  # GitHub takes none on a job that calls a workflow
            assert 0 < content["timeout-minutes"] <= 120, job


@every_workflow
def test_no_expression_is_spliced_into_a_script(name: str) -> None:
    for job, step in steps(load(name)):
        assert not EXPRESSION.search(step.get("run", "")), job


@every_workflow
def test_two_runs_at_once_wait_for_each_other(name: str) -> None:
    concurrency = load(name)["concurrency"]
    assert concurrency["group"]
    if name != ".github/workflows/ci.yml":
        assert concurrency["cancel-in-progress"] is False


@every_workflow
def test_a_dynamic_matrix_is_gated_isolated_and_bounded(name: str) -> None:
    for job, content in jobs(load(name)):
        matrix = content.get("strategy", {}).get("matrix")
        if not isinstance(matrix, str):
            continue
        gate = re.sub(r"^\$\{\{ (.*) }}$", r"\1", content["if"])
        if group := re.fullmatch(r"\$\{\{ fromJSON\(needs\.([\w-]+)\.outputs\.services\)\.([\w-]+) }}", matrix):
            # detect-changes gives a group that is concerned a matrix of 1 to 256 entries.
            assert gate == f"fromJSON(needs.{group[1]}.outputs.groups).{group[2]}", job
            assert content["strategy"]["fail-fast"] is False, job
            continue
        needed = re.findall(r"needs\.([\w-]+)\.outputs\.matrix", matrix)
        assert len(needed) == 1, matrix
        assert gate == f"needs.{needed[0]}.outputs.has-targets == 'true'", f"{job}: an empty matrix is an error"
        assert content["strategy"]["fail-fast"] is False, job
        bound = content["strategy"]["max-parallel"]
        assert isinstance(bound, int) or f"needs.{needed[0]}.outputs.max-parallel" in bound, job


@every_workflow
def test_a_report_runs_whatever_happened_before(name: str) -> None:
    for job, content in jobs(load(name)):
        if any(uses.endswith("actions/report") or "/actions/report@" in uses for uses in _uses(content)):
            assert content["if"] in ("always()", "${{ always() }}"), job


@every_workflow
def test_third_parties_are_pinned_by_hash_and_by_one_hash_each(name: str) -> None:
    for line in (ROOT / name).read_text().splitlines():
        if "uses: actions/" in line:
            assert PINNED.match(line), line
    for uses in references(load(name)):
        assert uses.startswith(("actions/", "action-patterns/action-patterns", "$/")), uses


def test_all_workflows_use_the_same_release_of_an_action() -> None:
    texts = [*(ROOT / name for name in shipped_workflows()), *ROOT.glob("actions/*/README.md")]
    found: dict[str, set[tuple[str, str]]] = {}
    for path in texts:
        for action, commit, version in PINNED.findall(path.read_text()) or re.findall(
            r"uses: (actions/[\w-]+)@(\S+) # (\S+)", path.read_text()
        ):
            found.setdefault(action, set()).add((commit, version))
    assert {action: len(pins) for action, pins in found.items()} == dict.fromkeys(found, 1), found
    assert set(found) == {
        f"actions/{name}" for name in ("checkout", "setup-python", "upload-artifact", "download-artifact")
    }


@every_workflow
def test_no_checkout_leaves_the_token_behind(name: str) -> None:
    for job, step in steps(load(name)):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, job


@every_workflow
def test_artifacts_are_fetched_so_that_a_rerun_finds_earlier_attempts(name: str) -> None:
    for job, step in steps(load(name)):
        if step.get("uses", "").startswith("actions/download-artifact@"):
            assert step["with"]["github-token"] == "${{ github.token }}", job
            # The one artifact of another run is the report to compare with.
            other = "previous-artifact" in step["with"].get("name", "")
            run_id = "${{ needs.discover.outputs.previous-run-id }}" if other else "${{ github.run_id }}"
            assert step["with"]["run-id"] == run_id, job
            assert load(name)["jobs"][job]["permissions"].get("actions") == "read", f"{job}: needed for that"


def test_every_download_goes_below_runner_temp_where_no_checkout_proposes_it() -> None:
    pages = [
        ROOT / "README.md",
        ROOT / "example.yml",
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("actions/*/*.md"),
        *ROOT.glob("actions/*/*.yml"),
    ]
    downloads = [
        (str(page.relative_to(ROOT)), step.partition("- uses:")[0].partition("- id:")[0])
        for page in (*pages, ROOT / ".github/workflows/distribute.yml")
        for step in page.read_text().split("uses: actions/download-artifact@")[1:]
    ]
    assert len(downloads) > 15
    for page, step in downloads:
        assert re.search(r"^ +path: \$\{\{ runner\.temp \}\}/", step, re.MULTILINE), page


@every_workflow
def test_a_report_that_knows_what_became_of_jobs_reads_them_and_can_tell_them_apart(name: str) -> None:
    for job, content in jobs(load(name)):
        for step in content.get("steps", ()):
            given = step.get("with", {})
            if _own_action(step.get("uses", "")) != "actions/report/action.yml":
                continue
            lines = given["needs"].splitlines()
            for line, needed in zip(lines, content["needs"], strict=True):  # All outputs may pass Linux's 128 KiB.
                result = rf"(.+ \|\| )?needs\.{needed}\.result"
                assert re.fullmatch(rf"{needed}=\$\{{\{{ {result} }}}}", line), f"{job}: {line}"
            assert given["token"] == "${{ github.token }}"
            assert content["permissions"]["actions"] == "read"
            (working,) = [needed for needed in content["needs"] if "strategy" in load(name)["jobs"][needed]]
            called = load(name)["jobs"][working]["name"].replace("${{ matrix.index }}", "1")
            shown = re.sub(r"\$\{\{ matrix\.(repository|target) }}", "acme/b", called)
            assert "${{" not in shown, f"{job}: {shown}"
            found = match(
                plan("acme/a", "acme/b"), [made(1, name=shown)], dict.fromkeys(content["needs"], "success"), context()
            )
            assert [found.last(0), found.last(1)] == [None, made(1, name=shown)], f"{job}: {shown}"


# -- distribute.yml ----------------------------------------------------------------------------------------------------


def test_the_reusable_workflow_runs_the_actions_of_its_own_commit() -> None:
    own = [uses for uses in references(load(DISTRIBUTE)) if not uses.startswith("actions/")]
    assert own == ["$/actions/discover", "$/actions/apply", "$/actions/report"]


def test_the_reusable_workflow_asks_for_no_more_than_reading() -> None:
    for job, content in jobs(load(DISTRIBUTE)):
        assert set(content["permissions"].items()) <= {("contents", "read"), ("actions", "read")}, job


@pytest.mark.parametrize("caller", CALLERS)
def test_a_caller_grants_what_the_reusable_workflow_asks_for(caller: str) -> None:
    # A callee that asks for more than its caller grants does not start at all.
    for _, content in jobs(load(caller)):
        if f"/{DISTRIBUTE}@" in content.get("uses", ""):
            for job, called in jobs(load(DISTRIBUTE)):
                for scope, level in called["permissions"].items():
                    granted = content["permissions"].get(scope, "none")
                    assert LEVELS.index(granted) >= LEVELS.index(level), f"{caller}: {job} needs {scope}: {level}"


@pytest.mark.parametrize("caller", CALLERS)
def test_a_caller_passes_only_what_there_is_and_no_equal_group(caller: str) -> None:
    workflow, callee = load(caller), load(DISTRIBUTE)["on"]["workflow_call"]
    for _, content in jobs(workflow):
        if f"/{DISTRIBUTE}@" in content.get("uses", ""):
            assert set(content["with"]) <= set(callee["inputs"])
            assert {name for name, spec in callee["inputs"].items() if spec.get("required")} <= set(content["with"])
            assert set(content["secrets"]) <= set(callee["secrets"])
            group = load(DISTRIBUTE)["concurrency"]["group"].replace("${{ inputs.name }}", content["with"]["name"])
            assert workflow["concurrency"]["group"] != group, "it would wait for itself"


def test_runs_of_one_campaign_never_overlap() -> None:
    concurrency = load(DISTRIBUTE)["concurrency"]
    assert concurrency == {"group": "action-patterns-distribute-${{ inputs.name }}", "cancel-in-progress": False}


def test_every_input_and_output_is_described() -> None:
    call = load(DISTRIBUTE)["on"]["workflow_call"]
    assert set(call["outputs"]) == {"verdict", "counts", "failed-targets", "report-artifact"}
    assert {name: spec.get("default") for name, spec in call["inputs"].items()} == {
        "name": None,
        "distribution": "distribution.yml",
        "only": "",
        "limit": "",
        "preflight": False,
        "targets-per-job": 20,
        "dry-run": False,
        "fail-on": "any",
        "junit": False,
        "reveal-private": False,
        "breaker": "",
        "breaker-threshold": 5,
        "park-after": 0,
        "state-repository": "",
        "store": "refs",
        "app-client-id": "",
    }
    assert call["inputs"]["name"]["required"] is True
    assert call["secrets"]["token"]["required"] is False
    for part in ("inputs", "outputs", "secrets"):
        for name, spec in call[part].items():
            assert spec["description"], name


def test_records_are_named_as_the_contract_says_and_uploaded_after_a_cancellation() -> None:
    (upload,) = [s for job, s in steps(load(DISTRIBUTE)) if job == "apply" and "upload-artifact" in s.get("uses", "")]
    name = "${{ inputs.name }}-records-${{ matrix.index }}-a${{ github.run_attempt }}"
    assert upload["if"] == "always()"
    assert upload["with"]["name"] == name
    assert upload["with"]["path"] == "${{ runner.temp }}/action-patterns/" + name


def test_every_file_of_the_report_is_uploaded_and_each_is_an_output_of_it() -> None:
    inside = [step for job, step in steps(load(DISTRIBUTE)) if job == "report"]
    (report,) = [step for step in inside if step.get("uses") == "$/actions/report"]
    (upload,) = [step for step in inside if "upload-artifact" in step.get("uses", "")]
    assert report["with"]["junit"] == "${{ inputs.junit }}"
    outputs = load("actions/report/action.yml")["outputs"]
    files = [name for name, spec in outputs.items() if spec["description"].startswith("Path of ")]
    assert sorted(files) == ["html", "junit", "outcomes", "path"]
    paths = upload["with"]["path"].splitlines()
    assert sorted(paths) == [f"${{{{ steps.report.outputs.{name} }}}}" for name in sorted(files)]


def test_an_output_that_masking_dropped_is_named() -> None:
    workflow = load(DISTRIBUTE)
    (check,) = [s for job, s in steps(workflow) if job == "report" and "masked" in s.get("run", "")]
    # On a first run there is no previous report, and losing it costs the comparison alone.
    for output in workflow["jobs"]["discover"]["outputs"].keys() - {"previous-run-id", "previous-artifact"}:
        assert f"needs.discover.outputs.{output} == ''" in check["if"], output


def test_plan_and_digest_come_from_discover_and_never_from_the_own_attempt() -> None:
    for job, step in steps(load(DISTRIBUTE)):
        given: Mapping[str, Any] = step.get("with", {})
        if job != "discover" and "download-artifact" in step.get("uses", "") and "name" in given:
            names = {f"${{{{ needs.discover.outputs.{name} }}}}" for name in ("plan-artifact", "previous-artifact")}
            assert given["name"] in names
            if "previous" in given["name"]:
                assert step["continue-on-error"] is True, "a report that is gone must not cost the new one"
        if step.get("uses") in ("$/actions/apply", "$/actions/report"):
            assert given["plan-digest"] == "${{ needs.discover.outputs.plan-digest }}"


@pytest.mark.slow
def test_the_inputs_given_to_our_actions_exist() -> None:
    for name in shipped_workflows():
        for job, step in steps(load(name)):
            if (action := _own_action(step.get("uses", ""))) is not None:
                known = set(load(action)["inputs"])
                assert set(step.get("with", {})) <= known, f"{name}: {job}: {set(step['with']) - known}"


def _own_action(uses: str) -> str | None:
    if uses.startswith("$/"):
        return f"{uses[2:]}/action.yml"
    match = re.fullmatch(r"action-patterns/action-patterns((?:/actions/[\w-]+)?)@.*", uses)
    return f"{match[1]}/action.yml".lstrip("/") if match else None


def _uses(job: Mapping[str, Any]) -> list[str]:
    return [step["uses"] for step in job.get("steps", ()) if "uses" in step]
