"""Every test of an assertion, in each of its answers; and every message, in one file that people read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from action_patterns.action.session import Session
from action_patterns.checks.catalogue import ASSERTIONS, KINDS
from action_patterns.checks.check import Finding
from action_patterns.checks.read import read
from action_patterns.checks.run import run
from action_patterns.checks.specification import World as Read
from action_patterns.contracts import Target
from action_patterns.errors import NotFoundError, PermissionDeniedError, UnavailableError
from action_patterns.ports.git import ObservedFile
from action_patterns.ports.pull_requests import Milestone, Observed, PullRequest
from action_patterns.ports.resource import Resource
from support.memory_ports import MemoryFiles, World
from support.memory_processes import MemoryProcesses
from support.retrying import ended

GOLDEN = Path(__file__).parent / "golden/assertions.txt"
CHECKS = Path(__file__).parents[3] / "src/action_patterns/checks"
FILES = {
    "note.txt": "hello\n",
    "empty.txt": "",
    "image.png": b"\x89PNG\xff\x00",
    "data.json": '{"items": [{"size": 3}, {"size": 12}], "on": true, "none": null, "name": "x"}',
    "data.yml": "on: 12:30\njobs: {build: {steps: [1, 2]}}\n",
    "broken.json": "{",
    "many.json": '{"items": [' + ",".join(["0"] * 9) + "]}",
    "wide.json": "[" + ",".join(["0"] * 1_001) + "]",
    "schema.json": '{"type": "object", "required": ["version"]}',
    # Rules across the inputs of a workflow, which GitHub does not have.
    "inputs.json": '{"dependentRequired": {"from": ["to"]}, "if": {"properties": {"stage": {"const": "prod"}}},'
    ' "then": {"required": ["approver"]}}',
    "dir/inner.txt": "x",
}
DIGEST = hashlib.sha256(b"hello\n").hexdigest()
VARIABLES = {"VERSION": "1.2.x", "EMPTY": "", "TOKEN": "s3cr3t-value", "SIZE": "12 MiB", "COUNT": "2"}
VARIABLES["INPUTS"] = '{"stage": "prod", "from": "1.2.0"}'


@dataclass
class Things:
    """Labels or environments of a repository."""

    ask: Callable[[str], None]
    known: Mapping[str, Resource]

    def read(self, repository: str, name: str) -> Resource | None:
        self.ask("read")
        return self.known.get(name)


@dataclass
class GitHubInMemory:
    """Repositories with a branch, a file, a pull request, a label, an environment; or an error for every request."""

    error: Exception | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def repositories(self) -> GitHubInMemory:
        return self

    git = pulls = repositories

    @property
    def labels(self) -> Things:
        fields = {"color": "d73a4a", "description": ""}
        return Things(self._ask, {"sync": Resource(key="sync", id="1", url="", fields=fields)})

    @property
    def environments(self) -> Things:
        return Things(self._ask, {"prod": Resource(key="prod", id="2", url="", fields={"wait_timer": 30})})

    def read(self, names: list[str]) -> dict[str, Target | None]:
        self._ask("read")
        known = Target(repository="acme/api", default_branch="main", archived=False, private=True)
        return {name: known if name in ("acme/api", "acme/platform") else None for name in names}

    def read_branch(self, repository: str, branch: str) -> str | None:
        self._ask("read_branch")
        return "a" * 40 if branch == "main" else None

    def read_files(self, repository: str, oid: str, paths: list[str]) -> dict[str, ObservedFile | None]:
        self._ask("read_files")
        known = {
            "README.md": ObservedFile("b" * 40, "100644"),
            "src": ObservedFile("c" * 40, "040000"),
            "logo.png": ObservedFile("d" * 40, "100644"),
        }
        return {path: known.get(path) for path in paths}

    def read_blob(self, repository: str, oid: str) -> bytes:
        self._ask("read_blob")
        return b"# API\n" if oid == "b" * 40 else b"\xff"

    def observe(self, repository: str, *, branch: str, base: None, paths: tuple[()]) -> Observed:
        self._ask("observe")
        pull = PullRequest(
            number=7,
            url="https://github.com/acme/api/pull/7",
            state="OPEN",
            title="T",
            body="",
            base="main",
            head_oid="a" * 40,
            labels=("bot",),
            milestone=Milestone(1, "v1"),
        )
        return Observed(
            repository=repository,
            repository_id="R",
            archived=False,
            disabled=False,
            empty=False,
            can_push=True,
            base=None,
            base_tip=None,
            files={},
            branch_tip=None,
            pull_requests=(pull,) if branch == "bot/x" else (),
        )

    def _ask(self, verb: str) -> None:
        self.asked.append(verb)
        if self.error is not None:
            raise self.error


OUTAGE = GitHubInMemory(UnavailableError("GitHub answered 502.", remediation="Run again later."))
NO_RIGHT = GitHubInMemory(PermissionDeniedError("The token may not.", remediation="Grant `contents: read`."))
INVISIBLE = GitHubInMemory(NotFoundError("There is no acme/api.", remediation="Correct the name."))


@dataclass(frozen=True, kw_only=True)
class Case:
    """An assertion, and its answer."""

    entry: Mapping[str, Any]
    answer: str = "no"
    code: str = "held"
    commands: tuple[Any, ...] = ()
    github: GitHubInMemory | None = None


def yes(commands: tuple[Any, ...] = (), **entry: Any) -> Case:
    return Case(entry=_keys(entry), answer="yes", commands=commands)


def no(code: str, commands: tuple[Any, ...] = (), **entry: Any) -> Case:
    return Case(entry=_keys(entry), code=code, commands=commands)


def other(answer: str, code: str, github: GitHubInMemory, **entry: Any) -> Case:
    return Case(entry=_keys(entry), answer=answer, code=code, github=github)


def _keys(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name.rstrip("_").replace("_", "-"): value for name, value in entry.items()}


VALUES = [
    yes(value="3", equals="3"),
    no("not-equal", value="3", equals="4"),
    no("not-equal", value=["a", "b"], equals=["a", "c"]),
    yes(value={"a": ["x"]}, equals={"a": ["x"]}),
    yes(value="b", one_of=["a", "b"]),
    no("not-one-of", value="c", one_of=["a", "b"]),
    yes(value="1.2.3", matches=r"^\d+\.\d+\.\d+$"),
    no("no-match", value="1.2.x", matches=r"^\d+\.\d+\.\d+$"),
    yes(value="release", not_matches="wip"),
    no("match", value="wip: draft", not_matches="wip"),
    yes(value="a b", contains=["a", "b"]),
    no("lacks", value="a b", contains=["a", "c"]),
    yes(value=["a", "b"], contains="b"),
    no("lacks", value=["ab"], contains="b"),
    yes(value="a", not_contains="<<<<<<<"),
    no("contains", value="<<<<<<< HEAD", not_contains="<<<<<<<"),
    *(
        yes(value=value, type=kind)
        for value, kind in (
            ("7", "integer"),
            ("7.5", "number"),
            ("7", "number"),
            ("true", "boolean"),
            ("[1]", "array"),
            ("{}", "object"),
            ("null", "null"),
            ('"x"', "json"),
            ("x", "text"),
        )
    ),
    *(
        no("wrong-type", value=value, type=kind)
        for value, kind in (
            ("7.5", "integer"),
            ("x", "number"),
            ("yes", "boolean"),
            ("{", "json"),
            ('"[1]"', "array"),
            ("[NaN]", "json"),
        )
    ),
    yes(value="12 MiB", at_least="10 MiB", at_most="20 MB"),
    no("too-small", value="9 MiB", at_least="10 MiB"),
    no("too-large", value="90 s", at_most="1 min"),
    no("no-number", value="many", at_least="3"),
    no("wrong-unit", value="12", at_least="10 MiB"),
    no("wrong-unit", value="12 s", at_least="10 B"),
    yes(value="x", non_empty=True),
    no("empty", value="", non_empty=True),
    no("empty", value="  ", non_empty=True),
    no("wrong-type", value="3", equals="4", one_of=["5"], matches="^6$", contains="7", at_least="8", type="boolean"),
    yes(variable="COUNT", at_least="2"),
    no("too-small", variable="COUNT", at_least="3"),
    no("variable-absent", variable="ABSENT"),
    no("empty", variable="EMPTY", non_empty=True),
    yes(variable="ABSENT", exists=False),
    no("variable-present", variable="COUNT", exists=False),
    no("no-match", variable="TOKEN", matches="^ghp_", sensitive=True),
]
DOCUMENTS = [
    yes(file="data.json", path="$.items[*].size", at_most="12"),
    no("too-large", file="data.json", path="$.items[*].size", at_most="3"),
    yes(file="data.json", path="$.on", equals="true", type="boolean"),
    yes(file="data.json", path="$.none", type="null"),
    yes(file="data.json", path="$", contains="items"),
    no("wrong-type", file="data.json", path="$.name", type="integer"),
    no("path-absent", file="data.json", path="$.missing"),
    yes(file="data.json", path="$.missing", exists=False),
    no("path-present", file="data.json", path="$.items[?@.size > 10]", exists=False),
    no("too-small", file="many.json", path="$.items[*]", at_least="1"),
    no("too-many-nodes", file="wide.json", path="$[*]"),
    yes(file="data.yml", path="$.on", equals="12:30"),
    yes(file="data.yml", path="$.jobs.build.steps[1]", equals="2.0"),
    no("unreadable-document", file="broken.json", path="$"),
    no("unreadable-document", file="data.yml", path="$", read_as="json"),
    yes(file="data.json", json_schema='{"required": ["items"]}'),
    no("schema", file="data.json", json_schema="schema.json"),
    no("schema", value='{"a": 1}', json_schema='{"properties": {"a": {"type": "string"}}}'),
    no("schema", variable="INPUTS", json_schema="inputs.json"),
    no("schema", variable="TOKEN", json_schema='{"type": "object"}', sensitive=True, read_as="yaml"),
]
ON_DISK = [
    yes(file="note.txt"),
    no("file-absent", file="absent.txt"),
    yes(file="absent.txt", exists=False),
    no("file-present", file="note.txt", exists=False),
    yes(file="dir", kind="directory"),
    no("wrong-kind", file="dir"),
    no("wrong-kind", file="note.txt", kind="directory"),
    yes(file="note.txt", size_at_least="6", size_at_most="1 KiB"),
    no("file-too-small", file="empty.txt", size_at_least="1"),
    no("file-too-large", file="note.txt", size_at_most="5 B"),
    yes(file="note.txt", sha256=DIGEST),
    no("wrong-digest", file="note.txt", sha256="0" * 64),
    yes(file="note.txt", contains="hello"),
    no("lacks", file="note.txt", contains="bye"),
    no("no-text", file="image.png", contains="PNG"),
    yes(file="image.png", size_at_least="6"),
]
COMMANDS = [
    yes((ended(0, "ok\n"),), command="./check", equals="ok"),
    yes((ended(1),), command="./check", exit_code=["1", "2"]),
    no("wrong-exit-code", (ended(1),), command="./check"),
    no("wrong-exit-code", (ended(126),), command="./check"),
    no("wrong-exit-code", (ended(127),), command="./check"),
    no("wrong-exit-code", (ended(137),), command="./check"),
    no("wrong-exit-code", (ended(0),), command="./check", exit_code="1"),
    no("command-timed-out", (ended(0, seconds=61.0),), command="./check"),
    no("no-match", (ended(0, "v1\n"),), command="./check --version", matches="^v2"),
    yes((ended(0, '{"ok": true}'),), command="./check", path="$.ok", equals="true"),
]
GITHUB = [
    yes(github_repository="acme/api", path="$.archived", equals="false"),
    no("not-equal", github_repository="acme/api", path="$.default-branch", equals="trunk"),
    no("repository-invisible", github_repository="acme/none"),
    other("unknown", "repository-invisible", GitHubInMemory(), github_repository="acme/none", exists=False),
    no("github-present", github_repository="acme/api", exists=False),
    yes(github_branch="main", matches="^a{40}$"),
    yes(github_branch="gone", exists=False),
    no("github-absent", github_branch="gone"),
    no("github-present", github_branch="main", exists=False),
    yes(github_file="README.md", contains="API"),
    no("lacks", github_file="README.md", contains="Usage"),
    no("github-absent", github_file="LICENSE"),
    yes(github_file="LICENSE", exists=False),
    no("wrong-kind", github_file="src", contains="x"),
    no("no-text", github_file="logo.png", contains="x"),
    yes(github_pull_request="bot/x", path="$.labels", contains="bot"),
    no("lacks", github_pull_request="bot/x", path="$.labels", contains="urgent"),
    no("github-absent", github_pull_request="bot/y"),
    no("github-absent", github_pull_request="bot/x", state="merged"),
    no("github-present", github_pull_request="bot/x", exists=False),
    yes(github_label="sync", path="$.color", equals="d73a4a"),
    no("not-equal", github_label="sync", path="$.color", equals="0e8a16"),
    no("github-absent", github_label="bug"),
    yes(github_label="bug", exists=False),
    no("github-present", github_label="sync", exists=False),
    yes(github_environment="prod", path="$.wait-timer", at_least="10"),
    no("too-small", github_environment="prod", path="$.wait-timer", at_least="60"),
    no("github-absent", github_environment="staging"),
    yes(github_environment="staging", exists=False),
    no("github-present", github_environment="prod", exists=False),
    *(
        other(answer, code, github, **{kind: subject})
        for answer, code, github in (
            ("error", "unavailable", OUTAGE),
            ("unknown", "not-readable", NO_RIGHT),
            ("unknown", "not-readable", INVISIBLE),
        )
        for kind, subject in (
            ("github_repository", "acme/api"),
            ("github_branch", "main"),
            ("github_file", "README.md"),
            ("github_pull_request", "bot/x"),
            ("github_label", "sync"),
            ("github_environment", "prod"),
        )
    ),
]
CASES = [*VALUES, *DOCUMENTS, *ON_DISK, *COMMANDS, *GITHUB]


def spelled(value: Any) -> str:
    """Return a value as a flow of YAML, in which every text is quoted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {spelled(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(spelled, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else "'" + str(value).replace("'", "''") + "'"


def line(case: Case) -> str:
    return ", ".join(f"{key}: {spelled(value)}" for key, value in case.entry.items())


def found(case: Case) -> tuple[Any, World, GitHubInMemory]:
    files = MemoryFiles(FILES)
    world = World(files=files, processes=MemoryProcesses(case.commands))
    world.machine.variables = VARIABLES
    github = case.github or GitHubInMemory()
    ports = Read(ports=world.ports(), github=lambda _verbs, _names: cast("Session", github))
    kinds = {key: KINDS[key] for key in ASSERTIONS}
    checks = read(f"- {{{line(case)}}}", name="assertions", world=ports, kinds=kinds, noun="assertion")
    before = dict(files.files)
    (result,) = run(checks)
    assert files.files == before, "an assertion wrote a file"
    return result, world, github


@pytest.mark.parametrize("case", CASES, ids=line)
def test_an_assertion_answers(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.memory_ports.MemoryLog.hide", lambda self, secret: None)
    result, world, github = found(case)
    assert (result.answer, result.code) == (case.answer, case.code), result.message
    assert bool(result.message) == bool(result.fix) == (case.answer != "yes")
    assert "s3cr3t" not in f"{result}"
    assert {*github.asked} <= {"read", "read_branch", "read_files", "read_blob", "observe"}
    assert len(world.processes.commands) == ("command" in case.entry), "only the caller's own command runs"


def test_every_message_is_as_it_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    # `UPDATE_GOLDEN=1 pytest` writes the file. Read it: what happened, why, how to fix it, what not to do.
    monkeypatch.setattr("support.memory_ports.MemoryLog.hide", lambda self, secret: None)
    lines = []
    for case in CASES:
        result, *_ = found(case)
        if result.answer != "yes":
            lines += [line(case), f"  {result.answer} {result.code}", f"  {result.message}", f"  {result.fix}", ""]
    text = "\n".join(lines)
    if __import__("os").environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text)
    assert GOLDEN.read_text() == text


def test_every_code_of_an_assertion_has_a_case() -> None:
    modules = ("assertion", "expectations", "values", "files", "commands", "github_state")
    source = "".join((CHECKS / f"{name}.py").read_text() for name in modules)
    codes = set(re.findall(r'(?:Fault|Finding)\(\s*"([a-z-]+)"', source))
    codes |= {"too-small", "too-large", "file-too-small", "file-too-large"}
    assert len(codes) > 25
    shown = GOLDEN.read_text()
    # `more-nodes` and `not-accessible` are shown by tests of their own below.
    assert {code for code in codes if f" {code}\n" not in shown} <= {"more-nodes", "not-accessible"}


def test_of_many_values_some_are_shown_and_the_others_are_counted() -> None:
    result, *_ = found(no("too-small", file="many.json", path="$.items[*]", at_least="1"))
    assert "6 more of its 9 values do not hold." in result.message
    assert result.message.count("must be at least 1") == 3


def test_a_place_that_may_not_be_read_is_a_failure_with_its_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    from action_patterns.errors import InputError, Problem

    def outside(self: MemoryFiles, path: str) -> bool:
        raise InputError(Problem(f"The path {path!r} is outside.", "Name a path inside."))

    monkeypatch.setattr(MemoryFiles, "exists", outside)
    result, *_ = found(no("not-accessible", file="../etc", exists=False))
    assert (result.answer, result.code) == ("no", "not-accessible")
    assert (result.message, result.fix) == ("The path '../etc' is outside.", "Name a path inside.")


def test_the_finding_of_an_assertion_that_holds_says_nothing() -> None:
    result, *_ = found(yes(value="a", equals="a"))
    assert (result.message, result.fix) == ("", "")
    assert Finding("held", "yes").detail == ""
