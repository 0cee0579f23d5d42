"""Parse act's `--json` log: a result per leg of a matrix, outputs, summaries, annotations, log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Result = Literal["success", "failure"]


class UnknownRunnerError(AssertionError):
    """A job was skipped because no runner has its label. act reports success for that run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """An annotation of a step. `level`: error, warning or notice."""

    job: str
    level: str
    message: str
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """The text that one step wrote to its job summary."""

    job: str
    text: str


@dataclass(slots=True, kw_only=True)
class Leg:
    """One run of a job. A job without a matrix has one leg."""

    job: str
    """The job's id."""
    name: str
    """act's name: "<workflow>/<job's name>"; in a called workflow "<calling job's name>/<workflow>/<job's name>"."""
    matrix: Mapping[str, Any]
    result: Result | None = None
    """None: the leg began and did not end."""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    """Step id -> output name -> value."""
    printed: dict[str, list[str]] = field(default_factory=dict)
    """Step id -> lines that the step printed, nested steps included."""


@dataclass(slots=True, kw_only=True)
class Events:
    """The parsed log."""

    legs: list[Leg] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    log: str = ""
    """The lines that the steps printed."""
    messages: list[str] = field(default_factory=list)
    """act's own messages."""


def read(lines: Iterable[str]) -> Events:
    """Parse act's log.

    Raises:
        UnknownRunnerError: a job was skipped for its `runs-on` label.
    """
    parser = LogParser()
    for line in lines:
        parser.parse(line)
    return parser.end()


class LogParser:
    """Parses the log line by line, while act writes it."""

    def __init__(self) -> None:
        self._events = Events()
        self._printed: list[str] = []
        self._legs: dict[tuple[str, str], Leg] = {}
        self._tolerated: set[tuple[str, str, str]] = set()
        self._failed: set[tuple[str, str]] = set()
        self._summaries: set[tuple[tuple[str, str], str, str]] = set()

    def end(self) -> Events:
        """Return the parsed log."""
        self._events.log = "".join(self._printed)
        return self._events

    def parse(self, line: str) -> Leg | None:
        """Parse one line, and return the leg that the line reports on; None: none.

        Raises:
            UnknownRunnerError: a job was skipped for its `runs-on` label.
        """
        try:
            event = json.loads(line)
        except ValueError:
            self._events.messages.append(line.rstrip())
            return None
        message = str(event.get("msg", ""))
        if "Skipping unsupported platform" in message:
            raise UnknownRunnerError(message)
        if "jobID" not in event:
            self._events.messages.append(message)
            return None
        key = (
            str(event["job"]).strip(),
            json.dumps(event.get("matrix") or {}, sort_keys=True),
        )
        steps = tuple(event.get("stepID") or ())
        if event.get("raw_output"):
            self._printed.append(message)
            if steps:
                self._leg(key, event).printed.setdefault(steps[0], []).append(message)
        elif message.startswith(("\U0001f6a7", "Error")) or event.get("level") in (
            "error",
            "fatal",
        ):
            self._events.messages.append(message)
        if "Failed but continue next step" in message and steps:
            self._tolerated.add((*key, steps[0]))
        # act's job result stays a failure for all later legs of a matrix. So the steps decide a leg's result.
        ended = steps or tuple(
            event.get("stepid") or ()
        )  # act's spelling for internal steps, such as setting up the job
        if event.get("stepResult") == "failure" and len(ended) == 1 and (*key, ended[0]) not in self._tolerated:
            self._failed.add(key)
        if "jobResult" in event:
            failed = key in self._failed or (event["jobResult"] != "success" and not event.get("matrix"))
            self._leg(key, event).result = "failure" if failed else "success"
        elif steps:
            self._leg(key, event)
        self._command(event, key, steps)
        return self._legs.get(key)

    def _leg(self, key: tuple[str, str], event: Mapping[str, Any]) -> Leg:
        if key not in self._legs:
            self._legs[key] = Leg(job=str(event["jobID"]), name=key[0], matrix=dict(event.get("matrix") or {}))
            self._events.legs.append(self._legs[key])
        return self._legs[key]

    def _command(self, event: Mapping[str, Any], key: tuple[str, str], steps: tuple[str, ...]) -> None:
        job, text = str(event.get("jobID")), str(event.get("arg", ""))
        match event.get("command"):
            case "set-output" if len(steps) == 1:
                self._leg(key, event).outputs.setdefault(steps[0], {})[str(event["name"])] = text
            case "summary":
                # act repeats it once for each level of nested composite actions.
                text = str(event.get("content", ""))
                seen = (key, steps[0] if steps else "", text)
                if seen not in self._summaries:
                    self._summaries.add(seen)
                    self._events.summaries.append(Summary(job, text))
            case "error" | "warning" | "notice" as level:
                properties = {name: str(value) for name, value in (event.get("kvPairs") or {}).items()}
                self._events.annotations.append(Annotation(job=job, level=level, message=text, properties=properties))
