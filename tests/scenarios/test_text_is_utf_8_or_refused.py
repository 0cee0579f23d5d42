"""A text in another encoding is refused with file and line, and never read with holes. A byte order mark is none."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from support.editions import only_on
from support.report_builders import plan, record
from support.stage import stage
from support.workspace import Workspace

pytestmark = only_on("full", why="It is read before a request.")

CAMPAIGN = """\
name: shared
targets: {repositories: [acme/api]}
files:
  - {target: grüße.txt, source: a.txt}
pull-request: {title: Grüße}
"""
USES = {
    "distribution.yml": (CAMPAIGN, lambda job, name: job.run("distribute", distribution=name)),
    "body.md": ("One\nGrüße\n", lambda job, name: job.run(body_path=name, directory="content")),
    "plan.json": (
        plan("acme/api", name="grüße").encode(),
        lambda job, name: job.run(
            "record", token="", plan=name, target="acme/api", index="0", outcome="updated", reason="x"
        ),
    ),
}


@pytest.mark.parametrize("use", ["distribution.yml", "body.md", "plan.json"])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_refused_with_its_line(tmp_path: Path, use: str, encoding: str) -> None:
    text, run = USES[use]
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.write({use: text.encode(encoding), "a.txt": "a\n", "content/a.txt": "a\n"})
        ended = run(job, use)
        line = 1 if encoding == "utf-16" else text[: text.index("ü")].count("\n") + 1
        assert (ended.code, len(scene.sandbox.requests)) == (2, 0)
        assert f"file={use},line={line}" in ended.log
        assert "UTF-8" in ended.log


@pytest.mark.parametrize("use", ["distribution.yml", "body.md", "plan.json"])
def test_a_byte_order_mark_is_read_away(tmp_path: Path, use: str) -> None:
    text, run = USES[use]
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.write({use: codecs.BOM_UTF8 + text.encode(), "a.txt": "a\n", "content/a.txt": "a\n"})
        ended = run(job, use)
        assert ended.code == 0, ended.log
        for pull in scene.sandbox.repository("acme/api").pulls():
            assert "\ufeff" not in pull.title + pull.body


def test_a_record_in_another_encoding_is_lost_by_name_and_not_the_report(tmp_path: Path) -> None:
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        text = record(0, "acme/api", message="grüße").encode()
        job.write({"plan.json": codecs.BOM_UTF8 + plan("acme/api", "acme/web").encode().encode()})
        job.write({"records/00000-a1.json": text.encode("latin-1")})
        job.write({"records/00001-a1.json": codecs.BOM_UTF8 + record(1, "acme/web").encode().encode()})
        ended = job.run("report", token="", plan="plan.json", records="records", fail_on="never")
        assert "records/00000-a1.json" in ended.log
        assert "not UTF-8" in ended.log
        assert '"unchanged":1' in ended.outputs["counts"]


@pytest.mark.parametrize("tag", ["!secret", "!!python/object:os.system", "!!str", "!<tag:acme.example,2026:x>", "!"])
def test_a_tag_in_a_distribution_file_is_refused_with_its_line(tmp_path: Path, tag: str) -> None:
    with stage(served=True) as scene:
        job = Workspace(scene, tmp_path)
        job.write({"distribution.yml": CAMPAIGN.replace("title: Grüße", f"title: {tag} x"), "a.txt": "a\n"})
        ended = job.run("distribute")
        assert (ended.code, len(scene.sandbox.requests)) == (2, 0)
        assert "file=distribution.yml,line=5" in ended.log
        assert "has the tag" in ended.log
