"""Checks of programs: they are there, and their versions are in a range. Versions are asked side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.specification import Specification, World
from action_patterns.input_types import LineList
from action_patterns.ports.machine import Printed, Program

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

PATTERN = r"(?<![\w.])v?(\d+(?:\.\d+)+(?:-?(?:alpha|beta|rc)[-.]?\d*)?)"
"""The generic rule: the first number with a dot that no letter or dot stands before, but for a `v`."""


class Rule(NamedTuple):
    """The way a program says its version. `example` is the beginning of what it prints."""

    arguments: tuple[str, ...]
    pattern: str
    example: str


GENERIC = Rule(("--version",), PATTERN, "git version 2.39.5")

RULES = {
    # Printed by the program itself; versions as of Debian 12, unless a document is named.
    "bash": Rule(
        ("--version",), r"version (\d+\.\d+\.\d+)", "GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)"
    ),
    "dotnet": Rule(  # .NET docs, "dotnet --version"
        ("--version",), r"^(\d+\.\d+\.\d+\S*)", "9.0.100"
    ),
    "gcc": Rule(("--version",), r"\) (\d+\.\d+\.\d+)", "gcc (Debian 12.2.0-14+deb12u1) 12.2.0"),
    "go": Rule(  # Go docs, "cmd/go", Print Go version
        ("version",), r"\bgo(\d+\.\d+(?:\.\d+)?(?:rc\d+|beta\d+)?)", "go version go1.22.1 linux/amd64"
    ),
    "helm": Rule(  # Helm docs, "helm version"
        ("version", "--short"), r"^v(\d+\.\d+\.\d+)", "v3.14.0+g3fc9f4b"
    ),
    "java": Rule(  # the oldest releases in use know no --version; Oracle's JEP 223 has the form after release 8
        ("-version",), r'version "(?:1\.(?=8))?(\d+(?:\.\d+)*)', 'openjdk version "17.0.15" 2025-04-15'
    ),
    "javac": Rule(("-version",), r"javac (?:1\.(?=8))?(\d+(?:\.\d+)*)", "javac 17.0.15"),
    "jq": Rule(("--version",), r"jq-(\d+\.\d+(?:\.\d+)?)", "jq-1.6"),
    "kubectl": Rule(  # Kubernetes docs, "kubectl version"
        ("version", "--client"), r"Client Version: v(\d+\.\d+\.\d+)", "Client Version: v1.29.1"
    ),
    "openssl": Rule(("version",), r"SSL (\d+\.\d+\.\d+)", "OpenSSL 3.0.19 27 Jan 2026"),
    "perl": Rule(("--version",), r"\(v(\d+\.\d+\.\d+)\)", "This is perl 5, version 36, subversion 0 (v5.36.0)"),
    "ssh": Rule(("-V",), r"OpenSSH_(\d+\.\d+)", "OpenSSH_9.2p1 Debian-2+deb12u6, OpenSSL 3.0.19 27 Jan 2026"),
    "terraform": Rule(  # Terraform docs, "terraform version"
        ("version",), r"^Terraform v(\d+\.\d+\.\d+\S*)", "Terraform v1.7.2"
    ),
    "unzip": Rule(("-v",), r"^UnZip (\d+\.\d+)", "UnZip 6.00 of 20 April 2009, by Debian."),
}
"""Programs that answer in another way than the generic rule expects."""


_RANGE_BEHIND = re.compile(r"([^\s<>=!~^]+)(?:\s+|(?=[<>=!~^]))(\S.*)")


class Tool(Specification):
    """A program is on PATH. With a range, its version is in it."""

    subject: ClassVar[str] = "tool"

    tool: str = Field(
        description="Name of the program, found on PATH. A range may follow a space: `git >=2.40`.",
        # The range is taken off before the pattern counts.
        json_schema_extra={"pattern": r"^[^\s/\\]+( .*)?$"},
    )
    version: str = Field(
        default="",
        description="Range of versions as Python packages write it: `>=2.40,<3`, `==20.*`, `~=1.7`. In YAML, quote a"
        " value that begins with `>`.",
    )
    arguments: LineList = Field(
        default=(), description="Arguments that make it print its version, one a line. Default: `--version`."
    )
    version_pattern: str = Field(
        default="", description="Regular expression of Python whose first group is the version in what it prints."
    )
    timeout_seconds: float = Field(default=10.0, gt=0, le=300, description="Seconds it may take.")

    @model_validator(mode="before")
    @classmethod
    def _range_behind_the_name(cls, value: object) -> object:
        if isinstance(value, dict) and isinstance(text := value.get("tool"), str) and "version" not in value:
            named = _RANGE_BEHIND.fullmatch(text.strip())
            return {**value, "tool": named[1], "version": named[2]} if named else value
        return value

    @field_validator("tool")
    @classmethod
    def _is_name(cls, value: str) -> str:
        if not value or any(character.isspace() or character in "/\\" for character in value):
            raise ValueError("must be the name of a program on PATH, without a path, and a range behind a space")
        return value

    @field_validator("version")
    @classmethod
    def _is_range(cls, value: str) -> str:
        from packaging.specifiers import InvalidSpecifier  # a check without a range does not need it

        try:
            if value:
                _range(value)
        except InvalidSpecifier:
            meant = _meant(value)
            write = f"`{meant}`" if meant else "`>=2.40,<3`, `==20.*` or `~=1.7`; `^` and `x` are not known"
            raise ValueError(f"{value!r} is no range of versions as Python packages write it. Write {write}") from None
        return value

    @field_validator("version_pattern")
    @classmethod
    def _has_group(cls, value: str) -> str:
        try:
            groups = re.compile(value).groups if value else 1
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
        if groups < 1:
            raise ValueError("has no group. Put the part that is the version in parentheses")
        return value

    def program(self) -> Program:
        """Return the program with its arguments."""
        arguments = self.arguments or self._rule().arguments
        return Program((self.tool, *arguments), self.timeout_seconds)

    def read(self, output: str) -> Version | None:
        """Return the version in what the program prints. None: it is not found."""
        from packaging.version import InvalidVersion, Version  # a check without a range does not need it

        found = re.search(self.version_pattern or self._rule().pattern, output, re.MULTILINE)
        try:
            return Version(found[1]) if found and found[1] else None
        except InvalidVersion:
            return None

    def _rule(self) -> Rule:
        return RULES.get(self.tool, GENERIC)

    @classmethod
    def ask(cls, subjects: Sequence[Self], world: World) -> Sequence[Finding]:
        machine = world.ports.machine
        paths = {each.tool: machine.find_program(each.tool) for each in subjects}
        asked = [each for each in subjects if each.version and paths[each.tool]]
        printed = iter(machine.ask_programs([each.program() for each in asked]) if asked else ())
        found = []
        for each in subjects:
            if not paths[each.tool]:
                found.append(_missing(each))
            elif each.version:
                found.append(_judged(each, next(printed)))
            else:
                found.append(finding("tool-missing", True))
        return found


def _range(text: str) -> SpecifierSet:
    from packaging.specifiers import SpecifierSet  # a check without a range does not need it

    return SpecifierSet(text)


_WRITTEN = re.compile(r"(?P<sign>[\^~]|={0,2})\s*v?(?P<number>\d+(?:\.\d+)*)(?:\.[xX*])*(?P<plus>\+?)")


def _meant(text: str) -> str:
    """Return the range that another tool's spelling stands for: `^1.2`, `20`, `20.x`, `~1.4.2`, `18+`. Empty: none."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return ""
    sign, number = found["sign"], found["number"]
    if found["plus"]:
        return f">={number}" if not sign else ""
    if sign == "~" and number.count(".") > 1:
        return f"~={number}"
    if sign != "^":
        return f"=={number}.*"
    # npm docs, "semver", Caret Ranges: the first part that is not zero stays.
    parts = [int(part) for part in number.split(".")]
    first = next((place for place, part in enumerate(parts) if part), len(parts) - 1)
    above = ".".join(map(str, (*parts[:first], parts[first] + 1)))
    return f">={number},<{above}"


