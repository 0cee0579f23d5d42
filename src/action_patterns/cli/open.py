"""Open a command: read the campaign from the checkout, look at the repositories, and make the plan."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console

from action_patterns.action.reach import check_reach
from action_patterns.action.session import Session
from action_patterns.cli.printing import ConsoleLog
from action_patterns.contracts import Plan
from action_patterns.discovery import discover as discovery
from action_patterns.discovery.discover import discover, plan_from
from action_patterns.discovery.only import Narrowing, check_names
from action_patterns.discovery.selection import input_problems
from action_patterns.discovery.summary import annotate_selection
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.reading import read_campaign
from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.escape import terminal as plain_line
from action_patterns.github_api import connect
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Allowance
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.github import GitHub
from action_patterns.ports.permissions import needed
from action_patterns.process import run as run_process
from action_patterns.pull_request import upsert
from action_patterns.pull_request.ownership.source import hashed
from action_patterns.runner import environment, terminal
from action_patterns.runner.clock import SystemClock
from action_patterns.runner.files import RunnerFiles
from action_patterns.worktree.remote import repository_at

USES = (*discovery.USES, *upsert.USES, GitDatabase.read_blob)
"""The verbs that the commands call."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command, opened: the campaign read, the plan made."""

    context: Context
    campaign: Campaign
    plan: Plan
    github: GitHub
    clock: SystemClock
    log: ConsoleLog
    files: RunnerFiles


def narrowing(only: Sequence[str] | None, limit: int | None) -> Narrowing:
    """Return the part of the roster that the options name.

    Raises:
        InputError: every pattern that can match nothing.
    """
    try:
        return Narrowing.model_validate({"only": "\n".join(only or ()), "limit": limit})
    except ValidationError as error:
        raise InputError(*input_problems(error.errors(include_url=False))) from None


def open_command(distribution: str, part: Narrowing, console: Console) -> Command:
    """Read the campaign and every repository it may mean, and plan the part of it.

    Raises:
        InputError: the campaign, the token or a name in `only` is wrong.
    """
    variables = environment.read()
    workspace = Path.cwd()
    credentials = terminal.credentials(variables)
    origin = _origin(workspace, terminal.server_url(variables))
    context = terminal.context(
        variables,
        workspace,
        repository=origin or "local/checkout",
        # A folder without a repository has no other name than its place.
        repository_id="" if origin else f"path:{hashed(str(workspace))}",
        sha=_head(workspace),
        prefix=_prefix(workspace),
    )
    tracked = _tracked(workspace)
    files = RunnerFiles(context.workspace, context.temp, tracked=tracked)
    campaign = read_campaign(distribution, files, context)
    if tracked is None:
        console.print(f"{workspace} is no checkout of git: every file that a rule names is sent.", style="dim")
    if files.untracked:
        left_out = f"{len(files.untracked)} files that git does not track: {', '.join(files.untracked[:5])}"
        console.print(f"left out: {plain_line(left_out)}", style="dim", markup=False, highlight=False)
    if campaign.notice:
        console.print(plain_line(campaign.notice), style="dim", markup=False, highlight=False)
    check_reach(credentials, campaign.reach, context, writing=True)
    clock, log = SystemClock(), ConsoleLog(console)
    log.hide(credentials.token)
    uses = (*USES, *discovery.verbs_for(campaign.facts_needed), *discovery.verbs_of(campaign.selections.values()))
    allowance = Allowance(seconds=24 * 3600, permissions=needed(uses))  # a person watches, and can interrupt it
    github = Session(connect(credentials, context, clock, log, allowance), uses)
    with console.status("Looking at the repositories…"):
        plan = plan_from(
            discover(tuple(campaign.selections.values()), github, campaign.facts_needed),
            campaign.selections,
            name=campaign.distribution.name,
            content_digest=campaign.digest,
            per_leg=1,
            context=context,
            now=clock.now(),
            narrowing=part,
            applies=campaign.applies,
        )
    check_names(plan, part.only)
    campaign.check(plan.found)
    for annotation in annotate_selection(plan):
        log.annotate(annotation)
    return Command(context=context, campaign=campaign, plan=plan, github=github, clock=clock, log=log, files=files)


def origin_of(workspace: Path) -> str | None:
    """Return `owner/name` of a checkout's remote `origin`. None: there is none, or it is on another server."""
    return _origin(workspace, terminal.server_url(environment.read()))


def _git(workspace: Path, *arguments: str) -> str:
    done = run_process(["git", *arguments], cwd=str(workspace), timeout_seconds=30)
    return done.stdout.decode(errors="replace").strip()


def _origin(workspace: Path, server_url: str) -> str | None:
    """Return `owner/name` of the remote `origin`. None: there is none, or it is on another server."""
    try:
        return repository_at(_git(workspace, "remote", "get-url", "origin"), server_url)
    except ActionPatternsError:
        return None


def _tracked(workspace: Path) -> frozenset[str] | None:
    """Return the files that git tracks: the others in a person's checkout are not meant to be sent. None: no checkout.

    Raises:
        InputError: git cannot list them.
    """
    command = ["git", "ls-files", "--cached", "--recurse-submodules", "-z"]
    # 128 is every fatal error of git; without a repository there is none to ask.
    variables = {**environment.read(), "LC_ALL": "C"}
    done = run_process(command, cwd=str(workspace), env=variables, timeout_seconds=30, expected=frozenset({0, 128}))
    if done.returncode and "not a git repository" not in done.stderr_tail:
        raise InputError(
            Problem(
                f"git does not list the files of {workspace}: {done.stderr_tail}",
                "Correct the checkout so that `git ls-files` works in it: only files that git tracks are sent.",
            )
        )
    return frozenset(os.fsdecode(name) for name in done.stdout.split(b"\0") if name) if not done.returncode else None


def _head(workspace: Path) -> str:
    try:
        return _git(workspace, "rev-parse", "HEAD")
    except ActionPatternsError:
        return "0" * 40


def _prefix(workspace: Path) -> str:
    """Return the path of a directory in its repository; "" in its root, and outside a repository."""
    try:
        return _git(workspace, "rev-parse", "--show-prefix")
    except ActionPatternsError:
        return ""
