"""Bases of every action's inputs and outputs, and the inputs of those that talk to GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name

if TYPE_CHECKING:
    from action_patterns.ports.credentials import AppKey, Credentials


class Inputs(BaseModel):
    """Base of every action's inputs. Name, description, default and type live here and nowhere else.

    A field without a default is required. A blank input counts as not given, as GitHub passes "" for an unset one.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=input_name, populate_by_name=True, defer_build=True
    )


class Outputs(BaseModel):
    """Base of every action's outputs; a field's description is the public one."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=input_name, populate_by_name=True, defer_build=True
    )


def token_field() -> Any:
    """The `token` input, worded once for every action that has one."""
    return Field(
        default=None,
        description="Token for all requests: a GitHub App installation token or a personal access token. Default: the"
        " job's GITHUB_TOKEN, which reaches only the repository the workflow runs in.",
    )


class CredentialInputs(Inputs):
    """Inputs of an action that may talk to GitHub."""

    token: SecretStr | None = token_field()
    job_token: SecretStr | None = Field(
        default=None,
        description="The action sets this to the job's GITHUB_TOKEN; not for callers.",
        json_schema_extra={"internal": "${{ github.token }}"},
    )

    app_client_id: str | None = Field(
        default=None,
        description="Instead of `token`: client id of a GitHub App. The action mints a token per owner, narrowed to the"
        " targets and to its permissions, and revokes it at the end.",
    )
    app_private_key: SecretStr | None = Field(default=None, description="Private key of that App, PEM.")

    def credentials(self) -> Credentials:
        """Return the App's key or the token of the inputs; the job's token if neither is given.

        Raises:
            InputError: no token is given, or more than one.
        """
        from action_patterns.ports.credentials import Credentials  # an action without a token does not need it

        job_token = self.job_token.get_secret_value() if self.job_token else None
        if self.app_client_id or self.app_private_key:
            key = self.app_private_key.get_secret_value() if self.app_private_key else ""
            return Credentials("", job_token, _app_key(self.app_client_id, key, token=self.token is not None))
        token = self.token.get_secret_value() if self.token else job_token
        if not token:
            raise InputError(
                Problem(
                    "There is no token: `token` is empty, and the job has none.",
                    "Set `token` to a secret that exists. GitHub passes an undefined secret as an empty text, and"
                    " passes no secrets to runs from forks.",
                )
            )
        return Credentials(token, job_token)


class TokenInputs(CredentialInputs):
    """Inputs of an action that talks to GitHub."""

    max_minutes: int = Field(
        default=50,
        ge=1,
        description="Minutes this step may take at the pace GitHub allows; targets that do not fit are `deferred`."
        " Keep it below the job's `timeout-minutes`.",
    )


def _app_key(client_id: str | None, private_key: str, *, token: bool) -> AppKey:
    from action_patterns.ports.credentials import AppKey

    problems = []
    if token:
        problems.append(Problem("Both `token` and a GitHub App are given.", "Give one of the two."))
    if not client_id or not private_key:
        missing = "app-private-key" if client_id else "app-client-id"
        problems.append(
            Problem(f"A GitHub App needs both its client id and its key; `{missing}` is empty.", f"Set `{missing}`.")
        )
    if private_key and "PRIVATE KEY-----" not in private_key:
        problems.append(
            Problem(
                "`app-private-key` is no PEM private key.",
                "Store the whole file that GitHub gave for the App, with its BEGIN and END lines, as a secret.",
            )
        )
    if problems or not client_id:
        raise InputError(*problems)
    return AppKey(client_id, private_key)
