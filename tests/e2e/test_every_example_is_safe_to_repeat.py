"""Every example a reader may paste, run twice as it stands: what it makes, and that the second run makes nothing.

Of the three campaigns `make test` runs one, and of two examples with steps of one's own at most one: the seed chooses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from action_patterns.registry import ACTIONS, ROOT
from github_sandbox.act_runner import ActRun, ActRunner
from support import sample
from support.act_stage import CHECKOUT, JOB_TOKEN, SHARED, SOURCE, TOKEN, Stage, seed, stage
from support.act_stage import DISTRIBUTION as FILES

CAMPAIGNS = {
    "example.yml": "shared-files",
    ".github/examples/one-step.yml": "shared-config",
    "actions/apply/example.yml": "shared-config",
}
"""Examples of a whole campaign, and the name each gives it."""
STEPS = {"actions/record/example.yml": "DISTRIBUTION_TOKEN", "actions/report/example.yml": "FLEET_TOKEN"}
"""Examples with steps of one's own, and the secret each takes."""
OTHERS = {f"actions/{name}/example.yml" for name in ACTIONS if name not in (ROOT, "apply")}
DISTRIBUTION = ".github/examples/distribution.yml"
SERVICE = {"topics": ["service"], "files": {"README.md": "service\n", "LICENSE": "MIT\n"}}
FLEET: dict[str, Mapping[str, Any]] = {
    "alpha": SERVICE,
    "beta": {"files": {"README.md": "beta\n", "LICENSE": "MIT\n"}},
    "notes-archive": {"files": {"README.md": "old\n", "LICENSE": "MIT\n"}},
}


def test_every_example_is_run_here() -> None:
    found = {
        str(path.relative_to(CHECKOUT))
        for pattern in ("example.yml", "actions/*/example.yml", ".github/examples/*.yml")
        for path in CHECKOUT.glob(pattern)
    }
    assert found - {DISTRIBUTION} == set(CAMPAIGNS) | OTHERS


@pytest.mark.parametrize("example", sample.some(1, CAMPAIGNS, "campaign"))
def test_a_campaign(runner: ActRunner, tmp_path: Path, example: str) -> None:
    text = (CHECKOUT / DISTRIBUTION).read_text()
    distribution = text.replace("name: shared-config\n", f"name: {CAMPAIGNS[example]}\n", 1)
    with _stage(runner, tmp_path, example, SHARED | {"distribution.yml": distribution}) as on:
        first = on.run("example.yml", secrets={"DISTRIBUTION_TOKEN": TOKEN})
        assert first.exit_code == 0, first.diagnosis
        for name in ("alpha", "beta"):
            (pull,) = on.sandbox.repository(f"acme/{name}").pulls()
            assert pull.title == "Update shared configuration"
            files = on.sandbox.repository(f"acme/{name}").files(pull.head)
            assert files[".editorconfig"] == ("100644", b"root = true\n")
            assert files["scripts/check.sh"][0] == "100755"
        assert on.sandbox.repository("acme/notes-archive").pulls() == []
        assert f"{CAMPAIGNS[example]}-report-a1" in first.artifacts
        _repeat(on, secrets={"DISTRIBUTION_TOKEN": TOKEN})


OF_ONE_REPOSITORY = (
    "upsert-pr",
    "once",
    "skip-unchanged",
    "state",
    "unique-id",
    "render",
    "retry",
    "ensure",
    "cancel-superseded",
    "preflight",
    "verdict",
)


