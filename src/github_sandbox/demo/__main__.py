"""`python -m github_sandbox.demo`: tell the story on a terminal. KEEP=1 leaves the local GitHub up to look at."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from github_sandbox.act_runner import WRITE_SPACING_SECONDS, ActRunner
from github_sandbox.consumer import Consumer
from github_sandbox.demo.story import CLOSED, HERE, MERGED, PUSHED_TO, SOURCE, Chapter, Story, broken_promises
from github_sandbox.sandbox import Sandbox
from github_sandbox.server import Server

CHECKOUT = Path(__file__).resolve().parents[3]
EXIT_INTERRUPTED = 128 + signal.SIGINT
OUTCOMES = ("created", "updated", "unchanged", "skipped", "blocked", "failed")


def main() -> int:
    """Returns 0 when the runs showed what they should, 1 when not, 130 when interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="action-patterns-demo-") as place:
            sandbox = Sandbox.from_seed_file(HERE / "fleet.yml")
            with sandbox.serve() as server:
                code = _tell(sandbox, server, Path(place))
                say(f"{time.monotonic() - started:.0f} s in all.")
                _look_inside(server)
                return code
    except KeyboardInterrupt:
        say("\nInterrupted. Nothing is left running.")
        return EXIT_INTERRUPTED


def _tell(sandbox: Sandbox, server: Server, place: Path) -> int:
    size = len(sandbox.repositories())
    say(f"A local GitHub with {size} repositories of the organization acme; a real workflow runner (act); and the")
    say(f"shipped workflow distribute.yml, called from {SOURCE} as any repository would. Writes are")
    say(f"{WRITE_SPACING_SECONDS} s apart here instead of the 1 s that GitHub asks for.")
    story = Story(
        sandbox,
        server,
        Consumer.clone(server, SOURCE, place / "platform"),
        ActRunner(CHECKOUT, place / "act"),
    )
    heading("Before: a pilot over three repositories")
    pilot = story.pilot()
    say(f"{pilot.count('created')} pull requests were created in {pilot.seconds:.1f} s. Then people acted:")
    say(f"  {MERGED}: merged, and its branch left behind")
    say(f"  {PUSHED_TO}: a commit of a person was pushed to the bot branch")
    say(f"  {CLOSED}: closed without merging")

    story.widen()
    first = _run(story, "First run: now for the whole organization, with more files")
    left_out = ", ".join(f"{name} ({reason})" for name, reason in sorted(first.excluded.items()))
    say(f"Left out by discovery: {left_out}")
    second = _run(story, "Second run: nothing has changed")
    story.edit()
    third = _run(story, "Third run: one source file was edited")

    heading("The three runs")
    _table(first, second, third)
    _same_numbers(first, third)
    broken = broken_promises(first, second, third)
    for problem in broken:
        say(f"NOT AS PROMISED: {problem}")
    return 1 if broken else 0


def _run(story: Story, title: str) -> Chapter:
    heading(title)
    chapter = story.campaign(title)
    say(chapter.report)
    if chapter.run.exit_code:
        say("\nThe run is red, as it should be: somebody has to look at what is blocked or failed.")
    return chapter


def _table(*chapters: Chapter) -> None:
    rows: list[tuple[str, list[str]]] = [(outcome, [str(c.count(outcome)) for c in chapters]) for outcome in OUTCOMES]
    rows.append(("requests", [str(c.requests) for c in chapters]))
    rows.append(("writes", [str(c.writes) for c in chapters]))
    rows.append(("seconds", [f"{c.seconds:.1f}" for c in chapters]))
    say(f"{'':<16}{'first':>8}{'second':>8}{'third':>8}")
    for name, values in rows:
        say(f"{name:<16}" + "".join(f"{value:>8}" for value in values))
    say("")


def _same_numbers(first: Chapter, third: Chapter) -> None:
    kept = [f"{name} #{numbers[0]}" for name, numbers in first.pulls.items() if third.pulls.get(name) == numbers]
    say(f"Still the same pull requests after three runs: {', '.join(kept)}")


def _look_inside(server: Server) -> None:
    heading("Look inside")
    if not os.environ.get("KEEP"):
        say("KEEP=1 make demo leaves this GitHub running, to list pull requests and to clone the bot branches.")
        return
    say(f"Pull requests: curl {server.api_url}/repos/acme/billing-api/pulls")
    say(f"A repository:  git clone {server.url}/acme/billing-api.git")
    say(f"Everything:    curl {server.url}/_sandbox/snapshot")
    say("Press Ctrl-C to end it.")
    threading.Event().wait()


def heading(text: str) -> None:
    say(f"\n── {text} " + "─" * max(3, 96 - len(text)))


def say(text: str) -> None:
    print(text, flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
