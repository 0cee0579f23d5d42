"""Which token goes with which request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github import Auth

from action_patterns.errors import InputError, NotFoundError, PermissionDeniedError, RefusedError, UnavailableError
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.app_tokens import AppTokens
from action_patterns.github_api.transport.tokens import APP, Authorization, GivenToken
from action_patterns.ports.credentials import Allowance, AppKey
from support.answers import answer
from support.memory_ports import NOW, StillClock

PERMISSIONS = (("contents", "write"), ("metadata", "read"))


@pytest.fixture(scope="module")
def app() -> AppKey:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return AppKey("Iv23li", pem.decode())


class GitHubOfApps:
    """Answers what an App asks: installed at `installed`, covering `covered` (None = everything)."""

    def __init__(self, installed: str = "acme", covered: set[str] | None = None) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.revoked: list[str] = []
        self.granted = {"contents": "write", "metadata": "read"}
        self.trouble: Exception | None = None
        self._installed, self._covered = installed, covered

    def __call__(self, method: str, path: str, body: object = None, *, token: Authorization | None = None) -> Answer:
        return answer(self._reply(method, path, body, token))

    def _reply(self, method: str, path: str, body: object, token: Authorization | None) -> Any:
        if token is not None:
            assert (method, path) == ("DELETE", "/installation/token")
            self.revoked.append(token.token)
            if self.trouble is not None:
                raise self.trouble
            return None
        self.asked.append((method, path, body))
        if method == "GET":
            if path != f"/orgs/{self._installed}/installation":
                raise NotFoundError("Not Found", remediation="")
            return {"id": 7, "permissions": self.granted}
        assert isinstance(body, dict)
        if self._covered is not None and not set(body.get("repositories", ())) <= self._covered:
            raise RefusedError("There is at least one repository", remediation="")
        return {
            "token": f"ghs_{sum(method == 'POST' for method, _, _ in self.asked)}",
            "expires_at": (NOW + timedelta(hours=1)).isoformat(),
        }

    def narrowed(self) -> list[list[str]]:
        """The repositories of each token that was asked for."""
        return [body.get("repositories", []) for method, _, body in self.asked if method == "POST"]


def tokens(app: AppKey, github: GitHubOfApps, hidden: list[str] | None = None, **allowance: Any) -> AppTokens:
    wanted = Allowance(**{"permissions": PERMISSIONS, **allowance})
    return AppTokens(app, wanted, StillClock(), (hidden if hidden is not None else []).append, github)


def test_a_given_token_goes_with_everything_and_is_not_revoked() -> None:
    given = GivenToken("ghp_x")
    assert given.auth("acme/api") is given.auth("beta")
    assert given.kind == "classic personal access token"
    assert given.renew("acme", given.auth("acme")) is False
    given.close()


def test_one_token_serves_all_requests_of_its_portion(app: AppKey) -> None:
    github, hidden = GitHubOfApps(), []
    made = tokens(app, github, hidden, repositories=("acme/b", "ACME/A"))
    assert made.auth("acme/a") is made.auth("Acme/B")
    assert github.asked[-1][2] == {"repositories": ["a", "b"], "permissions": dict(PERMISSIONS)}
    assert hidden == ["ghs_1"]
    assert isinstance(made.auth(APP), Auth.AppAuth)


def test_the_key_is_read_once_however_often_it_signs(app: AppKey, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = tokens(app, GitHubOfApps()).auth(APP)
    monkeypatch.setattr(jwt.algorithms, "load_pem_private_key", None)
    claims = jwt.decode(signer.token, options={"verify_signature": False})
    assert (claims["iss"], claims["exp"] - claims["iat"] <= 600) == ("Iv23li", True)


@pytest.mark.parametrize(("count", "sizes"), [(500, [500]), (501, [500, 1]), (1000, [500, 500])])
def test_a_token_names_500_repositories_at_most(app: AppKey, count: int, sizes: list[int]) -> None:
    github = GitHubOfApps()
    names = [f"r{number:04}" for number in range(count)]
    made = tokens(app, github, repositories=tuple(f"acme/{name}" for name in names))
    for name in names:
        made.auth(f"acme/{name}")
    assert [len(portion) for portion in github.narrowed()] == sizes
    assert [name for portion in github.narrowed() for name in portion] == names


def test_the_owner_itself_and_a_repository_out_of_plan_get_a_token_that_is_not_narrowed_to_names(app: AppKey) -> None:
    github = GitHubOfApps()
    made = tokens(app, github, repositories=("acme/a",))
    assert made.auth("acme") is made.auth("acme/other")
    assert github.narrowed() == [[]]


def test_what_the_installation_does_not_cover_is_found_by_halving_and_fails_alone(app: AppKey) -> None:
    names = [f"r{number:02}" for number in range(64)]
    github = GitHubOfApps(covered=set(names) - {"r40"})
    made = tokens(app, github, repositories=tuple(f"acme/{name}" for name in names))
    for name in names:
        if name != "r40":
            made.auth(f"acme/{name}")
    with pytest.raises(RefusedError, match="cannot give this run a token"):
        made.auth("acme/r40")
    assert len(github.narrowed()) <= 2 * 6 + 1
    made.close()
    assert len(github.revoked) == 6


def test_a_permission_that_is_not_granted_is_named_before_a_token_is_asked_for(app: AppKey) -> None:
    github = GitHubOfApps()
    github.granted = {"contents": "read", "metadata": "read"}
    with pytest.raises(PermissionDeniedError, match=r"lacks contents: write\.$"):
        tokens(app, github).auth("acme")
    assert github.narrowed() == []


def test_an_owner_without_the_app_is_asked_about_once(app: AppKey) -> None:
    github = GitHubOfApps("other")
    made = tokens(app, github)
    for _ in range(3):
        with pytest.raises(NotFoundError, match="not installed at acme"):
            made.auth("acme")
    assert [path for _, path, _ in github.asked] == ["/orgs/acme/installation", "/users/acme/installation"]


def test_a_refused_token_is_replaced_only_by_whoever_held_it(app: AppKey) -> None:
    """Two threads that are refused with the same token must not throw away the one that the first of them got."""
    github = GitHubOfApps()
    made = tokens(app, github)
    old = made.auth("acme")
    assert made.renew("acme", old) is True
    new = made.auth("acme")
    assert made.renew("acme", old) is True
    assert made.auth("acme") is new
    assert made.renew(APP, made.auth(APP)) is False


def test_a_token_near_its_end_is_replaced(app: AppKey, monkeypatch: pytest.MonkeyPatch) -> None:
    github = GitHubOfApps()
    made = tokens(app, github)
    first = made.auth("acme")
    monkeypatch.setattr(StillClock, "now", lambda _: NOW + timedelta(minutes=54, seconds=59))
    assert made.auth("acme") is first
    monkeypatch.setattr(StillClock, "now", lambda _: NOW + timedelta(minutes=55))
    assert made.auth("acme") is not first


def test_closing_revokes_once_and_never_fails(app: AppKey) -> None:
    github = GitHubOfApps()
    github.trouble = UnavailableError("x", remediation="")
    made = tokens(app, github, repositories=("acme/a",))
    made.auth("acme/a")
    made.auth("acme")
    made.close()
    made.close()
    assert sorted(github.revoked) == ["ghs_1", "ghs_2"]


def test_a_key_that_was_cut_is_an_input_error_and_not_shown(app: AppKey) -> None:
    spoilt = app.private_key[:300] + app.private_key[-40:]
    with pytest.raises(InputError) as refused:
        tokens(AppKey("Iv23li", spoilt), GitHubOfApps())
    assert "app-private-key" in str(refused.value)
    assert spoilt[40:80] not in repr(refused.value)
