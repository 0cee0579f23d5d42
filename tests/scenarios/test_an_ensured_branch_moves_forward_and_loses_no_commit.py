"""A branch that shall be at a commit moves forward. Commits that would get lost stop the run, or are forced by name."""

from __future__ import annotations

import pytest

from action_patterns.errors import RefusedError
from support.ensure_stage import SEED, ensure, said
from support.harness import state
from support.stage import TARGET, Stage, stage


def grown(scene: Stage) -> tuple[str, str]:
    """Return an older and a newer commit of main."""
    repository = scene.sandbox.repository(TARGET)
    return repository.tip() or "", repository.commit_files("main", {"new.txt": "x\n"})


def test_it_moves_forward() -> None:
    with stage(SEED) as scene:
        old, new = grown(scene)
        repository = scene.sandbox.repository(TARGET)
        repository.set_branch("live", old)
        moved = ensure(scene, "branch", "live", commit=new)
        assert said(moved) == ("updated", "forwarded", "true")
        assert repository.tip("live") == new
        scene.forget()
        assert said(ensure(scene, "branch", "live", commit=new)) == ("unchanged", "up-to-date", "true")
        assert (scene.writes(), scene.reads()) == (0, 1)


def test_a_branch_that_holds_the_commit_and_more_stays() -> None:
    with stage(SEED) as scene:
        old, new = grown(scene)
        repository = scene.sandbox.repository(TARGET)
        repository.set_branch("live", new)
        before = state(scene)
        kept = ensure(scene, "branch", "live", commit=old)
        assert (said(kept), kept.exit_code) == (("skipped", "ahead", "true"), 0)
        assert (scene.writes(), state(scene)) == (0, before)


def test_a_branch_with_other_commits_is_red_and_stays() -> None:
    with stage(SEED) as scene:
        old, new = grown(scene)
        repository = scene.sandbox.repository(TARGET)
        theirs = repository.commit_files("live", {"theirs.txt": "x\n"}, parent=old)
        red = ensure(scene, "branch", "live", commit=new)
        assert (said(red), red.exit_code) == (("blocked", "diverged", "true"), 1)
        assert (scene.writes(), repository.tip("live")) == (0, theirs)


def test_a_commit_that_does_not_exist_moves_nothing() -> None:
    with stage(SEED) as scene:
        repository = scene.sandbox.repository(TARGET)
        ensure(scene, "branch", "live")
        at = repository.tip("live")
        red = ensure(scene, "branch", "live", commit="1" * 40)
        assert (said(red), red.exit_code, repository.tip("live")) == (("blocked", "diverged", "true"), 1, at)
        with pytest.raises(RefusedError, match="Object does not exist"):
            ensure(scene, "branch", "other", commit="1" * 40)


def test_a_name_below_that_of_another_branch_is_refused_with_that_name() -> None:
    with stage(SEED) as scene:
        ensure(scene, "branch", "bot")
        with pytest.raises(RefusedError, match="`bot` exists, and git keeps no `bot/x/y` beside it"):
            ensure(scene, "branch", "bot/x/y")


def test_force_moves_it_from_the_commit_that_was_read_and_from_no_other() -> None:
    with stage(SEED) as scene:
        old, new = grown(scene)
        repository = scene.sandbox.repository(TARGET)
        theirs = repository.commit_files("live", {"theirs.txt": "x\n"}, parent=old)
        if not scene.has_leases:
            with pytest.raises(RefusedError, match="updateRefs"):
                ensure(scene, "branch", "live", commit=new, on_difference="force")
            assert repository.tip("live") == theirs
            return
        forced = ensure(scene, "branch", "live", commit=new, on_difference="force")
        assert said(forced) == ("updated", "forced", "true")
        assert theirs in forced.outputs.differences
        assert repository.tip("live") == new


def test_a_commit_that_comes_while_it_moves_is_not_lost() -> None:
    with stage(SEED) as scene:
        old, new = grown(scene)
        repository = scene.sandbox.repository(TARGET)
        repository.set_branch("live", old)
        late: list[str] = []
        meanwhile = {"before": lambda: late.append(repository.commit_files("live", {"late.txt": "x\n"}))}
        red = ensure(scene, "branch", "live", commit=new, meanwhile=meanwhile)
        assert (said(red), red.exit_code) == (("blocked", "diverged", "true"), 1)
        assert repository.tip("live") == late[0]