def test_the_examples_of_one_repository(runner: ActRunner, tmp_path: Path) -> None:
    """Their jobs as they stand, in one workflow: they need no fleet."""
    source: dict[str, Any] = {
        "README.md": "platform\n",
        "docs/install.md": "# Install\n",
        "docs/use.md": "# Use\n",
        "schema/user.json": '{"name": "string"}\n',
        "templates/settings.yml": "contact: <<{ contact }>>\nname: <<{ repository.name }>>\n",
        ".github/workflows/examples.yml": together(*OF_ONE_REPOSITORY) + GATE,
        ".github/workflows/proposals.yml": together("upsert-pr", "unique-id"),
    }
    with stage(runner, tmp_path / "platform", seed(source=source, fleet={})) as on:
        first = on.run("examples.yml", secrets=PUBLISHES)
        assert first.exit_code == 0, first.diagnosis
        platform = on.sandbox.repository(SOURCE)
        contents, settings, types = sorted(platform.pulls(), key=lambda pull: pull.title, reverse=True)
        assert contents.labels == ["documentation"]
        made = ("100644", b"# Contents\n\n- [Install](docs/install.md)\n- [Use](docs/use.md)\n")
        assert platform.files(contents.head)["CONTENTS.md"] == made
        rendered = platform.files(settings.head)["config/settings.yml"][1].decode()
        assert rendered.endswith("action-patterns header\ncontact: platform@acme.example\nname: platform\n")
        assert 'rendered ["config/settings.yml"]' in first.log
        assert f"created {on.server.url}/{SOURCE}/pull/{contents.number}" in first.log
        assert "(1 in 3.7 billion among 100,000 ids) created" in first.log
        assert "v1.0.0 is out" in first.log
        assert "succeeded after 1 attempts" in first.log
        announced, indexed = platform.refs("refs/action-patterns/once/")
        assert announced.startswith("refs/action-patterns/once/announce-release-")
        assert indexed.startswith("refs/action-patterns/once/index-release-")
        assert "The index has v1.0.0" in first.log
        assert "index completed" in first.log
        assert "checked docs/use.md" in first.log
        assert "the manual is not-proved" in first.log
        assert list(platform.refs("refs/action-patterns/state/")) == ["refs/action-patterns/state/index=2Fdone"]
        assert "indexing the manual: remove" in first.log
        assert "before absent, now 5 more created" in first.log
        assert "Preparing, because the release is absent" in first.log
        assert platform.tip("release/next") is not None
        kept = on.sandbox.world.repository(SOURCE).contents
        assert [each.title for each in kept.milestones.values()] == ["Next release"]
        assert kept.labels["dependencies"].color == "0366d6"
        assert "cancelled 0 and left 0 (nothing-superseded)" in first.log
        assert '"preview":"allowed"' in first.log
        assert "publishing" in first.log
        assert 'gate: false, ["secret ABSENT","file none.txt","tool no-such-tool","branch none"]' in first.log
        assert "4 no" in first.summary("gate")
        assert PUBLISHES["NPM_TOKEN"] not in first.log

        log = _repeat(on, secrets=PUBLISHES, workflow="examples.yml").log
        assert "v1.0.0 is out" not in log
        assert "already-done" in log
        assert "The index has v1.0.0" not in log
        assert "index already-done" in log
        assert "checked docs/use.md" not in log
        assert "the manual is proved" in log
        assert "indexing the manual" not in log
        assert "before found, now 0 more" in log

        platform.merge_pull(contents.number)
        on.consumer.git("fetch", "--quiet", f"{on.server.url}/{SOURCE}.git", "main")
        on.consumer.git("reset", "--quiet", "--hard", "FETCH_HEAD")
        on.consumer.commit({"schema/user.json": '{"name": "string", "age": "number"}\n'})
        second = on.run("proposals.yml")
        assert second.exit_code == 0, second.diagnosis
        heads = [pull.head for pull in platform.pulls()]
        assert len(heads) == 4, "what was merged is not proposed again"
        assert len({*heads, types.head}) == 4, "another schema has another key"


