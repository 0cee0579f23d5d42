"""A reason has facts: "Its custom property team is …, not web." In a public repository's report, the reason of a
private repository would show strangers what GitHub shows to its readers alone. The report keeps the kind of the reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.campaign_steps import seed, step
from support.editions import first_on
from support.stage import stage

pytestmark = first_on("full", "no-graphql", why="These two read the facts in different ways.")

SECRET = "zebra"
FLEET: dict[str, Any] = {
    "api": {"properties": {"team": "web"}, "language": "Go"},
    "vault": {"private": True, "properties": {"team": SECRET}, "language": "Go"},
    "lab": {"private": True, "properties": {"team": "web"}, "language": SECRET},
}
CAMPAIGN = """\
name: ci
targets: {owners: [acme], properties: {team: web}}
files:
  - {source: ci.txt, target: ci.txt}
  - {source: ci.txt, target: go.txt, when: {languages: [Go]}}
pull-request: {title: Add ci.txt}
"""


@pytest.mark.parametrize("reveal", [False, True])
def test_it_is_shown_only_where_the_caller_reveals_it(tmp_path: Path, reveal: bool) -> None:
    (tmp_path / "distribution.yml").write_text(CAMPAIGN)
    (tmp_path / "ci.txt").write_text("x\n")
    with stage(seed(*FLEET, **FLEET), served=True) as scene:
        done = step("distribute", scene, tmp_path, reveal_private=str(reveal).lower())
        assert done.code == 0, done.log
        told = done.log + done.summary + "".join(p.read_text() for p in (tmp_path / "temp").rglob("*") if p.is_file())
        assert (SECRET in told) == reveal
        (excluded,) = done.report()["excluded"]
        assert excluded["reason"] == "property"
        assert excluded["detail"] == (f"Its custom property team is {SECRET}, not web." if reveal else "")
        assert done.report()["counts"]["created"] == 2
