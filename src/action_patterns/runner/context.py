"""The run, as the runner's variables describe it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from action_patterns.content.bounded_json import loads
from action_patterns.errors import InputError, Problem
from action_patterns.limits.published import WRITE_SPACING_SECONDS
from action_patterns.ports.context import Context
from action_patterns.runner.addresses import addresses
from action_patterns.runner.environment import authorities

_FIX = (
    "Run this inside a GitHub Actions job, or set the variables as the runner does"
    " (GitHub docs: 'Variables reference', default environment variables)."
)
_TEXTS = (
    "GITHUB_REPOSITORY",
    "GITHUB_SHA",
    "GITHUB_WORKFLOW",
    "GITHUB_JOB",
    "GITHUB_EVENT_NAME",
    "GITHUB_REF_NAME",
    "GITHUB_WORKSPACE",
    "RUNNER_TEMP",
)
_NUMBERS = ("GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_RUN_ATTEMPT")
_FILES = ("GITHUB_OUTPUT",)
_SPACING = "ACTION_PATTERNS_WRITE_SPACING_SECONDS"
"""For runs against a local sandbox. Not an input: on GitHub a shorter pause gets the token blocked."""

_WHOLE = re.compile(r"[0-9]+")
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")


def read(environment: Mapping[str, str]) -> Context:
    """The context of this run. Nothing is guessed but the three addresses, which default to github.com's.

    Raises:
        InputError: naming every variable that is missing, no number or no address.
    """
    missing = [name for name in (*_TEXTS, *_NUMBERS, *_FILES) if not environment.get(name, "").strip()]
    odd = [name for name in _NUMBERS if name not in missing and not _WHOLE.fullmatch(environment[name].strip())]
    problems = []
    if missing:
        problems.append(Problem(f"Variables the runner sets are missing: {', '.join(missing)}.", _FIX))
    spacing = environment.get(_SPACING, "").strip()
    if spacing and not _SECONDS.fullmatch(spacing):
        odd.append(_SPACING)
    found = None
    try:
        found = addresses(environment)
    except InputError as error:
        problems += error.problems
    problems += [Problem(f"The variable {name} is {environment[name]!r}, not a number.", _FIX) for name in odd]
    if problems or found is None:
        raise InputError(*problems)
    event = _event(environment.get("GITHUB_EVENT_PATH", ""))
    return Context(
        repository=environment["GITHUB_REPOSITORY"],
        repository_id=environment.get("GITHUB_REPOSITORY_ID", "").strip(),
        sha=environment["GITHUB_SHA"],
        run_id=int(environment["GITHUB_RUN_ID"]),
        run_number=int(environment["GITHUB_RUN_NUMBER"]),
        run_attempt=int(environment["GITHUB_RUN_ATTEMPT"]),
        workflow=environment["GITHUB_WORKFLOW"],
        workflow_path=_workflow_path(environment.get("GITHUB_WORKFLOW_REF", "")) or environment["GITHUB_WORKFLOW"],
        job=environment["GITHUB_JOB"],
        event_name=environment["GITHUB_EVENT_NAME"],
        ref_name=environment["GITHUB_REF_NAME"],
        ref=environment.get("GITHUB_REF", "").strip(),
        event=event,
        default_branch=_default_branch(event),
        from_fork=environment["GITHUB_EVENT_NAME"] == "pull_request" and _is_from_fork(event),
        server_url=found.server,
        api_url=found.api,
        graphql_url=found.graphql,
        workspace=environment["GITHUB_WORKSPACE"],
        temp=environment["RUNNER_TEMP"],
        runner=environment.get("RUNNER_NAME", "").strip(),
        # A person who reruns a run is its triggering actor; the actor stays who began it.
        actor=(environment.get("GITHUB_TRIGGERING_ACTOR") or environment.get("GITHUB_ACTOR") or "").strip(),
        platform="-".join(filter(None, (environment.get(name, "").strip() for name in ("RUNNER_OS", "RUNNER_ARCH")))),
        authorities=authorities(environment),
        debug=environment.get("RUNNER_DEBUG") == "1",
        write_spacing_seconds=float(spacing or WRITE_SPACING_SECONDS),
    )


def _workflow_path(ref: str) -> str:
    """Return the path in `owner/name/.github/workflows/x.yml@refs/heads/main`."""
    return "/".join(ref.partition("@")[0].split("/")[2:])


def _event(event_file: str) -> Mapping[str, object]:
    # The payload is a convenience: some events carry no repository, and nothing depends on it being there.
    if not event_file:
        return {}
    try:
        event = loads(Path(event_file).read_bytes())
    except (OSError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}


def _part(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _default_branch(event: Mapping[str, object]) -> str | None:
    branch = _part(event, "repository", "default_branch")
    return branch if isinstance(branch, str) and branch else None


def _is_from_fork(event: Mapping[str, object]) -> bool:
    home, head = _part(event, "repository", "id"), _part(event, "pull_request", "head", "repo", "id")
    return home is not None and home != head
