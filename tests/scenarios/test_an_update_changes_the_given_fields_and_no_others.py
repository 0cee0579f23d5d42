"""What people set stays: an update sends the fields that differ, and a replacing endpoint gets back what it had."""

from __future__ import annotations

from support.editions import first_on
from support.ensure_stage import SEED, ensure, said
from support.stage import TARGET, stage

pytestmark = first_on("full", why="Ensure writes over REST on every edition; the others are played in the proof.")


def test_a_label_keeps_its_description_and_its_spelling() -> None:
    with stage(SEED) as scene:
        ensure(scene, "label", "Bug", color="ff0000", description="Theirs")
        updated = ensure(scene, "label", "bug", color="00FF00")
        assert said(updated) == ("updated", "fields", "true")
        assert updated.outputs.differences == '{"color": {"is": "ff0000", "desired": "00ff00"}}'
        (label,) = scene.sandbox.world.repository(TARGET).contents.labels.values()
        assert (label.name, label.color, label.description) == ("Bug", "00ff00", "Theirs")


def test_a_milestone_keeps_what_is_not_given() -> None:
    with stage(SEED) as scene:
        ensure(scene, "milestone", "v1", description="Theirs", due_on="2026-03-08", state="closed")
        assert said(ensure(scene, "milestone", "v1", due_on="2026-11-01")) == ("updated", "fields", "true")
        (milestone,) = scene.sandbox.world.repository(TARGET).contents.milestones.values()
        assert (milestone.description, milestone.state) == ("Theirs", "closed")
        # Both days change the clocks in Pacific time.
        assert said(ensure(scene, "milestone", "v1", due_on="2026-11-01")) == ("unchanged", "up-to-date", "true")


def test_an_environment_keeps_its_reviewers_and_its_branches() -> None:
    """GitHub replaces an environment as a whole: without its reviewers in the request it has none afterwards."""
    with stage(SEED) as scene:
        world = scene.sandbox.world
        ensure(scene, "environment", "prod", wait_timer=5)
        (environment,) = world.repository(TARGET).contents.environments.values()
        alice = world.accounts["alice"].id
        policy = {"protected_branches": True, "custom_branch_policies": False}
        environment.reviewers = [{"type": "User", "id": alice}]
        environment.prevent_self_review, environment.branch_policy = True, dict(policy)
        updated = ensure(scene, "environment", "PROD", wait_timer=30)
        assert said(updated) == ("updated", "fields", "true")
        assert environment.wait_timer == 30
        assert environment.reviewers == [{"type": "User", "id": alice}]
        assert (environment.prevent_self_review, environment.branch_policy) == (True, policy)


def test_kept_is_kept_and_failed_is_red() -> None:
    with stage(SEED) as scene:
        ensure(scene, "label", "bug", color="ff0000")
        scene.forget()
        kept = ensure(scene, "label", "bug", color="00ff00", on_difference="keep")
        assert (said(kept), kept.exit_code) == (("skipped", "differs", "true"), 0)
        failed = ensure(scene, "label", "bug", color="00ff00", on_difference="fail")
        assert (said(failed), failed.exit_code) == (("blocked", "differs", "true"), 1)
        assert [each.level for each in (*kept.annotations, *failed.annotations)] == ["warning", "error"]
        assert "color is 'ff0000', desired '00ff00'" in failed.annotations[0].message
        assert scene.writes() == 0
