"""`action-patterns plan`, `apply` and `doctor`: the campaign from a terminal, by the code the actions run."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.prompt import Confirm
from rich.text import Text

from action_patterns import __version__
from action_patterns.cli.open import Command, narrowing, open_command, origin_of
from action_patterns.cli.printing import (
    Bar,
    coloured,
    plain,
    print_causes,
    print_excluded,
    print_run_again,
    print_table,
)
from action_patterns.content.changes import FileChange
from action_patterns.contracts import TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.contracts.wording import counted, visible_repositories
from action_patterns.distribution.apply import WORKERS, apply, plan_changes
from action_patterns.errors import EXIT_FAILED, EXIT_INTERRUPTED, ActionPatternsError, InputError
from action_patterns.escape import terminal as plain_line
from action_patterns.ports.git import DIRECTORY
from action_patterns.pull_request.upsert import Preview
from action_patterns.report.build import build
from action_patterns.report.model import not_found
from action_patterns.report.model.causes import causes
from action_patterns.report.render.file_diff import file_diff
from action_patterns.runner.interruption import Interruption, stop_at_once

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        help="Only these targets: a name or a pattern, `!` excludes. Give it several times, or separate by commas;"
        " the last that matches decides.",
    ),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Only the first targets, at most this number.")]
DistributionPath = Annotated[str, typer.Option("--distribution", "-d", help="Path of the distribution file.")]


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    """Push files to many repositories, one pull request each; safe to repeat."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def plan(
    distribution: DistributionPath = "distribution.yml",
    only: Only = None,
    limit: Limit = None,
    *,
    diff: Annotated[bool, typer.Option(help="Show what would change in each file.")] = True,
) -> None:
    """Show what `apply` would do to each target, with a diff. Writes nothing."""
    console = Console()
    command = open_command(distribution, narrowing(only, limit), console)
    roster = command.plan.found
    with Bar(console, "Planning", len(roster)) as advance:
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
                console.print(coloured(patch), soft_wrap=True)
    results += not_found.results(command.plan, attempt=1)
    print_table(results, console)
    print_excluded(command.plan, console)
    print_causes(causes(results), console)
    changing = sum(1 for result in results if result.outcome == "planned")
    console.print(
        f"{changing} of {counted(len(results), 'target')} would change,"
        f" of {visible_repositories(command.plan.visible)}."
    )
    _exit(results)


@app.command(name="apply")
def apply_command(
    distribution: DistributionPath = "distribution.yml",
    only: Only = None,
    limit: Limit = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Bring every target to the desired state. A second run changes nothing that already matches."""
    console = Console()
    command = open_command(distribution, narrowing(only, limit), console)
    roster = command.plan.found
    if roster and not yes:
        if not sys.stdin.isatty():
            _fail(console, "This is no terminal, so no person can answer.", "Pass --yes to continue without asking.")
        if not Confirm.ask(f"Apply to {counted(len(roster), 'target')}?", console=console, default=False):
            raise typer.Exit(EXIT_FAILED)
    results = _write(command, console)
    results += not_found.results(command.plan, attempt=1)
    print_table(results, console)
    print_excluded(command.plan, console)
    told = build(command.plan, results, command.context, redact=command.log.redact)
    path = command.files.write("run-report.json", told.report.encode())
    page = command.files.write("report.html", told.html)
    print_causes(told.report.causes, console)
    print_run_again(told.report, command.context, console)
    console.print(told.text.rstrip().rpartition("\n")[2], markup=False, highlight=False)
    console.print(f"Full report: {path}, {page}", style="dim", highlight=False)
    _exit(results)


@app.command()
def doctor(
    repository: Annotated[
        str, typer.Option("--repository", "-r", help="Repository to ask about. Default: that of this checkout.")
    ] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")] = False,
) -> None:
    """Say whether this place can run action-patterns: token, reach, limits, clock, proxy, certificate, programs."""
    from action_patterns.cli import doctor as examination  # the other commands do not need it

    console = Console(stderr=as_json)
    with console.status("Asking…"):
        found = examination.examine(repository, origin_of(Path.cwd()), console)
    if as_json:
        typer.echo(examination.as_json(found))
    else:
        examination.print_examined(found, console)
    raise typer.Exit(found.exit_code)


def _write(command: Command, console: Console) -> list[TargetResult]:
    """Bring every target that was found to the desired state. Raises typer.Exit: a person interrupted it."""
    roster = command.plan.found
    try:
        with Interruption() as interruption, Bar(console, "Applying", len(roster)) as advance:

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
            console.print(f"[red]error:[/] {plain(place + problem.what)}\n  {plain(problem.fix)}", highlight=False)
        sys.exit(error.exit_code)
    except ActionPatternsError as error:
        console.print(f"[red]error:[/] {plain(error.message)}\n  {plain(error.remediation)}", highlight=False)
        sys.exit(error.exit_code)


def _exit(results: list[TargetResult]) -> None:
    """Raises typer.Exit: a target needs attention."""
    if any(result.outcome in FAILING for result in results):
        raise typer.Exit(EXIT_FAILED)


def _fail(console: Console, what: str, fix: str) -> None:
    console.print(f"[red]error:[/] {what} {fix}")
    raise typer.Exit(2)


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
