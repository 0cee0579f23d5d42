"""`action-patterns plan` and `action-patterns apply`: the campaign from a terminal, by the code the actions run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.prompt import Confirm
from rich.table import Table
from rich.text import Text

from action_patterns import __version__
from action_patterns.action.reach import check_reach
from action_patterns.action.session import Session
from action_patterns.content.changes import FileChange
from action_patterns.contracts import CauseCount, Outcome, Plan, TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.discovery import discover as discovery
from action_patterns.discovery.discover import discover, plan_from
from action_patterns.discovery.summary import annotate_selection
from action_patterns.distribution.apply import WORKERS, apply, plan_changes
from action_patterns.distribution.campaign import Campaign, read_campaign
from action_patterns.errors import EXIT_FAILED, EXIT_INTERRUPTED, ActionPatternsError, InputError, Problem
from action_patterns.escape import terminal as plain_line
from action_patterns.escape import terminal_lines
from action_patterns.github_api import connect
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Allowance
from action_patterns.ports.git import DIRECTORY
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.ports.permissions import needed
from action_patterns.process import run as run_process
from action_patterns.pull_request import upsert
from action_patterns.pull_request.ownership.source import hashed
from action_patterns.pull_request.upsert import Preview
from action_patterns.redaction import Secrets
from action_patterns.report.build import build
from action_patterns.report.model import not_found
from action_patterns.report.model.causes import causes
from action_patterns.report.render.file_diff import file_diff
from action_patterns.runner import environment, terminal
from action_patterns.runner.clock import SystemClock
from action_patterns.runner.files import RunnerFiles
from action_patterns.runner.interruption import Interruption, stop_at_once
from action_patterns.worktree.remote import repository_at

USES = (*discovery.USES, *upsert.USES, GitDatabase.read_blob)
"""The verbs that the commands call."""

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
STYLES: dict[Outcome, str] = {
    "created": "green",
    "updated": "yellow",
    "planned": "cyan",
    "closed": "magenta",
    "blocked": "red",
    "failed": "red",
    "missing": "red",
    "deferred": "blue",
    "unchanged": "dim",
    "skipped": "dim",
}
COLOURS = {"+": "green", "-": "red", "@": "cyan"}
DistributionPath = Annotated[str, typer.Option("--distribution", "-d", help="Path of the distribution file.")]


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


class ConsoleLog:
    """ports.Log on a terminal, beside a progress bar."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._secrets = Secrets()

    def info(self, message: str) -> None:
        self._console.print(terminal_lines(message), style="dim", markup=False, highlight=False)

    def annotate(self, annotation: Annotation) -> None:
        place = f"{annotation.file}:{annotation.line}: " if annotation.file else ""
        self._console.print(
            f"{annotation.level}: {place}{plain_line(annotation.message)}", markup=False, highlight=False
        )

    def hide(self, secret: str) -> None:
        """Replace the value in what `redact` is given."""
        self._secrets.add(secret)

    def conceal(self, labels: Mapping[str, str]) -> None:
        """Show labels in what `redact` is given."""
        self._secrets.conceal(labels)

    def redact(self, text: str) -> str:
        return self._secrets.redact(text)

    def progress(self, done: int, total: int, message: str) -> None:
        self._console.print(f"[{done}/{total}] {plain_line(message)}", markup=False, highlight=False)


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Push files to many repositories, one pull request each; safe to repeat."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def plan(
    distribution: DistributionPath = "distribution.yml",
    *,
    diff: Annotated[bool, typer.Option(help="Show what would change in each file.")] = True,
) -> None:
    """Show what `apply` would do to each target, with a diff. Writes nothing."""
    console = Console()
    command = _open(distribution, console)
    roster = command.plan.found
    with _Bar(console, "Planning", len(roster)) as advance:
        previews = plan_changes(
            roster,
            command.campaign,
            command.plan.plan_id,
            command.github,
            command.clock,
            on_result=lambda result: advance(result.target),
        )
    results = [preview.result for preview in previews]
    if diff:
        for result, patch in zip(results, _patches(previews, command), strict=True):
            if patch:
                said = plain_line(f"{result.target}: {result.message}")
                console.print(Text(said, style="bold cyan"), soft_wrap=True)
                console.print(_coloured(patch), soft_wrap=True)
    results += not_found.results(command.plan, attempt=1)
    _print_table(results, console)
    _print_excluded(command.plan, console)
    _print_causes(causes(results), console)
    changing = sum(1 for result in results if result.outcome == "planned")
    console.print(
        f"{changing} of {len(results)} targets would change; {command.plan.visible} repositories are visible."
    )
    _exit(results)


