"""The contract of an action: what it takes, what it gives, and how it runs.

An action module defines `ACTION = Action(...)` with an `Inputs` and an `Outputs` model, and `run(inputs, ports)`.
Inside, the shape is always the same: `gather()` reads through the ports, `decide()` is pure, `apply()` writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from action_patterns.errors import InputError, Problem
from action_patterns.ports import Annotation, AppKey, Credentials, Ports

Pattern = Literal[
    "Idempotency",
    "Fail Fast",
    "Prerequisite Checks",
    "Work Avoidance",
    "Three-Stage Design",
    "Matrix Distribution",
    "Error Handling",
    "Change Detection",
    "Rate Limiting",
    "State Management",
]


def input_name(field_name: str) -> str:
    """`dry_run` -> `dry-run`: the public spelling of a field."""
    return field_name.replace("_", "-")


class Inputs(BaseModel):
    """Base of every action's inputs. Name, description, default and type live here and nowhere else.

    A field without a default is required. A blank input counts as not given, as GitHub passes "" for an unset one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=input_name, populate_by_name=True)


class Outputs(BaseModel):
    """Base of every action's outputs; a field's description is the public one."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=input_name, populate_by_name=True)


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(item.strip() for line in value.splitlines() for item in line.split(",") if item.strip())
    return value


def _split_lines(value: object) -> object:
    if isinstance(value, str):
        return tuple(line.strip() for line in value.splitlines() if line.strip())
    return value


def _flag(value: object) -> object:
    if isinstance(value, str):
        # The spellings of YAML 1.2's core schema, as GitHub's own getBooleanInput takes them. "yes" and "1" are not
        # among them, and guessing what they mean is how a dry run becomes a real one.
        if value in ("true", "True", "TRUE"):
            return True
        if value in ("false", "False", "FALSE"):
            return False
        raise ValueError("must be true or false")
    return value


NameList = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""Names separated by commas or new lines."""

LineList = Annotated[tuple[str, ...], BeforeValidator(_split_lines)]
"""Values that may contain commas (paths, globs), one a line."""

Flag = Annotated[bool, BeforeValidator(_flag)]
"""`true` or `false`."""


def token_field() -> Any:
    """The `token` input, worded once for every action that has one."""
    return Field(
        default=None,
        description="Token to work with: a GitHub App installation token or a personal access token. Default: the"
        " job's GITHUB_TOKEN, which reaches only the repository the workflow runs in.",
    )


class TokenInputs(Inputs):
    """Inputs of an action that talks to GitHub."""

    token: SecretStr | None = token_field()
    job_token: SecretStr | None = Field(
        default=None,
        description="Set by the action itself to the job's GITHUB_TOKEN; not for callers.",
        json_schema_extra={"internal": "${{ github.token }}"},
    )

    app_client_id: str | None = Field(
        default=None,
        description="Instead of `token`: client id of a GitHub App. A token is minted for each owner, narrowed to the"
        " targets and to what the action needs, and revoked at the end.",
    )
    app_private_key: SecretStr | None = Field(default=None, description="That App's private key, PEM.")
    max_minutes: int = Field(
        default=50,
        ge=1,
        description="Time this step may take at the pace GitHub allows; what does not fit is `deferred` to later."
        " Keep it below the job's `timeout-minutes`.",
    )

    def credentials(self) -> Credentials:
        """The App, or the token to work with; the job's own when neither is given.

        Raises:
            InputError: there is none, or more than one.
        """
        job_token = self.job_token.get_secret_value() if self.job_token else None
        if self.app_client_id or self.app_private_key:
            key = self.app_private_key.get_secret_value() if self.app_private_key else ""
            return Credentials("", job_token, _app_key(self.app_client_id, key, token=self.token is not None))
        token = self.token.get_secret_value() if self.token else job_token
        if not token:
            raise InputError(
                Problem(
                    "There is no token: `token` is empty, and the job has none either.",
                    "Set `token` to a secret that exists. A secret that is not defined is passed as an empty text, and"
                    " secrets are not passed to runs from forks.",
                )
            )
        return Credentials(token, job_token)


def _app_key(client_id: str | None, private_key: str, *, token: bool) -> AppKey:
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


I = TypeVar("I", bound=Inputs)
O = TypeVar("O", bound=Outputs)


@dataclass(frozen=True)
class Finish(Generic[O]):
    """How an action ends: outputs and summary are written first, then annotations, then the exit code is returned."""

    outputs: O
    summary: str = ""
    annotations: tuple[Annotation, ...] = ()
    exit_code: int = 0


def anchor(code: str) -> str:
    """What a reason is called in a link to the README that explains it."""
    return f"reason-{code}"


@dataclass(frozen=True)
class Reason:
    """A reason code an action can answer with, what it means, and what to do. Listed in the action's README."""

    code: str
    outcome: str
    meaning: str
    remedy: str


@dataclass(frozen=True)
class Action(Generic[I, O]):
    """One shipped action."""

    name: str
    """Kebab case; the folder below `actions/` (the root action has none)."""
    title: str
    description: str
    patterns: tuple[Pattern, ...]
    inputs: type[I]
    outputs: type[O]
    run: Callable[[I, Ports], Finish[O]]
    icon: str
    """A Feather icon that GitHub's marketplace knows."""
    color: Literal["white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"]
    reasons: tuple[Reason, ...] = ()
    verbs: tuple[str, ...] = ()
    """What it asks of ports.GitHub: the permissions its token needs follow from them (permissions.py)."""
