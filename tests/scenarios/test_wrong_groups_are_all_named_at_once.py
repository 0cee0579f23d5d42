"""Circles, names given twice, wrong patterns and a missing checkout are one red step that names them all."""

from __future__ import annotations

from pathlib import Path

from support.detecting import checked_out, detect, story
from support.editions import without_github

pytestmark = without_github(why="The inputs are refused before anything is read.")

WRONG = """\
api: services/api/**
api: services/**
web: {paths: /web/**, depends-on: [worker]}
worker: {paths: worker/**, depends-on: [web]}
docs: {path: docs/**}
site: {paths: site/**, depends-on: [doc]}
"a b": x
empty: []
deep: "**/<name>/x"
self: {paths: x, depends-on: self}
"""


def test_everything_is_named(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    answer = detect(
        workspace, "push", {}, sha=story().main[-1], groups=WRONG, paths="x", shared="/y", key="k", base="b"
    )
    assert (answer.code, dict(answer.outputs)) == (2, {})
    for each in (
        "`groups`, line 2: has the key 'api' a second time.",
        "line 3: the group 'web': '/web/**' matches nothing",
        "circle: web -> worker -> web",
        "the group 'docs': `path` is not a known key.\nWrite `paths`.",
        "the group 'site' depends on 'doc', which is no group.\nWrite `docs`.",
        "the group 'a b' has a name",
        "the group 'empty' has no pattern",
        "the group 'deep': '**/<name>/x' matches nothing",
        "circle: self -> self",
        "`shared`: '/y' matches nothing",
        "`paths` and `groups` are both given.",
        "`key` and `base` are both given.",
        "is not a git repository",
    ):
        assert each in answer.log.replace("%0A", "\n"), answer.log
    assert "Traceback" not in answer.log


def test_a_runner_without_git_is_named_beside_them(tmp_path: Path) -> None:
    (tmp_path / "workspace").mkdir()
    answer = detect(
        tmp_path / "workspace",
        "push",
        {},
        sha=story().main[-1],
        paths="/x",
        variables={"PATH": str(tmp_path / "workspace")},
    )
    assert answer.code == 2
    assert "'/x' matches nothing" in answer.log
    assert "There is no git on this runner." in answer.log


def test_an_exclamation_mark_needs_quotes(tmp_path: Path) -> None:
    workspace = checked_out(story().main[-1])
    answer = detect(workspace, "push", {}, sha=story().main[-1], groups="a: [src/**, !src/x]")
    assert answer.code == 2
    assert "Write a pattern that begins with `!` in quotes." in answer.log
