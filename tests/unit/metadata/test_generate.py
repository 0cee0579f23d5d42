from __future__ import annotations

import inspect
import json
import re
import shutil
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from pydantic import Field, SecretStr

from action_patterns import errors, registry, release
from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Inputs, Outputs, TokenInputs
from action_patterns.action.reason import Reason
from action_patterns.input_types import Flag, NameList
from action_patterns.metadata import action_file, patterns, readme, schemas
from action_patterns.metadata.__main__ import main
from action_patterns.metadata.checklist import gaps
from action_patterns.metadata.generate import references
from action_patterns.ports.bundle import Ports
from action_patterns.ports.git_database import GitDatabase

ROOT = Path(__file__).resolve().parents[3]
OURS = f"{release.REPOSITORY}{{}}@{release.VERSION}"


class ExampleInputs(TokenInputs):
    target: str = Field(description="Where to, `${{ matrix.x }}` or a|b.")
    names: NameList = Field(default=("a", "b"), description="Who.")
    dry_run: Flag = Field(default=False, description="Only look.")


class ExampleOutputs(Outputs):
    artifact_name: str = Field(description="Name.")


def module_of(name: str) -> ModuleType:
    return sys.modules[registry.load(name).run.__module__]


def _run(inputs: Inputs, ports: Ports) -> Finish[Any]:
    raise NotImplementedError


def example(name: str = "discover") -> Action[Any, Any]:
    return Action(
        name=name,
        title="Example",
        description="Says: `x`.",
        patterns=("Fail Fast", "Work Avoidance"),
        since="0.1.0",
        inputs=ExampleInputs,
        outputs=ExampleOutputs,
        run=_run,
        icon="box",
        color="blue",
        reasons=(
            Reason(code="lost", outcome="missing", meaning="Gone.", remedy="Look."),
            Reason(code="lost", outcome="failed", meaning="Broken.", remedy="Mend."),
        ),
        uses=(GitDatabase.read_branch,),
    )


def test_action_yml_holds_what_the_models_say() -> None:
    text = action_file.render(example())
    assert text.startswith("# Generated from the models in action_patterns.actions.discover.")
    document = yaml.safe_load(text)
    shared = {"app-client-id", "app-private-key", "max-minutes"}
    assert {name: each for name, each in document["inputs"].items() if name not in shared} == {
        "token": {"description": ExampleInputs.model_fields["token"].description, "required": False},
        "target": {"description": "Where to, `matrix.x` or a|b.", "required": True},
        "names": {"description": "Who.", "required": False, "default": "a\nb"},
        "dry-run": {"description": "Only look.", "required": False, "default": "false"},
    }
    assert document["outputs"] == {
        "artifact-name": {"description": "Name.", "value": "${{ steps.run.outputs.artifact-name }}"}
    }
    assert document["branding"] == {"icon": "box", "color": "blue"}
    (step,) = document["runs"]["steps"]
    assert step["run"] == 'exec bash "$GITHUB_ACTION_PATH/../../src/bootstrap/launch.sh" discover'
    names = {f"INPUT_{name.replace('-', '_').upper()}" for name in shared}
    assert {name: each for name, each in step["env"].items() if name not in names} == {
        "BASH_ENV": "",
        "INPUT_TOKEN": "${{ inputs.token }}",
        "INPUT_JOB_TOKEN": "${{ github.token }}",
        "INPUT_TARGET": "${{ inputs.target }}",
        "INPUT_NAMES": "${{ inputs.names }}",
        "INPUT_DRY_RUN": "${{ inputs.dry-run }}",
    }


def test_the_root_action_starts_from_its_own_folder() -> None:
    (step,) = yaml.safe_load(action_file.render(example(registry.ROOT)))["runs"]["steps"]
    assert step["run"] == f'exec bash "$GITHUB_ACTION_PATH/src/bootstrap/launch.sh" {registry.ROOT}'


def test_the_blocks_of_a_readme() -> None:
    blocks = readme.blocks(example(), "on: push\n")
    assert "| `target` | Where to, `${{ matrix.x }}` or a\\|b. | **required** |\n" in blocks["inputs"]
    assert "| `names` | Who. | `a`, `b` |\n" in blocks["inputs"]
    assert "| `dry-run` | Only look. One of `true`, `false`. | `false` |\n" in blocks["inputs"]
    assert "Masked." in blocks["inputs"]
    assert "job-token" not in blocks["inputs"]
    assert blocks["outputs"] == "| Output | Meaning |\n| --- | --- |\n| `artifact-name` | Name. |\n"
    # Two outcomes of one reason have one anchor: the first.
    assert '| <a name="reason-lost"></a>`lost` | missing | Gone. | Look. |\n' in blocks["reasons"]
    assert "| `lost` | failed | Broken. | Mend. |\n" in blocks["reasons"]
    assert blocks["permissions"] == "- contents: read\n"
    assert blocks["example"] == "```yaml\non: push\n```\n"
    table = readme.actions_table([example()])
    assert "| [`discover`](actions/discover) | Fail Fast, Work Avoidance | Says: `x`. |\n" in table