@app.command(name="apply")
def apply_command(
    distribution: DistributionPath = "distribution.yml",
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Bring every target to the desired state. A second run changes nothing that already matches."""
    console = Console()
    command = _open(distribution, console)
    roster = command.plan.found
    if roster and not yes:
        if not sys.stdin.isatty():
            _fail(console, "This is no terminal, so no person can answer.", "Pass --yes to continue without asking.")
        if not Confirm.ask(f"Apply to {len(roster)} targets?", console=console, default=False):
            raise typer.Exit(EXIT_FAILED)
    results = _write(command, console)
    results += not_found.results(command.plan, attempt=1)
    _print_table(results, console)
    _print_excluded(command.plan, console)
    told = build(command.plan, results, command.context, redact=command.log.redact)
    path = command.files.write("run-report.json", told.report.encode())
    page = command.files.write("report.html", told.html)
    _print_causes(told.report.causes, console)
    console.print(told.text.rstrip().rpartition("\n")[2], markup=False, highlight=False)
    console.print(f"Full report: {path}, {page}", style="dim", highlight=False)
    _exit(results)


def _write(command: Command, console: Console) -> list[TargetResult]:
    """Bring every target that was found to the desired state. Raises typer.Exit: a person interrupted it."""
    roster = command.plan.found
    try:
        with Interruption() as interruption, _Bar(console, "Applying", len(roster)) as advance:

            def ended(result: TargetResult) -> None:
                interruption.end(result.target)
                advance(result.target)

            return apply(
                roster,
                command.campaign,
                command.plan.plan_id,
                command.github,
                command.clock,
                attempt=1,
                dry_run=False,
                on_result=ended,
                on_start=interruption.begin,
            )
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None


def main() -> None:
    """The console script: our own errors are sentences, not tracebacks."""
    console = Console(stderr=True)
    stop_at_once()
    try:
        app()
    except InputError as error:
        for problem in error.problems:
            place = f"{problem.file}:{problem.line}: " if problem.file else ""
            console.print(f"[red]error:[/] {_plain(place + problem.what)}\n  {_plain(problem.fix)}", highlight=False)
        sys.exit(error.exit_code)
    except ActionPatternsError as error:
        console.print(f"[red]error:[/] {_plain(error.message)}\n  {_plain(error.remediation)}", highlight=False)
        sys.exit(error.exit_code)


def _plain(text: str) -> str:
    return escape(plain_line(text))


def _exit(results: list[TargetResult]) -> None:
    """Raises typer.Exit: a target needs attention."""
    if any(result.outcome in FAILING for result in results):
        raise typer.Exit(EXIT_FAILED)


def _fail(console: Console, what: str, fix: str) -> None:
    console.print(f"[red]error:[/] {what} {fix}")
    raise typer.Exit(2)


def _open(distribution: str, console: Console) -> Command:
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
    allowance = Allowance(seconds=24 * 3600, permissions=needed(USES))  # a person watches, and can interrupt it
    github = Session(connect(credentials, context, clock, log, allowance), USES)
    with console.status("Looking at the repositories…"):
        plan = plan_from(
            discover(tuple(campaign.selections.values()), github),
            campaign.selections,
            name=campaign.distribution.name,
            content_digest=campaign.digest,
            per_leg=1,
            context=context,
            now=clock.now(),
            applies=campaign.applies,
        )
    campaign.check(plan.found)
    for annotation in annotate_selection(plan):
        log.annotate(annotation)
    return Command(context=context, campaign=campaign, plan=plan, github=github, clock=clock, log=log, files=files)


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


def _patches(previews: list[Preview], command: Command) -> list[str]:
    """Return the diff of each target's files; "" where `apply` would write nothing."""

    @cache
    def content_of(repository: str, oid: str) -> bytes:
        return command.github.git.read_blob(repository, oid)

    def one(preview: Preview) -> str:
        observed = preview.observed
        if observed is None or not preview.result.planned_requests:
            return ""
        patch, wanted = "", {change.path: change for change in preview.changes}
        for path in preview.result.files:
            # A path that no rule names is below a directory that shall go.
            before, change = observed.files.get(path), wanted.get(path, FileChange(path=path, mode=None))
            old = content_of(observed.repository, before.oid) if before and before.mode != DIRECTORY else None
            patch += file_diff(path, old, change.content if change.mode else None)
        return patch

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        return list(pool.map(one, previews))


def _coloured(patch: str) -> Text:
    """Return a diff in colours. Nothing folds its lines: a person may copy them."""
    text = Text()
    for line in patch.splitlines(keepends=True):
        text.append(line, style=COLOURS.get(line[0], ""))
    return text


class _Bar:
    """A progress bar that names what was finished last."""

    def __init__(self, console: Console, title: str, total: int) -> None:
        self._progress = Progress(
            TextColumn(title),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[last]}", style="dim"),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task(title, total=total, last="")

    def __enter__(self) -> Callable[[str], None]:
        self._progress.start()
        return lambda last: self._progress.update(self._task, advance=1, last=last)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()


def _print_table(results: list[TargetResult], console: Console) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("Repository", "Outcome", "Reason", "Pull request", "Files"):
        table.add_column(title, overflow="fold", justify="right" if title == "Files" else "left")
    for result in results:
        pull = (
            f"#{result.pull_request_number} {result.pull_request_state}".strip() if result.pull_request_number else ""
        )
        files = str(len(result.files)) if result.files else ""
        style = STYLES[result.outcome]
        table.add_row(_plain(result.target), f"[{style}]{result.outcome}[/]", _plain(result.reason), pull, files)
    console.print(table)


def _print_causes(found: Sequence[CauseCount], console: Console) -> None:
    for cause in found:
        named = f"[red]{_plain(cause.reason)}[/] ({len(cause.targets)}): {_plain(cause.message)}"
        console.print(f"{named}\n  {_plain(cause.remediation)}", soft_wrap=True, highlight=False)


def _print_excluded(plan: Plan, console: Console) -> None:
    for exclusion in plan.excluded:
        console.print(
            f"left out: {plain_line(exclusion.repository)}: {exclusion.reason}",
            style="dim",
            markup=False,
            highlight=False,
        )
