"""Inputs, outputs and reasons of retry."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.breaker_inputs import breaker_field, open_seconds_field, threshold_field
from action_patterns.action.inputs import CredentialInputs, Outputs
from action_patterns.action.reason import Reason
from action_patterns.action.store import StoreName, store_field
from action_patterns.input_types import Flag, LineList
from action_patterns.ports.processes import GRACE_SECONDS


class RetryInputs(CredentialInputs):
    """Inputs of retry."""

    run: str = Field(
        description="Lines of bash. They run as in a step with `shell: bash`: the first command that fails ends them"
        " (`-e -o pipefail`). Pass values by `env`, never by an expression inside the lines."
    )
    attempts: int = Field(default=3, description="Attempts at most, the first included. `1`: never retry.")
    timeout_seconds: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="Seconds that one attempt may take. Then the action ends it with all processes it started. Default:"
        " no limit.",
    )
    budget_seconds: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="Seconds that all attempts, probes and waits may take together. An attempt gets no more than what"
        " is left. Default: no limit.",
    )
    delay_seconds: float = Field(
        default=2.0,
        allow_inf_nan=False,
        description="Seconds that the first wait takes at most. The bound doubles with each attempt, and the wait is a"
        " random part of it (full jitter). `0`: no wait.",
    )
    max_delay_seconds: float = Field(
        default=60.0,
        allow_inf_nan=False,
        description="Seconds that the bound of a wait never passes. A server's `Retry-After` in the output may ask for"
        " more.",
    )
    retry_on: LineList = Field(
        default=(),
        description="Failures to retry, and no others: `class: transient`, `exit: 28, 35`, `http: 502, 5xx`,"
        " `text: connection reset` or `text: /expression/`, one kind a line. Default: every failure but those of class"
        " `permanent` and `conflict`.",
    )
    stop_on: LineList = Field(
        default=(),
        description="Failures that end the step at once, in the same form. They count before `retry-on`.",
    )
    probe: str | None = Field(
        default=None,
        description="Lines of bash that find out whether the work is already done. They run before each further"
        " attempt, and before the first one of a re-run job. Exit code 0: it is done, and the command does not run.",
    )
    working_directory: str = Field(
        default=".", description="Directory in which `run` and `probe` run; a relative path is below the workspace."
    )
    nounset: Flag = Field(default=False, description="Bash ends at a variable that is not set (`-u`).")
    keep_background: Flag = Field(
        default=False,
        description="Leave running what a successful command started in the background. Then the action cannot read"
        " the output: conditions by text and status are refused.",
    )
    grace_seconds: float = Field(
        default=GRACE_SECONDS,
        allow_inf_nan=False,
        description="Seconds between SIGTERM and SIGKILL for a command that is ended. GitHub gives a cancelled step 7.5"
        " seconds.",
    )
    breaker: str | None = breaker_field(
        "While it is open or stopped, nothing runs and the step is green with the outcome `skipped`. Otherwise the end"
        " of the step is reported to it."
    )
    breaker_threshold: int = threshold_field("Steps")
    breaker_open_seconds: int = open_seconds_field("steps; then one step probes.")
    breaker_on_unreadable: Literal["work", "stop"] = Field(
        default="work",
        description="Whether to `work` or to `stop` where the breaker cannot be read or written. A warning says it.",
    )
    state_repository: str | None = Field(
        default=None, description="`owner/name` that keeps the breaker. Default: the repository the workflow runs in."
    )
    store: StoreName = store_field("the breaker")


class RetryOutputs(Outputs):
    """Outputs of retry. A step that fails has them too: read them with `if: always()`."""

    attempts: int = Field(
        description="Attempts that began. `0`: the probe found the work done, or the step was skipped."
    )
    class_: str = Field(
        description="Class of the last failed attempt: `transient`, `rate-limited`, `permanent`, `conflict`,"
        " `timed-out`, `killed` or `unknown`. Empty: no attempt failed."
    )
    exit_code: int = Field(description="Exit code of the last attempt; 0 if the work is done or was skipped.")
    elapsed: float = Field(description="Seconds from the start to the end, waits included.")
    timed_out: bool = Field(description="Whether time ended the last attempt.")
    outcome: str = Field(
        description="`succeeded`, `failed`, or `skipped` by the breaker: then the work is not done, and the step green."
    )
    reason: str = Field(description="Why the step ended, as a stable code (see the table of reasons).")
    outputs: dict[str, str] = Field(
        description="Outputs that the attempt that counts wrote to `GITHUB_OUTPUT`, as a JSON object:"
        " `fromJSON(steps.<id>.outputs.outputs).<name>`."
    )


REASONS = (
    Reason(
        "breaker-open",
        "skipped",
        "The breaker is open after failures in a row, or another job probes, so nothing ran.",
        "Run again after the time that the message names. Do not work past the breaker: correct what made it fail.",
    ),
    Reason(
        "stopped",
        "skipped",
        "A person or a step has set the breaker's stop flag, so nothing ran.",
        "When the cause is gone, use `breaker` with `mode: resume`, and run again.",
    ),
    Reason(
        "store-unreadable",
        "skipped",
        "The breaker could not be read, and `breaker-on-unreadable: stop` is set, so nothing ran.",
        "Look at the cause that the message names, and run again.",
    ),
    Reason("succeeded", "succeeded", "The first attempt succeeded.", "Nothing."),
    Reason(
        "succeeded-after-retry",
        "succeeded",
        "A further attempt succeeded.",
        "The command is flaky. The summary shows why each attempt failed.",
    ),
    Reason(
        "probe-done",
        "succeeded",
        "The probe found the work done, so the command did not run again.",
        "Nothing. An earlier attempt took effect, in this run or in an earlier one of the job.",
    ),
    Reason(
        "permanent",
        "failed",
        "The failure is permanent: the same command fails in the same way again.",
        "Correct what the message names. If you know that it passes by waiting, name it in `retry-on`.",
    ),
    Reason(
        "conflict",
        "failed",
        "The state that the command changes has moved on. The same command meets the same conflict again.",
        "Write `run` so that each attempt reads the new state first, for example `git pull --rebase && git push`, and"
        " set `retry-on: 'class: conflict'`. Do not force the push.",
    ),
    Reason("stop-on", "failed", "The failure matches a line of `stop-on`.", "Correct what the message names."),
    Reason(
        "not-in-retry-on",
        "failed",
        "The failure matches no line of `retry-on`.",
        "Correct what the message names, or add a line for it.",
    ),
    Reason(
        "attempts-exhausted",
        "failed",
        "Every attempt failed.",
        "Read the log of the last attempt. If time ended it, raise `timeout-seconds`. If the cause outlasts the waits,"
        " raise `attempts` or `max-delay-seconds`.",
    ),
    Reason(
        "budget-exhausted",
        "failed",
        "`budget-seconds` leaves no time for the next wait and a further attempt.",
        "Raise `budget-seconds`, or lower `timeout-seconds` and `delay-seconds`.",
    ),
    Reason(
        "wait-beyond-budget",
        "failed",
        "The server asked for a longer wait than `budget-seconds` leaves, or than ten minutes without a budget.",
        "Run the job again after the time that the message names, or set a longer `budget-seconds`. Do not retry"
        " earlier.",
    ),
    Reason(
        "probe-failed",
        "failed",
        "The probe gave no answer, so a further attempt might do the work twice.",
        "Look whether the work is done, and correct the probe. It ends with 0 if the work is done and with another"
        " code from 1 to 125 if not.",
    ),
    Reason(
        "survivors",
        "failed",
        "Processes of an attempt could not be ended. A further attempt would run beside them.",
        "Do not start processes of another user (`sudo`) that outlive the command. A rerun on this machine meets them.",
    ),
    Reason(
        "files-refused",
        "failed",
        "The work is done, and the runner would refuse a file that the command wrote.",
        "Correct the lines that the message names. None of the command's files was passed on.",
    ),
)
