"""The workflow of the migration page, as it stands, on a repository where create-pull-request left a pull request."""

from __future__ import annotations

import re
from pathlib import Path

from github_sandbox.act_runner import ActRunner
from support.act_stage import CHECKOUT, JOB_TOKEN, SOURCE, seed, stage

THEIRS = "create-pull-request/patch"
PAGE = (CHECKOUT / "actions/upsert-pr/MIGRATING.md").read_text()


def test_it_takes_the_pull_request_over_and_is_safe_to_repeat(runner: ActRunner, tmp_path: Path) -> None:
    (workflow,) = (text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "adopt:" in text)
    source = {"README.md": "platform\n", "docs/use.md": "# Use\n", ".github/workflows/migrated.yml": workflow}
    with stage(runner, tmp_path / "platform", seed(source=source, fleet={})) as on:
        platform = on.sandbox.repository(SOURCE)
        theirs = platform.commit_files(
            THEIRS, {"CONTENTS.md": b"stale\n"}, message="[create-pull-request] automated change"
        )
        platform.open_pull(THEIRS, author="github-actions[bot]", title="Changes", body="Automated changes.")
        platform.edit_pull(1, labels=["by-hand"])

        first = on.run("migrated.yml", secrets={})
        assert first.exit_code == 0, first.diagnosis
        assert "1 updated" in first.log
        (pull,) = platform.pulls()
        assert (pull.number, pull.state, pull.title) == (1, "open", "Update the table of contents")
        assert set(pull.labels) == {"automated pr", "by-hand"}
        assert "Automated changes." in pull.body
        assert platform.commit(THEIRS).parents == (theirs,)
        assert platform.files(THEIRS)["CONTENTS.md"] == ("100644", b"# Contents\n\n- [Use](docs/use.md)\n")

        before = on.sandbox.snapshot()
        second = on.run("migrated.yml", secrets={})
        assert second.exit_code == 0, second.diagnosis
        assert "1 none" in second.log
        assert on.writes() == []
        assert on.sandbox.snapshot() == before
        assert JOB_TOKEN not in second.log
