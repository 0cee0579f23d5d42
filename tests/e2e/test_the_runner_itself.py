"""The harness fails loudly where act would be quietly green, and leaves nothing running."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from github_sandbox.act_events import UnknownRunnerError
from github_sandbox.act_runner import ActRunner, RunTimeoutError
from support.act_stage import JOB_TOKEN, SOURCE, Stage, seed, stage

HEAD = "on: workflow_dispatch\njobs:\n"


@pytest.fixture
def on(runner: ActRunner, tmp_path: Path) -> Iterator[Stage]:
    with stage(runner, tmp_path / "platform", seed(source={"README.md": "x\n"}, fleet={})) as built:
        yield built


def _workflow(on: Stage, jobs: str) -> str:
    on.consumer.commit({".github/workflows/w.yml": HEAD + jobs})
    return "w.yml"


def test_an_unknown_runner_is_an_error_and_not_a_skipped_job(on: Stage) -> None:
    with pytest.raises(UnknownRunnerError, match="enormous"):
        on.run(_workflow(on, "  a:\n    runs-on: enormous\n    steps:\n      - run: 'true'\n"))


def test_a_run_that_hangs_is_killed_with_all_it_started(on: Stage, tmp_path: Path) -> None:
    with pytest.raises(RunTimeoutError):
        on.run(_hanging(on, tmp_path), timeout_seconds=15)
    assert _left_running(tmp_path) == []


def test_ctrl_c_kills_all_it_started(on: Stage, tmp_path: Path) -> None:
    workflow = _hanging(on, tmp_path)

    def interrupt() -> None:
        while not (tmp_path / "child.pid").exists():
            time.sleep(0.05)
        # To this process as a terminal sends it; act has a session of its own and gets nothing.
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        on.run(workflow)
    assert _left_running(tmp_path) == []


def test_what_a_finished_run_left_in_the_background_is_ended(on: Stage, tmp_path: Path) -> None:
    job = f"  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {_orphan(tmp_path)}\n"
    assert on.run(_workflow(on, job)).exit_code == 0
    assert _left_running(tmp_path) == []


def test_each_leg_has_its_own_result(on: Stage) -> None:
    run = on.run(
        _workflow(
            on,
            "  a:\n    runs-on: ubuntu-latest\n    strategy:\n      fail-fast: false\n      matrix:\n"
            "        n: [0, 1, 2]\n    steps:\n      - id: x\n        continue-on-error: true\n        run: 'false'\n"
            # The failing leg ends first: act counts its failure for every leg that ends later.
            "      - run: test ${{ matrix.n }} != 1 && sleep 0.3\n",
        )
    )
    assert {leg.matrix["n"]: leg.result for leg in run.job("a")} == {0: "success", 1: "failure", 2: "success"}
    assert run.result("a") == "failure"
    assert run.result("no-such-job") is None


def test_outputs_summaries_annotations_and_log_are_read(on: Stage) -> None:
    run = on.run(
        _workflow(
            on,
            "  a:\n    runs-on: ubuntu-latest\n    steps:\n      - id: x\n        run: |\n"
            "          printf 'many<<E\\na\\nb\\nE\\n' >> $GITHUB_OUTPUT\n"
            "          echo '# Hello' >> $GITHUB_STEP_SUMMARY\n"
            "          echo '::warning title=Careful,file=a.txt,line=3::Mind the gap'\n          echo plain text\n",
        )
    )
    assert run.output("a", "x", "many") == "a\nb"
    assert run.summary("a").strip() == "# Hello"
    (annotation,) = run.annotations
    assert (annotation.level, annotation.message) == ("warning", "Mind the gap")
    assert annotation.properties == {"title": "Careful", "file": "a.txt", "line": "3"}
    assert "plain text" in run.log
    with pytest.raises(KeyError, match="many"):
        run.output("a", "x", "few")


def test_a_step_finds_the_jobs_of_its_own_run_at_the_local_github(on: Stage) -> None:
    asked = (
        "          import json, os, urllib.request\n"
        "          runs = '{GITHUB_API_URL}/repos/acme/platform/actions/runs/{GITHUB_RUN_ID}'.format(**os.environ)\n"
        "          jobs = json.load(urllib.request.urlopen(runs + '/jobs?filter=all'))['jobs']\n"
        "          seen = [[j['name'], j['status'], j['conclusion'], j['runner_name']] for j in jobs]\n"
        "          print(json.dumps([os.environ['RUNNER_NAME'], sorted(seen)]))\n"
    )
    run = on.run(
        _workflow(
            on,
            "  a:\n    name: First ${{ matrix.n }}\n    runs-on: ubuntu-latest\n    strategy:\n      fail-fast: false\n"
            "      matrix:\n        n: [0, 1]\n    steps:\n      - run: test ${{ matrix.n }} = 0\n"
            "  b:\n    needs: a\n    if: always()\n    runs-on: ubuntu-latest\n    steps:\n      - id: ask\n"
            f"        shell: python3 {{0}}\n        run: |\n{asked}",
        )
    )
    runner, seen = json.loads("".join(run.job("b")[0].printed["ask"]))
    assert seen == [
        ["First 0", "completed", "success", runner],
        ["First 1", "completed", "failure", runner],
        ["b", "in_progress", None, runner],
    ]
    (known,) = on.sandbox.world.repository(SOURCE).contents.runs
    assert (known.status, known.conclusion, known.name) == ("completed", "failure", "w.yml")


def test_the_environment_of_this_process_does_not_leak_in(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEAKED", "yes")
    monkeypatch.setenv("GITHUB_TOKEN", "mine")
    run = on.run(_workflow(on, "  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: env\n"))
    assert "LEAKED" not in run.log
    assert "mine" not in run.log
    assert JOB_TOKEN not in run.log


def _orphan(place: Path) -> str:
    # A process group of its own (set -m), which act does not know and so does not end.
    return f"set -m; sleep 600 > /dev/null 2>&1 & echo $! > {place}/orphan.pid"


def _hanging(on: Stage, place: Path) -> str:
    """A job with a process of an earlier step in the background, a step that hangs, and a child that ignores TERM."""
    script = f"echo $$ > {place}/step.pid; (trap '' TERM; echo $BASHPID > {place}/child.pid; sleep 600) & wait"
    steps = f"    steps:\n      - run: {_orphan(place)}\n      - run: |\n          {script}\n"
    return _workflow(on, f"  a:\n    runs-on: ubuntu-latest\n{steps}")


def _left_running(place: Path) -> list[str]:
    pids = {file.stem: int(file.read_text()) for file in place.glob("*.pid")}
    assert pids, "the job did not get as far as to start anything"
    return [name for name, pid in pids.items() if _alive(pid)]


def _alive(pid: int) -> bool:
    try:
        return ") Z " not in (Path("/proc") / str(pid) / "stat").read_text()
    except OSError:
        return False
