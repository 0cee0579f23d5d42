"""A mapping of a configuration file."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from action_patterns.input_types import input_name


class Section(BaseModel):
    """A mapping of the file. A key that is not known is an error: a typo must not pass for a default."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=input_name, populate_by_name=True, defer_build=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_unset(cls, value: Any) -> Any:
        """`labels:` with nothing behind it means the default, as people expect of YAML."""
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value
