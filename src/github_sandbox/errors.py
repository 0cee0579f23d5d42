"""The exception for every refusal: an ApiError carries the response that GitHub would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DOCS = "https://docs.github.com/rest"


class ApiError(Exception):
    """A refusal. ``graphql_type``: the value of ``errors[].type`` in GraphQL for the same refusal.

    ``graphql_message`` and ``push_message``: the message over GraphQL and over git; None: the same as ``message``.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any] | str] = (),
        headers: Mapping[str, str] | None = None,
        graphql_type: str = "UNPROCESSABLE",
        graphql_message: str | None = None,
        push_message: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.graphql_type = graphql_type
        self.graphql_message = graphql_message
        self.push_message = push_message

    def body(self) -> dict[str, Any]:
        """Return the JSON object that GitHub sends: ``errors`` only if there are any, ``status`` as a string."""
        body: dict[str, Any] = {"message": self.message}
        if self.errors:
            body["errors"] = self.errors
        return body | {"documentation_url": DOCS, "status": str(self.status)}


def not_found(message: str = "Not Found") -> ApiError:
    """Return a 404: absent, or not visible to this token; GitHub does not reveal which."""
    return ApiError(404, message, graphql_type="NOT_FOUND")


def validation_failed(resource: str, field: str, code: str, message: str | None = None) -> ApiError:
    """Return a 422 "Validation Failed" with one entry in ``errors``."""
    entry: dict[str, Any] = {"resource": resource, "field": field, "code": code}
    return ApiError(422, "Validation Failed", errors=[entry | ({"message": message} if message else {})])


def custom_failure(resource: str, message: str) -> ApiError:
    """Return a 422 whose only entry is a sentence (``code: custom``), for example a duplicate pull request."""
    return ApiError(422, "Validation Failed", errors=[{"resource": resource, "code": "custom", "message": message}])


def unprocessable(message: str) -> ApiError:
    """Return a 422 with a message only, as the git data endpoints answer."""
    return ApiError(422, message)
