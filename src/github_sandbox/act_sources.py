"""The sources that act runs without fetching them: a copy of this checkout, and doubles of third-party actions.

act refuses `uses: $/actions/x` ("this repository at this commit"), so the copy names this repository and a fixed ref.
Nothing else differs from the shipped files.
"""

from __future__ import annotations

import compileall
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode

PRODUCT = "action-patterns/action-patterns"
REF_OF_THE_COPY = "this-checkout"
SHIPPED = (
    "action.yml",
    "actions",
    ".github/workflows",
    "src/action_patterns",
    "src/bootstrap",
    "pyproject.toml",
    "uv.lock",
)
"""The files that a workflow of another repository can reach."""
PYTHON = "GITHUB_SANDBOX_PYTHON"
"""The variable that names the Python of the doubles: `python3` may be a script that looks for one at every call."""

_USES = re.compile(
    r"^[ \t]*(?:-[ \t]+)?uses:[ \t]*['\"]?([\w.-]+/[\w.-]+)((?:/[\w./-]+)?)@([\w./-]+)",
    re.MULTILINE,
)
_OWN = re.compile(r"^([ \t]*(?:-[ \t]+)?uses:[ \t]*)\$/([\w./-]+)", re.MULTILINE)
_DOUBLES = Path(__file__).parent / "doubles"


def copy_product(checkout: Path, target: Path, sources: Path) -> None:
    """Copy the shipped files to `target`, with `uses: $/` in a form that act accepts.

    act copies `target` for every step that uses it. So the Python sources are a link there, to a copy in `sources` that
    is compiled once.
    """
    for name in SHIPPED:
        source, place = checkout / name, target / name
        if name.startswith("src/"):
            place = sources / name.removeprefix("src/")
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        elif source.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
    # By no time of a file, which a copy need not keep: no step writes there.
    compileall.compile_dir(sources, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    (target / "src").symlink_to(sources)
    for workflow in (target / ".github" / "workflows").glob("*.yml"):
        workflow.write_text(readable_for_act(workflow.read_text("utf-8")), "utf-8")


def readable_for_act(workflow: str) -> str:
    """Return the workflow with each `uses: $/<path>` spelled `uses: <this repository>/<path>@<ref>`."""
    return _OWN.sub(rf"\g<1>{PRODUCT}/\g<2>@{REF_OF_THE_COPY}", workflow)


def copy_doubles(target: Path) -> dict[str, Path]:
    """Copy each doubled action to a separate directory. Returns repository -> directory."""
    found = {}
    for action in sorted(_DOUBLES.glob("*/action.yml")):
        place = target / action.parent.name
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy2(action, place)
        shutil.copy2(_DOUBLES / "artifacts.py", place)  # an action reaches only the files of its directory
        found[f"actions/{action.parent.name}"] = place
    return found


def local_repositories(repository: Path, product: Path, doubles: dict[str, Path]) -> dict[str, Path]:
    """Return `owner/repo@ref` -> directory for every reference in the workflows of `repository` and of the product."""
    found = {f"{PRODUCT}@{REF_OF_THE_COPY}": product}
    for text in _texts(repository, product):
        for owner, _, ref in _USES.findall(text):
            if owner == PRODUCT:
                found[f"{owner}@{ref}"] = product
            elif owner in doubles:
                found[f"{owner}@{ref}"] = doubles[owner]
    return found


def _texts(repository: Path, product: Path) -> Iterator[str]:
    for root in (
        repository / ".github" / "workflows",
        product / ".github" / "workflows",
    ):
        for file in sorted(root.glob("*.yml")):
            yield file.read_text("utf-8")
