"""The process boundary: `python -I src/action_patterns/run.py <action>`.

Inputs are read, the action runs, then outputs, summary and annotations are written, in that order, and the exit code is
returned. Every error ends here as annotations that say how to fix it, never as a bare traceback.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NoReturn, TextIO

CANCELLED = "Cancelled. A rerun is safe and finishes half-done work."


def on_cancel(handler: Callable[[int, object], None] | signal.Handlers) -> None:
    """Set the handler of a cancelled run's signals. GitHub sends SIGINT, 7.5 seconds later SIGTERM, and 2.5 seconds
    after that SIGKILL (GitHub docs, "Workflow cancellation"). A signal that our parent ignores (nohup) stays ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _end(number: int, _frame: object) -> NoReturn:
    """Exit at once: until the action is loaded there is nothing to revoke, and no code to catch an exception."""
    os.write(1, f"{CANCELLED}\n".encode())
    os._exit(128 + number)


if __name__ == "__main__":
    on_cancel(_end)
    # Objects made by an import stay: collecting garbage between imports only takes time. `_load` turns it on.
    gc.disable()
    # Isolated mode (-I) leaves out this file's directory and PYTHONPATH, so no module of the workspace is imported.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from action_patterns.runner import environment

    environment.disable_pydantic_plugins()

from action_patterns import real_ports, registry
from action_patterns.action.contract import Action, Finish
from action_patterns.errors import (
    EXIT_DEFECT,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_TERMINATED,
    ActionPatternsError,
    DefectError,
    InputError,
    Problem,
)
from action_patterns.ports.log import Annotation
from action_patterns.release import ISSUES_URL, VERSION
from action_patterns.runner import addresses, context, environment, inputs, outputs, places, summary
from action_patterns.runner.commands import Commands


class Terminated(BaseException):
    """SIGTERM arrived. Not an Exception: nothing but clean-up may come between it and the end."""


def main(
    arguments: Sequence[str],
    variables: Mapping[str, str],
    stream: TextIO,
    load: Callable[[str], Action[Any, Any]] = registry.load,
) -> int:
    """Run one action. Returns the exit code; raises nothing."""
    commands = Commands(stream)
    try:
        return _run(arguments, variables, commands, load)
    except InputError as error:
        for problem in error.problems:
            commands.annotate(
                Annotation(
                    level="error",
                    message=f"{problem.what}\n{problem.fix}",
                    title="Input",
                    file=problem.file,
                    line=problem.line,
                )
            )
        return error.exit_code
    except DefectError as error:
        _explain(commands, error)
        _trace(commands, error)
        return error.exit_code
    except ActionPatternsError as error:
        _explain(commands, error)
        return error.exit_code
    except (KeyboardInterrupt, Terminated) as cancelled:
        for line in getattr(cancelled, "__notes__", (CANCELLED,)):
            commands.line(line)
        return EXIT_TERMINATED if isinstance(cancelled, Terminated) else EXIT_INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place before the process ends
        _report_defect(commands, error)
        return EXIT_DEFECT
    finally:
        commands.finish()


def _run(
    arguments: Sequence[str],
    variables: Mapping[str, str],
    commands: Commands,
    load: Callable[[str], Action[Any, Any]],
) -> int:
    if len(arguments) != 1 or arguments[0] not in registry.ACTIONS:
        raise InputError(
            Problem(
                f"{' '.join(arguments) or 'Nothing'!r} is not an action.",
                f"Name one of: {', '.join(registry.ACTIONS)}.",
            )
        )
    action = load(arguments[0])
    # Secrets are masked by `parse` before anything else is looked at, so it comes before every other message.
    problems: list[Problem] = []
    parsed = run_context = None
    try:
        parsed = inputs.parse(action.inputs, variables, commands.secrets)
    except InputError as error:
        problems += error.problems
    try:
        run_context = context.read(variables)
    except InputError as error:
        problems += error.problems
        # An address that is none costs the requests, and not what the action leaves of its error.
        with suppress(InputError):
            run_context = context.read({n: value for n, value in variables.items() if n not in addresses.VARIABLES})
    if run_context is None:
        raise InputError(*problems)
    problems += places.problems(run_context.temp, variables)
    with ExitStack() as closing:
        ports = real_ports.build(run_context, variables, commands, closing, inputs.variables_of(action.inputs))
        try:
            if parsed is None or problems:
                raise InputError(*problems)
            for hint in parsed.hints:
                commands.annotate(Annotation(level="warning", message=hint, title="Input"))
            with inputs.named_in_problems(parsed.inputs):
                finish = action.run(parsed.inputs, ports)
        except Exception as error:
            if action.failed is not None:
                found = error if isinstance(error, ActionPatternsError) else _as_defect(error)
                with suppress(OSError, ActionPatternsError):  # The error itself is what counts.
                    publish(action.failed(found, parsed.inputs if parsed else None, ports), variables, commands)
            raise
    return publish(finish, variables, commands)


