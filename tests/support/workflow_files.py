"""The workflows of this repository, read for the static tests: what GitHub enforces and act does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTE = ".github/workflows/distribute.yml"


def shipped_workflows() -> list[str]:
    """Everything a runner would take for a workflow, the examples included."""
    patterns = (".github/workflows/*.yml", ".github/examples/*.yml", "actions/*/example.yml", "example.yml")
    files = {str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(files - {".github/examples/distribution.yml"})


@cache
def load(name: str) -> dict[str, Any]:
    """A workflow, read once; YAML 1.1 reads the key `on` as true, which is put right."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster
    data = yaml.load((ROOT / name).read_text(), Loader=loader)
    assert isinstance(data, dict)
    if True in data:
        data["on"] = data.pop(True)
    return data


def jobs(workflow: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from workflow["jobs"].items()


def steps(workflow: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every step, with its job's name."""
    for name, job in jobs(workflow):
        for step in job.get("steps", ()):
            yield name, step


def references(workflow: Mapping[str, Any]) -> Iterator[str]:
    """Every `uses:`, of steps and of jobs."""
    for _, step in steps(workflow):
        if "uses" in step:
            yield step["uses"]
    for _, job in jobs(workflow):
        if "uses" in job:
            yield job["uses"]
