"""Checks of this runner: room for files, memory, and how the jobs before ended."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, field_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.quantity import parse
from action_patterns.checks.specification import Specification, World
from action_patterns.input_types import split_names

RESULTS = ("success", "failure", "cancelled", "skipped")
"""GitHub docs, "Contexts reference", `needs.<job_id>.result`."""


def _size(value: str) -> str:
    try:
        measure = parse(value).measure
    except ValueError:
        measure = None
    if measure not in ("", "bytes"):
        raise ValueError("must be a number of bytes with its unit, for example `10 GB` or `512 MiB`")
    return value


Size = Annotated[str, AfterValidator(_size)]


class Disk(Specification):
    """There is room for files."""

    subject: ClassVar[str] = "disk"

    disk: Size = Field(description="Room that is needed, for example `10 GB` or `512 MiB`.")
    path: str = Field(default=".", min_length=1, description="A place on the disk; relative to the workspace.")

    def answer(self, world: World) -> Finding:
        free, needed = world.ports.machine.free_bytes(self.path), int(parse(self.disk).amount)
        if free is None:
            return finding(
                "disk-no-place",
                False,
                f"There is no place `{self.path}` to look at.",
                "Name a file or directory that exists before the work begins. Do not create one for this check.",
            )
        return finding(
            "disk-full",
            free >= needed,
            f"{spelled_size(free)} are free at `{self.path}`, and {spelled_size(needed)} are needed.",
            "Free room before the work, for example by removing images and caches that it does not use, or take a"
            " larger runner. Do not delete the workspace of another job.",
        )


class MemoryRoom(Specification):
    """There is memory that processes can take."""

    subject: ClassVar[str] = "memory"

    memory: Size = Field(description="Memory that must be available, for example `4 GB`.")

    def answer(self, world: World) -> Finding:
        found, needed = world.ports.machine.memory(), int(parse(self.memory).amount)
        if found is None:
            detail = "This system does not say how much memory it has."
            return Finding("memory-unread", "unknown", detail, "Measure it in a `command`.")
        return finding(
            "memory-low",
            found.available >= needed,
            f"{spelled_size(found.available)} of {spelled_size(found.total)} are available, and"
            f" {spelled_size(needed)} are needed.",
            "Take a larger runner, start less side by side, or end services that the job does not use. Do not just run"
            " again: what is killed for memory leaves no message.",
        )


def spelled_size(size: int) -> str:
    """Return a size for people, in units of a thousand."""
    for unit, name in ((1_000**4, "TB"), (1_000**3, "GB"), (1_000**2, "MB"), (1_000, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size:,} bytes"


def _names(value: object) -> object:
    return split_names(value) if isinstance(value, str) else value


class Job(Specification):
    """A job that this one needs ended as it should. `if: always()` alone lets a job run behind a failed one."""

    subject: ClassVar[str] = "job"

    job: str = Field(min_length=1, description="Id of a job in `needs`.")
    result: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=("success",),
        min_length=1,
        description="Results that will do: `success`, `failure`, `cancelled`, `skipped`.",
    )

    @field_validator("result")
    @classmethod
    def _are_results(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if each not in RESULTS]:
            raise ValueError(f"{wrong[0]!r} is no result of a job. The results are {', '.join(RESULTS)}")
        return value

    def answer(self, world: World) -> Finding:
        found = world.jobs.get(self.job)
        if found is None:
            return finding(
                "job-unknown",
                False,
                f"The input `needs` names no job `{self.job}` with a result.",
                f"List `{self.job}` in this job's `needs:`, and pass the results: `needs: ${{{{ toJSON(needs) }}}}`."
                " Do not leave the check out: with `if: always()` this job runs behind a failed one.",
            )
        return finding(
            "job-result",
            found in self.result,
            f"The job `{self.job}` ended with {found}; {' or '.join(self.result)} is expected.",
            f"See the log of `{self.job}`, and run the failed jobs again. Do not remove it from `needs:`.",
        )
