"""One process of a race: ready, go, upsert, and the result as JSON."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "src"), str(Path(__file__).parents[1])]

from action_patterns.github_api import connect  # noqa: E402
from action_patterns.ports import Allowance, Credentials  # noqa: E402
from action_patterns.pull_request.result import Assignment, upsert  # noqa: E402
from action_patterns.runner.clock import SystemClock  # noqa: E402
from support.stage import TARGET, Said, context_of, wish  # noqa: E402


class ShortClock(SystemClock):
    """Real time, but pauses are a tenth: the race is real, the waiting is not the point."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / 10)


def main() -> None:
    url, api_url, graphql_url, text = sys.argv[1:]
    github = connect(Credentials("tok-bot"), context_of(url, api_url, graphql_url), ShortClock(), Said(), Allowance())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    wished = wish({"a.txt": text, "b.txt": text}, labels=["sync"])
    sys.stdout.write(
        upsert(wished, Assignment("p", 0, 1, TARGET), github, ShortClock(), dry_run=False).model_dump_json()
    )


main()
