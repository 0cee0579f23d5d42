"""All generated files of the repository, and what is wrong with what they are made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from action_patterns import registry
from action_patterns.action.contract import Action
from action_patterns.metadata import action_file, checks_reference, distribution_reference, patterns, readme, schemas
from action_patterns.release import REPOSITORY, VERSION

_USES = re.compile(rf"uses:\s*[\"']?{re.escape(REPOSITORY)}(?P<path>/[^@\s\"']*)?@(?P<ref>[\w./-]+)")
_TEXTS = (
    "README.md",
    "example.yml",
    "actions/*/README.md",
    "actions/*/example.yml",
    "docs/**/*.md",
    ".github/workflows/*.yml",
    ".github/examples/*.yml",
)


@dataclass
class Generated:
    """The content of the generated files, and the problems that keep them from being complete."""

    files: dict[Path, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def generate(root: Path) -> Generated:
    """Everything, for the repository at `root`. Writes nothing."""
    generated = Generated()
    actions = []
    for name in registry.ACTIONS:
        try:
            action = registry.load(name)
        except ModuleNotFoundError as error:
            # Only the action's own module may be missing; any other is a broken installation.
            if error.name != f"action_patterns.actions.{registry.module_of(name)}":
                raise
            generated.problems.append(f"{name}: no module src/action_patterns/actions/{registry.module_of(name)}.py")
            continue
        actions.append(action)
        _action(generated, root, action)
    for page, blocks in _pages(root, actions).items():
        if (path := root / page).exists():
            _fill(generated, root, path, path.read_text(), blocks)
        else:
            generated.problems.append(f"{page}: is not there")
    for file, text in schemas.schemas().items():
        generated.files[root / schemas.FOLDER / file] = text
    generated.files[root / schemas.FOLDER / distribution_reference.SCHEMA] = distribution_reference.schema()
    generated.files[root / distribution_reference.PAGE] = distribution_reference.page()
    generated.files[root / schemas.FOLDER / checks_reference.SCHEMA] = checks_reference.schema()
    generated.files[root / checks_reference.PAGE] = checks_reference.page()
    generated.problems += references(root)
    return generated


def references(root: Path) -> Iterator[str]:
    """Every `uses:` of this product in its own texts that names another version, or an action there is not."""
    known = {f"/actions/{name}" for name in registry.ACTIONS if name != registry.ROOT}
    for pattern in _TEXTS:
        for path in sorted(root.glob(pattern)):
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                for match in _USES.finditer(line):
                    place = f"{path.relative_to(root)}:{number}"
                    if match["ref"] != VERSION:
                        yield f"{place}: uses version {match['ref']}, not {VERSION}"
                    named = match["path"] or ""
                    if named and named not in known and not (root / named[1:]).is_file():
                        yield f"{place}: there is no action `{named[1:]}`"


def _action(generated: Generated, root: Path, action: Action[Any, Any]) -> None:
    folder = root / action_file.folder(action.name)
    generated.files[folder / "action.yml"] = action_file.render(action)
    if action.name == registry.ROOT:
        return  # its README is the top one
    example, path = folder / "example.yml", folder / "README.md"
    blocks = readme.blocks(action, example.read_text() if example.exists() else "")
    text = path.read_text() if path.exists() else readme.skeleton(action, tuple(blocks))
    _fill(generated, root, path, text, blocks)


def _pages(root: Path, actions: list[Action[Any, Any]]) -> dict[str, dict[str, str]]:
    """Return each page outside `actions/` that has generated blocks, and the blocks that belong on it."""
    workflow, requests = root / "example.yml", root / "benchmarks/requests.md"
    pages = {
        "README.md": {
            "patterns": patterns.table(actions, "docs/patterns"),
            "workflow": readme.fenced(workflow.read_text()) if workflow.exists() else "",
        },
        "docs/README.md": {
            "patterns": patterns.table(actions, "patterns"),
            "actions": readme.actions_table(actions, up="../"),
        },
        "docs/tokens.md": {"permissions": readme.permissions_table(actions)},
        "docs/exit-codes.md": {"exits": readme.exit_codes(commands=True)},
        "docs/cost.md": {"requests": requests.read_text() if requests.exists() else ""},
    }
    for pattern in patterns.PATTERNS:
        if ours := [action for action in actions if pattern in action.patterns]:
            pages[f"docs/patterns/{patterns.page(pattern)}"] = {"actions": readme.actions_table(ours, up="../../")}
    return pages


def _fill(generated: Generated, root: Path, path: Path, text: str, contents: dict[str, str]) -> None:
    filled, problems = readme.fill(text, contents)
    generated.files[path] = filled
    generated.problems += [f"{path.relative_to(root)}: {problem}" for problem in problems]
