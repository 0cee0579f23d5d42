"""The process boundary, in this process with doubles and as a real process."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, SecretStr

from action_patterns import errors, registry
from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.run import Terminated, main

RUN = Path(registry.__file__).with_name("run.py")


class ExampleInputs(Inputs):
    token: SecretStr | None = Field(default=None, description="A secret.")
    count: int = Field(default=1, description="How often.")
    paths: str | None = Field(default=None, description="Paths, one a line.")
    body_path: str | None = Field(default=None, description="A path.")


class ExampleOutputs(Outputs):
    word: str = ""


Behaviour = Callable[[ExampleInputs, Ports], Finish[ExampleOutputs]]


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "work").mkdir()
    (tmp_path / "temp").mkdir()
    return {
        "PATH": os.environ["PATH"],
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_SHA": "c0ffee",
        "GITHUB_WORKFLOW": "w",
        "GITHUB_JOB": "j",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_REF_NAME": "main",
        "GITHUB_WORKSPACE": str(tmp_path / "work"),
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_RUN_ID": "1",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "INPUT_TOKEN": "hush-hush-hush",
    }


def ends(
    variables: dict[str, str],
    behaviour: Behaviour,
    failed: Callable[[Exception, ExampleInputs | None, Ports], Finish[ExampleOutputs]] | None = None,
) -> tuple[int, str]:
    action = Action(
        name="record",
        title="",
        description="",
        patterns=(),
        since="0.1.0",
        inputs=ExampleInputs,
        outputs=ExampleOutputs,
        run=behaviour,
        failed=failed,
        icon="",
        color="blue",
    )

    def load(name: str) -> Action[Any, Any]:
        return action

    stream = io.StringIO()
    code = main(["record"], variables, stream, load)
    return code, stream.getvalue()


def raising(error: BaseException) -> Behaviour:
    def run(inputs: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
        raise error

    return run


@pytest.mark.parametrize(
    ("path", "said"), [("b.txt", "`paths` and `body-path`: The path"), ("c.txt", "The path")], ids=["held", "not held"]
)
def test_the_problem_of_a_path_names_the_inputs_that_hold_it(variables: dict[str, str], path: str, said: str) -> None:
    def run(_: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
        ports.files.read(path)
        raise AssertionError("it is absent")

    code, log = ends(variables | {"INPUT_PATHS": "a.txt\nb.txt", "INPUT_BODY_PATH": "b.txt"}, run)
    assert (code, log.count("::error title=Input::")) == (2, 1), log
    assert f"::error title=Input::{said} '{path}' does not exist." in log


def test_outputs_then_summary_then_annotations_then_the_exit_code(variables: dict[str, str]) -> None:
    def run(inputs: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
        ports.log.info("working with hush-hush-hush")
        return Finish(
            outputs=ExampleOutputs(word="done"),
            summary="# Done hush-hush-hush",
            annotations=(Annotation(level="warning", message="mind"),),
            exit_code=1,
        )

    code, log = ends(variables, run)
    assert code == 1
    assert "\ndone\n" in Path(variables["GITHUB_OUTPUT"]).read_text()
    assert Path(variables["GITHUB_STEP_SUMMARY"]).read_text() == "# Done ***\n"
    assert log == "::add-mask::hush-hush-hush\nworking with ***\n::warning::mind\n"


def test_an_annotation_that_was_held_back_is_shown_at_the_end(variables: dict[str, str]) -> None:
    ten = tuple(Annotation(level="error", message=f"e{n}") for n in range(10))
    _, log = ends(variables, lambda inputs, ports: Finish(outputs=ExampleOutputs(), annotations=ten))
    assert log.endswith("::error::e9\n")


def test_a_misspelt_input_is_a_warning(variables: dict[str, str]) -> None:
    _, log = ends({**variables, "INPUT_COUNTS": "3"}, lambda inputs, ports: Finish(outputs=ExampleOutputs()))
    assert "::warning title=Input::There is no input `counts`; did you mean `count`?\n" in log


def test_a_bad_input_ends_with_2_before_anything_runs(variables: dict[str, str]) -> None:
    del variables["GITHUB_SHA"]
    code, log = ends({**variables, "INPUT_COUNT": "x"}, raising(AssertionError("it ran")))
    assert code == 2
    assert log.count("::error") == 2
    assert "GITHUB_SHA" in log
    assert log.startswith("::add-mask::")
    assert not Path(variables["GITHUB_OUTPUT"]).exists()


def test_each_problem_is_an_annotation_at_its_place(variables: dict[str, str]) -> None:
    problems = (
        errors.Problem("One is wrong.", "Fix it.", file="distribution.yml", line=7),
        errors.Problem("Two is wrong.", "Fix that."),
    )
    code, log = ends(variables, raising(errors.InputError(*problems)))
    assert code == 2
    assert "::error title=Input,file=distribution.yml,line=7::One is wrong.%0AFix it.\n" in log
    assert "::error title=Input::Two is wrong.%0AFix that.\n" in log


@pytest.mark.parametrize(
    ("kind", "code", "title"),
    [
        (errors.AuthenticationError, 1, "Authentication"),
        (errors.PermissionDeniedError, 1, "Permission"),
        (errors.NotFoundError, 1, "Not found"),
        (errors.LostRaceError, 1, "Conflict"),
        (errors.RateLimitedError, 1, "Rate limit"),
        (errors.AnswerLostError, 1, "Unavailable"),
        (errors.DefectError, 70, "Defect"),
    ],
)
def test_a_deliberate_error_is_one_annotation_with_its_remedy(
    variables: dict[str, str], kind: type[errors.ActionPatternsError], code: int, title: str
) -> None:
    error = kind("It went wrong with hush-hush-hush.", remediation="Do that.", request_id="ABCD:1")
    found, log = ends(variables, raising(error))
    assert found == code
    assert f"::error title={title}::It went wrong with ***.%0ADo that.%0AGitHub's request id: ABCD:1\n" in log
    assert ("Traceback" in log) is (code == 70)
    assert "hush" not in log.partition("\n")[2]


def test_a_defect_names_version_request_and_where_to_report_and_folds_its_traceback(variables: dict[str, str]) -> None:
    def run(inputs: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
        assert inputs.token is not None
        try:
            raise errors.UnavailableError("x", remediation="y", request_id="ABCD:1")
        except errors.UnavailableError:
            raise KeyError(inputs.token.get_secret_value()) from None

    code, log = ends(variables, run)
    assert code == 70
    annotation = next(line for line in log.splitlines() if line.startswith("::error"))
    assert "defect in action-patterns v" in annotation
    assert "KeyError: '***'" in annotation
    assert "ABCD%3A1" in annotation or "ABCD:1" in annotation
    assert "/issues/new" in annotation
    assert log.index("::group::Traceback") < log.index("Traceback (most recent call last)") < log.index("::endgroup::")
    assert "hush" not in log.partition("\n")[2]


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (Terminated(), 143)])
def test_a_cancelled_run_says_in_one_line_that_a_rerun_is_safe(
    variables: dict[str, str], error: BaseException, code: int
) -> None:
    found, log = ends(variables, raising(error))
    assert found == code
    (line,) = log.splitlines()[1:]
    assert "A rerun is safe" in line


def test_refused_outputs_do_not_cost_the_summary_and_the_run_is_red(variables: dict[str, str]) -> None:
    finish = Finish(
        outputs=ExampleOutputs(word="hush-hush-hush"),
        summary="# Done",
        annotations=(Annotation(level="notice", message="mind"),),
        exit_code=0,
    )
    code, log = ends(variables, lambda inputs, ports: finish)
    assert code == 70
    assert "`word` contains a secret" in log
    assert Path(variables["GITHUB_STEP_SUMMARY"]).read_text() == "# Done\n"
    assert "::notice::mind\n" in log


UNWRITABLE = pytest.mark.parametrize("name", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])


def never(inputs: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
    raise AssertionError("it ran")


def test_places_that_cannot_be_written_are_all_named_before_anything_runs(variables: dict[str, str]) -> None:
    places = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "RUNNER_TEMP")
    for name in places:
        variables[name] = "/proc/none/here"
    code, log = ends(variables | {"INPUT_COUNT": "x", "GITHUB_API_URL": "ghes.corp"}, never)
    assert code == 2
    assert "GITHUB_API_URL" in log
    assert [line for line in places if f"{line} " in log.replace("(", " ")] == list(places)
    assert "`count`" in log


@UNWRITABLE
@pytest.mark.parametrize("own", [0, 1, 7])
def test_a_file_that_is_lost_on_the_way_makes_a_good_run_red_and_takes_nothing_else(
    variables: dict[str, str], name: str, own: int
) -> None:
    def run(inputs: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
        Path(variables[name]).unlink()
        Path(variables[name]).mkdir()
        return Finish(
            outputs=ExampleOutputs(word="done"),
            summary="# Done",
            annotations=(Annotation(level="warning", message="mind"),),
            exit_code=own,
        )

    code, log = ends(variables, run)
    assert code == (own or 1)
    assert f"the file that {name} names: Is a directory" in log
    assert "::warning::mind" in log
    others = {"GITHUB_OUTPUT": "done", "GITHUB_STEP_SUMMARY": "# Done"}
    del others[name]
    assert all(text in Path(variables[each]).read_text() for each, text in others.items())
    assert ("# Done" in log) == (name == "GITHUB_STEP_SUMMARY")


def test_an_output_that_is_refused_does_not_take_the_exit_code_of_an_error(variables: dict[str, str]) -> None:
    def run(inputs: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
        return Finish(outputs=ExampleOutputs(word="hush-hush-hush"), exit_code=1)

    code, log = ends(variables, run)
    assert (code, "contains a secret" in log) == (1, True)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InputError(errors.Problem("x is wrong.", "Mend x.")), 2),
        (errors.UnavailableError("Off.", remediation="Wait."), 1),
        (KeyError("x"), 70),
    ],
)
def test_an_action_may_leave_outputs_when_it_fails(variables: dict[str, str], error: Exception, code: int) -> None:
    def failed(found: Exception, inputs: ExampleInputs | None, ports: Ports) -> Finish[ExampleOutputs]:
        assert isinstance(found, errors.ActionPatternsError)
        return Finish(outputs=ExampleOutputs(word=f"failed: {found.category}"), summary="# Failed")

    ended, log = ends(variables, raising(error), failed)
    category = error.category if isinstance(error, errors.ActionPatternsError) else "defect"
    assert ended == code
    assert f"failed: {category}" in Path(variables["GITHUB_OUTPUT"]).read_text()
    assert Path(variables["GITHUB_STEP_SUMMARY"]).read_text() == "# Failed\n"
    assert log.count("::error") == 1


@pytest.mark.parametrize("wrong", [{"INPUT_COUNT": "x"}, {"GITHUB_API_URL": "ghes.corp"}])
def test_what_cannot_be_read_leaves_outputs_too(variables: dict[str, str], wrong: dict[str, str]) -> None:
    def failed(found: Exception, inputs: ExampleInputs | None, ports: Ports) -> Finish[ExampleOutputs]:
        assert (inputs is None) == ("INPUT_COUNT" in wrong)
        return Finish(outputs=ExampleOutputs(word="failed"))

    code, _ = ends(variables | wrong, never, failed)
    assert (code, "failed" in Path(variables["GITHUB_OUTPUT"]).read_text()) == (2, True)


@pytest.mark.parametrize("long", [False, True])
def test_a_summary_that_github_would_not_show_is_in_the_log(variables: dict[str, str], long: bool) -> None:
    if not long:
        del variables["GITHUB_STEP_SUMMARY"]
    text = "x" * 2**20 + "END" if long else "END"
    code, log = ends(variables, lambda inputs, ports: Finish(outputs=ExampleOutputs(), summary=text))
    assert code == 0
    assert "END\n::endgroup::" in log
    assert ("Summary too long" in log) is long


def test_a_token_minted_in_the_run_is_masked_at_once(variables: dict[str, str]) -> None:
    def run(inputs: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
        ports.log.hide("minted-token")
        ports.log.info("this is minted-token")
        return Finish(outputs=ExampleOutputs())

    _, log = ends(variables, run)
    assert log.endswith("::add-mask::minted-token\nthis is ***\n")


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["record", "more"], ["../record"]])
def test_only_an_action_of_the_list_is_loaded(variables: dict[str, str], arguments: list[str]) -> None:
    stream = io.StringIO()
    assert main(arguments, variables, stream) == 2
    assert "Name one of: " in stream.getvalue()


def test_git_is_opened_when_it_is_asked_for_without_our_inputs(variables: dict[str, str]) -> None:
    def run(inputs: ExampleInputs, ports: Ports) -> Finish[ExampleOutputs]:
        ports.checkout.changes(())
        raise AssertionError

    code, log = ends(variables, run)
    assert code == 2
    assert "is not a git repository" in log


# As a process, as launch.sh starts it.

RECORD = {"INPUT_TARGET": "o/r", "INPUT_INDEX": "0", "INPUT_OUTCOME": "updated", "INPUT_REASON": "done"}


def test_the_process_takes_nothing_from_the_workspace(variables: dict[str, str], tmp_path: Path) -> None:
    for name in ("json.py", "pydantic.py", "action_patterns.py", "sitecustomize.py"):
        (tmp_path / "work" / name).write_text("raise SystemExit('taken from the workspace')\n")
    completed = subprocess.run(
        [sys.executable, "-I", RUN, "record"],
        cwd=tmp_path / "work",
        env={**variables, **RECORD, "PYTHONPATH": str(tmp_path / "work")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (completed.returncode, completed.stderr) == (0, "")
    assert completed.stdout == "o/r: updated (done)\n"


@pytest.mark.parametrize("name", ["record", "report"])
def test_an_action_that_asks_github_nothing_loads_no_client(variables: dict[str, str], name: str) -> None:
    code = (
        "import runpy, sys\n"
        f"sys.argv = ['run.py', {name!r}]\n"
        "try:\n"
        f"    runpy.run_path({str(RUN)!r}, run_name='__main__')\n"
        "except SystemExit:\n"
        "    pass\n"
        "loaded = {'github', 'requests', 'urllib3', 'jwt', 'actions_toolkit.core', 'actions_toolkit.github'}\n"
        "assert f'action_patterns.actions." + name + "' in sys.modules\n"
        "print('LOADED', sorted(loaded & set(sys.modules)))\n"
    )
    completed = subprocess.run(
        [sys.executable, "-I", "-c", code], env={**variables, **RECORD}, capture_output=True, text=True, check=False
    )
    assert completed.stdout.endswith("LOADED []\n"), completed.stderr


def test_sigterm_ends_a_process_with_143(variables: dict[str, str], tmp_path: Path) -> None:
    # A plan that never ends to be looked for: the action waits in it until it is told to stop.
    started = tmp_path / "started"
    (Path(variables["GITHUB_WORKSPACE"]) / "plan.json").write_text("{}")
    code = (
        "import os, runpy, sys, time, pathlib\n"
        f"os.fstat = lambda _: (pathlib.Path({str(started)!r}).touch(), time.sleep(60))\n"
        "sys.argv = ['run.py', 'record']\n"
        f"runpy.run_path({str(RUN)!r}, run_name='__main__')\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", code],
        env={**variables, **RECORD, "INPUT_PLAN": "plan.json"},
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(1000):
        if started.exists() or child.poll() is not None:
            break
        time.sleep(0.02)
    child.send_signal(signal.SIGTERM)
    output, _ = child.communicate(timeout=20)
    assert child.returncode == 143
    assert "A rerun is safe" in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_cancelled_while_it_loads_says_so_too(variables: dict[str, str], number: int) -> None:
    code = (
        "import builtins, os, runpy, signal, sys\n"
        f"signal.signal({number:d}, signal.SIG_DFL)\n"  # a background job of a shell ignores SIGINT
        "load = builtins.__import__\n"
        "def signalled(name, *rest):\n"
        "    if name == 'action_patterns.errors':\n"
        f"        os.kill(os.getpid(), {number:d})\n"
        "    return load(name, *rest)\n"
        "builtins.__import__ = signalled\n"
        "sys.argv = ['run.py', 'record']\n"
        f"runpy.run_path({str(RUN)!r}, run_name='__main__')\n"
    )
    command = [sys.executable, "-I", "-c", code]
    ended = subprocess.run(command, env={**variables, **RECORD}, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (128 + number, "")
    assert "A rerun is safe" in ended.stdout


def test_a_signal_after_the_end_is_too_late(variables: dict[str, str]) -> None:
    code = (
        "import atexit, os, runpy, signal, sys\n"
        "atexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['run.py', 'record']\n"
        f"runpy.run_path({str(RUN)!r}, run_name='__main__')\n"
    )
    command = [sys.executable, "-I", "-c", code]
    ended = subprocess.run(command, env={**variables, **RECORD}, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


# The end of the process: nothing is lost by it, and it takes no time.

ENDING = """
import atexit, gc, os, subprocess, sys, threading, time
sys.path[:0] = {path!r}
from action_patterns import registry, run
from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Inputs, Outputs
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

