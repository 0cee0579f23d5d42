"""Requests per target, measured at the sandbox's door, beside the published counts of other tools.

    python benchmarks/requests.py
    python benchmarks/requests.py --markdown > benchmarks/requests.md    # the table of docs/cost.md

Exit code 1 when one of ours is over its budget. The others' figures were counted in their sources by reading
(peter-evans/create-pull-request v8.1, REST calls only, `M` = 0 to 4 metadata calls): not measured here.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__":
    # In place of this script's own folder: from there, `import requests` would find this very file.
    sys.path[:1] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1] / "src")]

from action_patterns.content.edits import Edit, Mirror
from action_patterns.content.merge import merge
from action_patterns.pull_request.spec.desired import Desired
from support.stage import FULL, TARGET, Stage, desired_state, stage

BINARY = {"logo.png": b"\x89PNG\0\xff"}
FOLDERS = {f"packages/{number:03}/lock": f"version {number}\n" for number in range(640)}
MANY = {f"locks/{number:03}.lock": f"version {number}\n" for number in range(640)}


def nothing(_: Stage) -> None:
    """A repository that never saw us."""


def done(asked_for: Desired) -> object:
    def before(scene: Stage) -> None:
        scene.upsert(asked_for)

    return before


def with_files(asked_for: Desired) -> object:
    def before(scene: Stage) -> None:
        files = {"package.json": b'{"name": "api"}\n', ".github/a.yml": b"a: 1\n", ".github/old.yml": b"b: 1\n"}
        scene.sandbox.repository(TARGET).commit_files("main", files, message="By hand")
        scene.upsert(asked_for)

    return before


def merged() -> Desired:
    """Keys that are merged into a file of the target."""

    def edit(there: bytes | None, owned: bytes) -> bytes:
        return merge("json", there, owned, path="package.json")

    owned = Edit(path="package.json", mode="100644", content=b'{"license": "MIT"}\n', transform=edit)
    return replace(desired_state({}), edits=(owned,))


def mirrored() -> Desired:
    """A directory that holds what the source holds, and nothing else."""
    return replace(desired_state({".github/a.yml": "a: 1\n"}), mirrors=(Mirror(path=".github"),))


def converged(scene: Stage) -> None:
    scene.upsert(desired_state())
    files = {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}
    scene.sandbox.repository(TARGET).commit_files("main", files, message="By hand")


Row = tuple[str, int, int, int, int, str]
"""Situation, requests, budget, writes, budget, the other tool's count."""
ROWS = [
    # situation, before, desired state, most requests, most writes, the other tool's count
    ("create", nothing, desired_state(), 5, 4, "a + ceil(n/100) + 4 + M"),
    ("create, labels, assignees, reviewers", nothing, desired_state(**FULL), 7, 6, "a + ceil(n/100) + 4 + M"),
    ("create, one binary file", nothing, desired_state(BINARY), 6, 5, "a + ceil(n/100) + 4 + M"),
    ("create, 640 text files", nothing, desired_state(MANY), 15, 8, "651 + M"),
    ("create, 640 text files in 640 folders", nothing, desired_state(FOLDERS), 15, 8, "651 + M"),
    (
        "same content again",
        done(desired_state(**FULL)),
        desired_state(**FULL),
        1,
        0,
        "4 + M, of which 2 + M are writes",
    ),
    (
        "content changed",
        done(desired_state(**FULL)),
        desired_state({"ci.yml": "on: [push]\n"}, **FULL),
        4,
        3,
        "a + ceil(n/100) + 6 + M",
    ),
    ("merged keys, again", with_files(merged()), merged(), 1, 0, "-"),
    ("mirrored directory, again", with_files(mirrored()), mirrored(), 2, 0, "-"),
    ("difference vanished", converged, desired_state(), 4, 3, "2, and a push with `delete-branch`"),
    ("base already holds it", nothing, desired_state({"old.txt": "old\n"}), 1, 0, "0, and a fetch"),
]


def measure() -> list[Row]:
    """Situation, requests, budget, writes, budget, the other tool's count; -1 where the run failed."""
    measured = []
    for situation, before, asked_for, most_requests, most_writes, other in ROWS:
        with stage() as scene:
            before(scene)  # type: ignore[operator]
            scene.forget()
            result = scene.upsert(asked_for)
            requests, writes = scene.reads() + scene.writes(), scene.writes()
        if result.error is not None:
            requests = writes = -1
        measured.append((situation, requests, most_requests, writes, most_writes, other))
    return measured


def over_budget(measured: list[Row]) -> list[Row]:
    return [row for row in measured if not (0 <= row[1] <= row[2] and 0 <= row[3] <= row[4])]


def markdown(measured: list[Row]) -> str:
    lines = ["| situation | requests | of them writes | create-pull-request, `sign-commits` |", "|:--|--:|--:|:--|"]
    lines += [
        f"| {situation} | {requests} | {writes} | {other} |" for situation, requests, _, writes, _, other in measured
    ]
    return "\n".join(lines)


def text(measured: list[Row]) -> str:
    lines = [f"{'situation':38} {'requests':>8} {'budget':>6} {'writes':>6} {'budget':>6}   create-pull-request"]
    for row in measured:
        situation, requests, most_requests, writes, most_writes, other = row
        mark = "  OVER" if row in over_budget(measured) else ""
        lines.append(f"{situation:38} {requests:>8} {most_requests:>6} {writes:>6} {most_writes:>6}   {other}{mark}")
    return "\n".join(lines)


def main() -> int:
    measured = measure()
    print(markdown(measured) if "--markdown" in sys.argv else text(measured))
    return len(over_budget(measured))


if __name__ == "__main__":
    sys.exit(main())
