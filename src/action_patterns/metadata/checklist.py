"""The missing pieces of an action in the registry: the whole checklist for adding one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from action_patterns import registry
from action_patterns.metadata.action_file import folder


def gaps(root: Path, name: str) -> Iterator[str]:
    """The places where the action `name` is missing in the repository at `root`."""
    snake = registry.module_of(name)
    package = root / "src/action_patterns/actions"
    if not (package / f"{snake}.py").is_file() and not (package / snake / "__init__.py").is_file():
        yield f"src/action_patterns/actions/{snake}.py: the module"
    place = Path(folder(name))
    wanted = {"action.yml": "`make metadata` writes it"}
    if name != registry.ROOT:
        wanted |= {"README.md": "usage first; `make metadata` starts one", "example.yml": "a whole workflow"}
    for file, what in wanted.items():
        if not (root / place / file).is_file():
            yield f"{place / file}: {what}"
    if (
        not (root / f"tests/unit/actions/test_{snake}.py").is_file()
        and not (root / f"tests/unit/actions/{snake}").is_dir()
    ):
        yield f"tests/unit/actions/test_{snake}.py: table tests of its decide()"
    if not any(_names(text, name) for text in _scenarios(root)):
        yield f"tests/scenarios or tests/e2e: a scenario that runs `{name}`"


def _scenarios(root: Path) -> Iterator[str]:
    for folder_name in ("tests/scenarios", "tests/e2e"):
        for path in sorted((root / folder_name).rglob("*.py")):
            yield path.read_text()


def _names(text: str, name: str) -> bool:
    return any(f"{quote}{name}{quote}" in text for quote in "\"'") or f"actions/{name}" in text
