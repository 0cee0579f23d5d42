"""A topic filter that asks GitHub for its first hundred repositories loses those behind them. One that asks the search
index loses what is new. Every page is listed, and each repository is compared with the topic.
"""

from __future__ import annotations

from pathlib import Path

from support.campaign_steps import seed, step
from support.stage import stage


def test_the_last_of_130_is_found_by_its_topic_type_and_property(tmp_path: Path) -> None:
    names = [f"r{number:03}" for number in range(130)]
    last = {"files": {"Cargo.toml": "x\n"}, "topics": ["rare"], "properties": {"team": "web"}}
    with stage(seed(*names, r129=last), served=True) as scene:
        given = {"topics": "rare", "types": "rust", "properties": "team=web"}
        done = step("discover", scene, tmp_path, owners="acme", **given)
        assert (done.outputs["targets"], done.outputs["excluded"]) == ('["acme/r129"]', '{"type":129}')
        assert done.outputs["visible"] == "130"


def test_a_topic_that_was_set_a_moment_ago_counts(tmp_path: Path) -> None:
    with stage(seed("api", "web"), served=True) as scene:
        scene.sandbox.repository("acme/web").set_topics("fresh")
        done = step("discover", scene, tmp_path, owners="acme", topics="fresh")
        assert (done.outputs["targets"], done.outputs["excluded"]) == ('["acme/web"]', '{"topic-missing":1}')