def _missing(tool: Tool) -> Finding:
    return finding(
        "tool-missing",
        False,
        f"There is no program `{tool.tool}` on PATH.",
        f"Install {tool.tool} in a step before this one, by its setup action where it has one, or use a runner image"
        " that has it. Do not pipe a script of the network into a shell.",
    )


def _judged(tool: Tool, printed: Printed) -> Finding:
    command = " ".join(tool.program().argv)
    if printed.timed_out:
        return Finding(
            "tool-timed-out",
            "error",
            f"`{command}` did not end within {tool.timeout_seconds:g} seconds and was ended.",
            "Run it by hand to see what it waits for, or name other `arguments`.",
        )
    version = tool.read(printed.output)
    if version is None and printed.exit_code != 0:
        how = "may not be run" if printed.exit_code is None else f"ended with exit code {printed.exit_code}"
        if printed.exit_code is not None and printed.exit_code < 0:
            how = f"was ended by signal {-printed.exit_code}"
        return finding(
            "tool-broken",
            False,
            f"`{command}` {how}, and printed no version.",
            f"Install {tool.tool} again, or name in `arguments` how it prints its version. Do not drop the range to get"
            " past it.",
        )
    if version is None:
        return Finding(
            "version-unreadable",
            "unknown",
            f"`{command}` printed no version that the rule for it finds.",
            "Name the part that is the version in `version-pattern`.",
        )
    # A pre-release that is installed is judged by its order, as every other version is.
    holds = _range(tool.version).contains(version, prereleases=True)
    return finding(
        "tool-version",
        holds,
        f"`{tool.tool}` at {printed.path or 'PATH'} has version {version}, and the range is {tool.version}.",
        f"Install a version in {tool.version} before this step, or change the range if {version} works too. Do not pin"
        " one exact version: the runner's image moves on.",
    )
