"""A dry run writes nothing, and prints the requests that a real run sends after it."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest

from support.editions import first_on
from support.ensure_stage import CASES, SEED, ensure
from support.harness import state
from support.stage import TARGET, stage

pytestmark = first_on("full", why="The listed requests are those of a GitHub with everything.")


@pytest.mark.parametrize("name", CASES)
def test_what_it_lists_is_what_is_sent(name: str) -> None:
    case = CASES[name]
    with stage(SEED) as scene:
        case.before(scene)
        scene.forget()
        before = state(scene)
        planned = ensure(scene, case.kind, case.key, dry_run=True, **case.inputs)
        assert (planned.outputs.outcome, scene.writes(), state(scene)) == ("planned", 0, before)
        listed = re.findall(r"^(POST|PATCH|PUT|DELETE) (\S+)(?: (.*))?$", planned.summary, re.MULTILINE)
        assert planned.outputs.exists == ("false" if name.startswith("create") else "true")
        scene.forget()
        finish = ensure(scene, case.kind, case.key, **case.inputs)
        assert finish.outputs.reason == planned.outputs.reason
        sent = [
            (each.method, unquote(each.path).replace("/api/graphql", "/graphql"))
            for each in scene.sandbox.requests
            if each.kind == "write"
        ]
        if name == "move branch" and not scene.has_leases:
            # A dry run lists updateRefs: only a write finds out that GitHub does not serve it.
            assert sent == [("PATCH", f"/repos/{TARGET}/git/refs/heads/{case.key}")]
            sent = [("POST", "/graphql")]
        assert [(method, unquote(path)) for method, path, _ in listed] == sent
        for _, path, body in listed:
            assert path == "/graphql" or isinstance(json.loads(body), dict)