@pytest.mark.parametrize(
    ("name", "talks", "git", "writes"),
    [
        (
            "upsert-pr",
            "yes: [permissions](#permissions)",
            "yes, in the checkout",
            "GitHub: contents, GitHub: pull-requests, files on the runner",
        ),
        ("report", "yes: [permissions](#permissions)", "no", "files on the runner"),
        ("track", "yes: [permissions](#permissions)", "no", "GitHub: issues"),
        ("unique-id", "no", "no", "nothing"),
        ("render", "no", "no", "files of the workspace"),
    ],
)
def test_the_summary_of_an_action(name: str, talks: str, git: str, writes: str) -> None:
    action = registry.load(name)
    assert readme.blocks(action, "")["summary"] == (
        f"| `{name}` |  |\n| --- | --- |\n| Pattern | {', '.join(action.patterns)} |\n| Talks to GitHub | {talks} |\n"
        f"| Runs git | {git} |\n| Writes | {writes} |\n| Since | 0.1.0 |\n"
    )


def test_the_summary_of_an_action_that_runs_a_command_says_so() -> None:
    for name in registry.ACTIONS:
        runs = "ports.processes" in inspect.getsource(module_of(name))
        assert ("| Runs your command | yes |" in readme.blocks(registry.load(name), "")["summary"]) == runs, name


def test_exit_codes_are_one_table_and_those_of_a_command_are_for_actions_that_run_one() -> None:
    tables = {name: readme.blocks(registry.load(name), "").get("exits", "") for name in registry.ACTIONS}
    ours = [f"| `{each.code}` | {each.meaning} |" for each in errors.EXIT_CODES if not each.of_command]
    theirs = [f"| `{each.code}` | {each.meaning} |" for each in errors.EXIT_CODES if each.of_command]
    for name, table in tables.items():
        rows = table.splitlines()[2:]
        assert rows in (ours, ours + theirs), name
        assert (rows == ours + theirs) == ("ports.processes" in inspect.getsource(module_of(name))), name
    assert tables["retry"].splitlines()[2:] == ours + theirs
    assert "".join(f"{row}\n" for row in ours + theirs) in (ROOT / "docs/exit-codes.md").read_text()


def test_the_table_of_exit_codes_has_each_code_that_the_code_uses() -> None:
    codes = {int(code) for each in errors.EXIT_CODES for code in re.findall(r"\b\d+\b(?! (?:to|\+))", each.code)}
    used = {value for name, value in vars(errors).items() if name.startswith("EXIT_") and isinstance(value, int)}
    assert codes - {0, 255} == used - {errors.EXIT_SIGNAL}
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert {kind.exit_code for kind in kinds} <= codes
    assert (signal.SIGINT + 128, signal.SIGTERM + 128) == (errors.EXIT_INTERRUPTED, errors.EXIT_TERMINATED)


def test_a_pattern_ships_once_an_action_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(patterns.PATTERNS, "Fail Fast", ("Is something wrong?", "assertions"))
    rows = patterns.table([example()], "docs/patterns").splitlines()
    shipped = "[Fail Fast](docs/patterns/fail-fast.md) | Is something wrong? | [`discover`](actions/discover) |"
    assert f"| {shipped} in part; not yet: assertions |" in rows
    assert "| Rate Limiting | How fast may I go? |  | not yet |" in rows
    assert len(rows) == 2 + 10


def test_only_what_is_between_markers_is_replaced_and_filling_twice_is_filling_once() -> None:
    text = "a\n<!-- generated:x -->\nold\n<!-- /generated -->\nb\n<!-- generated:y -->\n<!-- /generated:y -->\n"
    contents = {"x": "new \\1\n", "y": "why\n"}
    filled, problems = readme.fill(text, contents)
    assert problems == ()
    assert filled == (
        "a\n<!-- generated:x -->\nnew \\1\n<!-- /generated -->\nb\n<!-- generated:y -->\nwhy\n<!-- /generated:y -->\n"
    )
    assert readme.fill(filled, contents) == (filled, ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "lacks the block"),
        ("<!-- generated:x -->\n", "without its partner"),
        ("<!-- /generated -->\n<!-- generated:x -->\n", "without its partner"),
        (
            "<!-- generated:x -->\n<!-- generated:x -->\n<!-- /generated -->\n<!-- /generated -->\n",
            "without its partner",
        ),
        ("<!-- generated:x -->\n<!-- /generated -->\n" * 2, "twice"),
        ("<!-- generated:x -->\n<!-- /generated -->\n<!-- generated:z -->\n<!-- /generated -->\n", "nothing"),
    ],
)
def test_markers_that_are_wrong_are_told(text: str, problem: str) -> None:
    _, problems = readme.fill(text, {"x": "new\n"})
    assert any(problem in each for each in problems)