PUBLISHES = {"NPM_TOKEN": "npm_0123456789abcdefghij"}
"""The secret that the example of preflight asks for."""
GATE = """
  gate:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - id: gate
        uses: action-patterns/action-patterns/actions/preflight@v0.1.0
        env:
          PRESENT: ${{ secrets.NPM_TOKEN }}
          ABSENT: ${{ secrets.NONE }}
        with:
          fail: false
          checks: |
            - secret: [PRESENT, ABSENT]
            - file: none.txt
            - tool: no-such-tool
            - branch: none
              exists: true
      - env:
          READY: ${{ steps.gate.outputs.ready }}
          FAILED: ${{ steps.gate.outputs.failed }}
        run: 'echo "gate: $READY, $FAILED"'
"""
"""A gate with failures in four categories. A later step reads what it found."""


def together(*names: str) -> str:
    """Return one workflow with the jobs of several examples, as they stand."""
    head = "on:\n  workflow_dispatch:\n    inputs:\n      version: {default: v1.0.0, type: string}\npermissions: {}\n"
    examples = [(CHECKOUT / f"actions/{name}/example.yml").read_text() for name in names]
    return head + "jobs:\n" + "".join(example.partition("\njobs:\n")[2] for example in examples)


def test_discover(runner: ActRunner, tmp_path: Path) -> None:
    with _stage(runner, tmp_path, "actions/discover/example.yml", {"README.md": "platform\n"}) as on:
        first = on.run("example.yml", secrets={"FLEET_TOKEN": TOKEN})
        assert first.exit_code == 0, first.diagnosis
        (pull,) = on.sandbox.repository("acme/alpha").pulls()
        owners = on.sandbox.repository("acme/alpha").files(pull.head)[".github/CODEOWNERS"]
        assert owners == ("100644", b"* @acme/alpha-maintainers\n")
        assert on.sandbox.repository("acme/beta").pulls() == [], "it has not the topic"
        assert "1 created" in first.summary("report")
        second = _repeat(on, secrets={"FLEET_TOKEN": TOKEN})
        assert "1 unchanged" in second.summary("report")


BREAKER = """\
on: workflow_dispatch
permissions: {}
jobs:
  fails:
    runs-on: ubuntu-latest
    permissions: {actions: read, contents: write}
    strategy:
      fail-fast: false
      max-parallel: 1
      matrix: {leg: [1, 2]}
    steps:
      - uses: action-patterns/action-patterns/actions/retry@v0.1.0
        continue-on-error: true
        with: {run: exit 7, attempts: 1, breaker: fleet, breaker-threshold: 2}
  rest:
    needs: fails
    runs-on: ubuntu-latest
    permissions: {actions: read, contents: write}
    steps:
      - id: rest
        uses: action-patterns/action-patterns/actions/retry@v0.1.0
        with: {run: echo it ran beside an open breaker, breaker: fleet, breaker-open-seconds: 3600}
      - run: echo "rest ${{ steps.rest.outputs.outcome }} ${{ steps.rest.outputs.reason }}"
      - run: sleep 2
      - id: first
        uses: action-patterns/action-patterns/actions/breaker@v0.1.0
        with: {mode: check, key: fleet, open-seconds: 1}
      - id: second
        uses: action-patterns/action-patterns/actions/breaker@v0.1.0
        with: {mode: check, key: fleet, open-seconds: 1}
      - run: echo "probes ${{ steps.first.outputs.probe }} ${{ steps.second.outputs.probe }}"
      - uses: action-patterns/action-patterns/actions/breaker@v0.1.0
        with: {mode: report, key: fleet, claim: "${{ steps.first.outputs.claim }}", result: success}
      - id: third
        uses: action-patterns/action-patterns/actions/breaker@v0.1.0
        with: {mode: check, key: fleet}
      - run: echo "at last ${{ steps.third.outputs.state }}"
"""
"""Two legs open a breaker, the rest is skipped, and one probe closes it."""


