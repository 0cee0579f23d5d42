"""Assertions about files of the workspace and of RUNNER_TEMP. Pure: the files arrive as a port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from action_patterns.checks.assertion import Assertion, concluded, refused, text_of
from action_patterns.checks.check import Finding
from action_patterns.checks.expectations import Fault
from action_patterns.checks.quantity import parse
from action_patterns.checks.specification import World
from action_patterns.errors import InputError

_MADE = "Correct the step that makes the file, and look whether it ran before this one."


def _size(value: str) -> str:
    if parse(value).measure not in ("", "bytes"):
        raise ValueError("must be a number of bytes, for example 10 MiB")
    return value


Size = Annotated[str, AfterValidator(_size)]


class FileState(Assertion):
    """A file or directory."""

    subject: ClassVar[str] = "file"

    file: str = Field(min_length=1, description="Path of a file or directory; a relative one is in the workspace.")
    kind: Literal["file", "directory"] = Field(default="file", description="`file` or `directory`.")
    size_at_least: Size | None = Field(
        default=None, description="Its least size, in bytes or with a unit.", examples=["1 KiB"]
    )
    size_at_most: Size | None = Field(
        default=None, description="Its greatest size, in bytes or with a unit.", examples=["10 MiB"]
    )
    sha256: str | None = Field(
        default=None, pattern=r"^[0-9a-fA-F]{64}$", description="The SHA-256 digest of its bytes, in hexadecimal."
    )

    def own_tests(self) -> set[str]:
        """Return the names of the given tests that this kind alone has."""
        return self.model_fields_set & {"size_at_least", "size_at_most", "sha256"}

    def answer(self, world: World) -> Finding:
        try:
            return concluded(list(self._faults(world)))
        except InputError as error:
            return refused(error)

    def _faults(self, world: World) -> Iterator[Fault]:
        files = world.ports.files
        subject = f"The {self.kind} `{self.file}`"
        directory = files.is_directory(self.file)
        there = directory or files.exists(self.file)
        if not self.exists and self.path is None:
            if there:
                fix = "Find the step that makes it. Do not delete it here: the next run would make it again."
                yield Fault("file-present", f"{subject} exists, and must not.", fix)
            return
        if not there:
            yield Fault("file-absent", f"{subject} does not exist.", _MADE)
            return
        if directory != (self.kind == "directory"):
            found = "directory" if directory else "file"
            fix = f"Write `kind: {found}` if that is meant. Otherwise correct the step that makes it."
            yield Fault("wrong-kind", f"`{self.file}` is a {found}, and must be a {self.kind}.", fix)
            return
        if not directory and (self.tests or self.own_tests() or self.path or self.json_schema):
            yield from self._inside(world, subject)

    def _inside(self, world: World, subject: str) -> Iterator[Fault]:
        files = world.ports.files
        if self.own_tests() - {"sha256"}:
            yield from self._sizes(files.size(self.file), subject)
        if self.sha256 is not None and (found := files.sha256(self.file)) != self.sha256.lower():
            fix = "Find what changed the bytes. Do not take the other digest over before you know."
            what = f"{subject} has the SHA-256 digest `{found}`, and must have `{self.sha256.lower()}`."
            yield Fault("wrong-digest", what, fix)
        if not self.tests and self.path is None and self.json_schema is None:
            return
        if (text := text_of(files.read(self.file))) is None:
            fix = "Assert its `sha256` and size, which any bytes have."
            yield Fault("no-text", f"{subject} is no UTF-8 text, so its content cannot be looked at.", fix)
            return
        yield from self.faults_of(text, f"The content of {subject[0].lower()}{subject[1:]}", world, file=self.file)

    def _sizes(self, size: int, subject: str) -> Iterator[Fault]:
        for bound, words, code in (
            (self.size_at_least, "at least", "file-too-small"),
            (self.size_at_most, "at most", "file-too-large"),
        ):
            if bound is None:
                continue
            wanted = parse(bound).amount
            if (size < wanted) if code == "file-too-small" else (size > wanted):
                what = f"{subject} has {size:,} bytes, and must have {words} {bound}."
                yield Fault(code, what, f"{_MADE} Change the bound only if the requirement has changed.")
