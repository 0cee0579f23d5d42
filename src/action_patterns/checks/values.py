"""Assertions about values: those of the list itself, and of variables of the step. Pure."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from action_patterns.checks.assertion import Assertion, concluded
from action_patterns.checks.check import Finding
from action_patterns.checks.expectations import Fault
from action_patterns.checks.node import as_text
from action_patterns.checks.specification import World, not_an_input
from action_patterns.escape import clip

_TITLE_CHARACTERS = 40


class Value(Assertion):
    """A value, as an expression of the workflow gives it."""

    subject: ClassVar[str] = "value"

    value: Any = Field(
        description="The value. Write an expression as `${{ toJSON(…) }}`, so that no character of it counts as YAML."
    )

    def asserts_nothing(self) -> bool:
        """Return whether the assertion would hold always."""
        return not self.tests and self.path is None and self.json_schema is None

    def title(self) -> str:
        """Return the name in the table."""
        shown = "" if self.sensitive else clip(as_text(self.value), _TITLE_CHARACTERS)
        return f"value {shown}".strip()

    def answer(self, world: World) -> Finding:
        return self.judge(self.value, "The value", world)


class VariableValue(Assertion):
    """The value of a variable of this step: its `env:`, that of the job, or of the workflow."""

    subject: ClassVar[str] = "variable"

    variable: Annotated[str, AfterValidator(not_an_input)] = Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Name of a variable that this step's `env:`, the job or the workflow sets. No character of its"
        " value counts as YAML.",
    )

    def answer(self, world: World) -> Finding:
        value = world.ports.machine.variable(self.variable)
        subject = f"The variable `{self.variable}`"
        if self.sensitive and value:
            world.ports.log.hide(value)
        if not self.exists and self.path is None:
            return concluded([_present(subject)] if value else [])
        if value is None:
            return concluded([_absent(subject, self.variable)])
        return self.judge(value, subject, world)


def _absent(subject: str, name: str) -> Fault:
    fix = f"Set it in `env:` of this step, its job or the workflow: `{name}: ${{{{ … }}}}`. Do not put the expression"
    return Fault(
        "variable-absent", f"{subject} is not set.", f"{fix} into the list: its characters would count as YAML."
    )


def _present(subject: str) -> Fault:
    return Fault(
        "variable-present",
        f"{subject} is set, and must not be.",
        "Remove it from `env:` of this step, its job and the workflow, and from GITHUB_ENV of earlier steps.",
    )