def publish(finish: Finish[Any], variables: Mapping[str, str], commands: Commands) -> int:
    """Write outputs, then the summary, then annotations, and return the exit code.

    A good run is red if one cannot be written. That costs neither the annotations nor the exit code of an error.
    """
    code = 0
    try:
        outputs.write(finish.outputs, variables["GITHUB_OUTPUT"], commands.secrets)
    except DefectError as error:
        _explain(commands, error)
        _trace(commands, error)
        code = error.exit_code
    except OSError as error:
        commands.annotate(_unwritten("outputs", "GITHUB_OUTPUT", error))
        code = EXIT_FAILED
    file, notice = variables.get("GITHUB_STEP_SUMMARY"), None
    if file:
        try:
            notice = summary.append(finish.summary, file, commands.secrets)
        except OSError as error:
            commands.annotate(_unwritten("summary", "GITHUB_STEP_SUMMARY", error))
            file, code = None, code or EXIT_FAILED
        if notice:
            commands.annotate(Annotation(level="warning", message=notice, title="Summary too long"))
    if finish.summary and (not file or notice):
        with commands.group("Summary"):
            commands.line(finish.summary)
    for annotation in finish.annotations:
        commands.annotate(annotation)
    return finish.exit_code or code


def _unwritten(what: str, variable: str, error: OSError) -> Annotation:
    return Annotation(
        level="error",
        message=f"The {what} of this step could not be written to the file that {variable} names: {error.strerror}.\n"
        "What the step did before stands, and a rerun is safe. Make room on the runner's disk, or correct who owns the"
        " file.",
        title=what.capitalize(),
    )


def _explain(commands: Commands, error: ActionPatternsError) -> None:
    request = f"\nGitHub's request id: {error.request_id}" if error.request_id else ""
    title = error.category.replace("-", " ").capitalize()
    commands.annotate(Annotation(level="error", message=f"{error.message}\n{error.remediation}{request}", title=title))


def _as_defect(error: Exception) -> DefectError:
    return DefectError(
        f"This is a defect in action-patterns {VERSION}: {type(error).__name__}: {error}",
        remediation="A rerun is safe, but will probably end the same way. Please report it with the log's traceback:"
        f" {ISSUES_URL}",
    )


def _report_defect(commands: Commands, error: Exception) -> None:
    request_id = _request_id(error)
    defect = _as_defect(error)
    text = [defect.message, defect.remediation]
    if request_id:
        text.append(f"GitHub's request id: {request_id}")
    commands.annotate(Annotation(level="error", message="\n".join(text), title="Defect"))
    _trace(commands, error)


def _trace(commands: Commands, error: Exception) -> None:
    import traceback  # a run that goes well does not need it

    with commands.group("Traceback"):
        commands.line("".join(traceback.format_exception(error)).rstrip())


def _request_id(error: BaseException | None) -> str | None:
    """The id of the GitHub request an error came from, if any error in its chain knows one."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(found := getattr(error, "request_id", None), str):
            return found
        headers = getattr(error, "headers", None)
        if isinstance(headers, Mapping):
            for name, value in headers.items():
                if str(name).lower() == "x-github-request-id":
                    return str(value)
        error = error.__cause__ or error.__context__
    return None


def _cancel(number: int, _frame: object) -> NoReturn:
    """End the action as an exception does, so that minted tokens are revoked; later signals do not cut that short."""
    on_cancel(signal.SIG_IGN)
    ended = KeyboardInterrupt if number == signal.SIGINT else Terminated

    def again(_number: int, _frame: object) -> NoReturn:
        raise ended

    signal.signal(signal.SIGALRM, again)
    raise ended


def _when_lost(lost: sys.UnraisableHookArgs) -> None:
    """Python drops what is raised in a finalizer; a signal that struck there strikes again at once."""
    if isinstance(lost.exc_value, KeyboardInterrupt | Terminated):
        signal.setitimer(signal.ITIMER_REAL, 0.001)
    else:
        sys.__unraisablehook__(lost)


def _load(name: str) -> Action[Any, Any]:
    """Load the action, and take what was loaded out of every later garbage collection."""
    action = registry.load(name)
    gc.freeze()
    gc.enable()
    return action


def start(arguments: Sequence[str]) -> NoReturn:
    """Be the process of an action, and end with its exit code."""
    # Runners exist whose locale is C; a path or a title in another script must not end the run.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    code = EXIT_INTERRUPTED
    sys.unraisablehook = _when_lost
    try:
        on_cancel(_cancel)
        code = main(arguments, environment.read(), sys.stdout, _load)
        on_cancel(signal.SIG_IGN)  # too late: all is done and written
    except (KeyboardInterrupt, Terminated) as cancelled:
        # It struck while the end was being written, where nothing else catches it.
        os.write(1, f"{CANCELLED}\n".encode())
        code = EXIT_TERMINATED if isinstance(cancelled, Terminated) else EXIT_INTERRUPTED
    # The interpreter's end joins threads, runs exit handlers and flushes streams as ever. It only looks for garbage no
    # more, which took a fifth of a short run: the memory goes back to the system in any case.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    start(sys.argv[1:])
