"""A GitHub App's tokens: one per owner and 500 repositories, narrowed, masked, replaced in time, revoked at the end."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from action_patterns import run
from action_patterns.action.contract import Finish
from action_patterns.actions import upsert_pr
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance
from support.app_fleet import fleet, seed, variables
from support.editions import first_on

pytestmark = first_on("full", "no-graphql", why="Each is served over HTTP; which tier reads is remembered by account.")

TWO = ("acme/api", "beta/tools")
BOTH: dict[str, Any] = {"acme": {}, "beta": {}}


@first_on("full", why="It takes five hundred repositories.")
def test_a_token_reaches_only_the_targets_of_one_owner_and_500_at_most() -> None:
    names = [f"acme/r{number:03}" for number in range(502)]
    with fleet(seed(BOTH, [*names, "acme/bystander", "beta/tools", "beta/bystander"])) as scene:
        gateway = scene.gateway([*names, "beta/tools"])
        for repository in ("acme/r000", "acme/r499", "acme/r501", "beta/tools"):
            assert scene.upsert(gateway, repository).outcome == "created"
        first, second, other = scene.minted
        assert scene.reach(first) == set(names[:500])
        assert scene.reach(second) == set(names[500:])
        assert scene.reach(other) == {"beta/tools"}
        gateway.close()
        assert scene.alive() == []


def test_a_token_has_the_permissions_of_the_run_and_no_others() -> None:
    granted = {"contents": "write", "pull_requests": "write", "administration": "write", "workflows": "write"}
    with fleet(seed(BOTH, TWO, permissions=granted)) as scene:
        gateway = scene.gateway(TWO)
        assert scene.upsert(gateway, "acme/api").outcome == "created"
        (token,) = scene.minted
        assert scene.sandbox.tokens[token].permissions == {
            "contents": "write",
            "metadata": "read",
            "pull_requests": "write",
        }


def test_an_hour_later_the_token_was_replaced_before_it_expired() -> None:
    with fleet(seed(BOTH, TWO)) as scene:
        gateway = scene.gateway(TWO, seconds=9_000)
        gateway.git.read_branch("acme/api", "main")
        scene.clock.advance(3_600 - 4 * 60)
        gateway.git.read_branch("acme/api", "main")
        scene.clock.advance(5 * 60)
        gateway.git.read_branch("acme/api", "main")
        assert len(scene.minted) == 2
        assert [record.status for record in scene.sandbox.requests if record.status == 401] == []


def test_a_token_that_github_refuses_is_replaced_once() -> None:
    with fleet(seed(BOTH, TWO)) as scene:
        gateway = scene.gateway(TWO)
        gateway.git.read_branch("acme/api", "main")
        del scene.sandbox.tokens[scene.minted[0]]  # Somebody revoked it.
        assert scene.upsert(gateway, "acme/api").outcome == "created"
        assert len(scene.minted) == 2
        assert [record.status for record in scene.sandbox.requests].count(401) == 1


@pytest.mark.parametrize("end", [None, ValueError("a bug"), KeyboardInterrupt(), run.Terminated()])
def test_tokens_are_masked_in_the_log_and_taken_back_however_the_run_ends(
    end: BaseException | None, tmp_path: Path
) -> None:
    made: list[str] = []
    with fleet(seed(BOTH, TWO)) as scene:

        def look_then_end(inputs: upsert_pr.UpsertPrInputs, ports: Ports) -> Finish[upsert_pr.UpsertPrOutputs]:
            github = ports.github(inputs.credentials(), Allowance(repositories=TWO))
            for repository in TWO:
                github.git.read_branch(repository, "main")
            made.extend(scene.alive())
            if end is not None:
                raise end
            return Finish(outputs=upsert_pr.UpsertPrOutputs.model_construct(outcome="created"))

        action = replace(upsert_pr.ACTION, run=look_then_end)
        stream = io.StringIO()
        run.main(["upsert-pr"], variables(scene, tmp_path, title="x"), stream, load=lambda _name: action)
        assert len(made) == 2
        for token in made:
            assert stream.getvalue().count(token) == 1
            assert f"::add-mask::{token}\n" in stream.getvalue()
        assert scene.alive() == []
