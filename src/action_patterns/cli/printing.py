"""Output on a terminal: the log, a progress bar, diffs and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from action_patterns.contracts import CauseCount, Outcome, Plan, RunReport, TargetResult
from action_patterns.contracts.plan import NOT_IN_ONLY
from action_patterns.discovery.summary import narrowed
from action_patterns.escape import terminal as plain_line
from action_patterns.escape import terminal_lines
from action_patterns.ports.context import Context
from action_patterns.ports.log import Annotation
from action_patterns.redaction import Secrets
from action_patterns.report.render import run_again
from action_patterns.report.render.view import Page

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
COMMAND_CHARACTERS = 1_000
"""A longer command hides what stands above it; the report has it."""
COLOURS = {"+": "green", "-": "red", "@": "cyan"}


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


def plain(text: str) -> str:
    return escape(plain_line(text))


class Bar:
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


def coloured(patch: str) -> Text:
    """Return a diff in colours. Nothing folds its lines: a person may copy them."""
    text = Text()
    for line in patch.splitlines(keepends=True):
        text.append(line, style=COLOURS.get(line[0], ""))
    return text


def print_table(results: list[TargetResult], console: Console) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("Repository", "Outcome", "Reason", "Pull request", "Files"):
        table.add_column(title, overflow="fold", justify="right" if title == "Files" else "left")
    for result in results:
        pull = (
            f"#{result.pull_request_number} {result.pull_request_state}".strip() if result.pull_request_number else ""
        )
        files = str(len(result.files)) if result.files else ""
        style = STYLES[result.outcome]
        table.add_row(plain(result.target), f"[{style}]{result.outcome}[/]", plain(result.reason), pull, files)
    console.print(table)


def print_causes(found: Sequence[CauseCount], console: Console) -> None:
    for cause in found:
        named = f"[red]{plain(cause.reason)}[/] ({len(cause.targets)}): {plain(cause.message)}"
        console.print(f"{named}\n  {plain(cause.remediation)}", soft_wrap=True, highlight=False)


def print_run_again(report: RunReport, context: Context, console: Console) -> None:
    """Print the command that runs only the failed and the deferred targets again, where it is short enough to read."""
    for way in run_again.ways(report, Page(context=context)):
        if 0 < len(way.verbatim) <= COMMAND_CHARACTERS:
            console.print(f"{way.title}{way.text}\n  {plain_line(way.verbatim)}", markup=False, soft_wrap=True)


def print_excluded(plan: Plan, console: Console) -> None:
    if part := narrowed(plan):
        console.print(part, markup=False, highlight=False)
    for exclusion in (each for each in plan.excluded if each.reason != NOT_IN_ONLY):
        console.print(
            f"left out: {plain_line(exclusion.repository)}: {exclusion.reason}",
            style="dim",
            markup=False,
            highlight=False,
        )
