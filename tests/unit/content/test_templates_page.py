"""The example of docs/templates.md is what a campaign gives."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from action_patterns.contracts import PlanEntry, Target
from action_patterns.distribution.reading import read_campaign
from support.memory_ports import MemoryFiles
from support.report_builders import context

PAGE = (Path(__file__).parents[3] / "docs/templates.md").read_text()


def test_the_example_is_what_a_campaign_gives() -> None:
    values, template, expected = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    text = {
        "name": "c",
        "values": yaml.load(values, yaml.BaseLoader),
        "targets": {"owners": ["acme"]},
        "files": [{"source": "t", "target": "t", "template": True}],
        "pull-request": {"title": "t"},
    }
    campaign = read_campaign("d.yml", MemoryFiles({"d.yml": json.dumps(text), "t": template}), context())
    target = Target(repository="acme/api", default_branch="main")
    (change,) = campaign.desired(PlanEntry(index=0, target=target, expected_head_oid=None)).changes
    assert change.content.decode() == expected