def test_lock_and_breaker(runner: ActRunner, tmp_path: Path) -> None:
    """Each run takes both locks, so a repeat writes too: it finds both free."""
    workflow = {
        ".github/workflows/example.yml": together("lock", "breaker"),
        ".github/workflows/breaker.yml": BREAKER,
        "README.md": "platform\n",
    }
    with stage(runner, tmp_path / "platform", seed(source=workflow, fleet={})) as on:
        generations = list[int]()
        for _ in range(2):
            done = on.run("example.yml", secrets={})
            assert done.exit_code == 0, done.diagnosis
            generations += map(int, re.findall(r"migrating under the fencing number (\d+)", done.log))
            assert "ran " in done.log
            assert done.log.count("closed, closed") == 2, "both legs of the breaker"
            assert on.sandbox.repository(SOURCE).refs("refs/action-patterns/breaker/") == {}
            refs = on.sandbox.repository(SOURCE).refs("refs/action-patterns/lock/")
            messages = [on.sandbox.repository(SOURCE).commit(oid).message for oid in refs.values()]
            assert len(messages) == 2
            assert all('"state": "free"' in message for message in messages)
        assert generations == [generations[0], generations[0] + 1]
        done = on.run("breaker.yml", secrets={})
        assert done.exit_code == 0, done.diagnosis
        assert "it ran beside an open breaker" not in done.log
        assert all(line in done.log for line in ("rest skipped breaker-open", "probes true false", "at last closed"))


def test_ledger(runner: ActRunner, tmp_path: Path) -> None:
    with _stage(runner, tmp_path, "actions/ledger/example.yml", {"README.md": "platform\n"}, {}) as on:
        first = on.run("example.yml", secrets={})
        assert first.exit_code == 0, first.diagnosis
        assert all(f"migrating the tenant {name}" in first.log for name in ("aachen", "bremen"))
        assert "2 unchanged" in first.summary("report")
        again = _repeat(on, secrets={})
        assert "migrating the tenant" not in again.log
        assert "2 skipped" in again.summary("report")


def test_rate_limit(runner: ActRunner, tmp_path: Path) -> None:
    with _stage(runner, tmp_path, "actions/rate-limit/example.yml", {"README.md": "platform\n"}) as on:
        first = on.run("example.yml", secrets={"FLEET_TOKEN": TOKEN})
        assert first.exit_code == 0, first.diagnosis
        (pull,) = on.sandbox.repository("acme/alpha").pulls()
        assert on.sandbox.repository("acme/alpha").files(pull.head)["COPYRIGHT"][0] == "100644"
        assert "1 jobs fit before the reset, 1 at a time; done at 20" in first.log
        _repeat(on, secrets={"FLEET_TOKEN": TOKEN})


@pytest.mark.parametrize("example", sample.some(1, STEPS, "steps"))
def test_steps_of_ones_own(runner: ActRunner, tmp_path: Path, example: str) -> None:
    secret = STEPS[example]
    fleet = {name: FLEET[name] for name in ("alpha", "beta")}
    with _stage(runner, tmp_path, example, {"README.md": "platform\n"}, fleet) as on:
        first = on.run("example.yml", secrets={secret: TOKEN})
        assert first.exit_code == 0, first.diagnosis
        assert "2 unchanged" in first.summary("report")
        assert "2 unchanged" in _repeat(on, secrets={secret: TOKEN}).summary("report")


def test_the_record_example_is_red_where_the_work_failed(runner: ActRunner, tmp_path: Path) -> None:
    fleet = {"alpha": FLEET["alpha"], "beta": {"files": {"README.md": "beta\n"}}}
    with _stage(runner, tmp_path, "actions/record/example.yml", {"README.md": "platform\n"}, fleet) as on:
        run = on.run("example.yml", secrets={"DISTRIBUTION_TOKEN": TOKEN})
        assert run.exit_code != 0
        assert run.result("report") == "failure"
        assert "licence-missing" in run.summary("report")
        jobs = {job.name: job for job in on.sandbox.world.repository(SOURCE).contents.jobs}
        job = jobs["Work 1: check acme/beta"]
        assert f"([log]({on.server.url}/{SOURCE}/actions/runs/{job.run_id}/job/{job.id}))" in run.summary("report")
        assert any("acme/beta" in message for message in run.errors("report"))


