"""What `retry` adds to a command, beside a plain step and an action of ours that does nothing.

    python benchmarks/retry.py [CHECKOUT]     about a minute; needs PyPI for its environment

Exit code 1 if a figure is over its budget. Each round runs bare Python, a plain step, `unique-id` and `retry` in
turn, so a busy machine changes all of them. Budgets are multiples of bare Python's start, as in startup.py.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from startup import RUN, WARM_ROUNDS, Cost, NotMeasuredError, Room

OVERHEAD_BUDGET = 60 / 21
"""60 ms where bare Python starts in 21 ms."""
PEER_MILLISECONDS = 2_242
"""nick-fields/retry 4.0.0 on `true`, beyond a plain step, where its process takes 61 ms (measured in 2026)."""


class Measured(Room):
    """The room, with the commands that are compared."""

    def step(self) -> Cost:
        """Run `true` as a plain step does."""
        script = self.path / "true.sh"
        script.write_text("true\n")
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        return self.cost(command, self.environment(self.path))

    def action(self, name: str, **inputs: str) -> Cost:
        """Run the process of an action."""
        python = self.environment_of_the_lock() / "bin/python"
        return self.cost([str(python), "-I", str(RUN), name], self.environment(self.path, **inputs))


def main() -> int:
    """Measure, print the table, return the exit code."""
    with tempfile.TemporaryDirectory(prefix="action-patterns-bench-") as name, ExitStack() as serving:
        room = Measured(Path(name), serving)
        (room.tools / "true").symlink_to("/bin/true")
        try:
            rounds = [
                (
                    room.bare(),
                    room.step(),
                    room.action("unique-id", INPUT_VALUES="a"),
                    room.action("retry", INPUT_RUN="true"),
                )
                for _ in range(WARM_ROUNDS + 1)
            ][1:]
        except NotMeasuredError as error:
            print(f"NOT MEASURED: {error}")
            return 1
    bare, step, idle, retry = ([cost.wall for cost in costs] for costs in zip(*rounds, strict=True))
    unit = statistics.median(bare)
    beyond = statistics.median(b - a for a, b in zip(idle, retry, strict=True))
    print(f"Measured here: CPython {sys.version.split()[0]}, {os.cpu_count()} cores; medians of {WARM_ROUNDS} rounds\n")
    print(f"{'':62}{'ms':>8}{'Python':>9}{'budget':>9}")
    good = True
    for title, seconds, budget in (
        ("bare Python", unit, None),
        ("a plain step that runs `true`", statistics.median(step), None),
        ("unique-id, an action that sends no request", statistics.median(idle), None),
        ("retry that runs `true`", statistics.median(retry), None),
        ("retry on `true` beyond unique-id", beyond, OVERHEAD_BUDGET),
    ):
        kept = budget is None or seconds / unit <= budget
        good = good and kept
        limit = "" if budget is None else f"{budget:>8.2f}x  {'ok' if kept else 'OVER'}"
        print(f"{title:62}{seconds * 1000:>8.1f}{seconds / unit:>8.2f}x{limit}")
    print(
        f"\nFor scale: nick-fields/retry 4.0.0 adds {PEER_MILLISECONDS:,} ms to a plain step, by a look every second."
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
