"""The seed: one YAML file or dict that says what exists. Every problem is reported at once, with its key path."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from github_sandbox.git_store import MODES

Json = Mapping[str, Any]
PERMISSIONS = ("read", "write", "admin")
TOKEN_KINDS = ("pat", "fine-grained", "installation", "actions")
PULL_STATES = ("open", "closed", "merged")


class SeedError(ValueError):
    """A seed that cannot be used. ``problems`` holds one line per problem, each starting with the key path."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("the seed has problems:\n" + "\n".join(f"  {p}" for p in problems))
        self.problems = problems


def load(path: str | Path) -> Any:
    """Parse a YAML (or JSON) seed file."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster
    return yaml.load(Path(path).read_text("utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders


@dataclass
class Checker:
    """Collects problems while values are read with a default, so that one pass finds them all."""

    problems: list[str] = field(default_factory=list)

    def fail(self, path: str, problem: str) -> None:
        self.problems.append(f"{path or 'seed'}: {problem}")

    def mapping(
        self, value: Any, path: str, allowed: frozenset[str] | None = None, required: tuple[str, ...] = ()
    ) -> Json:
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            self.fail(path, f"must be a mapping, not {type(value).__name__}")
            return {}
        for key in value:
            if not isinstance(key, str):
                self.fail(f"{path}.{key}", "the key must be text (quote it)")
            elif allowed is not None and key not in allowed:
                self.fail(f"{path}.{key}".lstrip("."), f"unknown key; known: {', '.join(sorted(allowed))}")
        for key in required:
            if key not in value:
                self.fail(f"{path}.{key}", "is missing")
        return value

    def typed(self, source: Json, key: str, kind: type, default: Any, path: str) -> Any:
        value = source.get(key, default)
        if value is default or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
            return value
        self.fail(f"{path}.{key}", f"must be {kind.__name__}, not {type(value).__name__}")
        return default

    def texts(self, source: Json, key: str, path: str) -> list[str]:
        value = source.get(key) or []
        if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
            self.fail(f"{path}.{key}", "must be a list of texts")
            return []
        return list(value)

    def choice(self, source: Json, key: str, options: tuple[str, ...], path: str) -> str:
        value = source.get(key, options[0])
        if value not in options:
            self.fail(f"{path}.{key}", f"must be one of {', '.join(options)}, not {value!r}")
            return options[0]
        return str(value)

    def files(self, value: Any, path: str, *, deletions: bool = False) -> dict[str, tuple[int, bytes] | None]:
        """Text, {content, mode}, {base64}, {symlink}; in a branch also null = delete -> path: (mode, bytes)."""
        result: dict[str, tuple[int, bytes] | None] = {}
        for key, spec in self.mapping(value, path).items():
            name, where = str(key), f"{path}.{key}"
            if name.startswith("/") or {"", ".", ".."} & set(name.split("/")):
                self.fail(where, "is not a relative path")
            elif spec is None and deletions:
                result[name] = None
            elif isinstance(spec, (str, bytes)):
                result[name] = (0o100644, spec.encode() if isinstance(spec, str) else spec)
            else:
                result[name] = self._file(
                    self.mapping(spec, where, frozenset({"mode", "content", "base64", "symlink"})), where
                )
        return result

    def _file(self, spec: Json, path: str) -> tuple[int, bytes]:
        if "symlink" in spec:
            return 0o120000, str(spec["symlink"]).encode()
        mode = str(spec.get("mode", "100644"))
        if mode not in ("100644", "100755"):
            self.fail(f"{path}.mode", f"must be '100644' or '100755' in quotes, not {mode!r}")
        content = str(spec.get("content", "")).encode()
        if "base64" in spec:
            try:
                content = base64.b64decode(str(spec["base64"]), validate=True)
            except binascii.Error:
                self.fail(f"{path}.base64", "is not base64")
        return MODES.get(mode, 0o100644), content


TOP = frozenset({"organizations", "users", "tokens", "repositories", "limits"})
REPOSITORY = frozenset(
    {"name", "topics", "description", "language", "archived", "disabled", "template", "fork", "private",
     "default-branch", "allow-actions-pull-requests", "collaborators", "files", "branches", "pulls", "labels",
     "milestones"}
)  # fmt: skip
BRANCH = frozenset({"from", "files", "message", "author"})
PULL = frozenset(
    {"head", "base", "title", "body", "state", "author", "labels", "draft", "assignees", "reviewers", "reviews"}
)
TOKEN = frozenset({"login", "kind", "permission", "repositories", "read-only", "rate-limit", "graphql-rate-limit"})


def check(seed: Any) -> Json:
    """Return the seed as a mapping or raise SeedError naming every problem."""
    checker = Checker()
    top = checker.mapping(seed, "", TOP)
    logins = _accounts(checker, top)
    names = set()
    repositories = top.get("repositories") or []
    if not isinstance(repositories, list):
        checker.fail("repositories", "must be a list")
        repositories = []
    for index, item in enumerate(repositories):
        path = f"repositories.{index}"
        spec = checker.mapping(item, path, REPOSITORY, ("name",))
        name = str(spec.get("name", "x/y"))
        owner, slash, rest = name.partition("/")
        if not slash or not rest or "/" in rest:
            checker.fail(f"{path}.name", f"must be owner/name, not {name!r}")
        elif owner.lower() not in logins and "name" in spec:
            checker.fail(f"{path}.name", f"owner {owner!r} is not in organizations or users")
        if name.lower() in names:
            checker.fail(f"{path}.name", f"{name!r} occurs twice")
        names.add(name.lower())
        _repository(checker, spec, path, names)
    for value, item in checker.mapping(top.get("tokens"), "tokens").items():
        _token(checker, item, f"tokens.{value}", names)
    if checker.problems:
        raise SeedError(checker.problems)
    return top


def _accounts(checker: Checker, top: Json) -> set[str]:
    logins: set[str] = set()
    for login, item in checker.mapping(top.get("organizations"), "organizations").items():
        spec = checker.mapping(item, f"organizations.{login}", frozenset({"members", "teams"}))
        checker.texts(spec, "members", f"organizations.{login}")
        teams = checker.mapping(spec.get("teams"), f"organizations.{login}.teams")
        for slug in teams:
            checker.texts(teams, slug, f"organizations.{login}.teams")
        logins.add(login.lower())
    users = top.get("users") or []
    if not isinstance(users, (list, Mapping)):
        checker.fail("users", "must be a list of logins, or a mapping login -> {bot: true}")
        users = []
    for entry in users:
        if isinstance(entry, Mapping):
            checker.mapping(entry, "users", frozenset({"login", "bot"}), ("login",))
            logins.add(str(entry.get("login", "")).lower())
        else:
            logins.add(str(entry).lower())
    return logins


def _token(checker: Checker, item: Any, path: str, names: set[str]) -> None:
    spec = checker.mapping(item, path, TOKEN, ("login",))
    kind = checker.choice(spec, "kind", TOKEN_KINDS, path)
    checker.choice({"permission": "write"} | dict(spec), "permission", PERMISSIONS, path)
    listed = spec.get("repositories", "all")
    if listed != "all":
        for name in checker.texts(spec, "repositories", path):
            if name.lower() not in names:
                checker.fail(f"{path}.repositories", f"no repository {name!r}")
    elif kind == "actions":
        checker.fail(f"{path}.repositories", "an actions token needs the one repository it belongs to")
    for name in checker.texts(spec, "read-only", path):
        if name.lower() not in names:
            checker.fail(f"{path}.read-only", f"no repository {name!r}")
    for key in ("rate-limit", "graphql-rate-limit"):
        checker.typed(spec, key, int, 5000, path)


def _repository(checker: Checker, spec: Json, path: str, names: set[str]) -> None:
    for key in ("archived", "disabled", "template", "private", "allow-actions-pull-requests"):
        checker.typed(spec, key, bool, False, path)
    for key in ("default-branch", "description", "language"):
        checker.typed(spec, key, str, None, path)
    for key in ("topics", "collaborators", "labels", "milestones"):
        checker.texts(spec, key, path)
    fork = spec.get("fork", False)
    if isinstance(fork, str) and fork.lower() not in names:
        checker.fail(f"{path}.fork", f"{fork!r} must be a repository listed above")
    elif not isinstance(fork, (bool, str)):
        checker.fail(f"{path}.fork", "must be true, false or the parent's owner/name")
    files = checker.files(spec.get("files"), f"{path}.files")
    known = {str(spec.get("default-branch", "main"))} if files or isinstance(fork, str) else set()
    _branches(checker, spec, path, known)
    _pulls(checker, spec, path, known)


def _branches(checker: Checker, spec: Json, path: str, known: set[str]) -> None:
    """Checks the branches and adds their names to ``known``."""
    for branch, item in checker.mapping(spec.get("branches"), f"{path}.branches").items():
        where = f"{path}.branches.{branch}"
        details = checker.mapping(item, where, BRANCH)
        origin = details.get("from", spec.get("default-branch", "main"))
        if origin not in known:
            checker.fail(f"{where}.from", f"no branch {origin!r} above")
        checker.files(details.get("files"), f"{where}.files", deletions=True)
        for key in ("message", "author"):
            checker.typed(details, key, str, None, where)
        known.add(branch)


def _pulls(checker: Checker, spec: Json, path: str, known: set[str]) -> None:
    pulls = spec.get("pulls") or []
    for index, item in enumerate(pulls if isinstance(pulls, list) else []):
        where = f"{path}.pulls.{index}"
        details = checker.mapping(item, where, PULL, ("head",))
        checker.choice(details, "state", PULL_STATES, where)
        for key in ("labels", "assignees", "reviewers"):
            checker.texts(details, key, where)
        head, base = (str(details.get("head", "")), details.get("base", spec.get("default-branch", "main")))
        if "head" in details and ":" not in head and head not in known:
            checker.fail(f"{where}.head", f"no branch {head!r}")
        if base not in known:
            checker.fail(f"{where}.base", f"no branch {base!r}")
    if not isinstance(pulls, list):
        checker.fail(f"{path}.pulls", "must be a list")
