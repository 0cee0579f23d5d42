"""GitHub Apps: the signed assertion, installations, tokens and their expiry."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from github_sandbox_bench import Bench, served

from github_sandbox.apps import App

SEED: dict[str, Any] = {
    "organizations": {"acme": {}, "other": {}},
    "users": ["mona"],
    "apps": {
        "fleet": {
            "id": 4711, "client-id": "Iv23liFLEET", "owner": "acme",
            "permissions": {"contents": "write", "pull_requests": "write"},
            "installations": {
                "acme": {"repositories": ["api", "secret"]},
                "mona": {"permissions": {"contents": "read"}},
                "other": {"suspended": True},
            },
        }
    },
    "repositories": [
        {"name": "acme/api", "files": {"a": "b"}},
        {"name": "acme/secret", "private": True, "files": {"a": "b"}},
        {"name": "acme/apart", "private": True, "files": {"a": "b"}},
        {"name": "mona/notes", "private": True, "files": {"a": "b"}},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def bench() -> Iterator[Bench]:
    with served(SEED) as made:
        yield made


def assertion(bench: Bench, key: str | None = None, **claims: Any) -> str:
    app, now = bench.sandbox.app("fleet"), int(bench.clock())
    return jwt.encode({"iss": "4711", "iat": now - 60, "exp": now + 540} | claims, key or app.private_key, "RS256")


def installation(bench: Bench, login: str = "acme") -> int:
    app: App = bench.sandbox.app("fleet")
    return next(i.id for i in app.installations.values() if i.account.login == login)


def minted(bench: Bench, body: dict[str, Any] | None = None, login: str = "acme") -> Any:
    path = f"/app/installations/{installation(bench, login)}/access_tokens"
    return bench.post(path, body or {}, token=assertion(bench))


def test_an_app_is_known_by_its_id_and_by_its_client_id(bench: Bench) -> None:
    for issuer in ("4711", "Iv23liFLEET"):
        shown = bench.get("/app", token=assertion(bench, iss=issuer)).json()
        assert (shown["id"], shown["client_id"], shown["slug"]) == (4711, "Iv23liFLEET", "fleet")
    assert shown["permissions"] == {"contents": "write", "metadata": "read", "pull_requests": "write"}


@pytest.mark.parametrize(("claims", "status", "message"), [
    ({"exp": 601}, 401, "'Expiration time' claim ('exp') is too far in the future"),
    ({"exp": 0}, 401, "'Expiration time' claim ('exp') must be a numeric value"),
    ({"iat": 90}, 401, "'Issued at' claim ('iat') must be an Integer"),
])  # fmt: skip
def test_an_assertion_out_of_its_time_is_refused(
    bench: Bench, claims: dict[str, int], status: int, message: str
) -> None:
    now = int(bench.clock())
    answer = bench.get("/app", token=assertion(bench, **{name: now + value for name, value in claims.items()}))
    assert answer.status_code == status
    assert answer.json()["message"].startswith(message)


def test_an_assertion_of_somebody_else_is_refused(bench: Bench, key: str) -> None:
    assert bench.get("/app", token=assertion(bench, iat=int(bench.clock()) + 30)).status_code == 200  # clock skew
    for wrong in (assertion(bench, key), "not-a-jwt", minted(bench).json()["token"]):
        answer = bench.get("/app", token=wrong)
        assert (answer.status_code, answer.json()["message"]) == (401, "A JSON web token could not be decoded")
    answer = bench.get("/app", token=assertion(bench, iss="1"))
    assert (answer.status_code, answer.json()["message"]) == (404, "Integration not found")


def test_where_the_app_is_installed(bench: Bench) -> None:
    token = assertion(bench)
    listed = bench.get("/app/installations", token=token).json()
    assert [(i["account"]["login"], i["repository_selection"]) for i in listed] == [
        ("acme", "selected"), ("mona", "all"), ("other", "all"),
    ]  # fmt: skip
    for path, found in {
        "/orgs/acme/installation": True, "/users/mona/installation": True, "/repos/acme/api/installation": True,
        "/repos/mona/notes/installation": True, "/orgs/mona/installation": False, "/users/acme/installation": False,
        "/repos/acme/apart/installation": False, "/orgs/nobody/installation": False,
    }.items():  # fmt: skip
        answer = bench.get(path, token=token)
        assert answer.status_code == (200 if found else 404), path
        if found:
            assert answer.json()["id"] in [i["id"] for i in listed]


def test_a_token_reaches_what_the_installation_does_and_no_more(bench: Bench) -> None:
    answer = minted(bench)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["repository_selection"], "repositories" in body) == ("selected", False)
    token = body["token"]
    assert bench.get("/repos/acme/secret", token=token).status_code == 200
    assert bench.get("/repos/acme/apart", token=token).status_code == 404
    assert bench.get("/repos/mona/notes", token=token).status_code == 404
    shown = bench.get("/installation/repositories", token=token).json()
    assert [r["name"] for r in shown["repositories"]] == ["api", "secret"]
    assert bench.post("/repos/acme/secret/git/blobs", {"content": "x"}, token=token).status_code == 201
    bench.repository("acme/secret").rename("hidden")
    assert bench.get("/repos/acme/hidden", token=token).status_code == 200
    users = minted(bench, login="mona").json()["token"]
    assert bench.get("/repos/acme/hidden", token=users).status_code == 404
    assert bench.post("/repos/mona/notes/git/blobs", {"content": "x"}, token=users).status_code == 403


def test_a_token_is_narrowed_to_repositories_and_permissions(bench: Bench) -> None:
    number = bench.repository("acme/secret").id
    body = minted(bench, {"repository_ids": [number], "permissions": {"contents": "read"}}).json()
    assert [r["name"] for r in body["repositories"]] == ["secret"]
    assert body["permissions"] == {"contents": "read", "metadata": "read"}
    assert bench.get("/repos/acme/secret/branches", token=body["token"]).status_code == 200
    assert bench.post("/repos/acme/secret/git/blobs", {"content": "x"}, token=body["token"]).status_code == 403
    assert bench.get("/repos/acme/secret/pulls", token=body["token"]).status_code == 403
    by_name = minted(bench, {"repositories": ["api"]}).json()["token"]
    assert bench.get("/repos/acme/secret", token=by_name).status_code == 404


@pytest.mark.parametrize(("body", "message"), [
    ({"repositories": ["apart"]}, "There is at least one repository that does not exist or is not accessible"),
    ({"repository_ids": [1]}, "There is at least one repository that does not exist or is not accessible"),
    ({"permissions": {"issues": "read"}}, "The permissions requested are not granted to this installation."),
    ({"permissions": {"contents": "admin"}}, "The permissions requested are not granted to this installation."),
    ({"repository_ids": list(range(501))}, "Too many repositories"),
])  # fmt: skip
def test_a_token_for_more_than_was_granted_is_refused(bench: Bench, body: dict[str, Any], message: str) -> None:
    bench.sandbox.contract = False  # some of these requests are invalid
    answer = minted(bench, body)
    assert (answer.status_code, answer.json()["message"].startswith(message)) == (422, True)


def test_a_suspended_installation_gives_no_token(bench: Bench) -> None:
    assert minted(bench, login="other").status_code == 403
    assert bench.post("/app/installations/1/access_tokens", {}, token=assertion(bench)).status_code == 404


def test_a_token_ends_after_an_hour_or_when_it_is_revoked(bench: Bench) -> None:
    first, second = (minted(bench).json()["token"] for _ in range(2))
    assert bench.send("DELETE", "/installation/token", token=first).status_code == 204
    assert bench.get("/repos/acme/api", token=first).status_code == 401
    bench.clock.advance(3599)
    assert bench.get("/repos/acme/api", token=second).status_code == 200
    bench.clock.advance(2)
    answer = bench.get("/repos/acme/api", token=second)
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_the_tokens_of_one_installation_share_a_budget(bench: Bench) -> None:
    used = [bench.get("/repos/acme/api", token=minted(bench).json()["token"]) for _ in range(2)]
    assert [r.headers["X-RateLimit-Used"] for r in used] == ["1", "2"]


def test_what_an_app_does_carries_its_name(bench: Bench) -> None:
    bench.repository("acme/api").commit_files("bot", {"x": "y"})
    token = minted(bench).json()["token"]
    pull = bench.post("/repos/acme/api/pulls", {"head": "bot", "base": "main", "title": "t"}, token=token).json()
    assert (pull["user"]["login"], pull["user"]["type"]) == ("fleet[bot]", "Bot")


def test_pygithub_gets_its_token_here(bench: Bench) -> None:
    from github import Auth, Github

    clock = bench.clock
    clock.advance(max(0.0, time.time() - clock()))  # PyGithub signs with this machine's time
    app = Auth.AppAuth("Iv23liFLEET", bench.sandbox.app("fleet").private_key)
    auth = app.get_installation_auth(installation(bench), {"contents": "read"})
    github = Github(auth=auth, base_url=bench.server.api_url)
    assert github.get_repo("acme/secret").private
    assert bench.sandbox.tokens[auth.token].permissions == {"contents": "read"}
