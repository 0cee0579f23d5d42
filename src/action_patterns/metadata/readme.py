"""The generated blocks of the READMEs.

A block is everything between `<!-- generated:<name> -->` and `<!-- /generated -->` (or `<!-- /generated:<name> -->`).
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from action_patterns.action.contract import Action
from action_patterns.action.reason import anchor
from action_patterns.errors import EXIT_CODES
from action_patterns.input_types import input_name
from action_patterns.metadata.action_file import folder, internal_expression
from action_patterns.ports.permissions import in_words
from action_patterns.runner.inputs import allowed_values, default_text, is_secret

_BLOCK = re.compile(r"(<!-- generated:(?P<name>[a-z]+) -->\n).*?(<!-- /generated(?::(?P=name))? -->)", re.DOTALL)
_ANY_MARKER = re.compile(r"<!-- generated:([a-z]+) -->|<!-- /generated(?::[a-z]+)? -->")


def blocks(action: Action[Any, Any], example: str) -> dict[str, str]:
    """The blocks of an action's README; a block for which there is nothing to say is left out."""
    found = {
        "summary": _summary(action),
        "inputs": _inputs(action),
        "outputs": _outputs(action),
        "example": fenced(example) if example else "",
        "reasons": _reasons(action),
        "permissions": _permissions(action),
        "exits": exit_codes(commands=_uses(action, "processes")),
    }
    return {name: text for name, text in found.items() if text}


def _permissions(action: Action[Any, Any]) -> str:
    if not action.uses:
        return "None: it sends no request to GitHub.\n"
    own = [f"`{each}`" for each in in_words(action.job_uses)]
    note = "\nThe job's GITHUB_TOKEN reads this repository, where `permissions` of the job allow it: "
    return "".join(f"- {each}\n" for each in in_words(action.uses)) + (f"{note}{', '.join(own)}.\n" if own else "")


def exit_codes(*, commands: bool) -> str:
    """Return the table of exit codes. `commands`: with those of a caller's command."""
    rows = [(f"`{each.code}`", each.meaning) for each in EXIT_CODES if commands or not each.of_command]
    return table(("Exit code", "Meaning"), rows)


def fenced(workflow: str) -> str:
    """A workflow as a code block."""
    return f"```yaml\n{workflow.rstrip()}\n```\n"


def skeleton(action: Action[Any, Any], names: Sequence[str]) -> str:
    """A first README for an action that has none."""
    titles = {
        "example": "Usage",
        "inputs": "Inputs",
        "outputs": "Outputs",
        "reasons": "Reasons",
        "permissions": "Permissions",
        "exits": "Exit codes",
    }
    parts = [f"# {action.title}\n\n{action.description}\n\n<!-- generated:summary -->\n<!-- /generated -->\n"]
    parts += [
        f"\n## {title}\n\n<!-- generated:{name} -->\n<!-- /generated -->\n"
        for name, title in titles.items()
        if name in names
    ]
    return "".join(parts)


def actions_table(actions: Sequence[Action[Any, Any]], up: str = "") -> str:
    """Return the table of actions for a page that is `up` below the root of the repository."""
    rows = [(link(action, up), ", ".join(action.patterns), action.description) for action in actions]
    return table(("Action", "Pattern", "What it does"), rows)


def link(action: Action[Any, Any], up: str = "") -> str:
    """Return a link to the action's page: the root action has none but its action.yml."""
    return f"[`{action.name}`]({up}{folder(action.name) or 'action.yml'})"


def permissions_table(actions: Sequence[Action[Any, Any]]) -> str:
    """Return the permissions of each action's token; an action that sends no request has no row."""
    rows = [(f"`{action.name}`", "; ".join(in_words(action.uses))) for action in actions if action.uses]
    return table(("Action", "Its token needs"), rows)


def fill(text: str, contents: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The README with its blocks filled, and what is wrong with its markers."""
    problems = []
    markers = [match.group(1) for match in _ANY_MARKER.finditer(text)]
    if [marker is not None for marker in markers] != [True, False] * (len(markers) // 2):
        return text, ("has a `generated` marker without its partner",)
    names = [marker for marker in markers if marker is not None]
    problems += [f"has the block `{name}` twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    problems += [f"lacks the block `<!-- generated:{name} -->`" for name in contents if name not in names]
    problems += [f"has the block `{name}`, for which there is nothing" for name in names if name not in contents]

    def replace(match: re.Match[str]) -> str:
        return match.group(1) + contents.get(match["name"], "") + match.group(3)

    return _BLOCK.sub(replace, text), tuple(problems)


def _summary(action: Action[Any, Any]) -> str:
    """Return the table that every action's README begins with."""
    permissions = [each.partition(": ") for each in in_words(action.uses)]
    writes = [name for name, _, level in permissions if level == "write"]
    files = ["files on the runner"] if _uses(action, "files.write") else []
    files += ["files of the workspace"] if _uses(action, "files.replace") else []
    rows = [
        ("Pattern", ", ".join(action.patterns)),
        ("Talks to GitHub", "yes: [permissions](#permissions)" if permissions else "no"),
        ("Runs git", "yes, in the checkout" if _uses(action, "checkout") else "no"),
        *([("Runs your command", "yes")] if _uses(action, "processes") else []),
        ("Writes", ", ".join([*(f"GitHub: {name}" for name in writes), *files]) or "nothing"),
        ("Since", action.since),
    ]
    return table((f"`{action.name}`", ""), rows)


def _uses(action: Action[Any, Any], port: str) -> bool:
    """Return whether an action uses a port, by the source of its module and of what that takes from other actions.

    The source cannot rot as a list would.
    """
    module = sys.modules[action.run.__module__]
    taken = {getattr(value, "__module__", None) or "" for value in vars(module).values()}
    names = {module.__name__, *(name for name in taken if name.startswith("action_patterns.actions."))}
    return any(f"ports.{port}" in inspect.getsource(sys.modules[name]) for name in sorted(names))


def _inputs(action: Action[Any, Any]) -> str:
    rows = []
    for name, field in action.inputs.model_fields.items():
        if internal_expression(field) is not None:
            continue
        description = field.description or ""
        if allowed := allowed_values(field):
            description += f" One of {', '.join(f'`{value}`' for value in allowed)}."
        if is_secret(field):
            description += " Masked."
        default = default_text(field)
        shown = "**required**" if default is None else _code(default) if default else ""
        rows.append((f"`{input_name(name)}`", description, shown))
    return table(("Input", "Meaning", "Default"), rows)


def _outputs(action: Action[Any, Any]) -> str:
    fields = action.outputs.model_fields.items()
    return table(("Output", "Meaning"), [(f"`{input_name(name)}`", field.description or "") for name, field in fields])


def _reasons(action: Action[Any, Any]) -> str:
    """Each row can be linked to: GitHub docs, "Basic writing and formatting syntax", custom anchors."""
    rows = []
    anchored: set[str] = set()
    for each in action.reasons:
        # A code may stand there twice, with two outcomes; a page may have an anchor once.
        mark = "" if each.code in anchored else f'<a name="{anchor(each.code)}"></a>'
        anchored.add(each.code)
        rows.append((f"{mark}`{each.code}`", each.outcome, each.meaning, each.remedy))
    return table(("Reason", "Outcome", "Meaning", "What to do"), rows)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(_one_line(cell) for cell in line)} |\n" for line in lines)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    return ", ".join(f"`{line}`" for line in text.split("\n"))
