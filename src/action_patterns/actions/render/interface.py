"""Inputs and outputs of render."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.input_types import Flag, LineList


class RenderInputs(Inputs):
    """Inputs of render."""

    files: LineList = Field(
        description="Files to render, `source -> target` a line, both paths in the workspace. A directory stands for"
        " everything below it. A target that ends with a slash is a directory. A path alone, or a pattern of paths, is"
        " rendered in its place."
    )
    values: LineList = Field(
        default=(), description="Values for the templates, `name=value` a line. They count before those of a file."
    )
    values_path: str | None = Field(
        default=None,
        description="Path of a YAML or JSON file with a mapping of texts and lists of texts: for lists, empty texts and"
        " more than the 128 KiB of an input.",
    )
    template: Flag = Field(
        default=True,
        description="Contents and target paths are templates. Binary files of a directory are taken as they are.",
    )
    merge: Literal["json", "yaml", "toml"] | None = Field(
        default=None,
        description="The source holds keys that are merged into the target file (RFC 7396: null removes a key).",
    )
    block: Flag = Field(
        default=False, description="The source is a block between two marker lines in the target file. It has a `name`."
    )
    name: str | None = Field(default=None, description="Name of the block, which finds it on the next run.")
    comment: str | None = Field(
        default=None,
        description="Begin of a comment in the target files, or its begin and end around a space, for `block` and"
        " `header`. Default: by the file's name.",
    )
    header: str | None = Field(
        default=None,
        description="Text for a comment at the head of each file, between two marker lines. Another text replaces it.",
    )
    check: Flag = Field(default=False, description="Write nothing, and end with exit code 1 if something would change.")
    push_protection_bypass: LineList = Field(
        default=(),
        description="Source files, or directories with all below them, whose content may look like a secret, one path a"
        " line. Default: such content stops the step.",
    )


class RenderOutputs(Outputs):
    """Outputs of render."""

    changed: bool = Field(description="Whether a file changed, or would change with `check`.")
    files: tuple[str, ...] = Field(description="Their paths in the workspace, as a JSON list.")
    count: int = Field(description="Their number.")
