"""Each guard against lost, doubled or foreign work is removed from a copy: the named test must notice.

`make test` removes one of them, which the seed chooses, and `make proof` each.

The edits are exact: when the guarded line changes, the test says so instead of guarding nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import sample

ROOT = Path(__file__).parents[2]
GIT = "action_patterns/github_api/git_database.py"
PULLS = "action_patterns/github_api/pull_requests.py"
REFS = "action_patterns/github_api/refs.py"
EXCHANGE = "action_patterns/github_api/transport/exchange.py"
TRANSPORT = "action_patterns/github_api/transport/transport.py"
TURNS = "action_patterns/github_api/transport/turns.py"
COMMANDS = "action_patterns/runner/commands.py"
CALLS = "action_patterns/github_api/transport/calls.py"
POSTS = "scenarios/test_a_post_whose_answer_was_lost_is_looked_up_before_it_is_sent_again.py::"
CLIENTS = "unit/github_api/transport/test_clients.py::"
RACES = "scenarios/test_a_branch_that_moves_while_we_write_is_never_overwritten.py::"
REFUSALS = "scenarios/test_an_auth_error_is_never_taken_for_absence.py::"
SENDING = "unit/github_api/transport/test_transport.py::"
WAITING = "unit/github_api/transport/test_turns.py::"


@dataclass(frozen=True)
class Mutation:
    """A guard, how it is removed, and the test that must notice."""

    module: str
    guarded: str
    unguarded: str
    test: str


MUTATIONS = {
    "a POST is sent again without a look": Mutation(
        PULLS,
        'self._calls.rest("unsafe", "content", "POST", repository, "/pulls", body)',
        'self._calls.rest("idempotent", "content", "POST", repository, "/pulls", body)',
        POSTS + "test_a_pull_request_that_was_opened_is_found_and_not_asked_for_twice",
    ),
    "a redirect takes the token to another server": Mutation(
        EXCHANGE,
        " or _origin(moved_to) != _origin(place):",
        ":",
        CLIENTS + "test_no_redirect_takes_the_token_to_another_server",
    ),
    "whatever is on the branch is overwritten after a lost race": Mutation(
        REFS,
        '"beforeOid": before or ABSENT,',
        '"beforeOid": read() or ABSENT,',
        RACES + "test_it_moved_after_it_was_read_and_before_the_swap_was_sent",
    ),
    "a new branch is written without a guard": Mutation(
        REFS,
        '"beforeOid": before or ABSENT,',
        '"beforeOid": before,',
        RACES + "test_a_branch_made_before_ours_stays",
    ),
    "without leases a branch is moved by force": Mutation(
        REFS,
        'body = {"sha": after, "force": False}',
        'body = {"sha": after, "force": True}',
        RACES + "test_it_moved_after_it_was_read_and_before_the_swap_was_sent",
    ),
    "a 404 is taken for absence though the token may see nothing": Mutation(
        GIT,
        '            self._calls.rest("safe", "read", "GET", repository, "")\n',
        "",
        REFUSALS + "test_a_branch_that_cannot_be_looked_up_is_not_reported_as_deleted",
    ),
    "an answer about another thing is believed": Mutation(
        CALLS,
        "    if not true:\n",
        "    if False:\n",
        SENDING + "test_a_pull_request_is_not_taken_from_an_answer_about_another_branch",
    ),
    "a refused token is renewed without an end": Mutation(
        TRANSPORT,
        "if status == 401 and not renewed and",
        "if status == 401 and",
        SENDING + "test_a_refused_token_is_renewed_once_for_a_request",
    ),
    "a thread goes on after GitHub refused another": Mutation(
        TURNS,
        "if self._pacer.parked_until > at:\n",
        "if False:\n",
        WAITING + "test_a_thread_that_waits_for_its_turn_heeds_a_limit_that_another_meets_meanwhile",
    ),
    "a text of a repository commands the runner": Mutation(
        COMMANDS,
        r"(^|[\r\n])",
        r"(^|\n)",
        "unit/runner/test_commands.py::test_a_command_after_any_line_ending_is_plain_text",
    ),
}


CHOSEN = sample.some(1, MUTATIONS, "mutation")


def run(directory: Path, mutation: Mutation | None) -> subprocess.CompletedProcess[str]:
    """Run the tests against a copy of the sources with one guard less."""
    shutil.copytree(ROOT / "src", directory)  # With what is compiled: only the edited module is compiled again.
    if mutation is not None:
        module = directory / mutation.module
        source = module.read_text("utf-8")
        assert source.count(mutation.guarded) == 1, f"{mutation.module} no longer has {mutation.guarded!r} once"
        module.write_text(source.replace(mutation.guarded, mutation.unguarded), "utf-8")
    tests = sorted({each.test for each in ([mutation] if mutation else [MUTATIONS[name] for name in CHOSEN])})
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
            *("-o", f"pythonpath={directory} {ROOT / 'tests'}"),
            *(f"tests/{test}" for test in tests),
        ],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
        | {"PYTHONPATH": str(directory), "PYTHONDONTWRITEBYTECODE": "1", sample.EXTENT_VARIABLE: "proof"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_copy_with_all_its_guards_passes(tmp_path: Path) -> None:
    done = run(tmp_path / "src", None)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", CHOSEN)
def test_it_is_noticed_that(name: str, tmp_path: Path) -> None:
    done = run(tmp_path / "src", MUTATIONS[name])
    # 1 = a test failed; anything above = pytest could not run them, which proves nothing.
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"FAILED tests/{MUTATIONS[name].test}" in done.stdout, done.stdout
