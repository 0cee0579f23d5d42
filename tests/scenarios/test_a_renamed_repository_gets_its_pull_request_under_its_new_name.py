"""A redirect drops a query and carries no write. The present name is found first, and a redirect is never a success."""

from __future__ import annotations

from functools import cache
from typing import Any

from support.stage import FULL, TARGET, Stage, desired_state, stage

NEW = "acme/api-v2"


@cache
def clean_run(edition: str) -> tuple[dict[str, Any], int]:
    """Its end, and how many calls it takes."""
    with stage(served=True, edition=edition) as clean:
        clean.sandbox.repository(TARGET).rename("api-v2")
        result = clean.upsert(desired_state(**FULL), repository=NEW)
        return clean.sandbox.snapshot(), result.usage.requests


def as_one_clean_run(scene: Stage) -> bool:
    return scene.sandbox.snapshot() == clean_run(scene.edition)[0]


def test_the_former_name_leads_to_the_new_one_and_everything_is_sent_there() -> None:
    with stage(served=True) as scene:
        scene.sandbox.repository(TARGET).rename("api-v2")
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.usage.requests) == ("created", clean_run(scene.edition)[1])
        assert not [record.path for record in scene.sandbox.requests if record.path.startswith(f"/repos/{TARGET}/")]
        assert as_one_clean_run(scene)


def test_a_stranger_s_pull_request_is_never_taken_for_ours() -> None:
    with stage(served=True) as scene:
        repository = scene.sandbox.repository(TARGET)
        for number in range(3):
            branch = f"feature-{number}"
            repository.commit_files(branch, {"x": str(number)}, parent=repository.tip("main"))
            repository.open_pull(branch, author="alice", title="Mine", body="By hand")
        repository.rename("api-v2")
        assert scene.upsert(desired_state(**FULL)).pull_request_number == 4
        assert scene.upsert(desired_state(title="Other", **FULL)).outcome == "updated"
        assert [pull.title for pull in repository.pulls() if pull.number < 4] == ["Mine"] * 3


def test_a_repository_renamed_at_any_call_is_finished_under_its_new_name(edition: str) -> None:
    for call in range(2, clean_run(edition)[1] + 1):
        with stage(served=True) as scene:
            repository = scene.sandbox.repository(TARGET)
            result = scene.upsert(
                desired_state(**FULL), meanwhile={call: lambda there=repository: there.rename("api-v2")}
            )
            assert (result.outcome, result.error) == ("created", None), call
            assert as_one_clean_run(scene), call
            scene.forget()
            assert scene.upsert(desired_state(**FULL)).outcome == "unchanged"
            assert scene.writes() == 0


def test_labels_are_not_reported_as_set_when_the_answer_was_a_redirect() -> None:
    with stage(served=True) as scene:
        scene.upsert(desired_state(labels=["sync"]))
        repository = scene.sandbox.repository(TARGET)
        scene.forget()
        result = scene.upsert(
            desired_state(labels=["sync", "new"]),
            meanwhile={"POST /issues/1/labels": lambda: repository.rename("api-v2")},
        )
        assert 307 in [record.status for record in scene.sandbox.requests]
        assert (result.outcome, result.error) == ("updated", None)
        assert set(repository.pulls()[0].labels) == {"sync", "new"}
