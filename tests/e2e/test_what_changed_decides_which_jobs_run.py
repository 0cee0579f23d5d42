"""The monorepo of detect-changes' example under each event, and nights in which nothing is left to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from github_sandbox.act_runner import ActRunner
from support import sample
from support.act_stage import CHECKOUT, SOURCE, Stage, seed, stage

EXAMPLE = (CHECKOUT / "actions/detect-changes/example.yml").read_text()
RECIPE = re.findall(r"```yaml\n(.*?)```", (CHECKOUT / "docs/recipes/changed-paths.md").read_text(), re.DOTALL)[0]
SKIPPING = (CHECKOUT / "actions/skip-unchanged/example.yml").read_text().partition("\njobs:\n")[2]
"""The jobs of the nightly example of skip-unchanged."""
FILES = {
    "README.md": "platform\n",
    "library/a.py": "1\n",
    "services/api/main.py": "1\n",
    "services/web/main.py": "1\n",
    "manual/use.txt": "1\n",
}
ZERO = "0" * 40
ALL = {"api", "web", "manual"}
Prepared = tuple[str, Mapping[str, Any], set[str]]
"""Event, payload, and the parts that are built."""


def commit(on: Stage, **files: str) -> str:
    on.consumer.commit({name.replace("__", "/"): text for name, text in files.items()})
    return head(on)


def head(on: Stage) -> str:
    return on.consumer.git("rev-parse", "HEAD").strip()


def push(on: Stage) -> Prepared:
    before = head(on)
    commit(on, services__api__new="2\n")
    return "push", {"before": before, "after": head(on), "ref": "refs/heads/main"}, {"api"}


def force_push(on: Stage) -> Prepared:
    start, replaced = head(on), commit(on, library__b="2\n")
    on.consumer.git("reset", "--quiet", "--hard", start)
    commit(on, manual__b="2\n")
    payload = {"before": replaced, "after": head(on), "ref": "refs/heads/main", "forced": True}
    return "push", payload, ALL


def first_push(on: Stage) -> Prepared:
    on.consumer.git("checkout", "--quiet", "-b", "topic")
    commit(on, services__web__new="2\n")
    return "push", {"before": ZERO, "created": True, "after": head(on), "ref": "refs/heads/topic"}, {"web"}


def pull_request(on: Stage) -> Prepared:
    start = head(on)
    on.consumer.git("checkout", "--quiet", "-b", "topic")
    topic = commit(on, manual__new="2\n")
    on.consumer.git("checkout", "--quiet", "main")
    base = commit(on, library__b="2\n")
    on.consumer.git("merge", "--quiet", "--no-ff", "-m", "merge", "topic")
    pull = {"number": 1, "head": {"sha": topic, "ref": "topic"}, "base": {"sha": start, "ref": "main"}}
    assert base != start
    return "pull_request", {"number": 1, "pull_request": pull, "action": "opened"}, {"manual"}


def merge_group(on: Stage) -> Prepared:
    base = head(on)
    commit(on, library__b="2\n")
    group = {"base_sha": base, "head_sha": head(on), "head_ref": "refs/heads/gh-readonly-queue/main/pr-1"}
    return "merge_group", {"merge_group": group, "action": "checks_requested"}, {"api", "web"}


def tag(on: Stage) -> Prepared:
    on.consumer.git("tag", "v1.0.0")
    commit(on, services__api__new="2\n")
    on.consumer.git("tag", "v1.1.0")
    return "push", {"before": ZERO, "created": True, "after": head(on), "ref": "refs/tags/v1.1.0"}, {"api"}


EVENTS: dict[str, Callable[[Stage], Prepared]] = {
    each.__name__: each for each in (push, force_push, first_push, pull_request, merge_group, tag)
}


@pytest.mark.parametrize("event", sample.some(1, [*EVENTS, "schedule"], "events of detect-changes"))
def test_each_event_builds_what_it_changed(runner: ActRunner, tmp_path: Path, event: str) -> None:
    if event == "schedule":
        a_scheduled_run_skips_what_last_night_did(runner, tmp_path)
        return
    source = FILES | {".github/workflows/monorepo.yml": EXAMPLE}
    with stage(runner, tmp_path / "platform", seed(source=source, fleet={})) as on:
        name, payload, built = EVENTS[event](on)
        run = on.run(
            "monorepo.yml",
            event=name,
            payload={"repository": {"default_branch": "main"}} | dict(payload),
            secrets={},
        )
        assert run.exit_code == 0, run.diagnosis
        legs = {leg.matrix["service"] for leg in run.job("services") if leg.result == "success"}
        assert legs | ({"manual"} if "building the manual" in run.log else set()) == built, run.log
        assert run.result("verdict") == "success"
        assert on.requests() == [], "no event needs the API"


def a_scheduled_run_skips_what_last_night_did(runner: ActRunner, tmp_path: Path) -> None:
    source = FILES | {
        ".github/workflows/nightly.yml": f"{RECIPE}\n{SKIPPING}",
        "Makefile": "nightly:\n\t@echo night shift\n",
        "docs/use.md": "1\n",
    }
    with stage(runner, tmp_path / "platform", seed(source=source, fleet={})) as on:
        for works in (True, False):
            run = on.run("nightly.yml", event="schedule", payload={}, secrets={})
            assert run.exit_code == 0, run.diagnosis
            assert ("night shift" in run.log) == works, run.log
            assert ("checked docs/use.md" in run.log) == works, run.log
        (mark,) = on.sandbox.repository(SOURCE).refs("refs/action-patterns/green/")
        assert mark.startswith("refs/action-patterns/green/nightly-")
        commit(on, manual__new="2\n")
        run = on.run("nightly.yml", event="schedule", payload={}, secrets={})
        assert "night shift" in run.log
        assert "checked docs/use.md" not in run.log, "what skip-unchanged declares is as it was"
