"""An App that is not installed, not granted enough, or not what its inputs say: named, with the remedy, and the other
targets are done.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from action_patterns import run
from support.app_fleet import Fleet, fleet, seed, variables
from support.editions import first_on

pytestmark = first_on("full", "no-graphql", why="Each is served over HTTP; which tier reads is remembered by account.")

NAMES = ("acme/api", "acme/web", "beta/tools")
DISTRIBUTION = """\
name: ci
targets: {%s}
files: [{source: ci.txt, target: ci.txt}]
pull-request: {title: Add ci.txt}
"""


def distribute(scene: Fleet, folder: Path, targets: str, **inputs: str) -> tuple[int, str]:
    """Exit code and log of the root action, given the App."""
    (folder / "distribution.yml").write_text(DISTRIBUTION % targets)
    (folder / "ci.txt").write_text("x\n")
    stream = io.StringIO()
    code = run.main(["distribute"], variables(scene, folder, **inputs), stream)
    return code, stream.getvalue()


def results(folder: Path) -> dict[str, tuple[str, str]]:
    """Outcome and reason by target, from the report."""
    (report,) = folder.glob("temp/action-patterns/*/run-report.json")
    return {each["target"]: (each["outcome"], each["reason"]) for each in json.loads(report.read_text())["results"]}


def test_an_owner_without_the_app_fails_its_targets_and_the_others_are_done() -> None:
    with fleet(seed({"acme": {}}, [*NAMES, "beta/more"])) as scene:
        gateway = scene.gateway([*NAMES, "beta/more"])
        assert [scene.upsert(gateway, name).outcome for name in NAMES] == ["created", "created", "failed"]
        lost = scene.upsert(gateway, "beta/more")
        assert (lost.outcome, lost.reason) == ("failed", "not-found")
        assert lost.error is not None
        assert "not installed at beta" in lost.error.message
        assert "Install the App at beta" in lost.error.remediation
        # Asked once, as an organization and as a user; not again for every target.
        assert len([r for r in scene.sandbox.requests if "/beta/installation" in r.path]) == 2


def test_a_campaign_says_which_owner_lacks_the_app_and_does_the_rest(tmp_path: Path) -> None:
    with fleet(seed({"acme": {}}, NAMES)) as scene:
        code, log = distribute(scene, tmp_path, f"repositories: [{', '.join(NAMES)}]")
        assert results(tmp_path) == {
            "acme/api": ("created", "opened"),
            "acme/web": ("created", "opened"),
            "beta/tools": ("failed", "not-found"),
        }, log
        assert code == 1
        assert "::warning" in log
        assert "not installed at beta" in log
        assert "Install the App at beta" in log
        assert scene.alive() == []


def test_a_token_is_never_narrowed_to_a_repository_that_was_not_found(tmp_path: Path) -> None:
    names = ("acme/api", "acme/absent")
    with fleet(seed({"acme": {}}, ["acme/api"])) as scene:
        code, log = distribute(scene, tmp_path, f"repositories: [{', '.join(names)}]")
        assert results(tmp_path) == {"acme/api": ("created", "opened"), "acme/absent": ("failed", "not-found")}, log
        assert code == 1
        assert not [request.path for request in scene.sandbox.requests if request.status == 422]


def test_a_target_outside_the_installation_costs_only_itself() -> None:
    with fleet(seed({"acme": {"repositories": ["api"]}}, NAMES)) as scene:
        gateway = scene.gateway(["acme/api", "acme/web"])
        assert scene.upsert(gateway, "acme/api").outcome == "created"
        refused = scene.upsert(gateway, "acme/web")
        assert refused.outcome == "failed"
        assert refused.error is not None
        assert "select the repositories" in refused.error.remediation
        assert scene.reach(scene.minted[0]) == {"acme/api"}


def test_a_permission_the_installation_lacks_is_named() -> None:
    short = {"beta": {}, "acme": {"permissions": {"contents": "write", "metadata": "read", "pull_requests": "read"}}}
    with fleet(seed(short, NAMES)) as scene:
        gateway = scene.gateway(NAMES)
        refused = scene.upsert(gateway, "acme/api")
        assert (refused.outcome, refused.reason) == ("failed", "permission")
        assert refused.error is not None
        assert "lacks pull-requests: write." in refused.error.message
        assert "contents" not in refused.error.message
        assert "have acme accept" in refused.error.remediation
        assert scene.upsert(gateway, "beta/tools").outcome == "created"


def test_the_whole_campaign_uses_tokens_that_reach_its_targets_only(tmp_path: Path) -> None:
    with fleet(seed({"acme": {}, "beta": {}}, NAMES)) as scene:
        seen: list[tuple[Any, Any]] = []
        mint = type(scene.sandbox.app("fleet")).mint

        def noted(app: Any, *item: Any, **asked: Any) -> Any:
            seen.append((asked["repositories"], dict(asked["permissions"])))
            return mint(app, *item, **asked)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(scene.sandbox.app("fleet")), "mint", noted)
            code, log = distribute(scene, tmp_path, 'owners: [acme], exclude: ["*/web"]')
        assert code == 0, log
        writing = [repositories for repositories, permissions in seen if "write" in permissions.values()]
        assert writing == [frozenset({scene.sandbox.repository("acme/api").id})]
        assert scene.alive() == []


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"app_private_key": "-----BEGIN RSA PRIVATE KEY----- AAAA -----END RSA PRIVATE KEY-----"}, "app-private-key"),
        ({"app_client_id": "Iv23liNOBODY"}, "app-client-id"),
    ],
)
def test_a_wrong_key_or_client_id_is_named_not_called_a_defect(
    inputs: dict[str, str], said: str, tmp_path: Path
) -> None:
    with fleet(seed({"acme": {}}, NAMES)) as scene:
        code, log = distribute(scene, tmp_path, "owners: [acme]", **inputs)
        assert code in (1, 2)
        assert said in log
        assert "defect" not in log


def test_the_key_of_another_app_is_refused_with_a_remedy_for_apps(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    with fleet(seed({"acme": {}}, NAMES)) as scene:
        code, log = distribute(scene, tmp_path, "owners: [acme]", app_private_key=key.decode())
        assert code == 1
        assert "app-client-id" in log
        assert "`token`" not in log
