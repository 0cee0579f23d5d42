"""JSON Schemas of the documents that cross a process, for people who write or read them with other tools."""

from __future__ import annotations

import json
import re

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from action_patterns import contracts
from action_patterns.contracts.document import Document
from action_patterns.release import REPOSITORY, VERSION

FOLDER = "schemas"


class _AsWritten(GenerateJsonSchema):
    """Documents are written with every key, those with defaults too: a reader may rely on them."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,  # noqa: ARG002
        total: bool,  # noqa: ARG002, FBT001
    ) -> bool:
        return True


def address(file: str) -> str:
    """Return the public address of a schema of this version."""
    return f"https://raw.githubusercontent.com/{REPOSITORY}/{VERSION}/{FOLDER}/{file}"


def schemas() -> dict[str, str]:
    """File name to content, for every exported Document."""
    found = {}
    for name in contracts.__all__:
        model = getattr(contracts, name)
        if not (isinstance(model, type) and issubclass(model, Document)):
            continue
        version = model.model_fields["schema_version"].default
        file = f"{re.sub(r'(?<!^)(?=[A-Z])', '-', name).lower()}-v{version}.json"
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": address(file),
            **model.model_json_schema(mode="serialization", schema_generator=_AsWritten),
        }
        found[file] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return found
