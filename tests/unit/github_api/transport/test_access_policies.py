"""A refusal for a reason that GitHub names: its own remedy, and never a permission."""

from __future__ import annotations

import pytest

from action_patterns.github_api.transport.error_mapping import from_graphql, from_response, graphql_errors
from action_patterns.github_api.transport.token_kind import token_kind

GOOD_LOGIN = "Although you appear to have the correct authorization credentials, the `acme` organization has "
FORBIDS = "forbids access via a"
LIFETIME = "if the token's lifetime is greater than 366 days"
TEXTS = {
    "Resource protected by organization SAML enforcement. You must grant your token access.": "single sign-on",
    f"{GOOD_LOGIN}an IP allow list enabled, and your IP address is not permitted.": "IP allow list",
    f"{GOOD_LOGIN}enabled OAuth App access restrictions, meaning that access is limited.": "approve",
    f"`acme` {FORBIDS} personal access token (classic). Use a token with fine-grained permissions.": "fine-grained",
    f"`acme` {FORBIDS} fine-grained personal access tokens. Use a personal access token (classic).": "have an owner",
    f"The 'acme' organization {FORBIDS} fine-grained personal access tokens {LIFETIME}.": "lifetime",
    f"The 'acme' enterprise {FORBIDS} personal access tokens (classic) {LIFETIME}.": "lifetime",
    "This installation has been suspended": "Unsuspend",
    "Sorry. Your account was suspended.": "suspended",
    "The request is pending approval by an organization owner.": "approve",
    "Your organization requires two-factor authentication.": "two-factor",
    "The enterprise forbids access from this kind of app.": "allow what the message names",
}
TOKENS = ("ghp_x", "github_pat_x", "gho_x", "ghu_x", "ghs_x", "x")
GRANTS = ("contents: write", "`repo`", "Give the App", "Give it")


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize(("text", "remedy"), TEXTS.items())
@pytest.mark.parametrize("graphql", [False, True])
def test_what_github_names_has_its_own_remedy(token: str, text: str, remedy: str, *, graphql: bool) -> None:
    kind, permissions = token_kind(token), (("contents", "write"),)
    if graphql:
        data = {"errors": [{"type": "FORBIDDEN", "path": ["repository"], "message": text}]}
        error = from_graphql(graphql_errors(data), "POST /graphql", {}, token_kind=kind, permissions=permissions)
    else:
        error = from_response(403, {}, {"message": text}, "GET /x", token_kind=kind, permissions=permissions)
    assert remedy in error.remediation
    assert not any(grant in error.remediation for grant in GRANTS)
    assert text.rstrip(".") in error.message


@pytest.mark.parametrize("type_", ["FORBIDDEN", "", "SOMETHING"])
def test_single_sign_on_is_known_by_its_mark_and_its_address_is_passed_on(type_: str) -> None:
    url = "https://github.com/orgs/acme/sso?authorization_request=AZ12"
    errors = graphql_errors({"errors": [{"type": type_, "message": "No.", "extensions": {"saml_failure": True}}]})
    error = from_graphql(errors, "POST /graphql", {"x-github-sso": f"required; url={url}"})
    assert url in error.remediation


@pytest.mark.parametrize(
    "text",
    [
        "Resource of `saml-pending` not accessible by integration",
        "Resource of 'two-factor-policy' not accessible by integration",
        "Resource not accessible by integration",
        "Resource not accessible by personal access token",
        "Must have admin rights to Repository.",
        "Write access to repository not granted.",
    ],
)
def test_a_permission_that_lacks_is_named_as_one(text: str) -> None:
    error = from_response(
        403, {}, {"message": text}, "GET /x", token_kind=token_kind("x"), permissions=(("contents", "write"),)
    )
    assert "contents: write" in error.remediation
