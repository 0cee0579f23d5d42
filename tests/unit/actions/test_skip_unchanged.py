"""The decision of `check`, one row for each answer; and the outputs that callers rely on."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from action_patterns.actions.skip_unchanged import Facts, decide
from action_patterns.actions.skip_unchanged.claim import Claim, Verdict, read_claim
from action_patterns.actions.skip_unchanged.recording import refusal
from action_patterns.changes.digest import Declared, digest
from action_patterns.state.proof import Proof, scopes_for
from action_patterns.state.record import Holder

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
RUN = Holder(repository="acme/api", run_id=1, attempt=1, url="https://github.com/acme/api/actions/runs/1/attempts/1")
PROOF = Proof(digest="a" * 64, scope="refs/heads/main", run=RUN, job="scan", proved_at=NOW - DAY)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (Facts(), "not-proved"),
        (Facts(proof=PROOF, read_at=NOW), "proved"),
        (Facts(proof=PROOF, read_at=NOW, valid=True), "proved"),
        (Facts(proof=PROOF, read_at=NOW, valid=False), "invalid"),
        (Facts(proof=PROOF, read_at=NOW, max_age=2 * DAY), "proved"),
        (Facts(proof=PROOF, read_at=NOW, max_age=DAY), "expired"),
        (Facts(proof=PROOF, read_at=NOW, max_age=timedelta()), "expired"),
        (Facts(proof=PROOF), "proved"),
        (Facts(proof=PROOF, max_age=DAY), "unknown"),
        (Facts(proof=PROOF, read_at=NOW, forced=True), "forced"),
        (Facts(proof=PROOF, read_at=NOW, unreadable=True), "unknown"),
        (Facts(unreadable=True, forced=True), "unknown"),
        (Facts(restored=True), "restored"),
        (Facts(restored=True, valid=True), "restored"),
        (Facts(restored=True, valid=False), "invalid"),
        (Facts(restored=True, forced=True), "forced"),
        (Facts(restored=False), "not-restored"),
        (Facts(restored=False, proof=PROOF), "not-restored"),
    ],
)
def test_decide(facts: Facts, reason: str) -> None:
    assert decide(facts) == reason


@pytest.mark.parametrize(
    ("verdict", "status", "outcomes", "reason"),
    [
        ("work", "success", ("success",), ""),
        ("work", "", ("success", "success"), ""),
        ("work", "failure", ("success",), "work-failed"),
        ("work", "cancelled", ("success",), "work-failed"),
        ("work", "success", ("skipped", "failure"), "work-failed"),
        ("work", "success", ("skipped",), "work-skipped"),
        ("skip", "success", ("success",), "work-skipped"),
        ("unknown", "success", ("success",), "inputs-unknown"),
    ],
)
def test_which_work_proves_nothing(verdict: Verdict, status: str, outcomes: tuple[str, ...], reason: str) -> None:
    assert refusal(Claim(verdict, 1, "a" * 64, "scan"), status, outcomes) == reason


@pytest.mark.parametrize("key", ["scan", "nightly/scan: all", "prüfung", "a.b"])
@pytest.mark.parametrize("verdict", ["work", "skip", "unknown"])
def test_a_claim_survives_the_way_through_an_output(key: str, verdict: Verdict) -> None:
    claim = Claim(verdict, 7, "" if verdict == "unknown" else "a" * 64, key)
    assert read_claim(str(claim), 7) == claim


def test_the_digest_is_golden() -> None:
    """Changing it makes every proof and every cache in the field useless: all work is done again."""
    declared = Declared(values=("a",), tools=("node\nv20",), platform="Linux-X64", salt="1")
    files = {"b": "100644 " + "1" * 40, "a": "120000 " + "2" * 40, "\udce9": "100755 " + "3" * 40}
    assert digest(declared, files) == "2de2cb0be8492305b3d5a46c474effb2072a270c949ee7350598da6402e8708a"
    assert digest(Declared(), {}) == "9b17fb725507fefac258493aa30a82fd61f12a36eaf098ba8c742695126982bb"


def test_an_event_without_a_base_sees_its_ref_and_the_default_branch() -> None:
    assert scopes_for("push", "refs/heads/x", {}, "main") == {"refs/heads/x", "refs/heads/main"}
    assert scopes_for("push", "refs/heads/x", {"pull_request": None}, None) == {"refs/heads/x"}
    assert scopes_for("merge_group", "refs/heads/q", {"merge_group": {"base_ref": "refs/heads/main"}}, "main") == {
        "refs/heads/q",
        "refs/heads/main",
    }


def test_a_digest_loads_neither_a_client_nor_the_store() -> None:
    script = """
import sys
sys.path[:0] = [sys.argv[1]]
import action_patterns.run
from action_patterns import registry
registry.load("skip-unchanged")
names = ("requests", "github", "yaml", "action_patterns.github_api", "action_patterns.state.transaction")
print([name for name in names if name in sys.modules])
"""
    source = str(Path(__file__).parents[3] / "src")
    done = subprocess.run([sys.executable, "-I", "-c", script, source], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
