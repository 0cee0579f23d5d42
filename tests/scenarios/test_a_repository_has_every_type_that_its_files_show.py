"""A detection that stops at the first marker hides what else a repository is: one of Go and Node got the files of one.
A repository has every type that a file in its root directory shows. No such file is the type `unknown`, not an absence.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from action_patterns.contracts import Plan, Target
from support.campaign_steps import seed, step
from support.stage import stage

FLEET: dict[str, Any] = {
    "both": {"files": {"go.mod": "module x\n", "package.json": "{}\n", "README.md": "x\n"}},
    "chart": {"files": {"Chart.yaml": "x\n", "main.tf": "x\n", "Dockerfile": "FROM x\n"}},
    "deep": {"files": {"app/go.mod": "module x\n"}},
    "link": {"files": {"setup.py": {"symlink": "src/setup.py"}}},
    "folder": {"files": {"go.mod/keep": "x\n"}},
}
TYPES = {
    "both": ("go", "node"),
    "chart": ("docker", "helm", "terraform"),
    "deep": ("unknown",),
    "link": ("python",),
    "folder": ("unknown",),
}


def targets(plan_file: str) -> dict[str, Target]:
    plan = Plan.decode(Path(plan_file).read_text(), name="plan.json")
    return {entry.target.name: entry.target for entry in plan.roster}


def test_each_file_in_the_root_directory_counts(tmp_path: Path) -> None:
    every = ", ".join(sorted({kind for kinds in TYPES.values() for kind in kinds}))
    with stage(seed(*FLEET, **FLEET), served=True) as scene:
        done = step("discover", scene, tmp_path, owners="acme", types=every)
        assert {name: target.types for name, target in targets(done.outputs["path"]).items()} == TYPES


@pytest.mark.parametrize(("kind", "names"), [("go", ["both"]), ("node", ["both"]), ("unknown", ["deep", "folder"])])
def test_each_type_finds_it(tmp_path: Path, kind: str, names: list[str]) -> None:
    with stage(seed(*FLEET, **FLEET), served=True) as scene:
        done = step("discover", scene, tmp_path, owners="acme", types=kind)
        assert sorted(targets(done.outputs["path"])) == names


def test_an_empty_repository_has_no_type_and_is_left_out_as_empty(tmp_path: Path) -> None:
    with stage(seed("void", void={"files": {}}), served=True) as scene:
        done = step("discover", scene, tmp_path, owners="acme", types="unknown")
        assert (done.outputs["targets"], done.outputs["excluded"]) == ("[]", '{"empty":1}')


def test_the_plan_says_of_each_repository_what_it_is(tmp_path: Path) -> None:
    with stage(seed("both", "link", "deep", **FLEET), served=True) as scene:
        done = step("discover", scene, tmp_path, owners="acme", types="go")
        plan = Plan.decode(Path(done.outputs["path"]).read_text(), name="plan.json")
        (target,) = (entry.target for entry in plan.roster)
        assert target.types == ("go", "node")
        assert [(each.repository, each.detail) for each in plan.excluded] == [
            ("acme/deep", "Its type is unknown, not go."),
            ("acme/link", "Its type is python, not go."),
        ]