def test_a_skeleton_has_every_block_that_is_needed() -> None:
    blocks = readme.blocks(example(), "on: push\n")
    filled, problems = readme.fill(readme.skeleton(example(), tuple(blocks)), blocks)
    assert problems == ()
    assert filled.index("## Usage") < filled.index("## Inputs")


def test_schemas_are_those_of_what_is_written() -> None:
    found = schemas.schemas()
    assert set(found) == {"outcomes-v1.json", "plan-v1.json", "run-report-v1.json", "target-result-v1.json"}
    result = json.loads(found["target-result-v1.json"])
    assert result["properties"]["schema_version"]["const"] == 1
    assert "schema_version" in result["required"]
    assert result["additionalProperties"] is False


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (f"uses: {OURS.format('/actions/record')}", None),
        (f"uses: {OURS.format('')}", None),
        (f"`uses: {OURS.format('/actions/record')}`)", None),
        ("uses: actions/checkout@v4", None),
        (f"uses: {release.REPOSITORY}/actions/record@v0.0.1", "uses version v0.0.1"),
        (f"uses: {release.REPOSITORY}@main", "uses version main"),
        (f"uses: {OURS.format('/actions/recrod')}", "there is no action `actions/recrod`"),
        (f"uses: {release.REPOSITORY}/.github/workflows/x.yml@{release.VERSION}", "there is no action"),
    ],
)
def test_references_to_this_product_name_this_version_and_what_there_is(
    tmp_path: Path, line: str, problem: str | None
) -> None:
    (tmp_path / "actions/a").mkdir(parents=True)
    (tmp_path / "actions/a/README.md").write_text(f"one\n- {line}\n")
    found = list(references(tmp_path))
    if problem is None:
        assert found == []
    else:
        assert len(found) == 1
        assert found[0].startswith("actions/a/README.md:2: ")
        assert problem in found[0]


@pytest.mark.slow
def test_check_names_what_differs_and_writing_repairs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("actions", "benchmarks", ".github"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("README.md", "example.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    main([], tmp_path)
    before = {path: path.read_bytes() for path in (tmp_path / "actions").rglob("*.*")}
    capsys.readouterr()
    main(["--check"], tmp_path)
    assert "is not what" not in capsys.readouterr().err
    target = tmp_path / "actions/record/action.yml"
    target.write_bytes(before[target].replace(b"composite", b"docker"))
    (tmp_path / "schemas/plan-v1.json").unlink()
    assert main(["--check"], tmp_path) == 1
    error = capsys.readouterr().err
    assert "actions/record/action.yml: is not what `make metadata` writes" in error
    assert "schemas/plan-v1.json: is not what" in error
    assert "docker" in target.read_text()
    main([], tmp_path)
    assert {path: path.read_bytes() for path in (tmp_path / "actions").rglob("*.*")} == before


# The repository itself.


@pytest.mark.parametrize("name", registry.ACTIONS)
def test_an_action_of_the_registry_lacks_nothing(name: str) -> None:
    assert list(gaps(ROOT, name)) == []


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert [gap.partition(":")[0] for gap in gaps(tmp_path, "upsert-pr")] == [
        "src/action_patterns/actions/upsert_pr.py",
        "actions/upsert-pr/action.yml",
        "actions/upsert-pr/README.md",
        "actions/upsert-pr/example.yml",
        "tests/unit/actions/test_upsert_pr.py",
        "tests/scenarios or tests/e2e",
    ]


@pytest.mark.parametrize("name", registry.ACTIONS)
def test_an_action_is_described_in_full(name: str) -> None:
    action = registry.load(name)
    assert action.name == name
    assert action.title
    assert action.patterns
    assert action.description.endswith(".")
    for model in (action.inputs, action.outputs):
        for field_name, field in model.model_fields.items():
            assert field.description, f"{field_name} has no description"
            assert field.description.endswith((".", "`")), f"{field_name}: {field.description}"


@pytest.mark.parametrize("name", registry.ACTIONS)
def test_what_is_called_token_is_a_secret(name: str) -> None:
    for field_name, field in registry.load(name).inputs.model_fields.items():
        if any(word in field_name for word in ("token", "secret", "password", "private_key")):
            assert SecretStr.__name__ in str(field.annotation), field_name