def test_assert_stops_one_leg_and_never_its_siblings(runner: ActRunner, tmp_path: Path) -> None:
    """The example of assert: its gate passes, and the post-condition of one of two targets fails."""
    source = {
        "keys.json": '{"keys": [{"id": "A", "revoked": false}]}\n',
        "keys.schema.json": '{"type": "object", "required": ["keys"]}\n',
        "rotate.sh": _script("""echo '{"seconds": 7, "hosts": [{"key": "0123456789ABCDEF"}]}'"""),
        "verify.sh": _script('[ "$TARGET" = staging ] || echo OLD-KEY'),
    }
    with _stage(runner, tmp_path, "actions/assert/example.yml", source, {}) as on:
        run = on.run("example.yml", secrets={}, inputs={"key-id": "0123456789ABCDEF"})
        assert run.exit_code != 0
        assert run.result("gate") == "success", run.diagnosis
        assert "All 5 assertions hold." in run.log
        assert "All 3 assertions hold." in run.log
        assert "`The old key is gone` does not hold (of 3 assertions)." in run.log
        (error,) = (text for text in run.errors("rotate") if "Assertion" in text or "must not contain" in text)
        assert "Step `rotate` succeeded." in error
        recorded = ["action-patterns-records-0-a1", "action-patterns-records-1-a1"]
        assert sorted(run.artifacts) == recorded, "both targets are recorded"
        assert on.writes() == []


def test_track(runner: ActRunner, tmp_path: Path) -> None:
    source = SHARED | {"distribution.yml": FILES}
    fleet = {"alpha": {"files": {"README.md": "alpha\n"}}}
    world = seed(
        source=source | {".github/workflows/example.yml": (CHECKOUT / "actions/track/example.yml").read_text()},
        fleet=fleet,
        read_only=["acme/alpha"],
    )
    with stage(runner, tmp_path / "platform", world) as on:
        repository = on.sandbox.world.repository("acme/platform")
        assert repository is not None
        for _ in range(2):
            red = on.run("example.yml", secrets={"FLEET_TOKEN": TOKEN})
            assert red.exit_code != 0
            assert [(i.number, i.state) for i in repository.contents.issues.values()] == [(1, "open")], red.diagnosis
        assert on.writes() == [write for write in on.writes() if "/issues" not in write], "nothing new was said"
        assert "acme/alpha" in (repository.contents.issues[1].body or "")
        on.sandbox.tokens[TOKEN] = replace(on.sandbox.tokens[TOKEN], read_only=frozenset())
        green = on.run("example.yml", secrets={"FLEET_TOKEN": TOKEN})
        assert green.exit_code == 0, green.diagnosis
        assert [(i.number, i.state) for i in repository.contents.issues.values()] == [(1, "closed")]


def _script(line: str) -> dict[str, str]:
    return {"content": f"#!/bin/sh\n{line}\n", "mode": "100755"}


def _stage(
    runner: ActRunner,
    place: Path,
    example: str,
    source: Mapping[str, Any],
    fleet: Mapping[str, Mapping[str, Any]] = FLEET,
) -> Any:
    workflow = (CHECKOUT / example).read_text()
    world = seed(source=dict(source) | {".github/workflows/example.yml": workflow}, fleet=fleet)
    return stage(runner, place / "platform", world)


def _repeat(on: Stage, *, secrets: dict[str, str], workflow: str = "example.yml") -> ActRun:
    """Run the example again: nothing is written and nothing is different."""
    before = on.sandbox.snapshot()
    again = on.run(workflow, secrets=secrets)
    assert again.exit_code == 0, again.diagnosis
    assert on.writes() == []
    assert on.sandbox.snapshot() == before
    assert JOB_TOKEN not in again.log
    assert TOKEN not in again.log
    return again
