"""Checks of what the caller gives to the step: variables and secrets. No value is shown."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.shapes import Shape
from action_patterns.checks.specification import World, not_an_input

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def _name(value: str) -> str:
    # Whoever writes the expression of a secret here gives its value: it is not shown.
    if not _NAME.fullmatch(value):
        raise ValueError("must be the name of a variable, never its value. Pass the value by `env:` of this step")
    return not_an_input(value)


Name = Annotated[str, AfterValidator(_name)]

_NEVER_PRINT = "Do not print the value to look at it."


def _other_case(name: str, world: World) -> str:
    """Return a sentence about a variable whose name differs by case. Empty: there is none."""
    others = (other for other in (name.upper(), name.lower()) if other != name)
    found = next((other for other in others if world.ports.machine.variable(other)), None)
    return "" if found is None else f" `{found}` is set, and names count by case."


class Variable(Shape):
    """A variable of the step is set, and has the right form."""

    subject: ClassVar[str] = "env"

    env: Name = Field(
        description="Name of a variable that this step's `env:`, the job or the workflow sets.",
    )

    def answer(self, world: World) -> Finding:
        value = world.ports.machine.variable(self.env)
        if not value:
            return finding(
                "variable-missing",
                False,
                f"`{self.env}` is absent or empty. Both look alike: an expression of something that is not defined"
                f" comes to an empty text.{_other_case(self.env, world)}",
                f"Set it in `env:` of this step, its job or the workflow, for example `{self.env}: ${{{{"
                f" vars.{self.env} }}}}`, and define that variable in the repository or organization. Do not put a"
                " secret there: variables are shown.",
            )
        wrong = self.mismatch(value)
        fix = f"Correct the value where it is set: in `env:`, or in the variable that it comes from. {_NEVER_PRINT}"
        return finding("variable-malformed", not wrong, f"The value of `{self.env}` {wrong}.", fix)


class Secret(Shape):
    """A secret arrives, and has the right form."""

    subject: ClassVar[str] = "secret"

    secret: Name = Field(
        description="Name of the variable of this step's `env:` that holds the secret.",
    )

    def answer(self, world: World) -> Finding:
        value = world.ports.machine.variable(self.secret)
        if not value:
            fork = " This run is of a pull request from a fork, and GitHub passes such a run no secrets."
            return finding(
                "secret-missing",
                False,
                f"`{self.secret}` is absent or empty. Both look alike: GitHub passes a secret that is not defined as"
                f" an empty text.{fork if world.ports.context.from_fork else ''}{_other_case(self.secret, world)}",
                f"Create the secret in the repository, its organization, or the job's environment. Pass it in `env:` of"
                f" this step: `{self.secret}: ${{{{ secrets.{self.secret} }}}}`. Do not write the value into the"
                " workflow.",
            )
        world.ports.log.hide(value)
        wrong = self.mismatch(value)
        fix = f"Store the secret again, whole and without quotes around it. {_NEVER_PRINT}"
        return finding("secret-malformed", not wrong, f"The value of `{self.secret}` {wrong}.", fix)
