"""A stage for the end-to-end tests: a local GitHub with a small fleet, and a repository that runs workflows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import Any

from github_sandbox import Sandbox
from github_sandbox.act_runner import ActRun, ActRunner
from github_sandbox.consumer import Consumer
from github_sandbox.server import Server

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCE = "acme/platform"
TOKEN = "campaign-token-7f3a"
JOB_TOKEN = "job-token-19c2"

DISTRIBUTION = """\
name: shared-config
targets:
  owners: [acme]
files:
  - source: shared/editorconfig
    target: .editorconfig
  - source: shared/scripts/
    target: scripts/
  - target: .travis.yml
    absent: true
pull-request:
  title: Update shared configuration
  body: These files come from acme/platform.
  labels: [shared-config]
"""

CALLER = """\
name: Distribute
on: workflow_dispatch
permissions: {}
jobs:
  distribute:
    permissions:
      actions: read
      contents: read
    uses: action-patterns/action-patterns/.github/workflows/distribute.yml@v0.1.0
    with:
      name: <name>
      targets-per-job: 2
      dry-run: <dry-run>
      fail-on: <fail-on>
      junit: <junit>
      only: "<only>"
      limit: "<limit>"
    secrets:
      token: ${{ secrets.TOKEN }}
  after:
    needs: distribute
    if: always()
    runs-on: ubuntu-latest
    steps:
      - id: seen
        env:
          VERDICT: ${{ needs.distribute.outputs.verdict }}
          COUNTS: ${{ needs.distribute.outputs.counts }}
          FAILED: ${{ needs.distribute.outputs.failed-targets }}
          ARTIFACT: ${{ needs.distribute.outputs.report-artifact }}
        run: |
          {
            echo "verdict=$VERDICT"
            echo "counts=$COUNTS"
            echo "failed=$FAILED"
            echo "artifact=$ARTIFACT"
          } >> "$GITHUB_OUTPUT"
"""

SHARED: dict[str, Any] = {
    "shared/editorconfig": "root = true\n",
    "shared/scripts/check.sh": {"content": "#!/bin/sh\nexit 0\n", "mode": "100755"},
    "shared/scripts/notes.txt": "notes\n",
}


def caller(
    *, name: str = "shared-config", dry_run: bool = False, fail_on: str = "any", junit: bool = False, **part: str
) -> str:
    """A workflow that calls distribute.yml. `part`: its inputs `only` and `limit`."""
    given = {"name": name, "dry-run": str(dry_run).lower(), "fail-on": fail_on, "junit": str(junit).lower()}
    given |= {"only": part.get("only", ""), "limit": part.get("limit", "")}
    return reduce(lambda text, item: text.replace(f"<{item[0]}>", item[1]), given.items(), CALLER)


def seed(
    *, source: Mapping[str, Any], fleet: Mapping[str, Mapping[str, Any]], read_only: list[str] | None = None
) -> dict[str, Any]:
    """A world: the source repository, `fleet` (name -> its seed), one token for the campaign and one for the job."""
    repositories: list[dict[str, Any]] = [{"name": SOURCE, "files": dict(source)}]
    for name, spec in fleet.items():
        repositories.append({"name": f"acme/{name}"} | dict(spec))
    return {
        "organizations": {"acme": {"members": ["mona"]}},
        "users": ["fleet-bot"],
        "tokens": {
            TOKEN: {"login": "fleet-bot", "kind": "fine-grained", "read-only": read_only or []},
            JOB_TOKEN: {"login": "github-actions[bot]", "kind": "actions", "repositories": [SOURCE]},
        },
        "repositories": repositories,
    }


@dataclass
class Stage:
    """One sandbox being served, and a clone of the source repository in it."""

    sandbox: Sandbox
    server: Server
    consumer: Consumer
    runner: ActRunner
    _asked: int = field(default=0)

    def run(self, workflow: str, *, runner: ActRunner | None = None, **options: Any) -> ActRun:
        """Run a workflow of the source repository. The requests it made are `requests()` and `writes()`."""
        self._asked = len(self.sandbox.requests)
        secrets = {"GITHUB_TOKEN": JOB_TOKEN} | options.pop("secrets", {"TOKEN": TOKEN})
        return (runner or self.runner).run(
            self.consumer.directory, f".github/workflows/{workflow}", self.server, secrets=secrets, **options
        )

    def requests(self) -> list[str]:
        """What the last run asked the API, one line each; cloning is not counted."""
        return [
            f"{r.kind} {r.method} {r.path} {r.graphql_operation or ''}" for r in self._records() if r.route != "git"
        ]

    def writes(self) -> list[str]:
        """The writes among them."""
        return [f"{r.method} {r.path} {r.graphql_operation or ''}" for r in self._records() if r.kind == "write"]

    def _records(self) -> list[Any]:
        return self.sandbox.requests.all()[self._asked :]


@contextmanager
def stage(runner: ActRunner, place: Path, world: Mapping[str, Any]) -> Iterator[Stage]:
    """Serve the world and clone its source repository to `place`."""
    sandbox = Sandbox.from_seed(world)
    with sandbox.serve() as server:
        yield Stage(sandbox, server, Consumer.clone(server, SOURCE, place), runner)
