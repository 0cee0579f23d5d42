"""`python -m github_sandbox.demo`: run the demo on a terminal. KEEP=1 leaves the local GitHub running."""

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
from github_sandbox.demo.steps import CLOSED, HERE, JOB_TOKEN, MERGED, PUSHED_TO, SOURCE, Demo, DemoRun, broken_promises
from github_sandbox.sandbox import Sandbox
from github_sandbox.server import Server

CHECKOUT = Path(__file__).resolve().parents[3]
EXIT_INTERRUPTED = 128 + signal.SIGINT
OUTCOMES = ("created", "updated", "unchanged", "skipped", "blocked", "failed")


def main() -> int:
    """Run the demo. Returns 0 if the runs kept every promise, 1 if not, 130 if interrupted."""
    signal.signal(signal.SIGTERM, _interrupt)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="action-patterns-demo-") as place:
            sandbox = Sandbox.from_seed_file(HERE / "fleet.yml")
            with sandbox.serve() as server:
                code = _run_demo(sandbox, server, Path(place))
                say(f"{time.monotonic() - started:.0f} s in all.")
                _show_addresses(server)
                return code
    except KeyboardInterrupt:
        say("\nInterrupted. Nothing is left running.")
        return EXIT_INTERRUPTED


def _run_demo(sandbox: Sandbox, server: Server, place: Path) -> int:
    size = len(sandbox.repositories())
    say(f"A local GitHub serves {size} repositories of the organization acme. A real workflow runner (act) runs the")
    say(f"shipped workflow distribute.yml, which {SOURCE} calls as any repository would. Writes are")
    say(f"{WRITE_SPACING_SECONDS} s apart here instead of the 1 s that GitHub asks for.")
    demo = Demo(
        sandbox,
        server,
        Consumer.clone(server, SOURCE, place / "platform", token=JOB_TOKEN),
        ActRunner(CHECKOUT, place / "act"),
    )
    heading("Before: a pilot over three repositories")
    pilot = demo.pilot()
    say(f"{pilot.count('created')} pull requests were created in {pilot.seconds:.1f} s. Then people changed them:")
    say(f"  {MERGED}: a person merged it and kept its branch")
    say(f"  {PUSHED_TO}: a person pushed a commit to the bot branch")
    say(f"  {CLOSED}: a person closed it without merging")

    demo.widen()
    first = _run(demo, "First run: now for the whole organization, with more files")
    left_out = ", ".join(f"{name} ({reason})" for name, reason in sorted(first.excluded.items()))
    say(f"Excluded by discovery: {left_out}")
    second = _run(demo, "Second run: nothing has changed")
    demo.edit()
    third = _run(demo, "Third run: one source file was edited")

    heading("The three runs")
    _table(first, second, third)
    _same_numbers(first, third)
    broken = broken_promises(first, second, third)
    for problem in broken:
        say(f"BROKEN PROMISE: {problem}")
    return 1 if broken else 0


def _run(demo: Demo, title: str) -> DemoRun:
    heading(title)
    done = demo.campaign(title)
    say(done.report)
    if done.run.exit_code:
        say("\nThe run is red on purpose: a person has to look at the blocked and failed repositories.")
    return done


def _table(*runs: DemoRun) -> None:
    rows: list[tuple[str, list[str]]] = [(outcome, [str(c.count(outcome)) for c in runs]) for outcome in OUTCOMES]
    rows.append(("requests", [str(c.requests) for c in runs]))
    rows.append(("writes", [str(c.writes) for c in runs]))
    rows.append(("seconds", [f"{c.seconds:.1f}" for c in runs]))
    say(f"{'':<16}{'first':>8}{'second':>8}{'third':>8}")
    for name, values in rows:
        say(f"{name:<16}" + "".join(f"{value:>8}" for value in values))
    say("")


def _same_numbers(first: DemoRun, third: DemoRun) -> None:
    kept = [f"{name} #{numbers[0]}" for name, numbers in first.pulls.items() if third.pulls.get(name) == numbers]
    say(f"Still the same pull requests after three runs: {', '.join(kept)}")


def _show_addresses(server: Server) -> None:
    heading("Look inside")
    if not os.environ.get("KEEP"):
        say(
            "KEEP=1 make demo keeps this GitHub running, so that you can list pull requests and clone the bot branches."
        )
        return
    say(f"Pull requests: curl {server.api_url}/repos/acme/billing-api/pulls")
    say(f"A repository:  git clone {server.url}/acme/billing-api.git")
    say(f"Everything:    curl {server.url}/_sandbox/snapshot")
    say("Press Ctrl-C to stop it.")
    threading.Event().wait()


def heading(text: str) -> None:
    say(f"\n── {text} " + "─" * max(3, 96 - len(text)))


def say(text: str) -> None:
    print(text, flush=True)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