class Nothing(Inputs): pass
class Word(Outputs):
    word: str = ""

def act(inputs, ports):
{body}

made = Action(
    name="record", title="", description="", patterns=(), since="", inputs=Nothing, outputs=Word, run=act, icon="",
    color="blue",
)
registry.load = lambda name: made
run.start(["record"])
"""


def ending(variables: dict[str, str], body: str) -> subprocess.CompletedProcess[bytes]:
    """A process whose action is `body`; `there` is a folder to leave something in."""
    lines = [f"there = Path({variables['RUNNER_TEMP']!r})", *body.strip().splitlines()]
    path = [str(RUN.parents[1])]
    script = ENDING.format(path=path, body="\n".join(f"    {line}" for line in lines))
    return subprocess.run(
        [sys.executable, "-I", "-c", script], env=variables, capture_output=True, check=False, timeout=60
    )


@pytest.mark.slow
def test_a_long_log_arrives_to_its_last_line_before_a_red_end(variables: dict[str, str]) -> None:
    ended = ending(
        variables,
        """
for number in range(20_000): ports.log.info(f"{number:0200}")
return Finish(outputs=Word(word="done"), summary="# Summary", exit_code=1)
""",
    )
    lines = ended.stdout.decode().splitlines()
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert [int(line) for line in lines] == list(range(20_000))
    assert "\ndone\n" in Path(variables["GITHUB_OUTPUT"]).read_text()
    assert Path(variables["GITHUB_STEP_SUMMARY"]).read_text() == "# Summary\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "code"),
    [("return Finish(outputs=Word())", 0), ("raise KeyboardInterrupt", 130), ("raise run.Terminated", 143)],
)
def test_what_threads_had_begun_is_finished_before_the_end(variables: dict[str, str], end: str, code: int) -> None:
    ended = ending(
        variables,
        f"""
