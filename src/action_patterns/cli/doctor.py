"""`action-patterns doctor`: whether this place can run us, from the catalogue that preflight asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from rich.console import Console

from action_patterns import real_ports
from action_patterns.action.session import Session
from action_patterns.checks.catalogue import DOCTOR, GITHUB, KINDS
from action_patterns.checks.check import Answer, Check, Finding, Result, finding, is_ready
from action_patterns.checks.read import read
from action_patterns.checks.run import in_order
from action_patterns.checks.run import run as run_checks
from action_patterns.checks.specification import World
from action_patterns.cli.printing import ConsoleLog, plain
from action_patterns.contracts.repository import is_repository
from action_patterns.errors import EXIT_FAILED, InputError, Problem
from action_patterns.github_api import connect
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.permissions import Verb, needed
from action_patterns.runner import environment, terminal
from action_patterns.runner.clock import SystemClock
from action_patterns.runner.commands import Commands

if TYPE_CHECKING:
    from action_patterns.ports.context import Context

LIST = """
- tool: git
  version: ">=2.30"
- tool: python3
  version: ">=3.11"
  required: false
  fix: Install Python 3.11 or later for the jobs of self-hosted runners. This command runs without it.
- endpoint: {api}
  name: {answers}
  status: 200-499
  certificate-days: 14
- token: valid
  name: the token is valid
  days: 7
- repository: {repository}
  name: the repository takes writes
- quota: core=100
  name: calls of REST are left
- quota: graphql=100
  name: points of GraphQL are left
- clock: 30
  name: the clock is right
- update-refs: served
"""
"""The questions. Each is of the catalogue."""
SECONDS = 120.0
"""Longest time for GitHub's answers."""
_TOKEN, _REPOSITORY, _ANSWERS = "a token is set", "a repository is known", "GitHub answers"
_STYLES: dict[Answer, str] = {"yes": "green", "no": "red", "unknown": "yellow", "error": "red", "not-run": "dim"}


class Examined(NamedTuple):
    """The place that was looked at, and every answer."""

    server: str
    proxy: str
    """The proxy on the way to it. Empty: none."""
    repository: str
    results: tuple[Result, ...]

    @property
    def exit_code(self) -> int:
        """Return 1 if a required check does not hold, or GitHub did not answer."""
        return 0 if is_ready(self.results, error_fails=True) else EXIT_FAILED


def examine(repository: str, origin: str | None, console: Console) -> Examined:
    """Ask all questions. `repository`: the one to ask about. Empty: `origin`, that of the checkout.

    Raises:
        InputError: `repository` is no name of one, or the address of GitHub is none.
    """
    if repository and not is_repository(repository):
        raise InputError(Problem(f"--repository is {repository!r}, which is no owner/name.", "Write owner/name."))
    variables = environment.read()
    place = repository or origin or ""
    context = terminal.context(variables, Path.cwd(), repository=place or "local/checkout", sha="0" * 40)
    log = ConsoleLog(console)
    credentials, lacking = _credentials(variables)
    log.hide(credentials.token)
    with ExitStack() as closing:
        ports = replace(real_ports.build(context, variables, Commands(StringIO()), closing, ()), log=log)

        @cache
        def github(uses: tuple[Verb, ...]) -> Session:
            allowance = Allowance(seconds=SECONDS, permissions=needed(uses))
            client = connect(credentials, context, SystemClock(), log, allowance)
            closing.callback(client.close)
            return Session(client, uses)

        world = World(ports=ports, github=lambda uses, _: github(tuple(uses)))
        results = run_checks(in_order(tuple(_checks(context, place, lacking, world))))
    redacted = tuple(each._replace(message=log.redact(each.message), fix=log.redact(each.fix)) for each in results)
    return Examined(context.server_url, _proxy(context.api_url), place, redacted)


def _checks(context: Context, place: str, lacking: Problem | None, world: World) -> Sequence[Check]:
    """Return the questions: those to GitHub need a token and a repository."""
    unknown = Problem(
        "This folder is no checkout of a repository on this GitHub.",
        "Name one with `--repository owner/name`, or run the command in a checkout.",
    )
    given = [_given(_TOKEN, lacking), _given(_REPOSITORY, None if place else unknown)]
    repository = json.dumps(place or "local/checkout")
    text = LIST.format(api=json.dumps(f"{context.api_url}/rate_limit"), answers=_ANSWERS, repository=repository)
    listed = read(text, name="doctor", world=world, kinds={key: KINDS[key] for key in DOCTOR})
    needs = (_TOKEN, _REPOSITORY, _ANSWERS)
    return [*given, *(each._replace(needs=needs) if each.source == GITHUB else each for each in listed)]


def _given(name: str, lacking: Problem | None) -> Check:
    """Return the check of something that a person gives."""

    def ask(subjects: Sequence[Any]) -> Sequence[Finding]:
        if lacking is None:
            return [finding("given", True)] * len(subjects)
        return [finding("not-given", False, lacking.what, lacking.fix)] * len(subjects)

    return Check(name=name, category="config", subject=None, ask=ask)


def _credentials(variables: dict[str, str]) -> tuple[Credentials, Problem | None]:
    """Return the token of the shell, or why there is none."""
    try:
        return terminal.credentials(variables), None
    except InputError as error:
        return Credentials(""), error.problems[0]


def _proxy(api_url: str) -> str:
    """Return the proxy that the shell's variables name for GitHub, without its password."""
    parts = urlsplit(api_url)
    proxy = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
    return proxy.rpartition("//")[2].rpartition("@")[2]


def print_examined(found: Examined, console: Console) -> None:
    """Print a line for each answer, and below each that is not yes the facts and the fix."""
    through = f" through the proxy {found.proxy}" if found.proxy else ""
    about = f", about {found.repository}" if found.repository else ""
    console.print(plain(f"{found.server}{through}{about}"), highlight=False)
    for result in found.results:
        style = "yellow" if result.answer == "no" and result.severity == "optional" else _STYLES[result.answer]
        console.print(f"[{style}]{result.answer:>8}[/]  {plain(result.name)}", highlight=False, soft_wrap=True)
        lines = () if result.answer == "yes" else (result.message, result.fix, result.page)
        # The fix of a question that was not asked is that of another one, which stands above.
        for line in filter(None, lines[:1] if result.answer == "not-run" else lines):
            console.print(f"          {plain(line)}", style="dim", highlight=False, soft_wrap=True)
    ready = "This place can run action-patterns." if not found.exit_code else "Something is in the way: see above."
    console.print(ready, highlight=False)


def as_json(found: Examined) -> str:
    """Return the answers for machines."""
    results = [
        {
            "check": each.name,
            "severity": each.severity,
            "answer": each.answer,
            "code": each.code,
            "message": each.message,
            "fix": each.fix,
        }
        for each in found.results
    ]
    place = {"server": found.server, "proxy": found.proxy, "repository": found.repository}
    return json.dumps({**place, "ready": not found.exit_code, "results": results}, indent=2)
