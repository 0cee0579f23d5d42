"""The seed: one YAML file or dict that describes the sandbox. A check reports all problems at once, by key path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from github_sandbox import seed_access
from github_sandbox.clock import seconds
from github_sandbox.model.refs import RULES
from github_sandbox.ref_updates import clash
from github_sandbox.seed_checker import Checker, Json, SeedError

__all__ = ["Checker", "SeedError", "check", "load"]

PULL_STATES = ("open", "closed", "merged")
VISIBILITIES = ("public", "private", "internal")


def load(path: str | Path) -> Any:
    """Parse a YAML (or JSON) seed file."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster
    return yaml.load(Path(path).read_text("utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders


TOP = frozenset({"organizations", "users", "tokens", "apps", "repositories", "limits", "lag", "edition"})
ORGANIZATION = frozenset({"members", "public-members", "teams", "allow-actions-pull-requests"})
REPOSITORY = frozenset(
    {"name", "topics", "description", "language", "archived", "disabled", "template", "fork", "private",
     "visibility", "pushed-at",
     "default-branch", "allow-actions-pull-requests", "collaborators", "files", "branches", "pulls", "labels",
     "milestones", "auto-merge", "secrets",
     "organization-secrets", "protected", "rulesets", "properties", "teams", "runs", "checks", "created-at"}
)  # fmt: skip
BRANCH = frozenset({"from", "files", "message", "author"})
PULL = frozenset(
    {"head", "base", "title", "body", "state", "author", "labels", "draft", "assignees", "reviewers", "reviews"}
)
MILESTONE = frozenset({"title", "state", "description"})
RULESET = frozenset({"name", "refs", "rules", "bypass"})
PROTECTION = frozenset({"rules", "bypass"})
RUN = frozenset({"name", "event", "branch", "status", "conclusion", "attempt", "artifacts", "jobs"})
JOB = frozenset({"name", "attempt", "status", "conclusion", "runner"})
CHECK = frozenset({"branch", "name", "status", "conclusion"})


def check(seed: Any) -> Json:
    """Return the seed as a mapping. Raises SeedError that names every problem."""
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
        seed_access.token(checker, item, f"tokens.{value}", names)
    for slug, item in checker.mapping(top.get("apps"), "apps").items():
        seed_access.app(checker, item, f"apps.{slug}", names, logins)
    seed_access.limits(checker, top.get("limits"))
    seed_access.lag(checker, top.get("lag"))
    seed_access.edition(checker, top.get("edition"))
    if checker.problems:
        raise SeedError(checker.problems)
    return top


def _accounts(checker: Checker, top: Json) -> set[str]:
    logins: set[str] = set()
    for login, item in checker.mapping(top.get("organizations"), "organizations").items():
        spec = checker.mapping(item, f"organizations.{login}", ORGANIZATION)
        for key in ("members", "public-members"):
            checker.texts(spec, key, f"organizations.{login}")
        checker.typed(spec, "allow-actions-pull-requests", bool, True, f"organizations.{login}")
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


def _repository(checker: Checker, spec: Json, path: str, names: set[str]) -> None:
    for key in ("archived", "disabled", "template", "private", "allow-actions-pull-requests", "auto-merge"):
        checker.typed(spec, key, bool, False, path)
    for key in ("default-branch", "description", "language"):
        checker.typed(spec, key, str, None, path)
    if "created-at" in spec and seconds(str(spec["created-at"])) is None:
        checker.fail(f"{path}.created-at", "must be a time like '2026-01-31T12:00:00Z', in quotation marks")
    for key in ("topics", "collaborators", "labels", "secrets", "organization-secrets"):
        checker.texts(spec, key, path)
    checker.choice(spec, "visibility", VISIBILITIES, path)
    if "visibility" in spec and "private" in spec:
        checker.fail(f"{path}.private", "give either private or visibility")
    if (pushed := checker.typed(spec, "pushed-at", str, None, path)) is not None and seconds(pushed) is None:
        checker.fail(f"{path}.pushed-at", f"must be a time as 2026-01-01T00:00:00Z, not {pushed!r}")
    _rules(checker, spec, path)
    for key in ("properties", "teams"):
        checker.mapping(spec.get(key), f"{path}.{key}")
    for key, allowed in (("milestones", MILESTONE), ("runs", RUN), ("checks", CHECK)):
        for index, item in enumerate(checker.items(spec, key, path)):
            if not (key == "milestones" and isinstance(item, str)):
                _jobs(checker, checker.mapping(item, f"{path}.{key}.{index}", allowed), f"{path}.{key}.{index}")
    fork = spec.get("fork", False)
    if isinstance(fork, str) and fork.lower() not in names:
        checker.fail(f"{path}.fork", f"{fork!r} must be a repository listed above")
    elif not isinstance(fork, (bool, str)):
        checker.fail(f"{path}.fork", "must be true, false or the parent's owner/name")
    files = checker.files(spec.get("files"), f"{path}.files")
    known = {str(spec.get("default-branch", "main"))} if files or isinstance(fork, str) else set()
    _branches(checker, spec, path, known)
    _pulls(checker, spec, path, known)


def _jobs(checker: Checker, run: Json, path: str) -> None:
    """Check the jobs of a run: each is a name or a mapping."""
    for number, job in enumerate(checker.items(run, "jobs", path)):
        if not isinstance(job, str):
            checker.mapping(job, f"{path}.jobs.{number}", JOB, ("name",))


def _rules(checker: Checker, spec: Json, path: str) -> None:
    """Check ``protected`` (branch patterns, or pattern -> {rules, bypass}) and ``rulesets`` ([{name, refs, rules,
    bypass}]).
    """
    protected = spec.get("protected") or {}
    listed = dict.fromkeys(map(str, protected)) if isinstance(protected, list) else protected
    for pattern, item in checker.mapping(listed, f"{path}.protected").items():
        _rule(checker, checker.mapping(item, f"{path}.protected.{pattern}", PROTECTION), f"{path}.protected.{pattern}")
    for index, item in enumerate(checker.items(spec, "rulesets", path)):
        where = f"{path}.rulesets.{index}"
        details = checker.mapping(item, where, RULESET, ("refs", "rules"))
        checker.texts(details, "refs", where)
        _rule(checker, details, where)


def _rule(checker: Checker, details: Json, path: str) -> None:
    checker.texts(details, "bypass", path)
    for rule in checker.texts(details, "rules", path):
        if rule not in RULES:
            checker.fail(f"{path}.rules", f"must be some of {', '.join(RULES)}, not {rule!r}")


def _branches(checker: Checker, spec: Json, path: str, known: set[str]) -> None:
    """Check the branches, and add their names to ``known``."""
    for branch, item in checker.mapping(spec.get("branches"), f"{path}.branches").items():
        where = f"{path}.branches.{branch}"
        details = checker.mapping(item, where, BRANCH)
        origin = details.get("from", spec.get("default-branch", "main"))
        if origin not in known:
            checker.fail(f"{where}.from", f"no branch {origin!r} above")
        checker.files(details.get("files"), f"{where}.files", deletions=True)
        for key in ("message", "author"):
            checker.typed(details, key, str, None, where)
        if other := clash(branch, known):
            checker.fail(where, f"git cannot keep it beside {other!r}: one branch name must not be a folder of another")
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
