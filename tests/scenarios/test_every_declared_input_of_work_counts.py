"""Values, tools, platform and salt belong to the digest as files do, and none can be taken for another."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.errors import InputError
from action_patterns.ports.processes import Ended
from support.editions import without_github
from support.skip_stage import Job, alone, skip

pytestmark = without_github(why="A digest asks GitHub nothing.")


def digest_of(job: Job | None = None, **inputs: Any) -> str:
    with alone() as scene:
        return skip(scene, "digest", job, **inputs).outputs.digest


def test_no_two_of_them_are_equal() -> None:
    node = [Ended(exit_code=0, output="v20.1.0\n")]
    digests = [
        digest_of(),
        digest_of(values="a\nb"),
        digest_of(values="b\na"),
        digest_of(values="ab"),
        digest_of(salt="a"),
        digest_of(values="a"),
        digest_of(Job(platform="Linux-ARM64")),
        digest_of(platform=False),
        digest_of(Job(commands=node), tools="node --version"),
        digest_of(Job(commands=[Ended(exit_code=0, output="v20.1.1\n")]), tools="node --version"),
        digest_of(Job(commands=node), tools="nodejs --version"),
        digest_of(files="src/app.py"),
        digest_of(files="src/util.py"),
        digest_of(files="", values="src/app.py"),
    ]
    assert len(set(digests)) == len(digests)


def test_equal_inputs_have_one_digest_in_any_spelling() -> None:
    assert digest_of(files="src/**") == digest_of(files="src/util.py\nsrc/app.py") == digest_of(files="src")
    assert digest_of(values="caf\u00e9") == digest_of(values="cafe\u0301 ")
    assert digest_of(Job(platform="Linux-ARM64"), platform=False) == digest_of(platform=False)


@pytest.mark.parametrize(
    ("ended", "said"), [(Ended(exit_code=127), "exit code 127"), (Ended(exit_code=0, output=" \n"), "printed nothing")]
)
def test_a_tool_whose_version_is_not_known_costs_the_work_and_no_more(ended: Ended, said: str) -> None:
    with alone() as scene:
        found = skip(scene, "digest", Job(commands=[ended]), tools="nod --version")
    assert found.outputs.digest.startswith("unknown-")
    assert found.annotations[0].level == "warning"
    assert said in found.annotations[0].message


def test_a_value_of_the_run_itself_is_refused() -> None:
    with pytest.raises(InputError, match="belongs to this run"):
        digest_of(Job(run_id=70_001), values="70001")
