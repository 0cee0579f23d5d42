"""action.yml of one action."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from action_patterns import registry
from action_patterns.action.contract import Action
from action_patterns.input_types import input_name
from action_patterns.runner.inputs import default_text, variable_name

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def folder(name: str) -> str:
    """Return the folder of an action, from the root of the repository; empty for the root action."""
    return "" if name == registry.ROOT else f"actions/{name}"


def render(action: Action[Any, Any]) -> str:
    """The whole file."""
    up = "" if action.name == registry.ROOT else "/../.."
    document = {
        "name": action.title,
        "description": plain(action.description),
        "branding": {"icon": action.icon, "color": action.color},
        "inputs": {
            input_name(name): _input(field)
            for name, field in action.inputs.model_fields.items()
            if internal_expression(field) is None
        },
        "outputs": {
            input_name(name): {
                "description": plain(field.description or ""),
                "value": f"${{{{ steps.run.outputs.{input_name(name)} }}}}",
            }
            for name, field in action.outputs.model_fields.items()
        },
        "runs": {
            "using": "composite",
            "steps": [
                {
                    "id": "run",
                    "shell": "bash",
                    "run": f'exec bash "$GITHUB_ACTION_PATH{up}/src/bootstrap/launch.sh" {action.name}',
                    "env": {
                        # A shell that is not interactive runs the file that an earlier step may have named here.
                        "BASH_ENV": "",
                    }
                    | {
                        variable_name(name): internal_expression(field) or f"${{{{ inputs.{input_name(name)} }}}}"
                        for name, field in action.inputs.model_fields.items()
                    },
                }
            ],
        },
    }
    for part in ("inputs", "outputs"):
        if not document[part]:
            del document[part]
    header = (
        f"# Generated from the models in action_patterns.actions.{registry.module_of(action.name)}."
        " Do not edit: `make metadata` writes it.\n"
    )
    return header + yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)


def internal_expression(field: FieldInfo) -> str | None:
    """The expression of an input that callers do not see; None for an ordinary one."""
    extra = field.json_schema_extra
    expression = extra.get("internal") if isinstance(extra, dict) else None
    return expression if isinstance(expression, str) else None


def plain(text: str) -> str:
    """Text without expressions: a runner would evaluate them in action.yml, in a description too."""
    return _EXPRESSION.sub(r"\1", text)


def _input(field: FieldInfo) -> dict[str, object]:
    entry: dict[str, object] = {"description": plain(field.description or ""), "required": field.is_required()}
    if default := default_text(field):
        entry["default"] = default
    return entry


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as people write workflows."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)
