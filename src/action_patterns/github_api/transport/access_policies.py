"""Refusals whose reason is no permission: a policy of an organization or enterprise, or the state of an account.

The words are those of GitHub's answers, which its docs quote in part ("Authenticating with SAML single sign-on",
"Managing allowed IP addresses for your organization", "Setting a personal access token policy for your organization",
"Suspending a GitHub App installation", "About OAuth app access restrictions").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SSO_HEADER = "x-github-sso"
"""`required; url=...` in a 403, `partial-results; organizations=...` in an answer that lacks their part (REST docs,
"Authenticating to the REST API")."""

_SSO = "Authorize it for the organization's single sign-on"
_CONFIGURE = "in the settings of the token's owner, at the token, under Configure SSO"
SINGLE_SIGN_ON = f"{_SSO}: {_CONFIGURE}. Another scope or permission does not help."
SUSPENDED = (
    "Unsuspend the App's installation: its owner does so in the settings of the organization or account, under GitHub"
    " Apps. More permissions do not help."
)
_REMEDIES = (
    ("saml enforcement", SINGLE_SIGN_ON),
    (
        "ip allow list",
        (
            "Run the job where the organization allows the address: on a self-hosted runner, or a larger runner with"
            " a fixed address, or have an owner add the address to the IP allow list. Another token does not help."
        ),
    ),
    (
        "lifetime",
        (
            "Make a token whose lifetime the organization allows, at the address GitHub names, or use a GitHub App."
            " More permissions do not help."
        ),
    ),
    (
        "via a personal access token (classic)",
        (
            "Use a GitHub App (`app-client-id`, `app-private-key`) or a fine-grained personal access token: the"
            " organization takes no classic token. Another scope does not help."
        ),
    ),
    (
        "via a fine-grained personal access token",
        (
            "Use a GitHub App (`app-client-id`, `app-private-key`), or have an owner allow fine-grained personal access"
            " tokens. More permissions do not help."
        ),
    ),
    (
        "oauth app access restrictions",
        "Have an owner of the organization approve the OAuth app, or use a GitHub App or a personal access token.",
    ),
    (
        "installation has been suspended",
        SUSPENDED,
    ),
    (
        "account was suspended",
        (
            "The token's account is suspended: ask the administrator of the server, or GitHub support. Use the token of"
            " another account until then."
        ),
    ),
    (
        "pending",
        (
            "An owner must approve the request first: of the token or the App's permissions, in the settings of the"
            " organization. Run again then."
        ),
    ),
    (
        "two-factor",
        "Let the token's account switch on two-factor authentication, as the organization demands.",
    ),
)
_QUOTED = re.compile(r"`[^`]*`|'[^' ]*'")
"""Names of organizations and enterprises: one may be called like a policy."""
_FORBIDS = ("forbids access", "although you appear to have the correct authorization", "policy", "blocked")
"""Parts of the messages of other policies."""


def remedy(message: str, headers: Mapping[str, str], *, saml_failure: bool = False) -> str | None:
    """Return what lifts a 403. None: the message names no policy, and permissions may be what lacks."""
    text = _QUOTED.sub("", message).lower()
    header = headers.get(SSO_HEADER, "")
    if header.startswith("required") or saml_failure:
        url = re.search(r"url=(https?://[^\s;,]+)", header)
        return SINGLE_SIGN_ON.replace(": ", f": at {url[1]}, or ", 1) if url else SINGLE_SIGN_ON
    for named, way in _REMEDIES:
        if named in text:
            return way
    if any(part in text for part in _FORBIDS):
        return (
            "Ask an owner of the organization or enterprise to allow what the message names, or use a token it allows."
            " More permissions do not help."
        )
    return None
