"""GraphQL that is not served is noticed once, told once, and done without; everything else is no reason to."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError, RefusedError
from action_patterns.github_api.client import Client
from github_sandbox import Fault
from support.stage import FLEET, FULL, TARGET, DyingTransport, Stage, desired_state, stage

SEED = FLEET | {
    "repositories": [
        *FLEET["repositories"],
        {"name": "acme/void", "files": {}},
        {"name": "acme/web", "files": {"a": "b"}, "topics": ["b", "a"], "archived": True},
        {"name": "alice/own", "files": {"a": "b"}},
    ]
}
UNSERVED = ["no-graphql", "graphql-refused"]


def observe(gateway: Client) -> Any:
    return gateway.pulls.observe(TARGET, branch=desired_state().branch, base=None, paths=["README.md"])


def warnings(scene: Stage) -> list[str]:
    return [line for line in scene.said.lines if line.startswith("warning")]


def gateway_of(scene: Stage) -> Client:
    return Client(DyingTransport(scene.context, log=scene.said))


@pytest.mark.parametrize("edition", UNSERVED)
def test_it_is_asked_once_and_told_once(edition: str) -> None:
    with stage(edition=edition) as scene:
        gateway = gateway_of(scene)
        first, second = observe(gateway), observe(gateway)
        assert first == second
        assert gateway.git.read_files(TARGET, first.base_tip.oid, ["README.md"]) == first.files
        assert sum(record.path.endswith("/graphql") for record in scene.sandbox.requests) == 1
        (told,) = warnings(scene)
        assert "REST alone" in told
        assert "auto-merge" in told


def test_threads_that_find_out_together_tell_once() -> None:
    with stage(edition="no-graphql") as scene:
        gateway = gateway_of(scene)
        start, read = threading.Barrier(4), []

        def work() -> None:
            start.wait()
            read.append(observe(gateway))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(read) == 4
        assert len(warnings(scene)) == 1


NO_REASON: dict[str, dict[str, Any]] = {
    "a limit": {"status": 403, "headers": {"retry-after": "1"}, "body": {"message": "secondary rate limit"}},
    "bad credentials": {"status": 401, "body": {"message": "Bad credentials"}},
    "an object that is hidden": {
        "status": 200,
        "body": {
            "data": {"repository": None},
            "errors": [{"type": "NOT_FOUND", "path": ["repository"], "message": "?"}],
        },
    },
    "an object that is forbidden": {
        "status": 200,
        "body": {
            "data": {"repository": None},
            "errors": [{"type": "FORBIDDEN", "path": ["repository"], "message": "?"}],
        },
    },
    "a gateway": {"status": 502, "body": {"message": "Bad gateway"}},
}


@pytest.mark.parametrize("name", NO_REASON)
def test_nothing_else_is_a_reason_to_do_without(name: str) -> None:
    with stage() as scene:
        gateway = gateway_of(scene)
        scene.sandbox.faults.add(Fault(operation="Observe", **NO_REASON[name]))
        try:
            observe(gateway)
        except ActionPatternsError:
            observe(gateway)
        assert set(scene.order()) == {"Observe"}
        assert warnings(scene) == []


def test_a_target_that_rest_does_not_show_either_is_no_reason() -> None:
    """The trouble may be the target's: then nothing is concluded about GraphQL."""
    with stage() as scene:
        gateway = gateway_of(scene)
        refusal = {"status": 404, "body": {"message": "Not Found"}}
        scene.sandbox.faults.add(Fault(operation="Observe", **refusal))
        scene.sandbox.faults.add(Fault(path=f"^/repos/{TARGET}", **refusal))
        with pytest.raises(NotFoundError):
            observe(gateway)
        assert warnings(scene) == []
        assert observe(gateway).compare_and_swap


def test_a_mutation_that_is_refused_says_what_github_said() -> None:
    with stage(edition="graphql-refused") as scene, pytest.raises(PermissionDeniedError, match="not accessible"):
        gateway_of(scene).pulls.convert_to_draft(TARGET, "PR_x")


@pytest.mark.parametrize("edition", UNSERVED)
def test_what_only_graphql_can_do_is_a_refused_field_and_nothing_is_sent(edition: str) -> None:
    with stage(SEED, edition=edition) as scene:
        scene.upsert(desired_state(**FULL))
        scene.forget()
        asked_for = desired_state(draft="always-true", **FULL)
        result = scene.upsert(asked_for)
        assert (result.error, result.refused_fields) == (None, ("draft",))
        merged = scene.upsert(desired_state(auto_merge="squash", **FULL))
        assert (merged.error, merged.refused_fields) == (None, ("auto-merge",))
        scene.upsert(asked_for)
        assert "/graphql" not in {record.path[-8:] for record in scene.sandbox.requests if record.kind == "write"}
        gateway = gateway_of(scene)
        observe(gateway)
        scene.forget()
        for switch in (
            lambda: gateway.pulls.convert_to_draft(TARGET, "x"),
            lambda: gateway.pulls.set_auto_merge(TARGET, "x", None),
        ):
            with pytest.raises(RefusedError, match="Only GraphQL"):
                switch()
        assert scene.order() == []
        scene.upsert(asked_for)
        assert scene.writes() == 0


@pytest.mark.parametrize("edition", UNSERVED)
def test_repositories_are_found_all_the_same(edition: str) -> None:
    with stage(SEED) as scene:
        full = gateway_of(scene)
        listing, named = (
            full.repositories.list_owner("ACME"),
            full.repositories.read(["acme/void", "acme/none", "alice/own"]),
        )
    with stage(SEED, edition=edition) as scene:
        gateway = gateway_of(scene)
        over_rest = gateway.repositories.list_owner("ACME")
        assert (over_rest.owner, over_rest.visible) == (listing.owner, listing.visible)
        without_tips = [target.model_copy(update={"head_oid": None}) for target in listing.targets]
        assert list(over_rest.targets) == without_tips
        assert gateway.repositories.read(["acme/void", "acme/none", "alice/own"]) == {
            name: target and target.model_copy(update={"head_oid": None}) for name, target in named.items()
        }
        with pytest.raises(NotFoundError, match="no organization or user"):
            gateway.repositories.list_owner("nobody")
        with pytest.raises(RefusedError, match="only its public"):
            gateway.repositories.list_owner("alice")


def test_a_listing_over_rest_goes_to_its_last_page() -> None:
    many = [{"name": f"acme/r{number}", "files": {"a": "b"}} for number in range(101)]
    with stage(FLEET | {"repositories": many}, edition="no-graphql") as scene:
        assert gateway_of(scene).repositories.list_owner("acme").visible == 101
