"""GitHub's published descriptions, trimmed to what the sandbox serves.

Regenerate: ``python -m github_sandbox.schemas.refresh``.
"""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from typing import Any

GRAPHQL_FILE, OPENAPI_FILE = "schema.graphql.gz", "openapi.json.gz"


def _read(name: str) -> str:
    return gzip.decompress(files(__package__).joinpath(name).read_bytes()).decode()


def graphql_text() -> str:
    """Return the GraphQL schema in SDL, without descriptions."""
    return _read(GRAPHQL_FILE)


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI description as a new dict."""
    document: dict[str, Any] = json.loads(_read(OPENAPI_FILE))
    return document