pool = ThreadPoolExecutor(2)
begun = threading.Barrier(3)
def work(name):
    begun.wait()
    time.sleep(0.3)
    (there / name).write_text("finished")
for name in ("a", "b"): pool.submit(work, name)
begun.wait()
pool.shutdown(wait=False, cancel_futures=True)
{end}
""",
    )
    assert ended.returncode == code
    assert [(Path(variables["RUNNER_TEMP"]) / name).read_text() for name in ("a", "b")] == ["finished"] * 2


def test_exit_handlers_run_and_a_child_that_goes_on_is_left_alone(variables: dict[str, str]) -> None:
    ended = ending(
        variables,
        """
atexit.register(lambda: (there / "handler").touch())
print("printed", end="")
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.3); print(', and the child at its end')"])
sys.stderr.write("to the other stream")
return Finish(outputs=Word())
""",
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (
        0,
        b"printed, and the child at its end\n",
        b"to the other stream",
    )
    assert (Path(variables["RUNNER_TEMP"]) / "handler").exists()


def test_the_end_looks_for_no_garbage_and_the_run_for_that_of_its_own(variables: dict[str, str]) -> None:
    ended = ending(
        variables,
        """
assert gc.isenabled() and gc.get_freeze_count() > 10_000 and len(gc.get_objects()) < 5000
kept = [[number] for number in range(5000)]
run.kept = kept
atexit.register(lambda: print("left to look at:", len(gc.get_objects()) < 500))
return Finish(outputs=Word())
""",
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"left to look at: True\n", b"")
