"""Processes that die young: for each line on stdin a child that upserts, for its exit code on stdout.

A line is a server's three addresses and the seconds after which the child is killed (0 = never). The children are
forked from here, where everything is imported already: two hundred of them cost seconds. Until it is waited for, a
child's id is its own.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "src"), str(Path(__file__).parents[1])]

from action_patterns.github_api import connect  # noqa: E402
from action_patterns.github_api.transport import Transport  # noqa: E402, F401 - imported before the fork
from action_patterns.ports import Allowance, Credentials  # noqa: E402
from action_patterns.pull_request.result import Assignment, upsert  # noqa: E402
from action_patterns.runner.clock import SystemClock  # noqa: E402
from support.stage import FULL, TARGET, Said, context_of, wish  # noqa: E402


def child(url: str, api_url: str, graphql_url: str) -> None:
    clock = SystemClock()
    github = connect(Credentials("tok-bot"), context_of(url, api_url, graphql_url), clock, Said(), Allowance())
    upsert(wish(**FULL), Assignment("p", 0, 1, TARGET), github, clock, dry_run=False)


def main() -> None:
    for line in sys.stdin:
        *addresses, seconds = line.split()
        process = os.fork()
        if not process:
            child(*addresses)
            os._exit(0)
        if float(seconds):
            time.sleep(float(seconds))
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


main()
